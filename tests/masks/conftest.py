"""Small generated pictures of one object, and a network that answers what a test wants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.infra.vision.opencv import cv

Scene = tuple[RgbArray, NDArray[np.bool_]]


def decoded(rgb: RgbArray, alpha: NDArray[np.uint8] | None = None) -> DecodedImage:
    return DecodedImage(rgb, alpha, rgb.shape[1], rgb.shape[0])


def overlap(alpha: NDArray[np.uint8], truth: NDArray[np.bool_]) -> float:
    found = alpha >= 128
    return float((found & truth).sum() / (found | truth).sum())


def bottle(background: RgbArray, colour: tuple[int, int, int] = (40, 90, 60)) -> Scene:
    """A bottle with a label, with softened edges, in the middle of ``background``."""
    height, width = background.shape[:2]
    outline = np.zeros((height, width), np.uint8)
    middle, half = width // 2, width // 6
    cv.rectangle(outline, (middle - half, height // 3), (middle + half, height * 7 // 8), 255, -1)
    cv.rectangle(
        outline, (middle - half // 3, height // 8), (middle + half // 3, height // 3), 255, -1
    )
    painted = np.empty_like(background)
    painted[:] = colour
    cv.rectangle(
        painted,
        (middle - half + 4, height // 2),
        (middle + half - 4, height * 3 // 4),
        (235, 225, 200),
        -1,
    )
    share = cv.GaussianBlur(outline, (0, 0), 0.7)[:, :, None] / 255
    rgb = (painted * share + background * (1 - share)).round().astype(np.uint8)
    return rgb, outline > 0


def even(colour: tuple[int, int, int], side: int = 160) -> RgbArray:
    return np.full((side, side, 3), colour, np.uint8)


def cluttered(side: int = 160, seed: int = 3) -> RgbArray:
    """Rectangles of all colours over one another."""
    rng = np.random.default_rng(seed)
    rgb = np.zeros((side, side, 3), np.uint8)
    for _ in range(150):
        x, y = (int(v) for v in rng.integers(-20, side, 2))
        w, h = (int(v) for v in rng.integers(8, side // 3, 2))
        colour = tuple(int(v) for v in rng.integers(0, 255, 3))
        cv.rectangle(rgb, (x, y), (x + w, y + h), colour, -1)
    return rgb


@pytest.fixture
def no_network() -> Callable[[], object]:
    def refuse() -> object:
        raise AssertionError("the network was asked for")

    return refuse
