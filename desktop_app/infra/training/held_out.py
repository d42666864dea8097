"""How well held-out things are found, and the curve of it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.infra.training.training_shelves import HeldOut

Embed = Callable[[NDArray[np.uint8]], FloatMatrix]


@dataclass(frozen=True, slots=True)
class Measured:
    """``recall_at_1`` by sort of things, among the gallery of all sorts;
    ``category_precision_at_10`` of garments among garments, by kind of garment: what the network
    knows of kinds of things should not be lost while it learns single things."""

    recall_at_1: Mapping[str, float]
    category_precision_at_10: float

    @property
    def mean_recall(self) -> float:
        return float(np.mean(list(self.recall_at_1.values())))


def measure(embed: Embed, sets: Sequence[HeldOut]) -> Measured:
    """Embed all queries and galleries and look each query up."""
    gallery = np.concatenate([embed(of.gallery) for of in sets])
    offset, recall, precision = 0, {}, float("nan")
    for of in sets:
        places = np.arange(offset, offset + len(of.queries))
        similar = embed(of.queries) @ gallery.T
        recall[of.name] = float((similar.argmax(axis=1) == places).mean())
        if len(of.categories):
            precision = _precision_at(10, gallery[places], of.categories)
        offset += len(of.queries)
    return Measured(recall, precision)


def nearest(vectors: FloatMatrix, *, count: int) -> NDArray[np.int64]:
    """The ``count`` nearest others of each row, nearest first (n, count)."""
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -np.inf)
    count = min(count, len(vectors) - 1)
    found: NDArray[np.int64] = np.argsort(-similar, axis=1)[:, :count].astype(np.int64)
    return found


def append_row(path: Path, said: Mapping[str, str], measured: Measured) -> None:
    """Add a row to a table: what is ``said`` of it, and what was measured. The first row brings
    the heading."""
    row = {
        **said,
        "recall_at_1": f"{measured.mean_recall:.4f}",
        **{f"recall_at_1_{name}": f"{v:.4f}" for name, v in measured.recall_at_1.items()},
        "garment_precision_at_10": f"{measured.category_precision_at_10:.4f}",
    }
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def _precision_at(count: int, vectors: FloatMatrix, categories: NDArray[np.int64]) -> float:
    hits = categories[nearest(vectors, count=count)] == categories[:, None]
    return float(hits.mean())
