"""What happens in the thread that watches the frames of a camera."""

from __future__ import annotations

import logging
import math
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from desktop_app.domain.capture_ports import BarcodeReader, FrameLooker
from desktop_app.domain.capturing import Burst, FrameView, Shot, Stage
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import RgbArray
from desktop_app.services.capture.trigger import Seen, ShotTrigger, TriggerSettings

log = logging.getLogger(__name__)

LOOKS_PER_S = {
    Stage.EMPTY: 15,
    Stage.MOVING: 30,
    Stage.SETTLING: 15,
    Stage.SHOOTING: 10,
    Stage.TAKEN: 10,
}
"""At most. The sooner an object that comes to rest is seen well, the sooner the search begins
with it, which then needs the processor."""
LEARN_FRAMES = 12
"""Frames that the empty stage is learned from, one of each look."""

_AUTOMATIC = TriggerSettings()
_BY_HAND = TriggerSettings(settle_s=math.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """What looks at one stream. ``barcodes`` is None where no codes can be read."""

    looker: FrameLooker
    barcodes: BarcodeReader | None


MakeEyes = Callable[[], Eyes]
"""Called in the watching thread; raises UserFacingError, such as ModelUnavailable."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What one frame of a run came to."""

    run: int
    view: FrameView
    seen: Seen


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A frame of a run, ``at_s`` on the stream's clock."""

    run: int
    frame: RgbArray
    at_s: float


class FrameBox:
    """Holds the newest frame until it is looked at; any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Waiting | None = None

    def put(self, waiting: Waiting) -> bool:
        """Leave a frame in place of the one there; whether none of its run was waiting."""
        with self._lock:
            before, self._waiting = self._waiting, waiting
        return before is None or before.run != waiting.run

    def take(self) -> Waiting | None:
        """The newest frame, once."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        return waiting


class Watch(QObject):
    """Lives in the watching thread.

    Signals: ``looked`` (Looked), ``expected`` (run, Shot or None), ``taken`` (run, Burst),
    ``missed`` (run), ``learned`` (run), ``failed`` (run, UserFacingError).
    """

    looked = Signal(object)
    expected = Signal(int, object)
    taken = Signal(int, object)
    missed = Signal(int)
    learned = Signal(int)
    failed = Signal(int, object)

    def __init__(self, make_eyes: MakeEyes, box: FrameBox) -> None:
        super().__init__()
        self._make_eyes = make_eyes
        self._box = box
        self._eyes: Eyes | None = None
        self._trigger: ShotTrigger | None = None
        self._ahead: Shot | None = None
        self._is_automatic = True
        self._run = 0
        self._failed_run = -1
        self._stage = Stage.EMPTY
        self._learning: list[RgbArray] | None = None
        self._since_last = QElapsedTimer()
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setTimerType(Qt.TimerType.PreciseTimer)
        self._due.timeout.connect(self._look)

    @Slot()
    def wake(self) -> None:
        """A frame is waiting."""
        if not self._due.isActive():
            passed = self._since_last.elapsed() if self._since_last.isValid() else 1000
            self._due.start(max(0, 1000 // LOOKS_PER_S[self._stage] - passed))

    @Slot(int, bool)
    def begin(self, run: int, is_another: bool) -> None:
        """Frames of ``run`` come from now on, of another stream or after a pause."""
        self._run = run
        self._stage = Stage.EMPTY
        self._learning = None
        self._trigger = self._ahead = None
        if is_another and self._eyes is not None:
            self._eyes.looker.reset()

    @Slot()
    def halt(self) -> None:
        """No frames come for now: keep none."""
        self._due.stop()
        self._learning = None
        self._trigger = self._ahead = None

    @Slot(bool)
    def set_automatic(self, is_automatic: bool) -> None:
        """Whether pictures are taken by themselves."""
        if is_automatic != self._is_automatic:
            self._is_automatic = is_automatic
            self._trigger = None

    @Slot(int)
    def shoot(self, run: int) -> None:
        """The newest frame, also where it could not be looked at."""
        if run != self._run:
            return
        if self._look():
            return  # a picture was taken by itself this very moment
        burst = self._trigger.shoot_now() if self._trigger is not None else None
        if burst is None and (waiting := self._box.take()) is not None:
            view = FrameView(None, None, (), sharpness=0.0, lightness=0.0, motion=0.0)
            burst = Burst((Shot(waiting.frame, view, waiting.at_s),), was_automatic=False)
        if burst is None:
            self.missed.emit(run)
        else:
            self.taken.emit(run, burst)

    @Slot()
    def learn(self) -> None:
        """Learn the empty stage from the next frames."""
        self._learning = []

    @Slot()
    def forget_stage(self) -> None:
        """Find objects without a learned background again."""
        self._learning = None
        if self._eyes is not None:
            self._eyes.looker.forget_empty_stage()

    @Slot()
    def _look(self) -> bool:
        """Look at the frame that waits; whether a picture was taken."""
        if self._run == self._failed_run:
            return False
        waiting = self._box.take()
        if waiting is None or waiting.run != self._run:
            return False
        self._since_last.start()
        try:
            return self._look_at(waiting)
        except UserFacingError as error:
            self._fail(waiting, error)
        except Exception as error:
            log.exception("a frame could not be looked at")
            defect = UserFacingError(
                self.tr("What the camera shows could not be looked at."),
                remedy=self.tr("Space still takes pictures. Choose the camera again to retry."),
                details="".join(traceback.format_exception(error)),
            )
            self._fail(waiting, defect)
        return False

    def _look_at(self, waiting: Waiting) -> bool:
        if self._eyes is None:
            self._eyes = self._make_eyes()
        if self._trigger is None:
            settings = _AUTOMATIC if self._is_automatic else _BY_HAND
            self._trigger = ShotTrigger(self._eyes.barcodes, settings)
        view = self._eyes.looker.look(waiting.frame, waiting.at_s)
        seen = self._trigger.see(waiting.frame, view, waiting.at_s)
        self._stage = seen.stage
        if seen.ahead is not self._ahead:
            # First of all: the search can begin.
            self._ahead = seen.ahead
            self.expected.emit(waiting.run, seen.ahead)
        self.looked.emit(Looked(waiting.run, replace(view, barcodes=seen.barcodes), seen))
        if seen.burst is not None:
            self.taken.emit(waiting.run, seen.burst)
        if self._learning is not None:
            self._learning.append(waiting.frame)
            if len(self._learning) >= LEARN_FRAMES:
                frames, self._learning = self._learning, None
                self._eyes.looker.learn_empty_stage(frames)
                self._trigger.reset()
                self.learned.emit(waiting.run)
        return seen.burst is not None

    def _fail(self, waiting: Waiting, error: UserFacingError) -> None:
        """Look no more in this run; what comes can still be taken by hand."""
        self._failed_run = self._run
        self._trigger = None
        self._box.put(waiting)
        self.failed.emit(self._run, error)
