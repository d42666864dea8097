"""How many pairs above a threshold are duplicates, learned from a person's verdicts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEAST_OF_EACH = 5
"""So many verdicts of both kinds are needed before anything is learned from them."""

INTERCEPT_SPREAD = 2.0
SLOPE_SPREAD = 0.5
"""How far, in log-odds, the judge is thought to be off before any verdict says so."""

_SURE = 1e-3
_STEPS = 50


@dataclass(frozen=True, slots=True)
class ExpectedPrecision:
    """The expected share of duplicates among the pairs at or above a threshold, in [0, 1].

    ``is_learned`` says that ``n_verdicts`` verdicts tell how far the judge's chances can be
    believed; otherwise they are believed as they are.
    """

    value: float
    is_learned: bool
    n_verdicts: int


@dataclass(frozen=True, slots=True)
class ChanceCurve:
    """Corrected log-odds as a line over those of the judge's chance; it never falls."""

    slope: float = 1.0
    intercept: float = 0.0

    def __call__(self, chances: NDArray[np.floating]) -> FloatArray:
        """Corrected chances, of the same shape."""
        return _logistic(self.slope * _log_odds(chances) + self.intercept)


def fitted_curve(chances: NDArray[np.floating], is_same: NDArray[np.bool_]) -> ChanceCurve:
    """The most probable curve given the verdicts on pairs with these chances, both (n,).

    Logistic regression on the log-odds (Platt 1999) whose prior is the judge as it is, so that
    few verdicts change little. Which pairs were asked about does not matter as long as they
    were chosen by their chance.
    """
    x = _log_odds(chances)
    y = is_same.astype(np.float64)
    slope, intercept = _most_probable(x, y)
    if slope < 0:
        _, intercept = _most_probable(np.zeros_like(x), y)
        slope = 0.0
    return ChanceCurve(slope, intercept)


def _most_probable(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """By Newton's method with halved steps; the loss is convex."""
    design = np.stack([x, np.ones_like(x)], axis=1)
    prior = np.array([1.0, 0.0])
    precision = np.array([SLOPE_SPREAD, INTERCEPT_SPREAD]) ** -2.0

    def loss(weights: FloatArray) -> float:
        z = design @ weights
        off = weights - prior
        return float(np.sum(np.logaddexp(0, z) - y * z) + 0.5 * np.sum(precision * off**2))

    weights = prior.copy()
    for _ in range(_STEPS):
        p = _logistic(design @ weights)
        gradient = design.T @ (p - y) + precision * (weights - prior)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        before = loss(weights)
        while loss(weights - step) > before and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-6:
            break
    return float(weights[0]), float(weights[1])


def _log_odds(chances: NDArray[np.floating]) -> FloatArray:
    p = np.clip(np.asarray(chances, np.float64), _SURE, 1 - _SURE)
    return np.log(p / (1 - p))


def _logistic(z: FloatArray) -> FloatArray:
    return 1 / (1 + np.exp(-np.clip(z, -50, 50)))
