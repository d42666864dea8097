"""A mask a person drew, and what of it another crop or turn of the picture shows; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import CropBox
from desktop_app.ui.crop_editing import turned

MAX_SIDE = 1024


@dataclass(frozen=True, slots=True, eq=False)
class DrawnMask:
    """``alpha`` (height, width), uint8, of the view that ``quarter_turns`` and then ``crop``
    make of the picture."""

    alpha: NDArray[np.uint8]
    crop: CropBox
    quarter_turns: int

    def seen_in(self, crop: CropBox, quarter_turns: int) -> NDArray[np.uint8]:
        """The mask of another view of the same picture; background where nothing was drawn."""
        turns = (quarter_turns - self.quarter_turns) % 4
        alpha = np.rot90(self.alpha, -turns)
        drawn = turned(self.crop, turns)
        if drawn == crop:
            return np.ascontiguousarray(alpha)
        rows = _sampled(alpha.shape[0], drawn.top, drawn.bottom, crop.top, crop.bottom)
        columns = _sampled(alpha.shape[1], drawn.left, drawn.right, crop.left, crop.right)
        seen = alpha[np.ix_(np.maximum(rows, 0), np.maximum(columns, 0))]
        seen[rows < 0] = 0
        seen[:, columns < 0] = 0
        return np.ascontiguousarray(seen)


def _sampled(size: int, low: float, high: float, begin: float, end: float) -> NDArray[np.int64]:
    """For each pixel from ``begin`` to ``end``, at the scale of ``size`` pixels from ``low`` to
    ``high``, the pixel there; -1 beyond them."""
    count = round(size * (end - begin) / (high - low))
    count = min(max(count, 1), MAX_SIDE)
    places = begin + (np.arange(count) + 0.5) * (end - begin) / count
    pixels = np.floor((places - low) / (high - low) * size).astype(np.int64)
    pixels[(pixels < 0) | (pixels >= size)] = -1
    return pixels
