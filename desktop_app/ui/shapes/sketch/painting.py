"""How a sketch looks on its board."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QLocale, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_app.domain.sketch_curves import NodeKind
from desktop_app.domain.sketch_snapping import Snapped
from desktop_app.domain.sketching import Sketch
from desktop_app.ui.shapes.sketch.frame import Frame
from desktop_app.ui.theme import FontSize, Theme

NODE = 7.0
DIMENSION_GAP = 20.0
TICK = 4.0
_MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class SketchView:
    """What is to be painted: the sketch, what is chosen and pointed at, and the guides of a
    drag. ``insertion`` is where a click would add a node."""

    sketch: Sketch
    frame: Frame
    selected: int = -1
    hovered: int = -1
    insertion: QPointF | None = None
    guides: Snapped | None = None
    grid: float = 0.0
    has_focus: bool = False


class SketchPainter:
    """Draws in the theme's colours."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def paint(self, painter: QPainter, size: QSizeF, view: SketchView) -> None:
        """The whole board but for its ground."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_grid(painter, size, view)
        self._paint_axis(painter, size, view)
        points = view.sketch.points
        if len(points):
            polygon = view.frame.polygon(points)
            self._paint_outline(painter, polygon, is_closed=len(points) > 2)
            self._paint_corners(painter, view)
            if view.sketch.mm_per_unit and len(points) > 2:
                self._paint_size(painter, polygon.boundingRect(), view.sketch)
        self._paint_guides(painter, size, view)
        self._paint_nodes(painter, view)

    def _paint_grid(self, painter: QPainter, size: QSizeF, view: SketchView) -> None:
        step = view.grid
        seen = view.frame.seen(size)
        if step <= 0 or (seen.width() + seen.height()) / step > _MOST_LINES:
            return
        fine, coarse = QColor(self._theme.colours.hairline), QColor(self._theme.colours.hairline)
        fine.setAlphaF(0.45)
        for axis in (0, 1):
            first = math.floor((seen.left() if axis == 0 else seen.top()) / step)
            last = math.ceil((seen.right() if axis == 0 else seen.bottom()) / step)
            for at in range(first, last + 1):
                painter.setPen(QPen(coarse if at % 5 == 0 else fine, 1))
                if axis == 0:
                    x = round(view.frame.to_screen(at * step, 0).x()) + 0.5
                    painter.drawLine(QLineF(x, 0, x, size.height()))
                else:
                    y = round(view.frame.to_screen(0, at * step).y()) + 0.5
                    painter.drawLine(QLineF(0, y, size.width(), y))

    def _paint_axis(self, painter: QPainter, size: QSizeF, view: SketchView) -> None:
        if not view.sketch.is_symmetric:
            return
        x = view.frame.to_screen(0, 0).x()
        pen = QPen(self._theme.colours.control, 1)
        pen.setDashPattern([10, 4, 2, 4])
        painter.setPen(pen)
        painter.drawLine(QLineF(x, 0, x, size.height()))

    def _paint_outline(self, painter: QPainter, polygon: QPolygonF, *, is_closed: bool) -> None:
        colours = self._theme.colours
        pen = QPen(colours.accent, 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if not is_closed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polygon)
            return
        fill = QColor(colours.accent)
        fill.setAlphaF(0.14)
        painter.setBrush(fill)
        painter.drawPolygon(polygon)

    def _paint_corners(self, painter: QPainter, view: SketchView) -> None:
        """Where rounded corners would meet, so that it is plain what their points hold."""
        ring, pieces = view.sketch.ring, view.sketch.pieces
        ink = QColor(self._theme.colours.accent)
        ink.setAlphaF(0.55)
        painter.setPen(QPen(ink, 1, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, node in enumerate(ring):
            if node.kind is NodeKind.CORNER and node.radius > 0 and pieces:
                for line in (pieces[place - 1][-2:], pieces[place][:2]):
                    painter.drawPolyline(view.frame.polygon(line))

    def _paint_size(self, painter: QPainter, box: QRectF, sketch: Sketch) -> None:
        size = sketch.size_mm
        if size is None:
            return
        colours = self._theme.colours
        painter.setFont(self._theme.font(FontSize.META))
        painter.setPen(QPen(colours.text_muted, 1))
        below, beside = box.bottom() + DIMENSION_GAP, box.right() + DIMENSION_GAP
        across = QLineF(box.left(), below, box.right(), below)
        along = QLineF(beside, box.top(), beside, box.bottom())
        for line, shift in ((across, QPointF(0, TICK)), (along, QPointF(TICK, 0))):
            painter.drawLine(line)
            for end in (line.p1(), line.p2()):
                painter.drawLine(end - shift, end + shift)
        for millimetres, line in zip(size, (across, along), strict=True):
            self._paint_figure(painter, line.center(), f"{_figure(millimetres)} mm")

    def _paint_figure(self, painter: QPainter, at: QPointF, words: str) -> None:
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(words) + 8, metrics.height() + 2
        place = QRectF(at.x() - width / 2, at.y() - height / 2, width, height)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours.content)
        painter.drawRoundedRect(place, 3, 3)
        painter.restore()
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_guides(self, painter: QPainter, size: QSizeF, view: SketchView) -> None:
        guides = view.guides
        if guides is None:
            return
        pen = QPen(self._theme.colours.warn, 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        if guides.guide_x is not None:
            x = view.frame.to_screen(guides.guide_x, 0).x()
            painter.drawLine(QLineF(x, 0, x, size.height()))
        if guides.guide_y is not None:
            y = view.frame.to_screen(0, guides.guide_y).y()
            painter.drawLine(QLineF(0, y, size.width(), y))

    def _paint_nodes(self, painter: QPainter, view: SketchView) -> None:
        colours = self._theme.colours
        if view.insertion is not None:
            painter.setPen(QPen(colours.accent, 1.5))
            painter.setBrush(colours.content)
            painter.drawEllipse(view.insertion, NODE / 2 - 0.5, NODE / 2 - 0.5)
        for place, node in enumerate(view.sketch.nodes):
            at = view.frame.to_screen(node.x, node.y)
            is_chosen = place == view.selected
            side = NODE + (2 if is_chosen or place == view.hovered else 0)
            box = QRectF(at.x() - side / 2, at.y() - side / 2, side, side)
            if is_chosen and view.has_focus:
                painter.setPen(QPen(colours.accent, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(at, side, side)
            painter.setPen(QPen(colours.accent, 1.5))
            painter.setBrush(colours.accent if is_chosen else colours.content)
            if node.kind is NodeKind.SMOOTH:
                painter.drawEllipse(box)
            elif node.radius > 0:
                painter.drawRoundedRect(box, 2.5, 2.5)
            else:
                painter.drawRect(box)


def _figure(millimetres: float) -> str:
    decimals = 1 if millimetres < 100 else 0
    return QLocale().toString(float(millimetres), "f", decimals)
