"""The capture station's workers: frames are watched in a thread of their own, pictures are
looked up in the search lane, and what comes of it is written in the index lane."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Qt, QThread, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.domain.capturing import Burst, CaptureAnswer, CaptureRecord, Decision
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import RgbArray
from desktop_app.domain.products import ProductCard, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.capture.recognising import crop_of
from desktop_app.services.query_pictures import view_of
from desktop_app.services.workspace import Workspace
from desktop_app.workers.browsing import card_with_view
from desktop_app.workers.frame_watching import FrameBox, Looked, MakeEyes, Waiting, Watch
from desktop_app.workers.images import to_qimage
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Lane

SHOT_SIDE = 640


class FrameWatcher(QObject):
    """Looks at the newest frame there is, again and again, while it is started.

    Never more than one frame waits: a newer one takes its place. ``make_eyes`` is called in
    the watching thread when the first frame comes. Lives in the GUI thread; call
    :meth:`close` before the application ends.

    Signals: ``viewed`` (FrameView, with the codes that may be shown), ``stage_changed``
    (Stage, progress of settling in [0, 1]) after every frame, ``taken`` (Burst), ``missed``
    where a picture was wanted and no frame has come yet, ``stage_learned`` once the empty stage
    is known, ``failed`` (UserFacingError) where frames cannot be looked at: pictures can still
    be taken by hand then.
    """

    viewed = Signal(object)
    stage_changed = Signal(object, float)
    taken = Signal(object)
    missed = Signal()
    stage_learned = Signal()
    failed = Signal(object)
    _wake = Signal()
    _begin = Signal(int, bool)
    _halt = Signal()
    _shoot = Signal(int)
    _learn = Signal()
    _forget_stage = Signal()
    _set_automatic = Signal(bool)

    def __init__(
        self,
        make_eyes: MakeEyes,
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_eyes = make_eyes
        self._clock = clock
        self._box = FrameBox()
        self._run = 0
        self._runs = False
        self._is_automatic = True
        self._thread: QThread | None = None
        self._watch: Watch | None = None

    @property
    def is_running(self) -> bool:
        """Whether frames are looked at."""
        return self._runs

    @property
    def is_automatic(self) -> bool:
        """Whether pictures are taken by themselves."""
        return self._is_automatic

    def start(self) -> None:
        """Look at what comes from now on."""
        if not self._runs:
            if self._thread is None:
                self._start_thread()
            self._runs = True
            self._begin_run(is_another=False)

    def stop(self) -> None:
        """Look no more; nothing is told after this, and no frame is kept. The empty stage is
        remembered."""
        if self._runs:
            self._runs = False
            self._run += 1
            self._box.take()
            self._halt.emit()

    def reset(self) -> None:
        """Another stream begins; the empty stage is forgotten."""
        self._box.take()
        self._begin_run(is_another=True)

    def close(self) -> None:
        """Stop, and wait for the thread. Must not be started again."""
        self.stop()
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait()
            self._thread = self._watch = None

    @Slot(object)
    def see(self, frame: RgbArray) -> None:
        """The stream's next frame, which nobody may change any more."""
        if self._runs and self._box.put(Waiting(self._run, frame, self._clock())):
            self._wake.emit()

    @Slot()
    def shoot(self) -> None:
        """Take a picture now: ``taken`` or ``missed`` follows."""
        if self._runs:
            self._shoot.emit(self._run)

    @Slot(bool)
    def set_automatic(self, is_automatic: bool) -> None:
        """Whether pictures are taken by themselves."""
        self._is_automatic = is_automatic
        self._set_automatic.emit(is_automatic)

    @Slot()
    def learn_empty_stage(self) -> None:
        """Learn what is there without an object from the next frames; ``stage_learned``
        follows."""
        self._learn.emit()

    @Slot()
    def forget_empty_stage(self) -> None:
        """Find objects without a learned background again."""
        self._forget_stage.emit()

    def _start_thread(self) -> None:
        self._thread = QThread()
        self._thread.setObjectName("watching frames")
        self._watch = watch = Watch(self._make_eyes, self._box)
        watch.set_automatic(self._is_automatic)
        watch.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._wake.connect(watch.wake, queued)
        self._begin.connect(watch.begin, queued)
        self._halt.connect(watch.halt, queued)
        self._shoot.connect(watch.shoot, queued)
        self._learn.connect(watch.learn, queued)
        self._forget_stage.connect(watch.forget_stage, queued)
        self._set_automatic.connect(watch.set_automatic, queued)
        watch.looked.connect(self._tell_look, queued)
        watch.taken.connect(self._tell_taken, queued)
        watch.missed.connect(self._tell_missed, queued)
        watch.learned.connect(self._tell_learned, queued)
        watch.failed.connect(self._tell_failure, queued)
        # Timers are stopped in the thread they belong to.
        self._thread.finished.connect(watch.halt, Qt.ConnectionType.DirectConnection)
        self._thread.start()

    def _begin_run(self, *, is_another: bool) -> None:
        self._run += 1
        self._begin.emit(self._run, is_another)

    @Slot(object)
    def _tell_look(self, looked: Looked) -> None:
        if self._runs and looked.run == self._run:
            self.viewed.emit(looked.view)
            self.stage_changed.emit(looked.seen.stage, looked.seen.progress)

    @Slot(int, object)
    def _tell_taken(self, run: int, burst: Burst) -> None:
        if self._runs and run == self._run:
            self.taken.emit(burst)

    @Slot(int)
    def _tell_missed(self, run: int) -> None:
        if self._runs and run == self._run:
            self.missed.emit()

    @Slot(int)
    def _tell_learned(self, run: int) -> None:
        if run == self._run:
            self.stage_learned.emit()

    @Slot(int, object)
    def _tell_failure(self, run: int, error: UserFacingError) -> None:
        if self._runs and run == self._run:
            self.failed.emit(error)


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
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._service = workspace.capturing
        self._keeper = keeper
        self._searching = searching
        self._browsing = browsing
        self._writing = writing

    def answer(self, burst: Burst) -> None:
        """Ask for ``answered`` or ``answer_failed``; a newer burst takes the place of one that
        is still looked up."""

        def work(token: CancelToken) -> tuple[CaptureAnswer, AnswerPictures]:
            answer = self._service.answer(burst, token)
            return answer, AnswerPictures(self._cards(answer), _images(burst))

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
