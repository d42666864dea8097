"""What a person said of pairs of pictures, kept by content hash and changed through the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from desktop_app.domain.duplicates import PairKey, StoredVerdict, Verdict
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import clean_text, now
from desktop_app.infra.sqlite.history import Cells, perform

_COLUMNS = ("verdict", "decided_at", "decided_by")
_NOTHING = ("", "", "")

Values = tuple[str, str, str]
"""Of _COLUMNS."""


class SqliteVerdicts:
    """The VerdictStore port. A row whose verdict is '' says nothing; it is kept for undo."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredVerdict]:
        """By key."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT hash_a, hash_b, sku_a, sku_b, verdict, decided_at, decided_by "
                "FROM verdicts WHERE verdict <> '' ORDER BY hash_a, hash_b, sku_a, sku_b"
            ).fetchall()
        return [StoredVerdict(PairKey(*row[:4]), Verdict(row[4]), row[5], row[6]) for row in rows]

    def decide(
        self, keys: Sequence[PairKey], verdict: Verdict | None, *, by: str = "", label: str = ""
    ) -> ChangeSet:
        """A pair of which the same person said the same before keeps its time. An empty
        ChangeSet where nothing differs."""
        by, at = clean_text(by), now()
        wanted: dict[PairKey, Values] = {}
        for key in keys:
            wanted[key] = _NOTHING if verdict is None else (verdict.value, at, by)
        count = f"{len(wanted)} pair" + ("" if len(wanted) == 1 else "s")
        if not label:
            label = f"Clear {count}" if verdict is None else f"Mark {count} as {verdict.value}"
        return self._store(wanted, label)

    def take_over(self, verdicts: Sequence[StoredVerdict], *, label: str) -> ChangeSet:
        wanted = {
            taken.key: (
                taken.verdict.value,
                clean_text(taken.decided_at),
                clean_text(taken.decided_by),
            )
            for taken in verdicts
        }
        return self._store(wanted, label, keeps_times=False)

    def revision(self) -> str:
        with self._database.read() as connection:
            (revision,) = connection.execute(
                "SELECT revision FROM duplicates_about WHERE name = 'verdicts'"
            ).fetchone()
        return str(revision)

    def _store(
        self, wanted: dict[PairKey, Values], label: str, *, keeps_times: bool = True
    ) -> ChangeSet:
        if not wanted:
            return ChangeSet()
        with self._database.write(revises=False) as connection:
            changes = []
            for key, values in wanted.items():
                row_id, stored = _row(connection, key)
                is_known = keeps_times and (stored[0], stored[2]) == (values[0], values[2])
                if not is_known and stored != values:
                    changes.append((row_id, stored, values))
            return perform(connection, ChangeSet(label), _cells(changes))


def _cells(changes: Sequence[tuple[int, Values, Values]]) -> list[Cells]:
    return [
        Cells(
            "verdicts",
            column,
            tuple((row_id, before[place], after[place]) for row_id, before, after in changes),
        )
        for place, column in enumerate(_COLUMNS)
    ]


def _row(connection: sqlite3.Connection, key: PairKey) -> tuple[int, Values]:
    """The id of the pair's row, made where there is none, and what it holds."""
    place = tuple(clean_text(part) for part in (key.hash_a, key.hash_b, key.sku_a, key.sku_b))
    found = connection.execute(
        "SELECT id, verdict, decided_at, decided_by FROM verdicts "
        "WHERE hash_a = ? AND hash_b = ? AND sku_a = ? AND sku_b = ?",
        place,
    ).fetchone()
    if found is not None:
        return found[0], found[1:]
    made = connection.execute(
        "INSERT INTO verdicts (hash_a, hash_b, sku_a, sku_b) VALUES (?, ?, ?, ?)", place
    )
    assert made.lastrowid is not None
    return made.lastrowid, _NOTHING
