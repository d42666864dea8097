"""A lane: one QThread that does jobs one after another and answers in the GUI thread.

Two sorts of job share a lane. A *call* is short (milliseconds): a search, an edit, a page of
cards. A *run* is long and comes as a generator: an import, an indexing pass. Between two steps
of a run the waiting calls go first, so that an edit never waits for an indexing pass to end;
and a run of higher rank waits while there is one of lower.
"""

from __future__ import annotations

import itertools
import logging
import os
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Cancelled, CancelToken

log = logging.getLogger(__name__)

Call = Callable[[CancelToken], Any]
Run = Callable[[CancelToken], Iterator[Any]]
Receiver = Callable[[Any], None]


class _Kind(Enum):
    STEP = "step"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True, eq=False)
class Job:
    """A submitted job, as its submitter holds it.

    ``key`` groups jobs of which only the newest matters. A run that is ``paused`` keeps its
    place and is not stepped; one of higher ``rank`` is stepped while none of lower rank can be.
    """

    number: int
    key: str
    call: Call | None
    run: Run | None
    rank: int = 0
    token: CancelToken = field(default_factory=CancelToken)
    paused: bool = False
    steps: Iterator[Any] | None = None

    def cancel(self) -> None:
        """Ask the job to end; its ``on_cancelled`` follows unless it was already done."""
        self.token.cancel()


@dataclass(frozen=True, slots=True, eq=False)
class _Receivers:
    done: Receiver | None
    step: Receiver | None
    failed: Receiver | None
    cancelled: Callable[[], None] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Message:
    job: Job
    kind: _Kind
    value: Any = None


class _Worker(QObject):
    """Lives in the lane's thread. Signals: ``message`` (_Message)."""

    message = Signal(object)

    def __init__(self, niceness: int) -> None:
        super().__init__()
        self._niceness = niceness
        self._lock = threading.Lock()
        self._calls: deque[Job] = deque()
        self._runs: deque[Job] = deque()
        self._current: Job | None = None
        self._closing = False

    def put(self, job: Job, *, replace: bool) -> list[Job]:
        """Queue a job from any thread; returns the superseded jobs that never started."""
        with self._lock:
            if self._closing:
                return [job]
            dropped: list[Job] = []
            queue = self._calls if job.call is not None else self._runs
            if replace and job.key:
                dropped = [other for other in queue if other.key == job.key and not other.steps]
                for other in dropped:
                    queue.remove(other)
                for other in (*queue, *([self._current] if self._current else [])):
                    if other.key == job.key:
                        other.token.cancel()
            queue.append(job)
            return dropped

    def cancel_all(self, *, closing: bool = False) -> None:
        """From any thread: cancel what is queued and what runs; ``closing`` takes nothing more."""
        with self._lock:
            self._closing = self._closing or closing
            jobs = (*self._calls, *self._runs, *([self._current] if self._current else []))
        for job in jobs:
            job.token.cancel()

    def _take(self) -> Job | None:
        with self._lock:
            self._current = None
            if self._calls:
                self._current = self._calls.popleft()
            else:
                runnable = [run for run in self._runs if not run.paused or run.token.is_cancelled]
                self._current = min(runnable, key=lambda run: run.rank, default=None)
            return self._current

    def _forget(self, job: Job) -> None:
        with self._lock:
            if job in self._runs:
                self._runs.remove(job)

    @Slot()
    def set_priority(self) -> None:
        """Let the GUI thread go first; threads started from here inherit it on Linux."""
        if self._niceness and hasattr(os, "setpriority"):
            try:
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
            except OSError:
                log.debug("the thread's priority stays as it is", exc_info=True)

    @Slot()
    def drain(self) -> None:
        """Do what is queued, one call or one step at a time."""
        while (job := self._take()) is not None:
            self._advance(job)

    def _advance(self, job: Job) -> None:
        try:
            if job.token.is_cancelled:
                raise Cancelled
            if job.call is not None:
                self.message.emit(_Message(job, _Kind.DONE, job.call(job.token)))
                return
            assert job.run is not None
            if job.steps is None:
                job.steps = job.run(job.token)
            value = next(job.steps, _END)
            if value is _END:
                self._end(job, _Message(job, _Kind.DONE))
            else:
                self.message.emit(_Message(job, _Kind.STEP, value))
        except Cancelled:
            self._end(job, _Message(job, _Kind.CANCELLED))
        except UserFacingError as error:
            self._end(job, _Message(job, _Kind.FAILED, error))
        except Exception as error:
            log.exception("a job of the lane failed")
            defect = UserFacingError(
                "Something went wrong inside Twinshelf.",
                remedy="The work so far is kept. Details can be copied for a report.",
                details="".join(traceback.format_exception(error)),
            )
            self._end(job, _Message(job, _Kind.FAILED, defect))

    def _end(self, job: Job, message: _Message) -> None:
        self._forget(job)
        close = getattr(job.steps, "close", None)
        if close is not None:
            try:
                close()
            except Exception:
                log.exception("a run could not be closed")
        self.message.emit(message)


