"""The query's outline laid on a product's: lines, areas, or where and how far they part."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.painted_message import paint_message
from desktop_app.ui.shapes.compare.compared import (
    Compared,
    CompareMode,
    part_name,
    path_of,
    polygon,
)
from desktop_app.ui.theme import Colours, FontSize, Space, Theme

LEGEND = 46
LABELS = 62
LINE = 2.0
_SAMPLE = 20
_TOLD_FROM = 0.35
"""Share of the scale from which the greatest deviation each way is told in the picture."""


class CompareView(QWidget):
    """Draws a Compared. ``onion`` from 0 (the query alone) to 1 (the product alone)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compared: Compared | None = None
        self._mode = CompareMode.OUTLINES
        self._onion = 0.5
        self._words = ("", "")
        self.setMinimumSize(180, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Outlines laid on each other"))
        theme.changed.connect(self.update)

    @property
    def mode(self) -> CompareMode:
        return self._mode

    @property
    def compared(self) -> Compared | None:
        """What is on view."""
        return self._compared

    def show_compared(self, compared: Compared | None, words: tuple[str, str] = ("", "")) -> None:
        """Show this, or ``words`` where there is nothing."""
        self._compared, self._words = compared, words
        self.update()

    def set_mode(self, mode: CompareMode) -> None:
        self._mode = mode
        self.update()

    @Slot(float)
    def set_onion(self, onion: float) -> None:
        """From the query alone to the product alone."""
        self._onion = onion
        self.update()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(300, 380)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        painter.fillRect(self.rect(), colours.content)
        compared = self._compared
        if compared is None:
            paint_message(
                painter,
                self._theme,
                self.rect(),
                *self._words,
                colour=colours.text,
                muted=colours.text_muted,
                icon="columns-2",
            )
            return
        room = QRectF(self.rect()).adjusted(Space.M, Space.M, -LABELS, -Space.S - LEGEND)
        place = _fitted(compared.box, room)
        self._paint_parts(painter, compared, place, colours)
        painter.save()
        painter.setClipRect(self.rect())
        {
            CompareMode.OUTLINES: self._paint_outlines,
            CompareMode.FILLED: self._paint_filled,
            CompareMode.DIFFERENCE: self._paint_difference,
        }[self._mode](painter, compared, place, colours)
        painter.restore()
        self._paint_legend(painter, compared, colours)

    def _opacities(self) -> tuple[float, float]:
        """Of the query and of the product."""
        return min(1.0, 2 * (1 - self._onion)), min(1.0, 2 * self._onion)

    def _paint_outlines(
        self, painter: QPainter, compared: Compared, place: QTransform, colours: Colours
    ) -> None:
        query, hit = self._opacities()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setOpacity(hit)
        painter.setPen(_hit_pen(colours))
        painter.drawPolygon(place.map(polygon(compared.laid.hit)))
        painter.setOpacity(query)
        painter.setPen(_query_pen(colours))
        painter.drawPolygon(place.map(polygon(compared.laid.query)))

    def _paint_filled(
        self, painter: QPainter, compared: Compared, place: QTransform, colours: Colours
    ) -> None:
        query, hit = self._opacities()
        ground, tint = QColor(colours.text_muted), QColor(colours.accent)
        ground.setAlphaF(0.45)
        tint.setAlphaF(0.4)
        painter.setOpacity(hit)
        painter.setPen(_hit_pen(colours))
        painter.setBrush(ground)
        painter.drawPolygon(place.map(polygon(compared.laid.hit)))
        painter.setOpacity(query)
        painter.setPen(_query_pen(colours))
        painter.setBrush(tint)
        painter.drawPolygon(place.map(polygon(compared.laid.query)))

    def _paint_difference(
        self, painter: QPainter, compared: Compared, place: QTransform, colours: Colours
    ) -> None:
        query, hit = place.map(path_of(compared.laid.query)), place.map(path_of(compared.laid.hit))
        ground = QColor(colours.text_muted)
        ground.setAlphaF(0.12)
        painter.fillPath(query.intersected(hit), ground)
        for path, ink, pattern in (
            (query.subtracted(hit), colours.warn, Qt.BrushStyle.BDiagPattern),
            (hit.subtracted(query), colours.accent_text, Qt.BrushStyle.FDiagPattern),
        ):
            soft = QColor(ink)
            soft.setAlphaF(0.3)
            painter.fillPath(path, soft)
            painter.fillPath(path, QBrush(ink, pattern))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        thin = QPen(colours.text_muted, 1, Qt.PenStyle.DashLine)
        painter.setPen(thin)
        painter.drawPath(hit)
        self._paint_signed_line(painter, compared, place, colours)
        self._paint_greatest(painter, compared, place, colours)

    def _paint_signed_line(
        self, painter: QPainter, compared: Compared, place: QTransform, colours: Colours
    ) -> None:
        points = place.map(polygon(compared.laid.query))
        shares = np.clip(compared.laid.deviation / compared.scale, -1, 1)
        count = len(shares)
        for at in range(count):
            share = float(np.nan_to_num((shares[at] + shares[(at + 1) % count]) / 2))
            pen = QPen(signed_ink(share, colours), LINE + 1.5 * abs(share))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(QLineF(points.at(at), points.at((at + 1) % count)))

    def _paint_greatest(
        self, painter: QPainter, compared: Compared, place: QTransform, colours: Colours
    ) -> None:
        """The largest deviation each way, in words at its place."""
        deviation = np.nan_to_num(compared.laid.deviation)
        points = place.map(polygon(compared.laid.query))
        middle = place.map(compared.box.center())
        painter.setFont(self._theme.font(FontSize.META, semibold=True))
        metrics = painter.fontMetrics()
        for at in (int(deviation.argmax()), int(deviation.argmin())):
            if abs(deviation[at]) < _TOLD_FROM * compared.scale:
                continue
            words = compared.figure(float(deviation[at]), is_signed=True)
            point = points.at(at)
            width, height = metrics.horizontalAdvance(words) + 10, metrics.height() + 2
            left = point.x() + 10 if point.x() < middle.x() else point.x() - width - 10
            box = QRectF(left, point.y() - height / 2, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.raised)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QPen(signed_ink(1.0 if deviation[at] > 0 else -1.0, colours), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
            painter.drawEllipse(point, 4, 4)
            painter.setPen(colours.text)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_parts(
        self, painter: QPainter, compared: Compared, place: QTransform, colours: Colours
    ) -> None:
        parts = compared.laid.hit_parts
        if parts is None:
            return
        right = self.width() - LABELS + Space.XS
        painter.setFont(self._theme.font(FontSize.META))
        metrics = painter.fontMetrics()
        pen = QPen(colours.hairline, 1)
        below = -float(metrics.height())
        for part, (top, bottom) in sorted(parts.spans.items(), key=lambda span: span[1]):
            high, low = (place.map(QPointF(0, share - 1)).y() for share in (top, bottom))
            painter.setPen(pen)
            for y in (high, low):
                painter.drawLine(QLineF(Space.S, y, self.width() - Space.S, y))
            height = metrics.height()
            y = max((high + low) / 2 - height / 2, below + height)
            below = y
            painter.setPen(colours.text_muted)
            box = QRectF(right, y, LABELS - Space.S, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, part_name(part))

    def _paint_legend(self, painter: QPainter, compared: Compared, colours: Colours) -> None:
        painter.setFont(self._theme.font(FontSize.META))
        if self._mode is CompareMode.DIFFERENCE:
            self._paint_scale(painter, compared, colours)
            return
        metrics = painter.fontMetrics()
        x, y = float(Space.M), self.height() - LEGEND / 2
        for words, pen in (
            (self.tr("Your outline"), _query_pen(colours)),
            (
                metrics.elidedText(compared.name, Qt.TextElideMode.ElideRight, 150),
                _hit_pen(colours),
            ),
        ):
            painter.setPen(pen)
            painter.drawLine(QLineF(x, y, x + _SAMPLE, y))
            painter.setPen(colours.text)
            x += _SAMPLE + Space.XS
            width = metrics.horizontalAdvance(words)
            painter.drawText(QRectF(x, y - 10, width + 2, 20), Qt.AlignmentFlag.AlignVCenter, words)
            x += width + Space.L

    def _paint_scale(self, painter: QPainter, compared: Compared, colours: Colours) -> None:
        bar = QRectF(Space.M, self.height() - LEGEND + 18, self.width() - 2 * Space.M, 8)
        steps = 40
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(steps):
            share = -1 + 2 * (step + 0.5) / steps
            painter.setBrush(signed_ink(share, colours))
            left = bar.left() + bar.width() * step / steps
            painter.drawRect(QRectF(left, bar.top(), bar.width() / steps + 0.5, bar.height()))
        for ink, pattern, half in (
            (colours.content, Qt.BrushStyle.FDiagPattern, QRectF(bar.topLeft(), bar.center())),
            (
                colours.content,
                Qt.BrushStyle.BDiagPattern,
                QRectF(bar.center(), bar.bottomRight()),
            ),
        ):
            soft = QColor(ink)
            soft.setAlphaF(0.5)
            place = QRectF(half.left(), bar.top(), half.width(), bar.height())
            painter.fillRect(place, QBrush(soft, pattern))
        painter.setPen(colours.text)
        above = bar.adjusted(0, -18, 0, -bar.height())
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, self.tr("Yours is smaller"))
        painter.drawText(above, Qt.AlignmentFlag.AlignRight, self.tr("Yours is larger"))
        below = QRectF(bar.left(), bar.bottom() + 1, bar.width(), 16)
        painter.setPen(colours.text_muted)
        scale = compared.scale
        for alignment, value in (
            (Qt.AlignmentFlag.AlignLeft, -scale),
            (Qt.AlignmentFlag.AlignHCenter, 0.0),
            (Qt.AlignmentFlag.AlignRight, scale),
        ):
            painter.drawText(below, alignment, compared.figure(value, is_signed=True))


def signed_ink(share: float, colours: Colours) -> QColor:
    """The colour of a deviation from -1 (the query is smaller) to 1 (it is larger)."""
    full, none = (colours.warn if share > 0 else colours.accent_text), colours.control
    amount = abs(share) ** 0.7
    return QColor.fromRgbF(
        none.redF() + amount * (full.redF() - none.redF()),
        none.greenF() + amount * (full.greenF() - none.greenF()),
        none.blueF() + amount * (full.blueF() - none.blueF()),
    )


def _fitted(box: QRectF, room: QRectF) -> QTransform:
    if box.isEmpty() or room.isEmpty():
        return QTransform()
    scale = min(room.width() / box.width(), room.height() / box.height())
    moved = room.center() - box.center() * scale
    return QTransform(scale, 0, 0, scale, moved.x(), moved.y())


def _query_pen(colours: Colours) -> QPen:
    return QPen(colours.accent, LINE)


def _hit_pen(colours: Colours) -> QPen:
    return QPen(colours.text_muted, LINE - 0.4, Qt.PenStyle.DashLine)
