"""The containers found by outline: their cards and pictures, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import ProductCard
from desktop_app.domain.shapes import ShapeResults
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.list_details_flow import ListDetailsFlow
from desktop_app.ui.product_intents import ProductIntents
from desktop_app.ui.shapes.results import ShapeResultsPane
from desktop_app.workers.browsing import Overview
from desktop_app.workers.session import Session

FORWARDED = (
    "query_requested",
    "bookmark_requested",
    "copy_requested",
    "remove_requested",
    "page_open_requested",
    "reveal_requested",
)


class ShapeResultsFlow(QObject):
    """Fills the cards of ``pane``. What is wanted with products goes on to ``elsewhere``, the
    intents of the window's own list.

    Signals: ``products_wanted`` (title, product ids) to be listed.
    """

    products_wanted = Signal(str, object)

    def __init__(
        self,
        session: Session,
        browsing: BrowseFlow,
        pane: ShapeResultsPane,
        elsewhere: ProductIntents,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pane = pane
        self._shown: dict[int, int] = {}
        self._details = ListDetailsFlow(session, pane.products, pane.filters, self)
        session.opened.connect(self._attach)
        browsing.filter_changed.connect(pane.filters.set_filter)
        browsing.overview_shown.connect(self._show_overview)
        pane.filters.filter_changed.connect(browsing.set_filter)
        pane.views.model.page_requested.connect(self._read_cards)
        pane.products.open_requested.connect(self._open_product)
        pane.products.edit_requested.connect(self._open_products)
        for name in FORWARDED:
            getattr(pane.products, name).connect(getattr(elsewhere, name))

    def show(self, results: ShapeResults) -> None:
        """List what was found, each product by the picture that matched."""
        before = self._shown
        self._shown = {hit.product_id: hit.content_id for hit in results.hits}
        others = {i for i, content_id in self._shown.items() if before.get(i) != content_id}
        if others:
            self._pane.views.model.invalidate(others)
        self._pane.show_results(results)

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        shaper, keeper = self._session.shaper, self._session.keeper
        assert shaper is not None and keeper is not None
        shaper.cards_read.connect(self._pane.views.model.receive_cards)
        keeper.changed.connect(self._take_changes)
        self._pane.products.set_read_only(workspace.catalogue.read_only)
        self._pane.filters.set_filter(ProductFilter())
        self._shown = {}

    @Slot(object)
    def _take_changes(self, changes: ChangeSet) -> None:
        self._pane.views.model.invalidate(changes.product_ids or None)

    @Slot(object)
    def _read_cards(self, product_ids: Sequence[int]) -> None:
        if (shaper := self._session.shaper) is not None:
            shown = {i: self._shown[i] for i in product_ids if i in self._shown}
            shaper.read_cards(product_ids, shown)
        else:
            self._pane.views.model.receive_cards([])

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        self._pane.set_extra_columns(overview.columns)

    @Slot(object)
    def _open_product(self, card: ProductCard) -> None:
        self.products_wanted.emit(card.sku, np.array([card.id], np.int64))

    @Slot(object)
    def _open_products(self, product_ids: Sequence[int]) -> None:
        self.products_wanted.emit(self.tr("Containers"), np.array(product_ids, np.int64))
