"""One SQLite file: pooled connections, transactions, and its errors in the user's words."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from urllib.parse import quote

from desktop_app.domain.errors import (
    CatalogueReadOnly,
    CatalogueUnavailable,
    StorageFull,
    UserFacingError,
)

IDLE_CONNECTIONS = 8
CACHE_KIB = 16_384
WAL_LIMIT_BYTES = 64 * 1024 * 1024


class Access(Enum):
    """How a file is opened. IMMUTABLE also promises SQLite that nobody else writes it, which
    is what lets a WAL database be read where no side file can be made.
    """

    READ_WRITE = "rw"
    READ_ONLY = "ro"
    IMMUTABLE = "immutable"


class DamagedDatabase(CatalogueUnavailable):
    """SQLite found the file malformed, or not a database at all."""


class Database:
    """Hands out connections to one SQLite file; safe from any thread.

    A connection belongs to one caller at a time, for one transaction, and then returns to
    the pool. It is not tied to a thread: Qt's threads come to Python with a new thread state
    for every slot, so a thread-local connection would be opened anew each time or leak.

    ``scratch`` is a temporary folder that holds the file and goes with it.
    """

    def __init__(
        self,
        path: Path,
        *,
        access: Access = Access.READ_WRITE,
        busy_timeout_s: float = 10.0,
        scratch: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        self.path = path
        self.access = access
        self._busy_timeout_s = busy_timeout_s
        self._scratch = scratch
        self._pool_lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._revision = 0
        # Writers of this process queue here; SQLite's own waiting is polling and unfair.
        self._writer = threading.Lock()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection outside any transaction. SQLite's errors leave as UserFacingErrors,
        broken constraints and misuse as they are."""
        with translated(self.path):
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A transaction that sees one state of the database throughout."""
        with self.connection() as connection:
            connection.execute("BEGIN")
            yield connection

    @property
    def revision(self) -> int:
        """The number of transactions committed through this object that revise a listing."""
        return self._revision

    @contextmanager
    def write(self, *, revises: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction that is committed at the end, or rolled back on any exception.
        With ``revises`` it counts towards :attr:`revision`."""
        if self.access is not Access.READ_WRITE:
            kind, what, remedy = _READ_ONLY
            raise kind(what, remedy=remedy)
        with self._writer, self.connection() as connection:
            # A deferred transaction that reads before it writes fails "locked" at once.
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            # After the commit: whoever reads the new number then reads the new rows.
            self._revision += revises

    def close(self) -> None:
        """Close idle connections at once and those in use when they come back."""
        with self._pool_lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _take(self) -> sqlite3.Connection:
        with self._pool_lock:
            if self._closed:
                raise CatalogueUnavailable(
                    "This catalogue has been closed.", remedy="Open it again."
                )
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            return
        with self._pool_lock:
            if not self._closed and len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            file_uri(self.path, self.access),
            uri=True,
            timeout=self._busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.create_function("casefold", 1, _casefold, deterministic=True)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors about the file ``path`` into UserFacingErrors, where a person
    can do something about them."""
    try:
        yield
    except sqlite3.Error as error:
        told = _told(error, path)
        if told is None:
            raise
        raise told from error


def file_uri(path: Path, access: Access) -> str:
    """The URI by which SQLite opens ``path`` without ever creating it."""
    posix = path.absolute().as_posix()
    location = "file://" + quote(os.fsencode(posix if posix.startswith("/") else f"/{posix}"))
    if access is Access.IMMUTABLE:
        return f"{location}?mode=ro&immutable=1"
    return f"{location}?mode={access.value}"


def _casefold(value: str | float | None) -> str | float | None:
    return value.casefold() if isinstance(value, str) else value


_Told = tuple[type[UserFacingError], str, str]

_READ_ONLY: _Told = (
    CatalogueReadOnly,
    "This catalogue is open for reading only, so nothing can be changed.",
    "Copy its folder to a place you can write to, and open it there.",
)
_FULL: _Told = (
    StorageFull,
    "The disk is full; the last change was not stored.",
    "Free some space and try again. Everything stored before is safe.",
)
_DAMAGED: _Told = (
    DamagedDatabase,
    "The catalogue in {folder} is damaged.",
    "Restore its folder from a backup, or make a new catalogue and import the pictures again.",
)
_BUSY: _Told = (
    UserFacingError,
    "Another program is using the catalogue in {folder}.",
    "Close it there, or wait until it has finished, and try again.",
)
_OUT_OF_REACH: _Told = (
    CatalogueUnavailable,
    "The catalogue in {folder} cannot be read or written.",
    "Check that its drive is connected and that you may use the folder, then open it again.",
)
_MOVED: _Told = (
    CatalogueUnavailable,
    "The catalogue in {folder} was moved or deleted while it was open.",
    "Open it from its new place.",
)
# By extended error code where there is one, else by its low byte, the primary code.
_TOLD: dict[int, _Told] = {
    sqlite3.SQLITE_READONLY_DBMOVED: _MOVED,
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_IOERR: _OUT_OF_REACH,
    sqlite3.SQLITE_CANTOPEN: _OUT_OF_REACH,
    sqlite3.SQLITE_PERM: _OUT_OF_REACH,
}


def _told(error: sqlite3.Error, path: Path) -> UserFacingError | None:
    """The error as the user should read it; None where it is a defect of ours."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    told = _TOLD.get(code) or _TOLD.get(code & 0xFF)
    if told is None:
        return None
    kind, what, remedy = told
    return kind(
        what.format(folder=path.parent),
        remedy=remedy,
        details=f"{error.sqlite_errorname}: {error} ({path})",
    )
