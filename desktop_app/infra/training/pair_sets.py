"""Pictures with known answers, for learning when two show one product.

Each model is shown once; its picture is handed on as copies, and as versions in another colour
or with a small change, which are handed on in turn. Some models are also seen from other sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import RgbaArray, studio
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.infra.training.shop_copies import (
    Where,
    content_of,
    edited,
    recoloured,
    shop_copy,
    without_contrast,
)

STUDIO_SIDES = (256, 512)
PRINTS = 3
COPIES = 2
_LEAST_VERSION_SIDE = 120
"""Smaller copies of versions no longer show what is different."""


class Relation(StrEnum):
    """What two pictures have to do with each other. COPY: one picture. VIEW: one product,
    photographed twice. VARIANT: versions of one model. OTHER: nothing."""

    COPY = "copy"
    VIEW = "view"
    VARIANT = "variant"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class KnownPicture:
    """A picture of a ``product``, which is a version of a ``model``, taken as ``view``.
    ``source`` names the kind of material."""

    rgb: RgbArray
    model: str
    product: str
    view: int
    source: str

    def relation(self, other: KnownPicture) -> Relation:
        """What is known of the two."""
        if self.model != other.model:
            return Relation.OTHER
        if self.product != other.product:
            return Relation.VARIANT
        return Relation.COPY if self.view == other.view else Relation.VIEW


@dataclass(frozen=True, slots=True, eq=False)
class PairMaterial:
    """What pictures are made from. ``containers`` holds cut-outs of each product from several
    sides, ``shelf`` pictures of each product of a finished range, ``photos`` whole photos."""

    packs: PackMaker
    containers: Sequence[Sequence[RgbaArray]]
    shelf: Sequence[Sequence[RgbArray]]
    photos: Sequence[RgbArray]


def known_pictures(material: PairMaterial, *, per_source: int, seed: int) -> Iterator[KnownPicture]:
    """About ``per_source`` models of each kind with their copies and versions. Deterministic."""
    for number, (source, shown) in enumerate(
        {
            "pack": _packs(material, per_source, np.random.default_rng([seed, 1])),
            "container": _containers(material, per_source, np.random.default_rng([seed, 2])),
            "shelf": _shelf(material, per_source, np.random.default_rng([seed, 3])),
            "photo": _photos(material, per_source, np.random.default_rng([seed, 4])),
            "plain": _plain_goods(material, per_source, np.random.default_rng([seed, 5])),
        }.items()
    ):
        rng = np.random.default_rng([seed, 10 + number])
        for model, product, view, rgb, where in shown:
            name = f"{source}-{model}"
            yield KnownPicture(rgb, name, f"{name}-{product}", view, source)
            if view:
                continue
            for _ in range(COPIES):
                copy = shop_copy(rgb, rng)
                yield KnownPicture(copy, name, f"{name}-{product}", 0, source)
            for version in _versions(rgb, where, rng, material.packs.fonts):
                own = f"{name}-{product}-{rng.integers(1 << 40)}"
                yield KnownPicture(version, name, own, 0, source)
                if rng.random() < 0.5:
                    copy = shop_copy(version, rng, least_side=_LEAST_VERSION_SIDE)
                    yield KnownPicture(copy, name, own, 0, source)


_Shown = Iterator[tuple[str, str, int, RgbArray, Where]]


def _versions(
    rgb: RgbArray, where: Where, rng: np.random.Generator, fonts: Sequence[Path]
) -> Iterator[RgbArray]:
    if np.count_nonzero(where > 127) < 200:
        return
    if rng.random() < 0.75:
        yield recoloured(rgb, where, rng)
    if rng.random() < 0.75:
        yield edited(rgb, where, rng, fonts)


def _shown(cutout: RgbaArray, rng: np.random.Generator) -> tuple[RgbArray, Where]:
    taken = studio(cutout, rng, side=int(rng.integers(*STUDIO_SIDES)))
    return taken.rgb, taken.mask


def _packs(material: PairMaterial, count: int, rng: np.random.Generator) -> _Shown:
    first = int(rng.integers(1 << 30))
    for number in range(count):
        layout = first + number // PRINTS
        pack = material.packs.pack(layout=layout, print_seed=first + number)
        # One view of the form for all prints of a layout: what shops do with a template.
        same = np.random.default_rng([first, layout])
        rgb, where = _shown(material.packs.shown(pack, same), same)
        yield str(layout), str(number), 0, rgb, where


def _containers(material: PairMaterial, count: int, rng: np.random.Generator) -> _Shown:
    for number in rng.permutation(len(material.containers))[:count].tolist():
        for view, cutout in enumerate(material.containers[number][:2]):
            rgb, where = _shown(cutout, rng)
            yield str(number), "", view, rgb, where


def _shelf(material: PairMaterial, count: int, rng: np.random.Generator) -> _Shown:
    for number in rng.permutation(len(material.shelf))[:count].tolist():
        for view, rgb in enumerate(material.shelf[number][:2]):
            yield str(number), "", view, rgb, content_of(rgb)


def _photos(material: PairMaterial, count: int, rng: np.random.Generator) -> _Shown:
    for number in rng.permutation(len(material.photos))[:count].tolist():
        rgb = material.photos[number]
        yield str(number), "", 0, rgb, np.full(rgb.shape[:2], 255, np.uint8)


def _plain_goods(material: PairMaterial, count: int, rng: np.random.Generator) -> _Shown:
    """White on white and black: the goods that are most alike when small."""
    share = -(-count // 3)
    for shown in (
        _packs(material, share, rng),
        _containers(material, share, rng),
        _shelf(material, share, rng),
    ):
        for model, product, view, rgb, where in shown:
            if not view:
                plain = without_contrast(rgb, where, rng)
                yield f"{where.size}-{model}", product, view, plain, where
