"""A model in one file, to be passed on: its weights as safetensors, its card in their metadata.

The weights come out byte for byte as they went in, since a model's key, and with it every vector
made by it, stands on their hash: the header they were kept with is written back. Nothing is run,
and no more than a block is in memory.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, write_card

KIND, EXPORTED = "twinshelf", "model 1"
_METADATA = "__metadata__"
_BLOCK = 1 << 20
_MOST_HEADER = 16 << 20
_MOST_SIDE, _MOST_NUMBERS = 4096, 65_536
_NAME, _ARCHITECTURE = re.compile(r"[\w-][\w.-]{0,150}"), re.compile(r"\w+(\.\w+)?", re.ASCII)


def export_model(card: ModelCard, weights: Path, file: Path, about: Mapping[str, str]) -> None:
    """Write the model to ``file``, whole or not at all; ``about`` is kept with it. Raises OSError,
    and ModelUnavailable where the weights are not safetensors."""
    with weights.open("rb") as source:
        kept = _header(source, weights.name)
        told = {
            **about,
            KIND: EXPORTED,
            "card": json.dumps(card.to_json()),
            "header": kept.decode("utf-8"),
        }
        header = json.dumps({_METADATA: told, **_tensors(kept, weights.name)}).encode()
        header += b" " * (-len(header) % 8)
        part = file.with_name(f".{file.name}.part")
        try:
            with part.open("wb") as target:
                target.write(struct.pack("<Q", len(header)) + header)
                while block := source.read(_BLOCK):
                    target.write(block)
            part.replace(file)
        except OSError:
            part.unlink(missing_ok=True)
            raise


def told_in(file: Path) -> dict[str, str]:
    """What :func:`export_model` kept with the model in ``file``. Raises ModelUnavailable where it
    is no such file, OSError where it cannot be read."""
    with file.open("rb") as source:
        header = _header(source, file.name)
    try:
        told = json.loads(header)[_METADATA]
        if told[KIND] != EXPORTED:
            raise ValueError(f"says of itself that it is {told[KIND]!r}")
        return {str(name): str(value) for name, value in told.items()}
    except (KeyError, TypeError, ValueError) as error:
        raise _no_model(file.name, str(error)) from error


def unpack_model(file: Path, folder: Path) -> ModelCard:
    """Write the model in ``file`` as a model folder; returns its card. Raises ModelUnavailable
    where the file is no such thing or damaged, OSError."""
    told = told_in(file)
    try:
        card = ModelCard.from_json(json.loads(told["card"]))
        kept = told["header"].encode("utf-8")
        _check(card)
    except (KeyError, TypeError, ValueError) as error:
        raise _no_model(file.name, str(error)) from error
    digest = hashlib.sha256()
    with (
        file.open("rb") as source,
        tempfile.NamedTemporaryFile(dir=folder, prefix=".weights-", delete=False) as target,
    ):
        part = Path(target.name)
        try:
            _header(source, file.name)
            head = struct.pack("<Q", len(kept)) + kept
            target.write(head)
            digest.update(head)
            while block := source.read(_BLOCK):
                target.write(block)
                digest.update(block)
            if digest.hexdigest() != card.sha256:
                raise _no_model(file.name, f"sha256 is {digest.hexdigest()}")
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    part.chmod(0o644)
    part.replace(folder / WEIGHTS_FILE)
    write_card(folder, card)
    return card


def _check(card: ModelCard) -> None:
    """A card from elsewhere names a folder, and an architecture that timm would also fetch from
    the network or from a folder where its name says so. Raises ValueError."""
    if not _NAME.fullmatch(card.name):
        raise ValueError(f"{card.name!r} is no name of a model")
    if not _ARCHITECTURE.fullmatch(card.architecture):
        raise ValueError(f"{card.architecture!r} is no architecture")
    if not (0 < card.preprocessing.side <= _MOST_SIDE and 0 < card.dimension <= _MOST_NUMBERS):
        raise ValueError("pictures or vectors of no size")


def _header(source: BinaryIO, name: str) -> bytes:
    """The JSON header of a safetensors file, which is then read up to the tensors."""
    try:
        (length,) = struct.unpack("<Q", source.read(8))
    except struct.error as error:
        raise _no_model(name, str(error)) from error
    if length > _MOST_HEADER:
        raise _no_model(name, f"a header of {length} bytes")
    header = source.read(length)
    if len(header) != length:
        raise _no_model(name, "it ends in its header")
    return header


def _tensors(header: bytes, name: str) -> dict[str, Any]:
    """What a header says of tensors."""
    try:
        found: dict[str, Any] = json.loads(header)
        return {key: value for key, value in found.items() if key != _METADATA}
    except (AttributeError, ValueError) as error:
        raise _no_model(name, str(error)) from error


def _no_model(name: str, details: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"“{name}” is no exported model, or it is damaged.",
        remedy="Choose a file that was exported from Twinshelf.",
        details=details,
    )
