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


def test_the_encoders_first_stages_and_depth_wise_convolutions_do_not_learn() -> None:
    network = U2NetLite()
    freeze(network)
    learns = {name for name, value in network.named_parameters() if value.requires_grad}
    assert "encoder.conv_stem.weight" not in learns
    assert not any(name.startswith("encoder.blocks.1.") for name in learns)
    assert "encoder.blocks.4.1.conv_pw.weight" in learns
    assert "encoder.blocks.4.1.conv_dw.weight" not in learns
    assert {name for name, _ in network.named_parameters() if "encoder" not in name} <= learns
