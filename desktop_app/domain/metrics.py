"""How good a ranking is.

A ranking is told as its *relevance*: a row of booleans in rank order, true where the item at
that rank is one that was looked for. Ties are broken before, by whoever ranks: every place
counts as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Relevance = NDArray[np.bool_]


def recall_at_k(relevance: Relevance, k: int) -> float:
    """1 where any of the first ``k`` items is relevant, else 0; its mean over queries is
    Recall@K as metric learning reports it (Jégou et al., "Product quantization for nearest
    neighbor search", TPAMI 2011; Song et al., "Deep metric learning via lifted structured
    feature embedding", CVPR 2016)."""
    return float(relevance[:k].any())


def precision_at_k(relevance: Relevance, k: int) -> float:
    """Share of relevant items among the first ``k`` places, in [0, 1]. Places that a ranking
    shorter than ``k`` leaves empty count as not relevant."""
    return float(np.count_nonzero(relevance[:k])) / k


def average_precision(relevance: Relevance, relevant_count: int | None = None) -> float:
    """Mean, over the relevant items, of the precision at each one's rank, in [0, 1]:
    AP = 1/R * sum over ranks i of [item i relevant] * precision at i.

    ``relevant_count`` is R, all there are to be found; those the ranking lacks count as
    never found. By default those in the ranking. Raises ValueError where there are none,
    since nothing could be found, or fewer than the ranking holds.
    """
    places = np.flatnonzero(relevance)
    count = len(places) if relevant_count is None else relevant_count
    if count < max(1, len(places)):
        raise ValueError(f"{len(places)} relevant items ranked, {count} said to exist")
    precisions = np.arange(1, len(places) + 1) / (places + 1)
    return float(precisions.sum() / count)


def macro_mean(values: Sequence[float], labels: Sequence[str]) -> float:
    """The mean over labels of each label's mean value, so that a common label does not
    outvote a rare one. ``labels`` is aligned with ``values``; both not empty."""
    groups: dict[str, list[float]] = {}
    for value, label in zip(values, labels, strict=True):
        groups.setdefault(label, []).append(value)
    return float(np.mean([np.mean(group) for group in groups.values()]))


@dataclass(frozen=True, slots=True)
class RankingScores:
    """Means over queries; all in [0, 1], higher is better. ``map`` is mean average precision.
    Macro figures are means over labels."""

    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    precision_at_5: float
    precision_at_10: float
    map: float
    macro_map: float
    macro_precision_at_5: float


@dataclass(frozen=True, slots=True, eq=False)
class RankedQuery:
    """What one query found. ``relevant_count`` is as in :func:`average_precision`."""

    label: str
    relevance: Relevance
    relevant_count: int


def score_rankings(queries: Sequence[RankedQuery]) -> RankingScores:
    """Raises ValueError where there is no query."""
    if not queries:
        raise ValueError("no query was ranked")
    rows = [query.relevance for query in queries]
    labels = [query.label for query in queries]
    precisions = [average_precision(query.relevance, query.relevant_count) for query in queries]
    precisions_at_5 = [precision_at_k(row, 5) for row in rows]
    return RankingScores(
        recall_at_1=float(np.mean([recall_at_k(row, 1) for row in rows])),
        recall_at_5=float(np.mean([recall_at_k(row, 5) for row in rows])),
        recall_at_10=float(np.mean([recall_at_k(row, 10) for row in rows])),
        precision_at_5=float(np.mean(precisions_at_5)),
        precision_at_10=float(np.mean([precision_at_k(row, 10) for row in rows])),
        map=float(np.mean(precisions)),
        macro_map=macro_mean(precisions, labels),
        macro_precision_at_5=macro_mean(precisions_at_5, labels),
    )
