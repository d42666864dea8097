"""The pairs that are a riddle to the learned model, as pictures."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.services.learning.looking import Riddle
from desktop_app.ui.item_models.picture_rows_model import PICTURES, THING
from desktop_app.ui.learning.riddles_model import (
    likeness_text,
    product_lines,
    riddles_model,
    said_text,
)
from desktop_app.ui.picture_tiles import PictureTiles
from desktop_app.ui.row_ground import paint_row_ground
from desktop_app.ui.theme import FontSize, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

MAT = 96
ROW = MAT + 2 * Space.S


class RiddlesView(QListView):
    """Signals: ``opened`` (Riddle) when one was chosen with Return or a double click,
    ``menu_wanted`` (Riddle, where on the screen)."""

    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.riddles = riddles_model(thumbnails, self)
        self.setModel(self.riddles)
        self.setItemDelegate(_RiddleDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.doubleClicked.connect(self._open)
        self.setAccessibleName(self.tr("Hard pairs"))
        theme.changed.connect(self.viewport().update)

    @property
    def current(self) -> Riddle | None:
        """The chosen pair."""
        index = self.currentIndex()
        return self.riddles.thing(index.row()) if index.isValid() else None

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.riddles.thing(index.row()))

    def _show_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.isValid():
            self.setCurrentIndex(index)
            where = self.viewport().mapToGlobal(place)
            self.menu_wanted.emit(self.riddles.thing(index.row()), where)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
            return
        super().keyPressEvent(event)


class _RiddleDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: RiddlesView) -> None:
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
        self._tiles.begin_frame()
        left, top = option.rect.left() + Space.S, option.rect.top() + Space.S
        for content_hash, picture in index.data(PICTURES):
            mat, ground = QRect(left, top, MAT, MAT), self._theme.colours.mat
            if not self._tiles.paint(painter, mat, picture, content_hash, ground=ground):
                self._view.viewport().update()
            left += MAT + Space.S
        room = QRect(left + Space.S, top, option.rect.right() - left - 2 * Space.S, MAT)
        self._paint_words(painter, room, index.data(THING))
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, riddle: Riddle) -> None:
        colours = self._theme.colours
        said_ink = colours.accent_text if riddle.verdict is not None else colours.text_muted
        names = [(words, self._strong, colours.text) for words in product_lines(riddle)]
        lines = (
            *names,
            (likeness_text(riddle), self._base, colours.text_muted),
            (said_text(riddle), self._meta, said_ink),
        )
        line = QRect(room.left(), room.center().y() - 10 * len(lines), room.width(), 20)
        for words, font, ink in lines:
            painter.setFont(font)
            painter.setPen(ink)
            shown = painter.fontMetrics().elidedText(
                words, Qt.TextElideMode.ElideRight, line.width()
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
            line.translate(0, 20)
