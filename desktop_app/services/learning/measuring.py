"""How well held-out pictures find their product, before and after.

Each is searched with among all pictures as if the catalogue did not have it. Recall counts
products, each at its best picture, as they are shown; precision and average precision count
pictures, of which several may be right. Of equally near ones the wrong come first: nothing is
gained by drawing all together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.learned_models import Comparison, HeldOutFigures, Interval
from desktop_app.domain.metrics import average_precision, precision_at_k
from desktop_app.domain.progress import CancelToken
from desktop_app.services.learning.supervision import picture_counts

MOST_QUERIES = 2_000
RESAMPLES = 2_000
CONFIDENCE = 0.95
FEW = 16
"""Up to so many right pictures it is quicker to count those before each than to sort all."""
_BLOCK = 256

Scores = NDArray[np.float64]
"""Shape (queries, 5): whether the product is among the first 1, 5 and 10, the precision among the
first 5 pictures, and the average precision."""

_RECALL, _PRECISION = 0, 4
"""Columns of Scores."""


def queries_among(
    products: IdArray, rows: NDArray[np.intp], *, most: int = MOST_QUERIES, seed: int = 0
) -> NDArray[np.intp]:
    """Those of ``rows`` whose product has another picture among all rows (n,); of more than
    ``most`` so many are drawn. Rising."""
    asked = rows[picture_counts(products)[rows] >= 2]
    if len(asked) > most:
        asked = np.random.default_rng(seed).choice(asked, most, replace=False)
    return np.sort(asked)


def score_queries(
    vectors: FloatMatrix, products: IdArray, queries: NDArray[np.intp], token: CancelToken
) -> Scores:
    """``vectors`` (n, d) are unit rows of everything there is, ``products`` (n,) their products,
    ``queries`` rows of which each has another of its product. Raises Cancelled."""
    order = np.argsort(products, kind="stable")
    gallery, own = vectors[order], products[order]
    numbers, starts, counts = np.unique(own, return_index=True, return_counts=True)
    place_in = np.empty(len(order), np.int64)
    place_in[order] = np.arange(len(order))
    asked = place_in[queries]
    product = np.searchsorted(numbers, products[queries])
    found = np.empty((len(queries), 5))
    for begin in range(0, len(queries), _BLOCK):
        token.checkpoint()
        block = asked[begin : begin + _BLOCK]
        near = gallery[block] @ gallery.T
        near[np.arange(len(block)), block] = -np.inf
        best = np.maximum.reduceat(near, starts, axis=1)
        for line, place in enumerate(product[begin : begin + _BLOCK].tolist()):
            at = slice(starts[place], starts[place] + counts[place])
            found[begin + line] = _scores_of(near[line], best[line], at, place)
    return found


def _scores_of(
    near: NDArray[np.float32], best: NDArray[np.float32], at: slice, place: int
) -> NDArray[np.float64]:
    """Of one query whose product has the pictures ``at``, itself with -inf among them, and is
    the one at ``place`` of ``best``."""
    # Its own product is at least as near as itself.
    rank = int(np.count_nonzero(best >= best[place]))
    right = np.sort(near[at])[:0:-1]
    if len(right) <= FEW:
        as_near = np.array([np.count_nonzero(near >= value) for value in right])
        before = as_near - (right >= right[:, np.newaxis]).sum(axis=1)
    else:
        others = np.sort(np.concatenate([near[: at.start], near[at.stop :]]))
        before = len(others) - np.searchsorted(others, right, side="left")
    relevance = np.zeros(len(near) - 1, np.bool_)
    relevance[before + np.arange(len(right))] = True
    return np.array(
        [
            rank <= 1,
            rank <= 5,
            rank <= 10,
            precision_at_k(relevance, 5),
            average_precision(relevance, len(right)),
        ]
    )


def compare(before: Scores, after: Scores, products: IdArray, *, seed: int = 0) -> Comparison:
    """Of the same queries, ``products`` (queries,) being theirs."""
    return Comparison(
        figures_of(before, products, seed=seed),
        figures_of(after, products, seed=seed),
        paired_gain(before[:, _RECALL], after[:, _RECALL], products, seed=seed),
        paired_gain(before[:, _PRECISION], after[:, _PRECISION], products, seed=seed),
    )


def figures_of(scores: Scores, products: IdArray, *, seed: int = 0) -> HeldOutFigures:
    """Means over queries, with percentile intervals of a bootstrap in which products are drawn
    with all their queries (Efron and Tibshirani, "An introduction to the bootstrap", 1993,
    chapter 13): pictures of one product are not independent. Raises ValueError where there is
    no query."""
    if not len(scores):
        raise ValueError("no query")
    sums, counts = _by_product(scores, products)
    means = _resampled(sums, counts, seed)
    low, high = np.quantile(means, _tails(), axis=0)
    at_1, at_5, at_10, precision, average = (
        Interval(float(value), float(least), float(most))
        for value, least, most in zip(scores.mean(axis=0), low, high, strict=True)
    )
    return HeldOutFigures(at_1, at_5, at_10, precision, average, len(scores), len(counts))


def paired_gain(
    before: NDArray[np.float64], after: NDArray[np.float64], products: IdArray, *, seed: int = 0
) -> Interval:
    """The mean of what each query (q,) gained, by a paired bootstrap over products.

    Where few products changed at all, resampling them alone is too sure: of four that gained and
    none that lost it would nearly always find a gain. So a product that gained and one that lost
    the usual amount are added to those that are drawn from (after Agresti and Min, "Simple
    improved confidence intervals for comparing matched proportions", Statistics in Medicine
    24, 2005). Raises ValueError where there is no query."""
    if not len(before):
        raise ValueError("no query")
    gains = (after - before)[:, np.newaxis]
    sums, counts = _by_product(gains, products)
    each = sums[:, 0] / counts
    changed = each[each != 0]
    usual = float(np.sqrt((changed**2).mean())) if len(changed) else 0.0
    weight = float(counts.mean())
    sums = np.concatenate([sums, [[usual * weight], [-usual * weight]]])
    means = _resampled(sums, np.concatenate([counts, [weight, weight]]), seed)
    low, high = np.quantile(means[:, 0], _tails())
    value = float(gains.mean())
    return Interval(value, min(float(low), value), max(float(high), value))


def _by_product(
    values: NDArray[np.float64], products: IdArray
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums (p, columns) and counts (p,)."""
    numbers, places = np.unique(products, return_inverse=True)
    sums = np.zeros((len(numbers), values.shape[1]))
    np.add.at(sums, places, values)
    return sums, np.bincount(places).astype(np.float64)


def _resampled(
    sums: NDArray[np.float64], counts: NDArray[np.float64], seed: int
) -> NDArray[np.float64]:
    """Means (RESAMPLES, columns) of draws of as many products as there are."""
    n = len(counts)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    weights = drawn.astype(np.float64)
    return np.asarray((weights @ sums) / (weights @ counts)[:, np.newaxis])


def _tails() -> tuple[float, float]:
    return (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2
