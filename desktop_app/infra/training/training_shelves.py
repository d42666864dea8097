"""What the look network learns from, and what is held out to measure it by.

Held-out things are never trained on: garments drawn by a fixed seed, every sixth rendered product
and cut-out, and packs of layouts and prints of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import RgbaArray, studio
from desktop_app.infra.training.cutouts import Photo, read_cutouts, read_photos
from desktop_app.infra.training.lettering import font_files
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.infra.training.product_views import Shelf, Thing, on_paper, sought, taken_again

PACKAGES = "Packages"
"""The category of photos whose ``sku`` names one article; in others it names a kind."""
HELD_OUT_GARMENTS = 300
_EVERY = 6
_MOST_HELD_OUT = 100
_HELD_OUT_LAYOUTS = 60
_PRINTS = 3
_SHARES = {"garments": 0.24, "groceries": 0.18, "packs": 0.34, "rendered": 0.14, "cutouts": 0.10}


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Views of one sort of things. ``queries`` and ``gallery`` (n, side, side, 3) show the same
    thing at the same place; ``categories`` (n,) are numbers, empty where there are none."""

    name: str
    queries: NDArray[np.uint8]
    gallery: NDArray[np.uint8]
    categories: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """All there is to learn from: shelves, and photos that serve as clutter."""

    shelves: tuple[Shelf, ...]
    clutter: tuple[RgbArray, ...]
    held_out: tuple[HeldOut, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where material lies. ``photos`` are manifests; the folders may be absent."""

    photos: tuple[Path, ...]
    rendered: Path | None
    cutouts: Path | None
    fonts: Path | None


def gather(sources: Sources, *, seed: int, layouts: int, side: int) -> Material:
    """Read and generate everything. ``seed`` picks the packs to train on (``layouts`` layouts of
    three prints each), not what is held out; held-out views have ``side`` pixels."""
    photos = [photo for manifest in sources.photos for photo in read_photos(manifest)]
    shop = [photo for photo in photos if "grocery" in photo.source.lower()]
    garments = [photo for photo in photos if "grocery" not in photo.source.lower()]
    order = np.random.default_rng(20).permutation(len(garments))
    kept_back = [garments[int(k)] for k in order[:HELD_OUT_GARMENTS]]
    garments = [garments[int(k)] for k in order[HELD_OUT_GARMENTS:]]
    clutter = tuple(photo.rgb for photo in (*garments, *shop))
    own = [photo.rgb for photo in kept_back]
    fonts = font_files([sources.fonts] if sources.fonts else [])
    rendered, unseen_rendered = _parted(_by_product(sources.rendered))
    cutouts, unseen_cutouts = _parted(_single(sources.cutouts))
    maker = PackMaker(clutter, fonts)
    shelves = {
        "garments": [Thing(photos=(photo.rgb,)) for photo in garments],
        "groceries": _shop_things(shop),
        "packs": list(_packs(maker, 1_000_000 + 10_000 * seed, layouts)),
        "rendered": rendered,
        "cutouts": cutouts,
    }
    unseen = {
        "garments": [Thing(photos=(photo.rgb,)) for photo in kept_back],
        "packs": list(_packs(PackMaker(own, fonts), 0, _HELD_OUT_LAYOUTS)),
        "rendered": unseen_rendered,
        "cutouts": unseen_cutouts,
    }
    named = sorted({photo.category for photo in kept_back})
    categories = np.array([named.index(photo.category) for photo in kept_back], np.int64)
    return Material(
        tuple(Shelf(name, things, _SHARES[name]) for name, things in shelves.items()),
        clutter,
        tuple(
            _views(name, things, own, categories if name == "garments" else None, side=side)
            for name, things in unseen.items()
            if things
        ),
    )


def _views(
    name: str,
    things: Sequence[Thing],
    clutter: Sequence[RgbArray],
    categories: NDArray[np.int64] | None,
    *,
    side: int,
) -> HeldOut:
    rng = np.random.default_rng(21)
    queries, gallery = [], []
    for thing in things:
        if thing.looks:
            gallery.append(studio(thing.looks[0], rng, side=side).rgb)
            queries.append(sought(thing.looks[-1], clutter, rng, side=side))
        else:
            gallery.append(on_paper(thing.photos[0], side=side))
            queries.append(taken_again(thing.photos[0], clutter, rng, side=side))
    none = np.empty(0, np.int64)
    return HeldOut(
        name, np.stack(queries), np.stack(gallery), none if categories is None else categories
    )


def _shop_things(photos: Iterable[Photo]) -> list[Thing]:
    """Articles with all their photos, and single photos of kinds of fruit and vegetables."""
    things: list[Thing] = []
    ordered = sorted(photos, key=lambda photo: photo.sku)
    for family, (_, group) in enumerate(groupby(ordered, key=lambda photo: photo.sku)):
        of_sku = list(group)
        if of_sku[0].category == PACKAGES:
            # Several entries, so that an article is drawn about as often as it was photographed.
            article = Thing(photos=tuple(photo.rgb for photo in of_sku))
            things += [article] * max(1, len(of_sku) // 4)
        else:
            things += [Thing(photos=(photo.rgb,), family=family, is_kind=True) for photo in of_sku]
    return things


def _packs(maker: PackMaker, first: int, layouts: int) -> Iterable[Thing]:
    for layout in range(first, first + layouts):
        for copy in range(_PRINTS):
            pack = maker.pack(layout=layout, print_seed=layout * _PRINTS + copy)
            rng = np.random.default_rng([5, layout, copy])
            looks = [maker.shown(pack, rng, spread=spread) for spread in (0.2, 1.0, 1.0)]
            yield Thing(looks=tuple(looks), family=layout - first)


def _by_product(folder: Path | None) -> list[Thing]:
    """Rendered products, ``<product>_<view>``; a category of containers is a family."""
    if folder is None:
        return []
    looks: dict[int, list[RgbaArray]] = {}
    for name, cutout in read_cutouts(folder):
        looks.setdefault(int(name.partition("_")[0]), []).append(cutout)
    return [Thing(looks=tuple(of), family=number % 15) for number, of in sorted(looks.items())]


def _single(folder: Path | None) -> list[Thing]:
    return [] if folder is None else [Thing(looks=(cut,)) for _, cut in read_cutouts(folder)]


def _parted(things: Sequence[Thing]) -> tuple[list[Thing], list[Thing]]:
    """To train on, and held out; the latter are drawn evenly from all families."""
    held = {k for k in range(len(things)) if k % _EVERY == _EVERY - 1}
    kept = [thing for k, thing in enumerate(things) if k not in held]
    return kept, [things[k] for k in sorted(held)][:_MOST_HELD_OUT]
