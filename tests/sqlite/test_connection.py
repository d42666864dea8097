"""Connections under many threads, other programs, and errors."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.domain.errors import CatalogueReadOnly, CatalogueUnavailable, UserFacingError
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.sqlite.connection import IDLE_CONNECTIONS, Access, Database
from tests.sqlite.building import add_product, import_products, picture_ids, read_all


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "test.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x UNIQUE)")
    opened = Database(path, busy_timeout_s=0.01)
    yield opened
    opened.close()


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])


def test_connections_are_set_up(database: Database) -> None:
    with database.connection() as connection:
        for pragma, value in (("foreign_keys", 1), ("synchronous", 1), ("journal_mode", "wal")):
            assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_a_failed_write_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
        raise KeyError
    assert count(database) == 0
    with database.write() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    assert count(database) == 1


def test_broken_constraints_are_left_to_the_caller(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
        connection.executemany("INSERT INTO t VALUES (?)", [(1,), (1,)])
    assert count(database) == 0


def test_a_reader_sees_one_state_throughout(database: Database) -> None:
    with database.read() as reader:
        before = reader.execute("SELECT count(*) FROM t").fetchone()
        with database.write() as writer:
            writer.execute("INSERT INTO t VALUES (1)")
        assert reader.execute("SELECT count(*) FROM t").fetchone() == before
    assert count(database) == 1


def test_a_program_that_writes_too_long_is_named_as_the_cause(database: Database) -> None:
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserFacingError, match="Another program") as caught, database.write():
            pass
        assert caught.value.remedy
        assert count(database) == 0
        other.execute("ROLLBACK")
    with database.write() as connection:
        connection.execute("INSERT INTO t VALUES (1)")


def test_a_file_that_vanished_is_out_of_reach(tmp_path: Path) -> None:
    database = Database(tmp_path / "gone.sqlite")
    with pytest.raises(CatalogueUnavailable, match="cannot be read"):
        count(database)
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_database_refuses_to_write(database: Database) -> None:
    reader = Database(database.path, access=Access.READ_ONLY)
    with pytest.raises(CatalogueReadOnly), reader.write():
        pass
    with pytest.raises(CatalogueReadOnly), reader.connection() as connection:
        connection.execute("DELETE FROM t")
    reader.close()


def test_many_threads_leave_few_connections(database: Database) -> None:
    for _ in range(3):
        start = threading.Barrier(20)

        def ask(start: threading.Barrier = start) -> int:
            start.wait()
            return count(database)

        with ThreadPoolExecutor(20) as pool:
            assert sum(pool.map(lambda _: ask(), range(20))) == 0
    assert len(database._idle) <= IDLE_CONNECTIONS


def test_a_connection_in_use_at_closing_is_closed_when_it_comes_back(database: Database) -> None:
    with database.read() as connection:
        database.close()
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    with pytest.raises(CatalogueUnavailable, match="closed"):
        count(database)


def test_reading_and_writing_from_many_threads_at_once(catalogue: SqliteCatalogue) -> None:
    """Each product has a title equal to its brand in every committed state."""
    ids = import_products(catalogue, *(f"S{i}" for i in range(20)))
    read_all(catalogue, [picture for i in ids for picture in picture_ids(catalogue, i)])

    def write(number: int) -> None:
        for i in range(10):
            value = f"{number}-{i}"
            catalogue.products.update_fields(ids, {"title": value, "brand": value})
            add_product(catalogue, f"N{number}-{i}")

    def read(_: int) -> None:
        for _ in range(30):
            cards = catalogue.products.cards(ids)
            assert len({card.title for card in cards}) == 1
            assert all(card.title == card.brand for card in cards)
            assert len(catalogue.pictures.content_map().content_ids) == len(ids)

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(write, i) for i in range(3)] + [pool.submit(read, i) for i in range(3)]
        for job in jobs:
            job.result()
    assert catalogue.products.count() == 50
