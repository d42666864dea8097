"""Browsing by shape: the map of all outlines with its tools, families and free places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import Progress
from desktop_app.domain.shape_map import ShapeMap
from desktop_app.services.shapes.map_reading import OTHERS, MappedPicture, ShownMap
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.progress_row import ProgressRow
from desktop_app.ui.shape_map.colours import group_colour
from desktop_app.ui.shape_map.hover_card import HoverCard
from desktop_app.ui.shape_map.legend import Legend
from desktop_app.ui.shape_map.scene import Rows
from desktop_app.ui.shape_map.side_lists import SideLists
from desktop_app.ui.shape_map.tool_bar import BY_OUTLINE, MapToolBar
from desktop_app.ui.shape_map.view import MapTool, MapView
from desktop_app.ui.shape_map.words import (
    MapPaneState,
    empty_words,
    free_place_text,
    group_name,
    mostly_text,
    pictures_text,
    products_text,
)
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

SIDE_WIDTH = 236
HOVER_MS = 180
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
        self._hovered: tuple[int, QPoint] = (-1, QPoint())
        self._state = MapPaneState.NO_CATALOGUE
        self.tools = MapToolBar(theme)
        self.progress = ProgressRow(tells_share=True)
        self.view = MapView(theme, thumbnail=self._thumbnail)
        self.lists = SideLists(theme)
        self.legend = Legend(theme, self.view)
        self._card = HoverCard(theme, self.view)
        self._hover = QTimer(self)
        self._hover.setSingleShot(True)
        self._hover.setInterval(HOVER_MS)
        self._hover.timeout.connect(self._ask_for_card)
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
        self._card.hide()
        self.view.set_map(shown, by_cluster=self._is_by_outline)
        if shown is None:
            self.legend.set_entries(())
            self.lists.clusters.set_rows(())
            self.lists.show_free_places(())
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
        if self._shown is not None:
            self._show_outlines(self._shown, pictures)

    def take_cards(self, cards: Sequence[ProductCard]) -> None:
        """Products that were asked for."""
        self._cards.update((card.id, card) for card in cards)
        if self._shown is not None:
            self._show_free_words(self._shown)
        self._show_card()

    def forget(self) -> None:
        """The catalogue was closed or has changed: what was read of it is out of date."""
        self._cards.clear()
        self.view.forget_pictures()

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
        words = []
        sizes = np.bincount(
            shown.cluster_of[shown.cluster_of >= 0], minlength=len(shown.shape_map.clusters)
        )
        for number, size in enumerate(sizes.tolist()):
            mostly = mostly_text(shown, number)
            words.append("\n".join(part for part in (pictures_text(size), mostly) if part))
        self.lists.clusters.set_rows(words)
        self._show_free_words(shown)
        for number, place in enumerate(shown.shape_map.free_places):
            colour = self._theme.colours.text_muted
            self.lists.free_places.set_outline(number, place.outline.points, colour)
        marks = self.view.pictures([c.medoid for c in shown.shape_map.clusters])
        self._show_outlines(shown, marks)
        if wanted := self._nearest_products(shown):
            self.card_wanted.emit(tuple(wanted))

    def _show_free_words(self, shown: ShownMap) -> None:
        products = self._products_by_content(shown)
        words = []
        for place in shown.shape_map.free_places:
            card = self._cards.get(products.get(place.nearest, -1))
            words.append(free_place_text(place.overlap, card.sku if card is not None else ""))
        self.lists.show_free_places(words)

    def _show_outlines(self, shown: ShownMap, pictures: Sequence[MappedPicture]) -> None:
        medoids = {c.medoid: number for number, c in enumerate(shown.shape_map.clusters)}
        for picture in pictures:
            number = medoids.get(picture.content_id)
            if number is not None and picture.outline is not None:
                colour = group_colour(number, is_dark=self._theme.is_dark)
                self.lists.clusters.set_outline(number, picture.outline, colour)

    def _products_by_content(self, shown: ShownMap) -> dict[int, int]:
        nearest = [place.nearest for place in shown.shape_map.free_places]
        rows = np.flatnonzero(np.isin(shown.content_ids, nearest))
        ids, products = shown.content_ids[rows], shown.product_ids[rows]
        return dict(zip(ids.tolist(), products.tolist(), strict=True))

    def _nearest_products(self, shown: ShownMap) -> list[int]:
        wanted = self._products_by_content(shown).values()
        return [product_id for product_id in wanted if product_id not in self._cards]

    def _show_legend(self, shown: ShownMap) -> None:
        if self._is_by_outline:
            self.legend.set_entries(())
            return
        is_dark = self._theme.is_dark
        numbers = list(range(len(shown.groups)))
        if (shown.group_of == OTHERS).any():
            numbers.append(OTHERS)
        self.legend.set_entries(
            [(group_name(shown, n), group_colour(n, is_dark=is_dark)) for n in numbers]
        )
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
        if row == self._hovered[0] and row >= 0:
            return
        self._hovered = row, at
        self._card.hide()
        if row >= 0:
            self._hover.start()
        else:
            self._hover.stop()

    @Slot()
    def _ask_for_card(self) -> None:
        row = self._hovered[0]
        if self._shown is None or not 0 <= row < len(self._shown.product_ids):
            return
        product_id = int(self._shown.product_ids[row])
        if product_id in self._cards:
            self._show_card()
        else:
            self.card_wanted.emit((product_id,))

    def _show_card(self) -> None:
        current = self.view.current_row
        if self._shown is None:
            return
        if 0 <= current < len(self._shown.product_ids):
            card = self._cards.get(int(self._shown.product_ids[current]))
            if card is not None:
                self.view.setAccessibleDescription(f"{card.sku} {card.title}".strip())
        row, at = self._hovered
        if not 0 <= row < len(self._shown.product_ids) or self._hover.isActive():
            return
        card = self._cards.get(int(self._shown.product_ids[row]))
        if card is not None:
            self._card.show_card(card, self._thumbnail(card.thumbnail), at)

    def _thumbnail(self, content_hash: str) -> QPixmap | None:
        pixmap = self._thumbnails.pixmap(content_hash)
        if pixmap is None:
            self._thumbnails.request(content_hash)
        return pixmap

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        self.view.update()
        card = self._cards.get(self._card.product_id)
        if self._card.isVisible() and card is not None and card.thumbnail == content_hash:
            self._card.set_thumbnail(self._thumbnails.pixmap(content_hash))

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
        view.moved.connect(self._card.hide)
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
