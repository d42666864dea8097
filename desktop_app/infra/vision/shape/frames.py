"""Outlines set upright in frames of their own, so that they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import UPRIGHT, Orientation, ShapeFeatures
from desktop_app.domain.outlines import boxed_outline

Points = NDArray[np.float64]
"""(..., n, 2), x to the right and y down, a closed ring."""

OUTLINE_POINTS = 128
MOST_LEAN = np.deg2rad(20)
"""A photo in the hand leans less; what leans more is made so."""
_OFF_LINE = 0.02
"""Middles that lie farther off a middle line hardly count. Unit: root of the object's area."""
_NARROWING = (4.0, 2.0, 4 / 3, 1.0, 1.0)
_ENDS = 0.08
"""The share of the height at either end that does not tell the lean."""
_FLAT = 0.8
"""Height over width below which an object lies: it has a middle line across, none upright."""


@dataclass(frozen=True, slots=True, eq=False)
class FramedOutlines:
    """b outlines: ``points`` (b, n, 2) lie evenly along each, its centroid at 0, its area 1, a
    lean of up to MOST_LEAN taken out.

    A frame's point p lies at ``origins`` (b, 2) + ``sizes`` (b,) R p of the frame of
    :func:`~desktop_app.domain.outlines.boxed_outline`, R turning by ``leans`` (b,) radians from
    x to y; sizes are in heights of the object. ``rows`` (b,) are the places of the outlines
    among those asked for: objects without one are left out.
    """

    points: Points
    sizes: NDArray[np.float64]
    leans: NDArray[np.float64]
    origins: Points
    rows: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.rows)

    def in_box(self, row: int, points: Points) -> Points:
        """Points (n, 2) of one frame in that of ``boxed_outline``."""
        turned = points @ _turn(self.leans[row : row + 1])[0]
        return np.asarray(turned * self.sizes[row] + self.origins[row], np.float64)

    def only(self, rows: NDArray[np.intp]) -> FramedOutlines:
        return FramedOutlines(
            self.points[rows],
            self.sizes[rows],
            self.leans[rows],
            self.origins[rows],
            self.rows[rows],
        )


def framed(
    shapes: Sequence[ShapeFeatures],
    orientation: Orientation = UPRIGHT,
    count: int = OUTLINE_POINTS,
) -> FramedOutlines:
    """The outlines changed as ``orientation`` says, then framed."""
    outlines = [boxed_outline(shape) for shape in shapes]
    known = [(row, each) for row, each in enumerate(outlines) if each is not None]
    rows = np.array([row for row, _ in known], np.intp)
    if not known:
        nothing = np.empty(0)
        return FramedOutlines(np.empty((0, count, 2)), nothing, nothing, np.empty((0, 2)), rows)
    # Every row of one length: the last point stands for those that are missing.
    longest = max(len(outline) for _, outline in known)
    padded = np.empty((len(known), longest, 2))
    for row, (_, outline) in enumerate(known):
        padded[row, : len(outline)] = outline
        padded[row, len(outline) :] = outline[-1]
    turned = reoriented(padded, orientation)
    silhouettes = np.stack([shapes[row].silhouette for row in rows])
    leans = leans_of(_reoriented_pixels(silhouettes, orientation))
    evenly = resampled(turned @ _turn(-leans), count)
    areas, centroids = areas_and_centroids(evenly)
    solid = areas > 0
    sizes = np.sqrt(areas, where=solid, out=np.ones_like(areas))
    origins = (centroids[:, np.newaxis] @ _turn(leans))[:, 0]
    points = (evenly - centroids[:, np.newaxis]) / sizes[:, np.newaxis, np.newaxis]
    found = FramedOutlines(points, sizes, leans, origins, rows)
    return found if solid.all() else found.only(np.flatnonzero(solid))


def reoriented(points: Points, orientation: Orientation) -> Points:
    """Mirrored left to right where asked, then turned clockwise, about 0."""
    x, y = points[..., 0], points[..., 1]
    if orientation.mirrored:
        x = -x
    for _ in range(orientation.quarter_turns % 4):
        x, y = -y, x
    return np.stack([x, y], axis=-1)


