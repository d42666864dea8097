"""One pair after another: which is on view, verdicts on it, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.domain.duplicates import Verdict
from desktop_app.services.duplicates.board import Board
from desktop_app.ui.duplicates.page import DuplicatesPage
from desktop_app.ui.duplicates.pair_on_view import pair_on_view
from desktop_app.ui.flows.pair_pictures import PairPictures
from desktop_app.workers.reviewing import Reviewer
from desktop_app.workers.session import Session

MOST_CARDS = 18
"""Cards read of a large group."""


class ReviewFlow(QObject):
    """Shows a pair of the chosen group and takes verdicts on it.

    Signals: ``moved`` when another pair came into view.
    """

    moved = Signal()

    def __init__(
        self, session: Session, page: DuplicatesPage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._pane = page.review
        self._model = page.groups.model
        self._pair_row = -1
        self._pictures = PairPictures(session, page.review, self)
        page.groups.group_chosen.connect(self._show_group)
        self._pane.pair_chosen.connect(self.show_pair)
        self._pane.product_chosen.connect(self._choose_product)
        verdicts, actions = self._pane.verdicts, page.keys
        verdicts.verdict_given.connect(self.decide)
        verdicts.taken_back.connect(self._take_back)
        verdicts.previous_wanted.connect(self._step_back)
        verdicts.next_wanted.connect(self._step_on)
        actions.verdict_given.connect(self.decide)
        actions.group_verdict_given.connect(self._decide_group)
        actions.stepped.connect(self.step)
        actions.group_stepped.connect(self.step_group)
        actions.mode_chosen.connect(self._pane.set_mode)
        actions.product_numbered.connect(self._choose_number)
        page.stepped.connect(self.step)
        page.group_stepped.connect(self.step_group)

    @property
    def pair_row(self) -> int:
        """The pair on view, -1 for none."""
        return self._pair_row

    @property
    def products(self) -> tuple[int, int] | None:
        """The two products of the pair on view."""
        board = self._board()
        if board is None or self._pair_row < 0:
            return None
        pairs = board.pairs
        return int(pairs.product_a[self._pair_row]), int(pairs.product_b[self._pair_row])

    def attach(self, reviewer: Reviewer) -> None:
        """A catalogue was opened."""
        self._pictures.attach(reviewer)

    def clear(self) -> None:
        """Nothing is to be reviewed."""
        self._pair_row = -1
        self._pictures.clear()
        self._pane.clear()

    def begin(self, pair_row: int) -> None:
        """After a listing: go to the group of this pair, else to the first one."""
        model = self._model
        if not model.rowCount():
            self._pair_row = -1
            return
        row = model.row_of_pair(pair_row)
        self._pair_row = pair_row if row >= 0 else -1
        if row < 0:
            row = max(0, model.next_row(-1))
        if self._page.groups.current_row == row:
            self._show_group(row)
        else:
            self._page.groups.choose(row)

    @Slot(object)
    def show_pair(self, pair_row: int) -> None:
        """Show a pair of a listed group."""
        row = self._model.row_of_pair(pair_row)
        if row < 0:
            return
        self._pair_row = pair_row
        if self._page.groups.current_row != row:
            self._page.groups.choose(row)
            return
        self._show()
        self._load()
        self.moved.emit()

    @Slot()
    def refresh(self) -> None:
        """Cards or verdicts came that concern what is on view."""
        if self._pair_row >= 0 and self._model.row_of_pair(self._pair_row) >= 0:
            self._show()

    # Verdicts

    @Slot(object)
    def decide(self, verdict: Verdict) -> None:
        """Say this of the pair on view, and go on to the next that waits."""
        self._decide((self._pair_row,), verdict)
        self._go_on()

    @Slot(object)
    def _decide_group(self, verdict: Verdict) -> None:
        row = self._model.row_of_pair(self._pair_row)
        if row < 0:
            return
        rows = self._model.group(row).pair_rows
        waiting = [each for each in rows if self._model.verdict_of(each) in (None, Verdict.LATER)]
        self._decide(waiting, verdict)
        self._go_on()

    @Slot()
    def _take_back(self) -> None:
        self._decide((self._pair_row,), None)
        self._show()

    def _decide(self, rows: Sequence[int], verdict: Verdict | None) -> None:
        board, reviewer = self._board(), self._session.reviewer
        if board is None or reviewer is None or not rows or min(rows) < 0:
            return
        if not self._pane.verdicts.isEnabled():
            return
        self._model.set_verdict(rows, verdict)
        reviewer.decide(board, rows, verdict)

    def _go_on(self) -> None:
        row = self._model.row_of_pair(self._pair_row)
        if row < 0:
            return
        rows = self._model.group(row).pair_rows
        after = rows.index(self._pair_row) + 1
        for each in (*rows[after:], *rows[:after]):
            if self._model.verdict_of(each) is None:
                self.show_pair(each)
                return
        onward = self._model.next_row(row)
        if onward >= 0 and onward != row:
            self._pair_row = -1
            self._page.groups.choose(onward)
        else:
            self._show()

    # Moving about

    @Slot(int)
    def step(self, by: int) -> None:
        """To the next pair, or the one before, beyond the group too."""
        row = self._page.groups.current_row
        if row < 0:
            return
        rows = self._model.group(row).pair_rows
        place = rows.index(self._pair_row) + by if self._pair_row in rows else 0
        if 0 <= place < len(rows):
            self.show_pair(rows[place])
        elif 0 <= row + by < self._model.rowCount():
            onto = self._model.group(row + by).pair_rows
            self.show_pair(onto[0] if by > 0 else onto[-1])

    @Slot(int)
    def step_group(self, by: int) -> None:
        """To the next group, or the one before."""
        row = self._page.groups.current_row + by
        if 0 <= row < self._model.rowCount():
            self._pair_row = -1
            self._page.groups.choose(row)

    @Slot()
    def _step_on(self) -> None:
        self.step(1)

    @Slot()
    def _step_back(self) -> None:
        self.step(-1)

    @Slot(int)
    def _choose_number(self, number: int) -> None:
        row = self._page.groups.current_row
        if row >= 0 and number <= len(self._model.group(row).product_ids):
            self._choose_product(self._model.group(row).product_ids[number - 1])

    @Slot(object)
    def _choose_product(self, product_id: int) -> None:
        """The pair of this product and one of those on view, the first of them if it can be."""
        ends, board = self.products, self._board()
        if ends is None or board is None or product_id in ends:
            return
        pairs = board.pairs
        rows = self._model.group(self._page.groups.current_row).pair_rows
        by_ends = {
            frozenset((int(pairs.product_a[each]), int(pairs.product_b[each]))): each
            for each in rows
        }
        for end in ends:
            if (found := by_ends.get(frozenset((end, product_id)))) is not None:
                self.show_pair(found)
                return

    @Slot(int)
    def _show_group(self, row: int) -> None:
        group = self._model.group(row)
        if self._pair_row not in group.pair_rows:
            waiting = [e for e in group.pair_rows if self._model.verdict_of(e) is None]
            self._pair_row = (waiting or group.pair_rows)[0]
        self._show()
        self._load()
        self.moved.emit()

    # What is shown

    def _board(self) -> Board | None:
        listing = self._model.listing
        return None if listing is None else listing.board

    def _show(self) -> None:
        board = self._board()
        row = self._model.row_of_pair(self._pair_row)
        if board is not None and row >= 0:
            self._model.want(self._model.group(row).product_ids[:MOST_CARDS])
            self._pane.show_pair(pair_on_view(self._model, board, row, self._pair_row))

    # Pictures and evidence

    def _load(self) -> None:
        """Ask for what belongs to the pair on view, then for the pictures of the next."""
        board, pair = self._board(), self._pane.pair
        if board is not None and pair is not None:
            self._pictures.show_pair(board, pair)
            self._pictures.expect(board, self._next_pair())

    def _next_pair(self) -> int:
        row = self._model.row_of_pair(self._pair_row)
        rows = self._model.group(row).pair_rows
        place = rows.index(self._pair_row) + 1
        if place < len(rows):
            return rows[place]
        onward = self._model.next_row(row)
        return self._model.group(onward).pair_rows[0] if onward >= 0 else -1
