"""Outlines as short vectors, by which candidates are proposed among all there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.images import FloatMatrix
from desktop_app.infra.vision.shape.frames import FramedOutlines, Points, framed
from desktop_app.infra.vision.shape.orientations import orientations

VERSION = "profile-2"
"""Equal versions give comparable vectors."""

LEVELS, COLUMNS = 40, 7
LENGTH = 2 * LEVELS + 2 * COLUMNS + 2
"""Of a vector."""
_ACROSS_WEIGHT, _ELONGATION_WEIGHT, _FILL_WEIGHT = 0.5, 0.5, 1.0


def vectors_of(shapes: Sequence[ShapeFeatures]) -> tuple[FloatMatrix, NDArray[np.intp]]:
    """(m, LENGTH) float32 and the places (m,) of the shapes they are of: those without an
    outline are left out.

    A vector is the silhouette's width profile with its box stretched to a unit square: how far
    it reaches to the left and to the right of the box's middle at LEVELS heights, how far up and
    down at COLUMNS places across, the logarithm of the box's height over its width and the
    share of the box that is filled; scaled so that distances of vectors are about those of
    outlines.
    """
    frames = framed(shapes)
    return vectors_of_frames(frames), frames.rows


def query_vectors(shape: ShapeFeatures, turns: bool) -> FloatMatrix:
    """(m, LENGTH): the vectors of a query in every orientation that counts; none without an
    outline."""
    return np.concatenate(
        [
            vectors_of_frames(framed([shape], orientation))
            for orientation in orientations(turns=turns)
        ]
    )


def vectors_of_frames(frames: FramedOutlines) -> FloatMatrix:
    """(len(frames), LENGTH): see :func:`vectors_of`."""
    count = len(frames)
    points = frames.points
    least, extent = points.min(axis=1), np.ptp(points, axis=1)
    boxed = (points - least[:, np.newaxis]) / extent[:, np.newaxis] - 0.5
    down = _reach(boxed, LEVELS) / np.sqrt(2 * LEVELS)
    across = _reach(boxed[..., ::-1], COLUMNS) * (_ACROSS_WEIGHT / np.sqrt(2 * COLUMNS))
    elongation = _ELONGATION_WEIGHT * np.log(extent[:, 1] / extent[:, 0])
    fill = _FILL_WEIGHT * (1 / (extent[:, 0] * extent[:, 1]) - 0.75)
    rest = np.stack([elongation, fill], axis=1)
    parts = [down.reshape(count, 2 * LEVELS), across.reshape(count, 2 * COLUMNS), rest]
    return np.concatenate(parts, axis=1).astype(np.float32)


def _reach(boxed: Points, count: int) -> NDArray[np.float64]:
    """(b, 2, count): the least and the greatest x at ``count`` levels of y in [-0.5, 0.5]."""
    levels = (np.arange(count) + 0.5) / count - 0.5
    following = np.concatenate([boxed[:, 1:], boxed[:, :1]], axis=1)
    y, step = boxed[..., 1, np.newaxis], (following - boxed)[..., np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (levels - y) / step[:, :, 1]
        x = boxed[..., 0, np.newaxis] + share * step[:, :, 0]
    crossed = (share >= 0) & (share <= 1)
    least = np.where(crossed, x, 0.5).min(axis=1)
    greatest = np.where(crossed, x, -0.5).max(axis=1)
    return np.stack([least, greatest], axis=1)
