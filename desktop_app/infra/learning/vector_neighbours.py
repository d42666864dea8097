"""Nearest neighbours among vectors, a block at a time, and vectors made shorter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_map import Report

MOST_DIMENSIONS = 48
"""What silhouettes differ by fits into fewer."""
_LEARNED_FROM = 10_000
_BLOCK = 2_000


def reduced(vectors: FloatMatrix) -> FloatMatrix:
    """(n, at most MOST_DIMENSIONS): the main directions of the vectors, the widest first
    (principal components, of every so many where there are many)."""
    step = max(1, len(vectors) // _LEARNED_FROM)
    sample = vectors[::step].astype(np.float64)
    centre = sample.mean(axis=0)
    _, axes = np.linalg.eigh((sample - centre).T @ (sample - centre))
    wanted = axes[:, ::-1][:, :MOST_DIMENSIONS]
    # The sign of an axis is anybody's guess; its greatest part is made positive.
    greatest = np.take_along_axis(wanted, np.abs(wanted).argmax(axis=0)[np.newaxis], axis=0)
    wanted = wanted * np.where(greatest < 0, -1.0, 1.0)
    return np.asarray((vectors - centre.astype(np.float32)) @ wanted.astype(np.float32), np.float32)


def nearest(
    vectors: FloatMatrix,
    known: FloatMatrix,
    count: int,
    token: CancelToken,
    *,
    report: Report,
    but_itself: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows of the ``count`` nearest of ``known`` (m, d) to each of ``vectors`` (n, d) by rising
    Euclidean distance, (n, count), and those distances; ``but_itself`` where both are the same
    and no row counts for itself. Raises Cancelled."""
    rows = np.empty((len(vectors), count), np.int64)
    distances = np.empty((len(vectors), count), np.float32)
    sizes = (known**2).sum(axis=1)
    for begin in range(0, len(vectors), _BLOCK):
        token.checkpoint()
        block = vectors[begin : begin + _BLOCK]
        squared = sizes - 2 * block @ known.T + (block**2).sum(axis=1)[:, np.newaxis]
        if but_itself:
            own = np.arange(len(block))
            squared[own, begin + own] = np.inf
        found = np.argpartition(squared, count - 1, axis=1)[:, :count]
        there = np.take_along_axis(squared, found, axis=1)
        order = np.lexsort((found, there), axis=1)
        rows[begin : begin + _BLOCK] = np.take_along_axis(found, order, axis=1)
        ordered = np.take_along_axis(there, order, axis=1)
        distances[begin : begin + _BLOCK] = np.sqrt(np.maximum(ordered, 0))
        report(min(1.0, (begin + _BLOCK) / len(vectors)))
    return rows, distances
