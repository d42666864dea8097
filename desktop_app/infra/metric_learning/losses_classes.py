"""Losses that share a probability out: among the batch, among products, among attributes."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.domain.metric_learning import UNLABELLED
from desktop_app.infra.metric_learning.losses_pairs import mean_where
from desktop_app.infra.metric_learning.mining import cosines, positives_and_negatives


def supervised_contrastive(
    vectors: Tensor, labels: Tensor, ignored: Tensor | None = None, *, temperature: float = 0.07
) -> Tensor:
    """InfoNCE over all pairs of a batch, each picture once the query.

    ``vectors`` (n, d) have unit length; pictures of equal ``labels`` (n,) are positives, all others
    negatives, but for ``ignored`` pairs (n, n), which say nothing. With one positive each this is
    InfoNCE (van den Oord, Li and Vinyals 2018, equation 4) in both directions; with several the
    mean of their logarithms is taken outside (Khosla et al., "Supervised contrastive learning",
    2020, equation 2). Pictures without a positive are left out; 0 where none has one.
    """
    positives, negatives = positives_and_negatives(labels, ignored)
    logits = cosines(vectors) / temperature
    # Finite, so that a row without any pair has a slope of zero and not of NaN.
    least = torch.finfo(logits.dtype).min
    totals = logits.masked_fill(~(positives | negatives), least).logsumexp(1, keepdim=True)
    count = positives.sum(1)
    means = (logits - totals).masked_fill(~positives, 0.0).sum(1) / count.clamp(min=1)
    return -mean_where(means, count > 0)


def cosine_softmax(
    vectors: Tensor, labels: Tensor, proxies: Tensor, *, temperature: float = 0.07
) -> Tensor:
    """Cross-entropy of telling products by the cosine to a proxy each, over ``temperature``.

    ``proxies`` (c, d) are of any length, ``labels`` in [0, c) or UNLABELLED, which say nothing.
    Zhai and Wu, "Classification is a strong baseline for deep metric learning", 2019, section 3:
    the normalised softmax.
    """
    logits = vectors @ functional.normalize(proxies, dim=1).T / temperature
    known = labels != UNLABELLED
    terms = functional.cross_entropy(logits, labels.clamp(min=0), reduction="none")
    return mean_where(terms, known)


class ProductSoftmax(nn.Module):
    """:func:`cosine_softmax` with its proxies, drawn at random by ``seed``: the classification task
    that keeps an embedding general in multi-task tuning (Wang et al. 2016)."""

    def __init__(
        self, n_products: int, dimension: int, *, temperature: float = 0.07, seed: int = 0
    ) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        self.proxies = nn.Parameter(
            functional.normalize(torch.randn(n_products, dimension, generator=draw), dim=1)
        )
        self._temperature = temperature

    def forward(self, vectors: Tensor, labels: Tensor) -> Tensor:
        return cosine_softmax(vectors, labels, self.proxies, temperature=self._temperature)


def attribute_targets(values: NDArray[np.int64], sizes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """What columns say as one yes or no for each of their values: float32 targets (n, a) of 0 and
    1, and bool (n, a) where they are known; a is the sum of ``sizes``.

    ``values`` (n, columns) are places in [0, size of the column) or UNLABELLED.
    """
    targets = np.zeros((len(values), sum(sizes)), np.float32)
    known = np.zeros(targets.shape, np.bool_)
    start = 0
    for column, size in enumerate(sizes):
        rows = np.flatnonzero(values[:, column] != UNLABELLED)
        known[rows, start : start + size] = True
        targets[rows, start + values[rows, column]] = 1
        start += size
    return torch.from_numpy(targets), torch.from_numpy(known)


def attribute_cross_entropy(logits: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Binary cross-entropy of attributes, the mean over what is ``known``: all (n, a). The second
    term of Manandhar, Bastan and Yap 2019 (see :func:`losses_pairs.granularity_deviance`)."""
    terms = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return mean_where(terms, known)
