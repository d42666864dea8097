"""What cosine similarities of a learned model are worth, in the fusion of channels.

LOOK's log-odds l(s) are fitted to pairs of held-out pictures and what a search would compare them
with, so that the logistic of b + l(s), b being the fusion's prior, is the chance that the pair
shows one product: a logistic regression on a rising piecewise linear function of s (as the
shipped calibration is; Platt, "Probabilistic outputs for support vector machines", 1999, has a
straight line). Where pairs are few they pull little: the fit is drawn towards the shipped
calibration, carried over by quantiles - a pair that is nearer than so many others counts as such
a pair does among vectors of the base model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel
from desktop_app.domain.fusion import LOOK_ALONE, Calibration, FusionModel, logistic
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.domain.progress import CancelToken

KNOTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
COMPARED = 240
"""Of the nearest, as a search fetches them."""

MOST_QUERIES = 500
LEAST_RIGHT = 20
"""With fewer pairs of one product nothing is fitted."""

PULL = 0.5
"""Weight on the squares of how far the fit goes from the shipped calibration, in log-odds, from
one knot to the next: about that of so many pairs of which nothing is known."""

BINS = 1000
MOST_STEPS, PRECISION = 100, 1e-6
_BLOCK = 128


@dataclass(frozen=True, slots=True, eq=False)
class LookPairs:
    """Queries with what a search would compare them with, as rows of pairs. ``scores`` (n,) are
    LOOK's with the learned model and ``is_right`` (n,) says which pairs show one product;
    ``base_scores`` (m,) are of the same queries with the base model, whose nearest may be
    others."""

    scores: NDArray[np.float32]
    is_right: NDArray[np.bool_]
    base_scores: NDArray[np.float32]


def calibrated_look(
    projection: Callable[[FloatMatrix], FloatMatrix],
    pictures: LabelledPictures,
    rows: NDArray[np.intp],
    fusion: FusionModel,
    token: CancelToken,
    *,
    seed: int = 0,
) -> Calibration:
    """LOOK's calibration for a projection. Pictures of ``rows``, of which nothing was learned,
    are searched with among all others of ``pictures``. Raises Cancelled."""
    if len(rows) > MOST_QUERIES:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_QUERIES, replace=False))
    learned = projection(pictures.vectors)

    def right(places: NDArray[np.intp]) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = pictures.products[rows[places]][:, None] == pictures.products
        return same

    def scores_of(vectors: FloatMatrix) -> Callable[[NDArray[np.intp]], FloatMatrix]:
        def of(places: NDArray[np.intp]) -> FloatMatrix:
            found = vectors[rows[places]] @ vectors.T
            found[np.arange(len(places)), rows[places]] = -np.inf
            return np.asarray(found, np.float32)

        return of

    pairs = look_pairs(len(rows), scores_of(pictures.vectors), scores_of(learned), right, token)
    return fitted_look(pairs, fusion, worse_to_come=True)


def look_pairs(
    n_queries: int,
    base_scores: Callable[[NDArray[np.intp]], FloatMatrix],
    scores: Callable[[NDArray[np.intp]], FloatMatrix],
    right: Callable[[NDArray[np.intp]], NDArray[np.bool_]],
    token: CancelToken,
) -> LookPairs:
    """The nearest COMPARED candidates of each query. The functions give rows (queries,
    candidates) for some queries by place; a score of -inf is no candidate. Raises Cancelled."""
    found: list[tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float32]]] = []
    for start in range(0, n_queries, _BLOCK):
        token.checkpoint()
        places = np.arange(start, min(start + _BLOCK, n_queries))
        now, is_right = scores(places), right(places)
        near = _nearest(now)
        before = base_scores(places)
        base = np.take_along_axis(before, _nearest(before), axis=1)
        kept = np.take_along_axis(now, near, axis=1)
        known = np.isfinite(kept)
        found.append(
            (
                kept[known],
                np.take_along_axis(is_right, near, axis=1)[known],
                base[np.isfinite(base)],
            )
        )
    if not found:
        nothing = np.empty(0, np.float32)
        return LookPairs(nothing, np.empty(0, np.bool_), nothing)
    kept_scores, rights, bases = zip(*found, strict=True)
    return LookPairs(
        np.concatenate(kept_scores).clip(0, 1),
        np.concatenate(rights),
        np.concatenate(bases).clip(0, 1),
    )


def fitted_look(
    pairs: LookPairs, fusion: FusionModel, *, worse_to_come: bool = False
) -> Calibration:
    """The calibration that these pairs speak for, rising; the shipped one by quantiles where
    they are too few. With ``worse_to_come`` queries will be poorer pictures than these, as photos
    in a hand beside a catalogue's own: that one is less near than pictures of one product are
    here then tells no more against it than by the shipped one."""
    shipped = fusion.calibrations.get(Channel.LOOK, LOOK_ALONE.calibrations[Channel.LOOK])
    knots = np.array(KNOTS)
    start = _by_quantiles(pairs, shipped, knots)
    if np.count_nonzero(pairs.is_right) < LEAST_RIGHT or pairs.is_right.all():
        levels = start
    else:
        levels = _fitted(pairs, start + fusion.prior, knots) - fusion.prior
        if worse_to_come:
            levels = np.maximum(levels, start)
    return Calibration(KNOTS, tuple(round(float(level), 4) for level in levels))


def _nearest(scores: FloatMatrix) -> NDArray[np.intp]:
    if scores.shape[1] <= COMPARED:
        return np.argsort(-scores, axis=1, kind="stable")
    return np.argpartition(-scores, COMPARED - 1, axis=1)[:, :COMPARED]


def _by_quantiles(
    pairs: LookPairs, shipped: Calibration, knots: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The shipped log-odds of the base score that is as high among base scores as each knot is
    among learned ones; beyond all of them the knots themselves."""
    if not len(pairs.scores) or not len(pairs.base_scores):
        return shipped(knots.astype(np.float32))
    shares = np.linspace(0, 1, 201)
    learned = np.concatenate([[0.0], np.quantile(pairs.scores, shares), [1.0]])
    base = np.concatenate([[0.0], np.quantile(pairs.base_scores, shares), [1.0]])
    # Of equal learned quantiles the highest counts, so that the map is one.
    places = np.searchsorted(learned, learned, side="right") - 1
    distinct, first = np.unique(learned, return_index=True)
    carried = np.interp(knots, distinct, base[places[first]])
    return np.maximum.accumulate(shipped(carried.astype(np.float32)))


