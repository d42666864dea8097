"""Which pairs and triplets of a batch count, as masks over all its pairs.

Masks are (n, n) bool, symmetric, on the device of the labels. What a batch says nothing of, such as
two pictures of which nobody knows whether they show one product, is *ignored* by every loss.
"""

from __future__ import annotations

import torch
from torch import Tensor

from desktop_app.domain.metric_learning import UNLABELLED

_LEAST_SQUARE = 1e-8
"""Squared distances below count as this much: the slope of a root is infinite at zero."""


def cosines(vectors: Tensor) -> Tensor:
    """(n, n) cosine similarities s of unit rows (n, d)."""
    return vectors @ vectors.T


def distances(vectors: Tensor) -> Tensor:
    """(n, n) Euclidean distances of unit rows (n, d), D = sqrt(2 - 2 s), in [0, 2]."""
    return (2 - 2 * cosines(vectors)).clamp(min=_LEAST_SQUARE).sqrt()


def positives_and_negatives(labels: Tensor, ignored: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The pairs of equal ``labels`` (n,) and those of different ones, as masks, without
    ``ignored`` pairs and those of a picture with itself. UNLABELLED ones are in neither."""
    known = labels != UNLABELLED
    counted = known[:, None] & known[None, :]
    counted &= ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    if ignored is not None:
        counted &= ~ignored
    same = labels[:, None] == labels[None, :]
    return same & counted, ~same & counted


def of_one_kind(labels: Tensor, kinds: Tensor) -> Tensor:
    """Pairs to be ignored since their ``kinds`` (n,) are equal, UNLABELLED aside, and their
    ``labels`` are not: things of a kind that may be one and the same."""
    same_kind = (kinds[:, None] == kinds[None, :]) & (kinds[:, None] != UNLABELLED)
    return same_kind & (labels[:, None] != labels[None, :])


def told_apart(labels: Tensor, different: Tensor) -> Tensor:
    """Pairs of which a person said that they are not the same: ``different`` (m, 2) are pairs of
    labels. They are negatives beyond doubt."""
    size = len(labels)
    mask = torch.zeros((size, size), dtype=torch.bool, device=labels.device)
    if len(different) == 0:
        return mask
    low, high = different.min(1).values, different.max(1).values
    base = int(torch.cat([different.flatten(), labels]).max()) + 1
    wanted = torch.unique(low * base + high)
    least = torch.minimum(labels[:, None], labels[None, :])
    most = torch.maximum(labels[:, None], labels[None, :])
    return torch.isin(least * base + most, wanted) & (least >= 0)


def doubtful(
    similarities: Tensor, labels: Tensor, different: Tensor | None = None, *, above: float
) -> Tensor:
    """Pairs to be ignored: their labels differ, yet they look alike to more than ``above`` (cosine)
    and nobody ever told them apart. Catalogues hold one product under two numbers."""
    alike = (similarities.detach() > above) & (labels[:, None] != labels[None, :])
    return alike if different is None else alike & ~told_apart(labels, different)


def hardest(between: Tensor, positives: Tensor, negatives: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Batch-hard mining: for each anchor its farthest positive and its nearest negative, as places
    (n,), and which anchors (n,) bool have both.

    ``between`` (n, n) are distances. Hermans, Beyer and Leibe, "In defense of the triplet loss for
    person re-identification", 2017, section 2.
    """
    known = between.detach()
    if not known.numel():
        nowhere = torch.zeros(len(known), dtype=torch.long, device=known.device)
        return nowhere, nowhere, positives.any(1)
    farthest = known.masked_fill(~positives, -torch.inf).argmax(1)
    nearest = known.masked_fill(~negatives, torch.inf).argmin(1)
    return farthest, nearest, positives.any(1) & negatives.any(1)


def semi_hard(
    between: Tensor, positives: Tensor, negatives: Tensor, *, margin: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Semi-hard mining: anchors, positives and negatives (t,) of triplets, one for each pair of
    anchor and positive that has a negative farther from the anchor than the positive is, but by
    less than ``margin``; of several the nearest.

    ``between`` (n, n) are squared Euclidean distances. Schroff, Kalenichenko and Philbin, "FaceNet:
    a unified embedding for face recognition and clustering", 2015, equation 4.
    """
    known = between.detach()
    anchors, mates = positives.nonzero(as_tuple=True)
    reach = known[anchors, mates][:, None]
    rows = known[anchors]
    inside = negatives[anchors] & (rows > reach) & (rows < reach + margin)
    chosen = rows.masked_fill(~inside, torch.inf).argmin(1) if rows.numel() else anchors
    has_one = inside.any(1)
    return anchors[has_one], mates[has_one], chosen[has_one]
