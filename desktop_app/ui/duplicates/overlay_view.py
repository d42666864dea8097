"""Two pictures laid on one another: one after the other, split by a line, or their difference."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_app.ui.confidence_pill import VEIL
from desktop_app.ui.picture_view import PictureView, paint_levels, pyramid
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.ui.theme.tokens import LIGHT

REACH = 10
"""How near the line the mouse takes hold of it, in pixels."""
SLOWEST_MS, QUICKEST_MS, USUAL_MS = 1200, 120, 450


class Overlay(StrEnum):
    """How two pictures that lie on one another are shown."""

    FLICKER = "flicker"
    SPLIT = "split"
    DIFFERENCE = "difference"


class OverlayView(PictureView):
    """Shows the second picture of a pair with the first laid on it.

    FLICKER shows one after the other, or the first while :meth:`hold` says so; SPLIT has a line
    to drag, the first to its left; DIFFERENCE a picture of its own. Signals: ``side_shown``
    (1 or 2) when flickering comes to a side.
    """

    side_shown = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._mode = Overlay.FLICKER
        self._first: list[QPixmap] = []
        self._difference: list[QPixmap] = []
        self._names = ("", "")
        self._split = 0.5
        self._is_dragging_line = False
        self._shows_first = False
        self._is_held = False
        self._flicker = QTimer(self)
        self._flicker.setInterval(USUAL_MS)
        self._flicker.timeout.connect(self._turn)
        self.setMouseTracking(True)

    @property
    def mode(self) -> Overlay:
        return self._mode

    @property
    def split(self) -> float:
        """Where the line is, in fractions of the width."""
        return self._split

    @property
    def shown_side(self) -> int:
        """1 while flickering shows the first picture, else 2."""
        return 1 if self._shows_first else 2

    def set_mode(self, mode: Overlay) -> None:
        """Show the pair so."""
        self._mode = mode
        self._shows_first = self._is_held = False
        self._run()
        self.update()

    def set_names(self, first: str, second: str) -> None:
        """What is written on either side."""
        self._names = (first, second)
        self.update()

    def set_second(self, second: QImage | None) -> None:
        """Show another pair, so far its second picture alone; None where it is not here."""
        self.set_picture(second)
        self._first, self._difference = [], []
        self._run()

    def set_laid(self, first: QImage, difference: QImage) -> None:
        """The first picture and the difference, both lying on the second."""
        self._first, self._difference = pyramid(first), pyramid(difference)
        self._run()
        self.update()

    def set_interval(self, milliseconds: int) -> None:
        """How long flickering stays on a side."""
        self._flicker.setInterval(max(QUICKEST_MS, min(SLOWEST_MS, milliseconds)))

    def set_running(self, is_running: bool) -> None:
        """Flicker by itself, or only while held."""
        self._is_paused = not is_running
        self._shows_first = False
        self._run()
        self.update()

    @property
    def is_running(self) -> bool:
        return self._flicker.isActive()

    def hold(self, is_held: bool) -> None:
        """Show the first picture as long as this is so."""
        if self._mode is not Overlay.FLICKER:
            return
        self._is_held = is_held
        self._shows_first = is_held
        self._run()
        self.side_shown.emit(self.shown_side)
        self.update()

    def paint_picture(self, painter: QPainter, rect: QRectF) -> None:
        """The picture that the mode shows, or both halves."""
        ratio = self.devicePixelRatioF()
        if self._mode is Overlay.DIFFERENCE and self._difference:
            paint_levels(painter, rect, self._difference, ratio)
            return
        super().paint_picture(painter, rect)
        if not self._first:
            return
        if self._mode is Overlay.FLICKER:
            if self._shows_first:
                # Where the first picture has nothing the mat shows, not the second one.
                painter.fillRect(rect, LIGHT.mat)
                paint_levels(painter, rect, self._first, ratio)
            self._paint_name(painter, 0 if self._shows_first else 1, Qt.AlignmentFlag.AlignLeft)
        elif self._mode is Overlay.SPLIT:
            self._paint_split(painter, rect, ratio)

    _is_paused = False

    def _run(self) -> None:
        runs = (
            self._mode is Overlay.FLICKER
            and bool(self._first)
            and not self._is_held
            and not self._is_paused
            and self.isVisible()
        )
        if runs and not self._flicker.isActive():
            self._flicker.start()
        elif not runs:
            self._flicker.stop()

    @Slot()
    def _turn(self) -> None:
        self._shows_first = not self._shows_first
        self.side_shown.emit(self.shown_side)
        self.update()

    def _paint_split(self, painter: QPainter, rect: QRectF, ratio: float) -> None:
        x = self.width() * self._split
        painter.save()
        painter.setClipRect(QRectF(0, 0, x, self.height()))
        painter.fillRect(rect, LIGHT.mat)
        paint_levels(painter, rect, self._first, ratio)
        painter.restore()
        painter.setPen(QPen(VEIL, 5))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(LIGHT.accent, 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(LIGHT.accent, 2))
        painter.setBrush(LIGHT.mat)
        painter.drawEllipse(QPointF(x, self.height() / 2), 7, 7)
        self._paint_name(painter, 0, Qt.AlignmentFlag.AlignLeft)
        self._paint_name(painter, 1, Qt.AlignmentFlag.AlignRight)

    def _paint_name(self, painter: QPainter, side: int, at: Qt.AlignmentFlag) -> None:
        words = self._names[side]
        if not words:
            return
        font = self._theme.font(FontSize.META, semibold=True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(words) + 2 * Space.S
        left = Space.S if at is Qt.AlignmentFlag.AlignLeft else self.width() - width - Space.S
        place = QRectF(left, Space.S, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(VEIL)
        painter.drawRoundedRect(place, RADIUS, RADIUS)
        painter.setPen(LIGHT.accent_text if side == 0 else LIGHT.text)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _is_on_line(self, x: float) -> bool:
        near = abs(x - self.width() * self._split) <= REACH
        return self._mode is Overlay.SPLIT and bool(self._first) and near

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._run()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_on_line(event.position().x()):
            self._is_dragging_line = True
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._is_dragging_line:
            self._split = max(0.02, min(0.98, x / max(1, self.width())))
            self.update()
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            if self._is_on_line(x):
                self.setCursor(Qt.CursorShape.SplitHCursor)
            else:
                self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging_line = False
        super().mouseReleaseEvent(event)
