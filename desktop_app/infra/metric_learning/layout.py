"""Vectors before and after learning laid out on one plane, by t-SNE."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.learning.tsne import (
    EXAGGERATED_ROUNDS,
    ROUNDS,
    ROUNDS_AT_ONCE,
    TsnePoints,
    first_two,
)
from desktop_app.infra.learning.vector_neighbours import reduced

LEAST_FOR_TSNE = 12
"""Of fewer the two main directions of their vectors tell all there is to tell."""
MOVING_ROUNDS = 150
"""Enough for a picture to go where it belongs now, and too few for the whole plane to turn."""


class TsneEmbeddingLayout:
    """The EmbeddingLayout port."""

    def lay_out(
        self, before: FloatMatrix, after: FloatMatrix, token: CancelToken
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See EmbeddingLayout. Of equal vectors equal places, up to the last digits."""
        start = _laid_out(reduced(before), token)
        return start, _moved(start, reduced(after), token)


def _laid_out(small: FloatMatrix, token: CancelToken) -> NDArray[np.float32]:
    if _is_simple(small):
        return first_two(small)
    points = TsnePoints(small, None, token)
    _advance(points, 0, ROUNDS, token)
    return points.places


def _moved(
    start: NDArray[np.float32], small: FloatMatrix, token: CancelToken
) -> NDArray[np.float32]:
    if _is_simple(small):
        return _turned(first_two(small), start)
    points = TsnePoints(small, start, token)
    _advance(points, ROUNDS, ROUNDS + MOVING_ROUNDS, token)
    return points.places


def _advance(points: TsnePoints, begin: int, end: int, token: CancelToken) -> None:
    for done in range(begin, end, ROUNDS_AT_ONCE):
        token.checkpoint()
        points.advance(is_early=done < EXAGGERATED_ROUNDS)


def _is_simple(small: FloatMatrix) -> bool:
    return len(small) < LEAST_FOR_TSNE or not np.ptp(small, axis=0).max() > 1e-6


def _turned(places: NDArray[np.float32], like: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turned or mirrored to lie as near to ``like`` as can be (orthogonal Procrustes; Schönemann,
    "A generalized solution of the orthogonal Procrustes problem", 1966)."""
    left, _, right = np.linalg.svd(places.T.astype(np.float64) @ like)
    return np.asarray(places @ (left @ right), np.float32)
