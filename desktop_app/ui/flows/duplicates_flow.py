"""The workspace for duplicates: finding, the board, its groups at a threshold, what is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.domain.duplicates import Exclusions
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import ProductCard
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.board import Board
from desktop_app.services.workspace import Workspace
from desktop_app.ui.duplicates.find_bar import Compared
from desktop_app.ui.duplicates.kept_review import KeptReview
from desktop_app.ui.duplicates.page import DuplicatesPage, PageState
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.finding_flow import FindingFlow
from desktop_app.ui.flows.review_flow import ReviewFlow
from desktop_app.workers.browsing import Overview
from desktop_app.workers.review_lists import GroupListing, GroupQuery
from desktop_app.workers.reviewing import Decision, ReviewStart
from desktop_app.workers.session import Session

RELOAD_MS = 500
KEEP_MS = 800


class DuplicatesFlow(QObject):
    """Fills the page while it is in front; nothing is loaded before it first is.

    Signals: ``products_wanted`` (title, product ids) to be listed; ``merge_wanted`` (product ids
    of a group).
    """

    products_wanted = Signal(str, object)
    merge_wanted = Signal(object)

    def __init__(
        self,
        session: Session,
        browsing: BrowseFlow,
        page: DuplicatesPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._browsing = browsing
        self._page = page
        self.reviewing = ReviewFlow(session, page, self)
        self.finding = FindingFlow(session, page, self)
        self._is_front = False
        self._is_stale = True
        self._kept = KeptReview()
        self._board: Board | None = None
        self._decisions: list[tuple[str, tuple[int, int]]] = []
        self._return_to: tuple[int, int] | None = None
        self._reload = _timer(self, RELOAD_MS, self._start)
        self._keeping = _timer(self, KEEP_MS, self._keep)
        session.opening.connect(self._open)
        session.failed.connect(self._detach)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        browsing.filter_changed.connect(self._filter_changed)
        browsing.overview_shown.connect(self._show_overview)
        self.finding.more_found.connect(self._look_again)
        page.threshold.moved.connect(self._threshold_moved)
        page.threshold.settled.connect(self._list)
        page.exclusions.changed.connect(self._exclude)
        page.groups.shown_changed.connect(self._list)
        page.groups.text_changed.connect(self._list)
        page.groups.model.cards_wanted.connect(self._read_cards)
        page.keys.undo_wanted.connect(self._undo)
        page.keys.open_wanted.connect(self._open_products)
        page.keys.merge_wanted.connect(self._merge_group)
        page.review.mode_changed.connect(self._keeping.start)
        self.reviewing.moved.connect(self._keeping.start)

    @property
    def board(self) -> Board | None:
        """What is reviewed."""
        return self._board

    @property
    def threshold(self) -> float:
        return self._page.threshold.threshold

    @Slot(bool)
    def set_front(self, is_front: bool) -> None:
        """Whether the workspace is in front: what became stale meanwhile is loaded then."""
        self._is_front = is_front
        if is_front and self._is_stale:
            self._start()

    # The catalogue

    @Slot()
    def _open(self) -> None:
        self._page.show_state(PageState.OPENING)

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        reviewer, keeper = self._session.reviewer, self._session.keeper
        assert reviewer is not None and keeper is not None
        reviewer.started.connect(self._take_start)
        reviewer.board_read.connect(self._take_board)
        reviewer.board_changed.connect(self._take_changed_board)
        reviewer.listed.connect(self._show_listing)
        reviewer.cards_read.connect(self._take_cards)
        reviewer.decided.connect(self._remember_decision)
        reviewer.failed.connect(self._show_problem)
        self.reviewing.attach(reviewer)
        self._page.set_read_only(workspace.catalogue.read_only)
        keeper.changed.connect(self._take_changes)
        keeper.undone.connect(self._go_back)
        self._kept = KeptReview()
        self._is_stale = True
        if self._is_front:
            self._start()

    @Slot()
    def _detach(self) -> None:
        for timer in (self._reload, self._keeping):
            timer.stop()
        self._board = None
        self._is_stale = True
        self._decisions.clear()
        self._return_to = None
        self._page.groups.model.set_listing(None)
        self._page.busy.stop()
        self._page.problem.clear()
        self._page.find_bar.show_nothing()
        self.reviewing.clear()
        self._page.show_state(PageState.NO_CATALOGUE)

    @Slot()
    def _start(self) -> None:
        """Look at how far things are, and load what there is to review."""
        reviewer = self._session.reviewer
        if reviewer is None or not self._is_front:
            self._is_stale = True
            return
        self._is_stale = False
        self._page.busy.start()
        if self._board is None:
            self._page.show_state(
                PageState.FINDING if self.finding.is_finding else PageState.LOADING
            )
        reviewer.start()

    @Slot(object)
    def _take_start(self, start: ReviewStart) -> None:
        page, reviewer = self._page, self._session.reviewer
        if reviewer is None:
            return
        if self._board is None:
            self._kept = KeptReview.from_json(start.kept)
            page.exclusions.set_exclusions(self._kept.exclusions)
            page.groups.set_shown(self._kept.shown)
            page.review.set_mode(self._kept.mode)
        compared = page.find_bar.show_compared(start.compared, start.pictures)
        if start.pictures == 0:
            self._show_nothing(PageState.NO_PICTURES)
        elif compared is Compared.NOTHING:
            self._show_nothing(
                PageState.FINDING if self.finding.is_finding else PageState.NOT_COMPARED
            )
        else:
            reviewer.read_board(page.exclusions.exclusions)

    def _or_finding(self, state: PageState) -> PageState:
        return PageState.FINDING if self.finding.is_finding else state

    def _show_nothing(self, state: PageState) -> None:
        self._page.busy.stop()
        self._page.find_bar.set_can_resolve(False)
        self._page.find_bar.set_can_report(False)
        self._page.show_state(state)

    @Slot(object)
    def _take_board(self, board: Board) -> None:
        is_first, self._board = self._board is None, board
        # A first board may hold few pairs: what is wanted must outlive its narrow bounds.
        self._page.threshold.set_bounds(board.bounds, self._kept.threshold if is_first else None)
        if not len(board.pairs):
            self._show_nothing(self._or_finding(PageState.NO_PAIRS))
            self._page.groups.model.set_listing(None)
            return
        self._show_worth(self.threshold)
        self._list()

    @Slot(object)
    def _take_changed_board(self, board: Board) -> None:
        listing = self._page.groups.model.listing
        if self._board is None or board.pairs.product_a is not self._board.pairs.product_a:
            return
        self._board = board
        if listing is not None and listing.board.pairs.product_a is board.pairs.product_a:
            self._page.groups.model.take_verdicts(board.pairs.verdicts)
            self.reviewing.refresh()
        self._show_worth(self.threshold)

    # Lists

    @Slot(float)
    def _threshold_moved(self, threshold: float) -> None:
        """While the slider is dragged: the figures at once, the list when it rests."""
        self._show_worth(threshold)

    def _show_worth(self, threshold: float) -> None:
        if self._board is not None:
            count, precision = self._board.count_at(threshold), self._board.precision_at(threshold)
            self._page.threshold.show_worth(count, precision)

    @Slot()
    def _list(self, _changed: object = None) -> None:
        reviewer = self._session.reviewer
        if reviewer is not None and self._board is not None:
            self._page.busy.start()
            reviewer.list_groups(self._board, self._query())
            self._keeping.start()

    def _query(self) -> GroupQuery:
        scope, words = self._browsing.filter, self._page.groups.text
        if words:
            scope = replace(scope, text=f"{scope.text} {words}".strip())
        return GroupQuery(self.threshold, self._page.groups.shown, scope)

    @Slot(object)
    def _show_listing(self, listing: GroupListing) -> None:
        page = self._page
        if self._board is None:
            return
        page.busy.stop()
        pair_row = self._wanted_row(listing.board)
        page.show_state(PageState.REVIEW)
        page.groups.show_listing(listing)
        if listing.board is not self._board:
            page.groups.model.take_verdicts(self._board.pairs.verdicts)
        page.show_group_or_words(
            listing.query.shown, is_filtered=not listing.query.filter.is_empty, total=listing.total
        )
        keeper = self._session.keeper
        page.find_bar.set_can_report(True)
        page.find_bar.set_can_resolve(keeper is not None)
        self.reviewing.begin(pair_row)

    def _wanted_row(self, board: Board) -> int:
        """The pair to go to: that of a verdict just taken back, the one on view, or the one
        on view when the catalogue was left."""
        ends = self._return_to or self.reviewing.products or self._kept.products
        self._return_to = None
        if ends is None:
            return -1
        pairs = board.pairs
        found = np.flatnonzero((pairs.product_a == ends[0]) & (pairs.product_b == ends[1]))
        return int(found[0]) if len(found) else -1

    @Slot(object)
    def _filter_changed(self, _filter: ProductFilter) -> None:
        if self._is_front:
            self._list()
        else:
            self._is_stale = True

    @Slot(object)
    def _exclude(self, exclusions: Exclusions) -> None:
        if (reviewer := self._session.reviewer) is not None and self._board is not None:
            self._page.busy.start()
            reviewer.read_board(exclusions)

    @Slot(object)
    def _read_cards(self, product_ids: tuple[int, ...]) -> None:
        if (reviewer := self._session.reviewer) is not None:
            reviewer.read_cards(product_ids)

    @Slot(object)
    def _take_cards(self, cards: list[ProductCard]) -> None:
        self._page.groups.model.receive_cards(cards)
        self.reviewing.refresh()

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        self._page.exclusions.set_columns(overview.columns)
        self._page.review.set_extra_columns(overview.columns)

    # Changes

    @Slot(object)
    def _take_changes(self, changes: ChangeSet) -> None:
        reviewer = self._session.reviewer
        if reviewer is None or changes == ChangeSet() or reviewer.is_own(changes):
            return
        self._page.groups.model.invalidate(changes.product_ids or None)
        self._is_stale = True
        self._reload.start()

    @Slot(object)
    def _remember_decision(self, decision: Decision) -> None:
        self._decisions.append((decision.changes.label, decision.products))

    @Slot(object)
    def _go_back(self, changes: ChangeSet) -> None:
        """To the pair of the verdict that was taken back."""
        if self._decisions and self._decisions[-1][0] == changes.label:
            self._return_to = self._decisions.pop()[1]

    @Slot()
    def _undo(self) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.undo()

    @Slot(object)
    def _show_problem(self, error: UserFacingError) -> None:
        self._page.busy.stop()
        self._page.problem.show_error(error)
        if self._page.state is PageState.LOADING:
            self._show_nothing(PageState.PROBLEM)

    @Slot()
    def _look_again(self) -> None:
        """Pictures were read or compared: there may be more."""
        self._is_stale = True
        self._reload.start()

    # The rest

    @Slot()
    def _open_products(self) -> None:
        row = self._page.groups.current_row
        if row >= 0:
            ids = np.array(self._page.groups.model.group(row).product_ids, np.int64)
            self.products_wanted.emit(self.tr("Likely duplicates"), ids)

    @Slot()
    def _merge_group(self) -> None:
        row = self._page.groups.current_row
        if row >= 0:
            self.merge_wanted.emit(self._page.groups.model.group(row).product_ids)

    @Slot()
    def _keep(self) -> None:
        reviewer = self._session.reviewer
        if reviewer is None or self._board is None:
            return
        kept = KeptReview(
            self._page.threshold.wanted,
            self._page.groups.shown,
            self._page.exclusions.exclusions,
            self._page.review.mode,
            self.reviewing.products,
        )
        if kept != self._kept:
            self._kept = kept
            reviewer.keep(kept.to_json())


def _timer(parent: QObject, interval_ms: int, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
