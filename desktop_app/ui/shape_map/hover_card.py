"""What lies under the pointer: picture, SKU and title."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop_app.domain.products import ProductCard
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.theme import Space, Theme

WIDTH, PICTURE = 168, 120
_AWAY = 18


class HoverCard(QFrame):
    """Over the map, never under the pointer, and takes no clicks."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
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

    def show_card(self, card: ProductCard, thumbnail: QPixmap | None, at: QPoint) -> None:
        """Beside ``at``, wholly within the map."""
        self.product_id = card.id
        self._sku.set_text(card.sku)
        self._title.set_text(card.title)
        self._title.setVisible(bool(card.title))
        self._meta.set_text(" · ".join(part for part in (card.brand, card.category) if part))
        self._meta.setVisible(bool(card.brand or card.category))
        self.set_thumbnail(thumbnail)
        self.adjustSize()
        room = self._map.rect()
        x = at.x() + _AWAY if at.x() + _AWAY + self.width() <= room.right() else None
        left = x if x is not None else at.x() - _AWAY - self.width()
        top = min(at.y() + _AWAY, room.bottom() - self.height())
        self.move(max(0, left), max(0, top))
        self.show()
        self.raise_()

    def set_thumbnail(self, thumbnail: QPixmap | None) -> None:
        """The picture, once it is at hand."""
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
