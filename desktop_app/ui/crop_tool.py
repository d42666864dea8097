"""Takes hold of a crop box: from mouse positions and keys to boxes, in fractions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desktop_app.domain.images import CropBox
from desktop_app.ui.crop_editing import (
    Handle,
    Point,
    Size,
    contains,
    drawn,
    handle_at,
    moved,
    resized,
)

NUDGE = 0.01
NUDGE_FAR = 0.05

_CURSORS = {
    Handle.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Handle.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Handle.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Handle.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Handle.LEFT: Qt.CursorShape.SizeHorCursor,
    Handle.RIGHT: Qt.CursorShape.SizeHorCursor,
    Handle.TOP: Qt.CursorShape.SizeVerCursor,
    Handle.BOTTOM: Qt.CursorShape.SizeVerCursor,
}
_ARROWS: dict[int, Point] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class _Grip(Enum):
    DRAW = "draw"
    MOVE = "move"
    RESIZE = "resize"


@dataclass(frozen=True, slots=True)
class _Drag:
    grip: _Grip
    start: Point
    box: CropBox
    handle: Handle | None = None


class CropTool:
    """At most one drag. ``reach`` is how near a handle is held, ``least`` the smallest box,
    ``begun`` how far the mouse goes before a new box is drawn."""

    def __init__(self) -> None:
        self._drag: _Drag | None = None

    @property
    def is_adjusting(self) -> bool:
        """Whether a box that was there is being moved or resized."""
        return self._drag is not None and self._drag.grip is not _Grip.DRAW

    def press(self, crop: CropBox, point: Point, *, reach: Size) -> None:
        """Take hold of the box, or begin another."""
        grip, handle = self._grip_at(crop, point, reach)
        self._drag = _Drag(grip, point, crop, handle)

    def move(self, point: Point, *, least: Size, begun: Size) -> CropBox | None:
        """The box the drag makes; None where there is none yet."""
        drag = self._drag
        if drag is None:
            return None
        by = (point[0] - drag.start[0], point[1] - drag.start[1])
        if drag.grip is _Grip.MOVE:
            return moved(drag.box, by)
        if drag.handle is not None:
            return resized(drag.box, drag.handle, by, least)
        if abs(by[0]) > begun[0] or abs(by[1]) > begun[1]:
            return drawn(drag.start, point, least)
        return None

    @property
    def is_dragging(self) -> bool:
        return self._drag is not None

    def release(self) -> None:
        """Let go."""
        self._drag = None

    def cursor(self, crop: CropBox, point: Point, *, reach: Size) -> Qt.CursorShape:
        """What a press at ``point`` would do."""
        grip, handle = self._grip_at(crop, point, reach)
        if grip is _Grip.MOVE:
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.CrossCursor if handle is None else _CURSORS[handle]

    @staticmethod
    def key(event: QKeyEvent, crop: CropBox, *, least: Size) -> CropBox | None:
        """What a key makes of a box; None where it is not for boxes."""
        if crop.is_whole:
            return None
        if event.key() == Qt.Key.Key_Escape:
            return CropBox()
        direction = _ARROWS.get(event.key())
        if direction is None:
            return None
        far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = NUDGE_FAR if far else NUDGE
        by = (direction[0] * step, direction[1] * step)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return resized(crop, Handle.BOTTOM_RIGHT, by, least)
        return moved(crop, by)

    @staticmethod
    def _grip_at(crop: CropBox, point: Point, reach: Size) -> tuple[_Grip, Handle | None]:
        handle = handle_at(crop, point, reach)
        if handle is not None:
            return _Grip.RESIZE, handle
        if not crop.is_whole and contains(crop, point):
            return _Grip.MOVE, None
        return _Grip.DRAW, None
