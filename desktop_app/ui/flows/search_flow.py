"""Searching: from a query picture to ranked products, and from a product to the next query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ChannelWeights
from desktop_app.domain.filters import SortOrder
from desktop_app.domain.images import IdArray
from desktop_app.domain.products import Picture, ProductCard
from desktop_app.domain.search import QueryPicture, RecentQuery, SearchRequest, SearchResults
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.compare_window import Compared, CompareWindow
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.item_models.product_list_model import Role
from desktop_app.ui.refinement import Refinement, shows_the_same
from desktop_app.workers.session import Session


class SearchFlow(QObject):
    """Runs the query shown in the query pane.

    Signals: ``answered`` (SearchResults); ``unanswered`` when a query failed;
    ``query_replaced`` when another item is searched for, rather than another part of its
    picture or another picture of it; ``search_wanted`` when the results should come to the
    front; ``outdated`` when the same query would find other things now, see :meth:`refresh`;
    ``limit_chosen`` (products).
    """

    answered = Signal(object)
    unanswered = Signal()
    query_replaced = Signal()
    search_wanted = Signal()
    outdated = Signal()
    limit_chosen = Signal(int)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        browsing: BrowseFlow,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._browsing = browsing
        self._settings = settings
        self._kept_for: Path | None = None
        """The catalogue that is opened again, where its query waits for it."""
        self._folder = Path()
        self._query: QueryPicture | None = None
        self._also: tuple[QueryPicture, ...] = ()
        self._refinement = Refinement()
        self._weights = ChannelWeights()
        self._is_reranking = False
        self._preview: QImage | None = None
        self._results: SearchResults | None = None
        self._excluded: tuple[int, ...] = ()
        self._without: tuple[int, ...] = ()
        self._compare: CompareWindow | None = None
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        session.failed.connect(self._drop_kept_query)
        browsing.filter_changed.connect(self._search_again)
        query, results = panes.query, panes.results
        query.query_changed.connect(self.search)
        query.query_cleared.connect(self._clear)
        query.preview_requested.connect(self._preview_query)
        query.products_dropped.connect(self._query_first_product)
        query.recent_chosen.connect(self._show_recent)
        query.recents_clear_requested.connect(self._clear_recents)
        results.products.query_requested.connect(self._query_card)
        results.products.compare_requested.connect(self._compare_cards)
        results.limit_changed.connect(self._change_limit)
        results.sort_requested.connect(self._sort)
        panes.inspector.query_requested.connect(self._query_picture)
        results.match.set_limit(settings.result_limit)

    def use_settings(self, settings: Settings) -> None:
        """Search with these from the next query on."""
        self._settings = settings

    @property
    def results(self) -> SearchResults | None:
        """What is shown of a search; None while a listing is."""
        return self._results

    @property
    def refinement(self) -> Refinement:
        """What was pointed at among the results of this query."""
        return self._refinement

    def refine(self, refinement: Refinement) -> None:
        """Search again for more like some products and less like others."""
        self._refinement = refinement
        self._search_again()

    def weigh(self, weights: ChannelWeights) -> None:
        """Rank by these from now on, without a new query."""
        self._weights = weights
        self._rerank()

    def leave_out(self, product_ids: Sequence[int]) -> None:
        """Find these products no more with this query."""
        self._excluded = (*self._excluded, *product_ids)

    @Slot(object)
    def search(self, picture: QueryPicture) -> None:
        """Search with a picture, within the present filter."""
        known = self._also if self._query is None else (self._query, *self._also)
        if not any(shows_the_same(picture, each) for each in known):
            self._begin(picture)
        self._query, self._also = picture, self._panes.query.also
        self._is_reranking = False
        if (searcher := self._session.searcher) is None:
            return
        self._browsing.yield_to_search()
        self.search_wanted.emit()
        self._panes.results.set_busy(True)
        searcher.search(
            SearchRequest(
                picture=picture,
                filter=self._browsing.filter,
                limit=self._settings.result_limit,
                exclude_products=self._excluded,
                exclude_contents=self._without,
                also=self._also,
                more_like=self._refinement.more,
                less_like=self._refinement.less,
                weights=self._weights,
            )
        )

    def show_again(self, results: SearchResults) -> None:
        """List what a search found, each product by the picture that matched."""
        self._browsing.yield_to_search()
        self._browsing.show_best_views({hit.product_id: hit.content_id for hit in results.hits})
        self._panes.results.show_results(results)

    def query_file(self, picture: QueryPicture) -> None:
        """Put a picture into the query pane and search with it."""
        self._panes.query.set_query(picture)

    def query_product(self, product_id: int) -> None:
        """Search with a product's main picture; the product itself is left out."""
        if (browser := self._session.browser) is not None:
            browser.make_query(product_id)

    def query_as_measured(self, content_id: int) -> None:
        """Search with a picture of the catalogue as if the catalogue did not have it."""
        picture = QueryPicture(self.tr("Picture of the scorecard"), content_id=content_id)
        self._begin(picture)
        self._without = (content_id,)
        self._panes.query.set_query(picture)

    def refresh(self) -> None:
        """Search again, because more can be found now."""
        self._search_again()

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        self._folder = workspace.catalogue.folder
        if self._kept_for not in (None, self._folder):
            self._drop_query()
        self._kept_for = None
        browser, searcher = self._session.browser, self._session.searcher
        keeper = self._session.keeper
        assert browser is not None and searcher is not None and keeper is not None
        browser.query_previewed.connect(self._show_preview)
        browser.query_failed.connect(self._panes.query.set_problem)
        browser.query_made.connect(self._use_product_query)
        browser.sorted.connect(self._show_sorted)
        searcher.found.connect(self._show_results)
        searcher.failed.connect(self._show_failure)
        keeper.searchable.connect(self.outdated)

    @Slot()
    def _detach(self) -> None:
        """With another model the same catalogue is asked the same."""
        if self._query is None or not self._session.is_reopening:
            self._drop_query()
            return
        query, also, excluded, without = self._query, self._also, self._excluded, self._without
        self._forget()
        self._query, self._also, self._excluded, self._without = query, also, excluded, without
        self._kept_for = self._folder

    @Slot()
    def _drop_kept_query(self) -> None:
        """Nothing was opened."""
        if self._kept_for is not None:
            self._kept_for = None
            self._drop_query()

    def _drop_query(self) -> None:
        self._forget()
        self._panes.query.clear()

    def _begin(self, picture: QueryPicture, *, excluded: tuple[int, ...] = ()) -> None:
        """Another item is searched for: nothing was pointed at yet."""
        self._query, self._also, self._excluded = picture, (), excluded
        self._without = ()
        self._refinement = Refinement()
        self.query_replaced.emit()

    def _forget(self) -> None:
        self._query = self._results = self._preview = None
        self._also, self._excluded = (), ()
        self._refinement = Refinement()
        self.query_replaced.emit()

    def _rerank(self) -> None:
        """One at a time, so that a slider being dragged shows every order there is time for."""
        results, searcher = self._results, self._session.searcher
        if results is None or searcher is None or results.request.picture is not self._query:
            return
        if results.request.weights == self._weights or self._is_reranking:
            return
        if results.candidates is None:
            self._search_again()
            return
        self._is_reranking = True
        searcher.rerank(results, self._weights)

    @Slot()
    def _search_again(self) -> None:
        if self._query is not None:
            self.search(self._query)

    @Slot(object)
    def _show_results(self, results: SearchResults) -> None:
        self._is_reranking = False
        if results.request.picture is not self._query:
            return
        is_new = self._results is None or self._results.request.picture is not self._query
        self._results = results
        self._panes.results.set_busy(False)
        self.show_again(results)
        keeper = self._session.keeper
        if is_new and results.hits and keeper is not None and self._settings.keep_recent_queries:
            keeper.remember_query(results)
        self.answered.emit(results)
        self._rerank()

    @Slot(object, object)
    def _show_failure(self, request: SearchRequest, error: UserFacingError) -> None:
        if request.picture is self._query:
            self._panes.results.set_busy(False)
            self._panes.query.set_problem(request.picture, error)
            if self._results is None or self._results.request.picture is not request.picture:
                # What is listed, and why it matched, answers another query.
                self._results = None
                self._browsing.list_products()
                self.unanswered.emit()

    @Slot()
    def _clear(self) -> None:
        self._forget()
        self._panes.results.set_busy(False)
        self._browsing.list_products()

    @Slot(object)
    def _preview_query(self, picture: QueryPicture) -> None:
        if (browser := self._session.browser) is not None:
            browser.preview_query(picture)
        else:
            error = UserFacingError(
                self.tr("No catalogue is open."), remedy=self.tr("Open one, or make a new one.")
            )
            self._panes.query.set_problem(picture, error)

    @Slot(object, QImage)
    def _show_preview(self, picture: QueryPicture, image: QImage) -> None:
        self._preview = image
        self._panes.query.set_preview(picture, image)

    @Slot(object)
    def _query_first_product(self, product_ids: Sequence[int]) -> None:
        if product_ids:
            self.query_product(product_ids[0])

    @Slot(object)
    def _query_card(self, card: ProductCard) -> None:
        self.query_product(card.id)

    @Slot(object, int)
    def _use_product_query(self, picture: QueryPicture, product_id: int) -> None:
        self._begin(picture, excluded=(product_id,))
        self._panes.query.set_query(picture)

    @Slot(object)
    def _query_picture(self, picture: Picture) -> None:
        label = picture.view or str(picture.id)
        if picture.content_id is None:
            self._panes.query.set_query(QueryPicture(label, path=Path(picture.path)))
            return
        query = QueryPicture(label, content_id=picture.content_id)
        self._begin(query, excluded=(picture.product_id,))
        self._panes.query.set_query(query)

    @Slot(object)
    def _show_recent(self, recent: RecentQuery) -> None:
        picture = QueryPicture(recent.label, encoded=recent.thumbnail)
        self._begin(picture)
        self._results = None
        self._panes.query.set_query(picture, search=False)
        self._browsing.yield_to_search()
        self.search_wanted.emit()
        ids = np.array([product_id for product_id, _ in recent.hits], dtype=np.int64)
        scores = np.array([score for _, score in recent.hits], dtype=np.float32)
        self._panes.results.show_products(
            self.tr("Results of {}").format(recent.label), ids, scores=scores, order=None
        )

    @Slot()
    def _clear_recents(self) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.clear_recent_queries()

    @Slot(int)
    def _change_limit(self, limit: int) -> None:
        self._settings = replace(self._settings, result_limit=limit)
        self.limit_chosen.emit(limit)
        self._search_again()

    @Slot(object)
    def _sort(self, order: SortOrder | None) -> None:
        if self._results is None:
            return
        if order is None:
            self._panes.results.show_results(self._results)
        elif (browser := self._session.browser) is not None:
            ids = np.array([hit.product_id for hit in self._results.hits], dtype=np.int64)
            browser.sort_products(ids, order)

    @Slot(object, object)
    def _show_sorted(self, product_ids: IdArray, order: SortOrder) -> None:
        if self._results is None:
            return
        scores = {hit.product_id: hit.score for hit in self._results.hits}
        self._panes.results.show_products(
            self.tr("Results"),
            product_ids,
            scores=np.array([scores[int(i)] for i in product_ids], dtype=np.float32),
            order=order,
            total=self._results.allowed_products,
            evidence={hit.product_id: hit.evidence for hit in self._results.hits},
            is_steered=self._results.request.weights != ChannelWeights(),
        )

    @Slot(object)
    def _compare_cards(self, cards: Sequence[ProductCard]) -> None:
        if self._compare is None:
            self._compare = CompareWindow(self._panes.theme, self._panes.window)
            self._compare.setWindowFlag(Qt.WindowType.Window)
            self._browsing.follow_compare(self._compare)
        compared = []
        if self._query is not None and self._results is not None:
            compared.append(
                Compared(self.tr("Query: {}").format(self._query.label), picture=self._preview)
            )
        model = self._panes.results.model
        for card in cards:
            index = model.index(model.row_of(card.id), 0)
            compared.append(
                Compared(
                    card.sku,
                    card=card,
                    score=index.data(Role.SCORE),
                    evidence=index.data(Role.EVIDENCE),
                    picture=index.data(Qt.ItemDataRole.DecorationRole),
                )
            )
        self._compare.compare(compared)
        self._compare.show()
        self._compare.raise_()
        self._compare.activateWindow()
