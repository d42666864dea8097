"""Making, opening, and reading catalogues in good and in bad folders."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.domain.errors import CatalogueReadOnly, CatalogueUnavailable, StorageFull
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.imports import ImportRequest, SourceKind, TableRules
from desktop_app.domain.products import Column, PictureState, ProductFields
from desktop_app.infra.sqlite.catalogue import (
    SqliteCatalogue,
    create_catalogue,
    is_catalogue,
    open_catalogue,
)
from desktop_app.infra.sqlite.opening import is_writable
from tests.sqlite.building import MODEL, add_product, content, picture_ids, read_all, read_picture

PATH = "catalogue.sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed catalogue of one product whose picture was read."""
    catalogue = create_catalogue(tmp_path / "c #1?", "Jars & lids")
    read_all(catalogue, picture_ids(catalogue, add_product(catalogue, "A", "/a.jpg")))
    catalogue.close()
    return tmp_path / "c #1?"


def skus(catalogue: SqliteCatalogue) -> list[str]:
    ids = catalogue.products.list_ids(ProductFilter()).tolist()
    return [card.sku for card in catalogue.products.cards(ids)]


def test_a_catalogue_is_made_once_and_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "catalogue"
    assert not is_catalogue(folder)
    catalogue = create_catalogue(folder, "Jars & lids")
    assert is_catalogue(folder)
    assert (catalogue.name, catalogue.folder, catalogue.read_only) == (
        "Jars & lids",
        folder,
        False,
    )
    catalogue.rename("Lids")
    assert catalogue.name == "Lids"
    catalogue.close()
    with pytest.raises(CatalogueUnavailable, match="already holds"):
        create_catalogue(folder, "Other")
    reopened = open_catalogue(folder)
    assert reopened.name == "Lids"
    reopened.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only there names need not be Unicode")
def test_a_folder_name_that_is_not_unicode_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    catalogue = create_catalogue(folder, "x")
    product = add_product(catalogue, "A", f"{folder}/pictures/a.jpg")
    assert catalogue.products.get(product).pictures[0].path == f"{folder}/pictures/a.jpg"
    catalogue.close()


def test_a_closed_catalogue_leaves_no_side_files_and_answers_no_more(folder: Path) -> None:
    catalogue = open_catalogue(folder)
    add_product(catalogue, "B")
    catalogue.close()
    assert sorted(path.name for path in folder.iterdir()) == [PATH, "thumbnails.sqlite"]
    for ask in (
        catalogue.products.count,
        lambda: catalogue.saved.set_setting("a", "b"),
        lambda: catalogue.pictures.thumbnail("0"),
    ):
        with pytest.raises(CatalogueUnavailable, match="closed"):
            ask()
    catalogue.close()


def test_a_folder_without_a_catalogue_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueUnavailable, match="no catalogue"):
        open_catalogue(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("written", [b"", b"no database at all" * 1000, b"SQLite format 3\0"])
def test_a_file_that_is_no_catalogue_is_refused_and_left_alone(
    tmp_path: Path, written: bytes, read_only: bool
) -> None:
    (tmp_path / PATH).write_bytes(written)
    with pytest.raises(CatalogueUnavailable) as caught:
        open_catalogue(tmp_path, read_only=read_only)
    assert caught.value.remedy
    assert (tmp_path / PATH).read_bytes() == written


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / PATH)) as connection:
        connection.execute("CREATE TABLE products (id)")
    with pytest.raises(CatalogueUnavailable, match="not a Twinshelf catalogue"):
        open_catalogue(tmp_path)


def test_damage_inside_is_told_when_it_is_met(folder: Path) -> None:
    whole = (folder / PATH).read_bytes()
    (folder / PATH).write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(CatalogueUnavailable, match="damaged") as caught:
        open_catalogue(folder).products.count()
    assert "backup" in caught.value.remedy
    assert "SQLITE_CORRUPT" in caught.value.details


def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CatalogueUnavailable, match="can be made"):
        create_catalogue(tmp_path / "file" / "catalogue", "x")


