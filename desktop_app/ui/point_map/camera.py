"""Which part of the map is in view."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

LEAST_SCALE, MOST_SCALE = 40.0, 200_000.0
"""Logical pixels to a unit of the map, whose middle has a radius of about one."""
MARGIN = 36
"""Room around what is fitted, in logical pixels."""


@dataclass(frozen=True, slots=True)
class MapCamera:
    """A view of ``width`` by ``height`` logical pixels whose middle shows (``x``, ``y``) at
    ``scale`` pixels to a unit."""

    width: float = 1.0
    height: float = 1.0
    x: float = 0.0
    y: float = 0.0
    scale: float = 300.0

    def to_view(self, places: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) places to (n, 2) logical pixels."""
        offset = np.array(
            [self.width / 2 - self.x * self.scale, self.height / 2 - self.y * self.scale],
            np.float32,
        )
        return places * np.float32(self.scale) + offset

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A place in logical pixels."""
        return (
            (x - self.x) * self.scale + self.width / 2,
            (y - self.y) * self.scale + self.height / 2,
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The inverse of :meth:`point`."""
        return (
            (x - self.width / 2) / self.scale + self.x,
            (y - self.height / 2) / self.scale + self.y,
        )

    def moved(self, dx: float, dy: float) -> MapCamera:
        """The map shifted by so many pixels."""
        return replace(self, x=self.x - dx / self.scale, y=self.y - dy / self.scale)

    def zoomed(self, factor: float, x: float, y: float) -> MapCamera:
        """Nearer by a factor, with what lies at pixel (x, y) staying there."""
        scale = min(MOST_SCALE, max(LEAST_SCALE, self.scale * factor))
        kept_x, kept_y = self.place(x, y)
        return replace(
            self,
            scale=scale,
            x=kept_x - (x - self.width / 2) / scale,
            y=kept_y - (y - self.height / 2) / scale,
        )

    def resized(self, width: float, height: float) -> MapCamera:
        return replace(self, width=max(1.0, width), height=max(1.0, height))

    def fitted(self, places: NDArray[np.float32]) -> MapCamera:
        """All of these in view."""
        if not len(places):
            return replace(self, x=0.0, y=0.0, scale=300.0)
        low, high = places.min(axis=0), places.max(axis=0)
        extent = np.maximum(high - low, 1e-6)
        room = np.maximum((self.width - 2 * MARGIN, self.height - 2 * MARGIN), 40)
        scale = float(min(MOST_SCALE, max(LEAST_SCALE, (room / extent).min())))
        middle = (low + high) / 2
        return replace(self, x=float(middle[0]), y=float(middle[1]), scale=scale)

    def between(self, other: MapCamera, share: float) -> MapCamera:
        """On the way to another, for a movement that shows where it goes."""
        scale = self.scale * (other.scale / self.scale) ** share
        return replace(
            self,
            x=self.x + (other.x - self.x) * share,
            y=self.y + (other.y - self.y) * share,
            scale=scale,
        )
