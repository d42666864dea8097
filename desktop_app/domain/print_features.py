"""Key points of print and label, and what it means that those of two pictures agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class PrintFeatures:
    """Up to 300 key points of one picture, strongest first.

    ``points`` (n, 2) float32, x and y in fractions of the picture's width and height;
    ``scales`` (n,) float32 in pixels of the picture they were found in, which had ``width``
    by ``height`` pixels; ``angles`` (n,) float32 radians; ``codes`` (n, m) uint8, the
    compressed descriptors.
    """

    points: NDArray[np.float32]
    scales: NDArray[np.float32]
    angles: NDArray[np.float32]
    codes: NDArray[np.uint8]
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True, slots=True, eq=False)
class PrintMatch:
    """Key points that agree under one homography.

    ``query_points`` and ``hit_points`` (n, 2) float32 are aligned, in fractions of each
    picture's width and height; ``homography`` (3, 3) maps the query's pixels to the hit's.
    ``score`` in [0, 1] says how surely this is no coincidence and no shared furniture.
    """

    query_points: NDArray[np.float32]
    hit_points: NDArray[np.float32]
    homography: NDArray[np.float64]
    score: float
