"""Small drawn pictures with their masks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask

Colour = tuple[int, int, int]

BOTTLE = [(0.42, 0.0), (0.58, 0.0), (0.58, 0.3), (0.8, 0.4), (0.8, 1.0), (0.2, 1.0), (0.2, 0.4)]
BOTTLE += [(0.42, 0.3)]
JUG = [(0.2, 0.1), (0.7, 0.1), (0.7, 0.3), (1.0, 0.4), (1.0, 0.6), (0.7, 0.7), (0.75, 1.0)]
JUG += [(0.1, 1.0)]
CARTON = [(0.15, 0.0), (0.85, 0.0), (0.85, 1.0), (0.15, 1.0)]


def decoded(rgb: RgbArray) -> DecodedImage:
    height, width = rgb.shape[:2]
    return DecodedImage(np.ascontiguousarray(rgb), None, width, height)


def whole(rgb: RgbArray) -> SegmentedPicture:
    return SegmentedPicture(decoded(rgb), ObjectMask.whole(*rgb.shape[:2]))


def masked(rgb: RgbArray, alpha: np.ndarray, confidence: float = 0.9) -> SegmentedPicture:
    mask = ObjectMask(
        np.ascontiguousarray(alpha), MaskSource.DRAWN, confidence=confidence, clutter=0.0
    )
    return SegmentedPicture(decoded(rgb), mask)


def object_picture(
    outline: list[tuple[float, float]] = BOTTLE,
    *,
    colour: Colour = (180, 30, 40),
    cap: Colour | None = None,
    at: tuple[float, float] = (60, 40),
    scale: float = 160,
    size: tuple[int, int] = (256, 256),
    background: Colour = (255, 255, 255),
    confidence: float = 0.9,
) -> SegmentedPicture:
    """An object of one colour, its upper fifth that of ``cap``, before a background."""
    mask = Image.new("L", size, 0)
    points = [(at[0] + x * scale, at[1] + y * scale) for x, y in outline]
    ImageDraw.Draw(mask).polygon(points, fill=255)
    paint = Image.new("RGB", size, colour)
    if cap is not None:
        ImageDraw.Draw(paint).rectangle((0, 0, size[0], at[1] + scale / 5), fill=cap)
    picture = Image.new("RGB", size, background)
    picture.paste(paint, mask=mask)
    return masked(np.array(picture), np.array(mask), confidence)


def changed(picture: SegmentedPicture, *, mirrored: bool, turns: int) -> SegmentedPicture:
    """Mirrored left to right first, then turned clockwise."""

    def change(pixels: np.ndarray) -> np.ndarray:
        return np.rot90(pixels[:, ::-1] if mirrored else pixels, -turns)

    mask = picture.mask
    return masked(change(picture.image.rgb), change(mask.alpha), mask.confidence)


ODD_PICTURES: dict[str, SegmentedPicture] = {
    "one pixel": whole(np.full((1, 1, 3), 7, np.uint8)),
    "one row": whole(np.zeros((1, 300, 3), np.uint8)),
    "all white": whole(np.full((64, 48, 3), 255, np.uint8)),
    "a full mask": masked(np.full((40, 30, 3), 90, np.uint8), np.full((40, 30), 255, np.uint8)),
    "an empty mask": masked(np.full((40, 30, 3), 90, np.uint8), np.zeros((40, 30), np.uint8)),
    "a speck": masked(np.zeros((9, 9, 3), np.uint8), np.eye(9, dtype=np.uint8) * 255),
    "noise": masked(
        np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8),
        np.random.default_rng(1).integers(0, 256, (200, 200), np.uint8),
    ),
    "a hair": masked(
        np.zeros((200, 200, 3), np.uint8),
        np.pad(np.full((180, 3), 255, np.uint8), ((10, 10), (98, 99))),
    ),
}
