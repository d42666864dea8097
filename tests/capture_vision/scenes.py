"""A camera's frames of a cluttered shelf and something held before it, drawn by numpy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.vision.opencv import cv

WIDTH, HEIGHT = 640, 360
LABEL = (250, 0, 250)
"""Stands for what the masker below knows as an object."""


def shelf(seed: int = 1) -> RgbArray:
    """Boxes of many colours side by side on two boards."""
    rng = np.random.default_rng(seed)
    scene = np.full((HEIGHT, WIDTH, 3), (150, 145, 138), np.uint8)
    for bottom in (170, 340):
        left = 6
        while left < WIDTH - 20:
            width, height = int(rng.integers(24, 60)), int(rng.integers(60, 130))
            colour = rng.integers(30, (220, 220, 140))  # nothing like LABEL
            scene[bottom - height : bottom, left : left + width] = colour
            scene[bottom - height // 2 : bottom - height // 2 + 6, left : left + width] = 230
            left += width + int(rng.integers(2, 14))
        scene[bottom : bottom + 12] = (96, 70, 48)
    return scene


def product(seed: int = 7, width: int = 90, height: int = 150) -> RgbArray:
    """A pack with a printed front; its rim has the colour that the masker knows."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(20, (235, 235, 140), (height // 10 + 1, width // 10 + 1, 3))
    blocks = np.where(blocks.sum(axis=2, keepdims=True) % 2, blocks, (40, 90, 160))
    front = np.kron(blocks, np.ones((10, 10, 1)))[:height, :width].astype(np.uint8)
    front[:6], front[-6:], front[:, :6], front[:, -6:] = LABEL, LABEL, LABEL, LABEL
    return front


def held(
    scene: RgbArray, front: RgbArray, *, x: float, y: float = 100.0, arm: bool = False
) -> RgbArray:
    """The scene with the pack's upper left corner at (x, y), parts of pixels included, and if
    wanted an arm that comes from below."""
    frame = scene.copy()
    if arm:
        left = int(x) + front.shape[1] // 2 - 20
        frame[int(y) + front.shape[0] - 15 :, max(0, left) : left + 46] = (205, 150, 120)
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float64)
    laid = cv.warpAffine(front, matrix, (WIDTH, HEIGHT))
    inside = cv.warpAffine(np.full(front.shape[:2], 255, np.uint8), matrix, (WIDTH, HEIGHT))
    frame[inside > 127] = laid[inside > 127]
    return frame


def with_noise(frame: RgbArray, seed: int, *, light: float = 1.0) -> RgbArray:
    """As a sensor gives it."""
    grain = np.roll(_grain(frame.shape, seed % 4), 17 * seed, axis=1)
    grainy: RgbArray = cv.add(cv.convertScaleAbs(frame, alpha=light), grain, dtype=cv.CV_8U)
    return grainy


@lru_cache(maxsize=8)
def _grain(shape: tuple[int, ...], seed: int) -> NDArray[np.int16]:
    return np.rint(np.random.default_rng(seed).normal(0, 2.5, shape)).astype(np.int16)


class RimMasker:
    """Knows objects by the colour of their rim, and counts how often it is asked."""

    version = "rim"

    def __init__(self) -> None:
        self.asked = 0
        self.sizes: list[tuple[int, ...]] = []

    def mask(self, image: DecodedImage) -> ObjectMask:
        self.asked += 1
        self.sizes.append(image.rgb.shape)
        apart = np.abs(image.rgb.astype(np.int16) - LABEL).max(axis=2)
        rim = (apart < 90).astype(np.uint8)
        outlines, _ = cv.findContours(rim, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
        outlines = [outline for outline in outlines if cv.contourArea(outline) > 40]
        if not outlines:
            return ObjectMask.whole(*image.rgb.shape[:2], clutter=1.0)
        alpha: NDArray[np.uint8] = cv.drawContours(
            np.zeros(rim.shape, np.uint8), outlines, -1, 255, cv.FILLED
        )
        return ObjectMask(alpha, MaskSource.NETWORK, confidence=0.9, clutter=1.0)

    def quick_mask(self, _image: DecodedImage) -> ObjectMask | None:
        return None


class BlindMasker(RimMasker):
    """Never sees anything."""

    def mask(self, image: DecodedImage) -> ObjectMask:
        self.asked += 1
        return ObjectMask.whole(*image.rgb.shape[:2], clutter=1.0)
