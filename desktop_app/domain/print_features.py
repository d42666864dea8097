"""Key points of print and label, and what it means that those of two pictures agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_KEY_POINTS = 300


@dataclass(frozen=True, slots=True, eq=False)
class PrintFeatures:
    """Up to MOST_KEY_POINTS key points of one picture, the most telling first.

    ``points`` (n, 2) float32, x and y in fractions of the picture's width and height;
    ``scales`` (n,) float32 in pixels of the picture they were found in, which had ``width``
    by ``height`` pixels; ``angles`` (n,) float32 radians in [0, 2 pi), clockwise as seen;
    ``codes`` (n, m) uint8, the compressed descriptors. ``descriptors`` (n, d) float32 are the
    same before compression; they are kept in memory for a query and never stored.
    """

    points: NDArray[np.float32]
    scales: NDArray[np.float32]
    angles: NDArray[np.float32]
    codes: NDArray[np.uint8]
    width: int
    height: int
    descriptors: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.points)

    @property
    def pixels(self) -> NDArray[np.float32]:
        """``points`` in pixels of the picture, (n, 2)."""
        return self.points * np.array([self.width, self.height], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class PrintMatch:
    """Key points that agree under one homography.

    ``query_points`` and ``hit_points`` (n, 2) float32 are aligned, in fractions of each
    picture's width and height; ``query_rows`` and ``hit_rows`` (n,) their places among the
    features. ``homography`` (3, 3) maps the query's pixels to the hit's.
    ``score`` in [0, 1] says how surely this is no coincidence and no shared furniture such as a
    brand mark. ``query_share`` and ``hit_share`` in [0, 1] say how many of the key points that
    both pictures should show agree, seen from either; ``coverage`` in [0, 1] over how much of
    the smaller of the two printed areas they are spread.
    ``mirrored`` says that the query had to be mirrored left to right; ``homography`` then maps
    the pixels of the mirrored query, ``query_points`` are those of the query as it is.
    """

    query_points: NDArray[np.float32]
    hit_points: NDArray[np.float32]
    homography: NDArray[np.float64]
    score: float
    query_rows: NDArray[np.intp]
    hit_rows: NDArray[np.intp]
    query_share: float = 0.0
    hit_share: float = 0.0
    coverage: float = 0.0
    mirrored: bool = False

    def __len__(self) -> int:
        return len(self.query_points)
