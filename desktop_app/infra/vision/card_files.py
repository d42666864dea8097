"""Model folders: ``model.json`` (the card) beside ``weights.safetensors``."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.model_cards import ModelCard

CARD_FILE = "model.json"
WEIGHTS_FILE = "weights.safetensors"


def read_card(folder: Path) -> ModelCard:
    """Raises ModelUnavailable where the card is absent or not of the written form."""
    path = folder / CARD_FILE
    try:
        return ModelCard.from_json(json.loads(path.read_text("utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelUnavailable(
            f"The description of the model in {folder.name} cannot be read.",
            remedy="Install the model again; if it came with the application, reinstall that.",
            details=f"{path}: {error}",
        ) from error


def write_card(folder: Path, card: ModelCard) -> None:
    """Write the card atomically."""
    text = json.dumps(card.to_json(), indent=2, ensure_ascii=False) + "\n"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as part:
        part.write(text)
    os.chmod(part.name, 0o644)  # noqa: PTH101 - temporary files are the owner's alone
    Path(part.name).replace(folder / CARD_FILE)
