"""Thumbnails by content hash, in a database of their own: a cache that may be deleted."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from desktop_app.domain.errors import CatalogueUnavailable
from desktop_app.infra.sqlite.connection import Access, DamagedDatabase, Database, translated

THUMBNAILS_NAME = "thumbnails.sqlite"
_SIDE_FILES = ("-wal", "-shm", "-journal", "")
_PAGE_SIZE = 8192

T = TypeVar("T")

_log = logging.getLogger(__name__)


class ThumbnailCache:
    """Thumbnails of one catalogue; safe from any thread.

    A missing or damaged file is made anew where it may be written, and then ``on_lost`` is
    called, so that the pictures can be read again. Where it may not, there are no thumbnails.
    """

    def __init__(self, path: Path, *, access: Access, on_lost: Callable[[], object]) -> None:
        self._path = path
        self._access = access
        self._on_lost = on_lost
        self._replacing = threading.Lock()
        self._database = Database(path, access=access)

    def prepare(self) -> None:
        """Make the cache if it is missing, and anew if it is no database."""
        if self._access is not Access.READ_WRITE:
            return
        try:
            made = _ensure(self._path)
        except DamagedDatabase:
            self._replace(self._database)
        else:
            if made:
                self._on_lost()

    def get(self, content_hash: str) -> bytes | None:
        """The thumbnail, None where there is none."""

        def look(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute(
                "SELECT picture FROM thumbnails WHERE hash = ?", (content_hash,)
            ).fetchone()
            return row[0] if row else None

        return self._ask(look, otherwise=None)

    def known(self, content_hashes: Sequence[str]) -> set[str]:
        """Those of the hashes that have a thumbnail."""

        def look(connection: sqlite3.Connection) -> set[str]:
            rows = connection.execute(
                "SELECT hash FROM thumbnails WHERE hash IN (SELECT value FROM json_each(?))",
                (json.dumps(list(content_hashes)),),
            )
            return {content_hash for (content_hash,) in rows}

        return self._ask(look, otherwise=set())

    def put(self, thumbnails: Sequence[tuple[str, bytes]]) -> None:
        """Store thumbnails by content hash, replacing those of the same hash."""
        if not thumbnails:
            return
        database = self._database
        try:
            _store(database, thumbnails)
        except DamagedDatabase:
            if self._replace(database):
                _store(self._database, thumbnails)

    def close(self) -> None:
        self._database.close()

    def _ask(self, question: Callable[[sqlite3.Connection], T], *, otherwise: T) -> T:
        database = self._database
        try:
            with database.read() as connection:
                return question(connection)
        except DamagedDatabase:
            self._replace(database)
        except (CatalogueUnavailable, sqlite3.OperationalError):
            # Without a file to read, or with an empty one, a cache has nothing.
            if self._access is Access.READ_WRITE and self._path.is_file():
                raise
        return otherwise

    def _replace(self, damaged: Database) -> bool:
        """Whether there is a sound cache now."""
        if self._access is not Access.READ_WRITE:
            return False
        with self._replacing:
            if self._database is not damaged:
                return True
            _log.warning("The thumbnails in %s are damaged; they are made again.", self._path)
            damaged.close()
            try:
                for ending in _SIDE_FILES:
                    self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
                _ensure(self._path)
            except OSError:
                _log.warning("The damaged file cannot be replaced.", exc_info=True)
                return False
            finally:
                self._database = Database(self._path, access=self._access)
        self._on_lost()
        return True


def _store(database: Database, thumbnails: Sequence[tuple[str, bytes]]) -> None:
    with database.write() as connection:
        connection.executemany(
            "INSERT INTO thumbnails (hash, picture) VALUES (?, ?) "
            "ON CONFLICT (hash) DO UPDATE SET picture = excluded.picture",
            thumbnails,
        )


def _ensure(path: Path) -> bool:
    """Make the cache where it is missing. Returns whether it was."""
    with (
        translated(path),
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection,
    ):
        connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
        connection.execute("PRAGMA journal_mode = WAL")
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'thumbnails'")
        missing = known.fetchone() is None
        connection.execute(
            "CREATE TABLE IF NOT EXISTS thumbnails "
            "(hash TEXT NOT NULL UNIQUE, picture BLOB NOT NULL)"
        )
        return missing
