"""What networks that find objects are taught with: backgrounds, cut-outs, printed packs.

One background and object in twelve is held out, told by its file's name.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.images import PICTURE_SUFFIXES, RgbArray
from desktop_app.infra.training.compositing import RgbaArray
from desktop_app.infra.training.printed_packs import printed_pack
from desktop_app.infra.vision.decode import PillowImageReader

HELD_OUT = 12
BACKGROUND_SIDE, CUTOUT_SIDE, MAX_CUTOUTS = 256, 224, 1500
PACK_WEIGHT = 0.45
Group = tuple[float, list[RgbaArray]]
"""How often objects of a kind are used, and those of the kind."""


def read_pictures(
    folders: Sequence[Path], *, side: int, wanted: Callable[[str], bool] = lambda _: True
) -> dict[str, RgbArray]:
    """Every picture below the folders by its file's stem, at most ``side`` pixels a side, of
    those whose stem is ``wanted``."""
    reader = PillowImageReader()
    return {
        path.stem: reader.decode(path, max_side=side).rgb
        for path in _pictures(folders)
        if wanted(path.stem)
    }


def read_cutouts(
    folder: Path, *, side: int = CUTOUT_SIDE, limit: int = MAX_CUTOUTS
) -> dict[str, RgbaArray]:
    """Every picture with transparency below ``folder``, cropped to what is seen of it, by its
    file's stem. At most ``limit``, evenly picked."""
    found = {}
    paths = _pictures([folder])
    for path in paths[:: max(1, -(-len(paths) // limit))]:
        with Image.open(path) as picture:
            rgba = picture.convert("RGBA")
        box = rgba.getchannel("A").point(lambda level: 255 * (level > 16)).getbbox()
        if box is not None and rgba.getchannel("A").getextrema() != (255, 255):
            cropped = rgba.crop(box)
            cropped.thumbnail((side, side), Image.Resampling.LANCZOS)
            found[path.stem] = np.asarray(cropped, np.uint8)
    return found


def packs_of(
    photos: list[RgbArray], unseen_photos: list[RgbArray], *, count: int
) -> tuple[list[Group], list[Group]]:
    """Printed packs to train on, and one twelfth of them, with other pictures on them, held out."""
    held_out = count // HELD_OUT
    train = [printed_pack(np.random.default_rng((31, k)), photos) for k in range(count - held_out)]
    unseen = [printed_pack(np.random.default_rng((32, k)), unseen_photos) for k in range(held_out)]
    return [(PACK_WEIGHT, train)], [(PACK_WEIGHT, unseen)]


def split(items: Mapping[str, NDArray[np.uint8]]) -> tuple[list[NDArray[np.uint8]], ...]:
    """To train on, and held out: one thing in twelve, by its name up to a dash or underline,
    which views and variants of a thing share."""
    train: list[NDArray[np.uint8]] = []
    unseen: list[NDArray[np.uint8]] = []
    for name, item in items.items():
        (unseen if is_held_out(name) else train).append(item)
    return train, unseen


def is_held_out(name: str) -> bool:
    """Whether what a file's stem names is kept from training."""
    # Shop photos are named train-<sort>-<number>: each is a thing of its own.
    thing = name if name.startswith("train-") else re.split("[-_]", name)[0]
    return zlib.crc32(thing.encode()) % HELD_OUT == 0


def _pictures(folders: Sequence[Path]) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
    )
