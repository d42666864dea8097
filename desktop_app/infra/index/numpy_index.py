"""The index ports in plain numpy: the reference the FAISS adapter is compared with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import IndexSnapshot, IndexStep, VectorStore
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.storage import VectorFingerprint
from desktop_app.infra.index.checks import require_query, require_vectors


class NumpySnapshot:
    """Every vector in one float32 matrix, by ascending content id."""

    def __init__(
        self,
        model_key: str,
        content_ids: IdArray | None = None,
        vectors: FloatMatrix | None = None,
    ) -> None:
        self.model_key = model_key
        self._ids = np.empty(0, np.int64) if content_ids is None else content_ids
        self._vectors = np.empty((0, 0), np.float32) if vectors is None else vectors
        self.size = len(self._ids)

    @property
    def content_ids(self) -> IdArray:
        return self._ids

    def search(
        self, query: NDArray[np.float32], limit: int, *, allowed: IdArray | None = None
    ) -> tuple[IdArray, NDArray[np.float32]]:
        require_query(query, self._vectors.shape[1])
        if not self.size:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        passing = np.ones(self.size, np.bool_) if allowed is None else np.isin(self._ids, allowed)
        ids = self._ids[passing]
        scores = np.clip(self._vectors[passing] @ query, -1.0, 1.0)
        order = np.lexsort((ids, -scores))[: max(limit, 0)]
        return ids[order], scores[order]

    def search_many(self, queries: FloatMatrix, limit: int) -> tuple[IdArray, FloatMatrix]:
        ids = np.full((len(queries), limit), -1, np.int64)
        scores = np.full((len(queries), limit), -1.0, np.float32)
        for row, query in enumerate(queries):
            found, cosines = self.search(query, limit)
            ids[row, : len(found)], scores[row, : len(found)] = found, cosines
        return ids, scores

    def extended(self, content_ids: IdArray, vectors: FloatMatrix) -> NumpySnapshot:
        require_vectors(content_ids, vectors, self._vectors.shape[1])
        if not len(content_ids):
            return self
        kept = ~np.isin(self._ids, content_ids)
        ids = np.concatenate([self._ids[kept], content_ids])
        rows = np.concatenate([self._vectors[kept].reshape(-1, vectors.shape[1]), vectors])
        order = np.argsort(ids)
        return NumpySnapshot(self.model_key, ids[order], rows[order])

    def without(self, content_ids: IdArray) -> NumpySnapshot:
        kept = ~np.isin(self._ids, content_ids)
        return NumpySnapshot(self.model_key, self._ids[kept], self._vectors[kept])


class NumpyIndexStore:
    """Keeps nothing on disk."""

    last_problem = ""

    def open(self, vectors: VectorStore, model_key: str) -> NumpySnapshot:
        snapshot = NumpySnapshot(model_key)
        for content_ids, rows in vectors.iterate(model_key):
            snapshot = snapshot.extended(content_ids, rows)
        return snapshot

    def opening(
        self, vectors: VectorStore, model_key: str, token: CancelToken
    ) -> Iterator[IndexStep]:
        token.checkpoint()
        snapshot = self.open(vectors, model_key)
        yield IndexStep(Progress("open", snapshot.size, snapshot.size), snapshot)

    def extend(
        self, snapshot: IndexSnapshot, content_ids: IdArray, vectors: FloatMatrix
    ) -> NumpySnapshot:
        assert isinstance(snapshot, NumpySnapshot)
        return snapshot.extended(content_ids, vectors)

    def is_slow(self, snapshot: IndexSnapshot) -> bool:  # noqa: ARG002 - never is
        return False

    def optimise(
        self,
        latest: Callable[[], IndexSnapshot],  # noqa: ARG002 - nothing to do
        token: CancelToken,  # noqa: ARG002
    ) -> Iterator[IndexStep]:
        return iter(())

    def save(self, snapshot: IndexSnapshot, fingerprint: VectorFingerprint) -> None:
        """Does nothing."""

    def keep_only(self, model_keys: Collection[str]) -> None:
        """Does nothing."""
