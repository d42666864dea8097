"""Importing again is incremental: nothing known is lost, nothing unchanged is read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.errors import CatalogueReadOnly, UserFacingError
from desktop_app.domain.imports import FolderRules, ImportRequest, IssueKind, SourceKind
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.services import import_files
from desktop_app.services.importing import ImportService
from tests.importing.driving import (
    MODEL,
    pictures_by_sku,
    products,
    read_pictures,
    run_import,
    run_request,
    run_rescan,
)

Put = Callable[..., Path]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read to be compared by content."""
    read: list[Path] = []
    original = import_files.file_content_hash

    def note(path: Path) -> str:
        read.append(path)
        return original(path)

    monkeypatch.setattr(import_files, "file_content_hash", note)
    return read


def touch(path: Path, *, seconds: int = 10) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 10**9))


def states(catalogue: Catalogue) -> dict[str, PictureState]:
    return {Path(p.path).name: p.state for each in products(catalogue) for p in each.pictures}


def test_unchanged_files_are_neither_read_nor_written(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put, hashed: list[Path]
) -> None:
    put("jars/a.jpg")
    put("b.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    before = products(catalogue)
    report = run_import(service, source)
    assert (report.products_unchanged, report.pictures_unchanged) == (2, 2)
    assert (report.products_added, report.pictures_added, report.issues) == (0, 0, ())
    assert products(catalogue) == before
    assert hashed == []


def test_a_touched_file_is_compared_once_and_not_read_again(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put, hashed: list[Path]
) -> None:
    path = put("a.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    touch(path)
    report = run_import(service, source)
    assert (report.pictures_unchanged, report.pictures_replaced) == (1, 0)
    assert states(catalogue) == {"a.jpg": PictureState.READY}
    run_import(service, source)
    assert hashed == [path]


def test_a_replaced_file_is_read_again_and_keeps_its_product(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("a.jpg", "old")
    run_import(service, source)
    read_pictures(catalogue)
    (before,) = products(catalogue)
    touch(put("a.jpg", "new"))
    report = run_import(service, source)
    assert (report.pictures_replaced, report.pictures_added) == (1, 0)
    (after,) = products(catalogue)
    assert after.pictures[0].state is PictureState.PENDING
    assert after.pictures[0].id == before.pictures[0].id
    assert read_pictures(catalogue) == 1
    assert run_import(service, source).pictures_unchanged == 1


def test_a_replacement_that_was_not_yet_read_is_not_forgotten(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("a.jpg", "old")
    run_import(service, source)
    read_pictures(catalogue)
    path = put("a.jpg", "new")
    touch(path)
    run_import(service, source)
    path.unlink()
    run_import(service, source)
    put("a.jpg", "new")
    touch(path)
    run_import(service, source)
    assert states(catalogue) == {"a.jpg": PictureState.PENDING}


@pytest.mark.parametrize("new_name", ["z.jpg", "jars/a.jpg", "jars/z.jpg"])
def test_a_moved_or_renamed_file_keeps_product_and_vectors(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put, new_name: str
) -> None:
    old = put("a.jpg")
    put("b.jpg", "same size?")
    run_import(service, source)
    read_pictures(catalogue)
    before = products(catalogue)[0]
    (source / new_name).parent.mkdir(exist_ok=True)
    old.rename(source / new_name)
    report = run_import(service, source)
    assert (report.pictures_moved, report.products_added, report.pictures_offline) == (1, 0, 0)
    after = catalogue.products.get(before.id)
    assert after.fields.sku == "a"
    assert after.pictures[0].path == str(source / new_name)
    assert after.pictures[0].id == before.pictures[0].id
    assert after.pictures[0].state is PictureState.READY
    assert read_pictures(catalogue) == 0
    assert run_import(service, source).pictures_unchanged == 2


def test_a_file_moved_to_another_folder_takes_on_its_category(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("jars/a.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    (source / "tubes").mkdir()
    path.rename(source / "tubes" / "a.jpg")
    run_import(service, source)
    assert products(catalogue)[0].fields.category == "tubes"


def test_a_category_typed_by_a_person_outlives_the_folders(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("jars/a.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    (product,) = products(catalogue)
    catalogue.products.update_fields([product.id], {"category": "samples"})
    assert run_import(service, source).products_unchanged == 1
    (source / "tubes").mkdir()
    path.rename(source / "tubes" / "a.jpg")
    run_import(service, source)
    assert products(catalogue)[0].fields.category == "samples"


def test_a_renamed_root_folder_keeps_everything(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    for number in range(5):
        put(f"jars/a{number}.jpg", f"picture {number}")
    run_import(service, source)
    read_pictures(catalogue)
    ids = [product.id for product in products(catalogue)]
    renamed = source.rename(source.with_name("renamed"))
    report = run_import(service, renamed)
    assert (report.pictures_moved, report.products_added) == (5, 0)
    assert [product.id for product in products(catalogue)] == ids
    assert read_pictures(catalogue) == 0


def test_a_file_renamed_before_it_was_ever_read_is_recognised(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("a.jpg")
    run_import(service, source)
    path.rename(source / "b.jpg")
    report = run_import(service, source)
    assert (report.pictures_moved, report.pictures_added) == (1, 0)


def test_a_copy_is_a_new_picture_not_a_move(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("a.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    shutil.copy2(path, source / "b.jpg")
    report = run_import(service, source)
    assert (report.pictures_moved, report.products_added) == (0, 1)
    assert read_pictures(catalogue) == 0, "its bytes are known"


def test_two_files_cannot_both_be_the_one_that_moved(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("a.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    shutil.copy2(path, source / "b.jpg")
    path.rename(source / "c.jpg")
    report = run_import(service, source)
    assert (report.pictures_moved, report.pictures_added, report.products_added) == (1, 1, 1)


def test_of_equal_pictures_each_finds_its_own_product(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    for sku in ("a", "b"):
        put(f"old/{sku}.jpg", "placeholder")
    run_import(service, source)
    read_pictures(catalogue)
    (source / "old").rename(source / "new")
    run_import(service, source)
    assert pictures_by_sku(catalogue) == {"a": [("a.jpg", "")], "b": [("b.jpg", "")]}


def test_absent_files_are_offline_and_come_back_without_being_read(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put, hashed: list[Path]
) -> None:
    path = put("a.jpg")
    put("b.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    parked = path.rename(source.parent / "parked.jpg")
    report = run_import(service, source)
    assert report.pictures_offline == 1
    (picture,) = products(catalogue)[0].pictures
    assert picture.state is PictureState.OFFLINE
    assert picture.problem
    assert run_import(service, source).pictures_offline == 1
    parked.rename(path)
    report = run_import(service, source)
    assert (report.pictures_offline, report.pictures_unchanged) == (0, 2)
    assert states(catalogue)["a.jpg"] is PictureState.READY
    assert products(catalogue)[0].pictures[0].problem == ""
    assert hashed == []


def test_what_comes_back_unread_is_read(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("a.jpg")
    run_import(service, source)
    parked = path.rename(source.parent / "parked.jpg")
    run_import(service, source)
    parked.rename(path)
    run_import(service, source)
    assert states(catalogue) == {"a.jpg": PictureState.PENDING}


def test_an_unreadable_file_stays_so_until_it_changes(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("a.jpg")
    run_import(service, source)
    (pending,) = catalogue.pictures.pending()
    catalogue.pictures.set_state([pending.id], PictureState.FAILED, "The file is damaged.")
    run_import(service, source)
    assert states(catalogue) == {"a.jpg": PictureState.FAILED}
    touch(path)
    assert run_import(service, source).pictures_replaced == 1
    assert states(catalogue) == {"a.jpg": PictureState.PENDING}


def test_an_unplugged_source_is_said_and_marks_nothing(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("a.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    (before,) = catalogue.imports.sources()
    source.rename(source.with_name("unplugged"))
    report = run_rescan(service)
    assert report.pictures_offline == 0
    assert [issue.kind for issue in report.issues] == [IssueKind.FAILED]
    assert "drive" in report.issues[0].reason
    assert states(catalogue) == {"a.jpg": PictureState.READY}
    assert catalogue.imports.sources() == [before]


def test_a_drive_pulled_during_the_import_marks_nothing(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("a.jpg")
    put("b.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    (source / "b.jpg").unlink()
    plan = service.preview(service.classify([source]), CancelToken())
    source.rename(source.with_name("unplugged"))
    steps = list(service.apply(plan, CancelToken()))
    assert steps[-1].report is not None
    assert set(states(catalogue).values()) == {PictureState.READY}


def test_a_rescan_reads_the_source_with_its_rules(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("A1_front.jpg")
    run_request(service, ImportRequest(SourceKind.FOLDER, (source,), FolderRules("{sku}_{view}")))
    put("A1_back.jpg")
    report = run_rescan(service)
    assert (report.pictures_added, report.products_updated) == (1, 1)
    assert pictures_by_sku(catalogue)["A1"][1] == ("A1_back.jpg", "back")
    with pytest.raises(UserFacingError, match="no longer remembered"):
        run_rescan(service, source_id=99)


def test_what_a_person_took_out_stays_out_of_a_rescan(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    for name in ("A_front.jpg", "A_back.jpg", "B.jpg"):
        put(name)
    rules = FolderRules("{sku}_{view}")
    run_request(service, ImportRequest(SourceKind.FOLDER, (source,), rules))
    products = {card.sku: card.id for card in catalogue.products.cards([1, 2])}
    catalogue.products.remove([products["B"]])
    catalogue.pictures.remove([catalogue.products.get(products["A"]).pictures[1].id])
    put("B_new.jpg")
    put("C.jpg")
    report = run_rescan(service)
    assert (report.products_added, report.pictures_added) == (1, 1)
    assert set(pictures_by_sku(catalogue)) == {"A", "C"}
    assert len(pictures_by_sku(catalogue)["A"]) == 1

    run_import(service, source)
    assert "B" in pictures_by_sku(catalogue)


def test_merged_products_stay_merged(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("a.jpg")
    put("b.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    a, b = products(catalogue)
    catalogue.products.merge(a.id, [b.id], {})
    report = run_import(service, source)
    assert report.products_added == 0
    assert list(pictures_by_sku(catalogue)) == ["a"]


def test_a_renamed_sku_gets_the_new_views_of_its_pictures(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("a_front.jpg")
    request = ImportRequest(SourceKind.FOLDER, (source,), FolderRules("{sku}_{view}"))
    run_request(service, request)
    catalogue.products.update_fields([products(catalogue)[0].id], {"sku": "JAR-1"})
    put("a_back.jpg")
    run_request(service, request)
    assert {sku: len(found) for sku, found in pictures_by_sku(catalogue).items()} == {"JAR-1": 2}


def test_another_pattern_leaves_pictures_with_their_products_and_says_so(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("a_front.jpg")
    put("a_back.jpg")
    request = ImportRequest(SourceKind.FOLDER, (source,))
    run_request(service, request)
    rules = FolderRules("{sku}_{view}")
    report = run_request(service, replace(request, folder_rules=rules))
    assert sorted(pictures_by_sku(catalogue)) == ["a_back", "a_front"]
    assert "2 pictures belong to another product" in report.issues[0].reason


def test_a_picture_that_vanishes_before_it_is_compared_is_an_issue(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    path = put("a.jpg")
    put("b.jpg")
    run_import(service, source)
    read_pictures(catalogue)
    touch(path)
    plan = service.preview(service.classify([source]), CancelToken())
    path.unlink()
    report = list(service.apply(plan, CancelToken()))[-1].report
    assert report is not None
    assert [(i.kind, i.origin) for i in report.issues] == [(IssueKind.FAILED, "a.jpg")]
    assert report.products_unchanged == 2


def test_a_read_only_catalogue_is_not_written(
    catalogue: SqliteCatalogue, source: Path, put: Put
) -> None:
    put("a.jpg")
    reader = open_catalogue(catalogue.folder, read_only=True)
    service = ImportService(reader, tables=FileTableReader(), archives=ZipArchiveReader())
    plan = service.preview(service.classify([source]), CancelToken())
    assert plan.records
    with pytest.raises(CatalogueReadOnly):
        next(service.apply(plan, CancelToken()))
    reader.close()


def test_vectors_are_stored_once_for_equal_pictures(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        put(name, "the same")
    run_import(service, source)
    assert read_pictures(catalogue) == 1
    assert catalogue.vectors.models() == {MODEL: 1}
