"""How well a score tells pairs that belong together from those that do not.

Pairs are told as a row of scores and a row of booleans, true where a pair is *positive*. Among
equal scores the negative pairs come first: nothing is gained by not deciding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.metrics import average_precision


@dataclass(frozen=True, slots=True)
class PairScores:
    """All in [0, 1]. ``recall_at_zero_false_merges`` is the share of positive pairs above every
    negative one, ``recall_at_precision_95`` the largest share at a precision of 0.95 or more;
    ``precision`` and ``recall`` are those of the pairs at or above ``threshold``, of which
    ``false_merges`` are negative. ``precision`` is 1 where there is none."""

    average_precision: float
    recall_at_zero_false_merges: float
    recall_at_precision_95: float
    threshold: float
    precision: float
    recall: float
    false_merges: int


def score_pairs(
    scores: NDArray[np.floating], is_positive: NDArray[np.bool_], *, threshold: float
) -> PairScores:
    """``scores`` and ``is_positive`` (n,) are aligned. Raises ValueError without a positive
    pair, or where a score is no number."""
    n_positive = int(is_positive.sum())
    if not n_positive or np.isnan(scores).any():
        raise ValueError("pairs that cannot be scored")
    order = np.lexsort((is_positive, -scores))
    relevance = is_positive[order]
    found = np.cumsum(relevance)
    precisions = found / np.arange(1, len(relevance) + 1)
    first_wrong = int(np.argmin(relevance)) if not relevance.all() else len(relevance)
    is_chosen = scores >= threshold
    n_chosen, n_right = int(is_chosen.sum()), int((is_chosen & is_positive).sum())
    return PairScores(
        average_precision=average_precision(relevance, n_positive),
        recall_at_zero_false_merges=int(relevance[:first_wrong].sum()) / n_positive,
        recall_at_precision_95=int(found[precisions >= 0.95].max(initial=0)) / n_positive,
        threshold=threshold,
        precision=n_right / n_chosen if n_chosen else 1.0,
        recall=n_right / n_positive,
        false_merges=n_chosen - n_right,
    )
