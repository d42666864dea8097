"""Small pictures in a row with a word about what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.products import Picture, ProductCard
from desktop_app.ui.card_painter import CardPainter
from desktop_app.ui.picture_tiles import PictureTiles
from desktop_app.ui.product_text import count_text
from desktop_app.ui.resolving.fields_table import LABEL_WIDTH
from desktop_app.ui.theme import FontSize, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

MAT = 40


class PictureStrip(QWidget):
    """Hidden while there are none. What does not fit is counted."""

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, words: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._words = words
        self._pictures: tuple[Picture, ...] = ()
        self._tiles = PictureTiles()
        self._cards = CardPainter(theme, self._tiles)
        self.setFixedHeight(MAT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        thumbnails.loaded.connect(self._thumbnail_loaded)
        theme.changed.connect(self.update)
        self.hide()

    def set_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these."""
        self._pictures = tuple(pictures)
        self.setVisible(bool(pictures))
        self.setAccessibleName(f"{self._words}: {len(pictures)}")
        self.setToolTip("\n".join(picture.path for picture in pictures[:20]))
        self.update()

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        if any(picture.content_hash == content_hash for picture in self._pictures):
            self.update()

    # Qt

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._tiles.begin_frame()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(FontSize.META))
        painter.setPen(self._theme.colours.text_muted)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        label = QRect(0, 0, LABEL_WIDTH - Space.S, MAT)
        painter.drawText(label, flags, self._words)
        left = LABEL_WIDTH + 2
        for place, picture in enumerate(self._pictures):
            is_last_place = left + 2 * MAT + Space.XS > self.width()
            more = len(self._pictures) - place
            if is_last_place and more > 1:
                painter.setPen(self._theme.colours.text_muted)
                painter.drawText(QRect(left, 0, MAT, MAT), flags, f"+{count_text(more)}")
                break
            self._paint_picture(painter, QRect(left, 0, MAT, MAT), picture)
            left += MAT + Space.XS

    def _paint_picture(self, painter: QPainter, mat: QRect, picture: Picture) -> None:
        pixmap = self._thumbnails.pixmap(picture.content_hash)
        if pixmap is None and picture.content_hash:
            self._thumbnails.request(picture.content_hash)
        card = ProductCard(
            picture.product_id,
            "",
            picture_count=1,
            state=picture.state,
            thumbnail=picture.content_hash,
        )
        if not self._cards.paint_picture(painter, mat, card, pixmap):
            self.update()
