"""Outlines laid over one another: position and scale taken out, proportions kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import UPRIGHT, Orientation, ShapeFeatures

LEAST_POINTS = 3


def laid_outline(
    shape: ShapeFeatures, orientation: Orientation = UPRIGHT
) -> NDArray[np.float32] | None:
    """The object's outline about its centroid, in a circle of radius 1: (n, 2) float32, x to
    the right and y down. None where there is no outline.

    The outline is first changed as ``orientation`` says, so that a mirrored or turned query
    lies as the hit does. Centroid and area are those of the polygon (the shoelace formula).
    """
    contour = np.asarray(shape.contour, np.float64)
    extent = np.ptp(contour, axis=0) if len(contour) >= LEAST_POINTS else np.zeros(2)
    if not np.all(extent > 0) or shape.aspect <= 0:
        return None
    # Fractions of width and of height differ in size; the box's aspect tells how much.
    points = contour * (1.0, shape.aspect * extent[0] / extent[1])
    points = points - _centroid(points)
    if orientation.mirrored:
        points = points * (-1.0, 1.0)
    for _ in range(orientation.quarter_turns % 4):
        points = np.stack((-points[:, 1], points[:, 0]), axis=1)
    return np.asarray(points / np.hypot(*points.T).max(), np.float32)


def boxed_outline(shape: ShapeFeatures) -> NDArray[np.float64] | None:
    """The object's outline in a frame whose unit is its height: (n, 2) float64, the middle of
    its box at x 0, its base at y 0 and its top at y -1. None where there is no outline."""
    contour = np.asarray(shape.contour, np.float64)
    extent = np.ptp(contour, axis=0) if len(contour) >= LEAST_POINTS else np.zeros(2)
    if not np.all(extent > 0) or not shape.aspect > 0:
        return None
    least = contour.min(axis=0)
    points = (contour - least) / extent - (0.5, 1.0)
    return np.asarray(points * (1 / shape.aspect, 1.0), np.float64)


def extents_at(points: NDArray[np.float64], levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, len(levels)): the least and the greatest x of a closed outline (n, 2) at each level
    of y; NaN beyond it."""
    following = np.roll(points, -1, axis=0)
    y, step = points[:, 1, np.newaxis], (following - points)[:, :, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (levels - y) / step[:, 1]
        x = points[:, 0, np.newaxis] + share * step[:, 0]
    crossed = (share >= 0) & (share <= 1)
    least = np.where(crossed, x, np.inf).min(axis=0)
    greatest = np.where(crossed, x, -np.inf).max(axis=0)
    found = np.stack([least, greatest])
    found[:, least > greatest] = np.nan
    return found


def _centroid(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the polygon; of its corners where it has no area."""
    following = np.roll(points, -1, axis=0)
    cross = points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]
    area = cross.sum() / 2
    if abs(area) < 1e-9:
        return np.asarray(points.mean(axis=0))
    return np.asarray(((points + following) * cross[:, np.newaxis]).sum(axis=0) / (6 * area))
