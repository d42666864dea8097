"""Paints one product as a card. Knows no view and no model."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from desktop_app.domain.products import PictureState, ProductCard
from desktop_app.ui.card_layout import CardLayout
from desktop_app.ui.picture_tiles import PictureTiles, fitted
from desktop_app.ui.product_text import count_text, price_text, score_text
from desktop_app.ui.theme import RADIUS, FontSize, Theme
from desktop_app.ui.theme.tokens import LIGHT

PILL_PADDING = 6
BADGE = 20
LEAST_MAT_FOR_BADGES = 96
LEAST_MAT_FOR_BUTTONS = 72
VEIL = QColor(255, 255, 255, 220)
"""Behind marks on the mat, which is light in both themes."""

_TROUBLE = {
    PictureState.OFFLINE: ("unplug", LIGHT.warn),
    PictureState.FAILED: ("triangle-alert", LIGHT.bad),
}


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything a card's looks depend on. Equal views look alike.

    ``card`` and ``picture`` are None until they arrive; ``picture_key`` stands for the
    picture in comparisons. ``hot`` is the mouse, relative to the cell's corner, while it is
    over the card.
    """

    card: ProductCard | None
    picture: QPixmap | None = field(default=None, compare=False)
    picture_key: int = 0
    score: float | None = None
    rank: int | None = None
    is_selected: bool = False
    is_focused: bool = False
    is_dark: bool = False
    hot: QPoint | None = None


