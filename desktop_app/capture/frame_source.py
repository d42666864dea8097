"""The port through which frames come, whatever makes them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop_app.domain.camera_settings import CameraAbilities, CameraSettings
from desktop_app.domain.images import RgbArray


class FrameStatus(StrEnum):
    """STARTING also while a lost connection is sought again; STOPPED also after a video's end."""

    STOPPED = "stopped"
    STARTING = "starting"
    LIVE = "live"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FrameState:
    """What a source is doing; ``what`` and ``remedy`` are for the user, empty where it is plain."""

    status: FrameStatus
    what: str = ""
    remedy: str = ""


STOPPED = FrameState(FrameStatus.STOPPED)
STARTING = FrameState(FrameStatus.STARTING)
LIVE = FrameState(FrameStatus.LIVE)


class FrameOutlet:
    """Where one run of a source leaves its frames, from any thread.

    Holds one frame: a newer one replaces it. ``wake`` is called when a frame is left where
    none was waiting. Once shut, nothing goes in or comes out.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._frame: RgbArray | None = None
        self._shut = False

    def put(self, frame: RgbArray) -> None:
        """Leave a frame."""
        with self._lock:
            if self._shut:
                return
            was_empty = self._frame is None
            self._frame = frame
        if was_empty:
            self._wake()

    def take(self) -> RgbArray | None:
        """The newest frame, once; None where there is none."""
        with self._lock:
            frame, self._frame = self._frame, None
        return frame

    def shut(self) -> None:
        """Forget the waiting frame and refuse others."""
        with self._lock:
            self._shut = True
            self._frame = None


class FrameSource(QObject):
    """Something that shows frames while it is started. Lives in the GUI thread.

    Signals: ``frame_ready`` (RgbArray, never more than one waiting to be delivered),
    ``state_changed`` (FrameState), ``abilities_changed``. A source may be started again after
    it stopped; whoever opened it calls :meth:`close` before dropping it.
    """

    frame_ready = Signal(object)
    state_changed = Signal(object)
    abilities_changed = Signal()
    _frame_waiting = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._state = STOPPED
        self._outlet = FrameOutlet(self._frame_waiting.emit)
        self._outlet.shut()
        self._frame_waiting.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def name(self) -> str:
        """How the source is called in the list a person chooses from."""
        return self._name

    @property
    def state(self) -> FrameState:
        return self._state

    @property
    def abilities(self) -> CameraAbilities | None:
        """What can be set; None where nothing can, or it is not known before the start."""
        return None

    def use(self, settings: CameraSettings) -> None:
        """Look as ``settings`` say, from now on; what cannot be set is passed over."""

    def start(self) -> None:
        """Begin to show frames; what comes of it is told by ``state_changed``."""
        raise NotImplementedError

    def stop(self) -> None:
        """Show no more frames; none is delivered after this returns."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop, and wait until no thread of this source runs."""
        self.stop()

    def _open_outlet(self) -> FrameOutlet:
        """A fresh outlet for a new run; frames of earlier runs are lost."""
        self._outlet.shut()
        self._outlet = FrameOutlet(self._frame_waiting.emit)
        return self._outlet

    def _shut_outlet(self) -> None:
        self._outlet.shut()

    def _set_state(self, state: FrameState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot()
    def _deliver(self) -> None:
        frame = self._outlet.take()
        if frame is not None:
            self.frame_ready.emit(frame)
