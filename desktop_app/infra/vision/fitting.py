"""Does a set of tensors fit an architecture? Needs torch; the converter process runs it."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from torch import Tensor, nn

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.vision.network import BACKBONE, EmbeddingNetwork

_LEFT_OUT = frozenset({"fc", "head", "classifier", "head_dist", "mask_token"})
"""What a file may hold beside the backbone: heads for other purposes."""
_SHAPED_BY_INPUT = ("patch_embed.proj.weight", "pos_embed")
_WRAPPER = "module."
"""The prefix that training on several GPUs leaves on every name."""


def fitted_weights(card: ModelCard, tensors: Mapping[str, Tensor], file: str) -> dict[str, Tensor]:
    """What the network of ``card`` needs of ``tensors``, named as it names them.

    Takes timm's names, those of the file a model was first published in where timm knows
    them, and our own. A tensor that is missing, left over (heads apart) or of another shape
    raises ModelUnavailable: a larger model of the same family must not pass for this one.
    """
    network = EmbeddingNetwork(card)
    needed = network.state_dict()
    offered = {name.removeprefix(_WRAPPER): tensor for name, tensor in tensors.items()}
    if not any(name.startswith(BACKBONE) for name in offered):
        renamed = _in_timm_names(network.backbone, offered)
        offered = {BACKBONE + name: tensor for name, tensor in renamed.items()}
    # Counters of training batches; published files often lack them and nothing reads them.
    for name, tensor in needed.items():
        if name.endswith("num_batches_tracked"):
            offered.setdefault(name, tensor)
    missing = sorted(needed.keys() - offered.keys())
    left_over = sorted(
        name
        for name in offered.keys() - needed.keys()
        if name.removeprefix(BACKBONE).partition(".")[0] not in _LEFT_OUT
    )
    unlike = sorted(
        f"{name} {tuple(offered[name].shape)} instead of {tuple(needed[name].shape)}"
        for name in needed.keys() & offered.keys()
        if offered[name].shape != needed[name].shape
    )
    if missing or left_over or unlike:
        raise ModelUnavailable(
            f"{file} holds the weights of another model, not of {card.title}.",
            remedy=f"Choose the weights file of {card.title} ({card.architecture}).",
            details=(
                f"{len(missing)} missing {missing[:3]}, {len(left_over)} left over "
                f"{left_over[:3]}, {len(unlike)} of another shape {unlike[:3]}"
            ),
        )
    return {name: offered[name] for name in needed}


def _in_timm_names(backbone: nn.Module, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """``tensors`` under timm's names, by the translation that timm keeps beside each family
    of architectures. One that cannot translate them leaves them as they are."""
    translate = getattr(sys.modules[type(backbone).__module__], "checkpoint_filter_fn", None)
    if translate is None:
        return tensors
    try:
        translated: dict[str, Tensor] = translate(dict(tensors), backbone)
    except (KeyError, ValueError, IndexError, AttributeError, RuntimeError, AssertionError):
        return tensors
    # It also interpolates what was trained for other patches or pictures. That would be
    # another model: such a tensor does not lie where any of the file's does.
    places = {tensor.data_ptr() for tensor in tensors.values()}
    for name in _SHAPED_BY_INPUT:
        if name in translated and translated[name].data_ptr() not in places:
            del translated[name]
    return translated
