"""How a crop box is drawn, moved, resized, nudged and turned; no Qt.

Everything is in fractions of the shown picture, x to the right and y down. Boxes never leave
the picture and never shrink below a given least size, a (width, height) pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from desktop_app.domain.images import CropBox

Point = tuple[float, float]
Size = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Pull:
    """Which edges a handle pulls: -1 the left or upper, 1 the right or lower, 0 none."""

    x: int
    y: int


class Handle(Enum):
    """The eight handles, by the edges they pull."""

    TOP_LEFT = _Pull(-1, -1)
    TOP = _Pull(0, -1)
    TOP_RIGHT = _Pull(1, -1)
    RIGHT = _Pull(1, 0)
    BOTTOM_RIGHT = _Pull(1, 1)
    BOTTOM = _Pull(0, 1)
    BOTTOM_LEFT = _Pull(-1, 1)
    LEFT = _Pull(-1, 0)

    def position(self, box: CropBox) -> Point:
        """Where the handle is on ``box``."""
        x = {-1: box.left, 0: (box.left + box.right) / 2, 1: box.right}[self.value.x]
        y = {-1: box.top, 0: (box.top + box.bottom) / 2, 1: box.bottom}[self.value.y]
        return x, y


def handle_at(box: CropBox, point: Point, reach: Size) -> Handle | None:
    """The handle to take hold of at ``point``, corners before edges; None where there is none.

    An edge is held anywhere along it. ``reach`` is how far from it that still is.
    """
    x, y = point
    nears = {
        -1: (abs(x - box.left) <= reach[0], abs(y - box.top) <= reach[1]),
        1: (abs(x - box.right) <= reach[0], abs(y - box.bottom) <= reach[1]),
    }
    within_x = box.left - reach[0] <= x <= box.right + reach[0]
    within_y = box.top - reach[1] <= y <= box.bottom + reach[1]
    corners_first = sorted(Handle, key=lambda handle: 0 in (handle.value.x, handle.value.y))
    for handle in corners_first:
        pull = handle.value
        near_x = nears[pull.x][0] if pull.x else within_x
        near_y = nears[pull.y][1] if pull.y else within_y
        if near_x and near_y:
            return handle
    return None


def contains(box: CropBox, point: Point) -> bool:
    """Whether ``point`` is inside ``box``."""
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom


def drawn(start: Point, end: Point, least: Size) -> CropBox:
    """The box from one corner to another, whichever way it was drawn."""
    left, right = _span(start[0], end[0], least[0])
    top, bottom = _span(start[1], end[1], least[1])
    return CropBox(left, top, right, bottom)


def resized(box: CropBox, handle: Handle, by: Point, least: Size) -> CropBox:
    """``box`` with the edges of ``handle`` pulled ``by``; they stop at the opposite ones."""
    left, right = _pulled(box.left, box.right, handle.value.x, by[0], least[0])
    top, bottom = _pulled(box.top, box.bottom, handle.value.y, by[1], least[1])
    return CropBox(left, top, right, bottom)


def moved(box: CropBox, by: Point) -> CropBox:
    """``box`` shifted as far as it stays inside, of the same size."""
    x = min(max(by[0], -box.left), 1 - box.right)
    y = min(max(by[1], -box.top), 1 - box.bottom)
    return _clamped(box.left + x, box.top + y, box.right + x, box.bottom + y)


def inset(share: float) -> CropBox:
    """The middle of the picture, leaving ``share`` of it off at each side."""
    return CropBox(share, share, 1 - share, 1 - share)


def turned(box: CropBox, quarter_turns: int) -> CropBox:
    """The same part of the picture after it was turned clockwise."""
    for _ in range(quarter_turns % 4):
        box = _clamped(1 - box.bottom, box.left, 1 - box.top, box.right)
    return box


def _span(one: float, other: float, least: float) -> tuple[float, float]:
    low, high = sorted((min(max(one, 0.0), 1.0), min(max(other, 0.0), 1.0)))
    if high - low < least:
        # Grow away from where the drawing began, or inwards at the picture's edge.
        low, high = (low, low + least) if other >= one else (high - least, high)
        if high > 1:
            low, high = 1 - least, 1.0
        if low < 0:
            low, high = 0.0, least
    return low, high


def _pulled(low: float, high: float, edge: int, by: float, least: float) -> tuple[float, float]:
    if edge < 0:
        return min(max(low + by, 0.0), max(high - least, 0.0)), high
    if edge > 0:
        return low, max(min(high + by, 1.0), min(low + least, 1.0))
    return low, high


def _clamped(left: float, top: float, right: float, bottom: float) -> CropBox:
    """Guards against the last digit of a float leaving the unit square."""
    return CropBox(max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0))
