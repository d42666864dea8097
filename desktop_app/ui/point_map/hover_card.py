"""What lies under the pointer: picture, SKU and title."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop_app.domain.products import ProductCard
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.point_map.pictures import Thumbnail
from desktop_app.ui.theme import Space, Theme

WIDTH, PICTURE = 168, 120
HOVER_MS = 180
_AWAY = 18


class HoverCard(QFrame):
    """Over the map, never under the pointer, and takes no clicks. Comes a moment after
    :meth:`point_at`.

    Signals: ``card_wanted`` (product id), answered with :meth:`take_cards`.
    """

    card_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget, *, thumbnail: Thumbnail) -> None:
        super().__init__(parent)
        self._thumbnail = thumbnail
        self._at = QPoint()
        self._shown_hash = ""
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(HOVER_MS)
        self._delay.timeout.connect(self._ask)
        self._theme = theme
        self._map = parent
        self.product_id = -1
        self.setProperty("surface", "raised")
        self.setProperty("variant", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture = QLabel()
        self._picture.setFixedHeight(PICTURE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sku = ElidedLabel()
        self._sku.setProperty("role", "strong")
        self._title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._meta = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._meta.setProperty("role", "meta")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        column.setSpacing(2)
        for label in (self._picture, self._sku, self._title, self._meta):
            column.addWidget(label)
        self.setFixedWidth(WIDTH)
        self.hide()

    @property
    def words(self) -> tuple[str, str]:
        """The SKU and the title."""
        return self._sku.whole_text, self._title.whole_text

    def point_at(self, product_id: int, at: QPoint) -> None:
        """The pointer is over a product; -1 for none."""
        if product_id == self.product_id and product_id >= 0:
            return
        self.dismiss()
        if product_id >= 0:
            self.product_id, self._at = product_id, at
            self._delay.start()

    @Slot()
    def dismiss(self) -> None:
        """The pointer is over nothing, or the map moves under it."""
        self.product_id = -1
        self._delay.stop()
        self.hide()

    def take_cards(self, cards: Sequence[ProductCard]) -> None:
        """Show the product that is pointed at, where it is among them."""
        for card in cards:
            if card.id == self.product_id and not self._delay.isActive():
                self._show_card(card)

    def show_loaded(self, content_hash: str) -> None:
        """A thumbnail is at hand now."""
        if self.isVisible() and content_hash == self._shown_hash:
            self._set_thumbnail(self._thumbnail(content_hash))

    @Slot()
    def _ask(self) -> None:
        self.card_wanted.emit(self.product_id)

    def _show_card(self, card: ProductCard) -> None:
        """Beside the pointer, wholly within the map."""
        at, self._shown_hash = self._at, card.thumbnail
        self._sku.set_text(card.sku)
        self._title.set_text(card.title)
        self._title.setVisible(bool(card.title))
        self._meta.set_text(" · ".join(part for part in (card.brand, card.category) if part))
        self._meta.setVisible(bool(card.brand or card.category))
        self._set_thumbnail(self._thumbnail(card.thumbnail) if card.thumbnail else None)
        self.adjustSize()
        room = self._map.rect()
        x = at.x() + _AWAY if at.x() + _AWAY + self.width() <= room.right() else None
        left = x if x is not None else at.x() - _AWAY - self.width()
        top = min(at.y() + _AWAY, room.bottom() - self.height())
        self.move(max(0, left), max(0, top))
        self.show()
        self.raise_()

    def _set_thumbnail(self, thumbnail: QPixmap | None) -> None:
        self._picture.setVisible(thumbnail is not None)
        if thumbnail is None:
            return
        ratio = self.devicePixelRatioF()
        side = WIDTH - 2 * Space.S
        scaled = thumbnail.scaled(
            round(side * ratio),
            round(PICTURE * ratio),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        self._picture.setPixmap(scaled)
        self._picture.setStyleSheet(f"background: {self._theme.colours.mat.name()};")
        self.adjustSize()
