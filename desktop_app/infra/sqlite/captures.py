"""The captures of the station and the stock-take over them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from desktop_app.domain.capturing import CaptureRecord, Decision, Outcome, StockLine
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import clean_text, now

_STORED = "taken_at, outcome, decision, confidence, product_id, sku, title, barcode, pieces, source"
# The product as it is told: none that was removed.
_TOLD = _STORED.replace("product_id", "live.id").replace(
    "sku, title, barcode", "c.sku, c.title, c.barcode"
)
_RECORDS = f"""
    SELECT c.id, {_TOLD}
      FROM captures AS c LEFT JOIN products AS live ON live.id = c.product_id AND live.removed = 0
"""


class SqliteCaptures:
    """The CaptureLog port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: CaptureRecord) -> CaptureRecord:
        record = _cleaned(record)
        with self._database.write(revises=False) as connection:
            (made,) = _insert(connection, [replace(record, id=0)])
        return replace(record, id=made)

    def decide(
        self,
        record_id: int,
        decision: Decision,
        *,
        product_id: int | None,
        sku: str,
        title: str,
        pieces: int,
    ) -> CaptureRecord:
        with self._database.write(revises=False) as connection:
            connection.execute(
                "UPDATE captures SET decision = ?, product_id = ?, sku = ?, title = ?, pieces = ? "
                "WHERE id = ?",
                (
                    decision.value,
                    product_id,
                    clean_text(sku),
                    clean_text(title),
                    pieces,
                    record_id,
                ),
            )
            found = _records(connection, "WHERE c.id = ?", (record_id,))
        if not found:
            raise KeyError(record_id)
        return found[0]

    def remove(self, record_ids: Sequence[int]) -> tuple[CaptureRecord, ...]:
        ids = (json.dumps([int(record_id) for record_id in record_ids]),)
        among = "IN (SELECT value FROM json_each(?))"
        with self._database.write(revises=False) as connection:
            pictures = dict(
                connection.execute(
                    f"SELECT capture_id, picture FROM capture_pictures WHERE capture_id {among}",
                    ids,
                )
            )
            products = dict(
                connection.execute(f"SELECT id, product_id FROM captures WHERE id {among}", ids)
            )
            removed = _records(connection, f"WHERE c.id {among} ORDER BY c.id DESC", ids)
            connection.execute(f"DELETE FROM captures WHERE id {among}", ids)
        # A product that was removed may come back, so what is restored still names it.
        return tuple(
            replace(known, product_id=products[known.id], picture=pictures.get(known.id, b""))
            for known in removed
        )

    def restore(self, records: Sequence[CaptureRecord]) -> None:
        with self._database.write(revises=False) as connection:
            _insert(connection, map(_cleaned, records))

    def newest(self, limit: int, *, before_id: int | None = None) -> tuple[CaptureRecord, ...]:
        where, values = ("", ()) if before_id is None else ("WHERE c.id < ?", (before_id,))
        with self._database.read() as connection:
            found = _records(
                connection, f"{where} ORDER BY c.id DESC LIMIT ?", (*values, max(0, limit))
            )
        return tuple(found)

    def picture(self, record_id: int) -> bytes:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT picture FROM capture_pictures WHERE capture_id = ?", (record_id,)
            ).fetchone()
        return bytes(row[0]) if row else b""

    def count(self) -> int:
        with self._database.read() as connection:
            (count,) = connection.execute("SELECT count(*) FROM captures").fetchone()
        return int(count)

    def stock(self) -> tuple[StockLine, ...]:
        """A product goes by the SKU it has now; of one that is gone the SKU it had counts."""
        with self._database.read() as connection:
            rows = connection.execute(
                """
                SELECT ifnull(live.sku, c.sku) AS told, ifnull(live.title, c.title),
                       sum(pieces), max(taken_at), live.id
                  FROM captures AS c
                  LEFT JOIN products AS live ON live.id = c.product_id AND live.removed = 0
                 WHERE pieces <> 0 AND told <> '' AND c.id > ?
                 GROUP BY casefold(told) ORDER BY casefold(told)
                """,
                (_last_start(connection)[1],),
            ).fetchall()
        return tuple(StockLine(*row) for row in rows)

    def start_stock_take(self) -> None:
        with self._database.write(revises=False) as connection:
            connection.execute(
                "INSERT INTO stock_takes (started_at, after_capture) VALUES "
                "(?, ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'captures'), 0))",
                (now(),),
            )

    def resume_stock_take(self) -> None:
        with self._database.write(revises=False) as connection:
            connection.execute(
                "DELETE FROM stock_takes WHERE id = (SELECT max(id) FROM stock_takes)"
            )

    def stock_take_began(self) -> str:
        with self._database.read() as connection:
            return _last_start(connection)[0]


def _last_start(connection: sqlite3.Connection) -> tuple[str, int]:
    row = connection.execute(
        "SELECT started_at, after_capture FROM stock_takes ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return (str(row[0]), int(row[1])) if row else ("", 0)


def _records(
    connection: sqlite3.Connection, which: str, values: tuple[object, ...]
) -> list[CaptureRecord]:
    return [
        CaptureRecord(number, at, Outcome(outcome), Decision(decision), *others)
        for number, at, outcome, decision, *others in connection.execute(
            f"{_RECORDS} {which}", values
        )
    ]


def _insert(connection: sqlite3.Connection, records: Iterable[CaptureRecord]) -> list[int]:
    """Ids of the new rows; an id of 0 is given here."""
    ids = []
    for record in records:
        made = connection.execute(
            f"INSERT INTO captures (id, {_STORED}) VALUES ({', '.join('?' * 11)})",
            (
                record.id or None,
                record.taken_at,
                record.outcome.value,
                record.decision.value,
                record.confidence,
                record.product_id,
                record.sku,
                record.title,
                record.barcode,
                record.pieces,
                record.source,
            ),
        ).lastrowid
        assert made is not None
        if record.picture:
            connection.execute(
                "INSERT INTO capture_pictures (capture_id, picture) VALUES (?, ?)",
                (made, record.picture),
            )
        ids.append(made)
    return ids


def _cleaned(record: CaptureRecord) -> CaptureRecord:
    return replace(
        record,
        sku=clean_text(record.sku),
        title=clean_text(record.title),
        barcode=clean_text(record.barcode),
        source=clean_text(record.source),
    )
