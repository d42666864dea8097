"""The middle of the window: the products of a listing or a search."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ChannelWeights, HitEvidence
from desktop_app.domain.filters import SKU_ORDER, Facet, ProductFilter, SortOrder
from desktop_app.domain.images import IdArray
from desktop_app.domain.products import Column
from desktop_app.domain.search import SearchResults
from desktop_app.ui.busy_line import BusyLine
from desktop_app.ui.empty_state import EmptyCatalogue, EmptyState
from desktop_app.ui.filters_bar import FiltersBar
from desktop_app.ui.item_models.product_list_model import ProductListModel
from desktop_app.ui.no_results import NoResults
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.product_intents import ProductIntents
from desktop_app.ui.product_text import count_text
from desktop_app.ui.product_views import ProductViews
from desktop_app.ui.results_header import MatchControls, ResultsHeader
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

NARROW_BELOW = 600


class ResultsPane(QWidget):
    """Shows products and turns what a person does with them into intents; does nothing itself.

    Cards: answer ``model.page_requested`` with ``model.receive_cards``.

    What is to be done with products comes from ``products`` (see :class:`ProductIntents`).

    Intents on the list: ``filter_changed`` (ProductFilter), ``facets_requested`` (column name)
    answered by :meth:`set_facets`, ``relief_requested`` (tuple of ProductFilters) answered by
    :meth:`set_relief`, ``sort_requested`` (SortOrder, or None for the best match first),
    ``limit_changed`` (products).

    An empty catalogue: ``folder_import_requested``, ``table_import_requested``,
    ``demo_requested``, ``files_dropped`` (tuple of Path).
    """

    filter_changed = Signal(object)
    facets_requested = Signal(str)
    relief_requested = Signal(object)
    sort_requested = Signal(object)
    limit_changed = Signal(int)
    folder_import_requested = Signal()
    table_import_requested = Signal()
    demo_requested = Signal()
    files_dropped = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ids: IdArray = np.empty(0, np.int64)
        self._scores: NDArray[np.float32] | None = None
        self._evidence: Mapping[int, HitEvidence] = {}
        self._is_steered = False
        self._title = ""
        self._total = 0
        self._has_listing = False
        self._extra_columns: tuple[Column, ...] = ()
        self._catalogue_is_empty = False
        self._is_opening = False
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._busy = BusyLine(theme)
        self.header = ResultsHeader(theme)
        self.filters = FiltersBar(theme)
        self.match = MatchControls(theme)
        self.problem = ProblemStrip(theme)
        self.views = ProductViews(theme, thumbnails)
        self.products = ProductIntents(theme, self.views, self)
        self._no_results = NoResults(theme)
        self._empty = EmptyCatalogue(theme)
        self._stack = QStackedWidget()
        self._opening = EmptyState(
            theme, icon="package", title=self.tr("Opening the catalogue"), text=""
        )
        # Keeps the focus of the page before for the page after.
        self._opening.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for page in (self.views, self._no_results, self._empty, self._opening):
            self._stack.addWidget(page)
        self._lay_out()
        self._connect_list()
        self._refresh()

    @property
    def model(self) -> ProductListModel:
        """The products in view; give it their cards."""
        return self.views.model

    # What is shown

    def show_products(
        self,
        title: str,
        product_ids: IdArray,
        *,
        scores: NDArray[np.float32] | None = None,
        order: SortOrder | None = SKU_ORDER,
        total: int = 0,
        evidence: Mapping[int, HitEvidence] | None = None,
        is_steered: bool = False,
        keep_place: bool = False,
    ) -> None:
        """List products in the order given. ``scores`` (confidences, aligned) make it a search
        among ``total`` products, ``evidence`` by product says why each was found, and
        ``is_steered`` that sliders moved the scores. An ``order`` of None says the best match
        is first; ``keep_place`` is for the same list read anew."""
        self._title, self._total = title, total
        self._evidence, self._is_steered = dict(evidence or {}), is_steered
        self._ids = np.asarray(product_ids, dtype=np.int64)
        self._scores = None if scores is None else np.asarray(scores, dtype=np.float32)
        self._has_listing = True
        self.products.set_refinable(scores is not None)
        self.header.set_order(order, is_search=scores is not None)
        self._refresh(keep_place=keep_place)
        self.views.set_order(order)

    def show_results(self, results: SearchResults, *, keep_place: bool = False) -> None:
        """List what a search found."""
        self.show_products(
            self.tr("Results"),
            np.array([hit.product_id for hit in results.hits], dtype=np.int64),
            scores=np.array([hit.score for hit in results.hits], dtype=np.float32),
            order=None,
            total=results.allowed_products,
            evidence={hit.product_id: hit.evidence for hit in results.hits},
            is_steered=results.request.weights != ChannelWeights(),
            keep_place=keep_place,
        )

    def set_opening(self) -> None:
        """A catalogue is on its way; until :meth:`set_catalogue_empty` tells what it holds."""
        self._is_opening = True
        self._refresh()

    def set_catalogue_empty(self, is_empty: bool) -> None:
        """With no products at all, offer the three ways in."""
        if is_empty != self._catalogue_is_empty or self._is_opening:
            self._catalogue_is_empty = is_empty
            self._is_opening = False
            self._refresh(keep_place=True)

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns: in the table, for sorting and for filters."""
        if tuple(columns) == self._extra_columns:
            return
        self._extra_columns = tuple(columns)
        self.views.set_extra_columns(columns)
        self.header.set_extra_columns(columns)
        self.filters.set_extra_columns(columns)

    def set_filter(self, product_filter: ProductFilter) -> None:
        """Show a filter set elsewhere; nothing is emitted."""
        self.filters.set_filter(product_filter)

    def set_facets(self, column: str, facets: Sequence[Facet]) -> None:
        """The values of a column for the filter popup."""
        self.filters.set_facets(column, facets)

    def set_relief(self, counts: Mapping[ProductFilter, int]) -> None:
        """How many products each of the filters of ``relief_requested`` would leave."""
        self._no_results.set_counts(counts)

    def view_state(self) -> str:
        """How a person arranged the list, for :meth:`restore_view_state` at the next start."""
        return json.dumps(
            {
                "card_width": self.views.grid.card_width,
                "table": self.header.is_table,
                "columns": self.views.table.column_state(),
            }
        )

    def restore_view_state(self, state: str) -> None:
        """Arrange the list so; anything that is not such a state changes nothing."""
        try:
            known = json.loads(state)
        except ValueError:
            return
        if not isinstance(known, dict):
            return
        if isinstance(width := known.get("card_width"), int):
            self.views.grid.set_card_width(width)
            self.header.set_card_width(self.views.grid.card_width)
        self.views.table.restore_columns(known.get("columns"))
        self.header.set_table_mode(known.get("table") is True)

    def set_busy(self, busy: bool, fraction: float | None = None) -> None:
        """Work on the list is under way; the content stays."""
        if busy:
            self._busy.start(fraction)
        else:
            self._busy.stop()

    def show_problem(self, error: UserFacingError) -> None:
        """Tell what went wrong above the list."""
        self.problem.show_error(error)

    def _refresh(self, *, keep_place: bool = False) -> None:
        ids, scores = self._ids, self._scores
        if scores is not None and self.match.minimum > 0:
            kept = scores >= self.match.minimum - 1e-6
            ids, scores = ids[kept], scores[kept]
        self.views.set_products(
            ids, scores, self._evidence, is_steered=self._is_steered, keep_place=keep_place
        )
        self.match.setVisible(self._scores is not None)
        is_listing = not self._catalogue_is_empty and not self._is_opening
        self.filters.setVisible(is_listing)
        self.header.setVisible(is_listing)
        self.header.set_words(self._title, self._count_words(len(ids)))
        if not is_listing:
            self.match.hide()
            self._stack.setCurrentWidget(self._opening if self._is_opening else self._empty)
        elif len(ids) or not self._has_listing:
            self._stack.setCurrentWidget(self.views)
        else:
            self._explain_nothing()
            self._stack.setCurrentWidget(self._no_results)

    def _count_words(self, shown: int) -> str:
        if not self._has_listing:
            return ""
        found = len(self._ids)
        if self._scores is None:
            words = self.tr("{0} product") if shown == 1 else self.tr("{0} products")
            return words.format(count_text(shown))
        if shown < found:
            return self.tr("{0} of {1} shown").format(count_text(shown), count_text(found))
        if self._total > found:
            words = self.tr("best {0} of {1} products")
            return words.format(count_text(found), count_text(self._total))
        return self.tr("{0} products").format(count_text(found))

    def _explain_nothing(self) -> None:
        chips = self.filters.chips
        if len(self._ids):
            self._no_results.blame_minimum(self.match.minimum, len(self._ids))
        elif chips:
            self._no_results.blame_filters(chips)
            self.relief_requested.emit(tuple(chip.without for chip in chips))
        elif self._scores is not None:
            self._no_results.say(
                self.tr("Nothing to search yet"),
                self.tr("No picture of this catalogue has been read so far."),
            )
        else:
            self._no_results.say(
                self.tr("No products here"), self.tr("This part of the catalogue is empty.")
            )

    # What a person does

    def _lay_out(self) -> None:
        self._narrowing = QHBoxLayout()
        self._narrowing.setSpacing(Space.XS)
        self._narrowing.addWidget(self.filters, 1)
        self._narrowing.addWidget(self.match)
        self._narrowing.setAlignment(self.match, Qt.AlignmentFlag.AlignTop)
        top = QVBoxLayout()
        top.setContentsMargins(Space.XL, Space.S, Space.M, 0)
        top.setSpacing(Space.XS)
        for part in (self.header, self.problem):
            top.addWidget(part)
        top.insertLayout(1, self._narrowing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._busy)
        column.addLayout(top)
        column.addWidget(self._stack, 1)

    def _connect_list(self) -> None:
        self.header.sort_requested.connect(self.sort_requested)
        self.header.card_width_changed.connect(self.views.grid.set_card_width)
        self.header.table_mode_changed.connect(self.views.set_table_mode)
        self.views.card_width_changed.connect(self.header.set_card_width)
        self.views.sort_requested.connect(self.sort_requested)
        self.filters.filter_changed.connect(self.filter_changed)
        self.filters.facets_requested.connect(self.facets_requested)
        self.match.limit_changed.connect(self.limit_changed)
        self.match.minimum_changed.connect(self._minimum_changed)
        self._no_results.minimum_lifted.connect(self._lift_minimum)
        self._no_results.filter_chosen.connect(self._take_filter)
        self._empty.folder_import_requested.connect(self.folder_import_requested)
        self._empty.table_import_requested.connect(self.table_import_requested)
        self._empty.demo_requested.connect(self.demo_requested)
        self._empty.files_dropped.connect(self.files_dropped)

    @Slot()
    def _minimum_changed(self) -> None:
        self._refresh(keep_place=True)

    @Slot()
    def _lift_minimum(self) -> None:
        self.match.set_minimum(0.0)

    @Slot(object)
    def _take_filter(self, product_filter: ProductFilter) -> None:
        self.filters.set_filter(product_filter)
        self.filter_changed.emit(product_filter)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_narrow = event.size().width() < NARROW_BELOW
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._narrowing.setDirection(way)
        super().resizeEvent(event)
