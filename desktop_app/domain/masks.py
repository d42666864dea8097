"""Where the object is in a picture, and how far that can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import CropBox, DecodedImage, RgbArray

INSIDE = 128
"""Alpha from which a pixel counts as object."""
MIN_COVERAGE, MAX_COVERAGE = 0.01, 0.97
"""Less is a speck, more is no object but a close-up: neither is worth cutting out."""
MIN_CONFIDENCE = 0.35
"""Less certain masks of crowded photographs are scraps rather than the object: cutting it out
by them does more harm than good."""


class MaskSource(StrEnum):
    """How a mask came about: the file's transparency, an even background, the saliency
    network, a person's hand, or not at all (WHOLE: everything counts as object)."""

    ALPHA = "alpha"
    PLAIN_BACKGROUND = "plain_background"
    NETWORK = "network"
    DRAWN = "drawn"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, eq=False)
class ObjectMask:
    """The object of one picture.

    ``alpha`` (height, width), uint8, 0 background to 255 object, is aligned with the picture's
    ``rgb``. ``confidence`` in [0, 1] says how far to believe it, 0 for WHOLE. ``clutter`` in
    [0, 1] is how busy the background is: 0 even, 1 as full of edges as a shop's shelf.
    """

    alpha: NDArray[np.uint8]
    source: MaskSource
    confidence: float
    clutter: float

    def __post_init__(self) -> None:
        if self.alpha.ndim != 2 or self.alpha.dtype != np.uint8 or not self.alpha.size:
            raise ValueError(f"not a mask: {self.alpha.dtype} {self.alpha.shape}")
        for name, value in (("confidence", self.confidence), ("clutter", self.clutter)):
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is {value}, not in [0, 1]")

    @classmethod
    def whole(cls, height: int, width: int, *, clutter: float = 0.0) -> ObjectMask:
        """Everything is object, for want of better knowledge."""
        alpha = np.full((height, width), 255, np.uint8)
        return cls(alpha, MaskSource.WHOLE, confidence=0.0, clutter=clutter)

    @property
    def coverage(self) -> float:
        """The object's share of the picture, in [0, 1]."""
        return float(np.count_nonzero(self.alpha >= INSIDE)) / self.alpha.size

    @property
    def box(self) -> CropBox:
        """The smallest rectangle around the object; the whole picture where there is none."""
        top, bottom, left, right = _pixel_box(self.alpha)
        height, width = self.alpha.shape
        return CropBox(left / width, top / height, right / width, bottom / height)

    @property
    def is_usable(self) -> bool:
        """Whether the object is worth cutting out: neither a speck nor nearly everything, and
        believed at least by MIN_CONFIDENCE."""
        return self.confidence >= MIN_CONFIDENCE and MIN_COVERAGE <= self.coverage <= MAX_COVERAGE


def object_view(
    rgb: RgbArray, mask: ObjectMask, *, margin: float = 0.06, background: int = 255
) -> RgbArray:
    """The object cut out on an even ``background`` (0-255), in the middle of a square.

    The square's side is the longer side of the object's box and ``margin`` times that on
    either side of it; pixels keep their size. Soft edges are blended. Raises ValueError where
    the mask is not of the picture's size.
    """
    if mask.alpha.shape != rgb.shape[:2]:
        raise ValueError(f"a mask of {mask.alpha.shape} for a picture of {rgb.shape[:2]}")
    top, bottom, left, right = _pixel_box(mask.alpha)
    height, width = bottom - top, right - left
    border = round(margin * max(height, width))
    side = max(height, width) + 2 * border
    # Soft edges reach a little beyond the box; take what lies in the margin along.
    reach_top, reach_left = min(border, top), min(border, left)
    reach_bottom = min(border, rgb.shape[0] - bottom)
    reach_right = min(border, rgb.shape[1] - right)
    rows = slice(top - reach_top, bottom + reach_bottom)
    columns = slice(left - reach_left, right + reach_right)
    weight = mask.alpha[rows, columns, np.newaxis].astype(np.uint16)
    blended = (rgb[rows, columns] * weight + np.uint16(background) * (255 - weight) + 127) // 255
    square = np.full((side, side, 3), background, np.uint8)
    y = (side - height) // 2 - reach_top
    x = (side - width) // 2 - reach_left
    square[y : y + blended.shape[0], x : x + blended.shape[1]] = blended
    return square


class Masker(Protocol):
    """Finds the object of a picture. One instance is used by one thread at a time."""

    @property
    def version(self) -> str:
        """Names the method and the weights: equal versions give equal masks."""
        ...

    def mask(self, image: DecodedImage) -> ObjectMask:
        """By the file's transparency, an even background, or the network, whichever applies
        first; WHOLE where none finds an object. Never raises for a picture."""
        ...

    def quick_mask(self, image: DecodedImage) -> ObjectMask | None:
        """The same without the network, in a few milliseconds; None where neither
        transparency nor an even background tells."""
        ...


def _pixel_box(alpha: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of the object, the whole picture where there is none."""
    inside = alpha >= INSIDE
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not rows.size:
        return 0, alpha.shape[0], 0, alpha.shape[1]
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
