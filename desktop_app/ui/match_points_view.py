"""Two pictures side by side with lines between the points of their print that agree."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.print_features import PrintMatch
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.ui.theme.tokens import LIGHT

MAX_LINES = 60
"""More are not to be told apart; those left out lie between those shown."""
REACH = 16
"""How near the mouse must come to a point, in logical pixels."""
DOT = 2.5
HALO = QColor(255, 255, 255, 230)


class MatchPointsView(QWidget):
    """Shows the query on the left and the hit on the right, fitted, on the mat. The pair under
    the mouse stands out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: list[QImage | None] = [None, None]
        self._scaled: list[QPixmap | None] = [None, None]
        self._places: list[QRectF] = [QRectF(), QRectF()]
        self._fractions: list[tuple[QPointF, QPointF]] = []
        self._pairs: list[tuple[QPointF, QPointF]] = []
        self._hot = -1
        self._message = ""
        self.setMouseTracking(True)
        self.setMinimumSize(120, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Points of the print that agree"))
        theme.changed.connect(self.update)

    def set_pictures(self, query: QImage | None, hit: QImage | None) -> None:
        """What the points lie on; None while a picture is not here."""
        self._images = [query, hit]
        self._arrange()

    def set_match(self, match: PrintMatch | None, message: str = "") -> None:
        """The points to join; without any, ``message`` says so below the pictures."""
        self._message = message if match is None else ""
        self._fractions = [] if match is None else _shown_pairs(match)
        self._hot = -1
        self._arrange()

    @property
    def shown_pairs(self) -> int:
        """How many lines are drawn."""
        return len(self._pairs)

    @property
    def hot_pair(self) -> int:
        """The pair under the mouse, -1 where there is none."""
        return self._hot

    def place_of(self, pair: int) -> tuple[QPointF, QPointF]:
        """Where a pair's two points are, in widget coordinates."""
        return self._pairs[pair]

    def _arrange(self) -> None:
        """Fit the pictures and find where the points come to lie."""
        half = (self.width() - Space.S) / 2
        ratio = self.devicePixelRatioF()
        for side, image in enumerate(self._images):
            box = QRectF(side * (half + Space.S), 0, half, self.height())
            box = box.adjusted(Space.XS, Space.XS, -Space.XS, -Space.XS)
            if image is None or image.isNull() or box.isEmpty():
                self._scaled[side], self._places[side] = None, QRectF()
                continue
            size = QSizeF(image.size()).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(QPointF(0, 0), size)
            place.moveCenter(box.center())
            self._places[side] = place
            pixels = QSize(round(size.width() * ratio), round(size.height() * ratio))
            pixels = pixels.expandedTo(QSize(1, 1))
            self._scaled[side] = QPixmap.fromImage(
                image.scaled(
                    pixels,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        are_here = all(not place.isNull() for place in self._places)
        left, right = self._places
        self._pairs = (
            [(_inside(left, a), _inside(right, b)) for a, b in self._fractions] if are_here else []
        )
        self.update()

    def _nearest(self, point: QPointF) -> int:
        """The pair with an end within reach of a point, -1 where there is none."""
        best, found = float(REACH * REACH), -1
        for number, ends in enumerate(self._pairs):
            for end in ends:
                away = end - point
                squared = away.x() ** 2 + away.y() ** 2
                if squared < best:
                    best, found = squared, number
        return found

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(280, 170)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hot = self._nearest(event.position())
        if hot != self._hot:
            self._hot = hot
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hot = -1
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = self._theme.colours
        half = (self.width() - Space.S) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.mat)
        for side in range(2):
            box = QRectF(side * (half + Space.S), 0, half, self.height())
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        # Multiplied, so that a packshot's white becomes the mat's colour.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        for pixmap, place in zip(self._scaled, self._places, strict=True):
            if pixmap is not None:
                painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if self._message:
            self._paint_message(painter)
        self._paint_pairs(painter)

    def _paint_pairs(self, painter: QPainter) -> None:
        line = QColor(LIGHT.accent)
        line.setAlpha(150 if self._hot < 0 else 50)
        painter.setPen(QPen(line, 1.0))
        for number, (start, end) in enumerate(self._pairs):
            if number != self._hot:
                painter.drawLine(start, end)
        for number, ends in enumerate(self._pairs):
            if number != self._hot:
                _paint_dots(painter, ends, radius=DOT, ink=LIGHT.accent)
        if 0 <= self._hot < len(self._pairs):
            ends = self._pairs[self._hot]
            painter.setPen(QPen(HALO, 5.0))
            painter.drawLine(*ends)
            painter.setPen(QPen(LIGHT.accent, 2.0))
            painter.drawLine(*ends)
            _paint_dots(painter, ends, radius=DOT + 2.5, ink=LIGHT.accent)

    def _paint_message(self, painter: QPainter) -> None:
        font = self._theme.font(FontSize.META)
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = QRectF(self.rect()).adjusted(Space.L, 0, -Space.L, -Space.XS)
        needed = QFontMetricsF(font).boundingRect(room, flags, self._message)
        ground = needed.adjusted(-Space.S, -Space.XS, Space.S, Space.XS)
        ground.moveBottom(self.height() - Space.S)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(HALO)
        painter.drawRoundedRect(ground, RADIUS, RADIUS)
        painter.setFont(font)
        painter.setPen(LIGHT.text)
        painter.drawText(ground, flags, self._message)


def _shown_pairs(match: PrintMatch) -> list[tuple[QPointF, QPointF]]:
    count = len(match.query_points)
    step = max(1, -(-count // MAX_LINES))
    ends = zip(match.query_points[::step], match.hit_points[::step], strict=True)
    return [(QPointF(float(a[0]), float(a[1])), QPointF(float(b[0]), float(b[1]))) for a, b in ends]


def _inside(place: QRectF, fraction: QPointF) -> QPointF:
    return QPointF(
        place.x() + fraction.x() * place.width(), place.y() + fraction.y() * place.height()
    )


def _paint_dots(painter: QPainter, ends: Sequence[QPointF], *, radius: float, ink: QColor) -> None:
    painter.setPen(QPen(HALO, 1.2))
    painter.setBrush(ink)
    for end in ends:
        painter.drawEllipse(end, radius, radius)
