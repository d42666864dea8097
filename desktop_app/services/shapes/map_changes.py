"""A map brought up to date without moving what stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_map import (
    UNGROUPED,
    Report,
    ShapeCluster,
    ShapeLayout,
    ShapeMap,
)


def brought_up_to_date(
    known: ShapeMap,
    content_ids: IdArray,
    vectors: FloatMatrix,
    layout: ShapeLayout,
    token: CancelToken,
    *,
    report: Report,
) -> ShapeMap:
    """The map of ``content_ids`` (sorted, some of them on ``known``) with their vectors (n, d):
    those that stay keep their places and clusters, the others go among them. Its free places
    are to be found anew. Raises Cancelled."""
    rows = np.searchsorted(known.content_ids, content_ids)
    rows = np.minimum(rows, len(known.content_ids) - 1)
    stays = known.content_ids[rows] == content_ids
    places = np.empty((len(content_ids), 2), np.float32)
    cluster_of = np.full(len(content_ids), UNGROUPED, np.int32)
    places[stays] = known.places[rows[stays]]
    cluster_of[stays] = known.cluster_of[rows[stays]]
    if not stays.all():
        found, nearest = layout.place(
            vectors[~stays], vectors[stays], places[stays], token, report=report
        )
        places[~stays] = found
        cluster_of[~stays] = cluster_of[stays][nearest]
    medoids = np.array([cluster.medoid for cluster in known.clusters], np.int64)
    cluster_of, medoids = _without_empty(cluster_of, medoids)
    for number in np.flatnonzero(~np.isin(medoids, content_ids)).tolist():
        medoids[number] = content_ids[_middle_of(vectors, np.flatnonzero(cluster_of == number))]
    gone = len(known.content_ids) - int(np.count_nonzero(stays))
    return ShapeMap(
        known.version,
        content_ids,
        places,
        cluster_of,
        clusters_of(cluster_of, medoids),
        laid_out=known.laid_out,
        changed=known.changed + gone + int(np.count_nonzero(~stays)),
    )


def clusters_of(cluster_of: NDArray[np.int32], medoids: IdArray) -> tuple[ShapeCluster, ...]:
    """With their sizes, in the order of their medoids (content ids)."""
    sizes = np.bincount(cluster_of[cluster_of >= 0], minlength=len(medoids))
    return tuple(
        ShapeCluster(medoid, size)
        for medoid, size in zip(medoids.tolist(), sizes.tolist(), strict=True)
    )


def _without_empty(
    cluster_of: NDArray[np.int32], medoids: IdArray
) -> tuple[NDArray[np.int32], IdArray]:
    sizes = np.bincount(cluster_of[cluster_of >= 0], minlength=len(medoids))
    kept = sizes > 0
    number = np.where(kept, np.cumsum(kept) - 1, UNGROUPED).astype(np.int32)
    renumbered = np.where(cluster_of >= 0, number[cluster_of], UNGROUPED)
    return renumbered.astype(np.int32), medoids[kept]


def _middle_of(vectors: FloatMatrix, rows: NDArray[np.intp]) -> int:
    """The row nearest to their mean."""
    members = vectors[rows]
    apart = ((members - members.mean(axis=0)) ** 2).sum(axis=1)
    return int(rows[apart.argmin()])
