"""The products of a group above their fields: picture, number, and which one is kept."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.products import Product
from desktop_app.ui.card_painter import CardPainter
from desktop_app.ui.picture_tiles import PictureTiles, device_ratio
from desktop_app.ui.resolving.fields_table import COLUMN_WIDTH, LABEL_WIDTH
from desktop_app.ui.resolving.plan_model import card_of
from desktop_app.ui.theme import RADIUS, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

MAT = 92
LINE = 18
HEIGHT = MAT + 2 * LINE + Space.S + Space.XS


class ProductHeads(QWidget):
    """Stands on the columns of the table below and scrolls with it; the first product is the
    kept one. Signals: ``keep_wanted`` (product id) of another."""

    keep_wanted = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._tiles = PictureTiles()
        self._cards = CardPainter(theme, self._tiles)
        self._products: tuple[Product, ...] = ()
        self._offset = 0
        self._hot = self._current = -1
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Which product is kept"))
        self.setToolTip(self.tr("Click a product to keep it instead"))
        thumbnails.loaded.connect(self._thumbnail_loaded)
        theme.changed.connect(self.update)

    def set_products(self, products: Sequence[Product]) -> None:
        """Show these, the kept one first."""
        self._products = tuple(products)
        self._hot, self._current = -1, min(0, len(self._products) - 1)
        self.update()

    @Slot(int)
    def scroll_to(self, offset: int) -> None:
        """Follow the table."""
        self._offset = offset
        self.update()

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        if any(p.pictures and p.pictures[0].content_hash == content_hash for p in self._products):
            self.update()

    def _cell(self, place: int) -> QRect:
        left = LABEL_WIDTH + place * COLUMN_WIDTH - self._offset
        return QRect(left, 0, COLUMN_WIDTH, HEIGHT)

    def _place_at(self, point: QPoint) -> int:
        if point.x() < LABEL_WIDTH:
            return -1
        place = (point.x() - LABEL_WIDTH + self._offset) // COLUMN_WIDTH
        return place if place < len(self._products) else -1

    def _keep(self, place: int) -> None:
        if 0 < place < len(self._products):
            self.keep_wanted.emit(self._products[place].id)

    def _paint_head(self, painter: QPainter, place: int, product: Product) -> None:
        colours, cell = self._theme.colours, self._cell(place)
        card = card_of(product)
        pixmap = None
        if card.thumbnail:
            pixmap = self._thumbnails.pixmap(card.thumbnail)
            if pixmap is None:
                self._thumbnails.request(card.thumbnail)
        mat = QRect(cell.left() + 2, cell.top() + 2, MAT, MAT)
        if not self._cards.paint_picture(painter, mat, card, pixmap):
            self.update()
        is_kept = place == 0
        if is_kept:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(mat.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        line = QRect(cell.left() + 2, mat.bottom() + Space.XS, cell.width() - Space.S, LINE)
        painter.setFont(self._theme.font(semibold=True))
        painter.setPen(colours.text)
        flags = Qt.AlignmentFlag.AlignVCenter
        metrics = painter.fontMetrics()
        sku = metrics.elidedText(card.sku, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, flags, sku)
        line.translate(0, LINE)
        font = self._theme.font()
        font.setUnderline(place == self._hot and not is_kept)
        painter.setFont(font)
        if is_kept:
            mark = self._theme.icons.pixmap(
                "check", 14, colour="good", device_ratio=device_ratio(painter)
            )
            painter.drawPixmap(QPoint(line.left(), line.center().y() - 6), mark)
            painter.setPen(colours.good)
            painter.drawText(line.adjusted(18, 0, 0, 0), flags, self.tr("Kept"))
        else:
            painter.setPen(colours.accent_text)
            painter.drawText(line, flags, self.tr("Keep this one"))
        if self.hasFocus() and place == self._current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colours.accent)
            painter.drawRoundedRect(cell.adjusted(0, 0, -Space.S, -1), RADIUS, RADIUS)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + COLUMN_WIDTH * 2, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._tiles.begin_frame()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect().adjusted(LABEL_WIDTH, 0, 0, 0))
        for place, product in enumerate(self._products):
            if self._cell(place).intersects(self.rect()):
                self._paint_head(painter, place, product)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hot = self._place_at(event.position().toPoint())
        is_link = self._hot > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)
        self.update()

    def leaveEvent(self, _event: object) -> None:
        self._hot = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._keep(self._place_at(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            last = len(self._products) - 1
            self._current = max(0, min(last, self._current + steps[Qt.Key(event.key())]))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._keep(self._current)
        else:
            super().keyPressEvent(event)
