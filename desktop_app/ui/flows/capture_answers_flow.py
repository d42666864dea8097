"""What the station answers, and what a person decides on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.domain.capturing import Burst, CaptureAnswer, CaptureRecord, Decision, Outcome
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.products import ProductCard, ProductFields
from desktop_app.domain.search import Hit
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.ui.capture.answer_pane import AnswerPane, AnswerState
from desktop_app.workers.capturing import AnswerPictures, Proposal
from desktop_app.workers.session import Session


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is to stand in the log. ``pieces`` as in CaptureRecord."""

    decision: Decision
    product_id: int | None = None
    pieces: int = 0


@dataclass(slots=True, eq=False)
class _Case:
    """One answer on its way to a decision. ``record_id`` is None until the log has it;
    ``written`` is what the log has, or will have by what was asked for."""

    answer: CaptureAnswer
    pictures: AnswerPictures
    verdict: _Verdict
    written: _Verdict
    record_id: int | None = None
    is_enrolling: bool = False


class CaptureAnswersFlow(QObject):
    """Looks bursts up, shows the answers, and carries out what is decided on them.

    Signals: ``looking`` (whether a burst is being looked up), ``answered`` (Outcome),
    ``left`` when the station is free for the next product, ``logged`` (CaptureRecord) for every
    record that is new or changed, ``product_wanted`` (product id) to see all of a product,
    ``failed`` (UserFacingError).
    """

    looking = Signal(bool)
    answered = Signal(object)
    left = Signal()
    logged = Signal(object)
    product_wanted = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        pane: AnswerPane,
        feed: CameraFeed,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pane = pane
        self._feed = feed
        self._case: _Case | None = None
        self._asked: Burst | None = None
        self._deferred: Burst | None = None
        self._counts = False
        self._is_read_only = False
        self._is_empty = False
        self._is_automatic = True
        self._product_id: int | None = None
        self._wanted_content: int | None = None
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        pane.chosen.connect(self.choose)
        pane.wrong_wanted.connect(self.reject)
        pane.left.connect(self.leave)
        pane.enrol_wanted.connect(self._enrol)
        pane.pieces_wanted.connect(self.add_pieces)
        pane.product_wanted.connect(self._open_product)

    @property
    def is_looking(self) -> bool:
        """Whether a burst is being looked up."""
        return self._asked is not None

    def set_counting(self, counts: bool) -> None:
        """Whether every product that is found counts as a piece of a stock-take."""
        self._counts = counts
        if not counts:
            self._pane.found.show_pieces(None)

    def set_catalogue_empty(self, is_empty: bool) -> None:
        """Whether there is nothing to be found."""
        self._is_empty = is_empty
        self._tell_waiting()

    def set_automatic(self, is_automatic: bool) -> None:
        """Whether pictures are taken by themselves."""
        self._is_automatic = is_automatic
        self._tell_waiting()

    @Slot(object)
    def take(self, burst: Burst) -> None:
        """Look a burst up. While a form is filled in, what the camera sees by itself waits."""
        capturer = self._session.capturer
        if capturer is None:
            return
        if self._pane.state is AnswerState.ENROLLING and burst.was_automatic:
            self._deferred = burst
            return
        self._deferred = None
        self._asked = burst
        self.looking.emit(True)
        capturer.answer(burst)

    @Slot()
    def forget_deferred(self) -> None:
        """What waits is not before the camera any more."""
        self._deferred = None

    @Slot(int)
    def choose(self, place: int) -> None:
        """It is that candidate, counted from 0."""
        case = self._case
        if case is None or place >= len(case.answer.candidates):
            return
        hit = case.answer.candidates[place]
        is_first = place == 0 and case.answer.outcome is Outcome.FOUND
        decision = Decision.ACCEPTED if is_first else Decision.CHOSEN
        self._decide(_Verdict(decision, hit.product_id, self._pieces()))
        self._product_id = hit.product_id
        self._pane.show_found(case.answer, case.pictures.cards, case.pictures.shots[0], place=place)
        self._show_pieces()
        self._want_picture(hit)
        self.answered.emit(Outcome.FOUND)

    @Slot()
    def reject(self) -> None:
        """It is none of what is shown: offer the others, else a form."""
        case = self._case
        if case is None:
            return
        was_found = self._pane.state is AnswerState.FOUND
        self._decide(_Verdict(Decision.REJECTED))
        self._product_id = None
        if was_found and len(case.answer.candidates) > 1:
            self._pane.show_candidates(
                case.answer, case.pictures.cards, word=self.tr("Then one of these?")
            )
            self.answered.emit(Outcome.PERHAPS)
        else:
            self._offer_to_enrol(case)

    @Slot()
    def leave(self) -> None:
        """Done with the answer, whatever was decided."""
        self._product_id = None
        self._pane.show_waiting(*self._waiting_words())
        self.left.emit()
        if (burst := self._deferred) is not None:
            self.take(burst)

    @Slot(int)
    def add_pieces(self, more: int) -> None:
        """Count so many more pieces of the product shown; not below none."""
        case = self._case
        if case is None or not self._counts or self._pane.state is not AnswerState.FOUND:
            return
        pieces = max(0, case.verdict.pieces + more)
        self._decide(replace(case.verdict, pieces=pieces))
        self._show_pieces()

    # The catalogue

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        session = self._session
        capturer, keeper, browser = session.capturer, session.keeper, session.browser
        assert capturer is not None and keeper is not None and browser is not None
        browser.content_read.connect(self._show_picture)
        self._is_read_only = workspace.catalogue.read_only
        capturer.answered.connect(self._show)
        capturer.answer_failed.connect(self._fail)
        capturer.proposed.connect(self._show_form)
        capturer.recorded.connect(self._recorded)
        capturer.decided.connect(self.logged)
        capturer.enrolled.connect(self._enrolled)
        capturer.enrol_failed.connect(self._enrol_failed)
        capturer.failed.connect(self.failed)
        keeper.undone.connect(self._undone)
        self._pane.show_waiting(*self._waiting_words())

    @Slot()
    def _detach(self) -> None:
        self._case = self._asked = self._deferred = self._product_id = None
        self.looking.emit(False)
        self._pane.show_waiting("", "")

    def _tell_waiting(self) -> None:
        if self._pane.state is AnswerState.WAITING and self._session.capturer is not None:
            self._pane.show_waiting(*self._waiting_words())

    def _waiting_words(self) -> tuple[str, str]:
        if self._is_empty and not self._is_read_only:
            return (
                self.tr("This catalogue has no products yet"),
                self.tr("Hold one before the camera: it becomes the first."),
            )
        if not self._is_automatic:
            return (
                self.tr("Hold a product before the camera"),
                self.tr("Space, or any other key, takes the picture, and it is looked up."),
            )
        return (
            self.tr("Hold a product before the camera"),
            self.tr(
                "It is looked up as soon as it is held still. Space, or any other key, takes "
                "the picture at once."
            ),
        )

    # Answers

    @Slot(object, object)
    def _show(self, answer: CaptureAnswer, pictures: AnswerPictures) -> None:
        if answer.burst is not self._asked or self._session.capturer is None:
            return
        self._asked = None
        self.looking.emit(False)
        pane = self._pane
        is_found = answer.outcome is Outcome.FOUND and answer.product_id in pictures.cards
        verdict = _Verdict(Decision.LEFT)
        if is_found:
            verdict = _Verdict(Decision.ACCEPTED, answer.product_id, int(self._counts))
        case = self._case = _Case(answer, pictures, verdict, verdict)
        self._product_id = verdict.product_id
        current = self._feed.current
        self._session.capturer.record(
            answer,
            verdict.decision,
            product_id=verdict.product_id,
            pieces=verdict.pieces,
            source=current.name if current is not None else "",
        )
        if is_found:
            pane.show_found(answer, pictures.cards, pictures.shots[0])
            self._show_pieces()
            self._want_picture(answer.candidates[0])
        elif answer.outcome is Outcome.PERHAPS and answer.candidates:
            pane.show_candidates(answer, pictures.cards)
        else:
            self._offer_to_enrol(case)
        self.answered.emit(answer.outcome)

    def _want_picture(self, hit: Hit) -> None:
        """A larger one than the thumbnail."""
        self._wanted_content = hit.content_id if hit.views else None
        if self._wanted_content is not None and self._session.browser is not None:
            self._session.browser.read_content(self._wanted_content)

    @Slot(object, QImage)
    def _show_picture(self, content_id: int, image: QImage) -> None:
        if content_id == self._wanted_content and self._pane.state is AnswerState.FOUND:
            self._pane.found.picture.show_image(image)

    @Slot(object, object)
    def _fail(self, burst: Burst, error: UserFacingError) -> None:
        if burst is self._asked:
            self._asked = None
            self.looking.emit(False)
            self.failed.emit(error)

    def _offer_to_enrol(self, case: _Case) -> None:
        if self._is_read_only:
            self._pane.show_unknown(
                self.tr("This catalogue can only be read, so nothing can be enrolled in it.")
            )
        elif self._session.capturer is not None:
            self._pane.show_unknown("")
            self._session.capturer.propose(case.answer)

    @Slot(object)
    def _show_form(self, proposal: Proposal) -> None:
        case = self._case
        is_awaited = self._pane.state is AnswerState.UNKNOWN and not self.is_looking
        if case is not None and proposal.answer is case.answer and is_awaited:
            self._pane.show_form(proposal, case.pictures.shots)

    # Decisions

    def _pieces(self) -> int:
        """Of a product that is decided on just now."""
        if not self._counts or self._case is None:
            return 0
        return max(1, self._case.verdict.pieces)

    def _show_pieces(self) -> None:
        pieces = self._case.verdict.pieces if self._case is not None and self._counts else None
        self._pane.found.show_pieces(pieces)

    def _decide(self, verdict: _Verdict) -> None:
        case = self._case
        if case is not None and verdict != case.verdict:
            case.verdict = verdict
            self._write(case)

    def _write(self, case: _Case) -> None:
        """Have the log say what was decided, once it has the record."""
        capturer = self._session.capturer
        if capturer is None or case.record_id is None or case.written == case.verdict:
            return
        verdict = case.written = case.verdict
        capturer.decide(
            case.record_id,
            verdict.decision,
            product_id=verdict.product_id,
            pieces=verdict.pieces,
        )

    @Slot(object, object)
    def _recorded(self, answer: CaptureAnswer, record: CaptureRecord) -> None:
        self.logged.emit(record)
        case = self._case
        if case is not None and answer is case.answer:
            case.record_id = record.id
            self._write(case)

    # Enrolling

    @Slot(object)
    def _enrol(self, fields: ProductFields) -> None:
        if self._case is not None and self._session.capturer is not None:
            self._case.is_enrolling = True
            self._pane.form.set_busy(True)
            self._session.capturer.enrol(self._case.answer, fields)

    @Slot(object, object)
    def _enrolled(self, answer: CaptureAnswer, card: ProductCard) -> None:
        case = self._case
        if case is None or answer is not case.answer:
            return
        case.is_enrolling = False
        self._decide(_Verdict(Decision.ENROLLED, card.id, self._pieces()))
        if self._pane.state is not AnswerState.ENROLLING:
            return
        self._product_id = card.id
        self._wanted_content = None
        self._pane.show_enrolled(card, case.pictures.shots[0])
        self._show_pieces()
        self.answered.emit(Outcome.FOUND)
        self.left.emit()
        if (burst := self._deferred) is not None:
            self.take(burst)

    @Slot(object)
    def _enrol_failed(self, answer: CaptureAnswer) -> None:
        if self._case is not None and answer is self._case.answer:
            self._case.is_enrolling = False
            self._pane.form.set_busy(False)

    @Slot(object)
    def _undone(self, changes: ChangeSet) -> None:
        case = self._case
        if case is None or case.verdict.decision is not Decision.ENROLLED:
            return
        if case.verdict.product_id in changes.product_ids:
            self._decide(_Verdict(Decision.LEFT))
            self._product_id = None
            if self._pane.state is AnswerState.FOUND and not self.is_looking:
                self._offer_to_enrol(case)

    @Slot()
    def _open_product(self) -> None:
        if self._product_id is not None:
            self.product_wanted.emit(self._product_id)
