"""Products as rows, for dense work: columns can be moved, widened and hidden."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from desktop_app.domain.filters import SortOrder
from desktop_app.domain.products import FieldKind, PictureState, ProductCard
from desktop_app.ui.card_badges import badges_of
from desktop_app.ui.confidence_pill import HEIGHT as PILL_HEIGHT
from desktop_app.ui.confidence_pill import ConfidencePill
from desktop_app.ui.item_models.product_list_model import (
    MATCH,
    PICTURE,
    PICTURES,
    ProductListModel,
    Role,
)
from desktop_app.ui.picture_tiles import device_ratio
from desktop_app.ui.product_delegate import (
    ProductDelegate,
    orientation_of,
    score_words,
)
from desktop_app.ui.product_drag import start_product_drag
from desktop_app.ui.product_text import rich_text
from desktop_app.ui.table_columns import TableColumns
from desktop_app.ui.table_heading import TableHeading
from desktop_app.ui.theme import Space, Theme

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 48
PICTURE_LEFT = 24
MARK = 15
MAX_MARKS = 3
WIDTHS = {
    PICTURE: 88,
    MATCH: 160,
    "sku": 180,
    "title": 240,
    "brand": 130,
    "category": 120,
    "price": 100,
    PICTURES: 160,
}
OTHER_WIDTH = 120


class ProductTable(QTableView):
    """Shows the same :class:`ProductListModel` as the grid.

    Signals: ``sort_requested`` (SortOrder, or None for the best match first) when a heading
    is clicked; the rows are sorted by whoever listens.
    """

    sort_requested = Signal(object)

    def __init__(
        self,
        model: ProductListModel,
        delegate: ProductDelegate,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._products = model
        self._delegate = delegate
        self._order: SortOrder | None = None
        # Before there are rows: a header that learns its sizes later resizes each of them.
        self.setHorizontalHeader(TableHeading(theme, self))
        self._dress_headers()
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(delegate, theme, model))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setAccessibleName(self.tr("Products as a table"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._drop_requests_out_of_view)
        model.modelReset.connect(self._columns_changed)
        self._arrangement = TableColumns(
            self.horizontalHeader(),
            widths=WIDTHS,
            default_width=OTHER_WIDTH,
            coming_and_going=(MATCH,),
        )
        self._columns_changed()

    def set_order(self, order: SortOrder | None) -> None:
        """Show by which column the rows are sorted; None is the best match first."""
        self._order = order
        header = self.horizontalHeader()
        name = MATCH if order is None else order.column
        names = [column.name for column in self._products.columns]
        if name not in names or (name == MATCH and not self._products.has_scores):
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            return
        descending = order is None or order.descending
        direction = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(names.index(name), direction)

    def column_state(self) -> dict[str, dict[str, Any]]:
        """How the columns are arranged, JSON-ready, for :meth:`restore_columns`."""
        return self._arrangement.state()

    def restore_columns(self, state: object) -> None:
        """Arrange the columns so; what cannot be understood is left out."""
        self._arrangement.restore(state)
        self._columns_changed()

    def visible_rows(self) -> range:
        """The rows at least partly in view."""
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        count = self._products.rowCount()
        return range(min(first, count), last + 1 if last >= 0 else count)

    def _dress_headers(self) -> None:
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.hide()
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(48)
        header.setStretchLastSection(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setToolTip(self.tr("Click to sort; right-click to choose columns"))
        header.sectionClicked.connect(self._heading_clicked)
        header.customContextMenuRequested.connect(self._choose_columns)

    @Slot()
    def _columns_changed(self) -> None:
        self._arrangement.show([column.name for column in self._products.columns])
        self.setColumnHidden(self._products.column_of(MATCH), not self._products.has_scores)

    @Slot(int)
    def _heading_clicked(self, place: int) -> None:
        column = self._products.columns[place]
        if column.name == MATCH:
            self.sort_requested.emit(None)
        elif column.name not in (PICTURE, PICTURES):
            again = self._order is not None and self._order.column == column.name
            descending = again and self._order is not None and not self._order.descending
            self.sort_requested.emit(SortOrder(column.name, descending))
        else:
            self.set_order(self._order)

    @Slot(QPoint)
    def _choose_columns(self, position: QPoint) -> None:
        menu = QMenu(self)
        for place, column in enumerate(self._products.columns):
            if column.name in (PICTURE, "sku") or (
                column.name == MATCH and not self._products.has_scores
            ):
                continue
            label = self._products.headerData(place, Qt.Orientation.Horizontal)
            action = menu.addAction(str(label))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(place))
            action.setData(place)
        chosen = menu.exec(self.horizontalHeader().mapToGlobal(position))
        if chosen is not None:
            self.setColumnHidden(chosen.data(), not chosen.isChecked())
        menu.deleteLater()

    @Slot()
    def _drop_requests_out_of_view(self) -> None:
        rows = self.visible_rows()
        if len(rows):
            self._products.keep_thumbnails(rows.start, rows.stop - 1)

    # Qt

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here; finding by name is the search field's work."""

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._settle.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.tiles.begin_frame()
        super().paintEvent(event)
        if self._delegate.tiles.is_behind:
            QTimer.singleShot(0, self.viewport(), self.viewport().update)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        start_product_drag(self, self._products)


