"""One picture on a mat, whole, as large as there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.products import ProductCard
from desktop_app.ui.picture_tiles import fitted
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

_ENLARGE = 3.0


class FittedPicture(QWidget):
    """Shows a product's thumbnail, a larger picture once there is one, or any image. What it is
    stands in small letters on it."""

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        *,
        caption: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._caption = caption
        self._hash = ""
        self._pixmap = QPixmap()
        self._scaled = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(72, 72)
        thumbnails.loaded.connect(self._thumbnail_loaded)
        theme.changed.connect(self.update)

    def show_card(self, card: ProductCard) -> None:
        """Show the picture of a product's card."""
        self._hash = card.thumbnail
        self.setAccessibleName(card.title or card.sku)
        self._use(self._thumbnails.pixmap(card.thumbnail) or QPixmap())
        self._thumbnails.request(card.thumbnail)

    def show_image(self, image: QImage) -> None:
        """Show this in place of what is shown."""
        self._hash = ""
        self._use(QPixmap.fromImage(image))

    def show_nothing(self) -> None:
        """Show the mat alone."""
        self._hash = ""
        self._use(QPixmap())

    def _use(self, pixmap: QPixmap) -> None:
        self._pixmap = pixmap
        self._scaled = QPixmap()
        self.update()

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        if content_hash == self._hash and (pixmap := self._thumbnails.pixmap(content_hash)):
            self._use(pixmap)

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(120, 84)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = self._theme.colours
        painter.setBrush(colours.mat)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        if not self._pixmap.isNull():
            ratio = self.devicePixelRatioF()
            place = fitted(self._pixmap.size(), self.rect(), inset=Space.S, enlarge=_ENLARGE)
            device = place.size() * ratio
            if self._scaled.size() != device:
                self._scaled = self._pixmap.scaled(
                    device,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
                self._scaled.setDevicePixelRatio(ratio)
            # A packshot's white becomes the mat's colour.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            painter.drawPixmap(place.topLeft(), self._scaled)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if self._caption:
            painter.setFont(self._theme.font(FontSize.META))
            words = painter.fontMetrics().boundingRect(self._caption)
            pill = words.adjusted(-6, -3, 6, 3)
            pill.moveTopLeft(self.rect().topLeft())
            pill.translate(Space.XS, Space.XS)
            mat = QColor(colours.mat)
            mat.setAlpha(220)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mat)
            painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
            painter.setPen(colours.on_mat_muted)
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), self._caption)
