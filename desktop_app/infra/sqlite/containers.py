"""Which kind of container contents show, and their objects in grey as vectors."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.containers import ContainerGallery, GreyVector, StoredContainer
from desktop_app.domain.evidence_ports import DescribedPicture
from desktop_app.infra.sqlite.connection import Database

_VECTOR = np.dtype("<f2")
_CLASSES = {container.value: container for container in ContainerClass}


class SqliteContainers:
    """The ContainerStore port. Rows are written by the store of evidence, in the transaction
    that records the rest of a description; those of contents no longer shown stay."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, content_ids: Sequence[int]) -> dict[int, StoredContainer]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT content_id, class, probability, vector FROM containers "
                "WHERE content_id IN (SELECT value FROM json_each(?)) ORDER BY content_id",
                (json.dumps([int(content_id) for content_id in content_ids]),),
            ).fetchall()
        return {
            content_id: StoredContainer(_CLASSES[name], probability, _unpacked(data))
            for content_id, name, probability, data in rows
            if name in _CLASSES
        }

    def counts(self) -> dict[ContainerClass, int]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT class, count(*) FROM containers GROUP BY class"
            ).fetchall()
        return {_CLASSES[name]: count for name, count in rows if name in _CLASSES}

    def gallery(self, container: ContainerClass, dimension: int) -> ContainerGallery:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT content_id, vector FROM containers WHERE class = ? AND length(vector) = ? "
                "ORDER BY content_id",
                (container.value, dimension * _VECTOR.itemsize),
            ).fetchall()
        content_ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        joined = np.frombuffer(b"".join(row[1] for row in rows), _VECTOR)
        vectors = joined.reshape(len(rows), dimension).astype(np.float32)
        sound = np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)
        if not sound.all():
            content_ids, vectors = content_ids[sound], vectors[sound]
        return ContainerGallery(content_ids, vectors)

    def revision(self) -> str:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT revision FROM evidence_channels WHERE name = 'container'"
            ).fetchone()
        return str(row[0])


def replace_containers(connection: sqlite3.Connection, batch: Sequence[DescribedPicture]) -> None:
    """Store the readings of these contents; what is known of those without one goes."""
    connection.executemany(
        "INSERT INTO containers (content_id, class, probability, vector) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (content_id) DO UPDATE SET class = excluded.class, "
        "probability = excluded.probability, vector = excluded.vector",
        [
            (
                described.content_id,
                described.container.container.value,
                described.container.probability,
                described.container.vector.astype(_VECTOR).tobytes(),
            )
            for described in batch
            if described.container is not None
        ],
    )
    connection.executemany(
        "DELETE FROM containers WHERE content_id = ?",
        [(described.content_id,) for described in batch if described.container is None],
    )


def _unpacked(data: bytes) -> GreyVector:
    return np.frombuffer(data, _VECTOR, len(data) // _VECTOR.itemsize).astype(np.float32)
