"""The saliency network: after its paper, under its authors' names, and the shipped weights."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from desktop_app.infra.training.mask_loss import deep_supervision_loss, mean_iou
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.masks.cards import (
    FULL,
    LITE,
    SHIPPED,
    SMALL,
    MaskCard,
    read_mask_card,
)
from desktop_app.infra.vision.masks.masker import network_mask
from desktop_app.infra.vision.masks.saliency import TorchSaliency
from desktop_app.infra.vision.masks.u2net import ResidualUBlock, U2Net
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.weights import read_tensors, verify_weights
from tests.masks.conftest import bottle, cluttered, overlap

MODEL = Path(__file__).resolve().parents[2] / "models" / SHIPPED


@pytest.mark.parametrize(("architecture", "count"), [(SMALL, 1_131_181), (FULL, 44_009_869)])
def test_it_has_as_many_parameters_as_the_authors_network(architecture: str, count: int) -> None:
    with torch.device("meta"):
        network = U2Net(architecture)
    assert sum(parameter.numel() for parameter in network.parameters()) == count


def test_its_tensors_are_named_as_the_authors_name_them() -> None:
    shapes = {name: tuple(value.shape) for name, value in U2Net(SMALL).state_dict().items()}
    assert shapes["stage1.rebnconvin.conv_s1.weight"] == (64, 3, 3, 3)
    assert shapes["stage1.rebnconv7.conv_s1.weight"] == (16, 16, 3, 3)
    assert shapes["stage1.rebnconv6d.bn_s1.running_var"] == (16,)
    assert shapes["stage5.rebnconv4.conv_s1.bias"] == (16,)
    assert shapes["stage1d.rebnconv1d.conv_s1.weight"] == (64, 32, 3, 3)
    assert shapes["side6.weight"] == (1, 64, 3, 3)
    assert shapes["outconv.weight"] == (1, 6, 1, 1)
    assert len(shapes) == 112 * 7 + 7 * 2
    assert "stage6.rebnconv5.conv_s1.weight" not in shapes


def test_the_lowest_blocks_look_wide_by_dilation_and_keep_their_size() -> None:
    block = ResidualUBlock(4, (8, 4, 8), dilated=True)
    dilations = [
        block.get_submodule(f"rebnconv{name}.conv_s1").dilation[0]  # type: ignore[index, union-attr]
        for name in ("1", "2", "3", "4", "3d", "2d", "1d")
    ]
    assert dilations == [1, 2, 4, 8, 4, 2, 1]
    assert block(torch.zeros(1, 8, 5, 7)).shape == (1, 8, 5, 7)


def test_it_gives_seven_maps_of_the_size_of_its_input() -> None:
    with torch.inference_mode():
        maps = U2Net(SMALL).eval()(torch.zeros(1, 3, 64, 96))
    assert [tuple(each.shape) for each in maps] == [(1, 1, 64, 96)] * 7


def test_the_loss_is_the_sum_over_seven_maps_of_cross_entropy() -> None:
    truth = torch.tensor([[[[0.0, 1.0]]]])
    logits = torch.tensor([[[[-1.0, 3.0]]]])
    one = (math.log1p(math.exp(-1)) + math.log1p(math.exp(-3))) / 2
    assert deep_supervision_loss([logits] * 7, truth).item() == pytest.approx(7 * one)
    assert deep_supervision_loss([logits * 30] * 7, truth).item() < 1e-6


def test_pixels_at_an_edge_count_more() -> None:
    truth = torch.zeros(1, 1, 48, 48)
    truth[..., 24:] = 1
    within, at_edge = torch.full_like(truth, -9.0), torch.full_like(truth, -9.0)
    within[..., 24:] = at_edge[..., 24:] = 9.0
    within[..., 40] *= -1
    at_edge[..., 24] *= -1
    plain = [deep_supervision_loss([each], truth).item() for each in (within, at_edge)]
    weighted = [
        deep_supervision_loss([each], truth, edge_weight=4.0).item() for each in (within, at_edge)
    ]
    assert plain[0] == pytest.approx(plain[1])
    assert weighted[1] > 2 * weighted[0]


def test_iou_is_averaged_over_pictures() -> None:
    truth = torch.tensor([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    found = torch.tensor([[0.9, 0.1, 0.9, 0.0], [0.2, 0.1, 0.0, 0.0]])
    assert mean_iou(found, truth) == pytest.approx((1 / 3 + 1) / 2)


def test_the_card_tells_licence_data_and_recipe() -> None:
    card = read_mask_card(MODEL)
    assert (card.name, card.architecture, card.licence) == (SHIPPED, LITE, "Apache-2.0")
    assert card.commercial_use
    assert any("MIT" in each for each in card.data)
    assert "train_mask" in card.recipe
    assert card.metrics
    assert MaskCard.from_json(card.to_json()) == card


def test_the_shipped_weights_are_those_of_the_card_and_small() -> None:
    verify_weights(read_mask_card(MODEL), MODEL / WEIGHTS_FILE)
    assert (MODEL / WEIGHTS_FILE).stat().st_size < 12_000_000


def test_the_shipped_network_finds_a_bottle_before_clutter() -> None:
    clutter = cv.GaussianBlur(cluttered(seed=5), (0, 0), 4)
    rgb, truth = bottle(clutter, colour=(40, 60, 150))
    network = TorchSaliency(read_mask_card(MODEL), read_tensors(MODEL / WEIGHTS_FILE))
    probability = network(rgb)
    assert probability.shape == (read_mask_card(MODEL).side,) * 2
    assert 0 <= probability.min() <= probability.max() <= 1
    mask = network_mask(rgb, network)
    assert mask is not None
    assert overlap(mask.alpha, truth) > 0.7
    assert np.isfinite(mask.confidence)
