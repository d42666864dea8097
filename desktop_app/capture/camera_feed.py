"""The one source that is shown now: chosen, started when looked at, stopped when not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.capture.cameras import CameraDirectory, CameraInfo, NoCamera, Permission
from desktop_app.capture.frame_source import (
    STARTING,
    STOPPED,
    FrameSource,
    FrameState,
    FrameStatus,
)
from desktop_app.capture.stills import folder_source
from desktop_app.capture.stream import StreamSource, shown_address
from desktop_app.domain.camera_settings import CameraAbilities, CameraSettings
from desktop_app.domain.errors import CameraUnavailable
from desktop_app.domain.images import RgbArray

REMEMBERED_LIMIT = 24
SAVING_PAUSE_MS = 400
"""A slider that is dragged is saved once."""


class FeedKind(StrEnum):
    CAMERA = "camera"
    NETWORK = "network"
    VIDEO_FILE = "video_file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class FeedChoice:
    """Something to look through. ``key`` is the camera's key, the address, or the path; the
    name says nothing about which it is.
    """

    kind: FeedKind
    key: str
    name: str = field(compare=False)


def network_choice(address: str) -> FeedChoice:
    """A network camera by its address."""
    address = address.strip()
    return FeedChoice(FeedKind.NETWORK, address, shown_address(address))


def video_choice(path: Path) -> FeedChoice:
    """A video file."""
    return FeedChoice(FeedKind.VIDEO_FILE, str(path), path.name)


def folder_choice(path: Path) -> FeedChoice:
    """A folder of pictures, shown one after another."""
    return FeedChoice(FeedKind.FOLDER, str(path), path.name)


class CameraFeed(QObject):
    """Runs the chosen source while :meth:`set_running` says so, and follows plugs and unplugs.

    Signals: ``frame_ready`` (RgbArray), ``state_changed`` (FrameState), ``choices_changed``
    (what can be chosen, or what is chosen, became different), ``settings_changed``
    (CameraSettings) of what is chosen, ``abilities_changed``, and ``remembered_changed`` when
    :attr:`remembered` is to be saved. Lives in the GUI thread. The directory is made on first
    use, since that loads the multimedia library. Call :meth:`close` before the application ends.
    """

    frame_ready = Signal(object)
    state_changed = Signal(object)
    choices_changed = Signal()
    settings_changed = Signal(object)
    abilities_changed = Signal()
    remembered_changed = Signal()

    def __init__(
        self,
        make_directory: Callable[[], CameraDirectory],
        *,
        open_stream: Callable[[str | Path], FrameSource] = StreamSource,
        open_folder: Callable[[Path], FrameSource] = folder_source,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_folder = open_folder
        self._remembered: tuple[CameraSettings, ...] = ()
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(SAVING_PAUSE_MS)
        self._saving.timeout.connect(self.remembered_changed)
        self._passing: dict[str, CameraSettings] = {}
        self._make_directory = make_directory
        self._open_stream = open_stream
        self._directory: CameraDirectory | None = None
        self._cameras: tuple[CameraInfo, ...] = ()
        self._added: list[FeedChoice] = []
        self._current: FeedChoice | None = None
        self._sources: dict[FeedChoice, FrameSource] = {}
        self._source: FrameSource | None = None
        self._state = STOPPED
        self._frame: RgbArray | None = None
        self._viewers: set[str] = set()

    @property
    def state(self) -> FrameState:
        return self._state

    @property
    def current(self) -> FeedChoice | None:
        """What is chosen, also while it is not connected."""
        return self._current

    @property
    def newest_frame(self) -> RgbArray | None:
        """The frame now on show; None where none is."""
        return self._frame

    def choices(self) -> tuple[FeedChoice, ...]:
        """Cameras, then the network cameras and files added since the start. What is chosen
        is always among them."""
        cameras = [FeedChoice(FeedKind.CAMERA, each.key, each.name) for each in self._cameras]
        listed = (*cameras, *self._added)
        if self._current is not None and self._current not in listed:
            return (self._current, *listed)
        return listed

    @property
    def settings(self) -> CameraSettings:
        """Of what is chosen; its key is empty where nothing is."""
        choice = self._current
        if choice is None:
            return CameraSettings("")
        if choice.kind is not FeedKind.CAMERA:
            return self._passing.get(choice.key, CameraSettings(choice.key))
        kept = (each for each in self._remembered if each.key == choice.key)
        return next(kept, CameraSettings(choice.key))

    @property
    def abilities(self) -> CameraAbilities | None:
        """What can be set on what is shown now; None where nothing can."""
        return None if self._source is None else self._source.abilities

    @property
    def remembered(self) -> tuple[CameraSettings, ...]:
        """Of every camera that was chosen, the latest first; addresses and files are not kept."""
        return self._remembered

    def remember(self, settings: Sequence[CameraSettings]) -> None:
        """Cameras as they were used before; of those that are there, the first is shown."""
        self._remembered = tuple(settings)

    def change(self, settings: CameraSettings) -> None:
        """Look as ``settings`` say, whose key is that of what is chosen, and remember that."""
        if self._current is None or settings.key != self._current.key or settings == self.settings:
            return
        if self._current.kind is FeedKind.CAMERA:
            self._put_first(settings)
        else:
            self._passing[settings.key] = settings
        if self._source is not None:
            self._source.use(settings)
        self.settings_changed.emit(settings)

    def set_mirrored(self, mirrored: bool) -> None:
        """Show what is chosen as a mirror does."""
        self.change(replace(self.settings, mirrored=mirrored))

    def absence(self) -> NoCamera | None:
        """Why there is nothing to look through; None where there is, or it was not tried."""
        if self._directory is None or self._current is not None:
            return None
        return self._directory.explain_absence()

    def choose(self, choice: FeedChoice) -> None:
        """Look through ``choice`` from now on."""
        if choice.kind is not FeedKind.CAMERA and choice not in self._added:
            self._added.append(choice)
        if choice != self._current:
            self._pause()
            self._current = choice
            if choice.kind is FeedKind.CAMERA:
                self._put_first(self.settings)
            self.choices_changed.emit()
            self.settings_changed.emit(self.settings)
        if self._runs:
            self._resume()

    def set_running(self, runs: bool, *, viewer: str = "") -> None:
        """Start when the picture comes into view, stop when it leaves it. Where several places
        show it, each by its name as ``viewer``, it runs while any of them does."""
        ran = self._runs
        (self._viewers.add if runs else self._viewers.discard)(viewer)
        if self._runs == ran:
            return
        if self._runs:
            self._look_around()
        else:
            self._pause()
            self._set_state(STOPPED)

    def retry(self) -> None:
        """Look for cameras again and start anew."""
        if self._runs:
            self._pause()
            self._look_around()

    def close(self) -> None:
        """Stop and wait for every thread that was started."""
        self._viewers.clear()
        if self._saving.isActive():
            self._saving.stop()
            self.remembered_changed.emit()
        self._pause()
        for source in self._sources.values():
            source.close()
            source.deleteLater()
        self._sources.clear()
        self._set_state(STOPPED)

    @property
    def _runs(self) -> bool:
        return bool(self._viewers)

    def _look_around(self) -> None:
        if self._directory is None:
            self._directory = self._make_directory()
            self._directory.setParent(self)
            self._directory.changed.connect(self._follow_plugs)
            self._directory.permission_changed.connect(self._follow_permission)
        needs_camera = self._current is None or self._current.kind is FeedKind.CAMERA
        if needs_camera and self._directory.permission() is Permission.UNDETERMINED:
            self._set_state(STARTING)
            self._directory.request_permission()
            return
        self._take_stock()
        self._resume()

    def _take_stock(self) -> None:
        assert self._directory is not None
        allowed = self._directory.permission() is not Permission.DENIED
        cameras = self._directory.cameras() if allowed else ()
        changed = cameras != self._cameras
        self._cameras = cameras
        chosen = self._current is None and bool(cameras)
        if chosen:
            first = self._latest(cameras)
            self._current = FeedChoice(FeedKind.CAMERA, first.key, first.name)
        if changed or chosen:
            self.choices_changed.emit()
        if chosen:
            self.settings_changed.emit(self.settings)

    def _latest(self, cameras: Sequence[CameraInfo]) -> CameraInfo:
        """The camera that was chosen last, of those that are there; else the first."""
        by_key = {camera.key: camera for camera in cameras}
        known = (by_key[each.key] for each in self._remembered if each.key in by_key)
        return next(known, cameras[0])

    def _put_first(self, settings: CameraSettings) -> None:
        others = (each for each in self._remembered if each.key != settings.key)
        remembered = (settings, *others)[:REMEMBERED_LIMIT]
        if remembered != self._remembered:
            self._remembered = remembered
            self._saving.start()

    def _resume(self) -> None:
        if self._source is not None and self._source.state.status not in (
            FrameStatus.FAILED,
            FrameStatus.STOPPED,
        ):
            return
        choice = self._current
        if choice is None:
            absence = self.absence()
            assert absence is not None
            self._set_state(FrameState(FrameStatus.FAILED, absence.what, absence.remedy))
            return
        try:
            source = self._sources.get(choice) or self._open(choice)
        except CameraUnavailable as error:
            self._set_state(FrameState(FrameStatus.FAILED, error.what, error.remedy))
            return
        self._sources[choice] = source
        if source is not self._source:
            self._source = source
            source.frame_ready.connect(self._show)
            source.state_changed.connect(self._follow)
            source.abilities_changed.connect(self.abilities_changed)
        source.use(self.settings)
        source.start()
        self._set_state(source.state)
        self.abilities_changed.emit()

    def _open(self, choice: FeedChoice) -> FrameSource:
        if choice.kind is FeedKind.NETWORK:
            return self._open_stream(choice.key)
        if choice.kind is FeedKind.VIDEO_FILE:
            return self._open_stream(Path(choice.key))
        if choice.kind is FeedKind.FOLDER:
            return self._open_folder(Path(choice.key))
        assert self._directory is not None
        return self._directory.open(CameraInfo(choice.key, choice.name))

    def _pause(self) -> None:
        self._frame = None
        if self._source is not None:
            source, self._source = self._source, None
            source.frame_ready.disconnect(self._show)
            source.state_changed.disconnect(self._follow)
            source.abilities_changed.disconnect(self.abilities_changed)
            source.stop()
            self.abilities_changed.emit()

    def _set_state(self, state: FrameState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot(object)
    def _show(self, frame: RgbArray) -> None:
        self._frame = frame
        self.frame_ready.emit(frame)

    @Slot(object)
    def _follow(self, state: FrameState) -> None:
        if state.status is FrameStatus.FAILED:
            self._frame = None
        self._set_state(state)

    @Slot()
    def _follow_plugs(self) -> None:
        assert self._directory is not None
        before = {camera.key for camera in self._cameras}
        self._take_stock()
        now = {camera.key for camera in self._cameras}
        current = self._current
        for choice in [c for c in self._sources if c.kind is FeedKind.CAMERA]:
            if choice.key not in now:
                if choice == current:
                    self._pause()
                gone = self._sources.pop(choice)
                gone.close()
                gone.deleteLater()
        if not self._runs:
            return
        if current is not None and current.kind is FeedKind.CAMERA and current.key in before - now:
            self._set_state(
                FrameState(
                    FrameStatus.FAILED,
                    self.tr("“{}” was unplugged.").format(current.name),
                    self.tr("Plug it in again, or choose another camera."),
                )
            )
        elif self._source is None or self._state.status is FrameStatus.FAILED:
            self._resume()

    @Slot(object)
    def _follow_permission(self, _permission: Permission) -> None:
        if self._runs:
            self._take_stock()
            self._resume()
