"""A mask carried along with the object from frame to frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.masks import INSIDE
from desktop_app.infra.vision.opencv import cv

Grey = NDArray[np.uint8]

_POINTS = 60
_LEAST_POINTS = 6
_WINDOW = (15, 15)
_MOST_SCALE = 1.25
"""Between two frames an object does not grow or shrink by more."""


class MaskTracker:
    """Holds the object's mask of a small grey frame and moves it along with the points inside
    it: pyramidal Lucas-Kanade flow (Bouguet 2000) and the similarity that most of them agree on.
    The mask is always warped from the one that was set, so that its edge does not wash out."""

    def __init__(self) -> None:
        self._alpha: Grey | None = None
        self._moved: Grey | None = None
        self._motion = np.eye(3)
        self._before: Grey | None = None

    @property
    def alpha(self) -> Grey | None:
        """The mask at the newest frame, None where there is no object."""
        return self._moved

    def set(self, grey: Grey, alpha: Grey | None) -> None:
        """The mask of this frame as somebody who knows better found it."""
        self._alpha = self._moved = alpha
        self._motion = np.eye(3)
        self._before = grey

    def follow(self, grey: Grey) -> float | None:
        """Move the mask to the next frame, of the same size. How far the object went, in
        pixels (the median); None where there is no mask or it was lost: then there is none."""
        before, self._before = self._before, grey
        if self._alpha is None or self._moved is None or before is None:
            return None
        step = _similarity(before, grey, self._moved)
        if step is None:
            self._alpha = self._moved = None
            return None
        matrix, far = step
        if far >= 0.3:
            self._motion = np.vstack([matrix, [0, 0, 1]]) @ self._motion
            size = grey.shape[1], grey.shape[0]
            self._moved = cv.warpAffine(self._alpha, self._motion[:2], size)
            if not (self._moved >= INSIDE).any():
                self._alpha = self._moved = None
                return None
        return far


def _similarity(before: Grey, after: Grey, alpha: Grey) -> tuple[NDArray[np.float64], float] | None:
    inside = (alpha >= INSIDE).astype(np.uint8)
    points = cv.goodFeaturesToTrack(before, _POINTS, 0.01, 4, mask=inside)
    if points is None or len(points) < _LEAST_POINTS:
        # Nothing to hold on to: an even object stays where it looks the same.
        return _unmoved(before, after, inside)
    moved, was_found, error = cv.calcOpticalFlowPyrLK(
        before, after, points, None, winSize=_WINDOW, maxLevel=3
    )
    kept = (was_found.ravel() == 1) & (error.ravel() < 25)
    if np.count_nonzero(kept) < max(_LEAST_POINTS, 0.35 * len(points)):
        return None
    matrix, inliers = cv.estimateAffinePartial2D(
        points[kept], moved[kept], method=cv.RANSAC, ransacReprojThreshold=1.5
    )
    if matrix is None or int(inliers.sum()) < max(_LEAST_POINTS, 0.4 * np.count_nonzero(kept)):
        return None
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if not 1 / _MOST_SCALE < scale < _MOST_SCALE:
        return None
    far = np.linalg.norm((moved[kept] - points[kept]).reshape(-1, 2), axis=1)
    return matrix, float(np.median(far))


def _unmoved(before: Grey, after: Grey, inside: Grey) -> tuple[NDArray[np.float64], float] | None:
    changed = cv.mean(cv.absdiff(before, after), inside)[0]
    return (np.eye(3)[:2], 0.0) if changed < 6 else None
