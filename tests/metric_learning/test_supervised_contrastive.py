"""The supervised contrastive loss equals its written form and pulls the right views together."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from desktop_app.infra.metric_learning.losses_classes import supervised_contrastive
from desktop_app.infra.metric_learning.mining import of_one_kind


def unit(rows: int, seed: int = 0) -> torch.Tensor:
    return functional.normalize(
        torch.randn(rows, 8, generator=torch.Generator().manual_seed(seed)), dim=1
    )


def test_with_one_positive_each_it_is_cross_entropy_over_all_other_views() -> None:
    vectors = unit(10)
    things, kinds = torch.arange(5).repeat(2), torch.full((10,), -1)
    logits = (vectors @ vectors.T / 0.07).fill_diagonal_(-torch.inf)
    expected = functional.cross_entropy(logits, (torch.arange(10) + 5) % 10)
    assert float(
        supervised_contrastive(vectors, things, of_one_kind(things, kinds))
    ) == pytest.approx(float(expected), rel=1e-5)


def test_several_positives_count_by_the_mean_of_their_logarithms() -> None:
    vectors, things = unit(6), torch.tensor([0, 0, 0, 1, 1, 2])
    logits = (vectors @ vectors.T / 0.5).numpy().astype(np.float64)
    terms = []
    for i in range(5):
        others = [j for j in range(6) if j != i]
        total = np.log(np.exp(logits[i, others]).sum())
        positives = [j for j in others if things[j] == things[i]]
        terms.append(-np.mean([logits[i, j] - total for j in positives]))
    loss = supervised_contrastive(vectors, things, temperature=0.5)
    assert float(loss) == pytest.approx(float(np.mean(terms)), rel=1e-5)


def test_views_of_one_kind_are_no_negatives_of_each_other() -> None:
    vectors, things = unit(4), torch.tensor([0, 1, 0, 1])
    kinds = torch.tensor([7, 7, 7, 7])
    # Nothing is left to be told apart from.
    assert float(
        supervised_contrastive(vectors, things, of_one_kind(things, kinds))
    ) == pytest.approx(0.0, abs=1e-6)


def test_without_any_positive_there_is_nothing_to_learn() -> None:
    vectors = unit(3).requires_grad_(True)
    loss = supervised_contrastive(vectors, torch.arange(3))
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert not torch.isnan(vectors.grad).any()
