"""A picture that can be zoomed and moved about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import RADIUS, Theme
from desktop_app.ui.theme.tokens import DARK

MAX_ZOOM = 16.0
WHEEL_STEP = 1.2
KEY_STEP = 1.4
MARGIN = 12


@dataclass(frozen=True, slots=True)
class ViewPosition:
    """Where one looks: ``zoom`` times the fitted size (>= 1), centred on a point given in
    fractions of the picture's width and height.
    """

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5


FITTED = ViewPosition()


class PictureView(QWidget):
    """Shows one picture on the mat, fitted at first.

    The wheel zooms about the mouse, dragging moves, a double click goes between fitted and
    full size; + - 0 1 do the same by keyboard. Signals: ``position_changed`` (ViewPosition)
    when a person changed it, so that several views can follow one another.
    """

    position_changed = Signal(object)

    def __init__(
        self, theme: Theme, *, ground: QColor | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ground = ground
        self._levels: list[QPixmap] = []
        self._size = QSize()
        self._position = FITTED
        self._grabbed: QPoint | None = None
        self._message = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self.setAccessibleName(self.tr("Picture"))
        theme.changed.connect(self.update)

    @property
    def position(self) -> ViewPosition:
        return self._position

    @property
    def fitted_size(self) -> QSizeF:
        """How large the whole picture is at zoom 1, in logical pixels."""
        return self._shown_size(1.0)

    @property
    def has_picture(self) -> bool:
        return bool(self._levels)

    def set_picture(self, image: QImage | QPixmap | None, *, keep_position: bool = False) -> None:
        """Show this. A sharper copy of the same picture may ``keep_position``."""
        self._levels = pyramid(image) if image is not None and not image.isNull() else []
        self._size = self._levels[0].size() if self._levels else QSize()
        self._message = ""
        self._position = self._clamped(self._position if keep_position else FITTED)
        self.update()

    def set_message(self, words: str) -> None:
        """Say this where there is no picture, for instance why."""
        self._message = words
        self.update()

    def set_position(self, position: ViewPosition) -> None:
        """Look there; nothing is emitted."""
        self._position = self._clamped(position)
        self._show_cursor()
        self.update()

    @Slot()
    def fit(self) -> None:
        """Show the whole picture."""
        self._move_to(FITTED)

    @Slot()
    def full_size(self) -> None:
        """One pixel of the picture on one pixel of the screen."""
        self.zoom_to(1.0 / (self._fitted_scale() * self.devicePixelRatioF()))

    def zoom_to(self, zoom: float, about: QPointF | None = None) -> None:
        """Zoom, keeping the point ``about`` (widget coordinates) where it is."""
        if not self._levels:
            return
        about = about if about is not None else QRectF(self.rect()).center()
        before = self._to_picture(about)
        self._position = self._clamped(ViewPosition(zoom, self._position.x, self._position.y))
        after = self._to_picture(about)
        shift = before - after
        self._move_to(
            ViewPosition(zoom, self._position.x + shift.x(), self._position.y + shift.y())
        )

    def _move_to(self, position: ViewPosition) -> None:
        self._position = self._clamped(position)
        self._show_cursor()
        self.update()
        self.position_changed.emit(self._position)

    def _clamped(self, position: ViewPosition) -> ViewPosition:
        """Not smaller than fitted, and no further than the picture's edges."""
        zoom = max(1.0, min(position.zoom, self._max_zoom()))
        shown = self._shown_size(zoom)
        room = self._room().size()

        def held(centre: float, length: float, space: float) -> float:
            if length <= space:
                return 0.5
            half = space / length / 2
            return max(half, min(1 - half, centre))

        return ViewPosition(
            zoom,
            held(position.x, shown.width(), room.width()),
            held(position.y, shown.height(), room.height()),
        )

    def _max_zoom(self) -> float:
        scale = self._fitted_scale()
        return max(1.0, MAX_ZOOM, 4.0 / scale) if scale else 1.0

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def _fitted_scale(self) -> float:
        """Logical pixels per picture pixel when fitted; small pictures are enlarged twofold at
        most."""
        if self._size.isEmpty():
            return 1.0
        room = self._room()
        fit = min(room.width() / self._size.width(), room.height() / self._size.height())
        return max(1e-3, min(fit, 2.0))

    def _shown_size(self, zoom: float) -> QSizeF:
        scale = self._fitted_scale() * zoom
        return QSizeF(self._size.width() * scale, self._size.height() * scale)

    def _picture_rect(self) -> QRectF:
        shown = self._shown_size(self._position.zoom)
        centre = QRectF(self.rect()).center()
        return QRectF(
            centre.x() - shown.width() * self._position.x,
            centre.y() - shown.height() * self._position.y,
            shown.width(),
            shown.height(),
        )

    def _to_picture(self, point: QPointF) -> QPointF:
        rect = self._picture_rect()
        if rect.isEmpty():
            return QPointF(0.5, 0.5)
        return QPointF(
            (point.x() - rect.x()) / rect.width(), (point.y() - rect.y()) / rect.height()
        )

    def _show_cursor(self) -> None:
        is_zoomed = self._position.zoom > 1.0
        self.setCursor(Qt.CursorShape.OpenHandCursor if is_zoomed else Qt.CursorShape.ArrowCursor)

    def paint_picture(self, painter: QPainter, rect: QRectF) -> None:
        """Draw what there is to see into ``rect``, the place of the whole picture."""
        paint_levels(painter, rect, self._levels, self.devicePixelRatioF())

    # Qt

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground if self._ground is not None else self._theme.colours.mat)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        if self._levels:
            painter.setClipRect(self.rect())
            self.paint_picture(painter, self._picture_rect())
        elif self._message:
            on_own_ground = self._ground is not None
            ink = DARK.text_muted if on_own_ground else self._theme.colours.on_mat_muted
            painter.setPen(ink)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self._room(), flags, self._message)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        self.zoom_to(self._position.zoom * WHEEL_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._position.zoom > 1.0:
            self._grabbed = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None:
            super().mouseMoveEvent(event)
            return
        point = event.position().toPoint()
        moved, self._grabbed = point - self._grabbed, point
        rect = self._picture_rect()
        self._move_to(
            ViewPosition(
                self._position.zoom,
                self._position.x - moved.x() / rect.width(),
                self._position.y - moved.y() / rect.height(),
            )
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        self._show_cursor()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._position.zoom > 1.0:
            self.fit()
        else:
            full = 1.0 / (self._fitted_scale() * self.devicePixelRatioF())
            self.zoom_to(max(2.0, full), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_to(self._position.zoom * KEY_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_to(self._position.zoom / KEY_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_1:
            self.full_size()
        else:
            super().keyPressEvent(event)


def paint_levels(
    painter: QPainter, rect: QRectF, levels: Sequence[QPixmap], device_ratio: float
) -> None:
    """Draw a :func:`pyramid` into ``rect``, reduced by less than two."""
    pixels = rect.width() * device_ratio
    level = next((level for level in reversed(levels) if level.width() >= pixels), levels[0])
    painter.drawPixmap(rect, level, QRectF(level.rect()))


def pyramid(image: QImage | QPixmap) -> list[QPixmap]:
    """The picture and its halves, so that any reduction is by less than two: sharp and quick."""
    pixmap = image if isinstance(image, QPixmap) else QPixmap.fromImage(image)
    levels = [pixmap]
    while min(levels[-1].width(), levels[-1].height()) >= 128:
        last = levels[-1]
        levels.append(
            last.scaled(
                last.width() // 2,
                last.height() // 2,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
    return levels
