"""Paints a group of likely duplicates as a row of pictures under their numbers."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.domain.products import ProductCard
from desktop_app.ui.card_painter import CardPainter
from desktop_app.ui.confidence_pill import HEIGHT as PILL_HEIGHT
from desktop_app.ui.confidence_pill import ConfidencePill
from desktop_app.ui.duplicates.group_list_model import SHOWN_MEMBERS, GroupRole, GroupView
from desktop_app.ui.duplicates.words import VERDICT_ICONS, state_word, verdict_word
from desktop_app.ui.picture_tiles import PictureTiles, device_ratio
from desktop_app.ui.product_text import count_text, score_text
from desktop_app.ui.row_ground import paint_row_ground
from desktop_app.ui.theme import FontSize, Space, Theme
from desktop_app.workers.review_lists import GroupState

Index = QModelIndex | QPersistentModelIndex

MAT = 46
LINE = 18
ROW_HEIGHT = Space.S + LINE + Space.XS + MAT + Space.S
LEAST_WORDS = 56
"""Beside the pictures, for the chance; a narrow list shows fewer pictures."""


class GroupDelegate(QStyledItemDelegate):
    """Decodes nothing; asks for pictures only by reading the model."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._tiles = PictureTiles()
        self._cards = CardPainter(theme, self._tiles)
        self._pill = ConfidencePill(theme)
        self._strong = theme.font(semibold=True)
        self._meta = theme.font(FontSize.META)
        self._strong_metrics = QFontMetrics(self._strong)
        self._meta_metrics = QFontMetrics(self._meta)

    def begin_frame(self) -> None:
        """The view is about to be painted."""
        self._tiles.begin_frame()

    # Qt

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: GroupView = index.data(GroupRole.VIEW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, self._theme)
        room = option.rect.adjusted(Space.M, Space.S, -Space.M, -Space.S)
        first = QRect(room.left(), room.top(), room.width(), LINE)
        self._paint_heading(painter, first, view)
        below = QRect(room.left(), first.bottom() + 1 + Space.XS, room.width(), MAT)
        left = self._paint_pictures(painter, below, view)
        below.setLeft(left)
        self._paint_figures(painter, below, view)
        painter.restore()

    def _paint_heading(self, painter: QPainter, line: QRect, view: GroupView) -> None:
        """The numbers of the products, and what was said of them at the right."""
        colours = self._theme.colours
        words, icon = "", ""
        if view.verdict is not None:
            words, icon = verdict_word(view.verdict), VERDICT_ICONS[view.verdict]
        elif view.state is not GroupState.OPEN:
            words = state_word(view.state)
        right = line.right()
        if words:
            width = self._meta_metrics.horizontalAdvance(words)
            place = QRect(right - width, line.top(), width + 1, LINE)
            ink = colours.text_muted
            self._text(painter, place, words, (self._meta, self._meta_metrics), ink)
            right = place.left() - Space.XS
            if icon:
                pixmap = self._theme.icons.pixmap(
                    icon, 14, colour=ink, device_ratio=device_ratio(painter)
                )
                painter.drawPixmap(QPoint(right - 14, line.top() + 2), pixmap)
                right -= 14 + Space.S
        skus = [card.sku if card is not None else "…" for card, _ in view.members]
        text = "  ·  ".join(skus)
        if (more := len(view.group.product_ids) - len(view.members)) > 0:
            text = f"{text}  +{count_text(more)}"
        ink = colours.text_muted if view.state is GroupState.DECIDED else colours.text
        place = QRect(line.left(), line.top(), right - line.left(), LINE)
        self._text(painter, place, text, (self._strong, self._strong_metrics), ink)

    def _paint_pictures(self, painter: QPainter, room: QRect, view: GroupView) -> int:
        """Returns where they end."""
        fitting = (room.width() - LEAST_WORDS) // (MAT + Space.XS)
        left = room.left()
        members = view.members[: max(2, min(SHOWN_MEMBERS, fitting))]
        for card, picture in members:
            self._paint_picture(painter, QRect(left, room.top(), MAT, MAT), card, picture)
            left += MAT + Space.XS
        return left + Space.XS

    def _paint_picture(
        self, painter: QPainter, mat: QRect, card: ProductCard | None, picture: QPixmap | None
    ) -> None:
        if not self._cards.paint_picture(painter, mat, card, picture):
            # Out of time for scaling in this frame; the next one goes on.
            self._view.viewport().update()

    def _paint_figures(self, painter: QPainter, room: QRect, view: GroupView) -> None:
        """The highest chance, and for more than two how far all agree."""
        group = view.group
        width = self._pill.width(group.strongest, with_word=False)
        if room.width() < width:
            return
        is_pair = len(group.product_ids) == 2
        with_word = self._pill.width(group.strongest, with_word=True) <= room.width()
        width = self._pill.width(group.strongest, with_word=with_word)
        top = room.center().y() - PILL_HEIGHT // 2 if is_pair else room.top() + Space.XS
        place = QRect(room.right() - width + 1, top, width, PILL_HEIGHT)
        self._pill.paint(painter, place, group.strongest, with_word=with_word, on_mat=False)
        if is_pair:
            return
        words = self.tr("all ≥ {0}").format(score_text(group.cohesion))
        line = QRect(room.left(), place.bottom() + Space.XS, room.width(), LINE)
        painter.setFont(self._meta)
        painter.setPen(self._theme.colours.text_muted)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        shown = self._meta_metrics.elidedText(words, Qt.TextElideMode.ElideLeft, line.width())
        painter.drawText(line, flags, shown)

    @staticmethod
    def _text(
        painter: QPainter,
        place: QRect,
        text: str,
        face: tuple[QFont, QFontMetrics],
        ink: QColor,
    ) -> None:
        font, metrics = face
        painter.setFont(font)
        painter.setPen(ink)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(place, flags, shown)
