"""Families of drawn containers, and a catalogue that holds their outlines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel, ShapeFeatures
from desktop_app.domain.evidence_ports import DescribedPicture
from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.products import ProductFields
from desktop_app.domain.shape_map import ShapeMapStore
from desktop_app.domain.shape_ports import ShapeProposals
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.index.shape_store import CachedShapeIndexStore
from desktop_app.infra.learning.outline_blending import DistanceBlender
from desktop_app.infra.learning.shape_layout import TsneShapeLayout
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.shape.comparer import OutlineComparer
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.services.shapes.mapping import ShapeMapper

Widths = Sequence[tuple[float, float]]
"""Heights from the top down in [0, 1], each with the half width there, the height being 1."""

FAMILIES: tuple[Widths, ...] = (
    ((0.0, 0.06), (0.2, 0.06), (0.21, 0.16), (1.0, 0.16)),  # bottle with a narrow neck
    ((0.0, 0.55), (0.25, 0.55), (0.26, 0.5), (1.0, 0.45)),  # jar with a lid
    ((0.0, 0.12), (1.0, 0.12)),  # stick
    ((0.0, 0.02), (0.3, 0.05), (0.31, 0.2), (0.5, 0.28), (1.0, 0.28)),  # dropper with shoulders
    ((0.0, 0.3), (0.9, 0.06), (1.0, 0.06)),  # tube, standing on its cap
)


def outline_of(widths: Widths, *, stretched: float = 1.0, wider: float = 1.0) -> DrawnOutline:
    """Symmetric; ``stretched`` in height and ``wider`` below the middle."""
    rows = [(y, x * (wider if y > 0.5 else 1.0)) for y, x in widths]
    right = [(x, y * stretched) for y, x in rows]
    left = [(-x, y * stretched) for y, x in reversed(rows)]
    return DrawnOutline(np.array([*right, *left], np.float32))


def shape_of(family: int, rng: np.random.Generator) -> ShapeFeatures:
    """One of a family, a little different every time."""
    outline = outline_of(
        FAMILIES[family],
        stretched=float(rng.uniform(0.92, 1.08)),
        wider=float(rng.uniform(0.92, 1.08)),
    )
    return OutlineComparer().of_outline(outline)


def shapes(count: int, *, seed: int = 0) -> tuple[list[ShapeFeatures], NDArray[np.int64]]:
    """So many of all families in turn, and their families."""
    rng = np.random.default_rng(seed)
    families = np.arange(count) % len(FAMILIES)
    return [shape_of(int(family), rng) for family in families], families


def vectors_of(of: Sequence[ShapeFeatures]) -> FloatMatrix:
    return np.stack([shape.descriptor for shape in of])


def ring(side: int = 9) -> list[ShapeFeatures]:
    """Bottles whose neck and whose body grow wider in steps, but for those of middling width in
    both: a range with a hole."""
    steps = np.linspace(0, 1, side)
    found = []
    for neck in steps.tolist():
        for body in steps.tolist():
            if max(abs(neck - 0.5), abs(body - 0.5)) < 0.3:
                continue
            shoulder = 0.1 + 0.45 * neck
            widths = (
                (0.0, 0.03 + 0.12 * neck),
                (shoulder, 0.03 + 0.12 * neck),
                (shoulder + 0.05, 0.2),
                (0.75, 0.2),
                (1.0, 0.05 + 0.35 * body),
            )
            found.append(OutlineComparer().of_outline(outline_of(widths)))
    return found


class Range:
    """A catalogue with one picture a product, whose outlines are stored as if described."""

    def __init__(self, catalogue: SqliteCatalogue, store: ShapeMapStore, folder: Path) -> None:
        self.catalogue = catalogue
        self.store = store
        self._folder = folder
        self._index = CachedShapeIndexStore(folder / "index", SilhouetteShapeChannel())
        self._count = 0

    def add(self, of: Sequence[ShapeFeatures]) -> list[int]:
        """The content ids."""
        from tests.enriching.fakes import read_quickly
        from tests.indexing.fakes import write_picture

        before = set(self.catalogue.pictures.content_map().content_ids.tolist())
        for _ in of:
            self._count += 1
            path = write_picture(self._folder / f"{self._count}.png", self._count)
            self.catalogue.products.add(
                ProductFields(f"P{self._count:04}", category=f"c{self._count % 3}"), [(path, "")]
            )
        read_quickly(self.catalogue)
        now = set(self.catalogue.pictures.content_map().content_ids.tolist())
        ids = sorted(now - before)
        channel = SilhouetteShapeChannel()
        self.catalogue.evidence.record(
            "drawn",
            [
                DescribedPicture(content_id, {Channel.SHAPE: channel.pack(shape)})
                for content_id, shape in zip(ids, of, strict=True)
            ],
        )
        return ids

    @property
    def proposals(self) -> ShapeProposals:
        return self._index.open(self.catalogue.evidence)

    def mapper(self, *, version: str = "drawn-1") -> ShapeMapper:
        return ShapeMapper(
            self.catalogue,
            TsneShapeLayout(),
            self.store,
            comparer=OutlineComparer(),
            blender=DistanceBlender(),
            channel=SilhouetteShapeChannel(),
            proposals=lambda: self.proposals,
            vectors_version=version,
        )
