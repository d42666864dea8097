"""Vectors by model and content: float16 at rest, float32 unit rows when read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.storage import VectorFingerprint
from desktop_app.infra.sqlite.connection import Database

_AT_REST = np.dtype("<f2")


class SqliteVectors:
    """The VectorStore port. The fingerprint is kept by triggers, in the transaction that
    changes the vectors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def models(self) -> dict[str, int]:
        with self._database.read() as connection:
            return dict(connection.execute("SELECT key, vector_count FROM models ORDER BY id"))

    def get(self, model_key: str, content_ids: Sequence[int]) -> tuple[IdArray, FloatMatrix]:
        """In ascending content id, each once."""
        with self._database.read() as connection:
            model_id, dimension = _model(connection, model_key)
            rows = connection.execute(
                "SELECT content_id, vector FROM embeddings WHERE model_id = ? "
                "AND content_id IN (SELECT value FROM json_each(?)) ORDER BY content_id",
                (model_id, json.dumps([int(content_id) for content_id in content_ids])),
            ).fetchall()
        return _unpacked(rows, dimension)

    def iterate(
        self, model_key: str, *, batch_size: int = 8192
    ) -> Iterator[tuple[IdArray, FloatMatrix]]:
        """Every batch is a transaction of its own, so vectors stored meanwhile may be seen."""
        after_id = 0
        while True:
            with self._database.read() as connection:
                model_id, dimension = _model(connection, model_key)
                rows = connection.execute(
                    "SELECT content_id, vector FROM embeddings "
                    "WHERE model_id = ? AND content_id > ? ORDER BY content_id LIMIT ?",
                    (model_id, after_id, batch_size),
                ).fetchall()
            if not rows:
                return
            after_id = rows[-1][0]
            yield _unpacked(rows, dimension)

    def fingerprint(self, model_key: str) -> VectorFingerprint:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT vector_count, revision FROM models WHERE key = ?", (model_key,)
            ).fetchone()
        return VectorFingerprint(*row) if row else VectorFingerprint(0, "")


def store_vectors(
    connection: sqlite3.Connection, model_key: str, vectors: Mapping[int, NDArray[np.float32]]
) -> None:
    """Add or replace vectors by content id. Raises ValueError unless all are finite and of
    the model's dimension."""
    if not vectors:
        return
    dimensions = {vector.shape for vector in vectors.values()}
    if len(dimensions) != 1 or len(shape := dimensions.pop()) != 1:
        raise ValueError("vectors of one model have one dimension")
    connection.execute(
        "INSERT INTO models (key, dimension) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
        (model_key, shape[0]),
    )
    model_id, dimension = _model(connection, model_key)
    if dimension != shape[0]:
        raise ValueError(f"{model_key} has {dimension} dimensions, not {shape[0]}")
    packed = np.stack(list(vectors.values())).astype(_AT_REST)
    if not np.isfinite(packed).all():
        raise ValueError("a vector is not finite")
    connection.executemany(
        "INSERT INTO embeddings (model_id, content_id, vector) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, content_id) DO UPDATE SET vector = excluded.vector",
        [
            (model_id, content_id, row.tobytes())
            for content_id, row in zip(vectors, packed, strict=True)
        ],
    )


def _model(connection: sqlite3.Connection, model_key: str) -> tuple[int, int]:
    """Id and dimension; 0 and 0 for a model without vectors."""
    row = connection.execute(
        "SELECT id, dimension FROM models WHERE key = ?", (model_key,)
    ).fetchone()
    return row or (0, 0)


def _unpacked(rows: Sequence[tuple[int, bytes]], dimension: int) -> tuple[IdArray, FloatMatrix]:
    content_ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    packed = np.frombuffer(b"".join(row[1] for row in rows), _AT_REST)
    matrix = packed.reshape(len(rows), dimension).astype(np.float32)
    # Rounding to float16 takes a vector off the unit sphere.
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    np.divide(matrix, norms, out=matrix, where=norms > 0)
    return content_ids, matrix
