"""Weights files: told apart by their first bytes, read without running code, hashed.

Reading needs torch; import this module's functions freely, torch comes in when they are called.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from desktop_app.domain.errors import ModelUnavailable

if TYPE_CHECKING:
    from torch import Tensor

_CHUNK_BYTES = 1 << 20
_ZIP, _PICKLE, _GIT_LFS = b"PK\x03\x04", b"\x80", b"version https://git-lfs"
_NEST_KEYS = ("state_dict", "model", "teacher", "student")
"""Under which a training checkpoint keeps the network itself."""


class NamedWeights(Protocol):
    """What a model card of any kind says of its weights file."""

    @property
    def title(self) -> str: ...

    @property
    def sha256(self) -> str: ...


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def verify_weights(card: NamedWeights, path: Path) -> None:
    """Raises ModelUnavailable unless ``path`` holds exactly the weights the card names."""
    remedy = "Install the model again; if it came with the application, reinstall that."
    try:
        found = sha256_of(path)
    except OSError as error:
        raise ModelUnavailable(
            f"The weights of {card.title} cannot be read.", remedy=remedy, details=str(error)
        ) from error
    if found != card.sha256:
        raise ModelUnavailable(
            f"The weights of {card.title} are damaged.",
            remedy=remedy,
            details=f"{path}: sha256 is {found}, expected {card.sha256}",
        )


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file or of a torch file holding a state dict.

    Torch files are read with ``weights_only``, which refuses anything but tensors and plain
    containers. Raises ModelUnavailable, naming what the file looks like instead.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise _not_weights(path, "It cannot be opened.", str(error)) from error
    if head[8:9] == b"{":
        return _read_safetensors(path)
    if head.startswith((_ZIP, _PICKLE)):
        return _read_torch(path)
    raise _not_weights(path, _described(head), f"starts with {head[:16]!r}")


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> str:
    """Write a safetensors file atomically and return its sha256."""
    from safetensors.torch import save_file  # noqa: PLC0415 - imports torch

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        part = Path(folder) / path.name
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, part)
        digest = sha256_of(part)
        part.replace(path)
    # safetensors writes for the owner alone; shipped weights are read by everybody.
    os.chmod(path, 0o644)  # noqa: PTH101 - Path.chmod follows the same call
    return digest


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.torch import load_file  # noqa: PLC0415 - imports torch

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise _not_weights(path, "It is damaged or incomplete.", str(error)) from error


def _read_torch(path: Path) -> dict[str, Tensor]:
    import pickle  # noqa: PLC0415

    import torch  # noqa: PLC0415 - slow

    try:
        with warnings.catch_warnings():
            # Torch asks for a bug report about pickles it is going to refuse.
            warnings.simplefilter("ignore", UserWarning)
            loaded = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        what = "It is damaged, or holds more than weights."
        raise _not_weights(path, what, str(error)) from error
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        raise _not_weights(path, "It is damaged or incomplete.", str(error)) from error
    for key in _NEST_KEYS:
        if isinstance(loaded, Mapping) and isinstance(loaded.get(key), Mapping):
            loaded = loaded[key]
    tensors = (
        {str(name): value for name, value in loaded.items() if isinstance(value, torch.Tensor)}
        if isinstance(loaded, Mapping)
        else {}
    )
    if not tensors:
        raise _not_weights(path, "It holds no named weights.", type(loaded).__name__)
    return tensors


def _described(head: bytes) -> str:
    if not head:
        return "It is empty."
    if head.lstrip()[:1] == b"<":
        return "It is a web page; perhaps the site asked to sign in instead of sending the file."
    if head.startswith(_GIT_LFS):
        return "It is a pointer to a large file, not the file itself."
    return "It is neither a safetensors nor a torch weights file."


def _not_weights(path: Path, what: str, details: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"{path.name} is not a usable weights file. {what}",
        remedy="Get the file again and choose it once more.",
        details=details,
    )
