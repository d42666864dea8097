"""Catalogues of every released schema open, with a backup, or are refused politely."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database as UtilsDatabase
from sqlite_utils.migrations import Migrations

from desktop_app.domain.capturing import Decision, Outcome
from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.duplicates import PairKey, Verdict
from desktop_app.domain.errors import CatalogueTooNew
from desktop_app.domain.evidence import Channel
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import Column, FieldKind
from desktop_app.domain.storage import PictureCounts
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue
from desktop_app.infra.sqlite.migrations import MIGRATIONS, migrate
from desktop_app.infra.sqlite.opening import SCHEMA_VERSION, Schema
from tests.sqlite.building import content

SCHEMAS = sorted(Path(__file__).with_name("schemas").glob("v*.sql"))
PATH = "catalogue.sqlite"


@pytest.fixture(params=SCHEMAS, ids=lambda path: path.stem)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a catalogue of a released schema."""
    return make_released(request.param, tmp_path)


def make_released(schema: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "released"
    folder.mkdir()
    with closing(sqlite3.connect(folder / PATH)) as connection:
        script = schema.read_text(encoding="utf-8")
        connection.executescript(f"BEGIN;{script}COMMIT;")
    return folder


def next_schema(*, fails: bool = False) -> Schema:
    """The current schema and one step more."""
    steps = Migrations("twinshelf")
    for step in MIGRATIONS._migrations:
        steps(name=step.name)(step.fn)

    @steps()
    def add_a_table(db: UtilsDatabase) -> None:
        db["next"].create({"id": int})  # type: ignore[union-attr]
        if fails:
            raise RuntimeError("half way")

    return Schema(SCHEMA_VERSION + 1, lambda connection: migrate(connection, steps))


def objects(path: Path) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return {(kind, name, " ".join((sql or "").split())) for kind, name, sql in rows}


def user_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_content(catalogue: SqliteCatalogue) -> None:
    assert catalogue.name == "Frozen v1"
    assert catalogue.products.columns() == (
        Column("volume", "Volume", FieldKind.NUMBER, "ml"),
        Column("vegan", "Vegan", FieldKind.FLAG),
        Column("neck", "Neck finish"),
    )
    found = catalogue.products.list_ids(ProductFilter(text="glas amb")).tolist()
    (product,) = map(catalogue.products.get, found)
    assert product.fields.extra == {"volume": 50.0, "vegan": True, "neck": "24/410"}
    assert product.bookmarked
    assert [p.content_hash for p in product.pictures] == [
        content(1).content_hash,
        content(2).content_hash,
    ]
    assert catalogue.vectors.models() == {"model:1": 2}
    assert len(next(catalogue.vectors.iterate("model:1"))[0]) == 2
    assert [s.name for s in catalogue.saved.filters()] == ["Dear"]
    assert catalogue.saved.recent_queries()[0].hits == ((1, 0.75),)
    assert catalogue.imports.sources()[0].request.watch
    assert catalogue.imports.table_rules(["A", "B"]) is not None


def test_the_newest_schema_has_its_example() -> None:
    assert [path.stem for path in SCHEMAS] == [f"v{n + 1}" for n in range(SCHEMA_VERSION)]
    assert len(MIGRATIONS._migrations) == SCHEMA_VERSION


def test_a_released_catalogue_opens_with_everything_in_it(released: Path) -> None:
    catalogue = open_catalogue(released)
    try:
        check_content(catalogue)
        assert catalogue.history.redo_label() == "Edit 1 product"
        catalogue.history.undo()
        assert catalogue.products.find_by_sku("jar-2") is not None
        assert catalogue.pictures.counts().failed == 1
    finally:
        catalogue.close()


def test_a_released_catalogue_is_read_without_being_changed(released: Path) -> None:
    before = (released / PATH).read_bytes()
    catalogue = open_catalogue(released, read_only=True)
    try:
        check_content(catalogue)
    finally:
        catalogue.close()
    assert (released / PATH).read_bytes() == before


def test_a_migrated_catalogue_has_the_schema_of_a_new_one(released: Path, tmp_path: Path) -> None:
    open_catalogue(released).close()
    create_catalogue(tmp_path / "new", "New").close()
    assert objects(released / PATH) == objects(tmp_path / "new" / PATH)


def test_an_older_catalogue_is_backed_up_and_brought_up_to_date(released: Path) -> None:
    before, version = objects(released / PATH), user_version(released / PATH)
    open_catalogue(released, schema=next_schema()).close()
    backup = released / f"{PATH}.backup-{version}"
    assert (user_version(released / PATH), user_version(backup)) == (SCHEMA_VERSION + 1, version)
    assert objects(backup) == before
    new = {name for _, name, _ in objects(released / PATH) - before}
    assert "next" in new
    backup.unlink()
    again = open_catalogue(released, schema=next_schema())
    try:
        check_content(again)
    finally:
        again.close()
    assert not backup.exists()


def test_a_catalogue_from_before_evidence_has_everything_to_be_described(tmp_path: Path) -> None:
    catalogue = open_catalogue(make_released(SCHEMAS[0], tmp_path), read_only=True)
    try:
        assert catalogue.evidence.count("1") == (0, 2)
        assert [content_id for content_id, _ in catalogue.evidence.lacking("1")] == [1, 2]
        assert len(catalogue.evidence.perceptual_hashes()[0]) == 2
    finally:
        catalogue.close()


def test_evidence_of_a_released_catalogue_stays(tmp_path: Path) -> None:
    catalogue = open_catalogue(make_released(SCHEMAS[1], tmp_path))
    try:
        assert list(catalogue.evidence.get(Channel.PRINT, [1, 2]).values()) == [
            b"print of the first"
        ]
        assert catalogue.evidence.revision(Channel.SHAPE)
    finally:
        catalogue.close()


def test_pairs_and_verdicts_of_a_released_catalogue_stay(tmp_path: Path) -> None:
    folder = make_released(SCHEMAS[2], tmp_path)
    with closing(open_catalogue(folder, read_only=True)) as catalogue:
        assert catalogue.pairs.count("judge:1") == (2, 2)
    catalogue = open_catalogue(folder)
    try:
        assert catalogue.pairs.load("judge:1").same.tolist() == [0.75]
        (stored,) = catalogue.verdicts.all()
        assert stored.key == PairKey(content(1).content_hash, content(2).content_hash)
        assert stored.verdict is Verdict.DIFFERENT
        catalogue.verdicts.decide([stored.key], Verdict.SAME)
        assert catalogue.history.undo_label() == "Mark 1 pair as same"
    finally:
        catalogue.close()


def test_a_catalogue_from_before_containers_knows_none(tmp_path: Path) -> None:
    with closing(open_catalogue(make_released(SCHEMAS[2], tmp_path))) as catalogue:
        assert catalogue.containers.counts() == {}
        assert catalogue.containers.get([1, 2]) == {}
        assert catalogue.containers.revision() == ""


def test_containers_of_a_released_catalogue_stay(tmp_path: Path) -> None:
    with closing(open_catalogue(make_released(SCHEMAS[3], tmp_path))) as catalogue:
        assert catalogue.containers.counts() == {ContainerClass.JAR: 1}
        (stored,) = catalogue.containers.get([1, 2]).values()
        assert (stored.container, stored.probability) == (ContainerClass.JAR, 0.75)
        np.testing.assert_allclose(stored.vector, [0.6, 0.8, 0, 0], atol=1e-3)


def test_captures_and_the_stock_take_of_a_released_catalogue_stay(tmp_path: Path) -> None:
    with closing(open_catalogue(make_released(SCHEMAS[4], tmp_path))) as catalogue:
        newest, oldest = catalogue.captures.newest(10)
        assert (newest.sku, newest.pieces, newest.decision) == ("JAR-1", 3, Decision.ACCEPTED)
        assert (oldest.outcome, oldest.product_id) == (Outcome.NOT_FOUND, None)
        assert catalogue.captures.picture(newest.id) == b"small jpeg"
        (line,) = catalogue.captures.stock()
        assert (line.sku, line.pieces, line.product_id) == ("JAR-1", 3, 1)


def test_a_catalogue_from_before_captures_has_none(tmp_path: Path) -> None:
    with closing(open_catalogue(make_released(SCHEMAS[3], tmp_path))) as catalogue:
        assert catalogue.captures.count() == 0
        assert catalogue.captures.stock() == ()
        assert catalogue.captures.stock_take_began() == ""


def test_a_failing_migration_changes_nothing(released: Path) -> None:
    before, version = objects(released / PATH), user_version(released / PATH)
    with pytest.raises(RuntimeError, match="half way"):
        open_catalogue(released, schema=next_schema(fails=True))
    assert objects(released / PATH) == before
    assert user_version(released / PATH) == version
    open_catalogue(released).close()


def test_an_older_catalogue_that_cannot_be_written_is_migrated_in_a_copy(released: Path) -> None:
    before, version = (released / PATH).read_bytes(), user_version(released / PATH)
    catalogue = open_catalogue(released, read_only=True, schema=next_schema())
    try:
        check_content(catalogue)
        assert catalogue.pictures.counts() == PictureCounts(pending=1, ready=2)
    finally:
        catalogue.close()
    assert (released / PATH).read_bytes() == before
    assert user_version(released / PATH) == version


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_catalogue_is_refused_and_left_alone(released: Path, read_only: bool) -> None:
    open_catalogue(released, schema=next_schema()).close()
    before = (released / PATH).read_bytes()
    with pytest.raises(CatalogueTooNew, match=f"format is {SCHEMA_VERSION + 1}"):
        open_catalogue(released, read_only=read_only)
    assert (released / PATH).read_bytes() == before
