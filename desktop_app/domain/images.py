"""Pictures in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RgbArray = NDArray[np.uint8]
"""Shape (height, width, 3), sRGB, EXIF orientation applied, C-contiguous."""

FloatMatrix = NDArray[np.float32]
"""Shape (n, dimension), rows of unit L2 norm unless said otherwise."""

IdArray = NDArray[np.int64]

PICTURE_SUFFIXES: frozenset[str] = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"}
    | {".avif", ".heic", ".heif"}
)
"""Endings of the picture files that can be read, in lower case."""


READING_SIDE = 512
"""The longest side, in pixels, at which pictures of the catalogue and queries are looked at."""

_COLOUR_SAMPLES = 32


def mean_colour(rgb: RgbArray) -> int:
    """The mean as 0xRRGGBB, taken over a grid of about 32 by 32 pixels."""
    step_y, step_x = (max(1, side // _COLOUR_SAMPLES) for side in rgb.shape[:2])
    red, green, blue = (round(float(c)) for c in rgb[::step_y, ::step_x].mean(axis=(0, 1)))
    return red << 16 | green << 8 | blue


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A picture ready to be looked at.

    ``rgb`` is composited on white where the file had transparency; ``alpha`` (height, width),
    uint8, is that transparency or None. Both may be smaller than the file: ``original_width``
    and ``original_height`` are the file's pixels after EXIF orientation.
    """

    rgb: RgbArray
    alpha: NDArray[np.uint8] | None
    original_width: int
    original_height: int


@dataclass(frozen=True, slots=True)
class CropBox:
    """A rectangle in fractions of width and height, 0 <= left < right <= 1, likewise vertical."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError(f"not a crop box: {self}")

    @property
    def is_whole(self) -> bool:
        return self == CropBox()
