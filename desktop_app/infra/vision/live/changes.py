"""How much of a scene changed between two small grey frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

Grey = NDArray[np.uint8]

CHANGED_LEVEL = 16
"""Of 255, in smoothed frames: less is noise."""


def changed(one: Grey, other: Grey) -> Grey:
    """255 where the frames differ, else 0. What a camera's exposure does to the whole frame
    counts only where it exceeds the noise."""
    bits: Grey = cv.compare(cv.absdiff(one, other), CHANGED_LEVEL, cv.CMP_GT)
    return bits


def changed_share(one: Grey, other: Grey) -> float:
    """Of the frame, in [0, 1]."""
    return float(cv.countNonZero(changed(one, other)) / one.size)
