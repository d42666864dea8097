"""Reviewing likely duplicates: boards and lists in the search lane, cards and pictures in the
browse lane, verdicts in the index lane."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_app.domain.duplicates import Exclusions, Verdict
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import CHANNELS, Orientation
from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.board import Board
from desktop_app.services.pair_details import PairDetails
from desktop_app.services.query_pictures import load_query_picture
from desktop_app.services.workspace import Workspace
from desktop_app.workers.aligning import Laid, lay
from desktop_app.workers.images import to_qimage
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Lane
from desktop_app.workers.review_lists import GroupListing, GroupQuery, list_groups

REVIEW_SETTING = "duplicates_review"
PICTURE_SIDE = 2048
REMEMBERED_CHANGES = 64

_FULL_SCORE = tuple(1.0 if channel in ("copy", "look") else float("nan") for channel in CHANNELS)
"""What the channels say of one file shown by two products."""


@dataclass(frozen=True, slots=True)
class ReviewStart:
    """Where a review stands when a catalogue is opened: how many pictures were compared of how
    many there are, and what was kept of the last review (JSON, '' for nothing)."""

    compared: int
    pictures: int
    kept: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict given, None where one was taken back; ``products`` are those of the first pair
    it was given on."""

    products: tuple[int, int]
    verdict: Verdict | None
    changes: ChangeSet


