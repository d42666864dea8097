"""An outline as a short vector, by which candidates are proposed among all there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import UPRIGHT, Orientation, ShapeFeatures
from desktop_app.domain.outlines import extents_at
from desktop_app.infra.vision.shape.frames import FramedOutline, framed
from desktop_app.infra.vision.shape.orientations import orientations

VERSION = "profile-1"
"""Equal versions give comparable vectors."""

LEVELS, COLUMNS = 40, 7
LENGTH = 2 * LEVELS + 2 * COLUMNS + 2
"""Of a vector."""
_ACROSS_WEIGHT, _ELONGATION_WEIGHT, _FILL_WEIGHT = 0.5, 0.5, 1.0


def vector_of(
    shape: ShapeFeatures, orientation: Orientation = UPRIGHT
) -> NDArray[np.float32] | None:
    """(LENGTH,) float32, the silhouette's width profile with its box stretched to a unit
    square: how far it reaches to the left and to the right of the box's middle at LEVELS heights,
    how far up and down at COLUMNS places across, the logarithm of the box's height over its
    width and the share of the box that is filled; scaled so that distances of vectors are about
    those of outlines. None where there is no outline."""
    frame = framed(shape, orientation)
    return None if frame is None else vector_of_frame(frame)


def query_vectors(shape: ShapeFeatures, turns: bool) -> NDArray[np.float32]:
    """(m, LENGTH): the vectors of a query in every orientation that counts; none without an
    outline."""
    found = [vector_of(shape, orientation) for orientation in orientations(turns=turns)]
    known = [vector for vector in found if vector is not None]
    return np.array(known, np.float32).reshape(-1, LENGTH)


def vector_of_frame(frame: FramedOutline) -> NDArray[np.float32]:
    """See :func:`vector_of`."""
    points = frame.points
    least, extent = points.min(axis=0), np.ptp(points, axis=0)
    boxed = (points - least) / extent - 0.5
    down = _reach(boxed, LEVELS) / np.sqrt(2 * LEVELS)
    across = _reach(boxed[:, ::-1], COLUMNS) / np.sqrt(2 * COLUMNS)
    elongation = np.log(extent[1] / extent[0])
    fill = 1 / (extent[0] * extent[1])
    rest = [_ELONGATION_WEIGHT * elongation, _FILL_WEIGHT * (fill - 0.75)]
    vector = np.concatenate([down.ravel(), _ACROSS_WEIGHT * across.ravel(), rest])
    return vector.astype(np.float32)


def _reach(boxed: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    levels = (np.arange(count) + 0.5) / count - 0.5
    return np.nan_to_num(extents_at(boxed, levels))