def _fitted(
    pairs: LookPairs, start: NDArray[np.float64], knots: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Levels (knots,) of the log-odds, rising: least cross-entropy of the pairs, drawn to
    ``start`` by PULL.

    The function is its first level plus ramps from knot to knot with factors not below 0; the
    loss is convex in these, and is gone down by projected Newton steps (Bertsekas, "Projected
    Newton methods for optimization problems with simple constraints", 1982, equation 32).
    """
    places = np.clip((pairs.scores * BINS).astype(np.int64), 0, BINS - 1)
    n_all = np.bincount(places, minlength=BINS).astype(np.float64)
    n_right = np.bincount(places[pairs.is_right], minlength=BINS).astype(np.float64)
    known = n_all > 0
    middles = (np.arange(BINS)[known] + 0.5) / BINS
    ramps = ((middles[:, None] - knots[:-1]) / np.diff(knots)).clip(0, 1)
    design = np.concatenate([np.ones((len(middles), 1)), ramps], axis=1)
    n_all, n_right = n_all[known], n_right[known]
    wanted = np.concatenate([start[:1], np.maximum(np.diff(start), 0)])

    def loss(factors: NDArray[np.float64]) -> float:
        log_odds = design @ factors
        entropy = n_all @ np.logaddexp(0, log_odds) - n_right @ log_odds
        return float(entropy + PULL * ((factors - wanted) ** 2).sum())

    factors = wanted.copy()
    for _step in range(MOST_STEPS):
        chance = logistic(design @ factors)
        slope = design.T @ (n_all * chance - n_right) + 2 * PULL * (factors - wanted)
        bend = (design * (n_all * chance * (1 - chance))[:, None]).T @ design
        bend += 2 * PULL * np.eye(len(factors))
        is_held = (factors <= 0) & (slope > 0)
        is_held[0] = False
        move = np.zeros_like(factors)
        move[~is_held] = np.linalg.solve(bend[np.ix_(~is_held, ~is_held)], slope[~is_held])
        moved = _stepped(factors, move, loss)
        if np.abs(moved - factors).max() < PRECISION:
            break
        factors = moved
    return np.cumsum(factors)


def _stepped(
    factors: NDArray[np.float64],
    move: NDArray[np.float64],
    loss: Callable[[NDArray[np.float64]], float],
) -> NDArray[np.float64]:
    """As far against ``move`` as lessens the loss, no factor but the first going below 0."""
    before, far = loss(factors), 1.0
    while far > PRECISION:
        moved = factors - far * move
        moved[1:] = np.maximum(moved[1:], 0)
        if loss(moved) < before:
            return moved
        far /= 2
    return factors


def grouped_best(scores: FloatMatrix, group_of: IdArray, n_groups: int) -> FloatMatrix:
    """The highest of the rows of each group, (n_groups, columns): of a picture looked at in
    several ways the best one counts. ``group_of`` rises and skips no number."""
    starts = np.searchsorted(group_of, np.arange(n_groups))
    return np.maximum.reduceat(scores, starts, axis=0)
