"""What is known of a mask model: ``model.json`` beside ``weights.safetensors``."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.infra.vision.card_files import CARD_FILE

KIND = "mask"
"""Tells these cards from those of embedding models."""
SMALL, FULL, LITE = "u2net-small", "u2net", "u2net-lite2"
ARCHITECTURES = (SMALL, FULL, LITE)
SHIPPED = LITE
"""The architecture of the network that comes with the application, and its folder's name."""
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PREPROCESSING_VERSION = 1
"""Raised whenever the same picture would be turned into other network input than before."""


@dataclass(frozen=True, slots=True)
class MaskCard:
    """One saliency network.

    ``architecture`` is one of ARCHITECTURES. Pictures are stretched to ``side`` by ``side`` pixels,
    scaled to [0, 1], less ``mean``, divided by ``std``, per channel. ``data`` lists what the
    weights were trained on, with licences. ``sha256`` is that of the weights file as kept,
    ``source_sha256`` that of the file it was made from, '' where there is none. ``metrics``
    are figures by name, with the way they were taken in ``recipe``.
    """

    name: str
    title: str
    summary: str
    architecture: str
    side: int
    licence: str
    commercial_use: bool
    origin: str
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD
    data: tuple[str, ...] = ()
    recipe: str = ""
    sha256: str = ""
    source_sha256: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Names the weights and the preprocessing. Raises ValueError without weights."""
        if not self.sha256:
            raise ValueError(f"{self.name} has no weights yet")
        return f"{self.name}@{self.sha256[:12]}.p{PREPROCESSING_VERSION}.{self.side}"

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse."""
        return {"kind": KIND, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MaskCard:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        values = dict(data)
        if values.pop("kind") != KIND:
            raise ValueError("not a mask model")
        for name in ("mean", "std"):
            red, green, blue = values[name]
            values[name] = (float(red), float(green), float(blue))
        values["data"] = tuple(values["data"])
        if values["architecture"] not in ARCHITECTURES:
            raise ValueError(f"unknown architecture {values['architecture']}")
        return cls(**values)


def is_mask_folder(folder: Path) -> bool:
    """Whether a model folder holds a mask model, and no embedding model."""
    try:
        data = json.loads((folder / CARD_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and data.get("kind") == KIND


def read_mask_card(folder: Path) -> MaskCard:
    """Raises ModelUnavailable where the card is absent or not of the written form."""
    path = folder / CARD_FILE
    try:
        return MaskCard.from_json(json.loads(path.read_text("utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelUnavailable(
            f"The description of the mask model in {folder.name} cannot be read.",
            remedy="Import its weights again; if it came with the application, reinstall that.",
            details=f"{path}: {error}",
        ) from error


def write_mask_card(folder: Path, card: MaskCard) -> None:
    """Write the card atomically."""
    text = json.dumps(card.to_json(), indent=2, ensure_ascii=False) + "\n"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as part:
        part.write(text)
    os.chmod(part.name, 0o644)  # noqa: PTH101 - temporary files are the owner's alone
    Path(part.name).replace(folder / CARD_FILE)