_END = object()


class Lane(QObject):
    """A thread of its own behind a queue; used from the GUI thread, where it lives.

    Receivers are called in the GUI thread, also when they are lambdas. ``niceness`` lowers
    the thread's scheduling priority where the system supports it.
    """

    _wake = Signal()
    _started = Signal()

    def __init__(self, name: str, *, niceness: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._receivers: dict[int, _Receivers] = {}
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _Worker(niceness)
        self._worker.moveToThread(self._thread)
        self._worker.message.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._wake.connect(self._worker.drain, Qt.ConnectionType.QueuedConnection)
        self._started.connect(self._worker.set_priority, Qt.ConnectionType.QueuedConnection)
        self._thread.start()
        self._started.emit()
        self._closed = False

    def call(
        self,
        work: Call,
        *,
        on_done: Receiver | None = None,
        on_failed: Receiver | None = None,
        on_cancelled: Callable[[], None] | None = None,
        key: str = "",
    ) -> Job:
        """Queue a short job. With a ``key``, earlier jobs of that key are cancelled.

        ``work`` takes a CancelToken and runs in the lane; ``on_failed`` gets a
        UserFacingError.
        """
        job = Job(next(self._numbers), key, work, None)
        self._submit(job, _Receivers(on_done, None, on_failed, on_cancelled), replace=True)
        return job

    def run(
        self,
        work: Run,
        *,
        on_step: Receiver | None = None,
        on_done: Receiver | None = None,
        on_failed: Receiver | None = None,
        on_cancelled: Callable[[], None] | None = None,
        rank: int = 0,
    ) -> Job:
        """Queue a long job whose generator is stepped in the lane, in order of submission; one
        of higher ``rank`` while there is none of lower.

        ``on_done`` is called with None after the last step.
        """
        job = Job(next(self._numbers), "", None, work, rank)
        self._submit(job, _Receivers(on_done, on_step, on_failed, on_cancelled), replace=False)
        return job

    def pause(self, job: Job) -> None:
        """Stop stepping a run after the step in hand; calls go on."""
        job.paused = True

    def resume(self, job: Job) -> None:
        """Step a paused run again."""
        job.paused = False
        self._wake.emit()

    def cancel(self, job: Job) -> None:
        """Cancel a job, paused or not."""
        job.cancel()
        self._wake.emit()

    def cancel_all(self) -> None:
        """Cancel everything queued or running; their receivers hear nothing more."""
        self._receivers.clear()
        self._worker.cancel_all()
        self._wake.emit()

    def close(self) -> None:
        """Cancel what is queued, let the step in hand end, and join the thread."""
        if self._closed:
            return
        self._closed = True
        self._receivers.clear()
        self._worker.cancel_all(closing=True)
        self._wake.emit()
        self._thread.quit()
        self._thread.wait()
        # Also runs what was queued while the event loop was leaving: generators get closed.
        self._worker.drain()

    def _submit(self, job: Job, receivers: _Receivers, *, replace: bool) -> None:
        self._receivers[job.number] = receivers
        for dropped in self._worker.put(job, replace=replace):
            self._answer(_Message(dropped, _Kind.CANCELLED))
        self._wake.emit()

    @Slot(object)
    def _deliver(self, message: _Message) -> None:
        self._answer(message)

    def _answer(self, message: _Message) -> None:
        if message.kind is _Kind.STEP:
            receivers = self._receivers.get(message.job.number)
            if receivers is not None and receivers.step is not None:
                receivers.step(message.value)
            return
        receivers = self._receivers.pop(message.job.number, None)
        if receivers is None:
            return
        if message.kind is _Kind.CANCELLED:
            if receivers.cancelled is not None:
                receivers.cancelled()
            return
        receiver = receivers.done if message.kind is _Kind.DONE else receivers.failed
        if receiver is not None:
            receiver(message.value)
