"""The grid and the table over one model, with one selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QWidget

from desktop_app.domain.evidence import HitEvidence
from desktop_app.domain.filters import SortOrder
from desktop_app.domain.images import IdArray
from desktop_app.domain.products import Column, ProductCard
from desktop_app.ui.item_models.product_list_model import ProductListModel
from desktop_app.ui.item_models.selection import select_rows, selected_rows
from desktop_app.ui.product_delegate import ProductDelegate
from desktop_app.ui.product_grid import ProductGrid
from desktop_app.ui.product_table import ProductTable
from desktop_app.ui.theme import Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


class ProductViews(QStackedWidget):
    """Shows cards or rows; the selection and the current product survive a new listing.

    Signals: ``selection_changed`` (also when the current product or its card changes),
    ``opened`` (row) by double click, ``bookmark_clicked`` and ``query_clicked`` (row),
    ``menu_requested`` (global position), ``sort_requested`` (SortOrder or None),
    ``card_width_changed`` (pixels).
    """

    selection_changed = Signal()
    opened = Signal(int)
    bookmark_clicked = Signal(int)
    query_clicked = Signal(int)
    menu_requested = Signal(QPoint)
    sort_requested = Signal(object)
    card_width_changed = Signal(int)

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        parent: QWidget | None = None,
        *,
        delegate: ProductDelegate | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = ProductListModel(thumbnails, self)
        self._delegate = delegate or ProductDelegate(theme, self)
        self.grid = ProductGrid(self.model, self._delegate, theme)
        self.table = ProductTable(self.model, self._delegate, theme)
        own = self.table.selectionModel()
        self.table.setSelectionModel(self.grid.selectionModel())
        own.deleteLater()
        self.grid.bookmark_clicked.connect(self.bookmark_clicked)
        self.grid.query_clicked.connect(self.query_clicked)
        self.grid.card_width_changed.connect(self.card_width_changed)
        self.table.sort_requested.connect(self.sort_requested)
        for view in (self.grid, self.table):
            self.addWidget(view)
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(self._ask_for_menu)
            view.doubleClicked.connect(self._double_clicked)
        self.setFocusProxy(self.grid)
        self.selection.selectionChanged.connect(self.selection_changed)
        self.selection.currentRowChanged.connect(self.selection_changed)
        self.model.dataChanged.connect(self._cards_changed)

    @property
    def selection(self) -> QItemSelectionModel:
        return self.grid.selectionModel()

    @property
    def view(self) -> QAbstractItemView:
        """The one on show."""
        return self.table if self.is_table else self.grid

    @property
    def is_table(self) -> bool:
        return self.currentWidget() is self.table

    @property
    def selected_ids(self) -> IdArray:
        """The selected products in the order of the list."""
        return self.model.product_ids[selected_rows(self.selection.selection())]

    @property
    def current_row(self) -> int:
        """The row the keyboard is at, -1 where there is none."""
        return self.selection.currentIndex().row()

    @property
    def current_card(self) -> ProductCard | None:
        """The card of the current row, None where there is none or it has not come yet."""
        row = self.current_row
        return self.model.card(row) if row >= 0 else None

    def set_products(
        self,
        product_ids: IdArray,
        scores: NDArray[np.float32] | None = None,
        evidence: Mapping[int, HitEvidence] | None = None,
        *,
        is_steered: bool = False,
        is_ranked: bool = False,
        keep_place: bool = False,
    ) -> None:
        """A new list; what it holds as in :meth:`ProductListModel.set_products`. Products
        selected before stay selected where they are in it; with ``keep_place`` the view stays
        about where it was, else it starts from the top."""
        selected = self.selected_ids
        current = self.model.id_at(self.current_row) if self.current_row >= 0 else None
        place = self.view.verticalScrollBar().value()
        # Taking a selection away and giving it back is no change to anybody.
        with QSignalBlocker(self):
            self.model.set_products(
                product_ids, scores, evidence, is_steered=is_steered, is_ranked=is_ranked
            )
            if not self.selection.hasSelection() and len(selected):
                select_rows(self.selection, self.model.rows_of(selected.tolist()))
            row = self.model.row_of(current) if current is not None else -1
            if row >= 0 and row != self.current_row:
                self._set_current(row, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.view.verticalScrollBar().setValue(place if keep_place else 0)
        now = self.model.id_at(self.current_row) if self.current_row >= 0 else None
        if now != current or not np.array_equal(self.selected_ids, selected):
            self.selection_changed.emit()

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns."""
        self.model.set_extra_columns(columns)
        self._delegate.set_extra_columns(columns)

    def set_table_mode(self, is_table: bool) -> None:
        """Show the table or the grid, at the current product."""
        had_focus = self.view.hasFocus()
        self.setCurrentWidget(self.table if is_table else self.grid)
        self.setFocusProxy(self.view)
        if had_focus:
            self.view.setFocus()
        if self.current_row >= 0:
            self.view.scrollTo(self.model.index(self.current_row, 0))

    def set_order(self, order: SortOrder | None) -> None:
        """Mark the heading the list is sorted by."""
        self.table.set_order(order)

    def go_to(self, row: int) -> None:
        """Make this the current and only selected row, and bring it into view."""
        if 0 <= row < self.model.rowCount():
            flags = QItemSelectionModel.SelectionFlag
            self._set_current(row, flags.ClearAndSelect | flags.Rows)
            self.view.scrollTo(self.model.index(row, 0))

    def _set_current(self, row: int, command: QItemSelectionModel.SelectionFlag) -> None:
        self.selection.setCurrentIndex(self.model.index(row, 0), command)

    @Slot(QPoint)
    def _ask_for_menu(self, position: QPoint) -> None:
        self.menu_requested.emit(self.view.viewport().mapToGlobal(position))

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())

    @Slot(QModelIndex, QModelIndex, list)
    def _cards_changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        if not roles and first.row() <= self.current_row <= last.row():
            self.selection_changed.emit()
