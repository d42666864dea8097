"""The pictures of the pair on view and what speaks for it, fetched ahead where they can be."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage

from desktop_app.domain.errors import UserFacingError
from desktop_app.services.duplicates.board import Board
from desktop_app.services.pair_details import PairDetails
from desktop_app.ui.duplicates.overlay_view import Overlay
from desktop_app.ui.duplicates.review_pane import PairOnView, ReviewPane
from desktop_app.workers.aligning import Laid
from desktop_app.workers.reviewing import Reviewer
from desktop_app.workers.session import Session

KEPT_PICTURES = 10
"""Of up to 16 MB each."""


class PairPictures(QObject):
    """Brings pictures, evidence and overlays to a review pane."""

    def __init__(self, session: Session, pane: ReviewPane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pane = pane
        self._kept: OrderedDict[int, QImage] = OrderedDict()
        self._asked: set[int] = set()
        self._contents: tuple[int, int] | None = None
        self._details: PairDetails | None = None
        self._laid_for: PairDetails | None = None
        pane.mode_changed.connect(self._mode_changed)

    def attach(self, reviewer: Reviewer) -> None:
        """A catalogue was opened."""
        reviewer.picture_read.connect(self._take_picture)
        reviewer.picture_failed.connect(self._picture_failed)
        reviewer.details_read.connect(self._take_details)
        reviewer.laid.connect(self._take_laid)

    def clear(self) -> None:
        """The catalogue was closed."""
        self._kept.clear()
        self._asked.clear()
        self._contents = self._details = self._laid_for = None

    def show_pair(self, board: Board, pair: PairOnView) -> None:
        """Bring what belongs to a pair that has come into view."""
        reviewer = self._session.reviewer
        if reviewer is None:
            return
        ends = (pair.products[pair.first], pair.products[pair.second])
        contents = ends[0].content_id, ends[1].content_id
        if contents != self._contents:
            self._contents = contents
            self._details = self._laid_for = None
            reviewer.explain(board, pair.pair_row)
        for content_id in dict.fromkeys(each.content_id for each in (*ends, *pair.products)):
            if (known := self._kept.get(content_id)) is not None:
                self._kept.move_to_end(content_id)
                self._pane.set_picture(content_id, known)
            else:
                self._ask(content_id)

    def expect(self, board: Board, pair_row: int) -> None:
        """Fetch the pictures of the pair that is likely to come next; -1 for none."""
        if pair_row >= 0:
            self._ask(int(board.pairs.content_a[pair_row]))
            self._ask(int(board.pairs.content_b[pair_row]))

    def _ask(self, content_id: int) -> None:
        reviewer = self._session.reviewer
        if reviewer is None or content_id in self._kept or content_id in self._asked:
            return
        self._asked.add(content_id)
        reviewer.read_picture(content_id)

    @Slot(object, QImage)
    def _take_picture(self, content_id: int, image: QImage) -> None:
        self._asked.discard(content_id)
        self._kept[content_id] = image
        while len(self._kept) > KEPT_PICTURES:
            self._kept.popitem(last=False)
        pair = self._pane.pair
        if pair is not None and content_id in {each.content_id for each in pair.products}:
            self._pane.set_picture(content_id, image)
            self._lay()

    @Slot(object, object)
    def _picture_failed(self, content_id: int, error: UserFacingError) -> None:
        self._asked.discard(content_id)
        self._pane.set_problem(content_id, str(error))

    @Slot(object)
    def _take_details(self, details: PairDetails) -> None:
        if self._contents == (details.content_a, details.content_b):
            self._details = details
            self._pane.show_details(details)
            self._lay()

    @Slot(object)
    def _mode_changed(self, _mode: Overlay | None) -> None:
        self._lay()

    def _lay(self) -> None:
        """Lay the pictures on one another once both are here and somebody wants to see it."""
        details, reviewer = self._details, self._session.reviewer
        if self._pane.mode is None or details is None or reviewer is None:
            return
        first = self._kept.get(details.content_a)
        second = self._kept.get(details.content_b)
        if first is not None and second is not None and self._laid_for is not details:
            self._laid_for = details
            reviewer.lay(details, first, second)

    @Slot(object, object)
    def _take_laid(self, details: PairDetails, laid: Laid) -> None:
        if details is self._details:
            self._pane.show_laid(laid)
