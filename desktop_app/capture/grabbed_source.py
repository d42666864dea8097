"""Sources whose frames are fetched one by one: a loop in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from desktop_app.capture.frame_source import (
    LIVE,
    STARTING,
    STOPPED,
    FrameOutlet,
    FrameSource,
    FrameState,
    FrameStatus,
)
from desktop_app.domain.errors import CameraUnavailable, UserFacingError
from desktop_app.domain.images import RgbArray

log = logging.getLogger(__name__)

STOP_PATIENCE_MS = 150


class Grabber(Protocol):
    """Fetches frames; used by one thread, from open to close."""

    def open(self) -> None:
        """Raises CameraUnavailable."""
        ...

    def grab(self) -> RgbArray | None:
        """The next frame, waiting for it where need be; None at the end. Raises
        CameraUnavailable where the connection is lost, UnreadableImage for a bad frame."""
        ...

    @property
    def interval_s(self) -> float:
        """Seconds from one frame to the next; 0 to take them as they come."""
        ...

    def close(self) -> None:
        """Also after a failed open."""
        ...


class _Loop(QObject):
    """Runs a grabber in its thread. Signals: ``state_changed`` (FrameState)."""

    state_changed = Signal(object)

    def __init__(
        self,
        make_grabber: Callable[[], Grabber],
        outlet: FrameOutlet,
        retry_delays_s: tuple[float, ...],
    ) -> None:
        super().__init__()
        self._make_grabber = make_grabber
        self._outlet = outlet
        self._delays_s = retry_delays_s
        self._stop = threading.Event()

    def ask_to_stop(self) -> None:
        """From any thread."""
        self._stop.set()

    @Slot()
    def run(self) -> None:
        try:
            self._run()
        except Exception:
            log.exception("a frame source failed")
            self.state_changed.emit(
                FrameState(FrameStatus.FAILED, self.tr("The frames could not be read."))
            )
        finally:
            thread = self.thread()
            if thread is not None:
                thread.quit()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            grabber = self._make_grabber()
            try:
                grabber.open()
                if self._grab_all(grabber):
                    failures = 0
                    raise CameraUnavailable(self.tr("The connection was lost."))
                self.state_changed.emit(
                    FrameState(FrameStatus.STOPPED, self.tr("That was the last frame."))
                )
                return
            except UserFacingError as error:
                if self._stop.is_set():
                    return
                if failures >= len(self._delays_s):
                    self.state_changed.emit(
                        FrameState(FrameStatus.FAILED, error.what, error.remedy)
                    )
                    return
                self.state_changed.emit(
                    FrameState(FrameStatus.STARTING, error.what, self.tr("Trying again…"))
                )
            finally:
                grabber.close()
            self._stop.wait(self._delays_s[failures])
            failures += 1

    def _grab_all(self, grabber: Grabber) -> bool:
        """Pass frames on until the end (False), or until the connection is lost after at
        least one frame (True)."""
        seen = 0
        due = time.monotonic()
        while not self._stop.is_set():
            try:
                frame = grabber.grab()
            except CameraUnavailable:
                if seen:
                    return True
                raise
            if frame is None:
                return False
            self._outlet.put(frame)
            if not seen:
                self.state_changed.emit(LIVE)
            seen += 1
            due = max(due + grabber.interval_s, time.monotonic())
            self._stop.wait(max(0.0, due - time.monotonic()))
        return False


class GrabbedSource(FrameSource):
    """Runs a :class:`Grabber` in a QThread.

    After a failure it tries again after each of ``retry_delays_s``, counted anew once frames
    came. :meth:`stop` does not wait for a network that does not answer; :meth:`close` does.
    """

    def __init__(
        self,
        name: str,
        make_grabber: Callable[[], Grabber],
        *,
        retry_delays_s: tuple[float, ...] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(name, parent)
        self._make_grabber = make_grabber
        self._retry_delays_s = retry_delays_s
        self._loop: _Loop | None = None
        self._runs: list[tuple[QThread, _Loop]] = []

    def start(self) -> None:
        if self._loop is not None:
            return
        self._forget_ended_runs()
        self._set_state(STARTING)
        thread = QThread()
        thread.setObjectName(f"frames of {self.name}")
        loop = _Loop(self._make_grabber, self._open_outlet(), self._retry_delays_s)
        loop.moveToThread(thread)
        loop.state_changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)
        thread.started.connect(loop.run)
        self._loop = loop
        self._runs.append((thread, loop))
        thread.start()

    def stop(self) -> None:
        self._shut_outlet()
        self._retire()
        for thread, _ in self._runs:
            thread.wait(STOP_PATIENCE_MS)
        self._forget_ended_runs()
        self._set_state(STOPPED)

    def close(self) -> None:
        self._shut_outlet()
        self._retire()
        for thread, _ in self._runs:
            thread.wait()
        self._runs.clear()
        self._set_state(STOPPED)

    def _retire(self) -> None:
        if self._loop is not None:
            self._loop.ask_to_stop()
            self._loop.state_changed.disconnect(self._follow)
            self._loop = None

    def _forget_ended_runs(self) -> None:
        self._runs = [(thread, loop) for thread, loop in self._runs if not thread.isFinished()]

    @Slot(object)
    def _follow(self, state: FrameState) -> None:
        # A message may have been on its way when its run was retired.
        if self._loop is None or self.sender() is not self._loop:
            return
        if state.status in (FrameStatus.STOPPED, FrameStatus.FAILED):
            self._retire()
        self._set_state(state)
