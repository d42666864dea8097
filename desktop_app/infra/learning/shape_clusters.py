"""Families of like outlines: Ward's clusters, as many as tell best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_map import Report
from desktop_app.infra.learning.vector_neighbours import nearest

SAMPLE = 3_000
LEAST_GROUPED = 12
"""Fewer are one family."""
FEWEST, MOST = 4, 24
"""Fewer say nothing about a range, and of more nobody keeps the overview."""
_NEIGHBOURS = 5
_MOST_PER_MEDOID = 1_500
_SEED = 20


def grouped(
    vectors: FloatMatrix, token: CancelToken, *, report: Report
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The cluster of each of (n, d), and the row of each cluster's medoid; clusters by falling
    size. Raises Cancelled.

    Ward's method (1963) on a sample, cut where the mean silhouette width (Rousseeuw 1987) is
    greatest; the rest goes where most of its neighbours are. Ranges of many outlines are cut into
    more clusters: the width alone would only tell tall ones from flat ones.
    """
    token.checkpoint()
    count = len(vectors)
    rows = np.arange(count)
    if count > SAMPLE:
        rows = np.sort(np.random.default_rng(_SEED).choice(count, SAMPLE, replace=False))
    labels = _ward(vectors[rows], token, report=lambda done: report(0.6 * done))
    if len(rows) < count:
        found, _ = nearest(
            vectors, vectors[rows], _NEIGHBOURS, token, report=lambda d: report(0.6 + 0.3 * d)
        )
        votes = np.zeros((count, labels.max() + 1), np.int16)
        for place in range(found.shape[1]):
            np.add.at(votes, (np.arange(count), labels[found[:, place]]), 1)
        labels = votes.argmax(axis=1)
    sizes = np.bincount(labels)
    order = np.lexsort((np.arange(len(sizes)), -sizes))
    order = order[sizes[order] > 0]
    number = np.zeros(len(sizes), np.int32)
    number[order] = np.arange(len(order))
    cluster_of = number[labels].astype(np.int32)
    medoids = [_medoid(vectors, np.flatnonzero(cluster_of == i)) for i in range(len(order))]
    report(1.0)
    return cluster_of, np.asarray(medoids, np.int64)


def _ward(vectors: FloatMatrix, token: CancelToken, *, report: Report) -> NDArray[np.int64]:
    # Loaded with SciPy and scikit-learn, which only what learns needs.
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415
    from scipy.spatial.distance import pdist, squareform  # noqa: PLC0415
    from sklearn.metrics import silhouette_score  # noqa: PLC0415

    count = len(vectors)
    if count < LEAST_GROUPED or not np.ptp(vectors, axis=0).any():
        return np.zeros(count, np.int64)
    distances = pdist(vectors.astype(np.float64))
    token.checkpoint()
    tree = linkage(distances, method="ward")
    token.checkpoint()
    square = squareform(distances.astype(np.float32), checks=False)
    best, best_score = np.zeros(count, np.int64), -np.inf
    fewest = int(np.clip(np.sqrt(count) / 2, FEWEST, MOST // 2))
    most = min(count // 3, int(np.clip(np.sqrt(count), FEWEST, MOST)))
    for wanted in range(fewest, most + 1):
        token.checkpoint()
        labels = fcluster(tree, wanted, criterion="maxclust").astype(np.int64) - 1
        if not 1 < len(np.unique(labels)) < count:
            continue
        score = float(silhouette_score(square, labels, metric="precomputed"))
        if score > best_score:
            best, best_score = labels, score
        report((wanted - fewest + 1) / (most - fewest + 1))
    return best


def _medoid(vectors: FloatMatrix, rows: NDArray[np.int64]) -> int:
    """The row that is nearest to the others on average, of every so many where there are many."""
    some = rows[:: max(1, -(-len(rows) // _MOST_PER_MEDOID))]
    members = vectors[some].astype(np.float64)
    squared = (members**2).sum(axis=1)
    apart = squared[:, np.newaxis] + squared - 2 * members @ members.T
    return int(some[np.sqrt(np.maximum(apart, 0)).sum(axis=1).argmin()])
