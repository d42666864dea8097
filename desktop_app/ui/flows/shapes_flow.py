"""The workspace for shapes: asking by outline and what is found."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import ProductCard
from desktop_app.domain.shapes import DrawnOutline, ShapeResults
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.outline_files_flow import OutlineFilesFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.shape_asking_flow import ShapeAskingFlow
from desktop_app.ui.flows.shape_results_flow import ShapeResultsFlow
from desktop_app.ui.flows.shape_sizes_flow import ShapeSizesFlow
from desktop_app.ui.shapes.page import ShapesPage, ShapesState
from desktop_app.ui.shapes.sketch.editor import StartingPoints
from desktop_app.workers.long_work import WorkKind, WorkStatus
from desktop_app.workers.session import Session
from desktop_app.workers.shaping import (
    DEFAULT_LIMIT,
    LaidProduct,
    ShapeQuery,
)

LOOK_AGAIN_MS = 2000


class ShapesFlow(QObject):
    """Fills the page while it is in front; nothing is loaded before it first is.

    Signals: ``shapes_wanted`` when the page should come to the front; ``products_wanted``
    (title, product ids) to be listed.
    """

    shapes_wanted = Signal()
    products_wanted = Signal(str, object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        browsing: BrowseFlow,
        page: ShapesPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._browsing = browsing
        self._page = page
        self._is_front = False
        self._is_stale = True
        self._is_loading = False
        # While pictures are looked at closer, the first outlines are not waited for to the end.
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.setInterval(LOOK_AGAIN_MS)
        self._look_soon.timeout.connect(self._start)
        self._query: ShapeQuery | None = None
        self._asked = ""
        self._going_on: ShapeQuery | None = None
        self._results: ShapeResults | None = None
        self.listing = ShapeResultsFlow(
            session, browsing, page.results, panes.results.products, self
        )
        self.listing.products_wanted.connect(self.products_wanted)
        self.sizing = ShapeSizesFlow(session, browsing, page.results.sizes, self)
        self.filing = OutlineFilesFlow(
            session,
            panes,
            page,
            results=lambda: self._results,
            outline=lambda: page.editor.sketch.outline,
            parent=self,
        )
        self.asking = ShapeAskingFlow(session, panes, page, self)
        self.asking.sketched.connect(self.sizing.show_sketch)
        self.asking.sketched.connect(self._offer_starts)
        self.asking.product_taken.connect(self.sizing.take_product)
        self.asking.asked.connect(self._ask_in_words)
        self.asking.emptied.connect(self._forget)
        self.asking.failed.connect(self._show_problem)
        self.filing.drawing_read.connect(self.asking.ask_by_drawing)
        self.filing.picture_read.connect(self.asking.ask_by_picture)
        session.opening.connect(self._open)
        session.failed.connect(self._detach)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        browsing.filter_changed.connect(self._filter_changed)
        page.turns_changed.connect(self._search)
        page.method.method_changed.connect(self._search_anew)
        page.results.more_wanted.connect(self._search_more)
        panes.query.query_changed.connect(self._offer_starts)
        panes.query.query_cleared.connect(self._offer_starts)
        results, elsewhere = page.results, panes.results
        results.current_changed.connect(self._compare)
        results.products.compare_requested.connect(page.want_comparison)
        results.products.shape_requested.connect(self.ask_by_card)
        elsewhere.products.shape_requested.connect(self.ask_by_card)

    @property
    def query(self) -> ShapeQuery | None:
        """What is asked with."""
        return self._query

    @property
    def results(self) -> ShapeResults | None:
        """What was found last."""
        return self._results

    @Slot(bool)
    def set_front(self, is_front: bool) -> None:
        """Whether the workspace is in front: what became stale meanwhile is loaded then."""
        self._is_front = is_front
        if is_front and self._is_stale:
            self._start()

    @Slot(object)
    def ask_by_card(self, card: ProductCard) -> None:
        """Search by the outline of a product."""
        if self._session.shaper is not None:
            self.shapes_wanted.emit()
            self.asking.read_product(card.id)

    @Slot(int)
    def ask_by_content(self, content_id: int) -> None:
        """Search by the outline of one picture."""
        self.asking.read_content(content_id)

    @Slot(object)
    def ask_by_outline(self, outline: DrawnOutline) -> None:
        """Put an outline on the board as a sketch, and search by it."""
        self.asking.ask_by_outline(outline)

    def ask(self, query: ShapeQuery) -> None:
        """Search with an outline, within the present filter."""
        self._query = query
        self._search()

    @Slot(object, str)
    def _ask_in_words(self, query: ShapeQuery, words: str) -> None:
        self._asked = words
        self.ask(query)

    # The catalogue

    @Slot()
    def _open(self) -> None:
        self._page.show_state(ShapesState.OPENING)

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        shaper, keeper = self._session.shaper, self._session.keeper
        assert shaper is not None and keeper is not None
        shaper.ready.connect(self._take_ready)
        shaper.found.connect(self._show_results)
        shaper.laid.connect(self._show_laid)
        shaper.failed.connect(self._show_problem)
        keeper.changed.connect(self._take_changes)
        keeper.searchable.connect(self._take_searchable)
        keeper.enriched.connect(self._look_again)
        keeper.work_changed.connect(self._take_work)
        self._is_loading = True
        self._page.show_state(ShapesState.LOADING)
        self._is_stale = True
        if self._is_front:
            self._start()

    @Slot()
    def _detach(self) -> None:
        self._look_soon.stop()
        self._is_loading = False
        self._query = self._results = None
        self._page.compare.show_nothing()
        self._is_stale = True
        self._page.busy.stop()
        self._page.problem.clear()
        self._page.results.show_nothing("", "")
        self._page.show_state(ShapesState.NO_CATALOGUE)

    @Slot()
    def _start(self) -> None:
        shaper = self._session.shaper
        if shaper is None or not self._is_front:
            self._is_stale = True
            return
        self._is_stale = False
        self._page.busy.start()
        shaper.look()

    @Slot(bool)
    def _take_ready(self, is_ready: bool) -> None:
        page = self._page
        page.busy.stop()
        self._offer_starts()
        if not is_ready:
            page.show_state(ShapesState.LOADING if self._is_loading else ShapesState.NOT_DESCRIBED)
            return
        page.show_state(ShapesState.DRAW)
        if self._query is None:
            self.asking.ask_by_board()
        else:
            self._search()

    @Slot(object)
    def _take_work(self, status: WorkStatus | None) -> None:
        is_enriching = status is not None and status.kind is WorkKind.ENRICH
        waits = self._page.state is ShapesState.NOT_DESCRIBED and self._is_front
        if is_enriching and waits and not self._look_soon.isActive():
            self._look_soon.start()

    @Slot()
    def _take_searchable(self) -> None:
        self._is_loading = False
        self._look_again()

    @Slot()
    def _look_again(self) -> None:
        """More outlines are known."""
        self._is_stale = True
        if self._is_front:
            self._start()

    @Slot(object)
    def _take_changes(self, changes: ChangeSet) -> None:
        if changes.structure:
            self._look_again()

    # Searching

    @Slot()
    def _forget(self) -> None:
        """Nothing is asked with."""
        self._query = self._results = None
        if (shaper := self._session.shaper) is not None:
            shaper.forget()
        self._page.show_asked("")
        self._page.busy.stop()
        self._page.compare.show_nothing()
        self._page.results.show_nothing(
            self.tr("Draw an outline"),
            self.tr(
                "Containers like it appear here while you draw. Or choose “Search by this shape” "
                "on any product."
            ),
        )

    @Slot()
    def _offer_starts(self) -> None:
        has_product = (
            self._page.results.current_id is not None or self._panes.results.views.current_row >= 0
        )
        self._page.editor.set_starting_points(
            StartingPoints(product=has_product, picture=self._panes.query.query is not None)
        )
        self._page.menu.offer(
            outline=self._page.editor.sketch.outline is not None,
            silhouette=self._page.results.current_id is not None,
            sheet=self._results is not None and bool(self._results.hits),
        )

    @Slot()
    def _search(self) -> None:
        shaper = self._session.shaper
        if shaper is None or self._query is None:
            return
        self._query = replace(
            self._query,
            filter=self._browsing.filter,
            turns=self._page.finds_turned,
            method=self._page.method.method,
        )
        self._page.show_asked(self._asked_words(self._query))
        self._page.busy.start()
        shaper.search(self._query)

    @Slot()
    def _search_anew(self) -> None:
        """In another way, from the first results on."""
        if self._query is not None:
            self._query = replace(self._query, limit=DEFAULT_LIMIT)
        self._search()

    @Slot()
    def _search_more(self) -> None:
        """Further down the same list."""
        if self._query is not None:
            self._query = replace(self._query, limit=self._query.limit + DEFAULT_LIMIT)
            self._search()
            self._going_on = self._query

    def _asked_words(self, query: ShapeQuery) -> str:
        if query.used_method is query.method:
            return self._asked
        why = (
            self.tr("{0} (what is drawn is searched by outline)")
            if query.picture is None
            else self.tr("{0} (not of the catalogue, so searched by outline)")
        )
        return why.format(self._asked)

    @Slot(object)
    def _filter_changed(self, _filter: ProductFilter) -> None:
        if self._is_front:
            self._search()
        else:
            self._is_stale = True

    @Slot(object, object)
    def _show_results(self, query: ShapeQuery, results: ShapeResults) -> None:
        if self._query is None:
            return
        if query is self._query:
            self._page.busy.stop()
            self._page.problem.clear()
        if query is self._going_on and self._results is not None:
            results = results.after(self._results)
        self._results = results
        self.listing.show(results)
        self._compare(self._page.results.current_id)

    @Slot(object)
    def _show_problem(self, error: UserFacingError) -> None:
        self._page.busy.stop()
        self._page.results.offer_more()
        self._page.problem.show_error(error)

    # Comparing

    @Slot(object)
    def _compare(self, product_id: int | None) -> None:
        self._offer_starts()
        shaper, results = self._session.shaper, self._results
        if product_id is None or shaper is None or results is None:
            self._page.compare.show_nothing()
        else:
            shaper.lay(results, product_id)

    @Slot(object)
    def _show_laid(self, found: LaidProduct) -> None:
        if found.results is not self._results or found.product.id != self._page.results.current_id:
            return
        name = found.product.fields.sku
        if found.laid is None:
            self._page.compare.show_unlaid(name)
        else:
            self._page.compare.show_laid(found.laid, name, height_mm=found.height_mm)
