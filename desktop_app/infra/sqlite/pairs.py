"""Pairs of contents that may show one thing, and which contents were compared with all others."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from desktop_app.domain.duplicates import FoundPair, FoundPairs
from desktop_app.domain.evidence import CHANNELS
from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.domain.images import IdArray
from desktop_app.infra.sqlite.connection import Database

_RECORD = np.dtype(
    [
        ("same", "<f4"),
        ("variant", "<f4"),
        ("difference", "<f4"),
        ("scores", "<f4", (len(CHANNELS),)),
        ("orientation", "u1"),
    ]
)
"""A judgement at rest, without padding."""

# Read along the index by content, which the planner leaves for that by state.
_READY = "pictures INDEXED BY pictures_live_content WHERE live = 1 AND state = 'ready'"
_IS_COMPARED = """
    (? = (SELECT version FROM duplicates_about WHERE name = 'pairs')
     AND EXISTS (SELECT 1 FROM compared WHERE compared.content_id = pictures.content_id))
"""


class SqlitePairs:
    """The PairStore port. The database holds what one version found, and its triggers ask for
    a content to be compared again when more is learned of it or another product shows it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lacking(self, version: str, *, after_content: int = 0, limit: int = 256) -> IdArray:
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT content_id FROM {_READY} AND content_id > ? AND NOT {_IS_COMPARED} "
                "GROUP BY content_id ORDER BY content_id LIMIT ?",
                (after_content, version, limit),
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def count(self, version: str) -> tuple[int, int]:
        with self._database.read() as connection:
            compared, total = connection.execute(
                "SELECT ifnull(sum(is_compared), 0), count(*) FROM "
                f"(SELECT {_IS_COMPARED} AS is_compared FROM {_READY} "
                "AND content_id IS NOT NULL GROUP BY content_id)",
                (version,),
            ).fetchone()
        return int(compared), int(total)

    def record(self, version: str, compared: Sequence[int], pairs: Sequence[FoundPair]) -> None:
        """Raises ValueError where the contents of a pair are not in order."""
        if any(pair.content_a >= pair.content_b for pair in pairs):
            raise ValueError("the contents of a pair are in rising order")
        with self._database.write(revises=False) as connection:
            is_dropped = _drop_other_versions(connection, version)
            connection.executemany(
                "INSERT INTO compared (content_id) VALUES (?) ON CONFLICT DO NOTHING",
                [(int(content_id),) for content_id in compared],
            )
            connection.executemany(
                "INSERT INTO pairs (content_a, content_b, judgement) VALUES (?, ?, ?) "
                "ON CONFLICT (content_a, content_b) DO UPDATE SET judgement = excluded.judgement",
                list(zip(*_keys(pairs), _packed(pairs), strict=True)),
            )
            if pairs or is_dropped:
                connection.execute(
                    "UPDATE duplicates_about SET revision = hex(randomblob(8)) WHERE name = 'pairs'"
                )

    def load(self, version: str) -> FoundPairs:
        """About a second for 600,000."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT content_a, content_b, judgement FROM pairs WHERE "
                "? = (SELECT version FROM duplicates_about WHERE name = 'pairs') "
                "ORDER BY content_a, content_b",
                (version,),
            ).fetchall()
        records = np.frombuffer(b"".join(row[2] for row in rows), _RECORD)
        return FoundPairs(
            content_a=np.fromiter((row[0] for row in rows), np.int64, len(rows)),
            content_b=np.fromiter((row[1] for row in rows), np.int64, len(rows)),
            same=records["same"].astype(np.float32),
            variant=records["variant"].astype(np.float32),
            scores=records["scores"].astype(np.float32),
            difference=records["difference"].astype(np.float32),
            orientations=records["orientation"].astype(np.int64),
        )

    def revision(self) -> str:
        with self._database.read() as connection:
            (revision,) = connection.execute(
                "SELECT revision FROM duplicates_about WHERE name = 'pairs'"
            ).fetchone()
        return str(revision)


def _drop_other_versions(connection: sqlite3.Connection, version: str) -> bool:
    """Whether there was something of another version."""
    (stored,) = connection.execute(
        "SELECT version FROM duplicates_about WHERE name = 'pairs'"
    ).fetchone()
    if stored == version:
        return False
    connection.execute("DELETE FROM pairs")
    connection.execute("DELETE FROM compared")
    connection.execute("UPDATE duplicates_about SET version = ? WHERE name = 'pairs'", (version,))
    return True


def _keys(pairs: Sequence[FoundPair]) -> tuple[list[int], list[int]]:
    return [int(pair.content_a) for pair in pairs], [int(pair.content_b) for pair in pairs]


def _packed(pairs: Sequence[FoundPair]) -> list[bytes]:
    records = np.array(
        [
            (
                pair.judgement.same,
                pair.judgement.variant,
                pair.judgement.difference,
                pair.judgement.scores,
                ORIENTATIONS.index(pair.judgement.orientation),
            )
            for pair in pairs
        ],
        _RECORD,
    )
    return [record.tobytes() for record in records]
