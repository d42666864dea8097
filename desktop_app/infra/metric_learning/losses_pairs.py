"""Losses over the pairs of a batch.

All take unit rows ``vectors`` (n, d) and ``labels`` (n,) int64, UNLABELLED where unknown, and leave
``ignored`` pairs (n, n) out. Positive and negative pairs are averaged apart, as negatives are many
times as many; a batch without pairs of a sort counts 0 for it, and gradients flow still.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from desktop_app.infra.metric_learning.mining import cosines, distances, positives_and_negatives


def mean_where(values: Tensor, mask: Tensor) -> Tensor:
    """The mean of ``values`` where ``mask``, 0 (with gradient) where that is nowhere."""
    return values.masked_fill(~mask, 0.0).sum() / mask.sum().clamp(min=1)


def contrastive(
    vectors: Tensor, labels: Tensor, ignored: Tensor | None = None, *, margin: float = 1.0
) -> Tensor:
    """The loss of Siamese networks: 1/2 D^2 for positives, 1/2 max(0, m - D)^2 for negatives.

    D in [0, 2] is the Euclidean distance of unit rows; ``margin`` m = 1 is a cosine of 0.5.
    Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping", 2006,
    equation 4.
    """
    positives, negatives = positives_and_negatives(labels, ignored)
    apart = distances(vectors)
    return mean_where(apart.square() / 2, positives) + mean_where(
        functional.relu(margin - apart).square() / 2, negatives
    )


def robust_contrastive(
    vectors: Tensor,
    labels: Tensor,
    ignored: Tensor | None = None,
    *,
    margin: float = 1.0,
    beyond: float | None = None,
) -> Tensor:
    """:func:`contrastive` without the positives that lie farther apart than ``beyond`` (``margin``
    where None), in Euclidean distance of unit rows: their label is wrong, or they are hopeless and
    learning them is learning by heart.

    Wang et al., "Matching user photos to online products with robust deep features", 2016. Pairs
    left out count in the mean as 0, so that what is left weighs no more for it.
    """
    positives, negatives = positives_and_negatives(labels, ignored)
    apart = distances(vectors)
    within = apart.detach() <= (margin if beyond is None else beyond)
    return mean_where((apart.square() / 2).masked_fill(~within, 0.0), positives) + mean_where(
        functional.relu(margin - apart).square() / 2, negatives
    )


def binomial_deviance(
    vectors: Tensor,
    labels: Tensor,
    ignored: Tensor | None = None,
    *,
    alpha: float = 2.0,
    beta: float = 0.5,
    negative_cost: float = 1.0,
) -> Tensor:
    """log(1 + exp(-alpha (s - beta))) for positives, log(1 + exp(alpha C (s - beta))) for
    negatives, s the cosine and C ``negative_cost``.

    Yi, Lei and Li, "Deep metric learning for practical person re-identification", 2014, where C
    makes up for negatives being many; the means taken apart do so here already.
    """
    return granularity_deviance(
        vectors, labels, None, ignored, alpha=alpha, beta=beta, negative_cost=negative_cost
    )


def granularity_deviance(
    vectors: Tensor,
    labels: Tensor,
    attributes: Tensor | None,
    ignored: Tensor | None = None,
    *,
    alpha: float = 2.0,
    beta: float = 0.5,
    negative_cost: float = 1.0,
) -> Tensor:
    """Soft binomial deviance: log(1 + exp(-alpha (s + g - beta))) for positives and
    log(1 + exp(alpha (s - g - beta))) for negatives.

    g in [0, 1] is the cosine of the two pictures' predicted ``attributes`` (n, a), probabilities:
    negatives that share their attributes may lie nearer to each other, positives that do not seem
    to are drawn the harder. Gradients flow into both branches. With ``attributes`` None g is 0,
    and this is :func:`binomial_deviance`.

    Manandhar, Bastan and Yap, "Semantic granularity metric learning for visual search", 2019;
    joined there with :func:`losses_classes.attribute_cross_entropy`.
    """
    positives, negatives = positives_and_negatives(labels, ignored)
    similar = cosines(vectors)
    shared: Tensor | float = 0.0 if attributes is None else attribute_similarity(attributes)
    return mean_where(
        functional.softplus(-alpha * (similar + shared - beta)), positives
    ) + mean_where(
        functional.softplus(alpha * negative_cost * (similar - shared - beta)), negatives
    )


def attribute_similarity(attributes: Tensor) -> Tensor:
    """(n, n) granularity similarity g = cos(p(a|x1), p(a|x2)) of probabilities (n, a)."""
    return cosines(functional.normalize(attributes, dim=1, eps=torch.finfo(attributes.dtype).tiny))
