"""Silhouettes laid out in two dimensions by t-SNE, through openTSNE.

t-SNE (van der Maaten and Hinton 2008) keeps neighbours together; its gradient is interpolated
with FFTs (Linderman et al. 2019), so that a round takes time in proportion to the number of
points. Of large catalogues a sample is laid out and the rest is placed among its neighbours
(Poličar et al. 2023, openTSNE). openTSNE was chosen over scikit-learn's TSNE, which keeps
neighbours as well (trustworthiness 0.983 both on 292 rendered containers) in ten times the time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_map import EmptyCircle, LayoutDraft, Places, Report
from desktop_app.infra.learning.empty_circles import largest_empty_circles
from desktop_app.infra.learning.shape_clusters import grouped
from desktop_app.infra.learning.tsne import (
    EXAGGERATED_ROUNDS,
    ROUNDS,
    ROUNDS_AT_ONCE,
    SEED,
    TsnePoints,
    first_two,
)
from desktop_app.infra.learning.vector_neighbours import MOST_DIMENSIONS, nearest, reduced

SAMPLE = 8_000
"""So many are laid out together, those of larger catalogues placed among them."""
KEEP_EVERY = 100
LEAST_FOR_TSNE = 12
"""Of fewer the two main directions of their vectors tell all there is to tell."""
NEIGHBOURS = 5
_REACH = 0.98
"""The share of all places that lies within 1 of the middle."""


class TsneShapeLayout:
    """The ShapeLayout port."""

    version = "layout-1"

    def lay_out(
        self,
        content_ids: IdArray,
        vectors: FloatMatrix,
        token: CancelToken,
        *,
        report: Report,
        begun: LayoutDraft | None = None,
        keep: Callable[[LayoutDraft], None] = lambda _draft: None,
    ) -> Places:
        """See ShapeLayout. ``keep`` is called every KEEP_EVERY rounds and where ``token`` stops
        the layout."""
        token.checkpoint()
        small = reduced(vectors)
        if len(small) < LEAST_FOR_TSNE or not np.ptp(small, axis=0).max() > 1e-6:
            report(1.0)
            return _normalised(_spread(first_two(small)))
        rows = _sample_rows(len(small))
        share = len(rows) / len(small)
        weight = 1.0 if len(rows) == len(small) else 0.85
        laid = self._embed(
            content_ids[rows],
            small[rows],
            token,
            report=lambda done: report(weight * done),
            begun=begun,
            keep=keep,
        )
        places = np.empty((len(small), 2), np.float32)
        places[rows] = laid
        if share < 1:
            others = np.setdiff1d(np.arange(len(small)), rows)
            places[others], _ = self.place(
                small[others],
                small[rows],
                laid,
                token,
                report=lambda done: report(weight + (1 - weight) * done),
            )
        report(1.0)
        return _normalised(_spread(places))

    def place(
        self,
        vectors: FloatMatrix,
        known: FloatMatrix,
        places: Places,
        token: CancelToken,
        *,
        report: Report,
    ) -> tuple[Places, NDArray[np.int64]]:
        """See ShapeLayout. At the mean of the places of the NEIGHBOURS nearest, the nearer the
        heavier, those left out that lie far from the nearest one's."""
        if vectors.shape[1] > MOST_DIMENSIONS:
            small = reduced(np.concatenate([known, vectors]))
            known, vectors = small[: len(known)], small[len(known) :]
        rows, distances = nearest(vectors, known, min(NEIGHBOURS, len(known)), token, report=report)
        weights = 1 / np.maximum(distances, 1e-6)
        there = places[rows]
        # The nearest decide for one side of the map: the mean of two islands is open water.
        away = np.linalg.norm(there - there[:, :1], axis=2)
        weights *= away <= 2 * _spacing(places)
        weights /= weights.sum(axis=1, keepdims=True)
        found = (there * weights[:, :, np.newaxis]).sum(axis=1)
        return _apart(found.astype(np.float32), _spacing(places)), rows[:, 0]

    def group(
        self, vectors: FloatMatrix, token: CancelToken, *, report: Report
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """See ShapeLayout."""
        return grouped(reduced(vectors), token, report=report)

    def empty_circles(self, places: Places, most: int) -> list[EmptyCircle]:
        """See ShapeLayout."""
        return largest_empty_circles(places, most)

    def _embed(
        self,
        content_ids: IdArray,
        vectors: FloatMatrix,
        token: CancelToken,
        *,
        report: Report,
        begun: LayoutDraft | None,
        keep: Callable[[LayoutDraft], None],
    ) -> Places:
        done, start = 0, None
        if begun is not None and np.array_equal(begun.content_ids, content_ids):
            done, start = begun.rounds, begun.places
        points = TsnePoints(vectors, start, token)

        def draft() -> LayoutDraft:
            return LayoutDraft("", content_ids, points.places, done)

        while done < ROUNDS:
            if token.is_cancelled:
                keep(draft())
            token.checkpoint()
            points.advance(is_early=done < EXAGGERATED_ROUNDS)
            done += ROUNDS_AT_ONCE
            report(done / ROUNDS)
            if done % KEEP_EVERY == 0 and done < ROUNDS:
                keep(draft())
        return points.places


def _sample_rows(count: int) -> NDArray[np.int64]:
    if count <= SAMPLE:
        return np.arange(count)
    chosen = np.random.default_rng(SEED).choice(count, SAMPLE, replace=False)
    return np.sort(chosen)


def _spacing(places: Places) -> float:
    """How far apart places lie that fill the area evenly."""
    low, high = np.quantile(places, (0.02, 0.98), axis=0)
    width, height = np.maximum(high - low, 1e-6)
    return 4 * float(np.sqrt(width * height / max(1, len(places))))


def _spread(places: Places) -> Places:
    return _apart(places, _spacing(places))


def _apart(places: Places, spacing: float) -> Places:
    """Each a little aside, so that pictures of one outline do not hide each other."""
    moved = np.random.default_rng(SEED).normal(size=places.shape)
    return (places + moved * spacing / 60).astype(np.float32)


def _normalised(places: Places) -> Places:
    centred = places - np.median(places, axis=0)
    reach = float(np.quantile(np.linalg.norm(centred, axis=1), _REACH))
    return np.asarray(centred / max(reach, 1e-9), np.float32)
