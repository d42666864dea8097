"""The station's live picture: what is seen in it, how far it has settled, what to do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop_app.capture.frame_source import FrameState, FrameStatus
from desktop_app.domain.capturing import FrameView, Stage
from desktop_app.ui.camera_preview import CameraPreview
from desktop_app.ui.mask_layer import MaskLayer
from desktop_app.ui.theme import RADIUS, Space, Theme
from desktop_app.workers.images import mask_to_qimage

_BOX = QColor(255, 255, 255, 235)
_SHADOW = QColor(0, 0, 0, 110)
_CODE = QColor("#7ef0a6")
_LABEL = QColor(16, 16, 20, 200)
_ON_LABEL = QColor("#f2f2f5")
_RING_TRACK = QColor(255, 255, 255, 90)
_RING = QColor("#ffffff")
_CORNER_SHARE = 0.18
_WORDS_PX, _LARGE_WORDS_PX = 20, 40
_RING_PX, _LARGE_RING_PX = 56, 96
_FRAME_PX = 6


class StationPreview(CameraPreview):
    """Shows the newest frame with the object's mask and box, codes that were read, a ring that
    fills while the object settles, and a line of words. Keys are left to the page."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._view: FrameView | None = None
        self._mask = MaskLayer()
        self._stage = Stage.EMPTY
        self._progress = 0.0
        self._words = ""
        self._is_large = False
        self._mark: QColor | None = None

    @property
    def words(self) -> str:
        """What is told below the picture."""
        return self._words

    @Slot(object)
    def show_view(self, view: FrameView) -> None:
        """Draw what was seen in a frame."""
        self._view = view
        has_mask = view.box is not None and view.alpha is not None and view.alpha.size
        self._mask.set_mask(
            mask_to_qimage(view.alpha) if has_mask and view.alpha is not None else None
        )
        self.update()

    @Slot(object, float)
    def show_stage(self, stage: Stage, progress: float) -> None:
        """Draw how far an object has settled, in [0, 1]."""
        self._stage, self._progress = stage, progress
        self.update()

    def show_words(self, words: str) -> None:
        """Tell this below the picture; '' for nothing."""
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.update()

    def show_mark(self, colour: QColor | None) -> None:
        """Frame the picture in a colour, as the answer's; None for none."""
        self._mark = colour
        self.update()

    def set_large(self, is_large: bool) -> None:
        """Words that are read from two metres away."""
        self._is_large = is_large
        self.update()

    def forget_view(self) -> None:
        """Nothing is seen any more."""
        self._view = None
        self._mask.set_mask(None)
        self._stage, self._progress = Stage.EMPTY, 0.0
        self.show_words("")
        self.update()

    @Slot(object)
    def show_state(self, state: FrameState) -> None:
        if state.status is not FrameStatus.LIVE:
            self.forget_view()
        super().show_state(state)

    def _paint_on_frame(self, painter: QPainter, rect: QRectF) -> None:
        view = self._view
        if view is None or self._state.status is not FrameStatus.LIVE:
            return
        if not self._mask.is_empty:
            self._mask.paint(painter, rect, ratio=1.0)
        if view.box is not None:
            box = QRectF(
                QPointF(*_placed(rect, view.box.left, view.box.top)),
                QPointF(*_placed(rect, view.box.right, view.box.bottom)),
            )
            _paint_corners(painter, box)
        for code in view.barcodes:
            corners = [QPointF(*_placed(rect, x, y)) for x, y in code.corners]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(_SHADOW, 5), QPen(_CODE, 3)):
                painter.setPen(pen)
                painter.drawPolygon(QPolygonF(corners))

    def _paint_above(self, painter: QPainter) -> None:
        rect = self.frame_rect()
        view = self._view
        if view is not None:
            self._paint_code_texts(painter, rect, view)
            is_settling = self._stage in (Stage.SETTLING, Stage.SHOOTING) and self._progress > 0
            if is_settling and view.box is not None:
                middle = (view.box.left + view.box.right) / 2
                if self.is_mirrored:
                    middle = 1 - middle
                high = (view.box.top + view.box.bottom) / 2
                self._paint_ring(painter, QPointF(*_placed(rect, middle, high)))
        if self._words:
            self._paint_words(painter)
        if self._mark is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._mark, _FRAME_PX))
            half = _FRAME_PX / 2
            outer = QRectF(self.rect()).adjusted(half, half, -half, -half)
            painter.drawRoundedRect(outer, RADIUS, RADIUS)

    def _paint_code_texts(self, painter: QPainter, rect: QRectF, view: FrameView) -> None:
        font = self._font(13)
        metrics = QFontMetricsF(font)
        for code in view.barcodes:
            if not code.corners:
                continue
            xs = [1 - x if self.is_mirrored else x for x, _ in code.corners]
            left, bottom = min(xs), max(y for _, y in code.corners)
            at = QPointF(*_placed(rect, left, bottom)) + QPointF(0, Space.XS)
            size = QSize(int(metrics.horizontalAdvance(code.text)) + 12, 20)
            at.setX(min(at.x(), self.width() - size.width() - Space.S))
            at.setY(min(at.y(), self.height() - size.height() - Space.S))
            _paint_label(painter, QRectF(at, size.toSizeF()), code.text, font)

    def _paint_ring(self, painter: QPainter, middle: QPointF) -> None:
        side = _LARGE_RING_PX if self._is_large else _RING_PX
        ring = QRectF(0, 0, side, side)
        ring.moveCenter(middle)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, span in (
            (QPen(_SHADOW, side / 7), 1.0),
            (QPen(_RING_TRACK, side / 9), 1.0),
            (QPen(_RING, side / 9), self._progress),
        ):
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(ring, 90 * 16, -round(360 * 16 * span))

    def _paint_words(self, painter: QPainter) -> None:
        font = self._font(_LARGE_WORDS_PX if self._is_large else _WORDS_PX)
        metrics = QFontMetricsF(font)
        room = self.width() - 2 * Space.M
        wanted = metrics.horizontalAdvance(self._words) + 2 * Space.L
        if wanted > room:
            font.setPixelSize(max(13, int(font.pixelSize() * room / wanted)))
            metrics = QFontMetricsF(font)
        size = QSize(
            int(metrics.horizontalAdvance(self._words)) + 2 * Space.L,
            int(metrics.height()) + Space.M,
        )
        pill = QRectF(0, 0, size.width(), size.height())
        # Below the picture where there is room, else on its lower edge.
        lowest = self.height() - pill.height() - Space.L
        pill.moveCenter(QPointF(self.width() / 2, 0))
        pill.moveTop(min(lowest, self.frame_rect().bottom() + Space.M))
        _paint_label(painter, pill, self._words, font)

    def _font(self, pixels: int) -> QFont:
        font = self._theme.font(semibold=True)
        font.setPixelSize(pixels)
        return font

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 200)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


def _placed(rect: QRectF, x: float, y: float) -> tuple[float, float]:
    return rect.left() + x * rect.width(), rect.top() + y * rect.height()


def _paint_corners(painter: QPainter, box: QRectF) -> None:
    """Brackets at the corners: they frame without covering edges of the object."""
    reach = max(12.0, _CORNER_SHARE * min(box.width(), box.height()))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(_SHADOW, 5), QPen(_BOX, 2.5)):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for corner, right, down in (
            (box.topLeft(), 1, 1),
            (box.topRight(), -1, 1),
            (box.bottomLeft(), 1, -1),
            (box.bottomRight(), -1, -1),
        ):
            painter.drawPolyline(
                [
                    corner + QPointF(right * reach, 0),
                    corner,
                    corner + QPointF(0, down * reach),
                ]
            )


def _paint_label(painter: QPainter, place: QRectF, words: str, font: QFont) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_LABEL)
    radius = min(place.height() / 2, 16.0)
    painter.drawRoundedRect(place, radius, radius)
    painter.setPen(_ON_LABEL)
    painter.setFont(font)
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)
