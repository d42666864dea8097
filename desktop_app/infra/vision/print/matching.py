"""Which key points of two pictures look alike, before their places are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATIO = 0.92
"""How much nearer the nearest must be than the next (Lowe 2004, section 7.1, uses 0.8): the
places of the points are the sharper test, so more may pass here."""
MOST_PAIRS = 160

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Aligned rows of query and hit, the least ambiguous first. ``ratios`` (n,) float32 are the
    distance of the nearest over that of the next, at most RATIO."""

    query_rows: NDArray[np.intp]
    hit_rows: NDArray[np.intp]
    ratios: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.query_rows)


def pairs_of(query: Matrix, hits: Sequence[Matrix]) -> list[Pairs]:
    """For each of ``hits`` the pairs that are each other's nearest and pass the ratio test.

    ``query`` (n, d) and each hit (m, d) are in one space; the query's rows are not compressed,
    the hits' may be (asymmetric distance).
    """
    if not len(query) or not hits:
        return [_no_pairs() for _ in hits]
    every = np.concatenate(hits)
    # Squared distances but for what a row of the query adds to all.
    distances = -2 * (every @ query.T)
    distances += np.einsum("ij,ij->i", every, every)[:, np.newaxis]
    own = np.einsum("ij,ij->i", query, query)
    stops = np.cumsum([len(hit) for hit in hits]).tolist()
    starts = [0, *stops[:-1]]
    return [_pairs(distances[start:stop], own) for start, stop in zip(starts, stops, strict=True)]


def _pairs(distances: Matrix, own: NDArray[np.float32]) -> Pairs:
    """``distances`` is (hit's points, query's points)."""
    count = distances.shape[0]
    if count < 2:
        return _no_pairs()
    columns = np.arange(distances.shape[1])
    nearest = distances.argmin(axis=0)
    is_mutual = (distances + own).argmin(axis=1)[nearest] == columns
    columns = columns[is_mutual]
    nearest = nearest[is_mutual]
    two = np.partition(distances[:, columns], 1, axis=0)[:2] + own[columns]
    squared = np.maximum(two, 0) + 1e-9
    ratios = np.sqrt(squared[0] / squared[1])
    order = np.argsort(ratios, kind="stable")[:MOST_PAIRS]
    order = order[ratios[order] <= RATIO]
    return Pairs(columns[order], nearest[order], ratios[order].astype(np.float32))


def _no_pairs() -> Pairs:
    none = np.empty(0, np.intp)
    return Pairs(none, none, np.empty(0, np.float32))