class _Type:
    """A font with its metrics, which are dear to make."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)


class CardPainter:
    """Draws cards in the theme's colours; decodes nothing."""

    def __init__(self, theme: Theme, tiles: PictureTiles) -> None:
        self._theme = theme
        self._tiles = tiles
        self._base = _Type(theme.font())
        self._strong = _Type(theme.font(semibold=True))
        self._meta = _Type(theme.font(FontSize.META))
        self._meta_strong = _Type(theme.font(FontSize.META, semibold=True))

    def paint(self, painter: QPainter, cell: QRect, view: CardView) -> bool:
        """Draw the card; False where the picture is a makeshift and wants another painting."""
        layout = CardLayout.of(cell)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, layout, view)
        is_final = self.paint_picture(painter, layout.mat, view.card, view.picture)
        if view.card is not None:
            self._paint_marks(painter, layout, view, view.card)
            self._paint_buttons(painter, cell, layout, view, view.card)
            self._paint_text(painter, layout, view, view.card)
        return is_final

    def paint_picture(
        self, painter: QPainter, mat: QRect, card: ProductCard | None, picture: QPixmap | None
    ) -> bool:
        """The mat with the picture, or with what stands in for it; False as in :meth:`paint`."""
        ground = self._theme.colours.mat
        if card is None:
            self._fill(painter, mat, self._theme.colours.hover)
            return True
        if picture is None and card.thumbnail:
            self._fill(painter, mat, _on_mat(QColor.fromRgb(card.mean_colour), ground))
            return True
        if picture is None:
            self._fill(painter, mat, self._theme.colours.hover)
            name = "package" if not card.picture_count else "image"
            name = "image-off" if card.state in _TROUBLE else name
            side = 28 if mat.width() >= LEAST_MAT_FOR_BADGES else 16
            self._paint_icon(painter, mat, name, self._theme.colours.text_muted, side)
            return True
        tile = self._tiles.tile(
            picture, card.thumbnail, size=mat.size(), ratio=device_ratio(painter), mat=ground
        )
        if tile is None:
            self._fill(painter, mat, ground)
            painter.drawPixmap(fitted(picture.size(), mat, inset=mat.width() // 24), picture)
            return False
        painter.drawPixmap(mat.topLeft(), tile)
        return True

    def pill_rect(self, layout: CardLayout, score: float) -> QRect:
        """Where the similarity stands: beside the SKU, on a small card on the mat."""
        width = self._meta_strong.metrics.horizontalAdvance(score_text(score)) + 2 * PILL_PADDING
        if layout.is_compact:
            return QRect(layout.mat.right() - width - 3, layout.mat.bottom() - 19, width, 16)
        line = layout.first_line
        return QRect(line.right() - width + 1, line.top() + 1, width, 16)

    def _paint_ground(self, painter: QPainter, layout: CardLayout, view: CardView) -> None:
        colours = self._theme.colours
        if view.is_selected:
            self._fill(painter, layout.card, colours.selected, RADIUS + 2)
        elif view.hot is not None:
            self._fill(painter, layout.card, colours.hover, RADIUS + 2)
        if view.is_focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(layout.card.adjusted(1, 1, -1, -1), RADIUS + 2, RADIUS + 2)

    def _paint_marks(
        self, painter: QPainter, layout: CardLayout, view: CardView, card: ProductCard
    ) -> None:
        mat = layout.mat
        if view.rank is not None and not layout.is_compact:
            self._paint_label(painter, mat.topLeft() + QPoint(5, 5), count_text(view.rank))
        bottom = mat.bottom() - BADGE - 4
        if card.state in _TROUBLE:
            icon, ink = _TROUBLE[card.state]
            place = QRect(mat.left() + 5, bottom, BADGE, BADGE)
            self._fill(painter, place, VEIL)
            self._paint_icon(painter, place, icon, ink, 14)
        if card.picture_count > 1 and mat.width() >= LEAST_MAT_FOR_BADGES:
            text = count_text(card.picture_count)
            width = self._meta.metrics.horizontalAdvance(text) + 2 * PILL_PADDING + 15
            self._paint_label(painter, QPoint(mat.right() - width - 4, bottom), text, "images")

    def _paint_buttons(
        self, painter: QPainter, cell: QRect, layout: CardLayout, view: CardView, card: ProductCard
    ) -> None:
        shown = []
        if card.bookmarked or view.hot is not None:
            shown.append((layout.bookmark, "bookmark-filled" if card.bookmarked else "bookmark"))
        if view.hot is not None and layout.mat.width() >= LEAST_MAT_FOR_BUTTONS:
            shown.append((layout.query, "scan-search"))
        for place, name in shown:
            is_hot = view.hot is not None and place.contains(view.hot + cell.topLeft())
            ink = LIGHT.accent if is_hot or name == "bookmark-filled" else LIGHT.text
            self._fill(painter, place, QColor("white") if is_hot else VEIL)
            self._paint_icon(painter, place, name, ink, 16)

    def _paint_text(
        self, painter: QPainter, layout: CardLayout, view: CardView, card: ProductCard
    ) -> None:
        colours = self._theme.colours
        first = QRect(layout.first_line)
        if view.score is not None:
            pill = self.pill_rect(layout, view.score)
            ground, ink = colours.selected, colours.accent_text
            if layout.is_compact:
                ground, ink = VEIL, LIGHT.accent_text
            elif view.is_selected:
                ground = colours.content
            self._fill(painter, pill, ground, 8)
            painter.setFont(self._meta_strong.font)
            painter.setPen(ink)
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, score_text(view.score))
            if not layout.is_compact:
                first.setRight(pill.left() - 4)
        face = self._meta_strong if layout.is_compact else self._strong
        self._line(painter, first, card.sku, face, colours.text)
        if layout.is_compact:
            return
        title = card.title or card.category
        self._line(painter, layout.second_line, title, self._base, colours.text)
        rest = " · ".join(part for part in (card.brand, price_text(card)) if part)
        self._line(painter, layout.third_line, rest, self._meta, colours.text_muted)

    def _paint_label(self, painter: QPainter, corner: QPoint, text: str, icon: str = "") -> None:
        width = self._meta.metrics.horizontalAdvance(text) + 2 * PILL_PADDING
        place = QRect(corner, QSize(max(BADGE, width + (15 if icon else 0)), BADGE))
        self._fill(painter, place, VEIL)
        if icon:
            glyph = QRect(place.left() + 4, place.top(), 14, BADGE)
            self._paint_icon(painter, glyph, icon, LIGHT.text_muted, 14)
            place.setLeft(place.left() + 17)
        painter.setFont(self._meta.font)
        painter.setPen(LIGHT.text_muted)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _line(self, painter: QPainter, place: QRect, text: str, face: _Type, ink: QColor) -> None:
        if not text:
            return
        painter.setFont(face.font)
        painter.setPen(ink)
        painter.drawText(
            place,
            Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
            face.metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width()),
        )

    def _fill(self, painter: QPainter, place: QRect, colour: QColor, radius: int = RADIUS) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(place, radius, radius)

    def _paint_icon(
        self, painter: QPainter, place: QRect, name: str, ink: QColor, side: int
    ) -> None:
        ratio = device_ratio(painter)
        pixmap = self._theme.icons.pixmap(name, side, colour=ink, device_ratio=ratio)
        corner = place.center() - QPoint((side - 1) // 2, (side - 1) // 2)
        painter.drawPixmap(corner, pixmap)


def device_ratio(painter: QPainter) -> float:
    """Device pixels per logical pixel of what is painted on."""
    device = painter.device()
    return float(device.devicePixelRatio()) if device is not None else 1.0


def _on_mat(colour: QColor, mat: QColor) -> QColor:
    """A picture's colour as it looks multiplied with the mat."""
    return QColor.fromRgbF(
        colour.redF() * mat.redF(), colour.greenF() * mat.greenF(), colour.blueF() * mat.blueF()
    )