class _RowDelegate(QStyledItemDelegate):
    """A thumbnail on its mat in the picture column, plain text in the others."""

    def __init__(self, cards: ProductDelegate, theme: Theme, products: ProductListModel) -> None:
        super().__init__(products)
        self._cards = cards
        self._theme = theme
        self._products = products
        self._pill = ConfidencePill(theme)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.icon = type(option.icon)()
        if self._products.columns[index.column()].name == MATCH:
            # Painted as a pill.
            option.text = ""
        # The row is the thing chosen; a frame around one cell of it says nothing.
        option.state &= ~QStyle.StateFlag.State_HasFocus
        card: ProductCard | None = index.data(Role.CARD)
        inks = {
            PictureState.FAILED: self._theme.colours.bad,
            PictureState.OFFLINE: self._theme.colours.warn,
        }
        column = self._products.columns[index.column()].name
        if column == PICTURES and card is not None and card.state in inks:
            option.palette.setColor(QPalette.ColorRole.Text, inks[card.state])
            option.palette.setColor(QPalette.ColorRole.HighlightedText, inks[card.state])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        score: float | None = index.data(Role.SCORE)
        if self._products.columns[index.column()].name == MATCH and score is not None:
            self._paint_pill(painter, option.rect, score)
        if index.column() == 0:
            side = ROW_HEIGHT - 8
            mat = QRect(option.rect.left() + PICTURE_LEFT, option.rect.top() + 4, side, side)
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._cards.paint_picture(painter, mat, index)
            self._paint_badges(painter, mat, index)
            painter.restore()
        painter.fillRect(
            QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
            self._theme.colours.hairline,
        )

    def _paint_pill(self, painter: QPainter, cell: QRect, score: float) -> None:
        with_word = self._pill.widest + 2 * Space.S <= cell.width()
        width = self._pill.width(score, with_word=with_word)
        top = cell.top() + (cell.height() - PILL_HEIGHT) // 2
        place = QRect(cell.right() - Space.S - width, top, width, PILL_HEIGHT)
        painter.save()
        self._pill.paint(painter, place, score, with_word=with_word, on_mat=False)
        painter.restore()

    def _paint_badges(self, painter: QPainter, mat: QRect, index: Index) -> None:
        """Small marks one below another beside the picture, at most three."""
        card: ProductCard | None = index.data(Role.CARD)
        if card is None:
            return
        marks = [("bookmark-filled", "accent")] if card.bookmarked else []
        marks += [(badge.icon, badge.ink) for badge in badges_of(card, orientation_of(index))]
        marks = marks[:MAX_MARKS]
        top = mat.center().y() - len(marks) * MARK // 2
        ratio = device_ratio(painter)
        for place, (icon, ink) in enumerate(marks):
            mark = self._theme.icons.pixmap(icon, MARK - 2, colour=ink, device_ratio=ratio)
            painter.drawPixmap(mat.right() + Space.XS, top + place * MARK + 1, mark)

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), ROW_HEIGHT)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        column = self._products.columns[index.column()] if index.isValid() else None
        score: float | None = index.data(Role.SCORE)
        if column is not None and column.name == MATCH and score is not None:
            words = rich_text(score_words(index, score))
            QToolTip.showText(event.globalPos(), words, view, option.rect)
            return True
        card: ProductCard | None = index.data(Role.CARD)
        if column is not None and column.name == PICTURE and card is not None:
            said = [badge.explanation for badge in badges_of(card, orientation_of(index))]
            QToolTip.showText(event.globalPos(), "\n".join(said), view, option.rect)
            return True
        if column is not None and column.kind is not FieldKind.NUMBER and index.column():
            text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
            QToolTip.showText(event.globalPos(), text, view, option.rect)
            return True
        return bool(super().helpEvent(event, view, option, index))
