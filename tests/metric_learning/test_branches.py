"""The two branches start from the features, share a trunk, and teach each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from desktop_app.domain.learned_models import Projection
from desktop_app.infra.metric_learning.branches import TwoBranchNetwork
from desktop_app.infra.metric_learning.losses_classes import (
    attribute_cross_entropy,
    attribute_targets,
)
from desktop_app.infra.metric_learning.losses_pairs import granularity_deviance


def features(rows: int = 12, width: int = 8, seed: int = 0) -> torch.Tensor:
    draw = torch.Generator().manual_seed(seed)
    return functional.normalize(torch.randn(rows, width, generator=draw), dim=1)


def test_before_it_is_taught_the_embedding_is_the_features() -> None:
    network = TwoBranchNetwork(8, dimension=8, n_attributes=3, width=16)
    assert torch.allclose(network(features()).vectors, features(), atol=1e-6)


def test_a_smaller_embedding_starts_as_a_turn_and_a_cut() -> None:
    network = TwoBranchNetwork(8, dimension=4, n_attributes=3, width=0)
    weight = network.past.weight.detach()
    assert torch.allclose(weight @ weight.T, torch.eye(4), atol=1e-5)
    assert network(features()).vectors.shape == (12, 4)


def test_equal_seeds_start_equal() -> None:
    first, again, other = (
        TwoBranchNetwork(8, dimension=4, n_attributes=3, width=5, seed=seed) for seed in (1, 1, 2)
    )
    assert torch.equal(first(features()).logits, again(features()).logits)
    assert not torch.equal(first(features()).logits, other(features()).logits)


def test_its_embedding_is_what_an_adapter_holds() -> None:
    network = TwoBranchNetwork(8, dimension=4, n_attributes=3, width=5)
    assert network.trunk is not None
    assert network.embedding is not None
    with torch.no_grad():
        network.embedding.weight.normal_(generator=torch.Generator().manual_seed(1))
        network.trunk.bias.normal_(generator=torch.Generator().manual_seed(2))
    projection = Projection(
        "learned",
        "base",
        network.past.weight.detach().numpy(),
        network.trunk.weight.detach().numpy(),
        network.trunk.bias.detach().numpy(),
        network.embedding.weight.detach().numpy(),
    )
    with torch.no_grad():
        expected = network(features()).vectors.numpy()
    assert projection(features().numpy()) == pytest.approx(expected, abs=1e-5)


def test_the_pair_loss_alone_moves_the_attribute_branch() -> None:
    network = TwoBranchNetwork(8, dimension=8, n_attributes=3, width=16)
    branched = network(features(6))
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    granularity_deviance(branched.vectors, labels, branched.logits.sigmoid()).backward()
    for part in (network.past, network.attributes, network.trunk):
        assert part is not None
        assert part.weight.grad is not None
        assert part.weight.grad.abs().sum() > 0


def test_taught_together_both_branches_learn() -> None:
    labels = torch.arange(8).repeat_interleave(4)
    draw = torch.Generator().manual_seed(3)
    # What tells products lies in few of many directions, as does the colour they share.
    signal = torch.randn(8, 6, generator=draw)[labels]
    colours = labels % 2
    hint = functional.one_hot(colours, 2).float()
    noise = 2 * torch.randn(32, 40, generator=draw)
    seen = functional.normalize(torch.cat([signal, hint, noise], 1), dim=1)
    targets, known = attribute_targets(colours.numpy().astype(np.int64)[:, None], (2,))
    network = TwoBranchNetwork(48, dimension=48, n_attributes=2, width=16)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)

    def found() -> tuple[float, float]:
        with torch.no_grad():
            branched = network(seen)
        alike = branched.vectors @ branched.vectors.T - 2 * torch.eye(32)
        recall = (labels[alike.argmax(1)] == labels).float().mean()
        return float(recall), float((branched.logits.argmax(1) == colours).float().mean())

    before = found()
    for _ in range(60):
        optimiser.zero_grad()
        branched = network(seen)
        loss = granularity_deviance(branched.vectors, labels, branched.logits.sigmoid())
        (loss + attribute_cross_entropy(branched.logits, targets, known)).backward()
        optimiser.step()
    after = found()
    assert after[0] > max(before[0], 0.9)
    assert after[1] > 0.9
