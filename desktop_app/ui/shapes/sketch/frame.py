"""Between a sketch's units and the pixels of the drawing board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPolygonF

FIRST_BOX = QRectF(-45, -108, 90, 116)
"""What is seen of an empty board, in units."""
MOST_SCALE, LEAST_SCALE = 400.0, 0.02


@dataclass(frozen=True, slots=True)
class Frame:
    """``scale`` pixels are a unit; the unit's origin lies at ``origin``."""

    scale: float = 1.0
    origin: QPointF = field(default_factory=QPointF)

    @classmethod
    def around(cls, box: QRectF, room: QRectF) -> Frame:
        """With ``box``, in units, in the middle of ``room``, as large as it fits."""
        if box.isEmpty() or room.isEmpty():
            box = FIRST_BOX
        scale = min(room.width() / box.width(), room.height() / box.height())
        scale = max(LEAST_SCALE, min(MOST_SCALE, scale))
        return cls(scale, room.center() - box.center() * scale)

    def to_screen(self, x: float, y: float) -> QPointF:
        return QPointF(self.origin.x() + x * self.scale, self.origin.y() + y * self.scale)

    def to_sketch(self, point: QPointF) -> tuple[float, float]:
        at = (point - self.origin) / self.scale
        return at.x(), at.y()

    def polygon(self, points: Iterable[tuple[float, float]]) -> QPolygonF:
        """Points of the sketch on the screen."""
        return QPolygonF([self.to_screen(float(x), float(y)) for x, y in points])

    def zoomed(self, factor: float, about: QPointF) -> Frame:
        """Larger by ``factor``, with what lies at ``about`` staying there."""
        scale = max(LEAST_SCALE, min(MOST_SCALE, self.scale * factor))
        return Frame(scale, about - (about - self.origin) * (scale / self.scale))

    def panned(self, by: QPointF) -> Frame:
        return Frame(self.scale, self.origin + by)

    def seen(self, size: QSizeF) -> QRectF:
        """What of the sketch fits into a view of this size."""
        left, top = self.to_sketch(QPointF(0, 0))
        return QRectF(left, top, size.width() / self.scale, size.height() / self.scale)
