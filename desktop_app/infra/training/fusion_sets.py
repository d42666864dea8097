"""Sets of pictures with known answers, for learning how to weigh the channels.

Each set is a folder with a ``manifest.csv`` in the form of ``twinshelf evaluate``. Together they
stand for what people ask: a print in a hand or from another side, a container or a thing before
clutter, one photo of a carton by another, part of a photo, and a copy by a shop's software.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import RgbaArray, compressed, hand_held, studio
from desktop_app.infra.training.cutouts import Photo
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.infra.training.product_views import taken_again
from desktop_app.infra.vision.opencv import cv2

GALLERY_SIDES = (256, 448)
QUERY_SIDES = (320, 512)
FAMILY = 3
"""Packs of one layout with different print: what is most easily taken for another."""

Row = tuple[RgbArray, str, str]
"""Picture, sku, role."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What sets are made from. ``containers`` holds each product's cut-outs from several sides,
    ``things`` single cut-outs, ``photos`` (of which those in ``cartons`` are grouped by sku)
    are both objects and clutter."""

    packs: PackMaker
    containers: Sequence[Sequence[RgbaArray]]
    things: Sequence[RgbaArray]
    photos: Sequence[Photo]
    cartons: Sequence[Sequence[RgbArray]]


class SetMaker:
    """Makes sets of ``gallery`` pictures and ``queries`` each. Deterministic by ``seed``."""

    def __init__(self, material: Material, *, gallery: int, queries: int, seed: int = 0) -> None:
        self._material = material
        self._gallery = gallery
        self._queries = queries
        self._seed = seed

    @property
    def sets(self) -> dict[str, Callable[[np.random.Generator], Iterator[Row]]]:
        """By name; each yields its rows."""
        return {
            "packs_in_hand": self._packs_in_hand,
            "packs_other_view": self._packs_other_view,
            "containers_in_hand": self._containers_in_hand,
            "things_in_hand": self._things_in_hand,
            "carton_photos": self._carton_photos,
            "photo_parts": self._photo_parts,
            "copies": self._copies,
        }

    def write(self, folder: Path) -> dict[str, Path]:
        """Write every set below ``folder``; returns the manifests by name."""
        manifests = {}
        for number, (name, rows) in enumerate(self.sets.items()):
            own = folder / name
            own.mkdir(parents=True, exist_ok=True)
            rng = np.random.default_rng([self._seed, number])
            with (own / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["path", "sku", "role"])
                for place, (rgb, sku, role) in enumerate(rows(rng)):
                    path = f"{place:05}.png"
                    Image.fromarray(rgb).save(own / path, compress_level=1)
                    writer.writerow([path, sku, role])
            manifests[name] = own / "manifest.csv"
        return manifests

    def _clutter(self, rng: np.random.Generator) -> RgbArray:
        photos = self._material.photos
        return photos[int(rng.integers(len(photos)))].rgb

    def _held(self, cutout: RgbaArray, rng: np.random.Generator) -> RgbArray:
        side = int(rng.integers(*QUERY_SIDES))
        strength = float(rng.uniform(0.5, 1.25))
        large = _enlarged(cutout, side)
        return hand_held(large, self._clutter(rng), rng, side=side, strength=strength).rgb

    def _shown(self, cutout: RgbaArray, rng: np.random.Generator) -> RgbArray:
        side = int(rng.integers(*GALLERY_SIDES))
        return studio(_enlarged(cutout, side), rng, side=side).rgb

    def _pack_looks(self, rng: np.random.Generator) -> Iterator[tuple[str, RgbaArray, RgbaArray]]:
        """Sku and two looks of each pack; packs of a family follow one another."""
        maker = self._material.packs
        first = int(rng.integers(1 << 30))
        for number in range(self._gallery):
            pack = maker.pack(layout=first + number // FAMILY, print_seed=first + number)
            yield f"pack-{number}", maker.shown(pack, rng), maker.shown(pack, rng)

    def _packs_in_hand(self, rng: np.random.Generator) -> Iterator[Row]:
        for number, (sku, look, other) in enumerate(self._pack_looks(rng)):
            yield self._shown(look, rng), sku, "gallery"
            if number < self._queries:
                yield self._held(other, rng), sku, "query"

    def _packs_other_view(self, rng: np.random.Generator) -> Iterator[Row]:
        for number, (sku, look, other) in enumerate(self._pack_looks(rng)):
            yield self._shown(look, rng), sku, "gallery"
            if number < self._queries:
                yield self._shown(other, rng), sku, "query"

    def _containers(self, rng: np.random.Generator) -> list[Sequence[RgbaArray]]:
        chosen = rng.permutation(len(self._material.containers))[: self._gallery]
        return [self._material.containers[int(place)] for place in chosen]

    def _containers_in_hand(self, rng: np.random.Generator) -> Iterator[Row]:
        for number, views in enumerate(self._containers(rng)):
            yield self._shown(views[0], rng), f"container-{number}", "gallery"
            if number < self._queries:
                view = views[int(rng.integers(len(views)))]
                yield self._held(view, rng), f"container-{number}", "query"

    def _things_in_hand(self, rng: np.random.Generator) -> Iterator[Row]:
        chosen = rng.permutation(len(self._material.things))[: self._gallery]
        for number, place in enumerate(chosen.tolist()):
            thing = self._material.things[place]
            yield self._shown(thing, rng), f"thing-{number}", "gallery"
            if number < self._queries:
                yield self._held(thing, rng), f"thing-{number}", "query"

    def _carton_photos(self, rng: np.random.Generator) -> Iterator[Row]:
        for number, photos in enumerate(self._material.cartons):
            order = rng.permutation(len(photos)).tolist()
            for place, photo in enumerate(order[: 2 + max(1, self._queries // 10)]):
                yield photos[photo], f"carton-{number}", "gallery" if place < 2 else "query"

    def _photo_parts(self, rng: np.random.Generator) -> Iterator[Row]:
        chosen = rng.permutation(len(self._material.photos))[: self._gallery]
        for number, place in enumerate(chosen.tolist()):
            photo = self._material.photos[place].rgb
            yield photo, f"photo-{number}", "gallery"
            if number < self._queries:
                side = int(rng.integers(*QUERY_SIDES))
                large = _resized(photo, side)
                yield (
                    taken_again(large, [self._clutter(rng)], rng, side=side),
                    f"photo-{number}",
                    "query",
                )

    def _copies(self, rng: np.random.Generator) -> Iterator[Row]:
        things, containers = self._material.things, self._material.containers
        for number, (sku, look, _) in enumerate(self._pack_looks(rng)):
            looks = (look, things[number % len(things)], containers[number % len(containers)][0])
            shown = self._shown(looks[number % len(looks)], rng)
            yield shown, sku, "gallery"
            if number < self._queries:
                yield copied(shown, rng), sku, "query"


def copied(rgb: RgbArray, rng: np.random.Generator) -> RgbArray:
    """What software makes of a picture: another size, stronger compression, a narrow crop,
    now and then mirrored or turned."""
    height, width = rgb.shape[:2]
    cut = rng.uniform(0, 0.06, 4)
    rows = slice(int(cut[0] * height), height - int(cut[1] * height))
    columns = slice(int(cut[2] * width), width - int(cut[3] * width))
    part: NDArray[np.uint8] = rgb[rows, columns] if rng.random() < 0.4 else rgb
    if rng.random() < 0.3:
        part = part[:, ::-1]
    if rng.random() < 0.2:
        part = np.rot90(part, int(rng.integers(1, 4)))
    part = _resized(np.ascontiguousarray(part), int(rng.integers(80, 480)))
    return compressed(part, quality=int(rng.integers(30, 92)))


def _enlarged(cutout: RgbaArray, side: int) -> RgbaArray:
    """Cut-outs are small: enlarged ahead of warping they keep smooth edges."""
    return _resized(cutout, side) if max(cutout.shape[:2]) < side else cutout


def _resized(picture: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    scale = longest / max(picture.shape[:2])
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)
