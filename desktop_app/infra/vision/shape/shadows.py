"""Takes off a mask what of it is the shadow that the object throws on the floor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import INSIDE, MaskSource, ObjectMask
from desktop_app.infra.vision.opencv import cv, cv2

Flags = NDArray[np.bool_]

GUESSED = frozenset({MaskSource.PLAIN_BACKGROUND, MaskSource.NETWORK})
"""Masks that come from looking at the picture: they take shadows along and lose edges."""
_DEPTH = 0.15
"""How thick a shadow may be below the object, in roots of the object's area."""
_FRINGE = 0.05
"""What is thicker than twice this, in the same unit, is object inside."""
_LOWER = 0.4
"""The share of the object's height, from its base up, that is looked at."""
_DARKEST, _BRIGHTEST = 0.35, 1.03
"""Brightness of a shadow over that of the background."""
_MOST_TINT = 0.06
"""By how much that may differ between the colours: a shadow is the background, darker."""
_SAMPLES, _FITS, _OFF = 4000, 3, 6.0
_LEAST_BACKGROUND = 200


def without_shadow(rgb: RgbArray, mask: ObjectMask) -> ObjectMask:
    """The mask without what lies lowest in its column, has the colour of a shadow on the
    background around the object and is divided from the object by an edge: the watershed of
    the picture's gradient (Meyer, "Color image segmentation", 1992) between the inside of the
    object and the background. Only where a background was told from the object by looking."""
    if mask.source not in GUESSED:
        return mask
    inside = mask.alpha >= INSIDE
    rows = np.flatnonzero(inside.any(axis=1))
    if not rows.size:
        return mask
    size = float(np.sqrt(np.count_nonzero(inside)))
    margin = max(4, round(_FRINGE * size))
    top = max(0, int(rows[-1] - _LOWER * (rows[-1] - rows[0] + 1)) - margin)
    bottom = min(inside.shape[0], int(rows[-1]) + margin + 1)
    brightness = _brightness(rgb, inside, slice(top, bottom))
    if brightness is None:
        return mask
    part = inside[top:bottom]
    red, green, blue = brightness
    tint = cv.max(cv.max(red, green), blue) - cv.min(cv.min(red, green), blue)
    mean = (red + green + blue) / 3
    shadowy = (tint < _MOST_TINT) & (mean > _DARKEST) & (mean < _BRIGHTEST)
    depths = _depths(inside)[top:bottom]
    suspect = part & shadowy & (depths <= _DEPTH * size)
    # What lies above the part looked at is object, and so is what lies well inside.
    gone = suspect & ~_object_of(rgb[top:bottom], part, suspect, round(_FRINGE * size))
    gone[: margin if top else 0] = False
    alpha = mask.alpha.copy()
    alpha[top:bottom][gone] = 0
    return replace(mask, alpha=alpha)


def _object_of(rgb: RgbArray, inside: Flags, suspect: Flags, fringe: int) -> Flags:
    """What an edge divides from the background, by the watershed."""
    reach = max(2, fringe)
    solid = inside.astype(np.uint8)
    disc = cv.getStructuringElement(cv.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    core = cv.erode(solid, disc)
    thin = inside & ~suspect & (cv.dilate(core, disc) == 0)
    square = np.ones((3, 3), np.uint8)
    sure = ((core > 0) & ~suspect) | (cv.erode(thin.astype(np.uint8), square) > 0)
    markers = np.zeros(inside.shape, np.int32)
    markers[cv.dilate(solid, np.ones((7, 7), np.uint8)) == 0] = 1
    markers[sure] = 2
    smooth = cv.GaussianBlur(np.ascontiguousarray(rgb), (0, 0), 0.7)
    return np.asarray(cv2.watershed(smooth, markers) == 2, np.bool_)


def _brightness(rgb: RgbArray, inside: Flags, rows: slice) -> list[NDArray[np.float32]] | None:
    """(rows, width) of each colour: how bright it is over what the background would be there, as
    a surface of second order through the pixels around the object has it; None where there are
    too few."""
    height, width = inside.shape
    around = cv.erode((~inside).astype(np.uint8), np.ones((9, 9), np.uint8))
    places = np.flatnonzero(around)
    if len(places) < _LEAST_BACKGROUND:
        return None
    places = places[:: max(1, len(places) // _SAMPLES)]
    terms = _terms(places // width / height, places % width / width)
    colours = rgb.reshape(-1, 3)[places].astype(np.float64)
    weights = np.ones((len(places), 1))
    for _ in range(_FITS):
        found = np.linalg.lstsq(terms * weights, colours * weights, rcond=None)[0]
        off = np.abs(colours - terms @ found).max(axis=1, keepdims=True)
        weights = 1 / (1 + (off / _OFF) ** 2)
    down, across = np.arange(rows.start, rows.stop) / height, np.arange(width) / width
    # The surface has no term of both: what rows and columns add to it is added once each.
    by_row = _terms(down, np.zeros(len(down))) @ found
    by_column = _terms(np.zeros(width), across) @ found - found[0]
    bright = []
    for channel, plane in enumerate(cv.split(np.ascontiguousarray(rgb[rows]))):
        expected = by_row[:, channel, np.newaxis] + by_column[:, channel]
        seen = plane.astype(np.float32) + np.float32(1)
        bright.append(seen / (np.maximum(expected, 1) + 1).astype(np.float32))
    return bright


def _terms(down: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.ones(len(down)), across, down, across**2, down**2], axis=1)


def _depths(inside: Flags) -> NDArray[np.int64]:
    """How far above the lowest of the object in its column each pixel is."""
    height = inside.shape[0]
    lowest = height - 1 - inside[::-1].argmax(axis=0)
    return np.asarray(lowest - np.arange(height)[:, np.newaxis], np.int64)
