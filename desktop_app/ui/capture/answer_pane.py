"""What the product before the camera turned out to be, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.capturing import CaptureAnswer, Outcome
from desktop_app.domain.products import ProductCard
from desktop_app.ui.capture.candidates_view import CandidatesView
from desktop_app.ui.capture.enrol_form import EnrolForm
from desktop_app.ui.capture.found_view import FoundView
from desktop_app.ui.capture.lettering import Letter, Lettering
from desktop_app.ui.capture.outcome_strip import OutcomeStrip
from desktop_app.ui.capture.words import reasons, trust_words
from desktop_app.ui.product_text import score_explanation
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.capturing import Proposal
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


class AnswerState(Enum):
    """What the pane shows."""

    WAITING = "waiting"
    FOUND = "found"
    CHOOSING = "choosing"
    UNKNOWN = "unknown"
    ENROLLING = "enrolling"


class AnswerPane(QWidget):
    """Shows one answer at a time.

    Signals: ``chosen`` (place of a candidate, from 0), ``wrong_wanted`` where the answer is
    none of what is shown, ``enrol_wanted`` (ProductFields), ``left`` when a person is done with
    the answer, ``pieces_wanted`` (one more or one less), ``product_wanted`` to see all of the
    product shown, ``state_changed`` (AnswerState).
    """

    chosen = Signal(int)
    wrong_wanted = Signal()
    enrol_wanted = Signal(object)
    left = Signal()
    pieces_wanted = Signal(int)
    product_wanted = Signal()
    state_changed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        lettering: Lettering,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._state = AnswerState.WAITING
        self.strip = OutcomeStrip(theme, lettering)
        self.found = FoundView(theme, thumbnails, lettering)
        self.candidates = CandidatesView(theme, thumbnails, lettering)
        self.form = EnrolForm(theme, thumbnails, lettering)
        self.found.wrong_wanted.connect(self.wrong_wanted)
        self.found.other_wanted.connect(self._choose_other)
        self.found.pieces_wanted.connect(self.pieces_wanted)
        self.found.product_wanted.connect(self.product_wanted)
        self.candidates.chosen.connect(self.chosen)
        self.candidates.none_wanted.connect(self.wrong_wanted)
        self.form.enrol_wanted.connect(self.enrol_wanted)
        self.form.left.connect(self.left)
        self._waiting = _Words(lettering)
        self._stack = QStackedWidget()
        parts: tuple[QWidget, ...] = (self.found, self.candidates)
        self._areas = {part: _scrolling(part) for part in parts}
        for part in (self._waiting, *self._areas.values(), self.form):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.M)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)
        self.show_waiting("", "")

    @property
    def state(self) -> AnswerState:
        return self._state

    @property
    def waiting_words(self) -> str:
        """What is told while there is no answer."""
        return self._waiting.title

    def show_waiting(self, title: str, text: str) -> None:
        """There is no answer: say how to get one."""
        self._waiting.say(title, text)
        self.strip.clear()
        self._show(AnswerState.WAITING, self._waiting)

    def show_found(
        self,
        answer: CaptureAnswer,
        cards: Mapping[int, ProductCard],
        shot: QImage,
        *,
        place: int = 0,
    ) -> None:
        """The product is known: that candidate of the answer, the first unless a person chose
        another."""
        hit = answer.candidates[place]
        card = cards[hit.product_id]
        is_chosen = place > 0 or answer.outcome is not Outcome.FOUND
        is_by_code = answer.exact == hit.product_id
        self.strip.show_outcome(
            Outcome.FOUND,
            word=self.tr("Chosen") if is_chosen else "",
            confidence=None if is_by_code or is_chosen else hit.score,
            tip=score_explanation(hit.score, hit.evidence),
        )
        self.found.show_product(
            card,
            shot,
            reasons=() if is_chosen else reasons(answer),
            trust="" if is_chosen or is_by_code else trust_words(answer.thresholds),
        )
        if answer.disagrees and place == 0 and len(answer.candidates) > 1:
            self.found.show_other(cards[answer.candidates[1].product_id])
        self._show(AnswerState.FOUND, self.found)

    def show_enrolled(self, card: ProductCard, shot: QImage) -> None:
        """The product is in the catalogue now."""
        self.strip.show_outcome(Outcome.FOUND, word=self.tr("Enrolled"))
        self.found.show_product(card, shot, reasons=(), can_be_wrong=False)
        self.found.picture.show_image(shot)
        self.found.shot.hide()
        self._show(AnswerState.FOUND, self.found)

    def show_candidates(
        self, answer: CaptureAnswer, cards: Mapping[int, ProductCard], *, word: str = ""
    ) -> None:
        """A person chooses."""
        self.strip.show_outcome(Outcome.PERHAPS, word=word)
        self.candidates.show_candidates(
            [(cards[hit.product_id], hit.score) for hit in answer.candidates]
        )
        self._show(AnswerState.CHOOSING, self.candidates)

    def show_unknown(self, text: str) -> None:
        """The product is not in the catalogue, and nothing can be done about it here."""
        self.strip.show_outcome(Outcome.NOT_FOUND)
        self._waiting.say("", text)
        self._show(AnswerState.UNKNOWN, self._waiting)

    def show_form(self, proposal: Proposal, shots: Sequence[QImage]) -> None:
        """The product can be enrolled."""
        self.strip.show_outcome(Outcome.NOT_FOUND, word=self.tr("Not found: enrol it?"))
        self.form.show_proposal(proposal.fields, proposal.categories, shots)
        self._show(AnswerState.ENROLLING, self.form)
        self.form.focus()

    def _show(self, state: AnswerState, part: QWidget) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
        self._stack.setCurrentWidget(self._areas.get(part, part))

    def _choose_other(self) -> None:
        self.chosen.emit(1)


class _Words(QWidget):
    """A few lines in the middle."""

    def __init__(self, lettering: Lettering) -> None:
        super().__init__()
        self._title = lettering.label(Letter.TITLE, is_strong=True)
        self._text = lettering.label(Letter.TEXT, role="muted")
        column = QVBoxLayout(self)
        column.setSpacing(Space.S)
        column.addStretch(2)
        labels: tuple[QLabel, ...] = (self._title, self._text)
        for label in labels:
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addStretch(3)

    @property
    def title(self) -> str:
        return self._title.text()

    def say(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)


def _scrolling(part: QWidget) -> QScrollArea:
    """Large letters may need more room than there is."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(part)
    return area
