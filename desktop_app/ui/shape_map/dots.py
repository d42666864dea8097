"""Points as small discs, quick enough to be painted anew in every frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage


class DotCanvas:
    """A picture of device pixels that is filled again and again."""

    def __init__(self) -> None:
        self._pixels = np.empty((0, 0), np.uint32)

    def paint(
        self,
        points: NDArray[np.float32],
        colours: NDArray[np.uint32],
        *,
        size: tuple[int, int],
        radius: int,
        ground: QColor,
    ) -> QImage:
        """(height, width) = ``size`` filled with ``ground``, with a disc about each of ``points``
        (n, 2) in ``colours`` (n,) 0xAARRGGBB; of discs that meet the later shows, and those not
        wholly inside are left out. ``points`` and ``radius`` are in device pixels, and points
        in the order of their rows are painted faster. The picture is good until the next one."""
        height, width = size
        if self._pixels.shape != size:
            self._pixels = np.empty(size, np.uint32)
        self._pixels.fill(ground.rgba())
        x, y = (points[:, axis].astype(np.int64) for axis in (0, 1))
        held = (x >= radius) & (x < width - radius) & (y >= radius) & (y < height - radius)
        first = y * width + x
        if not held.all():
            first, colours = first[held], colours[held]
        flat, at = self._pixels.ravel(), np.empty_like(first)
        for dx, dy in _disc(radius):
            np.add(first, dy * width + dx, out=at)
            flat[at] = colours
        return QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def dot_radius(count: int, device_ratio: float) -> int:
    """In device pixels: the fewer dots, the larger."""
    logical = 1.0 if count > 20_000 else 1.6 if count > 4_000 else 2.4
    return max(1, round(logical * device_ratio))


def _disc(radius: int) -> list[tuple[int, int]]:
    reach = (radius + 0.4) ** 2
    around = range(-radius, radius + 1)
    return [(dx, dy) for dy in around for dx in around if dx * dx + dy * dy <= reach]
