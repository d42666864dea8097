"""The decoder of U²-Net on a known encoder: its maps, where it begins, what of it learns."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from desktop_app.infra.training.train_mask import freeze
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.masks.u2net_lite import U2NetLite
from desktop_app.infra.vision.weights import read_tensors

EMBEDDING = Path(__file__).resolve().parents[2] / "models" / "efficientnet-lite2-products"


def test_it_gives_six_maps_of_the_size_of_its_input() -> None:
    with torch.inference_mode():
        maps = U2NetLite().eval()(torch.zeros(1, 3, 64, 96))
    assert [tuple(each.shape) for each in maps] == [(1, 1, 64, 96)] * 6


def test_its_encoder_begins_as_that_of_the_embedding_model() -> None:
    network = U2NetLite()
    weights = read_tensors(EMBEDDING / WEIGHTS_FILE)
    network.take_encoder(weights)
    name = "blocks.6.0.conv_pwl.weight"
    assert torch.equal(network.encoder.state_dict()[name], weights[f"backbone.{name}"].float())
    del weights[f"backbone.{name}"]
    with pytest.raises(KeyError):
        network.take_encoder(weights)


def test_coarse_levels_can_be_had_alone() -> None:
    with torch.inference_mode():
        maps = U2NetLite().eval()(torch.zeros(1, 3, 64, 96), finest=3)
    assert [tuple(each.shape) for each in maps] == [(1, 1, 8, 12)] * 3


def test_the_encoders_first_stages_and_depth_wise_convolutions_never_learn() -> None:
    network = U2NetLite()
    decoder = {name for name, _ in network.named_parameters() if "encoder" not in name}

    def learning() -> set[str]:
        return {name for name, value in network.named_parameters() if value.requires_grad}

    freeze(network, encoder_learns=True)
    assert "encoder.conv_stem.weight" not in learning()
    assert not any(name.startswith("encoder.blocks.1.") for name in learning())
    assert "encoder.blocks.5.1.conv_pw.weight" in learning()
    assert "encoder.blocks.5.1.conv_dw.weight" not in learning()
    assert decoder <= learning()
    freeze(network, encoder_learns=False)
    assert learning() == decoder
