"""Draws a crop box over a picture of any colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_BRACKET_PX = 16
_DIM = QColor(16, 16, 20, 150)
_EDGE = QColor(255, 255, 255)
_EDGE_SHADE = QColor(0, 0, 0, 110)
_THIRDS = QColor(255, 255, 255, 120)


def paint_outside(painter: QPainter, picture: QRectF, box: QRectF) -> None:
    """Dim what is not searched with."""
    outside = QPainterPath()
    outside.addRect(picture)
    inside = QPainterPath()
    inside.addRect(box)
    painter.fillPath(outside.subtracted(inside), _DIM)


def paint_thirds(painter: QPainter, box: QRectF) -> None:
    """Lines that help to place the box while it is moved."""
    painter.setPen(QPen(_THIRDS, 1))
    for share in (1 / 3, 2 / 3):
        x, y = box.x() + share * box.width(), box.y() + share * box.height()
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def paint_outline(painter: QPainter, box: QRectF) -> None:
    """The box's edge, seen on light and on dark."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_EDGE_SHADE, 3))
    painter.drawRect(box)
    painter.setPen(QPen(_EDGE, 1))
    painter.drawRect(box)


def paint_brackets(painter: QPainter, box: QRectF) -> None:
    """Corners and the middles of the edges, where the box can be held."""
    reach = min(_BRACKET_PX, box.width() / 3, box.height() / 3)
    path = QPainterPath()
    for corner_x, inward_x in ((box.left(), 1), (box.right(), -1)):
        for corner_y, inward_y in ((box.top(), 1), (box.bottom(), -1)):
            path.moveTo(corner_x + inward_x * reach, corner_y)
            path.lineTo(corner_x, corner_y)
            path.lineTo(corner_x, corner_y + inward_y * reach)
    half = reach / 2
    centre = box.center()
    for y in (box.top(), box.bottom()):
        path.moveTo(centre.x() - half, y)
        path.lineTo(centre.x() + half, y)
    for x in (box.left(), box.right()):
        path.moveTo(x, centre.y() - half)
        path.lineTo(x, centre.y() + half)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_EDGE_SHADE, 5.0), (_EDGE, 3.0)):
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)