class Reviewer(QObject):
    """Loads boards, lists their groups, and decides on pairs.

    Signals: ``started`` (ReviewStart); ``board_read`` (Board) when one was loaded, and
    ``board_changed`` (Board) when a verdict changed it, its pairs the same; ``listed``
    (GroupListing); ``decided`` (Decision); ``cards_read`` (list of ProductCard);
    ``picture_read`` (content id, QImage), ``picture_failed`` (content id, UserFacingError);
    ``details_read`` (PairDetails); ``laid`` (PairDetails, Laid); ``failed`` (UserFacingError).
    """

    started = Signal(object)
    board_read = Signal(object)
    board_changed = Signal(object)
    listed = Signal(object)
    decided = Signal(object)
    cards_read = Signal(object)
    picture_read = Signal(object, QImage)
    picture_failed = Signal(object, object)
    details_read = Signal(object)
    laid = Signal(object, object)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        keeper: Keeper,
        *,
        searching: Lane,
        browsing: Lane,
        writing: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._keeper = keeper
        self._searching = searching
        self._browsing = browsing
        self._writing = writing
        self._latest: Board | None = None
        self._exclusions = Exclusions()
        self._pending = 0
        self._decisions = 0
        self._missed_a_verdict = False
        self._own_changes: deque[ChangeSet] = deque(maxlen=REMEMBERED_CHANGES)

    def start(self) -> None:
        """Ask for ``started``; also to count anew."""
        workspace = self._workspace

        def work(_token: CancelToken) -> ReviewStart:
            kept = workspace.catalogue.saved.setting(REVIEW_SETTING)
            return ReviewStart(*workspace.duplicates.count(), kept)

        self._searching.call(
            work, key="review-start", on_done=self.started.emit, on_failed=self.failed.emit
        )

    def read_board(self, exclusions: Exclusions) -> None:
        """Ask for ``board_read``; the newest wins. A board that missed a verdict is read
        again."""
        self._exclusions = exclusions
        before = self._decisions

        def work(_token: CancelToken) -> Board:
            board = self._workspace.duplicates.board(exclusions)
            self._latest = _warmed(board)
            return board

        def done(board: Board) -> None:
            if self._pending:
                self._missed_a_verdict = True
                return
            if self._decisions != before:
                self.read_board(self._exclusions)
                return
            self.board_read.emit(board)

        self._searching.call(work, key="board", on_done=done, on_failed=self.failed.emit)

    def list_groups(self, board: Board, query: GroupQuery) -> None:
        """Ask for ``listed``; the newest wins."""

        def work(_token: CancelToken) -> GroupListing:
            product_ids = None
            if not query.filter.is_empty:
                product_ids = self._workspace.catalogue.products.list_ids(query.filter)
            return list_groups(board, query, product_ids)

        self._searching.call(
            work, key="groups", on_done=self.listed.emit, on_failed=self.failed.emit
        )

    # Verdicts

    def decide(self, board: Board, rows: Sequence[int], verdict: Verdict | None) -> None:
        """Give a verdict on product pairs of a board, or take theirs back with None; ``decided``
        and ``board_changed`` follow, or the keeper's ``failed``. Undoable."""
        chosen, pairs = tuple(rows), board.pairs
        products = int(pairs.product_a[chosen[0]]), int(pairs.product_b[chosen[0]])

        def change() -> ChangeSet:
            changes = self._workspace.duplicates.decide(board, chosen, verdict)
            self._own_changes.append(changes)
            return changes

        def done(changes: ChangeSet | None) -> None:
            self._pending -= 1
            self._decisions += 1
            if changes is not None:
                self.decided.emit(Decision(products, verdict, changes))
            if changes is None or (self._missed_a_verdict and not self._pending):
                self._missed_a_verdict = False
                self.read_board(self._exclusions)
            else:
                self._follow(board, chosen, verdict)

        self._pending += 1
        self._keeper.edit(change, then=done)

    def is_own(self, changes: ChangeSet) -> bool:
        """Whether a change of the catalogue is a verdict given here, which is known already."""
        return any(changes is own for own in self._own_changes)

    def _follow(self, board: Board, rows: tuple[int, ...], verdict: Verdict | None) -> None:
        def work(_token: CancelToken) -> Board | None:
            latest = self._latest
            if latest is None or latest.pairs.product_a is not board.pairs.product_a:
                # Another board was loaded, which knows the verdict or will be read again.
                return None
            self._latest = _warmed(latest.with_verdicts(rows, verdict))
            return self._latest

        def tell(changed: Board | None) -> None:
            if changed is not None:
                self.board_changed.emit(changed)

        self._searching.call(work, on_done=tell, on_failed=self.failed.emit)

    # What is looked at

    def read_cards(self, product_ids: Sequence[int]) -> None:
        """Ask for ``cards_read``."""
        ids = list(product_ids)

        def work(_token: CancelToken) -> list[ProductCard]:
            return self._workspace.catalogue.products.cards(ids)

        self._browsing.call(work, on_done=self.cards_read.emit, on_failed=self.failed.emit)

    def read_picture(self, content_id: int) -> None:
        """Ask for ``picture_read`` or ``picture_failed``: as large as PICTURE_SIDE, from the
        thumbnail where no file is at hand."""
        workspace = self._workspace

        def work(_token: CancelToken) -> QImage:
            image = load_query_picture(
                QueryPicture("", content_id=content_id),
                catalogue=workspace.catalogue,
                reader=workspace.reader,
                max_side=PICTURE_SIDE,
            )
            return to_qimage(image.rgb)

        def fail(error: UserFacingError) -> None:
            self.picture_failed.emit(content_id, error)

        self._browsing.call(
            work, on_done=lambda image: self.picture_read.emit(content_id, image), on_failed=fail
        )

    def explain(self, board: Board, row: int) -> None:
        """Ask for ``details_read`` of a product pair; the newest wins."""
        pairs, found = board.pairs, board.found
        place = int(pairs.rows[row])
        scores = _FULL_SCORE if place < 0 else tuple(found.scores[place].tolist())
        content_a, content_b = int(pairs.content_a[row]), int(pairs.content_b[row])
        orientation = Orientation()
        if place >= 0:
            orientation = ORIENTATIONS[int(found.orientations[place])]
            if int(found.content_a[place]) == content_b:
                orientation = _inverse(orientation)

        def work(token: CancelToken) -> PairDetails:
            return self._workspace.pairs.explain(
                content_a, content_b, scores=scores, orientation=orientation, token=token
            )

        self._searching.call(
            work, key="details", on_done=self.details_read.emit, on_failed=self.failed.emit
        )

    def lay(self, details: PairDetails, first: QImage, second: QImage) -> None:
        """Ask for ``laid``: the first picture on the second; the newest wins."""

        def work(_token: CancelToken) -> Laid:
            return lay(first, second, details)

        self._searching.call(
            work,
            key="lay",
            on_done=lambda laid: self.laid.emit(details, laid),
            on_failed=self.failed.emit,
        )

    def keep(self, review: str) -> None:
        """Remember this of the review in the catalogue."""
        catalogue = self._workspace.catalogue
        if not catalogue.read_only:
            self._writing.call(
                lambda _token: catalogue.saved.set_setting(REVIEW_SETTING, review),
                key="review-kept",
                on_failed=self.failed.emit,
            )


def _warmed(board: Board) -> Board:
    """With what it works out once and for all, so that a slider need not wait for it."""
    board.precision_at(1.0)
    return board


def _inverse(orientation: Orientation) -> Orientation:
    """How the second lies beside the first: a turn after mirroring undoes itself mirrored."""
    if orientation.mirrored:
        return orientation
    return Orientation(False, -orientation.quarter_turns % 4)
