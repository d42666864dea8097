"""Finding, making and opening a catalogue's database file, for writing or for reading only."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.domain.errors import CatalogueTooNew, CatalogueUnavailable
from desktop_app.infra.sqlite.connection import Access, Database, file_uri, translated

DATABASE_NAME = "catalogue.sqlite"
APPLICATION_ID = 0x54574E53
"""Marks the file as ours in SQLite's header ('TWNS')."""
SCHEMA_VERSION = 5
PAGE_SIZE = 8192
"""Three 1280-d float16 vectors to a page; SQLite's 4096 would hold one."""

ASKED_REASON = "It was opened for reading only."
UNWRITABLE_REASON = "Its folder cannot be written to."


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema version and the function that brings an older database to it."""

    version: int
    migrate: Callable[[sqlite3.Connection], None]


def _migrate(connection: sqlite3.Connection) -> None:
    from desktop_app.infra.sqlite.migrations import migrate  # noqa: PLC0415 - slow to load

    migrate(connection)


CURRENT_SCHEMA = Schema(SCHEMA_VERSION, _migrate)


def is_catalogue(folder: Path) -> bool:
    """Whether the folder holds a catalogue, be it damaged or not."""
    return (folder / DATABASE_NAME).is_file()


def is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder and its database can be changed.

    Tried rather than asked: permission bits say nothing about network shares and ACLs.
    """
    try:
        with tempfile.TemporaryFile(dir=folder), (folder / DATABASE_NAME).open("r+b"):
            return True
    except OSError:
        return False


def create_database(folder: Path) -> None:
    """Make an empty database in the folder, which is made too. The file appears complete
    or not at all. Raises CatalogueUnavailable where that is impossible."""
    path = folder / DATABASE_NAME
    part = path.with_name(f"{path.name}.new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with (
            translated(path),
            contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection,
        ):
            connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            CURRENT_SCHEMA.migrate(connection)
        part.rename(path)
    except OSError as error:
        raise CatalogueUnavailable(
            f"No catalogue can be made in {folder}.",
            remedy="Choose a folder you can write to.",
            details=str(error),
        ) from error


def open_for_writing(path: Path, schema: Schema = CURRENT_SCHEMA) -> Database:
    """Open the database, bringing an older one up to date after a backup of it."""
    database = Database(path)
    try:
        if (version := _version(database, schema)) < schema.version:
            _upgrade(database, version, schema)
        with database.connection() as connection:
            # Where the file system cannot share memory SQLite stays with its old journal.
            connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        database.close()
        raise
    return database


def open_for_reading(path: Path, schema: Schema = CURRENT_SCHEMA) -> Database:
    """Open the database without changing it or needing to write beside it.

    A WAL database wants side files: where they cannot be made the file is read as immutable,
    or, if the log still holds changes, from a temporary copy. An older one is copied and
    the copy brought up to date.
    """
    database = _readable(path)
    try:
        outdated = _version(database, schema) < schema.version
    except BaseException:
        database.close()
        raise
    if outdated:
        database.close()
        return _copied(path, schema)
    return database


def readable_access(path: Path) -> Access:
    """How a database can be read where it lies: IMMUTABLE, which knows nothing of what is
    still in the log, only where the side files cannot be made."""
    try:
        with contextlib.closing(
            sqlite3.connect(file_uri(path, Access.READ_ONLY), uri=True)
        ) as probe:
            probe.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        return Access.IMMUTABLE
    except sqlite3.DatabaseError:
        pass  # damaged, which the next to read it says
    return Access.READ_ONLY


def _readable(path: Path) -> Database:
    access = readable_access(path)
    if access is Access.IMMUTABLE and _has_unmerged_log(path):
        return _copied(path)
    return Database(path, access=access)


def _has_unmerged_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.is_file() and log.stat().st_size > 0


def _copied(path: Path, schema: Schema | None = None) -> Database:
    """A temporary copy, brought up to ``schema`` if given; it goes when it is closed."""
    scratch = tempfile.TemporaryDirectory(prefix="twinshelf-")
    copy = Path(scratch.name) / path.name
    try:
        shutil.copyfile(path, copy)
        if _has_unmerged_log(path):
            shutil.copyfile(path.with_name(f"{path.name}-wal"), copy.with_name(f"{copy.name}-wal"))
        with (
            translated(path),
            contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection,
        ):
            connection.execute("PRAGMA wal_checkpoint")
            if schema is not None:
                schema.migrate(connection)
    except OSError as error:
        scratch.cleanup()
        raise CatalogueUnavailable(
            f"The catalogue in {path.parent} cannot be read.",
            remedy="Check that its drive is connected and that you may read the folder.",
            details=str(error),
        ) from error
    except BaseException:
        scratch.cleanup()
        raise
    return Database(copy, access=Access.READ_ONLY, scratch=scratch)


def _version(database: Database, schema: Schema) -> int:
    with database.connection() as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    folder = database.path.parent
    if application != APPLICATION_ID:
        raise CatalogueUnavailable(
            f"The file {DATABASE_NAME} in {folder} is not a Twinshelf catalogue.",
            remedy="Choose another folder.",
        )
    if version > schema.version:
        raise CatalogueTooNew(
            f"The catalogue in {folder} was written by a newer version of Twinshelf: "
            f"its format is {version}, this version reads up to {schema.version}.",
            remedy="Update Twinshelf to open it.",
        )
    return int(version)


def _upgrade(database: Database, version: int, schema: Schema) -> None:
    backup = database.path.with_name(f"{database.path.name}.backup-{version}")
    part = backup.with_name(f"{backup.name}.part")
    part.unlink(missing_ok=True)
    with database.connection() as connection:
        with contextlib.closing(sqlite3.connect(part)) as copy:
            connection.backup(copy)
        part.replace(backup)
        schema.migrate(connection)
