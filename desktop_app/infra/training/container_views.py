"""Grey views of rendered containers, as varied as pictures of containers are.

A cut-out is set before paper, as a shop shows it, or into a photo, as a hand holds it: turned,
in perspective, partly hidden, in other light, blurred, compressed. Then it is cut out again by a
mask with faults and shown in grey, as :mod:`desktop_app.infra.vision.containers.grey_view` does.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.training.compositing import RgbaArray, hand_held, studio
from desktop_app.infra.training.product_views import cut_again
from desktop_app.infra.vision.containers.grey_view import GREY_SIDE, grey_view
from desktop_app.infra.vision.opencv import cv2

LIST_FILE = "cutouts.csv"
LIST_HEADER = ("file", "product", "category", "design")
COMPOSED = 288
STUDIO_SHARE, HELD_FILL = 0.45, (0.5, 0.95)
_BORDER = 8


@dataclass(frozen=True, slots=True)
class ListedCutout:
    """A cut-out and what it is of: a product of a design, in words that tell them apart.
    ``views`` of it are to be made, an even number."""

    path: Path
    product: str
    container: ContainerClass
    design: str
    views: int


def read_list(folder: Path, views: int) -> list[ListedCutout]:
    """The cut-outs that ``cutouts.csv`` in ``folder`` names and that are there. Raises OSError
    without a list, ValueError for a class that there is not."""
    with (folder / LIST_FILE).open(encoding="utf-8", newline="") as file:
        listed = [
            ListedCutout(
                folder / row["file"],
                f"{folder.name}/{row['product']}",
                ContainerClass(row["category"]),
                f"{row['category']}/{row['design']}",
                views,
            )
            for row in csv.DictReader(file)
        ]
    return [cutout for cutout in listed if cutout.path.is_file()]


def read_cutout(path: Path) -> RgbaArray | None:
    """Cropped to what is seen; None where it cannot be read."""
    decoded = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.ndim != 3 or decoded.shape[2] != 4:
        return None
    rgba = cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGBA).astype(np.uint8, copy=False)
    left, top, width, height = cv2.boundingRect((rgba[:, :, 3] > 8).astype(np.uint8))
    if min(width, height) < 8:
        return None
    cropped: RgbaArray = rgba[top : top + height, left : left + width]
    return cropped


def grey_views(
    cutout: RgbaArray,
    clutter: Sequence[RgbArray],
    rng: np.random.Generator,
    *,
    count: int,
    side: int,
) -> Iterator[RgbArray]:
    """``count`` views of ``side`` pixels: first the cut-out itself, then it as a shop or a phone
    sees it; some are mirrored."""
    yield grey_view(*_on_transparent(cutout), side=side)
    for _ in range(count - 1):
        if rng.random() < STUDIO_SHARE:
            made = studio(cutout, rng, side=COMPOSED)
            mask = ObjectMask(made.mask, MaskSource.PLAIN_BACKGROUND, confidence=1.0, clutter=0.0)
            view = grey_view(made.rgb, mask, side=side)
        else:
            background = clutter[int(rng.integers(len(clutter)))]
            strength = float(rng.uniform(0.2, 1.0))
            held = hand_held(
                cutout, background, rng, side=COMPOSED, strength=strength, fill=HELD_FILL
            )
            cut = cut_again(held.rgb, held.mask, rng, side=GREY_SIDE)
            view = grey_view(cut, ObjectMask.whole(*cut.shape[:2]), side=side, margin=0.0)
        yield np.ascontiguousarray(view[:, ::-1]) if rng.random() < 0.5 else view


def _on_transparent(cutout: RgbaArray) -> tuple[RgbArray, ObjectMask]:
    edges = ((_BORDER, _BORDER), (_BORDER, _BORDER), (0, 0))
    framed = np.pad(cutout, edges)
    alpha = np.ascontiguousarray(framed[:, :, 3])
    rgb = np.ascontiguousarray(framed[:, :, :3])
    return rgb, ObjectMask(alpha, MaskSource.ALPHA, confidence=1.0, clutter=0.0)