def resampled(points: Points, count: int) -> Points:
    """(b, count, 2), evenly along each of b closed outlines (b, n, 2) from its first point."""
    closed = np.concatenate([points, points[:, :1]], axis=1)
    steps = np.diff(closed, axis=1)
    along = np.zeros(closed.shape[:2])
    np.cumsum(np.hypot(steps[..., 0], steps[..., 1]), axis=1, out=along[:, 1:])
    lengths = along[:, -1:]
    # One after another on one line, so that a single interpolation serves all.
    offsets = np.arange(len(points))[:, np.newaxis] * 2.0
    places = along / np.maximum(lengths, np.finfo(np.float64).tiny) + offsets
    wanted = np.arange(count) / count + offsets
    found = [
        np.interp(wanted.ravel(), places.ravel(), closed[..., axis].ravel()) for axis in (0, 1)
    ]
    return np.stack(found, axis=1).reshape(len(points), count, 2)


def leans_of(silhouettes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(b,): radians, from x to y, by which the object of each silhouette (b, side, side) leans:
    its middle line between left and right from the vertical, or of a flat object that between
    top and bottom from the horizontal. 0 where that is more than MOST_LEAN."""
    slopes, heights, widths = _middle_lines(silhouettes)
    leans = -np.arctan(slopes)
    flat = heights < _FLAT * widths
    if flat.any():
        leans[flat] = np.arctan(_middle_lines(np.swapaxes(silhouettes[flat], 1, 2))[0])
    return np.where(np.abs(leans) <= MOST_LEAN, leans, 0.0)


def _middle_lines(
    silhouettes: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """(b,) each: how far aside the line through the middles between left and right goes for a
    step down, the height and the greatest width.

    The line weighs wider rows more, leaves the ends out, and goes by middles that lie off it,
    since there a hand, a handle or a nozzle is what moves them: iteratively reweighted least
    squares after Geman and McClure, from a wide scale to a narrow one.
    """
    side = silhouettes.shape[2]
    covered: NDArray[np.bool_] = np.logical_or.reduce(silhouettes, axis=2)
    left = silhouettes.argmax(axis=2)
    right = side - 1 - silhouettes[:, :, ::-1].argmax(axis=2)
    top = covered.argmax(axis=1)[:, np.newaxis]
    bottom = silhouettes.shape[1] - 1 - covered[:, ::-1].argmax(axis=1)[:, np.newaxis]
    heights = bottom - top + 1
    levels = np.arange(silhouettes.shape[1], dtype=np.float64)
    inner = covered & (levels >= top + _ENDS * heights) & (levels <= bottom - _ENDS * heights)
    wide = np.where(inner, right - left + 1.0, 0)
    middles = np.where(inner, (left + right) / 2, 0)
    scales = _OFF_LINE * np.sqrt(np.count_nonzero(silhouettes, axis=(1, 2)))[:, np.newaxis]
    weights = wide
    for narrowing in (*_NARROWING, None):
        total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
        off = levels - (weights * levels).sum(axis=1, keepdims=True) / total
        aside = middles - (weights * middles).sum(axis=1, keepdims=True) / total
        spread = np.maximum((weights * off**2).sum(axis=1, keepdims=True), 1e-6)
        slopes = (weights * off * aside).sum(axis=1, keepdims=True) / spread
        if narrowing is not None:
            apart = (aside - slopes * off) / np.maximum(narrowing * scales, 1e-6)
            weights = wide / (1 + apart**2) ** 2
    widths = np.where(covered, right - left + 1, 0).max(axis=1)
    return slopes[:, 0], heights[:, 0], widths


def areas_and_centroids(points: Points) -> tuple[NDArray[np.float64], Points]:
    """(b,) and (b, 2), of polygons (the shoelace formula); area 0 where there is none."""
    following = np.concatenate([points[:, 1:], points[:, :1]], axis=1)
    cross = points[..., 0] * following[..., 1] - following[..., 0] * points[..., 1]
    areas = cross.sum(axis=1) / 2
    areas[np.abs(areas) < 1e-12] = 0
    sums = ((points + following) * cross[..., np.newaxis]).sum(axis=1)
    centroids = sums / np.where(areas, 6 * areas, 1)[:, np.newaxis]
    return np.abs(areas), centroids


def _reoriented_pixels(
    silhouettes: NDArray[np.bool_], orientation: Orientation
) -> NDArray[np.bool_]:
    pixels = silhouettes[:, :, ::-1] if orientation.mirrored else silhouettes
    return np.rot90(pixels, -(orientation.quarter_turns % 4), axes=(1, 2))


def _turn(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """(b, 2, 2): what rows of points are multiplied with to turn them from x to y about 0."""
    cosine, sine = np.cos(angles), np.sin(angles)
    return np.moveaxis(np.array([[cosine, sine], [-sine, cosine]]), 2, 0)
