"""Silhouettes as vectors, searched exactly: the ShapeProposals port over numpy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.images import FloatMatrix, IdArray

QueryVectors = Callable[[ShapeFeatures, bool], NDArray[np.float32]]
"""The query's vectors (m, d) in the orientations that count, with or without turns."""


class ShapeIndex:
    """Implements ShapeProposals. The score is exp(-d), d being the least distance of a vector
    from the query's in any orientation."""

    def __init__(
        self,
        content_ids: IdArray,
        vectors: FloatMatrix,
        query_vectors: QueryVectors,
    ) -> None:
        """``content_ids`` (n,) rise; ``vectors`` (n, d) are aligned with them. Raises ValueError
        otherwise."""
        if vectors.ndim != 2 or len(vectors) != len(content_ids):
            raise ValueError(f"{len(content_ids)} contents, vectors {vectors.shape}")
        if (content_ids[1:] <= content_ids[:-1]).any() or not np.isfinite(vectors).all():
            raise ValueError("contents that do not rise, or vectors that are no numbers")
        self._content_ids = content_ids
        self._vectors = vectors
        self._squares = np.einsum("ij,ij->i", vectors, vectors)
        self._query_vectors = query_vectors
        self._restricted: tuple[IdArray, NDArray[np.intp]] | None = None

    @property
    def content_ids(self) -> IdArray:
        return self._content_ids

    @property
    def vectors(self) -> FloatMatrix:
        return self._vectors

    def propose(
        self, query: ShapeFeatures, limit: int, *, turns: bool, allowed: IdArray | None = None
    ) -> tuple[IdArray, NDArray[np.float32]]:
        wanted = self._query_vectors(query, turns)
        rows = None if allowed is None else self._rows_of(allowed)
        if limit <= 0 or not len(wanted) or not (len(self._vectors) if rows is None else len(rows)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        vectors, squares = self._vectors, self._squares
        if rows is not None:
            vectors, squares = vectors[rows], squares[rows]
        # |a - b|^2 less |a|^2 of the row, which is the same in every orientation.
        apart = (np.einsum("ij,ij->i", wanted, wanted) - 2 * (vectors @ wanted.T)).min(axis=1)
        apart += squares
        nearest = np.arange(len(apart))
        if limit < len(apart):
            nearest = np.flatnonzero(apart <= np.partition(apart, limit - 1)[limit - 1])
        ids = self._content_ids[nearest if rows is None else rows[nearest]]
        order = np.lexsort((ids, apart[nearest]))[:limit]
        return ids[order], np.exp(-np.sqrt(np.maximum(apart[nearest[order]], 0)))

    def _rows_of(self, allowed: IdArray) -> NDArray[np.intp]:
        """Kept for the last ``allowed``."""
        kept = self._restricted
        if kept is None or kept[0] is not allowed:
            held = np.isin(self._content_ids, allowed, assume_unique=True)
            kept = self._restricted = (allowed, np.flatnonzero(held))
        return kept[1]
