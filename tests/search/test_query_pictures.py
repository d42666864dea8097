"""Query pictures: which file is read, and how it is turned and cropped."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import CropBox
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import Picture
from desktop_app.domain.search import QueryPicture
from desktop_app.services.query_pictures import load_query_picture, read_view, view_of
from tests.search.fakes import DictReader, FakeCatalogue, flat


def numbered(height: int, width: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Every pixel different."""
    values = np.arange(height * width, dtype=np.uint8).reshape(height, width)
    return np.stack([values] * 3, axis=-1)


def test_turns_are_clockwise_and_come_before_the_crop() -> None:
    rgb = numbered(2, 3)  # 0 1 2 / 3 4 5
    turned = view_of(rgb, QueryPicture("q", rgb=rgb, quarter_turns=1))
    assert turned[..., 0].tolist() == [[3, 0], [4, 1], [5, 2]]
    top = CropBox(bottom=1 / 3)
    cropped = view_of(rgb, QueryPicture("q", rgb=rgb, quarter_turns=1, crop=top))
    assert cropped[..., 0].tolist() == [[3, 0]]
    assert cropped.flags.c_contiguous


def test_four_turns_are_none_and_a_turn_back_is_three() -> None:
    rgb = numbered(2, 3)
    views = {
        turns: view_of(rgb, QueryPicture("q", rgb=rgb, quarter_turns=turns))
        for turns in (0, 4, -1, 3)
    }
    np.testing.assert_array_equal(views[0], views[4])
    np.testing.assert_array_equal(views[-1], views[3])


@pytest.mark.parametrize("left", [0.0, 0.5, 0.99, 1 - 2**-53])
def test_the_smallest_crop_keeps_a_pixel(left: float) -> None:
    rgb = numbered(3, 5)
    crop = CropBox(left, left, min(1.0, left + 1e-7), min(1.0, left + 1e-7))
    assert view_of(rgb, QueryPicture("q", rgb=rgb, crop=crop)).shape[:2] == (1, 1)


@pytest.fixture
def reader() -> DictReader:
    return DictReader()


@pytest.fixture
def catalogue() -> FakeCatalogue:
    catalogue = FakeCatalogue()
    catalogue.pictures.by_content[7] = [
        Picture(1, 10, "unplugged.png", content_hash="abc"),
        Picture(2, 11, "here.png", content_hash="abc"),
    ]
    return catalogue


def test_a_catalogue_picture_is_read_from_the_first_file_that_can_be(
    reader: DictReader, catalogue: FakeCatalogue
) -> None:
    reader.files[Path("here.png")] = flat(1, 2, 3)
    query = QueryPicture("q", content_id=7)
    image = load_query_picture(query, catalogue=cast(Catalogue, catalogue), reader=reader)
    assert image.rgb[0, 0].tolist() == [1, 2, 3]


def test_with_every_file_unplugged_the_thumbnail_stands_in(
    reader: DictReader, catalogue: FakeCatalogue
) -> None:
    catalogue.pictures.thumbnails["abc"] = b"small"
    reader.files[b"small"] = flat(4, 5, 6)
    query = QueryPicture("q", content_id=7)
    image = load_query_picture(query, catalogue=cast(Catalogue, catalogue), reader=reader)
    assert image.rgb[0, 0].tolist() == [4, 5, 6]


@pytest.mark.parametrize("content_id", [7, 8])
def test_a_catalogue_picture_that_is_nowhere_is_told(
    reader: DictReader, catalogue: FakeCatalogue, content_id: int
) -> None:
    query = QueryPicture("q", content_id=content_id)
    with pytest.raises(UnreadableImage, match="None of the files") as caught:
        load_query_picture(query, catalogue=cast(Catalogue, catalogue), reader=reader)
    assert caught.value.remedy


def test_a_crop_is_cut_from_a_larger_decode(reader: DictReader, catalogue: FakeCatalogue) -> None:
    reader.files[Path("large.png")] = flat(9, 9, 9, width=800, height=600)
    sides = {}
    for name, crop in (("whole", CropBox()), ("quarter", CropBox(0.25, 0.25, 0.5, 0.5))):
        query = QueryPicture("q", path=Path("large.png"), crop=crop)
        view = read_view(query, catalogue=cast(Catalogue, catalogue), reader=reader, side=200)
        sides[name] = view.rgb.shape[1]
    assert sides == {"whole": 200, "quarter": 200}
