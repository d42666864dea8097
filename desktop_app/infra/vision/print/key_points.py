"""Key points of an object: at a size of its own, spread over it, the background left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import INSIDE, MaskSource, ObjectMask
from desktop_app.domain.print_features import MOST_KEY_POINTS
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.print.rootsift import LENGTH, orientations, rootsift
from desktop_app.infra.vision.print.scale_space import Extrema, Plane, extrema, scale_space

WORKING_SIDE = 448
"""The longer side of the object while it is looked at. Brought to one size, the same print has
key points of the same size: on cartons held in a hand against pictures of 198 pixels, voting
finds 0.75 instead of 0.52."""
MOST_ENLARGED = 3.0
MARGIN = 0.04
"""Left around the object, of its longer side."""
CERTAIN = 0.45
"""From this confidence on key points beside the object are dropped; below it, put last."""
OUTSIDE_WEIGHT = 0.1
SPREAD_CELLS = 8
SPREAD = 1.0
"""The k-th strongest in a cell counts as its strength over (1 + k) to this power."""

_CLEAR = frozenset({MaskSource.ALPHA, MaskSource.PLAIN_BACKGROUND, MaskSource.DRAWN})
_SOFT_EDGE = 5
"""Pixels of the working picture by which the mask is grown: print reaches to the edge."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyPoints:
    """As in PrintFeatures, with ``descriptors`` (n, 128) float32 unit rows."""

    points: NDArray[np.float32]
    scales: NDArray[np.float32]
    angles: NDArray[np.float32]
    descriptors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.points)


def find_key_points(
    rgb: RgbArray, mask: ObjectMask | None = None, *, most: int = MOST_KEY_POINTS
) -> KeyPoints:
    """At most ``most``, the most telling first; none where there is nothing to see."""
    height, width = rgb.shape[:2]
    usable = mask if mask is not None and mask.is_usable else None
    left, top, right, bottom = _region(usable, height, width)
    part = cv.cvtColor(np.ascontiguousarray(rgb[top:bottom, left:right]), cv.COLOR_RGB2GRAY)
    factor = min(WORKING_SIDE / max(part.shape), MOST_ENLARGED)
    grey = _resized(part, factor).astype(np.float32) / np.float32(255)
    space = scale_space(grey, enlarged=factor)
    if not space.octaves:
        return _none()
    found = extrema(space)
    if not len(found):
        return _none()
    inside = None
    if usable is not None:
        inside = _inside(usable.alpha[top:bottom, left:right], space.shape, found)
        if usable.source in _CLEAR or usable.confidence >= CERTAIN:
            found, inside = found.only(inside), None
            if not len(found):
                return _none()
    found = found.only(_telling_first(found, inside, space.shape)[:most])
    turned = orientations(space, found)
    order = np.lexsort((turned.rows, ~turned.is_first))[:most]
    places, angles = found.only(turned.rows[order]), turned.angles[order]
    descriptors = rootsift(space, places, angles)
    # Pixel centres: x of the resized part is (x + 0.5) / factor - 0.5 of the part.
    scale = np.array([part.shape[1], part.shape[0]]) / np.array(space.shape[::-1])
    on_picture = (_xy(places) + 0.5) * scale + (left, top)
    return KeyPoints(
        (on_picture / (width, height)).astype(np.float32),
        (places.sigma * places.pixel * scale.mean()).astype(np.float32),
        angles,
        descriptors,
    )


def _region(mask: ObjectMask | None, height: int, width: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom pixel of what is looked at."""
    if mask is None:
        return 0, 0, width, height
    box = mask.box
    left, right = box.left * width, box.right * width
    top, bottom = box.top * height, box.bottom * height
    margin = MARGIN * max(right - left, bottom - top)
    return (
        max(0, int(left - margin)),
        max(0, int(top - margin)),
        min(width, int(right + margin + 1)),
        min(height, int(bottom + margin + 1)),
    )


def _resized(part: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    size = tuple(max(1, round(side * factor)) for side in part.shape[::-1])
    if size == part.shape[::-1]:
        return part
    method = cv.INTER_AREA if factor < 1 else cv.INTER_CUBIC
    return np.asarray(cv.resize(part, size, interpolation=method), np.uint8)


def _inside(alpha: NDArray[np.uint8], shape: tuple[int, int], places: Extrema) -> NDArray[np.bool_]:
    """Which key points lie on the object."""
    height, width = shape
    fitted = cv.resize(alpha, (width, height), interpolation=cv.INTER_LINEAR)
    grown = cv.dilate(fitted, np.ones((2 * _SOFT_EDGE + 1,) * 2, np.uint8))
    columns, rows = np.rint(_xy(places)).astype(np.intp).T
    inside: NDArray[np.bool_] = (
        grown[rows.clip(0, height - 1), columns.clip(0, width - 1)] >= INSIDE
    )
    return inside


def _telling_first(
    places: Extrema, inside: NDArray[np.bool_] | None, shape: tuple[int, int]
) -> NDArray[np.intp]:
    """The order of key points: strong ones first, but a cell that has had its share waits, so
    that not all lie in one logo."""
    strength = places.strength.astype(np.float64)
    if inside is not None:
        strength = np.where(inside, strength, OUTSIDE_WEIGHT * strength)
    side = max(shape) / SPREAD_CELLS
    columns, rows = (_xy(places) / side).astype(np.intp).T
    cells = rows * (SPREAD_CELLS + 1) + columns
    by_cell = np.lexsort((-strength, cells))
    starts = np.flatnonzero(np.diff(cells[by_cell], prepend=-1))
    rank = np.empty(len(places), np.intp)
    counts = np.diff(np.append(starts, len(places)))
    rank[by_cell] = np.arange(len(places)) - np.repeat(starts, counts)
    return np.argsort(-strength / (1 + rank) ** SPREAD, kind="stable")


def _xy(places: Extrema) -> Plane:
    """(n, 2) in pixels of the first octave."""
    pixel = places.pixel
    return np.stack([places.x * pixel, places.y * pixel], axis=1)


def _none() -> KeyPoints:
    return KeyPoints(
        np.empty((0, 2), np.float32),
        np.empty(0, np.float32),
        np.empty(0, np.float32),
        np.empty((0, LENGTH), np.float32),
    )
