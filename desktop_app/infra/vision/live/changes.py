"""How much of a scene changed between two small grey frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

Grey = NDArray[np.uint8]

_COARSE = 32, 20
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


def likeness(one: Grey, other: Grey) -> float:
    """Correlation of two frames of one size, coarsely seen, in [-1, 1]: near 1 for one scene in
    any light and whatever is held before it, near 0 for two scenes."""
    first, second = (
        cv.resize(frame, _COARSE, interpolation=cv.INTER_AREA).astype(np.float32).ravel()
        for frame in (one, other)
    )
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / norm if norm > 1e-6 else 1.0
