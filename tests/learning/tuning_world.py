"""A tiny network, a few products, and runs of tuning it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.domain.images import DecodedImage
from desktop_app.domain.metric_learning import (
    AttributeLabels,
    Depth,
    LabelledPictures,
    Loss,
    Recipe,
)
from desktop_app.domain.model_cards import ModelCard, Preprocessing
from desktop_app.infra.vision.model_library import ModelLibrary

SIDE = 48
CARD = ModelCard(
    name="tiny",
    title="Tiny net",
    summary="For tests.",
    architecture="test_efficientnet",
    preprocessing=Preprocessing(side=SIDE, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
    dimension=256,
    licence="Apache-2.0",
    commercial_use=True,
    origin="random numbers",
)
RECIPE = Recipe(
    "fine-tune",
    "Thorough",
    "For tests.",
    depth=Depth.FINE_TUNE,
    loss=Loss.SUPERVISED_CONTRASTIVE,
    products_per_batch=4,
    pictures_per_product=2,
    most_epochs=5,
    patience=50,
    most_s=0.0,
    rate=1e-3,
    stages=0,
    side=SIDE,
)


def product_picture(product: int, view: int, *, side: int = 80) -> DecodedImage:
    """A striped bottle on white, like no other product's; views differ in place and light."""
    rng = np.random.default_rng([product, 5])
    colours = rng.integers(0, 230, (4, 3))
    rgb = np.full((side, side, 3), 250 - 8 * view, np.uint8)
    alpha = np.zeros((side, side), np.uint8)
    left, top = 18 + 4 * view, 8 + 3 * view
    heights = np.cumsum(rng.integers(8, 18, 4))
    bounds = [0, *heights.tolist()]
    for colour, start, end in zip(colours, bounds, bounds[1:], strict=False):
        rows = slice(top + start, min(side - 4, top + end))
        rgb[rows, left : left + 34] = np.clip(colour + 10 * view, 0, 255)
        alpha[rows, left : left + 34] = 255
    return DecodedImage(rgb, alpha, side, side)


def labelled(
    products: range, *, views: int = 2, columns: dict[str, Callable[[int], int]] | None = None
) -> LabelledPictures:
    """Content ``10 * product + view`` shows that view of the product."""
    numbers = np.repeat(np.array(products, np.int64), views)
    content_ids = numbers * 10 + np.tile(np.arange(views), len(products))
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(numbers), CARD.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    attributes = AttributeLabels()
    if columns:
        values = [[value(int(n)) for value in columns.values()] for n in numbers]
        names = tuple(("red", "green", "blue") for _ in columns)
        attributes = AttributeLabels(tuple(columns), names, np.array(values, np.int64))
    return LabelledPictures(content_ids, numbers, numbers, vectors, attributes)


def picture_of(content_id: int) -> DecodedImage | None:
    """What the catalogue's reader would give."""
    return product_picture(content_id // 10, content_id % 10)


@dataclass(frozen=True, slots=True)
class TinyModels:
    """A library with the tiny network among its shipped models."""

    library: ModelLibrary
    user_dir: Path


@pytest.fixture(name="tiny_weights", scope="session")
def random_weights() -> dict[str, Any]:
    """Random weights, the same every time."""
    import torch

    from desktop_app.infra.vision.network import BACKBONE, build_backbone

    torch.manual_seed(0)
    return {BACKBONE + name: t for name, t in build_backbone(CARD).state_dict().items()}


@pytest.fixture(name="models")
def library_of_one(tmp_path: Path, tiny_weights: dict[str, Any]) -> TinyModels:
    """A library in which only the tiny network is."""
    from desktop_app.infra.vision.card_files import WEIGHTS_FILE, write_card
    from desktop_app.infra.vision.weights import write_tensors

    folder = tmp_path / "shipped" / "tiny"
    folder.mkdir(parents=True)
    digest = write_tensors(folder / WEIGHTS_FILE, tiny_weights)
    write_card(folder, dataclasses.replace(CARD, sha256=digest))
    library = ModelLibrary(
        tmp_path / "shipped", tmp_path / "user", tmp_path / "cache", known=(), threads=1
    )
    return TinyModels(library, tmp_path / "user")
