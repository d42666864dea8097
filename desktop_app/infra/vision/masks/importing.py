"""U²-Net weights from a file: told apart by their shapes, checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.infra.vision.masks.cards import FULL, SMALL

if TYPE_CHECKING:
    from torch import Tensor

_WRAPPERS = ("module.", "network.")
"""Put before every name by those who train on several devices, or wrap the network."""
_COUNTER = "num_batches_tracked"


def fitted_mask_weights(
    tensors: Mapping[str, Tensor], file_name: str
) -> tuple[str, dict[str, Tensor]]:
    """The architecture, SMALL or FULL, and its tensors as kept: float16 for convolutions,
    float32 for the rest.

    Raises ModelUnavailable, naming what does not fit, where the tensors are of neither.
    """
    plain = {_bare(name): value for name, value in tensors.items()}
    plain = {name: value for name, value in plain.items() if not name.endswith(_COUNTER)}
    troubles = {each: _misfit(_shapes(each), plain) for each in (SMALL, FULL)}
    architecture = next((each for each, trouble in troubles.items() if not trouble), "")
    if not architecture:
        raise _does_not_fit(file_name, troubles[SMALL])
    bad = [name for name, value in plain.items() if not bool(value.isfinite().all())]
    if bad:
        raise _does_not_fit(file_name, f"{bad[0]} holds numbers that are not finite")
    return architecture, {
        name: value.half() if value.ndim > 1 else value.float() for name, value in plain.items()
    }


def _shapes(architecture: str) -> dict[str, tuple[int, ...]]:
    import torch  # noqa: PLC0415 - slow

    from desktop_app.infra.vision.masks.u2net import U2Net  # noqa: PLC0415

    with torch.device("meta"):
        state = U2Net(architecture).state_dict()
    return {k: tuple(v.shape) for k, v in state.items() if not k.endswith(_COUNTER)}


def _bare(name: str) -> str:
    for wrapper in _WRAPPERS:
        name = name.removeprefix(wrapper)
    return name


def _misfit(wanted: Mapping[str, tuple[int, ...]], given: Mapping[str, Tensor]) -> str:
    """What is wrong with the tensors, '' where nothing is."""
    missing = sorted(wanted.keys() - given.keys())
    if missing:
        return f"{len(missing)} tensors are missing, {missing[0]} among them"
    extra = sorted(given.keys() - wanted.keys())
    if extra:
        return f"{len(extra)} tensors are unknown, {extra[0]} among them"
    for name, shape in wanted.items():
        if tuple(given[name].shape) != tuple(shape):
            return f"{name} is {tuple(given[name].shape)}, expected {tuple(shape)}"
    return ""


def _does_not_fit(file_name: str, details: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"{file_name} does not hold the weights of U²-Net.",
        remedy="Choose u2net.pth or u2netp.pth as its authors published them, "
        "or a safetensors file made from these.",
        details=details,
    )