def test_an_interrupted_making_leaves_no_catalogue(folder: Path) -> None:
    whole = (folder / PATH).read_bytes()
    (folder / PATH).unlink()
    (folder / f"{PATH}.new").write_bytes(whole[: len(whole) // 2])
    assert not is_catalogue(folder)
    create_catalogue(folder, "Again").close()
    assert not (folder / f"{PATH}.new").exists()


def test_writability_is_tried_not_asked(folder: Path) -> None:
    assert is_writable(folder)
    (folder / PATH).unlink()
    assert not is_writable(folder)
    assert not is_writable(folder / "nothing")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"read_only": True}, "It was opened for reading only."),
        ({"is_writable": lambda folder: False}, "Its folder cannot be written to."),
    ],
)
def test_every_write_is_refused_when_reading_only(
    folder: Path, options: dict[str, object], reason: str
) -> None:
    catalogue = open_catalogue(folder, **options)  # type: ignore[arg-type]
    before = (folder / PATH).read_bytes()
    request = ImportRequest(SourceKind.FILES, (Path("/x"),))
    products, pictures, imports = catalogue.products, catalogue.pictures, catalogue.imports
    writes = [
        lambda: products.add(ProductFields("B")),
        lambda: products.update_fields([1], {"title": "x"}),
        lambda: products.set_bookmarked([1], True),
        lambda: products.remove([1]),
        lambda: products.merge(1, [], {}),
        lambda: products.set_main_picture(1),
        lambda: products.add_column(Column("a", "A")),
        lambda: pictures.record_read(MODEL, [read_picture(1, 2)]),
        lambda: pictures.add(1, [(Path("/b.jpg"), "")]),
        lambda: pictures.remove([1]),
        lambda: pictures.set_state([1], PictureState.OFFLINE),
        pictures.mark_all_pending,
        lambda: imports.remember_source(request),
        lambda: imports.forget_source(1),
        lambda: imports.write_products(1, []),
        lambda: imports.update_products([]),
        lambda: imports.write_pictures(1, []),
        lambda: imports.move_pictures([]),
        lambda: imports.remember_table_rules([], TableRules()),
        catalogue.history.undo,
        catalogue.history.redo,
        lambda: catalogue.saved.save_filter("x", ProductFilter()),
        lambda: catalogue.saved.delete_filter(1),
        lambda: catalogue.saved.remember_query("x", b"", []),
        catalogue.saved.clear_recent_queries,
        lambda: catalogue.saved.set_setting("a", "b"),
        lambda: catalogue.rename("x"),
    ]
    try:
        assert (catalogue.read_only, catalogue.read_only_reason) == (True, reason)
        assert catalogue.name == "Jars & lids"
        for write in writes:
            with pytest.raises(CatalogueReadOnly) as caught:
                write()
            assert caught.value.remedy
        assert skus(catalogue) == ["A"]
        assert catalogue.pictures.thumbnail(content(1).content_hash) == b"jpeg 1"
        assert catalogue.history.undo_label() == "Add A"
    finally:
        catalogue.close()
    assert (folder / PATH).read_bytes() == before


def test_a_reader_sees_what_is_written_meanwhile(folder: Path) -> None:
    reader, writer = open_catalogue(folder, read_only=True), open_catalogue(folder)
    try:
        add_product(writer, "B")
        assert skus(reader) == ["A", "B"]
    finally:
        reader.close()
        writer.close()


def without_side_files(folder: Path) -> None:
    """Make it impossible to put SQLite's shared memory beside the databases, as on a disc."""
    for name in (PATH, "thumbnails.sqlite"):
        (folder / f"{name}-shm").unlink(missing_ok=True)
        (folder / f"{name}-shm").mkdir()


def test_a_catalogue_is_read_where_no_side_file_can_be_made(folder: Path) -> None:
    without_side_files(folder)
    catalogue = open_catalogue(folder, read_only=True)
    try:
        assert skus(catalogue) == ["A"]
        assert catalogue.pictures.thumbnail(content(1).content_hash) == b"jpeg 1"
        with pytest.raises(CatalogueReadOnly):
            add_product(catalogue, "B")
    finally:
        catalogue.close()


def test_changes_still_in_the_log_are_read_from_a_copy(folder: Path, tmp_path: Path) -> None:
    writer = open_catalogue(folder)
    add_product(writer, "B")
    disc = tmp_path / "disc"
    shutil.copytree(folder, disc)  # as it is while the writer has not merged its log
    writer.close()
    assert (disc / f"{PATH}-wal").stat().st_size > 0
    without_side_files(disc)
    before = (disc / PATH).read_bytes()
    catalogue = open_catalogue(disc, read_only=True)
    try:
        assert skus(catalogue) == ["A", "B"]
        with pytest.raises(CatalogueReadOnly):
            add_product(catalogue, "C")
    finally:
        catalogue.close()
    assert (disc / PATH).read_bytes() == before


def test_reading_only_does_without_thumbnails(folder: Path) -> None:
    (folder / "thumbnails.sqlite").unlink()
    catalogue = open_catalogue(folder, read_only=True)
    try:
        assert catalogue.pictures.thumbnail(content(1).content_hash) is None
        known = catalogue.pictures.known_contents([content(1).content_hash], MODEL)
        assert not known[content(1).content_hash].has_thumbnail
    finally:
        catalogue.close()
    assert not (folder / "thumbnails.sqlite").exists()


def test_a_full_disk_keeps_what_was_stored(folder: Path) -> None:
    catalogue = open_catalogue(folder)
    try:
        with catalogue._database.connection() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StorageFull) as caught:
            for i in range(1000):
                add_product(catalogue, f"S{i}", notes="x" * 1000)
        assert "SQLITE_FULL" in caught.value.details
        kept = catalogue.products.count()
        assert kept > 1
        with catalogue._database.connection() as connection:
            connection.execute("PRAGMA max_page_count = 100000")
        add_product(catalogue, "after", notes="x" * 10000)
        assert catalogue.products.count() == kept + 1
    finally:
        catalogue.close()
