"""How far from an outline any place is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv, cv2
from desktop_app.infra.vision.shape.frames import Points

Floats = NDArray[np.float32]

SIDE = 120
_MARGIN = 0.35
_FINER = 4
_SHIFT = 4
_HALF, _NOTHING = np.float32(0.5), np.float32(0)
_TOUCHED = np.float32(0.5)
"""Pixels by which a filled polygon reaches beyond its outline."""


class DistanceField:
    """Signed distances from a closed outline, negative inside, on a grid around it of at most
    SIDE cells a side; between cells bilinear, beyond the grid extended.

    ``inside`` (rows, columns) uint8 is 1 in the cells that the outline encloses or touches.
    """

    def __init__(self, points: Points) -> None:
        least = points.min(axis=0) - _MARGIN
        extent = np.ptp(points, axis=0) + 2 * _MARGIN
        self._step = np.float32(extent.max() / SIDE)
        self._least = least.astype(np.float32)
        columns, rows = np.ceil(extent / self._step).astype(int)
        self._size = (int(columns), int(rows))
        fine = self._filled(points, _FINER)
        signed = cv.distanceTransform(1 - fine, cv.DIST_L2, cv.DIST_MASK_5)
        signed -= cv.distanceTransform(fine, cv.DIST_L2, cv.DIST_MASK_5)
        # A pixel beside the edge is told to be one away, and what the edge touches is filled.
        signed += np.where(fine, 0.5, -0.5).astype(np.float32) + _TOUCHED
        values = cv.resize(signed, self._size, interpolation=cv.INTER_AREA)
        values *= self._step / _FINER
        self.inside = self._filled(points, 1)
        own = ((points - least) / self._step).astype(np.int32)
        self._own = own[:, 1], own[:, 0]
        down, across = np.gradient(values, self._step)
        self._cells = np.stack([values, across, down], axis=2).astype(np.float32)

    def sample(self, points: Floats) -> tuple[Floats, Floats]:
        """The distances (b, n) at points (b, n, 2) and their gradients (b, n, 2)."""
        columns, rows = self._size
        places = (points - self._least) / self._step - _HALF
        within = np.clip(places, _NOTHING, np.array([columns - 1, rows - 1], np.float32))
        found = cv.remap(self._cells, within, None, cv.INTER_LINEAR)
        beyond = np.hypot(*np.moveaxis(places - within, -1, 0)) * self._step
        return found[..., 0] + beyond, found[..., 1:]

    def filled(self, points: Points) -> NDArray[np.uint8]:
        """Which cells another outline in the same frame covers, as ``inside``."""
        return self._filled(points, 1)

    def overlap(self, filled: NDArray[np.uint8]) -> float:
        """Intersection over union of ``inside`` and what ``filled`` gave."""
        both = np.count_nonzero(filled & self.inside)
        return float(both) / max(1.0, float(np.count_nonzero(filled | self.inside)))

    def own_distances(self, filled: NDArray[np.uint8]) -> Floats:
        """(n,): the distances of the outline's points from the edge of what ``filled`` gave, to
        half a cell; positive inside it, where the outline lacks something."""
        apart = cv.distanceTransform(filled, cv.DIST_L2, cv.DIST_MASK_3)
        apart -= cv.distanceTransform(1 - filled, cv.DIST_L2, cv.DIST_MASK_3)
        found = apart[self._own]
        # The nearest cell of the other side is a whole cell away at an edge.
        shorter = np.sign(found) * np.maximum(np.abs(found) - 1, 0) * self._step
        return np.asarray(shorter, np.float32)

    def _filled(self, points: Points, finer: int) -> NDArray[np.uint8]:
        columns, rows = self._size
        canvas = np.zeros((rows * finer, columns * finer), np.uint8)
        places = (points - self._least) * (finer / self._step) - 0.5
        fixed = np.rint(places * 2**_SHIFT).astype(np.int32)
        cv2.fillPoly(canvas, [fixed], 1, shift=_SHIFT)
        return canvas
