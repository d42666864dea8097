"""What the enriching channels found in pictures, by content and channel."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import STORED_CHANNELS, Channel
from desktop_app.domain.evidence_ports import MOST_RECORD_BYTES, DescribedPicture
from desktop_app.domain.images import IdArray
from desktop_app.domain.storage import PendingPicture
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.containers import replace_containers
from desktop_app.infra.sqlite.fields import clean_text
from desktop_app.infra.sqlite.picture_paths import PicturePaths

_TABLES = {channel: f"evidence_{channel.value}" for channel in STORED_CHANNELS}
_HASH = np.dtype(">u8")

# Read along the index by content, which the planner leaves for that by state.
_READY = "pictures INDEXED BY pictures_live_content WHERE live = 1 AND state = 'ready'"
_IS_DESCRIBED = """
    EXISTS (SELECT 1 FROM descriptions
             WHERE descriptions.content_id = pictures.content_id
               AND version_id = (SELECT id FROM evidence_versions WHERE version = ?))
"""


class SqliteEvidence:
    """The EvidenceStore port. Revisions are kept by triggers, in the transaction that changes
    the records. Records stay when pictures are removed, as their contents do."""

    def __init__(self, database: Database, paths: PicturePaths) -> None:
        self._database = database
        self._paths = paths

    def count(self, version: str) -> tuple[int, int]:
        with self._database.read() as connection:
            described, total = connection.execute(
                f"SELECT ifnull(sum(is_described), 0), count(*) FROM "
                f"(SELECT {_IS_DESCRIBED} AS is_described FROM {_READY} "
                "AND content_id IS NOT NULL GROUP BY content_id)",
                (version,),
            ).fetchone()
        return int(described), int(total)

    def lacking(
        self, version: str, *, after_content: int = 0, limit: int = 256
    ) -> list[tuple[int, PendingPicture]]:
        with self._database.read() as connection:
            # Of several pictures with one content, min() picks the first row to stand for all.
            rows = connection.execute(
                "SELECT content_id, min(pictures.id), path, "
                "(SELECT hash FROM contents WHERE id = content_id) "
                f"FROM {_READY} AND content_id > ? AND NOT {_IS_DESCRIBED} "
                "GROUP BY content_id ORDER BY content_id LIMIT ?",
                (after_content, version, limit),
            )
            return [
                (content_id, PendingPicture(picture_id, self._paths.absolute(path), digest))
                for content_id, picture_id, path, digest in rows
            ]

    def record(self, version: str, batch: Sequence[DescribedPicture]) -> None:
        for described in batch:
            if described.size_bytes > MOST_RECORD_BYTES:
                raise ValueError(
                    f"{described.size_bytes} bytes for content {described.content_id}, more than "
                    f"{MOST_RECORD_BYTES}"
                )
            if not described.records.keys() <= _TABLES.keys():
                raise ValueError(f"not all of these are stored: {sorted(described.records)}")
        with self._database.write(revises=False) as connection:
            connection.execute(
                "INSERT INTO evidence_versions (version) VALUES (?) "
                "ON CONFLICT (version) DO NOTHING",
                (version,),
            )
            connection.executemany(
                "INSERT INTO descriptions (content_id, version_id, problem) "
                "VALUES (?, (SELECT id FROM evidence_versions WHERE version = ?), ?) "
                "ON CONFLICT (content_id) DO UPDATE SET version_id = excluded.version_id, "
                "problem = excluded.problem",
                [(d.content_id, version, clean_text(d.problem)) for d in batch],
            )
            for channel in _TABLES:
                _replace(connection, channel, batch)
            replace_containers(connection, batch)

    def get(self, channel: Channel, content_ids: Sequence[int]) -> dict[int, bytes]:
        """In ascending content id."""
        with self._database.read() as connection:
            return dict(
                connection.execute(
                    f"SELECT content_id, data FROM {_table(channel)} WHERE content_id IN "
                    "(SELECT value FROM json_each(?)) ORDER BY content_id",
                    (json.dumps([int(content_id) for content_id in content_ids]),),
                )
            )

    def iterate(
        self, channel: Channel, *, after_content: int = 0, batch_size: int = 2048
    ) -> Iterator[tuple[IdArray, list[bytes]]]:
        """Every batch is a transaction of its own, so records stored meanwhile may be seen."""
        table = _table(channel)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(
                    f"SELECT content_id, data FROM {table} WHERE content_id > ? "
                    "ORDER BY content_id LIMIT ?",
                    (after_content, batch_size),
                ).fetchall()
            if not rows:
                return
            after_content = rows[-1][0]
            yield np.fromiter((row[0] for row in rows), np.int64, len(rows)), [r[1] for r in rows]

    def revision(self, channel: Channel) -> str:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT revision FROM evidence_channels WHERE name = ?", (channel.value,)
            ).fetchone()
        if row is None:
            raise ValueError(f"{channel} is not kept here")
        return str(row[0])

    def perceptual_hashes(self) -> tuple[IdArray, NDArray[np.uint64]]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, perceptual_hash FROM contents WHERE length(perceptual_hash) = 8 "
                "ORDER BY id"
            ).fetchall()
        content_ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        hashes = np.frombuffer(b"".join(row[1] for row in rows), _HASH)
        return content_ids, hashes.astype(np.uint64)


def _table(channel: Channel) -> str:
    if channel not in _TABLES:
        raise ValueError(f"{channel} is not kept here")
    return _TABLES[channel]


def _replace(
    connection: sqlite3.Connection, channel: Channel, batch: Sequence[DescribedPicture]
) -> None:
    connection.executemany(
        f"INSERT INTO {_TABLES[channel]} (content_id, data) VALUES (?, ?) "
        "ON CONFLICT (content_id) DO UPDATE SET data = excluded.data",
        [(d.content_id, d.records[channel]) for d in batch if channel in d.records],
    )
    connection.executemany(
        f"DELETE FROM {_TABLES[channel]} WHERE content_id = ?",
        [(d.content_id,) for d in batch if channel not in d.records],
    )
