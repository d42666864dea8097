"""What differs once one picture is laid on another.

Copies differ by compression and by resampling: a little everywhere, more at edges. Other
products and other colours differ in places. Differences are therefore averaged over small
windows and counted against the noise a copy would have there: that of flat areas, and a share
of the contrast. Colour is looked at with half the pixels, which is all that JPEG keeps of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.pairs.laying import Laid, correlation, edge_strength

WINDOW_SHARE = 1 / 16
"""Of the longer side: the window that differences are averaged over."""
LEAST_WINDOW, LEAST_COLOUR_WINDOW = 7, 5
LIGHT_NOISE, LIGHT_SHARE = 4.0, 0.25
COLOUR_NOISE, COLOUR_SHARE = 4.0, 0.35
"""What copies differ by in flat areas, in levels of 8-bit Lab, and as a share of contrast."""

_BLURS = (0.6, 1.0, 1.5, 2.2)
_CLOSE_ENOUGH = 0.08
_COLOUR_BLUR = 1.5
"""In pixels: JPEG keeps one colour for four of them, and not always for the same four."""

Floats = NDArray[np.float32]
Where = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is left between two pictures, one laid on the other.

    ``worst_light`` and ``worst_colour`` are the largest difference over a window in units of
    what copies differ by, ``mean_light`` and ``mean_colour`` the mean over what is shown;
    ``agreement`` in [-1, 1] is the correlation of lightness, ``edges`` that of the strength of
    edges, which other colours leave as it is; ``overlap`` in [0, 1] the share of the content of
    either that the other shows, the lesser; ``worst_seen`` in [0, 1] the distance of colours in
    the worst window over 100 (CIE76); ``pixels`` the longer side of what was compared.
    """

    worst_light: float
    worst_colour: float
    mean_light: float
    mean_colour: float
    agreement: float
    edges: float
    overlap: float
    worst_seen: float
    pixels: int


def difference(both: Laid) -> Difference:
    """Of two pictures on one grid."""
    content = both.content
    below = both.first[:, :, 0].astype(np.float32)
    above = both.second[:, :, 0].astype(np.float32)
    below, above, edges = _equally_sharp(below, above, content)
    height, width = below.shape
    window = max(LEAST_WINDOW, round(max(height, width) * WINDOW_SHARE)) | 1
    near = cv.dilate(content.astype(np.uint8), np.ones((window, window), np.uint8)) > 0
    near &= both.valid
    apart = below - above
    apart[~both.valid] = 0
    # Sums over a sliding window drift below 0 by rounding.
    squared = np.maximum(_blurred(apart * apart, window), 0)
    spread = np.minimum(_variance(below, window), _variance(above, window))
    light = squared / (LIGHT_NOISE**2 + LIGHT_SHARE**2 * spread)
    half = (max(1, width // 2), max(1, height // 2))
    first, second = (
        cv.resize(soft, half, interpolation=cv.INTER_AREA).astype(np.float32)
        for soft in (
            cv.GaussianBlur(picture[:, :, 1:], (0, 0), _COLOUR_BLUR)
            for picture in (both.first, both.second)
        )
    )
    is_near, is_content = (
        cv.resize(where.astype(np.uint8), half, interpolation=cv.INTER_NEAREST) > 0
        for where in (near, content)
    )
    window = max(LEAST_COLOUR_WINDOW, window // 2) | 1
    apart = first - second
    apart[~is_near] = 0
    of_colour = np.maximum(_blurred(apart * apart, window), 0).sum(axis=2)
    spread = np.minimum(_variance(first, window), _variance(second, window)).sum(axis=2)
    colour = of_colour / (COLOUR_NOISE**2 + COLOUR_SHARE**2 * spread)
    seen = float(squared[near].max(initial=0)) / 2.55**2 + float(of_colour[is_near].max(initial=0))
    return Difference(
        float(np.sqrt(light[near].max(initial=0))),
        float(np.sqrt(colour[is_near].max(initial=0))),
        float(np.sqrt(light[content]).mean()),
        float(np.sqrt(colour[is_content]).mean()) if is_content.any() else 0.0,
        correlation(below[near], above[near]),
        edges,
        both.overlap,
        min(1.0, float(np.sqrt(seen)) / 100),
        max(height, width),
    )


def _blurred(picture: Floats, window: int) -> Floats:
    blurred: Floats = cv.blur(picture, (window, window), borderType=cv.BORDER_REFLECT)
    return blurred


def _variance(picture: Floats, window: int) -> Floats:
    mean = _blurred(picture, window)
    return np.maximum(_blurred(picture * picture, window) - mean * mean, 0)


def _equally_sharp(first: Floats, second: Floats, content: Where) -> tuple[Floats, Floats, float]:
    """The sharper one blurred until its edges are as soft as the other's; and the correlation
    of their edges."""
    of_first, of_second = edge_strength(first)[content], edge_strength(second)[content]
    soft, sharp = _root_mean_square(of_first), _root_mean_square(of_second)
    if soft > sharp:
        second, first, edges = _equally_sharp(second, first, content)
        return first, second, edges
    best, nearest = second, sharp - soft
    for sigma in _BLURS:
        if nearest <= _CLOSE_ENOUGH * soft:
            break
        blurred = cv.GaussianBlur(second, (0, 0), sigma)
        found = edge_strength(blurred)[content]
        gap = abs(_root_mean_square(found) - soft)
        if gap >= nearest:
            break
        best, nearest, of_second = blurred, gap, found
    return first, best, correlation(of_first, of_second)


def _root_mean_square(values: Floats) -> float:
    return float(np.sqrt(np.dot(values, values) / max(1, len(values))))
