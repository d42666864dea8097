"""The capture station's work on one catalogue: pictures are looked up in the search lane, and
what comes of it is written in the index lane."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.domain.capturing import Burst, CaptureAnswer, CaptureRecord, Decision, Shot
from desktop_app.domain.products import ProductCard, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.capture.recognising import crop_of
from desktop_app.services.query_pictures import view_of
from desktop_app.services.workspace import Workspace
from desktop_app.workers.browsing import card_with_view
from desktop_app.workers.images import to_qimage
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Job, Lane

SHOT_SIDE = 640


@dataclass(frozen=True, slots=True, eq=False)
class AnswerPictures:
    """What an answer is shown with: ``cards`` of its candidates by product id, each with the
    picture that matched, and the ``shots`` of its burst, cropped to the object."""

    cards: dict[int, ProductCard]
    shots: tuple[QImage, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What the form for a new product begins with."""

    answer: CaptureAnswer
    fields: ProductFields
    categories: tuple[str, ...]


class Capturer(QObject):
    """Looks bursts up in one catalogue, keeps the log and enrols.

    Signals: ``answered`` (CaptureAnswer, AnswerPictures);
    ``answer_failed`` (Burst, UserFacingError); ``proposed`` (Proposal); ``recorded``
    (CaptureAnswer, CaptureRecord) when an answer was put into the log; ``decided``
    (CaptureRecord) when a record of it changed; ``enrolled`` (CaptureAnswer, ProductCard of the
    new product, without a picture yet);
    ``enrol_failed`` (CaptureAnswer), after the keeper told why; ``failed`` (UserFacingError).
    """

    answered = Signal(object, object)
    answer_failed = Signal(object, object)
    proposed = Signal(object)
    recorded = Signal(object, object)
    decided = Signal(object)
    enrolled = Signal(object, object)
    enrol_failed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        keeper: Keeper,
        *,
        searching: Lane,
        browsing: Lane,
        writing: Lane,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._service = workspace.capturing
        self._clock = clock
        self._keeper = keeper
        self._searching = searching
        self._browsing = browsing
        self._writing = writing
        self._ahead: tuple[Shot, Job] | None = None

    @Slot(object)
    def look_ahead(self, shot: Shot | None) -> None:
        """Search with a view of an object whose burst is still to come, so that its answer comes
        sooner; None: none is to come. Nothing is told of it, not even that it failed."""
        self._give_up_ahead()
        if shot is not None:
            work = partial(self._service.look_ahead, shot)
            self._ahead = shot, self._searching.call(work)

    def answer(self, burst: Burst) -> None:
        """Ask for ``answered`` or ``answer_failed``; a newer burst takes the place of one that
        is still looked up."""
        if self._ahead is not None and self._ahead[0] is burst.ahead:
            # What was begun with it goes on: the answer waits for that.
            self._ahead = None
        self._give_up_ahead()
        began = self._clock()

        def work(token: CancelToken) -> tuple[CaptureAnswer, AnswerPictures]:
            answer = self._service.answer(burst, token)
            pictures = AnswerPictures(self._cards(answer), _images(burst))
            return replace(answer, looked_ms=(self._clock() - began) * 1e3), pictures

        self._searching.call(
            work,
            key="capture",
            on_done=lambda found: self.answered.emit(*found),
            on_failed=lambda error: self.answer_failed.emit(burst, error),
        )

    def propose(self, answer: CaptureAnswer) -> None:
        """Ask for ``proposed``: what is known of a new product before anybody types."""

        def work(_token: CancelToken) -> Proposal:
            facets = self._workspace.catalogue.products.facets("category")
            names = tuple(str(facet.value) for facet in facets if facet.value)
            return Proposal(answer, self._service.prefill(answer), names)

        self._browsing.call(
            work, key="propose", on_done=self.proposed.emit, on_failed=self.failed.emit
        )

    def record(
        self,
        answer: CaptureAnswer,
        decision: Decision,
        *,
        product_id: int | None = None,
        pieces: int = 0,
        source: str = "",
    ) -> None:
        """Put an answer into the log; ``recorded`` follows. Does nothing where nothing may be
        written."""
        if self._workspace.catalogue.read_only:
            return

        def work(_token: CancelToken) -> CaptureRecord:
            return self._service.record(
                answer, decision, product_id=product_id, pieces=pieces, source=source
            )

        self._writing.call(
            work,
            on_done=lambda record: self.recorded.emit(answer, record),
            on_failed=self.failed.emit,
        )

    def decide(
        self,
        record_id: int,
        decision: Decision,
        *,
        product_id: int | None = None,
        pieces: int = 0,
    ) -> None:
        """Change what was decided on a record; ``decided`` follows, unless it is gone."""

        def work(_token: CancelToken) -> CaptureRecord | None:
            try:
                return self._service.decide(
                    record_id, decision, product_id=product_id, pieces=pieces
                )
            except KeyError:
                return None

        def done(record: CaptureRecord | None) -> None:
            if record is not None:
                self.decided.emit(record)

        self._writing.call(work, on_done=done, on_failed=self.failed.emit)

    def enrol(self, answer: CaptureAnswer, fields: ProductFields) -> None:
        """Add the product that the answer's burst shows; ``enrolled`` or ``enrol_failed``
        follows. Undoable."""

        def then(changes: ChangeSet | None) -> None:
            if changes is None or not changes.product_ids:
                self.enrol_failed.emit(answer)
                return
            card = ProductCard(
                min(changes.product_ids),
                fields.sku.strip(),
                title=fields.title,
                brand=fields.brand,
                price=fields.price,
                currency=fields.currency,
                size=fields.size,
            )
            self.enrolled.emit(answer, card)

        self._keeper.edit(lambda: self._service.enrol(answer.burst, fields), then=then)

    def _give_up_ahead(self) -> None:
        if self._ahead is not None:
            (_, job), self._ahead = self._ahead, None
            self._searching.cancel(job)

    def _cards(self, answer: CaptureAnswer) -> dict[int, ProductCard]:
        """Of the candidates, each with the picture that matched on it."""
        catalogue = self._workspace.catalogue
        best = {hit.product_id: hit.content_id for hit in answer.candidates if hit.views}
        ids = [hit.product_id for hit in answer.candidates]
        return {
            card.id: card_with_view(card, best.get(card.id), catalogue)
            for card in catalogue.products.cards(ids)
        }


def _images(burst: Burst) -> tuple[QImage, ...]:
    shown = []
    for shot in burst.shots:
        picture = QueryPicture("", rgb=shot.rgb, crop=crop_of(shot))
        image = to_qimage(view_of(shot.rgb, picture))
        if max(image.width(), image.height()) > SHOT_SIDE:
            image = image.scaled(
                QSize(SHOT_SIDE, SHOT_SIDE),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        shown.append(image)
    return tuple(shown)
