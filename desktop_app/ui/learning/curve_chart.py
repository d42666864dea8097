"""How learning goes: Recall@1 of products it does not learn from, and the loss, over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.domain.metric_learning import CurvePoint
from desktop_app.ui.learning.words import percent
from desktop_app.ui.theme import FontSize, Space, Theme

_AXIS = 52
_TITLE = 20
_TIMES = 18
_LEAST_SPAN = 0.05


@dataclass(frozen=True, slots=True)
class _Panel:
    """One curve in ``room``: values between ``low`` and ``high``."""

    title: str
    points: tuple[CurvePoint, ...]
    room: QRectF
    value: Callable[[CurvePoint], float]
    label: Callable[[float], str]
    low: float
    high: float

    def y(self, value: float) -> float:
        share = (value - self.low) / max(self.high - self.low, 1e-12)
        return self.room.bottom() - share * self.room.height()


class CurveChart(QWidget):
    """Two curves over the same seconds; the best point is marked. The pointer tells figures."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points: tuple[CurvePoint, ...] = ()
        self._most_s = 0.0
        self._hovered = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 190)
        self.setAccessibleName(self.tr("Curves of learning"))
        theme.changed.connect(self.update)

    @property
    def points(self) -> tuple[CurvePoint, ...]:
        return self._points

    @property
    def best(self) -> CurvePoint | None:
        """The point at which most was found; the first of several."""
        return max(self._points, key=lambda point: point.recall_at_1, default=None)

    def set_points(self, points: Sequence[CurvePoint], *, most_s: float = 0.0) -> None:
        """Show these; ``most_s`` is how long it may take, 0 where nobody knows."""
        self._points, self._most_s = tuple(points), most_s
        self._hovered = -1
        self._tell()

    def add(self, point: CurvePoint) -> None:
        """Show one more."""
        self._points = (*self._points, point)
        self._tell()

    def _tell(self) -> None:
        best = self.best
        if best is not None:
            words = self.tr("Recall@1 {0} % now, {1} % at best; loss {2}")
            last = self._points[-1]
            self.setAccessibleDescription(
                words.format(
                    percent(last.recall_at_1), percent(best.recall_at_1), _loss_text(last.loss)
                )
            )
        else:
            self.setAccessibleDescription("")
        self.update()

    # Geometry

    @property
    def _span_s(self) -> float:
        last = self._since_first(self._points[-1]) if self._points else 0.0
        return max(last, self._most_s / 4, 1.0)

    def _panels(self) -> list[_Panel]:
        whole = QRectF(self.rect()).adjusted(_AXIS, 0, -Space.M, -_TIMES)
        gap = Space.M
        upper = (whole.height() - gap) * 0.6
        rooms = (
            QRectF(whole.left(), whole.top() + _TITLE, whole.width(), upper - _TITLE),
            QRectF(
                whole.left(),
                whole.top() + upper + gap + _TITLE,
                whole.width(),
                whole.height() - upper - gap - _TITLE,
            ),
        )
        recalls = [point.recall_at_1 for point in self._points]
        # Before the first pass there is no loss.
        learned = tuple(point for point in self._points if point.epoch > 0)
        return [
            _Panel(
                self.tr("Found first (Recall@1), of products it does not learn from"),
                self._points,
                rooms[0],
                lambda point: point.recall_at_1,
                lambda value: f"{percent(value, decimals=0)} %",
                *_padded(recalls, 0.0, 1.0),
            ),
            _Panel(
                self.tr("Loss"),
                learned,
                rooms[1],
                lambda point: point.loss,
                _loss_text,
                *_padded([point.loss for point in learned], 0.0, float("inf")),
            ),
        ]

    def _since_first(self, point: CurvePoint) -> float:
        """Getting ready took time of its own."""
        return point.seconds - self._points[0].seconds

    def _x(self, point: CurvePoint, room: QRectF) -> float:
        return room.left() + room.width() * self._since_first(point) / self._span_s

    # Painting

    def _paint_panel(self, painter: QPainter, panel: _Panel, colour: QColor) -> None:
        colours, room = self._theme.colours, panel.room
        painter.setFont(self._theme.font(FontSize.META, semibold=True))
        painter.setPen(colours.text_muted)
        title = QRectF(room.left(), room.top() - _TITLE, room.width(), _TITLE)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, panel.title)
        painter.setFont(self._theme.font(FontSize.META))
        for value in (panel.low, (panel.low + panel.high) / 2, panel.high):
            y = round(panel.y(value)) + 0.5
            painter.setPen(QPen(colours.hairline, 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(colours.text_muted)
            if panel.points:
                label = QRectF(0, y - 8, _AXIS - Space.S, 16)
                painter.drawText(
                    label,
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                    panel.label(value),
                )
        places = [
            QPointF(self._x(point, room), panel.y(panel.value(point))) for point in panel.points
        ]
        painter.setPen(QPen(colour, 2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(places) > 1:
            painter.drawPolyline(QPolygonF(places))
        elif places:
            painter.drawPoint(places[0])

    def _paint_best(self, painter: QPainter, panel: _Panel) -> None:
        best = self.best
        if best is None:
            return
        colours = self._theme.colours
        at = QPointF(self._x(best, panel.room), panel.y(best.recall_at_1))
        painter.setPen(QPen(colours.content, 2))
        painter.setBrush(colours.accent)
        painter.drawEllipse(at, 5, 5)
        words = f"{percent(best.recall_at_1)} %"
        painter.setFont(self._theme.font(FontSize.META, semibold=True))
        width = painter.fontMetrics().horizontalAdvance(words)
        left = min(at.x() + 9, panel.room.right() - width)
        top = at.y() + 5 if at.y() - 20 < panel.room.top() else at.y() - 20
        place = QRectF(left, top, width + 2, 16)
        # The curve goes on behind it.
        painter.fillRect(place.adjusted(-2, 0, 2, 0), colours.content)
        painter.setPen(colours.accent_text)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_nothing_yet(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.colours.text_muted)
        words = self.tr("The curve begins once the products held back were looked at")
        between = QRectF(room.left(), room.top(), room.width(), room.height() / 2)
        both = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(between, both, words)

    def _paint_times(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(self._theme.font(FontSize.META))
        painter.setPen(self._theme.colours.text_muted)
        for share in (0.0, 0.5, 1.0):
            x = room.left() + share * room.width()
            side = (
                Qt.AlignmentFlag.AlignLeft,
                Qt.AlignmentFlag.AlignHCenter,
                Qt.AlignmentFlag.AlignRight,
            )[round(2 * share)]
            place = QRectF(x - share * 80, room.bottom() + 3, 80, _TIMES - 3)
            painter.drawText(place, side, _time_text(share * self._span_s))

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(560, 320)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        panels = self._panels()
        for panel, colour in zip(panels, (colours.accent, colours.control), strict=True):
            self._paint_panel(painter, panel, colour)
        if self._points:
            self._paint_best(painter, panels[0])
            self._paint_times(painter, panels[1].room)
        else:
            self._paint_nothing_yet(painter, panels[0].room)
        if 0 <= self._hovered < len(self._points):
            x = self._x(self._points[self._hovered], panels[0].room)
            painter.setPen(QPen(colours.control, 1, Qt.PenStyle.DotLine))
            for panel in panels:
                painter.drawLine(QPointF(x, panel.room.top()), QPointF(x, panel.room.bottom()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._points:
            return
        room = self._panels()[0].room
        self._hovered = min(
            range(len(self._points)),
            key=lambda row: abs(self._x(self._points[row], room) - event.position().x()),
        )
        point = self._points[self._hovered]
        words = self.tr("After {0}, {1} passes\nRecall@1 {2} %\nLoss {3}").format(
            _time_text(self._since_first(point)),
            point.epoch,
            percent(point.recall_at_1),
            _loss_text(point.loss),
        )
        QToolTip.showText(event.globalPosition().toPoint(), words, self)
        self.update()

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._hovered = -1
        self.update()


def _padded(values: Sequence[float], least: float, most: float) -> tuple[float, float]:
    """Room for these values with a little around them."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    pad = max((high - low) * 0.08, _LEAST_SPAN * max(abs(high), 0.2) / 2)
    return max(least, low - pad), min(most, high + pad)


def _loss_text(loss: float) -> str:
    return QLocale().toString(loss, "f", 3 if abs(loss) < 1 else 2)


def _time_text(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
