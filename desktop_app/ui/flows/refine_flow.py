"""Refining a query: its mask, weights, category, and products that were pointed at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.domain.evidence import ChannelWeights
from desktop_app.domain.filters import Condition, Operator
from desktop_app.domain.search import CategoryGuess, QueryPicture, SearchResults
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.ui.product_text import count_text
from desktop_app.ui.refinement import Refinement
from desktop_app.ui.refinement_chips import PointedAt
from desktop_app.ui.weight_presets import Presets
from desktop_app.workers.browsing import Overview
from desktop_app.workers.long_work import WorkKind, WorkStatus
from desktop_app.workers.session import Session

LEAST_PROBABILITY = 0.5
"""A category less probable than this is not worth proposing."""
MOST_UNDONE = 100


class RefineFlow(QObject):
    """Carries what a person changes about the query to the search, and back what the search
    found out about the query.

    Signals: ``undo_changed`` (what :meth:`undo` would take back, '' for nothing);
    ``presets_changed`` (tuple of WeightPreset) to be kept.
    """

    undo_changed = Signal(str)
    presets_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        browsing: BrowseFlow,
        searching: SearchFlow,
        *,
        presets: Presets,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._browsing = browsing
        self._searching = searching
        self._before: list[tuple[Refinement, str]] = []
        self._skus: dict[int, str] = {}
        self._dismissed: set[str] = set()
        self._pictures = 0
        self._left: int | None = 0
        session.opened.connect(self._attach)
        session.closed.connect(self._forget)
        searching.answered.connect(self._take_results)
        searching.query_replaced.connect(self._forget)
        browsing.filter_changed.connect(self._propose)
        browsing.overview_shown.connect(self._count_pictures)
        query, products = panes.query, panes.results.products
        query.likeness.set_presets(presets)
        query.likeness.weights_changed.connect(self._weigh)
        query.likeness.presets_changed.connect(self.presets_changed)
        query.category.accepted.connect(self._narrow)
        query.category.dismissed.connect(self._dismiss)
        query.refinement.removed.connect(self._take_back)
        query.undo_changed.connect(self._tell_undo)
        query.tile_requested.connect(self._read_tile)
        query.products_added.connect(self._add_products)
        products.more_like_requested.connect(self._want_more)
        products.less_like_requested.connect(self._want_less)

    def undo(self) -> bool:
        """Take back the last stroke or refinement where that is the latest thing done to the
        query in view; False where it is not."""
        if not self._panes.query.isVisible():
            return False
        if self._panes.query.masking.undo():
            return True
        if not self._before:
            return False
        refinement, _label = self._before.pop()
        self._use(refinement)
        return True

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        browser, keeper = self._session.browser, self._session.keeper
        assert browser is not None and keeper is not None
        browser.tile_read.connect(self._panes.query.set_tile)
        browser.more_queries_made.connect(self._join_query)
        keeper.edited.connect(self._edited)
        keeper.undone.connect(self._edited)
        keeper.work_changed.connect(self._follow_work)
        keeper.can_enrich.connect(self._note_unfinished)
        keeper.enriched.connect(self._note_finished)

    @Slot()
    def _forget(self) -> None:
        """Another query: nothing was refined yet."""
        self._before.clear()
        self._skus.clear()
        self._dismissed.clear()
        self._panes.query.propose(None)
        self._show_refinement()

    # What a search found out about the query

    @Slot(object)
    def _take_results(self, results: SearchResults) -> None:
        analysis = results.analysis
        mask = analysis.evidence.mask if analysis is not None else None
        self._panes.query.set_mask(results.request.picture, mask)
        self._propose()
        self._say_what_is_known()

    @Slot()
    def _propose(self) -> None:
        self._panes.query.propose(self._proposal())

    def _proposal(self) -> CategoryGuess | None:
        results = self._searching.results
        analysis = results.analysis if results is not None else None
        if analysis is None or not analysis.categories:
            return None
        if any(each.column == "category" for each in self._browsing.filter.conditions):
            return None
        guess = analysis.categories[0]
        is_worth = guess.probability >= LEAST_PROBABILITY
        return guess if is_worth and guess.category not in self._dismissed else None

    @Slot(str)
    def _narrow(self, category: str) -> None:
        condition = Condition("category", Operator.ANY_OF, (category,))
        self._browsing.set_filter(self._browsing.filter.with_condition(condition))

    @Slot(str)
    def _dismiss(self, category: str) -> None:
        self._dismissed.add(category)

    # What counts as alike

    @Slot(object)
    def _weigh(self, weights: ChannelWeights) -> None:
        self._searching.weigh(weights)

    @Slot(object)
    def _count_pictures(self, overview: Overview) -> None:
        self._pictures = overview.pictures.ready
        self._say_what_is_known()

    @Slot(object)
    def _follow_work(self, status: WorkStatus | None) -> None:
        if status is not None and status.kind is WorkKind.ENRICH and status.progress.total:
            self._left = max(0, status.progress.total - status.progress.done)
            self._say_what_is_known()

    @Slot(bool)
    def _note_unfinished(self, is_unfinished: bool) -> None:
        if is_unfinished and not self._left:
            self._left = None
            self._say_what_is_known()

    @Slot()
    def _note_finished(self) -> None:
        self._left = 0
        self._say_what_is_known()

    def _say_what_is_known(self) -> None:
        """Where pictures wait to be looked at closer, or the query has no print to compare."""
        note = ""
        results = self._searching.results
        evidence = results.analysis.evidence if results and results.analysis else None
        if self._left is None:
            note = self.tr(
                "Shape, print and colour are not known of every picture: looking closer at them "
                "was stopped."
            )
        elif self._left and self._pictures:
            note = self.tr("Shape, print and colour are known for {0} of {1} pictures.").format(
                count_text(max(0, self._pictures - self._left)), count_text(self._pictures)
            )
        elif evidence is not None and evidence.print is None:
            note = self.tr("The query shows no print to compare.")
        self._panes.query.likeness.set_note(note)

    # More like this, less like this

    @Slot(object)
    def _want_more(self, product_ids: Sequence[int]) -> None:
        ids = self._remember(product_ids)
        label = self.tr("More like {}").format(self._named(ids))
        self._refine(self._searching.refinement.with_more(ids), label)

    @Slot(object)
    def _want_less(self, product_ids: Sequence[int]) -> None:
        ids = self._remember(product_ids)
        label = self.tr("Less like {}").format(self._named(ids))
        self._refine(self._searching.refinement.with_less(ids), label)

    @Slot(object)
    def _take_back(self, product_id: int) -> None:
        label = self.tr("Take back {}").format(self._named((product_id,)))
        self._refine(self._searching.refinement.without((product_id,)), label)

    def _remember(self, product_ids: Sequence[int]) -> tuple[int, ...]:
        model = self._panes.results.model
        for product_id in product_ids:
            if (card := model.known_card(product_id)) is not None:
                self._skus[product_id] = card.sku
        return tuple(product_ids)

    def _named(self, product_ids: tuple[int, ...]) -> str:
        if len(product_ids) > 1:
            return self.tr("{} products").format(count_text(len(product_ids)))
        return self._skus.get(product_ids[0], str(product_ids[0]))

    def _refine(self, refinement: Refinement, label: str) -> None:
        before = self._searching.refinement
        if refinement == before or self._panes.query.query is None:
            return
        self._before.append((before, label))
        del self._before[:-MOST_UNDONE]
        self._use(refinement)

    def _use(self, refinement: Refinement) -> None:
        self._searching.refine(refinement)
        self._show_refinement()

    def _show_refinement(self) -> None:
        refinement = self._searching.refinement
        self._panes.query.set_refinement(
            [
                PointedAt(product_id, self._skus.get(product_id, str(product_id)), is_wanted)
                for ids, is_wanted in ((refinement.more, True), (refinement.less, False))
                for product_id in ids
            ]
        )
        self._tell_undo()

    @Slot(object)
    def _edited(self, _changes: ChangeSet) -> None:
        """Something else was done since: that is what is undone first now."""
        self._before.clear()
        self._tell_undo()

    @Slot()
    def _tell_undo(self) -> None:
        if self._panes.query.masking.is_painting:
            self.undo_changed.emit(self.tr("brush stroke"))
        else:
            self.undo_changed.emit(self._before[-1][1] if self._before else "")

    # Further pictures of the same item

    @Slot(object)
    def _read_tile(self, picture: QueryPicture) -> None:
        if (browser := self._session.browser) is not None:
            browser.read_tile(picture)

    @Slot(object)
    def _add_products(self, product_ids: Sequence[int]) -> None:
        if (browser := self._session.browser) is not None:
            browser.make_more_queries(product_ids)

    @Slot(object, object)
    def _join_query(self, pictures: tuple[QueryPicture, ...], product_ids: Sequence[int]) -> None:
        self._searching.leave_out(product_ids)
        self._panes.query.add_pictures(pictures)
