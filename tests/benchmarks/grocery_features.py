"""Vectors of the grocery store pictures, of several layers of a network, kept between runs.

GroceryStoreDataset by Marcus Klasson (MIT): phone photos of 81 products in shops and one packshot
(icon) of each. ``shared`` is a folder with ``train/grocery_store`` and ``data/grocery_store``,
each with a ``manifest.csv`` of ``path,sku,category,role`` and, in the second, ``coarse``.
"""

from __future__ import annotations

import csv
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.metric_learning import AttributeLabels
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.network import EmbeddingNetwork, load_network
from desktop_app.infra.vision.openvino_runtime import import_openvino
from desktop_app.infra.vision.preprocess import letterboxed
from desktop_app.infra.vision.unit_vectors import unit_rows
from desktop_app.infra.vision.weights import read_tensors
from desktop_app.paths import models_dir

EARLIER, LAST_STAGE, POOLED, EMBEDDING = "stage 5", "stage 7", "pooled", "embedding"
LAYERS = (EARLIER, LAST_STAGE, POOLED, EMBEDDING)
COLUMNS = ("category", "kind")
BATCH = 8


@dataclass(frozen=True, slots=True, eq=False)
class Grocery:
    """Pictures as aligned rows (n,): ``products`` by number, whether each is the icon, what the
    columns say, and unit rows by name of the layer."""

    products: NDArray[np.int64]
    is_icon: NDArray[np.bool_]
    attributes: AttributeLabels
    layers: dict[str, FloatMatrix]


def read_grocery(shared: Path, model: str, cache: Path) -> Grocery:
    """The icons, the photos to learn from and the photos to search with. Reads the pictures through
    the network of ``models/MODEL`` unless ``cache`` holds what it said."""
    rows = [
        (folder / row["path"], row)
        for folder in (shared / "train" / "grocery_store", shared / "data" / "grocery_store")
        for row in _rows(folder)
        if folder.parent.name == "train" or row["role"] in ("gallery", "query")
    ]
    kept = cache / f"grocery-{model}.npz"
    if kept.is_file():
        with np.load(kept) as data:
            layers = {name: data[name] for name in LAYERS}
    else:
        layers = _through_network([path for path, _ in rows], models_dir() / model)
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(kept, **layers)
    if len(layers[EMBEDDING]) != len(rows):
        raise ValueError(f"{kept} is of other pictures; remove it")
    skus = [row["sku"] for _, row in rows]
    names = sorted(set(skus))
    kinds = {row["sku"]: row["coarse"] for _, row in rows if row["role"] == "gallery"}
    columns = [[row["category"] for _, row in rows], [kinds[sku] for sku in skus]]
    return Grocery(
        np.array([names.index(sku) for sku in skus], np.int64),
        np.array([row["role"] == "gallery" for _, row in rows]),
        _attributes(columns),
        layers,
    )


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _attributes(columns: list[list[str]]) -> AttributeLabels:
    names = tuple(tuple(sorted(set(column))) for column in columns)
    values = [
        [known.index(value) for value in column]
        for column, known in zip(columns, names, strict=True)
    ]
    return AttributeLabels(COLUMNS, names, np.array(values, np.int64).T)


class _Layers(nn.Module):
    """Pixels (n, side, side, 3) uint8 to what each of LAYERS says of them, (n, channels).

    Maps are pooled by the root of the mean over all places, as the model pools its last one; that
    one is never negative, earlier ones are, and keep their sign.
    """

    def __init__(self, network: EmbeddingNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        backbone = self.network.backbone
        planes = (pixels.permute(0, 3, 1, 2).float() - self.network.mean) / self.network.std
        features = backbone.bn1(backbone.conv_stem(planes))
        maps = []
        for place, stage in enumerate(backbone.blocks):
            features = stage(features)
            if place in (4, 6):
                maps.append(features)
        maps.append(backbone.bn2(backbone.conv_head(features)))
        means = [found.mean((2, 3)) for found in maps]
        pooled = [mean.abs().sqrt() * mean.sign() for mean in means]
        assert self.network.projection is not None
        return (*pooled, self.network.projection(pooled[-1]))


def _through_network(paths: list[Path], folder: Path) -> dict[str, FloatMatrix]:
    card = read_card(folder)
    layers = _Layers(load_network(card, read_tensors(folder / WEIGHTS_FILE))).eval()
    ov = import_openvino()
    side = card.preprocessing.side
    example = torch.zeros((1, side, side, 3), dtype=torch.uint8)
    with warnings.catch_warnings():
        # OpenVINO traces by means that torch calls deprecated.
        warnings.simplefilter("ignore")
        model = ov.convert_model(
            layers, example_input=example, input=[ov.PartialShape([-1, side, side, 3])]
        )
    options = {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"}
    request = ov.Core().compile_model(model, "CPU", options).create_infer_request()
    reader = PillowImageReader()
    parts: list[list[FloatMatrix]] = [[] for _ in LAYERS]
    for start in range(0, len(paths), BATCH):
        images = [reader.decode(path) for path in paths[start : start + BATCH]]
        request.infer([np.stack([letterboxed(image.rgb, card.preprocessing) for image in images])])
        for place, found in enumerate(parts):
            found.append(request.get_output_tensor(place).data.astype(np.float32))
    return {
        name: unit_rows(np.concatenate(found)) for name, found in zip(LAYERS, parts, strict=True)
    }
