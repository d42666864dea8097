"""Pictures on a map."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from desktop_app.ui.theme import RADIUS

Thumbnail = Callable[[str], QPixmap | None]
"""A thumbnail by content hash where it is at hand; asked for otherwise."""


def paint_thumbnail(
    painter: QPainter, room: QRectF, thumbnail: QPixmap, *, mat: QColor, edge: QColor
) -> None:
    """A picture on its mat, never cropped, with the colour of its group around it."""
    painter.setPen(QPen(edge, 1.5))
    painter.setBrush(mat)
    painter.drawRoundedRect(room, RADIUS, RADIUS)
    inner = room.adjusted(4, 4, -4, -4)
    size = QSizeF(thumbnail.size()) / thumbnail.devicePixelRatio()
    size.scale(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
    where = QRectF(QPointF(), size)
    where.moveCenter(inner.center())
    painter.drawPixmap(where, thumbnail, QRectF(thumbnail.rect()))
