"""What masks are measured on: pictures whose object is known, plain and composited."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import INSIDE, ObjectMask
from desktop_app.infra.training.compositing import RgbaArray, hand_held
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.opencv import cv

GREY = 200
COMPOSITE_SIDE, COMPOSITE_STRENGTH, COMPOSITE_SEED = 384, 0.5, 77
UNHIDDEN = 0.97
"""Share of the object that must be seen: composites with more hidden are drawn anew."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownPicture:
    """A picture (h, w, 3) and its object's true mask (h, w), 0 to 255."""

    name: str
    rgb: RgbArray
    truth: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class MaskScore:
    """Of one picture: intersection over union, and the mask."""

    picture: KnownPicture
    mask: ObjectMask
    iou: float


def with_masks(folder: Path) -> list[KnownPicture]:
    """The pictures of ``folder/manifest.csv`` (columns ``path`` and ``mask``)."""
    reader = PillowImageReader()
    found = []
    for row in _rows(folder):
        rgb = reader.decode(folder / row["path"]).rgb
        mask = reader.decode(folder / row["mask"]).rgb[:, :, 0]
        found.append(KnownPicture(row["path"], rgb, np.ascontiguousarray(mask)))
    return found


def with_alpha(folder: Path, *, grey: int = GREY) -> list[KnownPicture]:
    """The transparent pictures of ``folder/manifest.csv`` before an even grey."""
    reader = PillowImageReader()
    found = []
    for row in _rows(folder):
        image = reader.decode(folder / row["path"])
        if image.alpha is None or image.alpha.min() == 255:
            continue
        share = image.alpha[:, :, None].astype(np.float32) / 255
        # rgb lies on white already: the white that shines through becomes grey.
        darker = image.rgb - (255 - grey) * (1 - share)
        rgb = np.clip(np.rint(darker), 0, 255).astype(np.uint8)
        found.append(KnownPicture(row["path"], rgb, image.alpha))
    return found


def composited(
    pictures: Sequence[KnownPicture], backgrounds: Sequence[RgbArray]
) -> Iterator[KnownPicture]:
    """The objects of ``pictures``, unhidden, before ``backgrounds``; the same every time."""
    for number, picture in enumerate(pictures):
        cutout = np.dstack((picture.rgb, picture.truth))
        left, top, width, height = cv.boundingRect((picture.truth > 16).astype(np.uint8))
        cutout = cutout[top : top + height, left : left + width]
        background = backgrounds[number * 37 % len(backgrounds)]
        for attempt in range(20):
            rng = np.random.default_rng((COMPOSITE_SEED, number, attempt))
            made = hand_held(
                cutout, background, rng, side=COMPOSITE_SIDE, strength=COMPOSITE_STRENGTH
            )
            if _seen_share(cutout, made.mask, made.homography) >= UNHIDDEN:
                yield KnownPicture(picture.name, made.rgb, made.mask)
                break


def scores(
    pictures: Sequence[KnownPicture] | Iterator[KnownPicture],
    mask: Callable[[DecodedImage], ObjectMask],
) -> list[MaskScore]:
    """Every picture's, the worst first; the masker never sees a transparency."""
    found = []
    for picture in pictures:
        height, width = picture.rgb.shape[:2]
        made = mask(DecodedImage(picture.rgb, None, width, height))
        found.append(MaskScore(picture, made, iou(made.alpha, picture.truth)))
    return sorted(found, key=lambda score: score.iou)


def iou(alpha: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Intersection over union of what is at least half object; 1 where both are empty."""
    found, wanted = alpha >= INSIDE, truth >= INSIDE
    union = int((found | wanted).sum())
    return float((found & wanted).sum()) / union if union else 1.0


def _seen_share(
    cutout: RgbaArray, mask: NDArray[np.uint8], homography: NDArray[np.float64]
) -> float:
    size = (mask.shape[1], mask.shape[0])
    whole = cv.warpPerspective(np.ascontiguousarray(cutout[:, :, 3]), homography, size)
    return float((mask >= INSIDE).sum()) / max(1, int((whole >= INSIDE).sum()))


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
