"""Shows a model's rows as cards, and explains what is under the mouse."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from desktop_app.domain.evidence import HitEvidence, Orientation
from desktop_app.domain.products import CORE_COLUMNS, Column, ProductCard
from desktop_app.ui.card_layout import CardLayout
from desktop_app.ui.card_painter import CardPainter, CardView
from desktop_app.ui.confidence_pill import ConfidencePill
from desktop_app.ui.item_models.product_list_model import Role
from desktop_app.ui.picture_tiles import PictureTiles, device_ratio
from desktop_app.ui.product_text import (
    count_text,
    field_lines,
    picture_state_text,
    rich_text,
    score_explanation,
)
from desktop_app.ui.theme import Theme
from desktop_app.workers.pixmap_cache import PixmapCache

Index = QModelIndex | QPersistentModelIndex

FACES_MAX_BYTES = 96 * 1024 * 1024


def score_words(index: Index, score: float) -> str:
    """What the confidence of a row means, by its roles."""
    return score_explanation(
        score, index.data(Role.EVIDENCE), is_steered=bool(index.data(Role.IS_STEERED))
    )


def orientation_of(index: Index) -> Orientation | None:
    """How a hit lies beside the query where that is worth telling."""
    evidence: HitEvidence | None = index.data(Role.EVIDENCE)
    return None if evidence is None or evidence.orientation.is_upright else evidence.orientation


class ProductDelegate(QStyledItemDelegate):
    """Paints cards from the model's roles and keeps them painted.

    Decodes nothing, and asks for pictures only by reading ``DecorationRole``. ``hot`` is the
    mouse in viewport coordinates while it is over a card, None elsewhere: the buttons of the
    hovered card light up under it. ``pill`` tells scores that mean something else than usual.
    """

    def __init__(
        self, theme: Theme, parent: QObject | None = None, *, pill: ConfidencePill | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tiles = PictureTiles()
        self.hot: QPoint | None = None
        self._painter = CardPainter(theme, self.tiles, pill)
        self._columns: tuple[Column, ...] = CORE_COLUMNS
        self._faces: PixmapCache[tuple[int, int, int, float]] = PixmapCache(FACES_MAX_BYTES)

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns, told in the details of a card."""
        self._columns = (*CORE_COLUMNS, *columns)

    def paint_picture(self, painter: QPainter, mat: QRect, index: Index) -> None:
        """Only the mat with the picture, for a table's cell."""
        card = index.data(Role.CARD)
        self._painter.paint_picture(painter, mat, card, index.data(Qt.ItemDataRole.DecorationRole))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self._view(option, index)
        if view.card is None or view.hot is not None:
            painter.save()
            self._painter.paint(painter, option.rect, view)
            painter.restore()
            return
        # A card at rest is painted once and then only copied.
        size, ratio = option.rect.size(), device_ratio(painter)
        key = (view.card.id, size.width(), size.height(), ratio)
        face = self._faces.get(key, made_from=view)
        if face is None:
            face = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
            face.setDevicePixelRatio(ratio)
            face.fill(Qt.GlobalColor.transparent)
            inner = QPainter(face)
            is_final = self._painter.paint(inner, QRect(QPoint(0, 0), size), view)
            inner.end()
            if is_final:
                self._faces.put(key, face, made_from=view)
        painter.drawPixmap(option.rect.topLeft(), face)

    def _view(self, option: QStyleOptionViewItem, index: Index) -> CardView:
        picture: QPixmap | None = index.data(Qt.ItemDataRole.DecorationRole)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        hot = self.hot - option.rect.topLeft() if is_hovered and self.hot is not None else None
        return CardView(
            card=index.data(Role.CARD),
            picture=picture,
            picture_key=picture.cacheKey() if picture is not None else 0,
            score=index.data(Role.SCORE),
            rank=index.data(Role.RANK),
            orientation=orientation_of(index),
            is_selected=bool(option.state & QStyle.StateFlag.State_Selected),
            is_focused=bool(option.state & QStyle.StateFlag.State_HasFocus),
            is_dark=self._theme.is_dark,
            hot=hot,
        )

    def explanation(self, index: Index, cell: QRect, position: QPoint) -> str:
        """What the tooltip says about the part of the card under ``position``, rich text."""
        card: ProductCard | None = index.data(Role.CARD)
        if card is None:
            return ""
        layout = CardLayout.of(cell)
        score: float | None = index.data(Role.SCORE)
        if layout.bookmark.contains(position):
            removes = self.tr("Remove the bookmark (B)")
            return html.escape(removes if card.bookmarked else self.tr("Bookmark (B)"))
        if layout.query.contains(position):
            return html.escape(self.tr("Search with this picture (Shift+Enter)"))
        if score is not None and self._painter.pill_rect(layout, card, score).contains(position):
            return rich_text(self.score_words(index, score))
        for place, badge, _is_worded in self._painter.badge_places(
            layout, card, orientation_of(index)
        ):
            if place.contains(position):
                return html.escape(badge.explanation)
        return self._details(card)

    def score_words(self, index: Index, score: float) -> str:
        """What the figure of a card means."""
        return score_words(index, score)

    def _details(self, card: ProductCard) -> str:
        rows = field_lines(card, self._columns)
        if card.picture_count:
            state = picture_state_text(card.state)
            rows.append((self.tr("Pictures"), f"{count_text(card.picture_count)} · {state}"))
        cells = "".join(
            f"<tr><td style='padding-right:12px'>{html.escape(label)}</td>"
            f"<td>{html.escape(value[:200])}</td></tr>"
            for label, value in rows
        )
        return f"<table>{cells}</table>"

    # Qt

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return option.rect.size()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        text = self.explanation(index, option.rect, event.pos()) if index.isValid() else ""
        if text:
            QToolTip.showText(event.globalPos(), text, view, option.rect)
        else:
            QToolTip.hideText()
        return True
