"""Paints one product as a card. Knows no view and no model."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from desktop_app.domain.evidence import Orientation
from desktop_app.domain.products import PictureState, ProductCard
from desktop_app.ui.card_badges import Badge, badges_of
from desktop_app.ui.card_layout import CardLayout
from desktop_app.ui.confidence_pill import HEIGHT as PILL_HEIGHT
from desktop_app.ui.confidence_pill import VEIL, ConfidencePill
from desktop_app.ui.picture_tiles import PictureTiles, device_ratio
from desktop_app.ui.product_text import count_text, price_text
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.ui.theme.tokens import LIGHT

PILL_PADDING = 6
BADGE = 20
LEAST_MAT_FOR_BADGES = 96
LEAST_MAT_FOR_BUTTONS = 72
BADGE_ICON = 14

_TROUBLE = (PictureState.OFFLINE, PictureState.FAILED)


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
    orientation: Orientation | None = None
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

    def __init__(
        self, theme: Theme, tiles: PictureTiles, pill: ConfidencePill | None = None
    ) -> None:
        self._theme = theme
        self._tiles = tiles
        self._base = _Type(theme.font())
        self._strong = _Type(theme.font(semibold=True))
        self._meta = _Type(theme.font(FontSize.META))
        self._meta_strong = _Type(theme.font(FontSize.META, semibold=True))
        self._pill = pill or ConfidencePill(theme)

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
        return self._tiles.paint(painter, mat, picture, card.thumbnail, ground=ground)

    def pill_rect(self, layout: CardLayout, card: ProductCard, score: float) -> QRect:
        """Where the confidence stands: beside the SKU, on a small card on the mat."""
        width = self._pill.width(score, with_word=self._has_word(layout, card))
        if layout.is_compact:
            return QRect(layout.mat.right() - width - 3, layout.mat.bottom() - 19, width, 16)
        line = layout.first_line
        return QRect(line.right() - width + 1, line.top() + 1, width, PILL_HEIGHT)

    def _has_word(self, layout: CardLayout, card: ProductCard) -> bool:
        """Whether the SKU leaves room for the word, whichever it is, so that neighbours are
        alike."""
        sku = self._strong.metrics.horizontalAdvance(card.sku)
        room = layout.first_line.width()
        return not layout.is_compact and sku + Space.XS + self._pill.widest <= room

    def badge_places(
        self, layout: CardLayout, card: ProductCard, orientation: Orientation | None
    ) -> list[tuple[QRect, Badge, bool]]:
        """Where the badges are, at the mat's lower left, and whether each shows its words."""
        badges = badges_of(card, orientation)
        mat = layout.mat
        left, end, bottom = mat.left() + 5, mat.right() - 5, mat.bottom() - BADGE - 4
        if layout.is_compact:
            # The pill lies there.
            bottom -= BADGE
        elif card.picture_count > 1:
            end = self._count_place(mat, card).left() - Space.XS
        badges = badges[: max(1, (end - left + Space.XS) // (BADGE + Space.XS))]
        widths = [BADGE + 2 + self._meta.metrics.horizontalAdvance(b.words) + 4 for b in badges]
        gaps = (len(badges) - 1) * Space.XS
        worded = not layout.is_compact and left + sum(widths) + gaps <= end
        places = []
        for badge, width in zip(badges, widths, strict=True):
            place = QRect(left, bottom, width if worded else BADGE, BADGE)
            places.append((place, badge, worded))
            left = place.right() + 1 + Space.XS
        return places

    def _count_place(self, mat: QRect, card: ProductCard) -> QRect:
        text = count_text(card.picture_count)
        width = self._meta.metrics.horizontalAdvance(text) + 2 * PILL_PADDING + 15
        return QRect(mat.right() - width - 4, mat.bottom() - BADGE - 4, width, BADGE)

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
        for place, badge, is_worded in self.badge_places(layout, card, view.orientation):
            ink = getattr(LIGHT, badge.ink)
            self._fill(painter, place, VEIL)
            glyph = QRect(place.left(), place.top(), BADGE, BADGE)
            self._paint_icon(painter, glyph, badge.icon, ink, BADGE_ICON)
            if is_worded:
                painter.setFont(self._meta.font)
                painter.setPen(ink)
                words = place.adjusted(BADGE, 0, 0, 0)
                painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, badge.words)
        has_room = mat.width() >= LEAST_MAT_FOR_BADGES
        has_room &= not (layout.is_compact and view.score is not None)
        if card.picture_count > 1 and has_room:
            corner = self._count_place(mat, card).topLeft()
            self._paint_label(painter, corner, count_text(card.picture_count), "images")

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
            pill = self.pill_rect(layout, card, view.score)
            self._pill.paint(
                painter,
                pill,
                view.score,
                with_word=self._has_word(layout, card),
                on_mat=layout.is_compact,
            )
            if not layout.is_compact:
                first.setRight(pill.left() - Space.XS)
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


def _on_mat(colour: QColor, mat: QColor) -> QColor:
    """A picture's colour as it looks multiplied with the mat."""
    return QColor.fromRgbF(
        colour.redF() * mat.redF(), colour.greenF() * mat.greenF(), colour.blueF() * mat.blueF()
    )
