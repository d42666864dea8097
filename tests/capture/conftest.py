"""Cameras that are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QObject

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.capture.cameras import (
    CameraDirectory,
    CameraInfo,
    NoCamera,
    Permission,
    explain_no_camera,
)
from desktop_app.capture.frame_source import LIVE, STARTING, STOPPED, FrameSource
from desktop_app.domain.camera_settings import CameraAbilities, CameraSettings
from desktop_app.domain.errors import CameraUnavailable
from desktop_app.domain.images import RgbArray


def plain_frame(value: int, *, width: int = 8, height: int = 6) -> RgbArray:
    return np.full((height, width, 3), value, np.uint8)


class FakeSource(FrameSource):
    """Shows what the test pushes."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.starts = 0
        self.closed = False
        self.used: list[CameraSettings] = []
        self.able: CameraAbilities | None = None

    @property
    def abilities(self) -> CameraAbilities | None:
        return self.able

    def use(self, settings: CameraSettings) -> None:
        self.used.append(settings)

    def start(self) -> None:
        self.starts += 1
        self._set_state(STARTING)

    def stop(self) -> None:
        self._set_state(STOPPED)

    def close(self) -> None:
        self.closed = True
        self.stop()

    def push(self, frame: RgbArray) -> None:
        self._set_state(LIVE)
        self.frame_ready.emit(frame)


class FakeDirectory(CameraDirectory):
    """Cameras the test plugs in and pulls out."""

    def __init__(self, *cameras: CameraInfo, permission: Permission = Permission.GRANTED) -> None:
        super().__init__()
        self.present = list(cameras)
        self.granted = permission
        self.opened: dict[str, FakeSource] = {}
        self.requests = 0

    def cameras(self) -> tuple[CameraInfo, ...]:
        return tuple(self.present)

    def open(self, camera: CameraInfo) -> FrameSource:
        if all(camera.key != each.key for each in self.present):
            raise CameraUnavailable(f"{camera.name} is not connected.")
        self.opened[camera.key] = FakeSource(camera.name)
        return self.opened[camera.key]

    def permission(self) -> Permission:
        return self.granted

    def request_permission(self) -> None:
        self.requests += 1

    def explain_absence(self) -> NoCamera:
        return explain_no_camera("linux", self.granted, ())

    def plug(self, camera: CameraInfo) -> None:
        self.present.append(camera)
        self.changed.emit()

    def unplug(self, camera: CameraInfo) -> None:
        self.present.remove(camera)
        self.changed.emit()

    def answer(self, permission: Permission) -> None:
        self.granted = permission
        self.permission_changed.emit(permission)


@pytest.fixture
def make_feed(qapp: QObject) -> Iterator[Callable[[FakeDirectory], CameraFeed]]:
    feeds: list[CameraFeed] = []

    def make(directory: FakeDirectory) -> CameraFeed:
        feed = CameraFeed(
            lambda: directory,
            open_stream=lambda place: FakeSource(str(place)),
            open_folder=lambda place: FakeSource(place.name),
        )
        feeds.append(feed)
        return feed

    yield make
    for feed in feeds:
        feed.close()
