"""How well the validation products are found while a network is tuned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.infra.metric_learning.augmentation import Plate, plain, sought
from desktop_app.infra.metric_learning.tuning_network import TunedNetwork

MOST_QUERIES, MOST_DISTRACTORS, MOST_BACKGROUNDS = 160, 120, 16
_LOOK = 2
"""For what a generator is seeded."""

GoOn = Callable[[], bool]
"""Waits where the work is to rest; False once it is to end."""


class Stopped(Exception):
    """The work is to end before it is done."""


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """How well validation products are found; the first counts, then the second."""

    recall_at_1: float
    mean_average_precision: float


class ValidationLooks:
    """Looks of ``network`` as it is at the moment: the same pictures every time, each search as
    the catalogue meets it. ``side`` is that of the pictures, in pixels."""

    def __init__(
        self,
        network: TunedNetwork,
        taught: LabelledPictures,
        validation: LabelledPictures,
        plate: Callable[[int], Plate],
        *,
        side: int,
        seed: int,
    ) -> None:
        self._network, self._validation, self._plate = network, validation, plate
        self._side, self._seed = side, seed
        count = len(taught)
        some = np.linspace(0, count - 1, min(MOST_DISTRACTORS, count)).astype(np.intp)
        self._gallery = np.concatenate([validation.content_ids, taught.content_ids[some]])
        self._queries: tuple[NDArray[np.uint8], NDArray[np.intp]] | None = None

    def score(self, go_on: GoOn) -> Score:
        """Each validation picture, as it may be looked for, among all validation pictures and some
        others as the catalogue has them, its own left out where its product has another. Raises
        OSError where a picture is gone, and Stopped."""
        if self._queries is None:
            self._queries = self._drawn()
        queries, asked = self._queries
        similar = self._embedded_queries(queries, go_on) @ self._embedded(self._gallery, go_on).T
        own = self._validation.products
        right = np.zeros(similar.shape, np.bool_)
        right[:, : len(own)] = own[asked][:, None] == own[None, :]
        has_other = right.sum(1) > 1
        rows = np.flatnonzero(has_other)
        similar[rows, asked[has_other]] = -np.inf
        right[rows, asked[has_other]] = False
        order = np.argsort(-similar, axis=1, kind="stable")
        hits = np.take_along_axis(right, order, axis=1)
        ranks = np.arange(1, hits.shape[1] + 1)
        precision = (hits.cumsum(1) / ranks * hits).sum(1) / hits.sum(1)
        return Score(float(hits[:, 0].mean()), float(precision.mean()))

    def _drawn(self) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
        """The queries' pixels, and of which validation picture each is."""
        rng = np.random.default_rng([self._seed, _LOOK])
        ids, total = self._validation.content_ids, len(self._validation)
        asked = np.sort(rng.permutation(total)[:MOST_QUERIES])
        others = [self._plate(int(ids[k])) for k in rng.permutation(total)[:MOST_BACKGROUNDS]]
        views = [
            sought(
                self._plate(int(ids[k])),
                others,
                np.random.default_rng([self._seed, _LOOK, k]),
                self._network.card.preprocessing,
                side=self._side,
            )
            for k in asked.tolist()
        ]
        return np.stack(views), asked

    def _embedded_queries(self, pixels: NDArray[np.uint8], go_on: GoOn) -> FloatMatrix:
        parts = []
        for start in range(0, len(pixels), self._network.chunk):
            if not go_on():
                raise Stopped
            parts.append(self._network.embed(pixels[start : start + self._network.chunk]))
        return np.concatenate(parts)

    def _embedded(self, content_ids: NDArray[np.int64], go_on: GoOn) -> FloatMatrix:
        preprocessing, chunk = self._network.card.preprocessing, self._network.chunk
        parts = []
        for start in range(0, len(content_ids), chunk):
            if not go_on():
                raise Stopped
            some = content_ids[start : start + chunk].tolist()
            views = [plain(self._plate(k), preprocessing, side=self._side) for k in some]
            parts.append(self._network.embed(np.stack(views)))
        return np.concatenate(parts)
