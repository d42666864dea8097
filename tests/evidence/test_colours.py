"""Lab colours become those a screen shows, by the published formulas."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from desktop_app.domain.colours import lab_to_srgb


@pytest.mark.parametrize(
    ("lab", "rgb"),
    [
        # Bruce Lindbloom's calculator, sRGB under D65.
        ((0, 0, 0), (0, 0, 0)),
        ((100, 0, 0), (255, 255, 255)),
        ((53.2408, 80.0925, 67.2032), (255, 0, 0)),
        ((87.7347, -86.1827, 83.1793), (0, 255, 0)),
        ((32.2970, 79.1875, -107.8602), (0, 0, 255)),
        ((53.5850, 0, 0), (128, 128, 128)),
    ],
)
def test_published_colours_come_out_exactly(lab: tuple[float, ...], rgb: tuple[int, ...]) -> None:
    assert tuple(lab_to_srgb(np.array([lab]))[0]) == rgb


def test_every_colour_of_a_picture_comes_back() -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (1, 500, 3), dtype=np.uint8)
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    back = lab_to_srgb(lab[0]).astype(int)
    assert np.abs(back - pixels[0]).max() <= 1


def test_colours_no_screen_shows_are_cut_off_not_wrapped() -> None:
    assert lab_to_srgb(np.array([[90.0, 120.0, 0.0]]))[0, 0] == 255
    assert lab_to_srgb(np.empty((0, 3))).shape == (0, 3)
