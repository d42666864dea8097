"""The thread that watches the frames of a camera, as the GUI thread sees it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from desktop_app.domain.capturing import Burst, Shot
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import RgbArray
from desktop_app.workers.frame_watching import FrameBox, Looked, MakeEyes, Waiting, Watch


class FrameWatcher(QObject):
    """Looks at the newest frame there is, again and again, while it is started.

    Never more than one frame waits: a newer one takes its place. ``make_eyes`` is called in
    the watching thread when the first frame comes. Lives in the GUI thread; call
    :meth:`close` before the application ends.

    Signals: ``viewed`` (FrameView, with the codes that may be shown), ``stage_changed``
    (Stage, progress of settling in [0, 1]) after every frame, ``expected`` (Shot) when an object
    will probably be taken, of which this is a good view already, and (None) once it will not,
    or was and has left, ``taken`` (Burst), ``missed``
    where a picture was wanted and no frame has come yet, ``stage_learned`` once the empty stage
    is known, ``failed`` (UserFacingError) where frames cannot be looked at: pictures can still
    be taken by hand then.
    """

    viewed = Signal(object)
    stage_changed = Signal(object, float)
    expected = Signal(object)
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
        watch.expected.connect(self._tell_expected, queued)
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
    def _tell_expected(self, run: int, shot: Shot | None) -> None:
        if self._runs and run == self._run:
            self.expected.emit(shot)

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
