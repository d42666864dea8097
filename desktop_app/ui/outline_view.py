"""The query's outline laid over the hit's."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.evidence import Orientation, ShapeFeatures
from desktop_app.domain.outlines import laid_outline
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.ui.theme.tokens import LIGHT

LEGEND = 18
SAMPLE = 18


class OutlineView(QWidget):
    """Both silhouettes about one centre and at one size: the hit filled and dashed, the query
    as a solid line, so that what sticks out tells."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._query = QPolygonF()
        self._hit = QPolygonF()
        self.setMinimumSize(120, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Outlines laid over one another"))
        theme.changed.connect(self.update)

    def set_shapes(
        self, query: ShapeFeatures | None, hit: ShapeFeatures | None, orientation: Orientation
    ) -> None:
        """The shapes to compare; the query is laid as the hit lies."""
        self._query = _polygon(query, orientation)
        self._hit = _polygon(hit, Orientation())
        self.update()

    @property
    def has_both(self) -> bool:
        return not self._query.isEmpty() and not self._hit.isEmpty()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(280, 170)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours.mat)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        room = QRectF(self.rect()).adjusted(Space.S, Space.S, -Space.S, -Space.S - LEGEND)
        bounds = self._query.boundingRect().united(self._hit.boundingRect())
        if bounds.isEmpty() or room.isEmpty():
            return
        scale = min(room.width() / bounds.width(), room.height() / bounds.height())
        painter.save()
        painter.translate(room.center() - bounds.center() * scale)
        painter.scale(scale, scale)
        fill = QColor(LIGHT.text_muted)
        fill.setAlpha(56)
        painter.setBrush(fill)
        painter.setPen(_dashed())
        painter.drawPolygon(self._hit)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_solid())
        painter.drawPolygon(self._query)
        painter.restore()
        self._paint_legend(painter)

    def _paint_legend(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font(FontSize.META))
        metrics = painter.fontMetrics()
        entries = [
            (words, pen)
            for words, pen, outline in (
                (self.tr("yours"), _solid(), self._query),
                (self.tr("this product"), _dashed(), self._hit),
            )
            if not outline.isEmpty()
        ]
        widths = [SAMPLE + Space.XS + metrics.horizontalAdvance(words) for words, _ in entries]
        left = (self.width() - sum(widths) - Space.L * (len(entries) - 1)) / 2
        middle = self.height() - Space.XS - LEGEND / 2
        for (words, pen), width in zip(entries, widths, strict=True):
            painter.setPen(pen)
            painter.drawLine(QPointF(left, middle), QPointF(left + SAMPLE, middle))
            painter.setPen(LIGHT.text)
            text = QRectF(left + SAMPLE + Space.XS, middle - LEGEND / 2, width, LEGEND)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)
            left += width + Space.L


def _solid() -> QPen:
    pen = QPen(LIGHT.accent, 2.0)
    pen.setCosmetic(True)
    return pen


def _dashed() -> QPen:
    pen = QPen(LIGHT.text_muted, 1.5, Qt.PenStyle.DashLine)
    pen.setCosmetic(True)
    return pen


def _polygon(shape: ShapeFeatures | None, orientation: Orientation) -> QPolygonF:
    points = laid_outline(shape, orientation) if shape is not None else None
    if points is None:
        return QPolygonF()
    return QPolygonF([QPointF(float(x), float(y)) for x, y in points])
