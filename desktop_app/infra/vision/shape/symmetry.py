"""Pieces that a mask lost on one side, filled in from the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv, cv2

Solid = NDArray[np.uint8]
"""1 inside, 0 outside."""

_SIDE = 128
_LEAST_ALIKE = 0.8
"""Overlap (IoU) with its mirror image from which an object counts as symmetric."""
_MOST_TILT = float(np.deg2rad(12))
_LEAST_AREA = 64
_LEAST_LOSS = 0.025
"""Half of how thick a piece must be to have been lost, in roots of the area: less is how the
object was turned, or the edge's own doubt."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """A line through (x, y), in pixels, that leans by ``tilt`` radians from the vertical."""

    x: float
    y: float
    tilt: float

    def reflection(self, scale: float = 1.0) -> NDArray[np.float64]:
        """(2, 3): where points go when mirrored about the line, all coordinates ``scale`` times
        as large."""
        cosine, sine = np.cos(2 * self.tilt), np.sin(2 * self.tilt)
        turn = np.array([[-cosine, sine], [sine, cosine]])
        point = np.array([self.x, self.y]) * scale + (scale - 1) / 2
        return np.column_stack([turn, point - turn @ point])


def completed(solid: Solid) -> Solid:
    """Where an object is its own mirror image but for a fifth or less, what is there on the other
    side and lies within its convex hull: a hand in front, a white edge before white. Handles
    and nozzles lie outside the hull, so are not doubled."""
    height, width = solid.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = solid if scale == 1 else cv.resize(solid, size, interpolation=cv.INTER_AREA)
    if np.count_nonzero(small) < _LEAST_AREA:
        return solid
    axis, alike = _best_axis(small)
    if alike < _LEAST_ALIKE:
        return solid
    mirrored = cv.warpAffine(
        solid, axis.reflection(1 / scale), (width, height), flags=cv.INTER_NEAREST
    )
    hull = np.zeros_like(solid)
    cv.fillConvexPoly(hull, cv2.convexHull(_ends_of_rows(solid)), 1)
    lost = mirrored & hull & (1 - solid)
    reach = max(1, round(_LEAST_LOSS * float(np.sqrt(np.count_nonzero(solid)))))
    disc = cv.getStructuringElement(cv.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(solid | cv.morphologyEx(lost, cv.MORPH_OPEN, disc), np.uint8)


def _ends_of_rows(solid: Solid) -> NDArray[np.int32]:
    """(n, 2): the first and the last pixel of each row, around which the hull is that of all."""
    rows = np.flatnonzero(solid.any(axis=1))
    inside = solid[rows] > 0
    first, last = inside.argmax(axis=1), solid.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)
    ends = np.stack([np.concatenate([first, last]), np.concatenate([rows, rows])], axis=1)
    return np.asarray(ends, np.int32)


def _best_axis(solid: Solid) -> tuple[_Axis, float]:
    """That of the most overlap, and the overlap: roughly, then twice as fine each time."""
    ys, xs = np.nonzero(solid)
    height, width = solid.shape
    area = len(xs)

    def alike(axis: _Axis) -> float:
        mirrored = cv.warpAffine(solid, axis.reflection(), (width, height), flags=cv.INTER_NEAREST)
        both = int(cv.countNonZero(cv.min(mirrored, solid)))
        return both / (2 * area - both)

    middle, level = (float(xs.min()) + float(xs.max())) / 2, float(ys.mean())
    starts = [_Axis(x, level, 0.0) for x in (middle, float(xs.mean()))]
    best, most = max(((axis, alike(axis)) for axis in starts), key=lambda found: found[1])
    aside, tilt = 4.0, _MOST_TILT / 2
    while aside >= 0.5:
        around = [
            _Axis(
                best.x + x * aside, level, max(-_MOST_TILT, min(_MOST_TILT, best.tilt + t * tilt))
            )
            for x in (-1, 0, 1)
            for t in (-1, 0, 1)
            if x or t
        ]
        found, value = max(((axis, alike(axis)) for axis in around), key=lambda pair: pair[1])
        if value > most:
            best, most = found, value
        else:
            aside, tilt = aside / 2, tilt / 2
    return best, most
