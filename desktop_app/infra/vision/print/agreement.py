"""What it is worth that some key points of two pictures agree.

A count alone tells little: rich pictures match by chance, and every pack of a brand shows the
same mark. So the count is held against what chance would give (the number of false alarms of
Moisan and Stival, "A probabilistic criterion to detect rigid point matches between two images",
IJCV 2004, section 3, with the binomial tail of Lowe, "Local feature view clustering", CVPR 2001),
against the number of points that both pictures should show, and against the area they should
cover. A logistic model weighs these figures; it is learned by
``desktop_app.infra.training.learn_print_score``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHANCE = 0.01
"""That a wrong pair falls in with a placing: the tolerated area over the hit's, times the share
of scales and angles that go with it, and much more than that because patterns repeat."""
SURE = 60.0
CELLS = 6
FIGURES = ("one", "surprise", "inliers", "share", "coverage", "distinct")


@dataclass(frozen=True, slots=True)
class Agreement:
    """``pairs`` points looked alike, ``inliers`` of them lie right (0: no placing was found).

    ``query_share`` and ``hit_share`` are the inliers over the points of either picture that the
    other should show; ``coverage`` is the share of the hit's visible print, in cells, that has
    an inlier. All in [0, 1].
    """

    pairs: int
    inliers: int = 0
    query_share: float = 0.0
    hit_share: float = 0.0
    coverage: float = 0.0
    distinct: float = 0.0

    @property
    def surprise(self) -> float:
        """-log10 of the number of placings at least as good that chance would be expected to
        bring, in [0, SURE]."""
        if self.inliers < 3:
            return 0.0
        return min(SURE, max(0.0, -_log10_tail(self.pairs, self.inliers) - math.log10(self.pairs)))

    @property
    def figures(self) -> tuple[float, ...]:
        """In the order of FIGURES, all about in [0, 1]."""
        return (
            1.0,
            math.log1p(self.surprise) / math.log1p(SURE),
            min(1.0, math.log1p(self.inliers) / math.log1p(100)),
            math.sqrt(self.query_share * self.hit_share),
            self.coverage,
            min(1.0, math.log1p(self.distinct) / math.log1p(30)),
        )


def scores(agreements: Sequence[Agreement], weights: Sequence[float]) -> NDArray[np.float32]:
    """The chance that both pictures show one print, in [0, 1]; ``weights`` go with FIGURES."""
    if not agreements:
        return np.empty(0, np.float32)
    figures = np.array([agreement.figures for agreement in agreements])
    return np.asarray(1 / (1 + np.exp(-(figures @ np.asarray(weights)))), np.float32)


def seen_of(places: NDArray[np.complex128], width: float, height: float) -> NDArray[np.bool_]:
    """Which places, in pixels, lie within a picture."""
    x, y = places.real, places.imag
    seen: NDArray[np.bool_] = (x >= 0) & (y >= 0) & (x <= width) & (y <= height)
    return seen


def covered(
    visible: NDArray[np.complex128], agreeing: NDArray[np.complex128], extent: float
) -> float:
    """The share of cells with visible points that have one that agrees, in [0, 1]."""
    if not len(visible) or not len(agreeing) or extent <= 0:
        return 0.0
    corner = visible.real.min() + 1j * visible.imag.min()
    return min(1.0, len(_cells(agreeing, corner, extent)) / len(_cells(visible, corner, extent)))


def _cells(places: NDArray[np.complex128], corner: complex, extent: float) -> NDArray[np.int64]:
    scaled = (places - corner) * (CELLS / extent)
    return np.unique(
        np.floor(scaled.real).astype(np.int64) * 1024 + np.floor(scaled.imag).astype(np.int64)
    )


def _log10_tail(pairs: int, inliers: int) -> float:
    """log10 of the chance that of ``pairs`` at least ``inliers`` fall in. One inlier carries
    the placing, so it does not count."""
    n, k = pairs - 1, inliers - 1
    log_terms = [
        math.lgamma(n + 1)
        - math.lgamma(i + 1)
        - math.lgamma(n - i + 1)
        + i * math.log(CHANCE)
        + (n - i) * math.log1p(-CHANCE)
        for i in range(k, min(n, k + 12) + 1)
    ]
    most = max(log_terms)
    return (most + math.log(sum(math.exp(term - most) for term in log_terms))) / math.log(10)
