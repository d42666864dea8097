"""A tiny real network with random weights, converted once, and the shipped model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.images import RgbArray
from desktop_app.domain.model_cards import ModelCard, Preprocessing
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.vision import export
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card, write_card

MODELS = Path(__file__).resolve().parents[2] / "models"
SHIPPED = MODELS / "efficientnet-lite2-products"
PLAIN = MODELS / "efficientnet-lite2-imagenet"
"""The weights that the shipped ones were tuned from."""

TINY_CARD = ModelCard(
    name="tiny",
    title="Tiny net",
    summary="For tests.",
    architecture="test_efficientnet",
    preprocessing=Preprocessing(side=64, mean=(0.5, 0.4, 0.3), std=(0.5, 0.25, 0.2)),
    dimension=256,
    licence="none",
    commercial_use=True,
    origin="random numbers",
)


def convert_in_process(arguments: Sequence[str], token: CancelToken | None = None) -> None:
    """The converter without its process: torch is imported once for all tests."""
    assert export.main(list(arguments)) == 0


def tiny_state(card: ModelCard = TINY_CARD) -> dict[str, object]:
    """Random weights under timm's names, the same every time."""
    import torch

    from desktop_app.infra.vision.network import build_backbone

    torch.manual_seed(0)
    return dict(build_backbone(card).state_dict())


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with card and weights."""
    from desktop_app.infra.vision.network import BACKBONE
    from desktop_app.infra.vision.weights import write_tensors

    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    state = {BACKBONE + name: tensor for name, tensor in tiny_state().items()}
    digest = write_tensors(folder / WEIGHTS_FILE, state)
    write_card(folder, dataclasses.replace(TINY_CARD, sha256=digest))
    return folder


@pytest.fixture(scope="session")
def tiny_ir(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny network converted for OpenVINO."""
    out = tmp_path_factory.mktemp("ir")
    export.write_ir(read_card(tiny_folder), tiny_folder / WEIGHTS_FILE, out)
    return out / export.IR_FILE


@pytest.fixture(scope="session")
def shipped_ir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped network converted for OpenVINO."""
    out = tmp_path_factory.mktemp("shipped_ir")
    export.write_ir(read_card(SHIPPED), SHIPPED / WEIGHTS_FILE, out)
    return out / export.IR_FILE


@pytest.fixture(scope="session")
def pictures() -> list[RgbArray]:
    """Smooth random pictures of different sizes and shapes."""
    rng = np.random.default_rng(7)
    made = []
    for height, width in ((64, 64), (30, 90), (200, 40), (7, 7), (128, 96), (50, 51), (64, 20)):
        small = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        rows = np.linspace(0, 3.99, height).astype(int)
        columns = np.linspace(0, 3.99, width).astype(int)
        made.append(np.ascontiguousarray(small[rows][:, columns]))
    return made
