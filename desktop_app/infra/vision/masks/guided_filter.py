"""Edges of a coarse mask drawn to those of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

Plane = NDArray[np.float32]


def guided_filter(guide: Plane, source: Plane, *, radius: int, epsilon: float) -> Plane:
    """He, Sun & Tang, "Guided image filtering", ECCV 2010, equations 5, 6 and 8, for a grey
    ``guide``: within windows of ``2 radius + 1`` pixels the result is the linear function of
    the guide that is closest to ``source``, ``epsilon`` (squared guide units) damping it.
    Both planes are (height, width); the guide is in [0, 1].
    """
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(plane: Plane) -> Plane:
        blurred: Plane = cv.boxFilter(plane, -1, window, borderType=cv.BORDER_REFLECT)
        return blurred

    mean_guide, mean_source = mean(guide), mean(source)
    variance = mean(guide * guide) - mean_guide * mean_guide
    covariance = mean(guide * source) - mean_guide * mean_source
    slope: Plane = np.divide(covariance, variance + epsilon, dtype=np.float32)
    offset: Plane = mean_source - slope * mean_guide
    filtered: Plane = mean(slope) * guide + mean(offset)
    return filtered
