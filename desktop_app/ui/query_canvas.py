"""The query picture on its mat: which part to search with, and what in it is the product."""

from __future__ import annotations

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
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.images import CropBox
from desktop_app.ui.brush_tool import BrushTool
from desktop_app.ui.crop_editing import Point, Size, inset
from desktop_app.ui.crop_overlay import (
    paint_brackets,
    paint_outline,
    paint_outside,
    paint_thirds,
)
from desktop_app.ui.crop_tool import CropTool
from desktop_app.ui.mask_layer import MaskLayer
from desktop_app.ui.painted_message import paint_message
from desktop_app.ui.theme import RADIUS, Space, Theme

REACH_PX = 8
LEAST_BOX_PX = 20
DRAG_START_PX = 4
KEYBOARD_INSET = 0.1
OPENING_AFTER_MS = 200


class QueryCanvas(QWidget):
    """Shows one picture whole and lets a person choose a part of it, or paint its mask.

    Drag to draw a box, drag its edges, corners or middle; double-click or Esc for the whole
    picture; arrows move the box, with Ctrl they move its right and lower edges, with Shift
    they go further. While the mask is painted, dragging paints, with the right button it
    erases (or the reverse), the wheel changes the brush, Esc and Enter end it.

    Signals: ``crop_changed`` (CropBox), also while dragging; ``mask_painted`` after a stroke;
    ``painting_left`` when a person ended it here; ``brush_changed``.
    """

    crop_changed = Signal(object)
    mask_painted = Signal()
    painting_left = Signal()
    brush_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._upright = QImage()
        self._quarter_turns = 0
        self._fitted = QPixmap()
        self._crop = CropBox()
        self._box_tool = CropTool()
        self._mask = MaskLayer()
        self._mask_is_shown = True
        self._is_painting = False
        self.brush = BrushTool()
        self._pointer: QPointF | None = None
        self._hovered = False
        self._wanted_height = 296
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

    # The mask

    @property
    def is_painting(self) -> bool:
        """Whether a person is painting the mask now."""
        return self._is_painting

    @property
    def mask_image(self) -> QImage:
        """The mask of the chosen part, an Alpha8 image; null where there is none."""
        return self.brush.mask if self._is_painting else self._mask.mask

    def set_mask(self, mask: QImage | None) -> None:
        """What counts as the product in the chosen part, an Alpha8 image; None for no mask."""
        self._mask.set_mask(mask)
        self.update()

    def set_mask_shown(self, shown: bool) -> None:
        """Whether the mask is drawn; while it is painted, it always is."""
        self._mask_is_shown = shown
        self.update()

    def start_painting(self, mask: QImage) -> None:
        """Paint on this mask of the chosen part."""
        self.brush.start(mask)
        self._is_painting = True
        self._box_tool.release()
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._repaint_mask()

    def stop_painting(self) -> None:
        """Leave the mask as it is painted."""
        self._is_painting = False
        self.unsetCursor()
        self.update()

    @Slot()
    def undo_stroke(self) -> None:
        """Take the last stroke back."""
        if self._is_painting and self.brush.undo():
            self._repaint_mask()
            self.mask_painted.emit()

    def step_brush(self, steps: int) -> None:
        """A larger or smaller brush."""
        if self.brush.step_size(steps):
            self.brush_changed.emit()
            self.update()

    def _repaint_mask(self) -> None:
        self._mask.set_mask(self.brush.mask)
        self.update()

    def set_wanted_height(self, height: int) -> None:
        """How high it would like to be, in pixels."""
        if height != self._wanted_height:
            self._wanted_height = height
            self.updateGeometry()

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

    # What is said about it

    def _forget(self) -> None:
        self._opening.stop()
        self._says_opening = False
        self._problem = None
        self._image = self._upright = QImage()
        self._fitted = QPixmap()
        self._quarter_turns = 0
        self._crop = CropBox()
        self._box_tool.release()
        self._mask.set_mask(None)
        if self._is_painting:
            self.stop_painting()
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

    def _paint_mask(self, painter: QPainter) -> None:
        is_shown = self._is_painting or self._mask_is_shown
        if is_shown and not self._mask.is_empty:
            self._mask.paint(painter, self.crop_rect(), ratio=self.devicePixelRatioF())

    def _paint_box(self, painter: QPainter) -> None:
        box = self.crop_rect()
        if not self._crop.is_whole:
            paint_outside(painter, self.picture_rect(), box)
            if self._box_tool.is_adjusting:
                paint_thirds(painter, box)
            paint_outline(painter, box)
        if self._is_painting:
            if self._pointer is not None:
                self.brush.paint_ring(painter, self._pointer)
        elif not self._crop.is_whole or self._hovered or self.hasFocus():
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
        return QSize(296, self._wanted_height)

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
            self._paint_mask(painter)
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
        is_left = event.button() == Qt.MouseButton.LeftButton
        if self._is_painting and (is_left or event.button() == Qt.MouseButton.RightButton):
            self.brush.press(event.position(), self.crop_rect(), inverted=not is_left)
            self._repaint_mask()
            return
        if not is_left or not self.has_picture:
            super().mousePressEvent(event)
            return
        reach = self._as_fraction(REACH_PX)
        self._box_tool.press(self._crop, self._fraction(event.position()), reach=reach)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.has_picture:
            return
        self._pointer = event.position()
        if self._is_painting:
            if self.brush.is_painting:
                self.brush.move(event.position(), self.crop_rect())
                self._repaint_mask()
            self.update()
            return
        point = self._fraction(event.position())
        if not self._box_tool.is_dragging:
            reach = self._as_fraction(REACH_PX)
            self.setCursor(self._box_tool.cursor(self._crop, point, reach=reach))
            return
        crop = self._box_tool.move(
            point, least=self._as_fraction(LEAST_BOX_PX), begun=self._as_fraction(DRAG_START_PX)
        )
        if crop is not None:
            self.set_crop(crop)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_painting:
            if self.brush.release():
                self.mask_painted.emit()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._box_tool.release()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_painting:
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._box_tool.release()
            self.set_crop(CropBox())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._is_painting and event.angleDelta().y():
            self.step_brush(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_painting:
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.painting_left.emit()
                return
        elif self.has_picture:
            crop = self._box_tool.key(event, self._crop, least=self._as_fraction(LEAST_BOX_PX))
            if crop is not None:
                self.set_crop(crop)
                return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)
