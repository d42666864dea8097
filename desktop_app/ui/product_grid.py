"""Products as cards in rows that fill the width.

Qt's own list layout places every item in turn; with half a million products that takes seconds
and is repeated at every change of width. Cards are all alike, so this view computes their
places instead.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.ui.card_layout import CARD_WIDTHS, DEFAULT_CARD_WIDTH, CardLayout, GridGeometry
from desktop_app.ui.item_models.product_list_model import ProductListModel
from desktop_app.ui.item_models.selection import select_rows, selected_rows
from desktop_app.ui.product_delegate import ProductDelegate
from desktop_app.ui.product_drag import start_product_drag
from desktop_app.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex


class ProductGrid(QListView):
    """Shows a :class:`ProductListModel`; touches only the rows in view.

    Signals: ``bookmark_clicked`` and ``query_clicked`` (row) from a card's own buttons,
    ``card_width_changed`` (pixels) when the wheel with Ctrl changed it.
    """

    bookmark_clicked = Signal(int)
    query_clicked = Signal(int)
    card_width_changed = Signal(int)

    def __init__(
        self,
        model: ProductListModel,
        delegate: ProductDelegate,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._products = model
        self._delegate = delegate
        self._card_width = DEFAULT_CARD_WIDTH
        self._hovered = -1
        self._pressed_button = ""
        self._anchor = 0
        self._band = QRect()
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName(self.tr("Products as cards"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._drop_requests_out_of_view)
        theme.changed.connect(self.viewport().update)

    @property
    def card_width(self) -> int:
        """The least width of a card in logical pixels."""
        return self._card_width

    def set_card_width(self, width: int) -> None:
        """Change it, keeping the current card (else the first in view) where it is."""
        width = max(CARD_WIDTHS.start, min(CARD_WIDTHS.stop - 1, width))
        if width == self._card_width:
            return
        held = self.currentIndex()
        if not held.isValid() or not self.viewport().rect().intersects(self.visualRect(held)):
            held = self.indexAt(QPoint(self.viewport().width() // 8, 24))
        before = self.visualRect(held).top()
        self._card_width = width
        self.updateGeometries()
        if held.isValid():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.visualRect(held).top() - before)
        self.viewport().update()

    @property
    def geometry_of_cards(self) -> GridGeometry:
        """Where the cards are at the present width."""
        return GridGeometry(self._products.rowCount(), self.viewport().width(), self._card_width)

    def visible_rows(self) -> range:
        """The rows at least partly in view."""
        top = self.verticalScrollBar().value()
        return self.geometry_of_cards.rows_between(top, top + self.viewport().height() - 1)

    @Slot()
    def _drop_requests_out_of_view(self) -> None:
        rows = self.visible_rows()
        if len(rows):
            self._products.keep_thumbnails(rows.start, rows.stop - 1)

    def _button_at(self, position: QPoint) -> tuple[str, int]:
        """The quick button of a card under the mouse, and the row."""
        index = self.indexAt(position)
        if not index.isValid():
            return "", -1
        layout = CardLayout.of(self.visualRect(index))
        for name, place in (("bookmark", layout.bookmark), ("query", layout.query)):
            if place.contains(position):
                return name, index.row()
        return "", index.row()

    def _set_hovered(self, row: int, position: QPoint | None) -> None:
        for changed in {self._hovered, row}:
            if 0 <= changed < self._products.rowCount():
                self.viewport().update(self.visualRect(self._products.index(changed, 0)))
        self._hovered = row
        self._delegate.hot = position

    # Qt: geometry

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        rect = self.geometry_of_cards.rect(index.row())
        return rect.translated(0, -self.verticalScrollBar().value())

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.geometry_of_cards.row_at(point + QPoint(0, self.verticalScrollBar().value()))
        return self._products.index(row, 0) if row >= 0 else QModelIndex()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return index.column() != 0

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        rect, view = self.visualRect(index), self.viewport().rect()
        bar = self.verticalScrollBar()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - view.center().y())
        elif rect.top() < view.top() or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + rect.top() - 8)
        elif rect.bottom() > view.bottom():
            bar.setValue(bar.value() + rect.bottom() - view.bottom() + 8)

    def updateGeometries(self) -> None:
        geometry = self.geometry_of_cards
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setSingleStep(max(24, geometry.cell_height // 4))
        bar.setPageStep(max(1, height - 24))
        bar.setRange(0, max(0, geometry.content_height - height))
        QAbstractItemView.updateGeometries(self)

    def reset(self) -> None:
        QListView.reset(self)
        # The layout Qt puts off is arithmetic here; places are right at once.
        self.updateGeometries()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        QListView.rowsInserted(self, parent, start, end)
        self.updateGeometries()

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)
        self._settle.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        before = event.oldSize().width()
        top = self.verticalScrollBar().value()
        old = GridGeometry(self._products.rowCount(), before, self._card_width)
        first = old.rows_between(top, top).start if before > 0 and top > 0 else 0
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        if first > 0 and before != event.size().width():
            self.scrollTo(
                self._products.index(first, 0), QAbstractItemView.ScrollHint.PositionAtTop
            )

    # Qt: cursor and selection

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        count = self._products.rowCount()
        if not count:
            return QModelIndex()
        geometry, current = self.geometry_of_cards, self.currentIndex().row()
        if current < 0:
            return self._products.index(0, 0)
        lines = max(1, self.viewport().height() // geometry.cell_height)
        move = QAbstractItemView.CursorAction
        step = {
            move.MoveLeft: -1,
            move.MovePrevious: -1,
            move.MoveRight: 1,
            move.MoveNext: 1,
            move.MoveUp: -geometry.columns,
            move.MoveDown: geometry.columns,
            move.MovePageUp: -geometry.columns * lines,
            move.MovePageDown: geometry.columns * lines,
            move.MoveHome: -current,
            move.MoveEnd: count - 1 - current,
        }[action]
        target = current + step
        if abs(step) > 1 and not 0 <= target < count:
            # Up and down stay in their column; beyond the last line, the last card.
            column = current % geometry.columns
            last_line = (count - 1) // geometry.columns
            target = column if step < 0 else last_line * geometry.columns + column
        return self._products.index(max(0, min(count - 1, target)), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        chosen = QItemSelection()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            area = rect.translated(0, self.verticalScrollBar().value())
            self._band = area
            ranges = self.geometry_of_cards.row_ranges_in(area)
            self.viewport().update()
        else:
            current = self.currentIndex().row()
            is_range = bool(command & QItemSelectionModel.SelectionFlag.Current)
            first, last = sorted((self._anchor, current)) if is_range else (current, current)
            if not is_range:
                self._anchor = current
            ranges = [range(first, last + 1)] if first >= 0 else []
        right = self._products.columnCount() - 1
        for rows in ranges:
            chosen.select(self._products.index(rows[0], 0), self._products.index(rows[-1], right))
        self.selectionModel().select(chosen, command)

    def selectAll(self) -> None:
        # Qt's own asks about every row.
        select_rows(self.selectionModel(), np.arange(self._products.rowCount()))

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        visible = self.visible_rows()
        rows = selected_rows(selection)
        for row in rows[(rows >= visible.start) & (rows < visible.stop)].tolist():
            region += self.visualRect(self._products.index(row, 0))
        return region

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here; finding by name is the search field's work."""

    # Qt: painting and mouse

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        selection, current = self.selectionModel(), self.currentIndex().row()
        has_focus = self.hasFocus()
        offset = self.verticalScrollBar().value()
        geometry, area = self.geometry_of_cards, event.rect()
        self._delegate.tiles.begin_frame()
        for row in geometry.rows_between(area.top() + offset, area.bottom() + offset):
            rect = geometry.rect(row).translated(0, -offset)
            if not rect.intersects(area):
                continue
            index = self._products.index(row, 0)
            option.rect = rect
            state = QStyle.StateFlag.State_Enabled
            if selection.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if has_focus and row == current:
                state |= QStyle.StateFlag.State_HasFocus
            if row == self._hovered:
                state |= QStyle.StateFlag.State_MouseOver
            option.state = state
            self._delegate.paint(painter, option, index)
        if not self._band.isNull():
            self._paint_band(painter, offset)
        painter.end()
        if self._delegate.tiles.is_behind:
            QTimer.singleShot(0, self.viewport(), self.viewport().update)

    def _paint_band(self, painter: QPainter, offset: int) -> None:
        accent = self.palette().color(QPalette.ColorRole.Accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(40)
        painter.setBrush(accent)
        painter.drawRect(self._band.translated(0, -offset))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._set_hovered(-1, None)
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        row = self.indexAt(position).row()
        if row >= 0 or self._hovered >= 0:
            self._set_hovered(row, position if row >= 0 else None)
        if not self._pressed_button:
            super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        name, row = self._button_at(event.position().toPoint())
        self._pressed_button = name if event.button() == Qt.MouseButton.LeftButton else ""
        if self._pressed_button:
            self._set_hovered(row, event.position().toPoint())
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_button = self._pressed_button, ""
        self._band = QRect()
        self.viewport().update()
        name, row = self._button_at(event.position().toPoint())
        if not pressed:
            super().mouseReleaseEvent(event)
        elif pressed == name:
            (self.bookmark_clicked if name == "bookmark" else self.query_clicked).emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._button_at(event.position().toPoint())[0]:
            self.mousePressEvent(event)
            return
        super().mouseDoubleClickEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_card_width(self._card_width + event.angleDelta().y() // 8)
            self.card_width_changed.emit(self._card_width)
            event.accept()
            return
        QAbstractItemView.wheelEvent(self, event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        start_product_drag(self, self._products)
