"""The live picture of a camera."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.capture.frame_source import STOPPED, FrameState, FrameStatus
from desktop_app.domain.images import RgbArray
from desktop_app.ui.painted_message import paint_message
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.workers.images import to_qimage

# A dark room in both themes: a live picture is told from a still one at a glance.
_ROOM = QColor("#17171a")
_ON_ROOM = QColor("#f2f2f5")
_ON_ROOM_MUTED = QColor("#b4b4be")
_LIVE = QColor("#ff5f57")
_LABEL = QColor(16, 16, 20, 170)
_VEIL = QColor(16, 16, 20, 205)


class CameraPreview(QWidget):
    """Shows the newest frame whole, mirrored if asked.

    Signals: ``taken`` when Space or Enter is pressed or the picture is double-clicked.
    """

    taken = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._state = STOPPED
        self._mirrored = False
        self._drop_words = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Camera picture"))

    @Slot(object)
    def show_frame(self, frame: RgbArray) -> None:
        self._image = to_qimage(frame)
        self.update()

    @Slot(object)
    def show_state(self, state: FrameState) -> None:
        """Tell how the source is doing; a video's last frame stays."""
        self._state = state
        if state.status is FrameStatus.FAILED or (state == STOPPED):
            self._image = QImage()
        self.setAccessibleDescription(state.what)
        self.update()

    def forget_frame(self) -> None:
        """Something else is looked through: nothing of what was seen before stays."""
        self._image = QImage()
        self.update()

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the picture as a mirror does; what is taken is not mirrored."""
        self._mirrored = mirrored
        self.update()

    @property
    def is_mirrored(self) -> bool:
        """Whether the picture is shown as a mirror does."""
        return self._mirrored

    def frame_rect(self) -> QRectF:
        """Where the picture lies; empty where there is none."""
        if self._image.isNull():
            return QRectF()
        size = QSizeF(self._image.size())
        size.scale(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRectF(QPointF(), size)
        rect.moveCenter(QRectF(self.rect()).center())
        return rect

    def _paint_frame(self, painter: QPainter) -> None:
        rect = self.frame_rect()
        painter.save()
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(rect, self._image)
        self._paint_on_frame(painter, rect)
        painter.restore()

    def _paint_on_frame(self, painter: QPainter, rect: QRectF) -> None:
        """For what is drawn on the picture, mirrored as it is."""

    def _paint_above(self, painter: QPainter) -> None:
        """For what is drawn above a live picture, never mirrored."""

    def _paint_live_mark(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font(FontSize.META, semibold=True))
        words = self.tr("Live")
        width = painter.fontMetrics().horizontalAdvance(words) + 26
        pill = QRectF(Space.S, Space.S, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_LABEL)
        painter.drawRoundedRect(pill, 10, 10)
        painter.setBrush(_LIVE)
        painter.drawEllipse(QPointF(pill.left() + 10, pill.center().y()), 3, 3)
        painter.setPen(_ON_ROOM)
        painter.drawText(
            pill.adjusted(18, 0, 0, 0),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            words,
        )

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(296, 222)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 90)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), _ROOM)
        if not self._image.isNull():
            self._paint_frame(painter)
            if self._state.status is FrameStatus.LIVE:
                self._paint_live_mark(painter)
                self._paint_above(painter)
        if self._image.isNull() or self._state.status is not FrameStatus.LIVE:
            self._paint_state(painter)
        if self.hasFocus():
            painter.setClipping(False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.colours.accent)
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS
            )

    def _paint_state(self, painter: QPainter) -> None:
        if not self._image.isNull():
            painter.fillRect(self.rect(), _VEIL)
        icon, what = "camera", self._state.what
        if self._state.status is FrameStatus.STARTING and not what:
            what = self.tr("Starting…")
        elif self._state.status is FrameStatus.FAILED:
            icon = "camera-off"
        paint_message(
            painter,
            self._theme,
            self.rect(),
            what,
            self._state.remedy,
            icon=icon,
            colour=_ON_ROOM,
            muted=_ON_ROOM_MUTED,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.taken.emit()
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.taken.emit()
