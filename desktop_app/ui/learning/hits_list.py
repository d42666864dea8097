"""What one version finds, with what the other finds elsewhere or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.domain.products import ProductCard
from desktop_app.ui.item_models.picture_rows_model import PICTURES, THING, PictureRowsModel
from desktop_app.ui.learning.words import moved_text
from desktop_app.ui.picture_tiles import PictureTiles
from desktop_app.ui.product_text import confidence_text, count_text
from desktop_app.ui.row_ground import paint_row_ground
from desktop_app.ui.theme import FontSize, Space, Theme
from desktop_app.workers.learning import SideBySide
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

MAT = 56
LINE = 18
ROW = MAT + 2 * Space.XS


@dataclass(frozen=True, slots=True)
class ComparedHit:
    """A product at ``rank`` (from 1) of one side; ``other_rank`` on the other, 0 for none."""

    rank: int
    other_rank: int
    score: float
    product_id: int
    card: ProductCard | None


def hits_of(compared: SideBySide, side: int) -> tuple[ComparedHit, ...]:
    """What one side (0 or 1) found, aligned with its hits."""
    own, other = compared.results[side].hits, compared.results[1 - side].hits
    ranks = {hit.product_id: rank for rank, hit in enumerate(other, 1)}
    return tuple(
        ComparedHit(
            rank,
            ranks.get(hit.product_id, 0),
            hit.score,
            hit.product_id,
            compared.cards.get(hit.product_id),
        )
        for rank, hit in enumerate(own, 1)
    )


def hits_model(thumbnails: ThumbnailLoader, parent: QObject) -> PictureRowsModel[ComparedHit]:
    """The main picture of each."""
    return PictureRowsModel(
        thumbnails,
        hashes=lambda hit: ("" if hit.card is None else hit.card.thumbnail,),
        words=_told,
        parent=parent,
    )


def _told(hit: ComparedHit) -> str:
    sku = hit.card.sku if hit.card is not None else ""
    moved = moved_text(hit.rank, hit.other_rank)
    return f"{hit.rank}. {sku} {confidence_text(hit.score)} {moved}".rstrip()


class HitsList(QListView):
    """Signals: ``product_wanted`` (product id) with Return or a double click."""

    product_wanted = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.hits = hits_model(thumbnails, self)
        self.setModel(self.hits)
        self.setItemDelegate(_HitDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def _open(self, index: QModelIndex) -> None:
        self.product_wanted.emit(self.hits.thing(index.row()).product_id)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._open(index)
            return
        super().keyPressEvent(event)


class _HitDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: HitsList) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._tiles = PictureTiles()
        self._strong = theme.font(semibold=True)
        self._base = theme.font()
        self._meta = theme.font(FontSize.META)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, self._theme, inset=0)
        hit: ComparedHit = index.data(THING)
        colours, rect = self._theme.colours, option.rect
        painter.setFont(self._meta)
        painter.setPen(colours.text_muted)
        rank = QRect(rect.left(), rect.top(), 24, rect.height())
        painter.drawText(rank, Qt.AlignmentFlag.AlignCenter, count_text(hit.rank))
        mat = QRect(rank.right() + 1, rect.top() + Space.XS, MAT, MAT)
        self._tiles.begin_frame()
        for content_hash, picture in index.data(PICTURES):
            if not self._tiles.paint(painter, mat, picture, content_hash, ground=colours.mat):
                self._view.viewport().update()
        left = mat.right() + Space.S
        moved = moved_text(hit.rank, hit.other_rank)
        is_news = hit.other_rank == 0 or hit.rank < hit.other_rank
        words = " · ".join(part for part in (confidence_text(hit.score), moved) if part)
        ink = "accent_text" if moved and is_news else "text_muted"
        lines = (
            (hit.card.sku if hit.card else "", self._strong, "text"),
            (hit.card.title if hit.card else "", self._base, "text"),
            (words, self._meta, ink),
        )
        shown = [line for line in lines if line[0]]
        top = rect.center().y() - LINE * len(shown) // 2
        room = QRect(left, top, rect.right() - left - Space.S, LINE)
        for line in shown:
            self._line(painter, room, *line)
            room.translate(0, LINE)
        painter.restore()

    def _line(self, painter: QPainter, room: QRect, words: str, font: QFont, ink: str) -> None:
        painter.setFont(font)
        painter.setPen(getattr(self._theme.colours, ink))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
