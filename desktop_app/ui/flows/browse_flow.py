"""Listing: scope and filters to products, cards, the inspector and the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPixmap

from desktop_app.domain.filters import SKU_ORDER, ProductFilter, SortOrder
from desktop_app.domain.images import IdArray
from desktop_app.domain.products import Product, ProductCard
from desktop_app.domain.storage import ChangeSet, PictureCounts
from desktop_app.services.workspace import Workspace
from desktop_app.ui.compare_window import CompareWindow
from desktop_app.ui.flows.list_details_flow import ListDetailsFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.scopes import ScopeContents
from desktop_app.workers.browsing import Browser, Listing, Overview
from desktop_app.workers.session import Session

REFRESH_MS = 300


class BrowseFlow(QObject):
    """Shows the products that scope and filters let through.

    Signals: ``filter_changed`` (ProductFilter), ``overview_shown`` (Overview).
    """

    filter_changed = Signal(object)
    overview_shown = Signal(object)

    def __init__(self, session: Session, panes: Panes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._filter = ProductFilter()
        self._order: SortOrder = SKU_ORDER
        self._is_listing_shown = True
        self._is_selection_shown = False
        self._inspected: tuple[int, ...] = ()
        self._best_views: dict[int, int] = {}
        self._shown: Listing | None = None
        self._changed_ids: set[int] = set()
        self._list_is_stale = False
        self._pictures_are_stale = False
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._refresh.timeout.connect(self._refresh_now)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        results = panes.results
        self._details = ListDetailsFlow(session, results.products, results, self)
        results.model.page_requested.connect(self._read_cards)
        results.filter_changed.connect(self.set_filter)
        results.sort_requested.connect(self._sort)
        results.relief_requested.connect(self._count_relief)
        results.products.copy_requested.connect(self._copy_skus)
        results.products.selection_changed.connect(self._inspect)
        panes.catalogue.scope_changed.connect(self.set_filter)
        panes.inspector.thumbnail_wanted.connect(self._want_thumbnail)
        panes.thumbnails.loaded.connect(self._thumbnail_loaded)

    @property
    def filter(self) -> ProductFilter:
        """What restricts the list and the search now."""
        return self._filter

    @Slot(object)
    def set_filter(self, product_filter: ProductFilter) -> None:
        """Restrict the list, or the search while one is shown."""
        self._filter = product_filter
        self._panes.results.set_filter(product_filter)
        self._panes.catalogue.set_current_filter(product_filter)
        if self._is_listing_shown:
            self.list_products()
        self.filter_changed.emit(product_filter)

    def list_products(self) -> None:
        """Show the listing in place of what a search found."""
        self._is_listing_shown = True
        self._is_selection_shown = False
        self.show_best_views({})
        if (browser := self._session.browser) is not None:
            self._panes.results.set_busy(True)
            browser.list_products(self._filter, self._order)

    def show_only(self, title: str, product_ids: IdArray) -> None:
        """Show just these products until a listing is asked for."""
        self._is_listing_shown = self._is_selection_shown = True
        self._shown = None
        self.show_best_views({})
        self._panes.results.set_busy(False)
        self._panes.results.show_products(title, product_ids)

    def yield_to_search(self) -> None:
        """The list is about to show what a search finds."""
        self._is_listing_shown = False
        self._shown = None

    def show_best_views(self, best_views: Mapping[int, int]) -> None:
        """Have cards show the picture that matched, by product id and content id, in place of
        their main picture."""
        before, self._best_views = self._best_views, dict(best_views)
        touched = {i for i in {*before, *best_views} if before.get(i) != best_views.get(i)}
        if touched:
            self._panes.results.model.invalidate(touched)

    @Slot(object)
    def take_changes(self, changes: ChangeSet) -> None:
        """Something was written: show it soon, many changes at once."""
        self._changed_ids.update(changes.product_ids)
        self._list_is_stale |= changes.structure
        self._pictures_are_stale |= changes.pictures
        if not self._refresh.isActive():
            self._refresh.start()

    def follow_compare(self, window: CompareWindow) -> None:
        """Bring pictures to a compare window."""
        self._details.follow(window)

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        browser = self._browser()
        panes = self._panes
        browser.listed.connect(self._show_listing)
        browser.cards_read.connect(panes.results.model.receive_cards)
        browser.cards_read.connect(self._show_several)
        browser.overview_read.connect(self._show_overview)
        browser.relief_read.connect(panes.results.set_relief)
        browser.product_read.connect(self._show_product)
        browser.skus_read.connect(self._put_on_clipboard)
        browser.failed.connect(panes.show_problem)
        keeper = self._session.keeper
        assert keeper is not None
        keeper.changed.connect(self.take_changes)
        read_only = workspace.catalogue.read_only
        panes.results.products.set_read_only(read_only)
        panes.inspector.set_read_only(read_only)
        self._filter = ProductFilter()
        panes.results.set_filter(self._filter)
        browser.read_overview()
        self.list_products()

    @Slot()
    def _detach(self) -> None:
        self._refresh.stop()
        self._is_listing_shown = True
        self._inspected = ()
        self._best_views = {}
        self._shown = None
        self._panes.thumbnails.clear()
        self._panes.inspector.clear()
        self._panes.status.show_counts(0, PictureCounts())
        self._panes.results.model.invalidate()
        self._panes.results.show_products("", np.empty(0, np.int64))

    def _browser(self) -> Browser:
        browser = self._session.browser
        assert browser is not None
        return browser

    @Slot()
    def _refresh_now(self) -> None:
        if (browser := self._session.browser) is None:
            return
        ids, self._changed_ids = self._changed_ids, set()
        model = self._panes.results.model
        if self._pictures_are_stale:
            self._panes.thumbnails.retry_absent()
        if ids or self._pictures_are_stale:
            model.invalidate(ids or None)
        if self._list_is_stale and self._is_listing_shown:
            browser.list_products(self._filter, self._order)
        if len(self._inspected) == 1 and (not ids or self._inspected[0] in ids):
            browser.read_product(self._inspected[0])
        self._list_is_stale = self._pictures_are_stale = False
        browser.read_overview()

    @Slot(object)
    def _show_listing(self, listing: Listing) -> None:
        results = self._panes.results
        is_awaited = self._is_listing_shown and not self._is_selection_shown
        if is_awaited and listing.filter == self._filter:
            results.set_busy(False)
            results.show_products(
                self._title(),
                listing.product_ids,
                order=listing.order,
                keep_place=self._shown is not None
                and (self._shown.filter, self._shown.order) == (listing.filter, listing.order),
            )
            self._shown = listing

    def _title(self) -> str:
        """The category or brand where that is all that is chosen."""
        named = [
            str(condition.values[0])
            for condition in self._filter.conditions
            if condition.column in {"category", "brand"} and len(condition.values) == 1
        ]
        if len(named) == 1 and len(self._filter.conditions) == 1 and named[0]:
            return named[0]
        return self.tr("Bookmarks") if self._filter.bookmarked_only else self.tr("Products")

    @Slot(object)
    def _sort(self, order: SortOrder | None) -> None:
        if self._is_listing_shown:
            self._order = order or SKU_ORDER
            self.list_products()

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        panes = self._panes
        panes.catalogue.set_contents(
            ScopeContents(
                products=overview.products,
                categories=overview.facets["category"],
                brands=overview.facets["brand"],
                saved_filters=overview.saved_filters,
                bookmarked=overview.bookmarked,
                pictures=overview.pictures,
            )
        )
        panes.status.show_counts(overview.products, overview.pictures)
        panes.results.set_extra_columns(overview.columns)
        panes.inspector.set_columns(overview.columns)
        panes.results.set_catalogue_empty(overview.products == 0)
        panes.query.set_recent_queries(overview.recent_queries)
        self.overview_shown.emit(overview)

    @Slot(object)
    def _read_cards(self, product_ids: Sequence[int]) -> None:
        if (browser := self._session.browser) is not None:
            best = {i: self._best_views[i] for i in product_ids if i in self._best_views}
            browser.read_cards(product_ids, best)
        else:
            self._panes.results.model.receive_cards([])

    @Slot(object)
    def _count_relief(self, filters: Sequence[ProductFilter]) -> None:
        if (browser := self._session.browser) is not None:
            browser.count_relief(filters)

    @Slot(object)
    def _copy_skus(self, product_ids: Sequence[int]) -> None:
        if (browser := self._session.browser) is not None:
            browser.read_skus(product_ids)

    @Slot(str)
    def _put_on_clipboard(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    @Slot(object)
    def _inspect(self, product_ids: IdArray) -> None:
        self._inspected = tuple(int(i) for i in product_ids)
        browser = self._session.browser
        if browser is None or not self._inspected:
            self._panes.inspector.clear()
        elif len(self._inspected) == 1:
            browser.read_product(self._inspected[0])
        else:
            self._show_several()

    @Slot()
    def _show_several(self) -> None:
        if len(self._inspected) < 2 or self._inspected == self._panes.inspector.product_ids:
            return
        model = self._panes.results.model
        cards = [model.known_card(product_id) for product_id in self._inspected]
        known: list[ProductCard] = [card for card in cards if card is not None]
        if len(known) == len(cards):
            self._panes.inspector.show_several(known)

    @Slot(object)
    def _show_product(self, product: Product) -> None:
        if self._inspected == (product.id,):
            self._panes.inspector.show_product(product)

    @Slot(str)
    def _want_thumbnail(self, content_hash: str) -> None:
        pixmap = self._panes.thumbnails.pixmap(content_hash)
        if pixmap is not None:
            self._panes.inspector.set_thumbnail(content_hash, pixmap)
        else:
            self._panes.thumbnails.request(content_hash)

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        pixmap: QPixmap | None = self._panes.thumbnails.pixmap(content_hash)
        if pixmap is not None:
            self._panes.inspector.set_thumbnail(content_hash, pixmap)
