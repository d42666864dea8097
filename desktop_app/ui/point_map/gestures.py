"""What dragging on the map does."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

BEGINS_AFTER = 5
"""Logical pixels: a shorter way is a click."""
_CORNER_EVERY = 3


class MapTool(Enum):
    """What dragging with the left button does; the value is the icon."""

    PAN = "hand"
    RECTANGLE = "square-dashed"
    LASSO = "lasso"


class MapDrag:
    """One press of a button and what comes of it. Positions are logical pixels of the view."""

    def __init__(self, at: QPointF, tool: MapTool, *, begins_at_once: bool = False) -> None:
        self.tool = tool
        self.is_under_way = begins_at_once
        self._begun = self._last = at
        self._path = [at]

    def move(self, to: QPointF) -> QPointF:
        """The pointer moved; returns by how much the map is to be shifted."""
        if not self.is_under_way:
            if (to - self._begun).manhattanLength() < BEGINS_AFTER:
                return QPointF()
            self.is_under_way = True
        moved, self._last = to - self._last, to
        if self.tool is MapTool.PAN:
            return moved
        if self.tool is MapTool.RECTANGLE:
            self._path[1:] = [to]
        elif (to - self._path[-1]).manhattanLength() >= _CORNER_EVERY:
            self._path.append(to)
        return QPointF()

    @property
    def corners(self) -> list[QPointF]:
        """Two opposite ones of a rectangle, all of a lasso; none for a drag that selects
        nothing."""
        selects = self.is_under_way and self.tool is not MapTool.PAN
        return self._path if selects and len(self._path) > 1 else []

    @property
    def polygon(self) -> QPolygonF:
        """What is drawn of it."""
        if not self.corners:
            return QPolygonF()
        if self.tool is MapTool.RECTANGLE:
            return QPolygonF(QRectF(self._path[0], self._path[-1]))
        return QPolygonF(self._path)
