"""The query picture on its mat, with the box that says which part to search with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import (
    QEvent,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.images import CropBox
from desktop_app.ui.crop_editing import (
    Handle,
    Point,
    Size,
    contains,
    drawn,
    handle_at,
    inset,
    moved,
    resized,
)
from desktop_app.ui.crop_overlay import (
    paint_brackets,
    paint_outline,
    paint_outside,
    paint_thirds,
)
from desktop_app.ui.painted_message import paint_message
from desktop_app.ui.theme import RADIUS, Space, Theme

REACH_PX = 8
LEAST_BOX_PX = 20
DRAG_START_PX = 4
NUDGE = 0.01
NUDGE_FAR = 0.05
KEYBOARD_INSET = 0.1
OPENING_AFTER_MS = 200

_CURSORS = {
    Handle.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Handle.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Handle.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Handle.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Handle.LEFT: Qt.CursorShape.SizeHorCursor,
    Handle.RIGHT: Qt.CursorShape.SizeHorCursor,
    Handle.TOP: Qt.CursorShape.SizeVerCursor,
    Handle.BOTTOM: Qt.CursorShape.SizeVerCursor,
}
_ARROWS: dict[int, Point] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class _Grip(Enum):
    DRAW = "draw"
    MOVE = "move"
    RESIZE = "resize"


@dataclass(frozen=True, slots=True)
class _Drag:
    grip: _Grip
    start: Point
    box: CropBox
    handle: Handle | None = None


class QueryCanvas(QWidget):
    """Shows one picture whole and lets a person choose a part of it.

    Drag to draw a box, drag its edges, corners or middle; double-click or Esc for the whole
    picture; arrows move the box, with Ctrl they move its right and lower edges, with Shift
    they go further. Signals: ``crop_changed`` (CropBox), also while dragging.
    """

    crop_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._upright = QImage()
        self._quarter_turns = 0
        self._fitted = QPixmap()
        self._crop = CropBox()
        self._drag: _Drag | None = None
        self._hovered = False
        self._drop_words = ""
        self._problem: tuple[str, str] | None = None
        self._opening = QTimer(self)
        self._opening.setSingleShot(True)
        self._opening.setInterval(OPENING_AFTER_MS)
        self._opening.timeout.connect(self._show_opening)
        self._says_opening = False
        theme.changed.connect(self.update)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Query picture"))
        self._describe()

    @property
    def crop(self) -> CropBox:
        return self._crop

    @property
    def has_picture(self) -> bool:
        return not self._image.isNull()

    def await_picture(self) -> None:
        """Clear the canvas until the picture has been read elsewhere."""
        self._forget()
        self._opening.start()

    def set_picture(self, image: QImage, *, quarter_turns: int, crop: CropBox) -> None:
        """Show ``image``, turned clockwise, with this part of it chosen."""
        self._forget()
        self._image = image
        self._crop = crop
        self.set_quarter_turns(quarter_turns)

    def set_problem(self, what: str, remedy: str) -> None:
        """Show why there is no picture."""
        self._forget()
        self._problem = (what, remedy)
        self.update()

    def set_quarter_turns(self, quarter_turns: int) -> None:
        """Turn the picture clockwise from how it was given; the box stays as it is."""
        self._quarter_turns = quarter_turns % 4
        turn = QTransform().rotate(90 * self._quarter_turns)
        self._upright = self._image.transformed(turn) if self._quarter_turns else self._image
        self._fitted = QPixmap()
        self._describe()
        self.update()

    def set_crop(self, crop: CropBox) -> None:
        """Choose another part; tells ``crop_changed`` where it is another."""
        if crop != self._crop:
            self._crop = crop
            self._describe()
            self.update()
            self.crop_changed.emit(crop)

    @Slot()
    def toggle_crop(self) -> None:
        """From the whole picture to a box in the middle, and back."""
        self.set_crop(inset(KEYBOARD_INSET) if self._crop.is_whole else CropBox())

    def set_drop_words(self, words: str) -> None:
        """What a drop here would do, shown over the picture; '' while nothing is dragged."""
        self._drop_words = words
        self.update()

    # Where things are

    def picture_rect(self) -> QRectF:
        """Where the picture is, in widget coordinates; empty without one."""
        if self._upright.isNull():
            return QRectF()
        inner = QRectF(self.rect()).adjusted(Space.XS, Space.XS, -Space.XS, -Space.XS)
        size = QSizeF(self._upright.size())
        size.scale(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRectF(QPointF(), size)
        rect.moveCenter(inner.center())
        return QRectF(rect.toAlignedRect())

    def crop_rect(self) -> QRectF:
        """Where the box is, in widget coordinates."""
        picture = self.picture_rect()
        return QRectF(
            picture.x() + self._crop.left * picture.width(),
            picture.y() + self._crop.top * picture.height(),
            (self._crop.right - self._crop.left) * picture.width(),
            (self._crop.bottom - self._crop.top) * picture.height(),
        )

    def _fraction(self, position: QPointF) -> Point:
        picture = self.picture_rect()
        return (
            (position.x() - picture.x()) / max(1.0, picture.width()),
            (position.y() - picture.y()) / max(1.0, picture.height()),
        )

    def _as_fraction(self, pixels: float) -> Size:
        picture = self.picture_rect()
        return (
            min(1.0, pixels / max(1.0, picture.width())),
            min(1.0, pixels / max(1.0, picture.height())),
        )

    def _grip_at(self, point: Point) -> tuple[_Grip, Handle | None]:
        handle = handle_at(self._crop, point, self._as_fraction(REACH_PX))
        if handle is not None:
            return _Grip.RESIZE, handle
        if not self._crop.is_whole and contains(self._crop, point):
            return _Grip.MOVE, None
        return _Grip.DRAW, None

    # What is said about it

    def _forget(self) -> None:
        self._opening.stop()
        self._says_opening = False
        self._problem = None
        self._image = self._upright = QImage()
        self._fitted = QPixmap()
        self._quarter_turns = 0
        self._crop = CropBox()
        self._drag = None
        self._describe()
        self.update()

    @Slot()
    def _show_opening(self) -> None:
        self._says_opening = True
        self.update()

    def _describe(self) -> None:
        if self._crop.is_whole:
            self.setAccessibleDescription(self.tr("The whole picture is searched with."))
        else:
            self.setAccessibleDescription(
                self.tr("Searched with: {left} to {right} % across, {top} to {bottom} % down.")
                .replace("{left}", str(round(self._crop.left * 100)))
                .replace("{right}", str(round(self._crop.right * 100)))
                .replace("{top}", str(round(self._crop.top * 100)))
                .replace("{bottom}", str(round(self._crop.bottom * 100)))
            )

    # Painting

    def _paint_picture(self, painter: QPainter) -> None:
        rect = self.picture_rect()
        ratio = self.devicePixelRatioF()
        wanted = (rect.size() * ratio).toSize()
        if self._fitted.size() != wanted:
            self._fitted = QPixmap.fromImage(
                self._upright.scaled(
                    wanted,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        painter.drawPixmap(rect, self._fitted, QRectF(self._fitted.rect()))

    def _paint_box(self, painter: QPainter) -> None:
        box = self.crop_rect()
        if not self._crop.is_whole:
            paint_outside(painter, self.picture_rect(), box)
            if self._drag is not None and self._drag.grip is not _Grip.DRAW:
                paint_thirds(painter, box)
            paint_outline(painter, box)
        elif not (self._hovered or self.hasFocus()):
            return
        paint_brackets(painter, box)

    def _paint_absence(self, painter: QPainter) -> None:
        colours = self._theme.colours
        what, remedy, icon = "", "", ""
        if self._problem is not None:
            (what, remedy), icon = self._problem, "image-off"
        elif self._says_opening:
            remedy = self.tr("Opening…")
        paint_message(
            painter,
            self._theme,
            self.rect(),
            what,
            remedy,
            icon=icon,
            colour=colours.text,
            muted=colours.text_muted,
        )

    def _paint_drop_words(self, painter: QPainter) -> None:
        colours = self._theme.colours
        veil = QColor(colours.selected)
        veil.setAlpha(225)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(veil)
        painter.setPen(QPen(colours.accent, 2))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        painter.setPen(colours.accent_text)
        painter.setFont(self._theme.font(semibold=True))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(rect.adjusted(Space.S, 0, -Space.S, 0), int(flags), self._drop_words)

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(296, 296)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.mat if self.has_picture else colours.content)
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        if self.has_picture:
            self._paint_picture(painter)
            self._paint_box(painter)
        else:
            self._paint_absence(painter)
        if self._drop_words:
            self._paint_drop_words(painter)
        elif self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 1.5))
            ring = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
            painter.drawRoundedRect(ring, RADIUS, RADIUS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.has_picture:
            super().mousePressEvent(event)
            return
        point = self._fraction(event.position())
        grip, handle = self._grip_at(point)
        self._drag = _Drag(grip, point, self._crop, handle)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.has_picture:
            return
        point = self._fraction(event.position())
        drag = self._drag
        if drag is None:
            grip, handle = self._grip_at(point)
            if grip is _Grip.MOVE:
                self.setCursor(Qt.CursorShape.SizeAllCursor)
            elif handle is not None:
                self.setCursor(_CURSORS[handle])
            else:
                self.setCursor(Qt.CursorShape.CrossCursor)
            return
        by = (point[0] - drag.start[0], point[1] - drag.start[1])
        least = self._as_fraction(LEAST_BOX_PX)
        if drag.grip is _Grip.MOVE:
            self.set_crop(moved(drag.box, by))
        elif drag.handle is not None:
            self.set_crop(resized(drag.box, drag.handle, by, least))
        else:
            begun = self._as_fraction(DRAG_START_PX)
            if abs(by[0]) > begun[0] or abs(by[1]) > begun[1]:
                self.set_crop(drawn(drag.start, point, least))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self.set_crop(CropBox())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.has_picture and not self._crop.is_whole:
            if event.key() == Qt.Key.Key_Escape:
                self.set_crop(CropBox())
                return
            direction = _ARROWS.get(event.key())
            if direction is not None:
                far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                step = NUDGE_FAR if far else NUDGE
                by = (direction[0] * step, direction[1] * step)
                if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    least = self._as_fraction(LEAST_BOX_PX)
                    self.set_crop(resized(self._crop, Handle.BOTTOM_RIGHT, by, least))
                else:
                    self.set_crop(moved(self._crop, by))
                return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)
