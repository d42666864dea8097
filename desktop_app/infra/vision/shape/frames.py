"""An outline set upright in a frame of its own, so that outlines can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import UPRIGHT, Orientation, ShapeFeatures
from desktop_app.domain.outlines import boxed_outline, extents_at

Points = NDArray[np.float64]
"""(n, 2), x to the right and y down, a closed ring."""

OUTLINE_POINTS = 128
MOST_LEAN = np.deg2rad(14)
"""A photo in the hand leans less; what leans more is made so."""
_LEVELS = 48
_ENDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class FramedOutline:
    """``points`` (n, 2) lie evenly along the outline: its centroid at 0, its area 1, a lean of
    up to MOST_LEAN taken out. The frame's point p lies at ``origin`` + ``size`` R p of the frame of
    :func:`~desktop_app.domain.outlines.boxed_outline`, R turning by ``lean`` radians from x
    to y; ``size`` is in heights of the object."""

    points: Points
    size: float
    lean: float
    origin: NDArray[np.float64]

    def in_box(self, points: Points) -> Points:
        """Points of the frame in that of ``boxed_outline``."""
        return np.asarray(_turned(points, self.lean) * self.size + self.origin, np.float64)


def framed(
    shape: ShapeFeatures, orientation: Orientation = UPRIGHT, count: int = OUTLINE_POINTS
) -> FramedOutline | None:
    """The outline changed as ``orientation`` says, then framed. None where there is none."""
    outline = boxed_outline(shape)
    if outline is None:
        return None
    outline = reoriented(outline, orientation)
    lean = lean_of(outline)
    evenly = resampled(_turned(outline, -lean), count)
    area, centroid = area_and_centroid(evenly)
    if area <= 0:
        return None
    size = float(np.sqrt(area))
    origin = _turned(centroid[np.newaxis], lean)[0]
    return FramedOutline((evenly - centroid) / size, size, lean, origin)


def reoriented(points: Points, orientation: Orientation) -> Points:
    """Mirrored left to right where asked, then turned clockwise, about 0."""
    x, y = points[:, 0], points[:, 1]
    if orientation.mirrored:
        x = -x
    for _ in range(orientation.quarter_turns % 4):
        x, y = -y, x
    return np.stack([x, y], axis=1)


def resampled(points: Points, count: int) -> Points:
    """(count, 2), evenly along the closed outline from its first point."""
    closed = np.vstack([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    wanted = np.linspace(0, along[-1], count, endpoint=False)
    return np.stack([np.interp(wanted, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def lean_of(points: Points) -> float:
    """Radians by which the outline's middle line leans, from y to -x; 0 where that is more
    than MOST_LEAN or the object is too flat to have such a line.

    The line is that of least squares through the middles between left and right, heavier where
    the object is wider, without the ends.
    """
    top, bottom = points[:, 1].min(), points[:, 1].max()
    if bottom - top < 0.8 * np.ptp(points[:, 0]):
        return 0.0
    levels = top + (bottom - top) * (np.arange(_LEVELS) + 0.5) / _LEVELS
    left, right = extents_at(points, levels[_ENDS:-_ENDS])
    levels = levels[_ENDS:-_ENDS]
    weights = np.nan_to_num(right - left)
    middles = np.nan_to_num(left + right) / 2
    if weights.sum() <= 0:
        return 0.0
    level = np.average(levels, weights=weights)
    middle = np.average(middles, weights=weights)
    spread = np.average((levels - level) ** 2, weights=weights)
    slope = np.average((levels - level) * (middles - middle), weights=weights) / spread
    lean = -float(np.arctan(slope))
    return lean if abs(lean) <= MOST_LEAN else 0.0


def area_and_centroid(points: Points) -> tuple[float, NDArray[np.float64]]:
    """Of the polygon (the shoelace formula)."""
    following = np.roll(points, -1, axis=0)
    cross = points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]
    area = float(cross.sum()) / 2
    if abs(area) < 1e-12:
        return 0.0, points.mean(axis=0)
    centroid = ((points + following) * cross[:, np.newaxis]).sum(axis=0) / (6 * area)
    return abs(area), centroid


def _turned(points: Points, angle: float) -> Points:
    """From x to y by ``angle`` radians about 0."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]), np.float64)
