"""The silhouette of the object in a picture, freed of place and size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.masks import INSIDE, ObjectMask
from desktop_app.infra.vision.opencv import cv2

Outline = NDArray[np.int32]
"""(n, 2), x and y of every pixel on the way around, closed."""

SIDE = 64
MOST_OUTLINE_POINTS = 96
_LEAST_PIECE = 0.1
_OVERSAMPLING = 4


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """The object of a mask, cut to its box, whose upper left pixel was ``left`` and ``top``.

    ``pixels`` (height, width) uint8 are 1 where the object is, else 0; ``outlines`` the outer
    ones of its pieces, in the box, the largest first. ``cut_off`` in [0, 1] is the share of
    the outline that the picture's edges make.
    """

    pixels: NDArray[np.uint8]
    outlines: Sequence[Outline]
    left: int
    top: int
    cut_off: float


def silhouette_of(mask: ObjectMask) -> Silhouette | None:
    """That of the object's largest piece and those at least a tenth of its size: a gift set
    stays together, dust is left out. None where there is no object."""
    inside = (mask.alpha >= INSIDE).astype(np.uint8)
    found, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not found:
        return None
    pieces = sorted((np.asarray(piece, np.int32) for piece in found), key=_size_of, reverse=True)
    kept = [piece for piece in pieces if _size_of(piece) >= _LEAST_PIECE * _size_of(pieces[0])]
    points = np.concatenate(kept)[:, 0]
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0) + 1
    pixels = np.ascontiguousarray(inside[top:bottom, left:right])
    if len(kept) < len(pieces):
        filled = np.zeros_like(pixels)
        cv2.drawContours(filled, kept, -1, 1, cv2.FILLED, offset=(-int(left), -int(top)))
        pixels &= filled
    height, width = inside.shape
    on_edge = (points == 0) | (points == (width - 1, height - 1))
    return Silhouette(
        pixels=pixels,
        outlines=[piece[:, 0] - (left, top) for piece in kept],
        left=int(left),
        top=int(top),
        cut_off=float(on_edge.any(axis=1).mean()),
    )


def normalised(silhouette: Silhouette, side: int = SIDE) -> NDArray[np.bool_]:
    """(side, side): the silhouette with its centroid in the middle, just inside the circle
    around it that touches the picture's edges."""
    moments = cv2.moments(silhouette.pixels, binaryImage=True)
    centroid = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    from_it = np.concatenate(silhouette.outlines) - centroid
    reach = float(np.sqrt((from_it**2).sum(axis=1).max())) + 0.5
    fine = side * _OVERSAMPLING
    scale, middle = fine / 2 / reach, fine / 2 - 0.5
    x, y = middle - scale * centroid
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    placed = cv2.warpAffine(silhouette.pixels * 255, matrix, (fine, fine))
    small = cv2.resize(placed, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small >= INSIDE, np.bool_)


def stretched(silhouette: Silhouette, side: int) -> NDArray[np.float32]:
    """(side, side): how much of each of its fields is covered, the box stretched to them."""
    covered = silhouette.pixels * np.float32(1)
    return np.asarray(cv2.resize(covered, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def simplified(outline: Outline, most_points: int = MOST_OUTLINE_POINTS) -> NDArray[np.float32]:
    """With few enough points, each part within the least tolerance, doubling from a third of
    a pixel, that suffices (Douglas and Peucker 1973)."""
    points = np.asarray(outline, np.float32)
    tolerance = 1 / 3
    while len(points) > most_points:
        found = cv2.approxPolyDP(outline[:, np.newaxis], tolerance, closed=True)
        points = np.asarray(found, np.float32)[:, 0]
        tolerance *= 2
    return points


def resampled(outline: Outline, count: int) -> NDArray[np.float64]:
    """(count, 2), evenly along the outline."""
    closed = np.vstack([outline, outline[:1]]).astype(np.float64)
    steps = np.diff(closed, axis=0)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
    wanted = np.linspace(0, along[-1], count, endpoint=False)
    return np.stack([np.interp(wanted, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def widths_down(silhouette: Silhouette, count: int) -> NDArray[np.float64]:
    """(count,): covered width over the box's width, from top to bottom."""
    return _sampled(silhouette.pixels.mean(axis=1), count)


def widths_along(placed: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
    """(count,): covered width across the main axis over the length along it, from the heavier
    end to the lighter, at most 1; of a silhouette as :func:`normalised` places it."""
    ys, xs = np.nonzero(placed)
    if len(xs) < 2:
        return np.ones(count)
    points = np.stack([xs - xs.mean(), ys - ys.mean()], axis=1)
    _, axes = np.linalg.eigh(points.T @ points)
    along = points @ axes[:, 1]
    along -= along.min()
    length = float(along.max()) + 1
    pixels = np.bincount((along * (count / length)).astype(np.int64), minlength=count)
    widths = pixels * (count / length**2)
    lighter_first = widths[: count // 2].sum() < widths[-(count // 2) :].sum()
    return np.asarray(np.minimum(widths[::-1] if lighter_first else widths, 1), np.float64)


def _size_of(piece: NDArray[np.int32]) -> float:
    """The area within, and half the outline, which passes through the middles of pixels."""
    return float(cv2.contourArea(piece)) + len(piece) / 2


def _sampled(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    places = (np.arange(count) + 0.5) * (len(values) / count) - 0.5
    return np.asarray(np.interp(places, np.arange(len(values)), values), np.float64)
