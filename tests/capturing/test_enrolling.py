"""A new product from a burst: its files, its fields, taking it back, and what goes wrong."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.capturing import CaptureAnswer, Outcome
from desktop_app.domain.errors import (
    CatalogueReadOnly,
    DuplicateSku,
    StorageFull,
    UserFacingError,
)
from desktop_app.domain.images import RgbArray
from desktop_app.domain.products import Column, PictureState, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import CategoryGuess
from desktop_app.services.capture.enrolling import CAPTURES_FOLDER, Enroller, file_name
from tests.capturing.building import UNKNOWN, Station, burst


def answer(station: Station, *seeds: int, codes: tuple[str, ...] = ()) -> CaptureAnswer:
    return station.service.answer(burst(*seeds, codes=codes), CancelToken())


def files(station: Station) -> list[str]:
    folder = station.catalogue.folder / CAPTURES_FOLDER
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_new_product_is_found_by_the_next_capture(station: Station) -> None:
    assert answer(station, UNKNOWN).outcome is not Outcome.FOUND
    changes = station.service.enrol(burst(UNKNOWN, 98), ProductFields("N-1", title="New jar"))
    (product_id,) = changes.product_ids
    assert (changes.structure, changes.pictures) == (True, True)
    station.index()
    product = station.catalogue.products.get(product_id)
    assert [p.state for p in product.pictures] == [PictureState.READY] * 2
    assert product.fields.title == "New jar"
    found = answer(station, UNKNOWN)
    assert (found.outcome, found.product_id) == (Outcome.FOUND, product_id)


def test_the_shots_lie_in_the_folder_of_the_catalogue(station: Station) -> None:
    changes = station.service.enrol(burst(UNKNOWN, 98, 97), ProductFields("N-1"))
    assert files(station) == ["N-1/N-1-1.jpg", "N-1/N-1-2.jpg", "N-1/N-1-3.jpg"]
    product = station.catalogue.products.get(changes.product_ids[0])
    assert [Path(p.path).name for p in product.pictures] == ["N-1-1.jpg", "N-1-2.jpg", "N-1-3.jpg"]
    with Image.open(product.pictures[0].path) as picture:
        assert picture.width == pytest.approx(48, abs=2), "the object, not the whole stage"


def test_undo_takes_the_product_out_and_leaves_the_files(station: Station) -> None:
    station.service.enrol(burst(UNKNOWN), ProductFields("N-1"))
    assert station.catalogue.history.undo_label() == "Add N-1"
    station.catalogue.history.undo()
    assert station.catalogue.products.find_by_sku("N-1") is None
    assert files(station) == ["N-1/N-1-1.jpg"]
    station.catalogue.history.redo()
    assert station.catalogue.products.find_by_sku("N-1") is not None


def test_files_that_are_there_are_never_written_over(station: Station) -> None:
    taken = station.catalogue.folder / CAPTURES_FOLDER / "N-1"
    taken.mkdir(parents=True)
    (taken / "N-1-1.jpg").write_bytes(b"somebody's")
    changes = station.service.enrol(burst(UNKNOWN), ProductFields("N-1"))
    assert (taken / "N-1-1.jpg").read_bytes() == b"somebody's"
    (picture,) = station.catalogue.products.get(changes.product_ids[0]).pictures
    assert Path(picture.path).parent.name == "N-1 (2)"


def test_a_sku_that_is_taken_is_refused_in_words(station: Station) -> None:
    with pytest.raises(DuplicateSku, match="“SKU-0001” already belongs to another product"):
        station.service.enrol(burst(UNKNOWN), ProductFields(" SKU-0001 "))
    assert not (station.catalogue.folder / CAPTURES_FOLDER).exists()


def test_a_product_without_a_sku_is_refused(station: Station) -> None:
    with pytest.raises(UserFacingError, match="needs a SKU"):
        station.service.enrol(burst(UNKNOWN), ProductFields("  "))


class FullDisk:
    """Encodes one picture, then has no room."""

    def __init__(self, number: int = errno.ENOSPC) -> None:
        self._errno = number
        self._left = 1

    def jpeg(self, _rgb: RgbArray) -> bytes:
        if not self._left:
            raise OSError(self._errno, os.strerror(self._errno))
        self._left -= 1
        return b"jpeg"


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, StorageFull, "disk is full"),
        (errno.EIO, UserFacingError, "cannot be written"),
    ],
)
def test_where_the_disk_refuses_nothing_is_half_done(
    station: Station, number: int, kind: type[UserFacingError], words: str
) -> None:
    count, label = station.catalogue.products.count(), station.catalogue.history.undo_label()
    enroller = Enroller(station.catalogue, FullDisk(number))
    with pytest.raises(kind, match=words):
        enroller.enrol(burst(UNKNOWN, 98), ProductFields("N-1"))
    assert list((station.catalogue.folder / CAPTURES_FOLDER).iterdir()) == []
    assert station.catalogue.products.count() == count
    assert station.catalogue.history.undo_label() == label


def test_where_the_folder_for_captures_is_a_file_nothing_is_added(station: Station) -> None:
    (station.catalogue.folder / CAPTURES_FOLDER).write_bytes(b"a file")
    with pytest.raises(UserFacingError, match="cannot be written"):
        station.service.enrol(burst(UNKNOWN), ProductFields("N-1"))
    assert station.catalogue.products.find_by_sku("N-1") is None


def test_where_the_product_cannot_be_stored_its_files_go_again(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(station.catalogue.products, "add", full)
    with pytest.raises(StorageFull):
        station.service.enrol(burst(UNKNOWN), ProductFields("N-1"))
    assert files(station) == []


def test_a_read_only_catalogue_enrols_nothing(station: Station) -> None:
    station.catalogue.close()
    opened = Station(station.catalogue.folder, read_only=True)
    try:
        with pytest.raises(CatalogueReadOnly, match="reading only"):
            opened.service.enrol(burst(UNKNOWN), ProductFields("N-1"))
    finally:
        opened.catalogue.close()
    assert not (station.catalogue.folder / CAPTURES_FOLDER).exists()


@pytest.mark.parametrize(
    ("sku", "name"),
    [
        ("A-1", "A-1"),
        ("a/b\\c:d", "a_b_c_d"),
        ("..", "_"),
        ("../../etc", "_.._etc"),
        ("con", "_con"),
        ("LPT1.x", "_LPT1.x"),
        ("x" * 300, "x" * 80),
        ("\ud800", "_"),
        ("  ", "_"),
        ("Crème 50", "Crème 50"),
    ],
)
def test_a_sku_becomes_a_name_that_every_system_takes(sku: str, name: str) -> None:
    assert file_name(sku) == name


def test_the_code_is_filled_in_and_is_the_sku_where_it_is_free(station: Station) -> None:
    filled = station.service.prefill(answer(station, UNKNOWN, codes=("4006381333931",)))
    assert (filled.sku, filled.barcode) == ("4006381333931", "4006381333931")


def test_without_a_code_skus_are_numbered(station: Station) -> None:
    first = station.service.prefill(answer(station, UNKNOWN))
    assert (first.sku, first.barcode) == ("NEW-0001", "")
    station.service.enrol(burst(UNKNOWN), first)
    station.catalogue.products.add(ProductFields("new-41"))
    station.catalogue.products.add(ProductFields("NEW-x"))
    assert station.service.prefill(answer(station, UNKNOWN)).sku == "NEW-0042"


def test_what_the_last_product_had_is_filled_in(station: Station) -> None:
    station.catalogue.products.add_column(Column("supplier", "Supplier"))
    fields = ProductFields(
        "N-1",
        title="Jar",
        brand="Alba",
        category="Jars",
        price=4.5,
        currency="EUR",
        notes="chipped",
        extra={"supplier": "North"},
    )
    station.service.enrol(burst(UNKNOWN), fields)
    filled = station.service.prefill(answer(station, 98))
    assert filled == ProductFields(
        filled.sku, brand="Alba", category="Jars", currency="EUR", extra={"supplier": "North"}
    )


def test_a_likely_category_goes_before_the_last_one(station: Station) -> None:
    station.service.enrol(burst(UNKNOWN), ProductFields("N-1", category="Jars"))
    seen = answer(station, 98)
    likely = replace(seen, categories=(CategoryGuess("Bottles", 0.8),))
    unlikely = replace(seen, categories=(CategoryGuess("Bottles", 0.3),))
    assert station.service.prefill(likely).category == "Bottles"
    assert station.service.prefill(unlikely).category == "Jars"


def test_damaged_last_values_are_passed_over(station: Station) -> None:
    station.catalogue.saved.set_setting("capture.last_values", "[1")
    assert station.service.prefill(answer(station, UNKNOWN)).brand == ""


def test_a_picture_is_kept_well_enough_to_be_searched_with(station: Station) -> None:
    changes = station.service.enrol(burst(UNKNOWN), ProductFields("N-1"))
    (picture,) = station.catalogue.products.get(changes.product_ids[0]).pictures
    with Image.open(picture.path) as opened:
        middle = np.asarray(opened.convert("RGB"), np.int16)[20, 20]
    shown = burst(UNKNOWN).shots[0].rgb
    nearest = np.abs(shown.reshape(-1, 3).astype(np.int16) - middle).max(axis=1).min()
    assert nearest <= 12
