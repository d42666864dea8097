"""What a recipe minimises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from torch import Tensor, nn

from desktop_app.domain.metric_learning import Loss, Recipe
from desktop_app.infra.metric_learning.losses_classes import (
    ProductSoftmax,
    attribute_cross_entropy,
    supervised_contrastive,
)
from desktop_app.infra.metric_learning.losses_pairs import (
    binomial_deviance,
    contrastive,
    granularity_deviance,
    robust_contrastive,
)
from desktop_app.infra.metric_learning.losses_triplets import triplet_batch_hard, triplet_semi_hard


class PairLoss(Protocol):
    """A loss over the pairs or triplets of a batch."""

    def __call__(
        self,
        vectors: Tensor,
        labels: Tensor,
        ignored: Tensor | None = None,
        *,
        attributes: Tensor | None = None,
    ) -> Tensor:
        """``vectors`` (n, d) unit rows, ``labels`` (n,) int64, ``ignored`` pairs (n, n) bool,
        ``attributes`` (n, a) predicted probabilities; a scalar, 0 with gradient where the batch
        has no pair that counts."""
        ...


def pair_loss(recipe: Recipe) -> PairLoss:
    """The loss of ``recipe`` with its margin, temperature, alpha and beta.

    GRANULARITY without predicted attributes is the binomial deviance; other losses do not look at
    them. Raises ValueError for SOFTMAX, which knows no pairs (see :class:`Objective`).
    """
    margin, alpha, beta = recipe.margin, recipe.alpha, recipe.beta
    plain: dict[Loss, Callable[[Tensor, Tensor, Tensor | None], Tensor]] = {
        Loss.CONTRASTIVE: partial(contrastive, margin=margin),
        Loss.ROBUST_CONTRASTIVE: partial(robust_contrastive, margin=margin),
        Loss.TRIPLET_BATCH_HARD: partial(triplet_batch_hard, margin=margin),
        Loss.TRIPLET_SEMI_HARD: partial(triplet_semi_hard, margin=margin),
        Loss.SUPERVISED_CONTRASTIVE: partial(
            supervised_contrastive, temperature=recipe.temperature
        ),
        Loss.BINOMIAL_DEVIANCE: partial(binomial_deviance, alpha=alpha, beta=beta),
    }
    if recipe.loss is not Loss.GRANULARITY and recipe.loss not in plain:
        raise ValueError(f"{recipe.loss} is no loss over pairs")

    def loss(
        vectors: Tensor,
        labels: Tensor,
        ignored: Tensor | None = None,
        *,
        attributes: Tensor | None = None,
    ) -> Tensor:
        if recipe.loss is Loss.GRANULARITY:
            return granularity_deviance(
                vectors, labels, attributes, ignored, alpha=alpha, beta=beta
            )
        return plain[recipe.loss](vectors, labels, ignored)

    return loss


@dataclass(frozen=True, slots=True, eq=False)
class AttributeAnswers:
    """What the attribute branch says of a batch, ``logits`` (n, a), and what is so: ``targets``
    and where they are ``known``, (n, a) as :func:`attribute_targets` gives them."""

    logits: Tensor
    targets: Tensor
    known: Tensor


class Objective(nn.Module):
    """All that ``recipe`` minimises, weighed: the loss over pairs, ``softmax_weight`` times the
    softmax over ``n_products`` (multi-task), ``attribute_weight`` times the attributes'
    cross-entropy. For the loss SOFTMAX the softmax alone takes the place of pairs, with weight 1.

    Its parameters, the proxies of the softmax if there is one, are learned beside the network's.
    """

    def __init__(self, recipe: Recipe, *, n_products: int, dimension: int) -> None:
        super().__init__()
        is_softmax = recipe.loss is Loss.SOFTMAX
        self._pairs = None if is_softmax else pair_loss(recipe)
        self._softmax_weight = 1.0 if is_softmax else recipe.softmax_weight
        self._attribute_weight = recipe.attribute_weight
        self.softmax: ProductSoftmax | None = None
        if self._softmax_weight > 0:
            self.softmax = ProductSoftmax(
                n_products, dimension, temperature=recipe.temperature, seed=recipe.seed
            )

    def forward(
        self,
        vectors: Tensor,
        labels: Tensor,
        ignored: Tensor | None = None,
        answers: AttributeAnswers | None = None,
    ) -> Tensor:
        """``labels`` in [0, n_products) or UNLABELLED."""
        total = vectors.sum() * 0.0
        if self._pairs is not None:
            attributes = None if answers is None else answers.logits.sigmoid()
            total = total + self._pairs(vectors, labels, ignored, attributes=attributes)
        if self.softmax is not None:
            total = total + self._softmax_weight * self.softmax(vectors, labels)
        if answers is not None and self._attribute_weight > 0:
            total = total + self._attribute_weight * attribute_cross_entropy(
                answers.logits, answers.targets, answers.known
            )
        return total
