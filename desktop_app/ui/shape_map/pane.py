"""Browsing by shape: the map of all outlines with its tools, families and free places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import Progress
from desktop_app.domain.shape_map import ShapeMap
from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.point_map.gestures import MapTool
from desktop_app.ui.point_map.hover_card import HoverCard
from desktop_app.ui.point_map.legend import Legend
from desktop_app.ui.point_map.scene import Rows
from desktop_app.ui.progress_row import ProgressRow
from desktop_app.ui.shape_map.side_lists import SideLists
from desktop_app.ui.shape_map.tool_bar import BY_OUTLINE, MapToolBar
from desktop_app.ui.shape_map.view import MapView
from desktop_app.ui.shape_map.words import (
    MapPaneState,
    empty_words,
    group_entries,
    pictures_text,
    products_text,
)
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

SIDE_WIDTH = 236
NARROW_BELOW = 760
"""Below it the lists give way to the map."""


class ShapeMapPane(QWidget):
    """Shows a map; a flow fills it.

    Signals: ``products_wanted`` (title, product ids) to be listed; ``outline_wanted`` (content
    id) and ``drawing_wanted`` (DrawnOutline) to be searched with; ``map_wanted`` (whether anew)
    and ``stop_wanted``; ``pictures_wanted`` (content ids), answered with :meth:`add_pictures`;
    ``card_wanted`` (product ids), answered with :meth:`take_cards`; ``grouping_chosen``.
    """

    products_wanted = Signal(str, object)
    outline_wanted = Signal(int)
    drawing_wanted = Signal(object)
    map_wanted = Signal(bool)
    stop_wanted = Signal()
    pictures_wanted = Signal(object)
    card_wanted = Signal(object)
    grouping_chosen = Signal(str)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._shown: ShownMap | None = None
        self._cards: dict[int, ProductCard] = {}
        self._state = MapPaneState.NO_CATALOGUE
        self.tools = MapToolBar(theme)
        self.progress = ProgressRow(tells_share=True)
        self.view = MapView(theme, thumbnail=self._thumbnail)
        self.lists = SideLists(theme)
        self.legend = Legend(theme, self.view)
        self._card = HoverCard(theme, self.view, thumbnail=self._thumbnail)
        self._nothing = EmptyState(theme, icon="map", title="", text="")
        self._make = self._nothing.add_button(
            self.tr("Lay out the map"), icon="map", variant="primary"
        )
        self._make.clicked.connect(self._want_map)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.show_state(MapPaneState.NO_CATALOGUE)

    @property
    def state(self) -> MapPaneState:
        return self._state

    @property
    def shown(self) -> ShownMap | None:
        return self._shown

    @property
    def hover_card(self) -> HoverCard:
        return self._card

    # Filled by a flow

    def show_state(self, state: MapPaneState) -> None:
        """Show the map, or why there is none."""
        self._state = state
        is_map = state is MapPaneState.MAP
        self._nothing.set_words(*empty_words(state))
        self._make.setVisible(state is MapPaneState.NOT_MADE)
        self._stack.setCurrentWidget(self.splitter if is_map else self._nothing)
        self.tools.setVisible(is_map)

    def show_map(self, shown: ShownMap | None) -> None:
        """This one from now on; where it is the map shown before, the view stays."""
        self._shown = shown
        self._card.dismiss()
        self.view.set_map(shown, by_cluster=self._is_by_outline)
        if shown is None:
            self.legend.set_entries(())
            self.lists.show_nothing()
            return
        self._show_lists(shown)
        self._show_legend(shown)
        self._tell_state(shown)

    def show_lacking(self, lacking: int, shape_map: ShapeMap) -> None:
        """How many outlines are not on the map yet, and whether it is worn."""
        self._lacking = lacking
        self.tools.layout_anew.setVisible(shape_map.is_worn)
        if self._shown is not None:
            self._tell_state(self._shown)

    def show_progress(self, progress: Progress | None) -> None:
        """The map is being made so far; None for not any more."""
        if progress is None:
            self.progress.hide()
        else:
            self.progress.show_progress(progress)

    def add_pictures(self, pictures: Sequence[MappedPicture]) -> None:
        """Outlines that were asked for."""
        self.view.add_pictures(pictures)
        self.lists.show_outlines(pictures)

    def take_cards(self, cards: Sequence[ProductCard]) -> None:
        """Products that were asked for."""
        self._cards.update((card.id, card) for card in cards)
        if self._shown is not None:
            self.lists.show_free_places(self._shown, self._cards)
        self._describe_current()
        self._card.take_cards(cards)

    def forget(self) -> None:
        """The catalogue was closed."""
        self._cards.clear()
        self.view.forget_pictures()

    def forget_cards(self, product_ids: Sequence[int]) -> None:
        """These products were changed; none given, any may have been."""
        for product_id in product_ids or tuple(self._cards):
            self._cards.pop(product_id, None)

    def set_marker(self, place: tuple[float, float] | None) -> None:
        """Where the query of the shape search would lie."""
        self.view.set_marker(place)

    # Selection

    def product_ids(self, rows: Rows) -> np.ndarray:
        """The products of these rows, each once, by id."""
        if self._shown is None:
            return np.empty(0, np.int64)
        return np.unique(self._shown.product_ids[rows])

    @property
    def _is_by_outline(self) -> bool:
        return self.tools.column == BY_OUTLINE

    @Slot()
    def _show_products(self) -> None:
        ids = self.product_ids(self.view.selected_rows)
        if len(ids):
            self.products_wanted.emit(self.tr("Chosen on the map"), ids)

    @Slot(int)
    def _open(self, row: int) -> None:
        if self._shown is None:
            return
        product_id = int(self._shown.product_ids[row])
        card = self._cards.get(product_id)
        title = card.sku if card is not None else self.tr("Chosen on the map")
        self.products_wanted.emit(title, np.array([product_id], np.int64))

    @Slot(int)
    def _selection_changed(self, _count: int) -> None:
        self.tools.set_selection(len(self.product_ids(self.view.selected_rows)))

    @Slot(int)
    def _current_changed(self, row: int) -> None:
        if self._shown is None or row < 0:
            self.view.setAccessibleDescription("")
            return
        self._describe_current()
        self.card_wanted.emit((int(self._shown.product_ids[row]),))

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        menu = self.menu()
        if not menu.isEmpty():
            menu.popup(self.view.mapToGlobal(at))

    def menu(self) -> QMenu:
        """What can be done with the current picture and the selection."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = self.view.current_row
        if row >= 0 and self._shown is not None:
            menu.addAction(self.tr("Open the product"), partial(self._open, row))
            menu.addAction(self.tr("Search with this outline"), self._want_outline)
            menu.addAction(self.tr("Select its family"), partial(self._select_family, row))
        if len(self.view.selected_rows):
            menu.addAction(self.tr("Show these products"), self._show_products)
        return menu

    @Slot()
    def _want_outline(self) -> None:
        if self._shown is not None and self.view.current_row >= 0:
            self.outline_wanted.emit(int(self._shown.content_ids[self.view.current_row]))

    def _select_family(self, row: int) -> None:
        if self._shown is not None:
            cluster = self._shown.cluster_of[row]
            self.view.select(np.flatnonzero(self._shown.cluster_of == cluster))

    # Lists

    @Slot(int)
    def _go_to_cluster(self, number: int) -> None:
        if self._shown is not None:
            self.view.go_to(np.flatnonzero(self._shown.cluster_of == number))

    @Slot(int)
    def _go_to_free_place(self, number: int) -> None:
        if self._shown is None:
            return
        self.tools.free_places.setChecked(True)
        place = self._shown.shape_map.free_places[number]
        self.view.set_current_free_place(number)
        self.lists.free_places.setCurrentRow(number)
        self.view.go_to_place(place.x, place.y, place.radius)

    @Slot(int)
    def _mark_free_place(self, number: int) -> None:
        self.view.set_current_free_place(number)
        self.lists.free_places.setCurrentRow(number)

    @Slot()
    def _want_drawing(self) -> None:
        number = self.lists.free_places.currentRow()
        if self._shown is not None and number >= 0:
            self.drawing_wanted.emit(self._shown.shape_map.free_places[number].outline)

    def _show_lists(self, shown: ShownMap) -> None:
        self.lists.show_map(shown, self._cards)
        self.lists.show_outlines(self.view.pictures(self.lists.medoids))
        wanted = [i for i in self.lists.nearest_products if i not in self._cards]
        if wanted:
            self.card_wanted.emit(tuple(wanted))

    def _show_legend(self, shown: ShownMap) -> None:
        is_dark = self._theme.is_dark
        self.legend.set_entries(() if self._is_by_outline else group_entries(shown, is_dark))
        self._place_legend()

    def _tell_state(self, shown: ShownMap) -> None:
        if not len(shown.content_ids):
            self.tools.show_state(self.tr("No picture passes the filter"))
            return
        parts = [
            pictures_text(len(shown.content_ids)),
            products_text(len(np.unique(shown.product_ids))),
        ]
        if self._lacking:
            parts.append(self.tr("{0} not on the map yet").format(pictures_text(self._lacking)))
        self.tools.show_state(" · ".join(parts))

    # The pointer

    @Slot(int, QPoint)
    def _hovers(self, row: int, at: QPoint) -> None:
        is_known = self._shown is not None and 0 <= row < len(self._shown.product_ids)
        product_id = int(self._shown.product_ids[row]) if self._shown and is_known else -1
        self._card.point_at(product_id, at)

    @Slot(int)
    def _ask_for_card(self, product_id: int) -> None:
        if (card := self._cards.get(product_id)) is not None:
            self._card.take_cards([card])
        else:
            self.card_wanted.emit((product_id,))

    def _describe_current(self) -> None:
        row = self.view.current_row
        if self._shown is None or not 0 <= row < len(self._shown.product_ids):
            return
        card = self._cards.get(int(self._shown.product_ids[row]))
        if card is not None:
            self.view.setAccessibleDescription(f"{card.sku} {card.title}".strip())

    def _thumbnail(self, content_hash: str) -> QPixmap | None:
        pixmap = self._thumbnails.pixmap(content_hash)
        if pixmap is None:
            self._thumbnails.request(content_hash)
        return pixmap

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        self.view.update()
        self._card.show_loaded(content_hash)

    # The rest

    @Slot()
    def _want_map(self) -> None:
        self.map_wanted.emit(False)

    @Slot()
    def _want_layout(self) -> None:
        self.map_wanted.emit(True)

    @Slot(int)
    def _zoom(self, step: int) -> None:
        (self.view.zoom_in if step > 0 else self.view.zoom_out)()

    @Slot()
    def _dress(self) -> None:
        if self._shown is not None:
            self._show_lists(self._shown)
            self._show_legend(self._shown)

    def _place_legend(self) -> None:
        self.legend.move(Space.M, self.view.height() - self.legend.height() - Space.M)

    def _connect(self) -> None:
        tools, view, lists = self.tools, self.view, self.lists
        tools.tool_chosen.connect(view.set_tool)
        tools.grouping_chosen.connect(self.grouping_chosen)
        tools.free_places_toggled.connect(view.set_free_places_shown)
        tools.zoomed.connect(self._zoom)
        tools.fit_wanted.connect(view.fit)
        tools.products_wanted.connect(self._show_products)
        tools.layout_wanted.connect(self._want_layout)
        view.opened.connect(self._open)
        view.hovered.connect(self._hovers)
        view.selection_changed.connect(self._selection_changed)
        view.current_changed.connect(self._current_changed)
        view.free_place_chosen.connect(self._mark_free_place)
        view.pictures_wanted.connect(self.pictures_wanted)
        view.resized.connect(self._place_legend)
        view.moved.connect(self._card.dismiss)
        self._card.card_wanted.connect(self._ask_for_card)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        lists.cluster_chosen.connect(self._go_to_cluster)
        lists.free_place_chosen.connect(self._go_to_free_place)
        lists.sketch_wanted.connect(self._want_drawing)
        self.progress.stop_wanted.connect(self.stop_wanted)
        self._thumbnails.loaded.connect(self._thumbnail_loaded)
        self._theme.changed.connect(self._dress)
        for key, slot in (
            ("V", partial(tools.choose_tool, MapTool.PAN)),
            ("R", partial(tools.choose_tool, MapTool.RECTANGLE)),
            ("L", partial(tools.choose_tool, MapTool.LASSO)),
            ("F", tools.free_places.toggle),
            ("S", self._want_outline),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        self._lacking = 0
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.view)
        self.splitter.addWidget(self.lists)
        self.splitter.setStretchFactor(0, 1)
        self.lists.setMinimumWidth(180)
        self.splitter.setSizes([4 * SIDE_WIDTH, SIDE_WIDTH])
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self._nothing)
        line = QFrame()
        line.setProperty("role", "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.progress.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        column.addWidget(self.progress)
        column.addWidget(self.tools)
        column.addWidget(line)
        column.addWidget(self._stack, 1)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lists.setVisible(self.width() >= NARROW_BELOW)
