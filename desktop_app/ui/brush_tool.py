"""Paints on a mask: strokes that add or take away, each of which can be undone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

SIZES_PX = (6, 9, 13, 18, 26, 36, 52, 72, 104)
FIRST_SIZE = 4
MOST_UNDONE = 60

_RING = QColor(255, 255, 255)
_RING_SHADE = QColor(0, 0, 0, 140)


class BrushTool:
    """Works in the coordinates of the widget: ``rect`` is where the mask lies there.

    The mask is an Alpha8 image. Sizes are diameters in widget pixels.
    """

    def __init__(self) -> None:
        self.is_erasing = False
        self._size = FIRST_SIZE
        self._mask = QImage()
        self._before: list[QImage] = []
        self._last: QPointF | None = None
        self._erases_now = False

    @property
    def mask(self) -> QImage:
        """The mask as painted so far."""
        return self._mask

    @property
    def size_px(self) -> int:
        return SIZES_PX[self._size]

    @property
    def is_painting(self) -> bool:
        """Whether a stroke is under way."""
        return self._last is not None

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def start(self, mask: QImage) -> None:
        """Begin with this mask and nothing to undo."""
        self._mask = mask.copy()
        self._before.clear()
        self._last = None

    def step_size(self, steps: int) -> bool:
        """Larger or smaller by so many steps; False at the end of the sizes."""
        size = min(max(self._size + steps, 0), len(SIZES_PX) - 1)
        changed = size != self._size
        self._size = size
        return changed

    def press(self, position: QPointF, rect: QRectF, *, inverted: bool) -> None:
        """Begin a stroke; ``inverted`` erases while painting is chosen, and the reverse."""
        self._before.append(self._mask.copy())
        del self._before[:-MOST_UNDONE]
        self._erases_now = self.is_erasing != inverted
        self._last = position
        self.move(position, rect)

    def move(self, position: QPointF, rect: QRectF) -> None:
        """Go on with the stroke."""
        if self._last is None or rect.isEmpty():
            return
        painter = QPainter(self._mask)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._erases_now:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        painter.scale(self._mask.width() / rect.width(), self._mask.height() / rect.height())
        painter.translate(-rect.topLeft())
        pen = QPen(QColor(255, 255, 255), self.size_px)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if position == self._last:
            painter.drawPoint(position)
        else:
            painter.drawLine(self._last, position)
        painter.end()
        self._last = position

    def release(self) -> bool:
        """End the stroke; False where there was none."""
        ended = self._last is not None
        self._last = None
        return ended

    def undo(self) -> bool:
        """Take the last stroke back; False where there is none."""
        if not self._before:
            return False
        self._mask = self._before.pop()
        self._last = None
        return True

    def paint_ring(self, painter: QPainter, position: QPointF) -> None:
        """Where and how large the brush is."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QRectF(QPointF(), QSizeF(self.size_px, self.size_px))
        ring.moveCenter(position)
        style = Qt.PenStyle.DashLine if self.is_erasing else Qt.PenStyle.SolidLine
        for colour, width in ((_RING_SHADE, 3.0), (_RING, 1.25)):
            painter.setPen(QPen(colour, width, style))
            painter.drawEllipse(ring)
