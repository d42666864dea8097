"""How busy a picture is outside its object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

_MARGIN = 5
"""Pixels around the outline that belong to neither side."""
_BUSY = 14.0
"""Mean change of lightness (of 255) from pixel to pixel that counts as entirely cluttered."""


def gradient_of(lightness: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Change of lightness per pixel, the larger of across and down (Scharr), up to 255."""
    across = cv.convertScaleAbs(cv.Scharr(lightness, cv.CV_16S, 1, 0), alpha=1 / 16)
    down = cv.convertScaleAbs(cv.Scharr(lightness, cv.CV_16S, 0, 1), alpha=1 / 16)
    slope: NDArray[np.uint8] = cv.max(across, down)
    return slope


def clutter_outside(slope: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> float:
    """Of the background, in [0, 1]; 0 where the object leaves none. ``slope`` is
    :func:`gradient_of` the picture."""
    kernel = np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)
    outside = cv.compare(cv.dilate(alpha, kernel), 10, cv.CMP_LT)
    if not cv.countNonZero(outside):
        return 0.0
    return float(min(1.0, cv.mean(slope, outside)[0] / _BUSY))
