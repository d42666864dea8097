"""Writes a catalogue database down as SQL, for ``schemas/``.

``python -m tests.sqlite.schema_dump FOLDER > tests/sqlite/schemas/vN.sql`` freezes the catalogue
in FOLDER as an example of the schema it was written with; done once for every released one.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

SHADOW_TABLES = tuple(f"products_fts_{part}" for part in ("data", "idx", "docsize", "config"))


def dump(connection: sqlite3.Connection) -> Iterator[str]:
    """Statements that build the same database. The text index is filled by its trigger."""
    for pragma in ("application_id", "user_version"):
        (value,) = connection.execute(f"PRAGMA {pragma}").fetchone()
        yield f"PRAGMA {pragma} = {value};"
    objects = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
    ).fetchall()
    objects = [row for row in objects if row[1] not in SHADOW_TABLES]
    on_insert = ("products_fts_added",)
    for kind, name, sql in objects:
        if kind != "trigger" or name in on_insert:
            yield f"{sql};"
    yield "ANALYZE sqlite_schema;"
    tables = [name for kind, name, _ in objects if kind == "table" and name != "products_fts"]
    for table in ("sqlite_stat1", *tables):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        quoted = " || ', ' || ".join(f"quote({column})" for column in columns)
        for (values,) in connection.execute(f"SELECT {quoted} FROM {table}").fetchall():
            yield f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values});"
    for kind, name, sql in objects:
        if kind == "trigger" and name not in on_insert:
            yield f"{sql};"


if __name__ == "__main__":
    with closing(sqlite3.connect(Path(sys.argv[1]) / "catalogue.sqlite")) as opened:
        print("\n".join(dump(opened)))
