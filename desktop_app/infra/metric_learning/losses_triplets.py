"""Losses over triplets: an anchor, a positive of its product, a negative of another.

All take unit rows ``vectors`` (n, d) and ``labels`` (n,) int64, UNLABELLED where unknown, and leave
``ignored`` pairs (n, n) out; 0, with gradient, for a batch without a triplet.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from desktop_app.infra.metric_learning.losses_pairs import mean_where
from desktop_app.infra.metric_learning.mining import (
    cosines,
    distances,
    hardest,
    positives_and_negatives,
    semi_hard,
)


def triplet_batch_hard(
    vectors: Tensor, labels: Tensor, ignored: Tensor | None = None, *, margin: float | None = 0.2
) -> Tensor:
    """max(0, m + D(a, p) - D(a, n)) with the farthest positive p and the nearest negative n of each
    anchor a, averaged over the anchors that have both.

    D is the Euclidean distance of unit rows, not squared. With ``margin`` m None the soft margin:
    log(1 + exp(D(a, p) - D(a, n))). Hermans, Beyer and Leibe, "In defense of the triplet loss for
    person re-identification", 2017, section 2: the loss L_BH, and the soft margin.
    """
    apart = distances(vectors)
    farthest, nearest, has_both = hardest(apart, *positives_and_negatives(labels, ignored))
    rows = torch.arange(len(labels), device=labels.device)
    excess = apart[rows, farthest] - apart[rows, nearest]
    terms = functional.softplus(excess) if margin is None else functional.relu(excess + margin)
    return mean_where(terms, has_both)


def triplet_semi_hard(
    vectors: Tensor, labels: Tensor, ignored: Tensor | None = None, *, margin: float = 0.2
) -> Tensor:
    """max(0, D^2(a, p) - D^2(a, n) + m) with the nearest negative n that is farther from the anchor
    a than the positive p, but by less than m, averaged over the pairs (a, p) that have one.

    D is the Euclidean distance of unit rows. Schroff, Kalenichenko and Philbin, "FaceNet: a unified
    embedding for face recognition and clustering", 2015, equations 3 and 4.
    """
    squares = 2 - 2 * cosines(vectors)
    anchors, mates, others = semi_hard(
        squares, *positives_and_negatives(labels, ignored), margin=margin
    )
    excess = squares[anchors, mates] - squares[anchors, others] + margin
    return functional.relu(excess).sum() / max(len(anchors), 1)
