"""The worst queries as pictures: searched with, found first, the right one."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.ui.item_models.picture_rows_model import PICTURES, THING
from desktop_app.ui.item_models.worst_queries_model import (
    rank_text,
    searched_text,
    worst_queries_model,
)
from desktop_app.ui.picture_tiles import PictureTiles
from desktop_app.ui.row_ground import paint_row_ground
from desktop_app.ui.theme import FontSize, Space, Theme
from desktop_app.workers.measuring import WorstCase
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

MAT = 84
CAPTION = 16
ROW = MAT + CAPTION + 2 * Space.S


class WorstQueriesView(QListView):
    """Signals: ``query_requested`` (content id) to search with the picture again,
    ``product_requested`` (product id) to open a product."""

    query_requested = Signal(object)
    product_requested = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.cases = worst_queries_model(thumbnails, self)
        self.setModel(self.cases)
        self.setItemDelegate(_CaseDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.setAccessibleName(self.tr("Queries that went wrong, the worst first"))
        self.setToolTip(
            self.tr("Double-click to search with the picture again; right-click for more")
        )
        self.doubleClicked.connect(self._search)
        theme.changed.connect(self.viewport().update)

    @property
    def current_case(self) -> WorstCase | None:
        """The chosen case."""
        index = self.currentIndex()
        return self.cases.thing(index.row()) if index.isValid() else None

    @Slot()
    def search_with_current(self) -> None:
        """Search again with the picture of the chosen case."""
        if (case := self.current_case) is not None:
            self.query_requested.emit(case.query.content_id)

    @Slot()
    def open_right(self) -> None:
        """Open the product that should have been found."""
        if (case := self.current_case) is not None and case.right is not None:
            self.product_requested.emit(case.right.id)

    @Slot()
    def open_first(self) -> None:
        """Open the product that came first instead."""
        if (case := self.current_case) is not None and case.first is not None:
            self.product_requested.emit(case.first.id)

    @Slot(QModelIndex)
    def _search(self, _index: QModelIndex) -> None:
        self.search_with_current()

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Search with this picture")).triggered.connect(
            self.search_with_current
        )
        menu.addAction(self.tr("Open the right product")).triggered.connect(self.open_right)
        menu.addAction(self.tr("Open what came first")).triggered.connect(self.open_first)
        menu.popup(self.viewport().mapToGlobal(place))

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.search_with_current()
            else:
                self.open_right()
            return
        super().keyPressEvent(event)


class _CaseDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: WorstQueriesView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._tiles = PictureTiles()
        self._meta = theme.font(FontSize.META)
        self._strong = theme.font(semibold=True)
        self._base = theme.font()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = self._theme.colours
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, self._theme, inset=0)
        case: WorstCase = index.data(THING)
        self._tiles.begin_frame()
        left = option.rect.left() + Space.S
        top = option.rect.top() + Space.S
        for words, (content_hash, picture) in zip(
            self._captions(), index.data(PICTURES), strict=True
        ):
            painter.setFont(self._meta)
            painter.setPen(colours.text_muted)
            caption = QRect(left, top, MAT, CAPTION)
            painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, words)
            mat = QRect(left, top + CAPTION, MAT, MAT)
            if not self._tiles.paint(painter, mat, picture, content_hash, ground=colours.mat):
                self._view.viewport().update()
            left += MAT + Space.M
        self._paint_words(painter, QRect(left, top, option.rect.right() - left, ROW), case)
        painter.restore()

    def _captions(self) -> tuple[str, str, str]:
        return self.tr("searched with"), self.tr("came first"), self.tr("right one")

    def _paint_words(self, painter: QPainter, room: QRect, case: WorstCase) -> None:
        colours = self._theme.colours
        line = QRect(room.left(), room.top() + CAPTION + Space.S, room.width(), 20)
        for words, font, ink in (
            (searched_text(case), self._strong, colours.text),
            (rank_text(case), self._base, colours.text_muted),
        ):
            painter.setFont(font)
            painter.setPen(ink)
            shown = QFontMetrics(font).elidedText(
                words, Qt.TextElideMode.ElideRight, line.width() - Space.S
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
            line.translate(0, 22)
