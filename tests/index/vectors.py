"""Vectors for tests, and a vector store that is a dictionary."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.storage import VectorFingerprint

MODEL = "Net/1: weights#ab"


def unit_vectors(count: int, dimension: int = 16, *, seed: int = 0) -> FloatMatrix:
    """Random directions."""
    rows = np.random.default_rng(seed).standard_normal((count, dimension), dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def ids(*numbers: int) -> IdArray:
    return np.array(numbers, np.int64)


def exact_vector(signs: int) -> FloatMatrix:
    """One of 16 unit vectors (4,) of halves, the bits of ``signs`` being their signs: exact
    in float16, their products exact too, and many of them tied."""
    return np.array([0.5 if signs >> bit & 1 else -0.5 for bit in range(4)], np.float32)


class DictVectors:
    """The VectorStore port in memory, with the vectors of one model."""

    def __init__(self, dimension: int = 16) -> None:
        self.rows: dict[int, FloatMatrix] = {}
        self.dimension = dimension
        self.batches_read = 0

    def put(self, content_ids: IdArray, vectors: FloatMatrix) -> None:
        self.rows.update(zip(content_ids.tolist(), vectors, strict=True))

    def models(self) -> dict[str, int]:
        return {MODEL: len(self.rows)}

    def get(self, model_key: str, content_ids: Sequence[int]) -> tuple[IdArray, FloatMatrix]:
        known = sorted(set(content_ids) & self._of(model_key).keys())
        return np.array(known, np.int64), self._matrix(known)

    def iterate(
        self, model_key: str, *, batch_size: int = 64
    ) -> Iterator[tuple[IdArray, FloatMatrix]]:
        known = sorted(self._of(model_key))
        for start in range(0, len(known), batch_size):
            self.batches_read += 1
            batch = known[start : start + batch_size]
            yield np.array(batch, np.int64), self._matrix(batch)

    def fingerprint(self, model_key: str) -> VectorFingerprint:
        rows = self._of(model_key)
        digest = hashlib.sha256()
        for content_id in sorted(rows):
            digest.update(content_id.to_bytes(8, "big") + rows[content_id].tobytes())
        return VectorFingerprint(len(rows), digest.hexdigest() if rows else "")

    def _of(self, model_key: str) -> dict[int, FloatMatrix]:
        return self.rows if model_key == MODEL else {}

    def _matrix(self, content_ids: Sequence[int]) -> FloatMatrix:
        if not content_ids:
            return np.empty((0, self.dimension), np.float32)
        # At rest the vectors are float16, as in a catalogue.
        rows = np.stack([self.rows[i] for i in content_ids]).astype(np.float16)
        matrix = rows.astype(np.float32)
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        return np.divide(matrix, norms, out=matrix, where=norms > 0)
