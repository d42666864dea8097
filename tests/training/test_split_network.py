"""The network cut in two is the network: same vectors, same slopes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from desktop_app.infra.metric_learning.split_network import Tail, Trunk, _Depthwise, split
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card
from desktop_app.infra.vision.network import load_network
from desktop_app.infra.vision.weights import read_tensors

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "efficientnet-lite2-imagenet"


@pytest.mark.parametrize(
    ("kernel", "stride", "extent"), [(3, 1, 7), (5, 1, 6), (5, 2, 12), (3, 2, 9)]
)
def test_constant_depthwise_filters_give_the_slope_torch_finds(
    kernel: int, stride: int, extent: int
) -> None:
    draw = torch.Generator().manual_seed(1)
    planes = torch.randn(2, 4, extent, extent, generator=draw, requires_grad=True)
    weight = torch.randn(4, 1, kernel, kernel, generator=draw)
    made = _Depthwise.apply(planes, weight, stride)
    slope = torch.randn(made.shape, generator=draw)
    (found,) = torch.autograd.grad(made, planes, slope)
    missing = max((-(extent // -stride) - 1) * stride + kernel - extent, 0)
    before, after = missing // 2, missing - missing // 2
    padded = functional.pad(planes, (before, after, before, after))
    expected = functional.conv2d(padded, weight, stride=stride, groups=4)
    (wanted,) = torch.autograd.grad(expected, planes, slope)
    assert torch.allclose(made, expected, atol=1e-5)
    assert torch.allclose(found, wanted, atol=1e-5)


def test_both_halves_together_give_the_vectors_of_the_whole() -> None:
    card, weights = read_card(SHIPPED), read_tensors(SHIPPED / WEIGHTS_FILE)
    pixels = np.random.default_rng(0).integers(0, 255, (2, 12, 12, 3)).astype(np.uint8)
    pixels = pixels.repeat(8, axis=1).repeat(8, axis=2)
    whole = load_network(card, weights)
    with torch.no_grad():
        expected = functional.normalize(whole(torch.from_numpy(pixels)), dim=1)
    network, trunk, tail = split(card, weights)
    with torch.no_grad():
        exact = tail(Trunk(network)(torch.from_numpy(pixels)))
        quick = tail(trunk(pixels))
    assert torch.allclose(exact, expected, atol=2e-4)
    assert float((quick * expected).sum(1).min()) > 0.99


def test_only_the_late_stages_are_tuned_and_the_network_changes_with_them() -> None:
    card, weights = read_card(SHIPPED), read_tensors(SHIPPED / WEIGHTS_FILE)
    network = load_network(card, weights)
    tail = Tail(network)
    with torch.no_grad():
        for parameter in tail.tuned().values():
            parameter.add_(1e-2)
    changed = {
        name
        for name, tensor in network.state_dict().items()
        if not torch.equal(tensor, weights[name].float())
    }
    assert "projection.weight" in changed
    assert "backbone.conv_head.weight" in changed
    assert any(name.startswith("backbone.blocks.6.") for name in changed)
    assert not any(name.startswith(f"backbone.blocks.{k}.") for name in changed for k in range(4))
    assert not any("conv_dw" in name or "running" in name for name in changed)


def test_a_network_without_a_projection_is_refused() -> None:
    from dataclasses import replace

    card, weights = read_card(SHIPPED), read_tensors(SHIPPED / WEIGHTS_FILE)
    weights.pop("projection.weight")
    with pytest.raises(TypeError, match="projected"):
        Tail(load_network(replace(card, projected=False), weights))
