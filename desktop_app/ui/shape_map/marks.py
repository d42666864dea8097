"""Outlines and thumbnails as small pictures, made once for each size and colour."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from desktop_app.domain.shapes import OutlinePoints
from desktop_app.services.shapes.map_reading import MappedPicture
from desktop_app.ui.point_map.colours import mixed

MOST_PICTURES, MOST_PIXMAPS = 12_000, 3_000
_STEP = 8
"""Sizes of outlines in logical pixels are multiples of this."""
_PAD = 2.0
_LIGHT_ABOVE = 0.75


class Marks:
    """What is known of pictures, and what was drawn of them."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[int, MappedPicture] = OrderedDict()
        self._pixmaps: OrderedDict[tuple[int, int, int, float], QPixmap] = OrderedDict()

    def clear(self) -> None:
        self._pictures.clear()
        self._pixmaps.clear()

    def forget_pixmaps(self) -> None:
        """Colours have changed."""
        self._pixmaps.clear()

    def add(self, pictures: Iterable[MappedPicture]) -> None:
        for picture in pictures:
            self._pictures[picture.content_id] = picture
            self._pictures.move_to_end(picture.content_id)
        while len(self._pictures) > MOST_PICTURES:
            self._pictures.popitem(last=False)

    def picture(self, content_id: int) -> MappedPicture | None:
        return self._pictures.get(content_id)

    def outline(self, content_id: int, side: int, group: int, ratio: float) -> QPixmap | None:
        """The outline in a square of ``side`` logical pixels in the colour of its group, where
        it was made before."""
        return self._pixmaps.get((content_id, side, group, ratio))

    def make(
        self, content_id: int, side: int, group: int, ratio: float, colour: QColor
    ) -> QPixmap | None:
        """As :meth:`outline`, made now; None where it is not known."""
        known = self._pictures.get(content_id)
        if known is None or known.outline is None:
            return None
        pixmap = outline_pixmap(known.outline, side, colour, ratio)
        self._pixmaps[content_id, side, group, ratio] = pixmap
        while len(self._pixmaps) > MOST_PIXMAPS:
            self._pixmaps.popitem(last=False)
        return pixmap


def mark_side(size: float) -> int:
    """A size of outlines in logical pixels, such as are made."""
    return max(_STEP, round(size / _STEP) * _STEP)


def polygon_of(outline: OutlinePoints, room: QRectF) -> QPolygonF:
    """An outline at its proportions in the middle of a room, which it fills one way."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    extent = np.maximum(high - low, 1e-9)
    scale = min(room.width() / float(extent[0]), room.height() / float(extent[1]))
    placed = (outline - (low + high) / 2) * scale
    centre = room.center()
    return QPolygonF([QPointF(centre.x() + float(x), centre.y() + float(y)) for x, y in placed])


def outline_pixmap(
    outline: OutlinePoints, side: int, colour: QColor, device_ratio: float
) -> QPixmap:
    """A filled outline with a darker edge in a square of ``side`` logical pixels."""
    pixmap = QPixmap(round(side * device_ratio), round(side * device_ratio))
    pixmap.setDevicePixelRatio(device_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill = QColor(colour)
    fill.setAlphaF(0.55)
    painter.setBrush(fill)
    # Colours for a dark ground are light, and their edges are lighter still.
    edge = QColor("white") if colour.valueF() > _LIGHT_ABOVE else QColor("black")
    pen = QPen(mixed(colour, edge, 0.25), 1.2)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolygon(polygon_of(outline, QRectF(_PAD, _PAD, side - 2 * _PAD, side - 2 * _PAD)))
    painter.end()
    return pixmap
