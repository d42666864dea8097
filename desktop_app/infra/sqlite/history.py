"""Undo and redo: a journal of the cells each change touched, kept in the catalogue.

A change is a list of :class:`Cells`; performing, undoing and redoing it are the same
operation with the values swapped. A cell is written only while it still holds what the
change found there, so that values stored since by an import or by indexing stay.
"""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop_app.domain.errors import DuplicateSku
from desktop_app.domain.products import FieldValue
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import CORE_ORDER, json_scalar, now

EXTRA_PREFIX = "extra."
_COLUMNS = {
    "products": frozenset((*CORE_ORDER, "bookmarked", "removed")),
    "pictures": frozenset(("product_id", "position", "removed")),
    "verdicts": frozenset(("verdict", "decided_at", "decided_by")),
}
_EXTRA = re.compile(r"extra\.[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of several rows, as (row id, value before, value after).

    ``column`` is a database column, or EXTRA_PREFIX and the name of an extra column, whose
    absent value is None.
    """

    table: str
    column: str
    rows: tuple[tuple[int, FieldValue, FieldValue], ...]


def perform(connection: sqlite3.Connection, change: ChangeSet, cells: Iterable[Cells]) -> ChangeSet:
    """Write the cells in order and record the change for undo; what could be redone before
    no longer can. An empty ChangeSet where nothing differs."""
    effective = _effective(cells)
    if not effective:
        return ChangeSet()
    for column in effective:
        _write(connection, column)
    _touch(connection, change)
    connection.execute("DELETE FROM changes WHERE undone = 1")
    connection.execute(
        "INSERT INTO changes (label, made_at, structure, pictures, payload) VALUES (?, ?, ?, ?, ?)",
        (change.label, now(), change.structure, change.pictures, _packed(change, effective)),
    )
    return change


class SqliteHistory:
    """The History port over the ``changes`` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def undo_label(self) -> str:
        with self._database.read() as connection:
            row = _next_undo(connection, "label")
        return row[0] if row else ""

    def redo_label(self) -> str:
        with self._database.read() as connection:
            row = _next_redo(connection, "label")
        return row[0] if row else ""

    def undo(self) -> ChangeSet:
        """Raises DuplicateSku where another product has taken a SKU that would come back."""
        with self._database.write() as connection:
            row = _next_undo(connection, _STORED)
            return _repeat(connection, row, undone=True) if row else ChangeSet()

    def redo(self) -> ChangeSet:
        """Raises DuplicateSku like :meth:`undo`."""
        with self._database.write() as connection:
            row = _next_redo(connection, _STORED)
            return _repeat(connection, row, undone=False) if row else ChangeSet()


_STORED = "id, label, structure, pictures, payload"


def _next_undo(connection: sqlite3.Connection, columns: str) -> Any:
    return connection.execute(
        f"SELECT {columns} FROM changes WHERE undone = 0 ORDER BY id DESC LIMIT 1"
    ).fetchone()


def _next_redo(connection: sqlite3.Connection, columns: str) -> Any:
    return connection.execute(
        f"SELECT {columns} FROM changes WHERE undone = 1 ORDER BY id LIMIT 1"
    ).fetchone()


def _repeat(connection: sqlite3.Connection, row: Any, *, undone: bool) -> ChangeSet:
    change_id, label, structure, pictures, payload = row
    product_ids, cells = _unpacked(payload)
    change = ChangeSet(label, product_ids, structure=bool(structure), pictures=bool(pictures))
    try:
        for column in reversed(cells) if undone else cells:
            _write(connection, _swapped(column) if undone else column)
    except sqlite3.IntegrityError as error:
        raise DuplicateSku(
            f'"{label}" cannot be {"undone" if undone else "redone"}: another product has '
            "taken one of its SKUs.",
            remedy="Change the SKU of that product first.",
            details=str(error),
        ) from error
    _touch(connection, change)
    connection.execute("UPDATE changes SET undone = ? WHERE id = ?", (undone, change_id))
    return change


def _write(connection: sqlite3.Connection, cells: Cells) -> None:
    table, column = cells.table, cells.column
    if column in _COLUMNS[table]:
        # The key follows the SKU, whatever an import made of either since.
        key = ", sku_key = casefold(?1)" if column == "sku" else ""
        connection.executemany(
            f"UPDATE {table} SET {column} = ?1{key} "
            f"WHERE id = ?2 AND {column} IS ?3 COLLATE BINARY",
            [(after, row_id, before) for row_id, before, after in cells.rows],
        )
    elif table == "products" and _EXTRA.fullmatch(column):
        path = f"$.{column.removeprefix(EXTRA_PREFIX)}"
        unchanged = f"id = ? AND json_extract(extra, '{path}') IS json_extract(?, '$')"
        connection.executemany(
            f"UPDATE products SET extra = json_set(extra, '{path}', json(?)) WHERE {unchanged}",
            [
                (json_scalar(after), row_id, json_scalar(before))
                for row_id, before, after in cells.rows
                if after is not None
            ],
        )
        connection.executemany(
            f"UPDATE products SET extra = json_remove(extra, '{path}') WHERE {unchanged}",
            [
                (row_id, json_scalar(before))
                for row_id, before, after in cells.rows
                if after is None
            ],
        )
    else:
        raise ValueError(f"not a column of the journal: {table}.{column}")


def _touch(connection: sqlite3.Connection, change: ChangeSet) -> None:
    connection.execute(
        "UPDATE products SET updated_at = ? WHERE id IN (SELECT value FROM json_each(?))",
        (now(), json.dumps(change.product_ids)),
    )


def _effective(cells: Iterable[Cells]) -> list[Cells]:
    changed = (replace(c, rows=tuple(r for r in c.rows if r[1] != r[2])) for c in cells)
    return [column for column in changed if column.rows]


def _swapped(cells: Cells) -> Cells:
    return replace(
        cells, rows=tuple((row_id, after, before) for row_id, before, after in cells.rows)
    )


def _packed(change: ChangeSet, cells: Sequence[Cells]) -> bytes:
    written = {
        "products": change.product_ids,
        "cells": [[c.table, c.column, c.rows] for c in cells],
    }
    return zlib.compress(json.dumps(written, ensure_ascii=False).encode())


def _unpacked(payload: bytes) -> tuple[tuple[int, ...], list[Cells]]:
    written = json.loads(zlib.decompress(payload))
    cells = [
        Cells(table, column, tuple((row[0], row[1], row[2]) for row in rows))
        for table, column, rows in written["cells"]
    ]
    return tuple(written["products"]), cells
