"""The points of a map as a view needs them: what is in sight, what stands for the rest, and what
a rectangle or a lasso holds. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.shape_map import Places
from desktop_app.ui.point_map.camera import MapCamera

CELL = 38.0
"""Logical pixels: in a square of this side to twice as much one picture is drawn for all."""
FIRST_LEVEL, LAST_LEVEL = -3, 14

Rows = NDArray[np.int64]
Pixels = NDArray[np.int32]


class MapScene:
    """Points at ``places`` (n, 2), of which the lower ``ranks`` (n,) are drawn first."""

    def __init__(self, places: Places, ranks: NDArray[np.int32]) -> None:
        self.places = np.ascontiguousarray(places, np.float32)
        self.downwards = np.argsort(self.places[:, 1], kind="stable")
        """Rows from the top down: in this order they are painted faster."""
        self._xs, self._ys = (
            np.ascontiguousarray(self.places[self.downwards, axis]) for axis in (0, 1)
        )
        self._by_rank = np.argsort(ranks, kind="stable")
        self._levels: dict[int, Rows] = {}

    def __len__(self) -> int:
        return len(self.places)

    def band(self, camera: MapCamera) -> slice:
        """The part of :attr:`downwards` whose heights are in sight."""
        _, top = camera.place(0, 0)
        _, bottom = camera.place(0, camera.height)
        return slice(*np.searchsorted(self._ys, (top, bottom)).tolist())

    def pixels(self, camera: MapCamera, band: slice, ratio: float) -> tuple[Pixels, Pixels]:
        """The device pixels of a band's points, across and down."""
        scale = np.float32(camera.scale * ratio)
        across = np.float32((camera.width / 2 - camera.x * camera.scale) * ratio)
        down = np.float32((camera.height / 2 - camera.y * camera.scale) * ratio)
        xs, ys = self._xs[band] * scale, self._ys[band] * scale
        xs += across
        ys += down
        # Beyond what an int32 holds lies nothing in sight.
        np.clip(xs, -1e6, 1e6, out=xs)
        return xs.astype(np.int32), ys.astype(np.int32)

    def count_in_view(self, camera: MapCamera) -> int:
        """How many points are in sight."""
        band = self.band(camera)
        left, _ = camera.place(0, 0)
        right, _ = camera.place(camera.width, 0)
        xs = self._xs[band]
        return int(np.count_nonzero((xs >= left) & (xs <= right)))

    def drawn(self, camera: MapCamera, margin: float = 0.0, *, coarser: int = 0) -> Rows:
        """Rows of the pictures that stand for all in sight, the first one first: one for each
        square of CELL pixels or up to twice as much, or of four times the area for each
        ``coarser`` step. Moving the view changes none of them."""
        rows = self.at_level(max(FIRST_LEVEL, level_of(camera.scale) - coarser))
        return rows[self._is_in_view(self.places[rows], camera, margin)]

    def at_level(self, level: int) -> Rows:
        """Rows that stand for all at one level of zoom; each next one shows four times as many."""
        rows = self._levels.get(level)
        if rows is None:
            rows = self._levels[level] = self._chosen(level)
        return rows

    def prepare_level(self) -> bool:
        """Choose what stands for all at one level that was not asked for yet; False where none
        is left. Takes 20 ms for 100,000 points."""
        for level in range(FIRST_LEVEL, LAST_LEVEL + 1):
            if level not in self._levels:
                self.at_level(level)
                return True
        return False

    def nearest(self, camera: MapCamera, x: float, y: float, reach: float) -> int:
        """The row nearest to a pixel, at most ``reach`` pixels away; -1 for none."""
        if not len(self.places):
            return -1
        place = np.array(camera.place(x, y), np.float32)
        apart = ((self.places - place) ** 2).sum(axis=1)
        row = int(apart.argmin())
        return row if float(apart[row]) ** 0.5 * camera.scale <= reach else -1

    def towards(self, row: int, dx: int, dy: int) -> int:
        """The next row in a direction (-1, 0 or 1 each): the nearest within 45 degrees of it;
        the same one where there is none."""
        offsets = self.places - self.places[row]
        along = offsets @ np.array([dx, dy], np.float32)
        across = np.abs(offsets @ np.array([-dy, dx], np.float32))
        ahead = np.flatnonzero((along > 0) & (across <= along))
        if not len(ahead):
            return row
        cost = along[ahead] + 2 * across[ahead]
        return int(ahead[cost.argmin()])

    def in_rectangle(self, first: tuple[float, float], second: tuple[float, float]) -> Rows:
        """Rows between two opposite corners, in map units, edges included."""
        low, high = np.minimum(first, second), np.maximum(first, second)
        held = ((self.places >= low) & (self.places <= high)).all(axis=1)
        return np.flatnonzero(held)

    def in_polygon(self, corners: Sequence[tuple[float, float]]) -> Rows:
        """Rows inside a closed polygon, in map units, by the even-odd rule: points whose ray to
        the right crosses it an odd number of times. An edge holds its lower end and not its
        upper one, so that a corner is crossed once."""
        if len(corners) < 3:
            return np.empty(0, np.int64)
        order, heights = self.downwards, self._ys.astype(np.float64)
        is_inside = np.zeros(len(order), np.bool_)
        ring = np.asarray(corners, np.float64)
        xs = self._xs.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # edges of hardly any height
            for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
                if y0 == y1:
                    continue
                low, high = min(y0, y1), max(y0, y1)
                begin, end = np.searchsorted(heights, (low, high))
                crossing = x0 + (heights[begin:end] - y0) * ((x1 - x0) / (y1 - y0))
                is_inside[begin:end] ^= xs[begin:end] < crossing
        return np.sort(order[is_inside])

    @staticmethod
    def _is_in_view(places: Places, camera: MapCamera, margin: float) -> NDArray[np.bool_]:
        left, top = camera.place(-margin, -margin)
        right, bottom = camera.place(camera.width + margin, camera.height + margin)
        x, y = places[:, 0], places[:, 1]
        held: NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
        return held

    def _chosen(self, level: int) -> Rows:
        places = self.places[self._by_rank].astype(np.float64)
        cells = np.floor(places * 2.0**level).astype(np.int64)
        keys = cells[:, 0] * (1 << 31) + cells[:, 1]
        _, first = np.unique(keys, return_index=True)
        return self._by_rank[np.sort(first)]


def level_of(scale: float) -> int:
    """The level whose squares are CELL to twice CELL pixels wide at a scale."""
    return int(np.clip(np.floor(np.log2(max(scale, 1e-6) / CELL)), FIRST_LEVEL, LAST_LEVEL))


def cell_pixels(scale: float) -> float:
    """How wide the squares are at a scale, in logical pixels."""
    return scale / 2.0 ** level_of(scale)
