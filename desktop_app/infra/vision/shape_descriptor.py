"""A silhouette as numbers that do not change with its place and size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.silhouette import (
    Outline,
    Silhouette,
    resampled,
    stretched,
    widths_along,
    widths_down,
)

Descriptor = NDArray[np.float32]
"""(LENGTH,), every value in [0, 1]."""

FIELD_SIDE, HARMONICS, WIDTHS = 16, 16, 24
FIELDS = slice(0, FIELD_SIDE**2)
"""The silhouette with its box stretched to 16 by 16 fields, row by row: how much of each is
covered."""
FOURIER = slice(FIELDS.stop, FIELDS.stop + 2 * HARMONICS)
"""Fourier descriptors of the outer outline (Zahn and Roskies 1972; Persoon and Fu 1977): square
roots of the magnitudes of the harmonics 1 to 16, then -1 to -16, of x + iy along the outline,
over the greater of the first two. They change neither with starting point nor with turning."""
DOWN = slice(FOURIER.stop, FOURIER.stop + WIDTHS)
"""Widths from top to bottom over the box's width."""
ALONG = slice(DOWN.stop, DOWN.stop + WIDTHS)
"""Widths across the main axis over the length, the heavier end first."""
SOLIDITY = ALONG.stop
"""Area over that of the convex hull."""
EXTENT = SOLIDITY + 1
"""Area over that of the upright box."""
RECTANGULARITY = SOLIDITY + 2
"""Area over that of the smallest turned box."""
ROUNDNESS = SOLIDITY + 3
"""4 pi times the hull's area over the square of its circumference: 1 for a disc."""
SLENDERNESS = SOLIDITY + 4
"""Short over long side of the smallest turned box."""
LENGTH = SOLIDITY + 5

_OUTLINE_POINTS = 256
_CORNERS = np.array([(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)])


def descriptor_of(silhouette: Silhouette, placed: NDArray[np.bool_]) -> Descriptor:
    """See the slices above. ``placed`` is the silhouette as ``normalised`` places it."""
    found = np.zeros(LENGTH)
    found[FIELDS] = stretched(silhouette, FIELD_SIDE).ravel()
    found[FOURIER] = _fourier(silhouette.outlines[0])
    found[DOWN] = widths_down(silhouette, WIDTHS)
    found[ALONG] = widths_along(placed, WIDTHS)
    area = float(np.count_nonzero(silhouette.pixels))
    # Around pixels, not through their middles, so that a full box fills its box.
    coarse = cv2.convexHull(np.concatenate(silhouette.outlines))
    hull = cv2.convexHull((coarse + _CORNERS).reshape(-1, 2).astype(np.float32))
    hull_area, circumference = cv2.contourArea(hull), cv2.arcLength(hull, closed=True)
    short, long = sorted(cv2.minAreaRect(hull)[1])
    found[SOLIDITY] = area / hull_area
    found[EXTENT] = area / silhouette.pixels.size
    found[RECTANGULARITY] = area / (short * long)
    found[ROUNDNESS] = 4 * np.pi * hull_area / circumference**2
    found[SLENDERNESS] = short / long
    return np.clip(found, 0, 1).astype(np.float32)


def _fourier(outline: Outline) -> NDArray[np.float64]:
    points = resampled(outline, _OUTLINE_POINTS)
    spectrum = np.abs(np.fft.fft(points[:, 0] + 1j * points[:, 1]))
    magnitudes = np.concatenate([spectrum[1 : HARMONICS + 1], spectrum[: -HARMONICS - 1 : -1]])
    greatest = max(magnitudes[0], magnitudes[HARMONICS])
    if greatest <= 0:
        return np.zeros(2 * HARMONICS)
    return np.asarray(np.sqrt(np.minimum(magnitudes / greatest, 1)), np.float64)
