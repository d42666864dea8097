from __future__ import annotations

import dataclasses

import pytest
import torch

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.infra.vision.backbones import KNOWN_BACKBONES
from desktop_app.infra.vision.fitting import fitted_weights
from desktop_app.infra.vision.network import BACKBONE, build_backbone
from tests.embedding.conftest import TINY_CARD, tiny_state

VIT = dataclasses.replace(TINY_CARD, architecture="test_vit", dimension=64)


def state_of(card: object = TINY_CARD) -> dict[str, torch.Tensor]:
    return dict(tiny_state(card))  # type: ignore[arg-type]


def test_timm_names_fit_and_a_classifier_is_left_out() -> None:
    state = state_of()
    offered = state | {"classifier.weight": torch.zeros(10, 256)}
    fitted = fitted_weights(TINY_CARD, offered, "a.pth")
    assert fitted.keys() == {BACKBONE + name for name in state}
    assert torch.equal(fitted[BACKBONE + "conv_stem.weight"], state["conv_stem.weight"])


def test_the_prefix_of_several_gpus_and_absent_batch_counters_do_not_matter() -> None:
    state = {
        f"module.{name}": tensor
        for name, tensor in state_of().items()
        if not name.endswith("num_batches_tracked")
    }
    assert fitted_weights(TINY_CARD, state, "a.pth").keys() == {
        BACKBONE + name for name in state_of()
    }


def test_what_the_library_keeps_can_be_installed_again() -> None:
    kept = fitted_weights(TINY_CARD, state_of(), "a.pth")
    assert fitted_weights(TINY_CARD, kept, "b.safetensors").keys() == kept.keys()


def test_another_architecture_is_refused_by_name() -> None:
    with pytest.raises(ModelUnavailable, match="Tiny net") as raised:
        fitted_weights(TINY_CARD, state_of(VIT), "vit.pth")
    assert "vit.pth" in raised.value.what
    assert "test_efficientnet" in raised.value.remedy


def test_a_larger_model_of_the_family_does_not_pass_for_this_one() -> None:
    state = state_of()
    state["blocks.9.0.conv_pw.weight"] = torch.zeros(1)
    with pytest.raises(ModelUnavailable, match="another model"):
        fitted_weights(TINY_CARD, state, "larger.pth")


def test_a_tensor_of_another_shape_is_refused() -> None:
    state = state_of()
    state["conv_stem.weight"] = state["conv_stem.weight"][:4]
    with pytest.raises(ModelUnavailable) as raised:
        fitted_weights(TINY_CARD, state, "a.pth")
    assert "conv_stem.weight" in raised.value.details


def test_a_transformer_fits() -> None:
    state = state_of(VIT)
    assert fitted_weights(VIT, state, "vit.pth").keys() == {BACKBONE + name for name in state}


@pytest.mark.parametrize("name", ["patch_embed.proj.weight", "pos_embed"])
def test_a_transformer_for_other_patches_or_pictures_is_not_bent_to_fit(name: str) -> None:
    state = state_of(VIT)
    if name == "pos_embed":
        state[name] = torch.cat([state[name][:, :1], state[name][:, 1:37]], dim=1)
    else:
        state[name] = state[name][..., ::2, ::2].contiguous()
    with pytest.raises(ModelUnavailable, match="another model"):
        fitted_weights(VIT, state, "other.pth")


@pytest.mark.slow
def test_clip_as_its_makers_publish_it_fits() -> None:
    (card,) = (card for card in KNOWN_BACKBONES if card.name.startswith("clip"))
    ours = build_backbone(card).state_dict()
    published = {"logit_scale": torch.zeros(()), "transformer.resblocks.0.ln_1.bias": torch.ones(8)}
    for name, tensor in ours.items():
        renamed, value = name, tensor
        for new, old in (
            ("patch_embed.proj", "conv1"),
            ("norm_pre", "ln_pre"),
            ("attn.qkv.", "attn.in_proj_"),
            ("attn.proj", "attn.out_proj"),
            ("mlp.fc1", "mlp.c_fc"),
            ("mlp.fc2", "mlp.c_proj"),
            ("norm1", "ln_1"),
            ("norm2", "ln_2"),
            ("blocks.", "transformer.resblocks."),
        ):
            renamed = renamed.replace(new, old)
        renamed = renamed.replace("norm.", "ln_post.")
        if name == "head.bias":
            continue
        if name == "head.weight":
            renamed, value = "proj", tensor.T
        elif name == "cls_token":
            renamed, value = "class_embedding", tensor[0, 0]
        elif name == "pos_embed":
            renamed, value = "positional_embedding", tensor[0]
        published[f"visual.{renamed}"] = value
    fitted = fitted_weights(card, published, "open_clip_model.safetensors")
    for name, tensor in ours.items():
        expected = torch.zeros_like(tensor) if name == "head.bias" else tensor
        assert torch.equal(fitted[BACKBONE + name], expected), name
