from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.ports import Catalogue, IndexStore
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.sqlite.catalogue import open_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.bench_indexing import OpenScratch, measure_indexing
from tests.indexing.fakes import GridEmbedder, write_picture


@pytest.fixture
def open_scratch(tmp_path: Path, empty_catalogue_folder: Path) -> OpenScratch:
    @contextmanager
    def opened() -> Iterator[tuple[Catalogue, IndexStore]]:
        folder = shutil.copytree(empty_catalogue_folder, tmp_path / "scratch")
        catalogue = open_catalogue(folder)
        yield catalogue, NumpyIndexStore()
        catalogue.close()
        shutil.rmtree(folder)

    return opened


def test_all_three_kinds_of_work_are_measured_on_every_picture(
    tmp_path: Path, open_scratch: OpenScratch
) -> None:
    paths = [write_picture(tmp_path / f"{n}.png", n) for n in range(12)]
    embedder = GridEmbedder()
    found = measure_indexing(
        paths, reader=PillowImageReader(), embedder=embedder, open_scratch=open_scratch, rounds=2
    )
    assert found["pictures"] == 12
    assert found["rounds"] == 2
    assert found["model"] == "grid"
    assert all(found[f"{work}_per_s"] > 0 for work in ("decode_only", "model_only", "end_to_end"))
    assert found["share_of_slower"] > 0
    assert embedder.embedded == 12 + 2 * (12 + 12)


def test_measuring_needs_a_readable_picture(tmp_path: Path, open_scratch: OpenScratch) -> None:
    with pytest.raises(UnreadableImage):
        measure_indexing(
            [tmp_path / "gone.png"],
            reader=PillowImageReader(),
            embedder=GridEmbedder(),
            open_scratch=open_scratch,
        )
