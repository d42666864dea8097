"""Points as small discs, quick enough to be painted anew in every frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage


class DotCanvas:
    """A picture of device pixels that is filled again and again."""

    def __init__(self) -> None:
        self._pixels = np.empty((0, 0), np.uint32)

    def begin(self, width: int, height: int, ground: QColor) -> None:
        """Start anew with so many device pixels of one colour."""
        if self._pixels.shape != (height, width):
            self._pixels = np.empty((height, width), np.uint32)
        self._pixels.fill(ground.rgba())

    def add(
        self,
        across: NDArray[np.int32],
        down: NDArray[np.int32],
        colours: NDArray[np.uint32],
        radius: int,
    ) -> None:
        """A disc about each point in ``colours`` (n,) 0xAARRGGBB, above what was added before;
        those not wholly inside are left out. All in device pixels. Points that come from the
        top down are painted faster."""
        height, width = self._pixels.shape
        held = (across >= radius) & (across < width - radius)
        held &= (down >= radius) & (down < height - radius)
        first = down.astype(np.int64)
        first *= width
        first += across
        if not held.all():
            first, colours = first[held], colours[held]
        flat, at = self._pixels.ravel(), np.empty_like(first)
        for dx, dy in _disc(radius):
            np.add(first, dy * width + dx, out=at)
            flat[at] = colours

    @property
    def image(self) -> QImage:
        """Good until the next :meth:`begin`."""
        height, width = self._pixels.shape
        return QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def dot_radius(count: int, device_ratio: float) -> int:
    """In device pixels: the fewer dots, the larger."""
    logical = 0.7 if count > 20_000 else 1.6 if count > 4_000 else 2.4
    return max(1, round(logical * device_ratio))


def _disc(radius: int) -> list[tuple[int, int]]:
    reach = (radius + 0.4) ** 2
    around = range(-radius, radius + 1)
    return [(dx, dy) for dy in around for dx in around if dx * dx + dy * dy <= reach]
