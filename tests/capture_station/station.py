"""The whole way of a frame, without a camera: the video sink that a camera would fill, the feed,
the watching thread with the real eyes, and the session's lanes with the real engines.

The stream's clock is the video's. A frame is pushed once the one before was looked at, so that
nothing depends on how fast this machine is.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame
from pytestqt.qtbot import QtBot

from desktop_app import paths
from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.capture.cameras import (
    CameraDirectory,
    CameraInfo,
    NoCamera,
    Permission,
    explain_no_camera,
)
from desktop_app.capture.frame_source import FrameSource
from desktop_app.capture.qt_camera import VideoSinkSource
from desktop_app.domain.capturing import Burst, CaptureAnswer, FrameView
from desktop_app.domain.errors import CameraUnavailable
from desktop_app.domain.images import RgbArray
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.infra.rendering.capture_video import CaptureFrame
from desktop_app.infra.vision.live.looker import LiveFrameLooker
from desktop_app.services.workspace import Workspace
from desktop_app.workers.capturing import AnswerPictures
from desktop_app.workers.frame_watcher import FrameWatcher
from desktop_app.workers.frame_watching import Eyes, MakeEyes
from desktop_app.workers.images import to_qimage
from desktop_app.workers.session import OpenRequest, Session

DEMO = paths.resources_dir() / "demo"
PROPS = DEMO / "capture"
COUNTER = CameraInfo("counter", "Counter camera", is_default=True)
PATIENCE_MS = 60_000
FRAMES_PER_S = 10.0

Wait = Callable[[Callable[[], bool]], None]
"""Lets Qt work until something holds; fails where that takes too long."""


def patient(qtbot: QtBot) -> Wait:
    """For tests on busy machines."""
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE_MS)


class SinkDirectory(CameraDirectory):
    """One camera whose frames come from whoever fills its sink; it can be pulled out."""

    def __init__(self) -> None:
        super().__init__()
        self.is_plugged = True
        self.source: VideoSinkSource | None = None

    def cameras(self) -> tuple[CameraInfo, ...]:
        return (COUNTER,) if self.is_plugged else ()

    def open(self, camera: CameraInfo) -> FrameSource:
        if not self.is_plugged:
            raise CameraUnavailable(f"{camera.name} is not connected.")
        self.source = VideoSinkSource(camera.name, frames_per_s=1000)
        return self.source

    def permission(self) -> Permission:
        return Permission.GRANTED

    def request_permission(self) -> None:
        """Granted already."""

    def explain_absence(self) -> NoCamera:
        return explain_no_camera("linux", Permission.GRANTED, ())

    def unplug(self) -> None:
        self.is_plugged, self.source = False, None
        self.changed.emit()

    def plug(self) -> None:
        self.is_plugged = True
        self.changed.emit()


class Counter(QObject):
    """A camera's feed and the thread that watches it. ``bursts`` are those taken by themselves,
    with the number of the frame that completed each."""

    def __init__(self, wait: Wait, make_eyes: MakeEyes) -> None:
        super().__init__()
        self.until = wait
        self._now_s = 0.0
        self._shown = -1
        self.directory = SinkDirectory()
        self.feed = CameraFeed(lambda: self.directory)
        self.watcher = FrameWatcher(make_eyes, clock=lambda: self._now_s)
        self.views: list[FrameView] = []
        self.looks = 0
        self.bursts: list[tuple[int, Burst]] = []
        self.feed.frame_ready.connect(self.watcher.see)
        self.watcher.viewed.connect(self._viewed)
        self.watcher.taken.connect(self._taken)
        self.feed.set_running(True)
        self.watcher.start()

    def push(self, frame: QVideoFrame, at_s: float, *, number: int = -1) -> None:
        """A frame where a camera would put it, at that time of the stream."""
        assert self.directory.source is not None
        self._now_s, self._shown = at_s, number
        self.directory.source.sink.setVideoFrame(frame)

    def show(self, rgb: RgbArray, at_s: float, *, number: int = -1) -> None:
        """Push a frame, and wait until it was looked at."""
        before = self.looks
        self.push(video_frame(rgb), at_s, number=number)
        self.until(lambda: self.looks > before)

    def close(self) -> None:
        self.watcher.close()
        self.feed.close()

    @Slot(object)
    def _viewed(self, view: FrameView) -> None:
        self.looks += 1
        self.views = [view]

    @Slot(object)
    def _taken(self, burst: Burst) -> None:
        self.bursts.append((self._shown, burst))


class Station:
    """A counter, and a catalogue in which its bursts are looked up. ``answers`` are in the order
    of the counter's bursts."""

    def __init__(
        self, wait: Wait, engines: Engines, catalogue: Path, make_eyes: MakeEyes | None = None
    ) -> None:
        self._engines = engines
        self.session = Session(self._open)
        self.session.open(OpenRequest(catalogue))
        wait(lambda: self.session.capturer is not None)
        assert self.session.workspace is not None and self.session.capturer is not None
        self.workspace = self.session.workspace
        self.capturer = self.session.capturer
        self.counter = Counter(wait, make_eyes or (lambda: timeless_eyes(engines)))
        self.answers: list[CaptureAnswer] = []
        self.capturer.answered.connect(self._note)
        self.counter.watcher.expected.connect(self.capturer.look_ahead)
        self.counter.watcher.taken.connect(self.capturer.answer)

    def play(self, frames: Iterable[CaptureFrame]) -> None:
        """Show frame after frame; a burst is answered before the next frame comes."""
        for number, frame in enumerate(frames):
            self.counter.show(frame.rgb, frame.at_s, number=number)
            self.counter.until(lambda: len(self.answers) == len(self.counter.bursts))

    def sku(self, product_id: int | None) -> str:
        """'' for none."""
        if product_id is None:
            return ""
        return self.workspace.catalogue.products.get(product_id).fields.sku

    def close(self) -> None:
        self.counter.close()
        self.session.shut_down()

    def _open(self, request: OpenRequest) -> Workspace:
        return self._engines.workspace(request.folder)

    def _note(self, answer: CaptureAnswer, _pictures: AnswerPictures) -> None:
        self.answers.append(answer)


def timeless_eyes(engines: Engines) -> Eyes:
    """The real ones, to which their work seems to take no time: what they see is the same on
    every machine."""
    looker = LiveFrameLooker(engines.masker(threads=1), clock=lambda: 0.0)
    return Eyes(looker, engines.barcode_reader)


def video_frame(rgb: RgbArray) -> QVideoFrame:
    """As a camera gives it."""
    return QVideoFrame(to_qimage(np.ascontiguousarray(rgb)).convertToFormat(RGB32))


RGB32 = QImage.Format.Format_RGB32


def write_list(folder: Path, skus: Sequence[str]) -> Path:
    """The demo list with these products only, its pictures where they are."""
    with (DEMO / "products.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or ()
        rows = [row for row in reader if row["SKU"] in skus]
    for row in rows:
        row["Picture"] = ";".join(str(DEMO / each) for each in row["Picture"].split(";"))
    path = folder / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def fill(engines: Engines, folder: Path, table: Path) -> None:
    """A new catalogue with the products of a list, read and looked at closer."""
    with engines.workspace(folder, create=True, name="counter") as workspace:
        request = workspace.importing.classify((table,))
        plan = workspace.importing.preview(request, CancelToken())
        for _ in workspace.importing.apply(plan, CancelToken()):
            pass
        workspace.load_index()
        for _ in workspace.index(CancelToken()):
            pass
        for _ in workspace.enrich(CancelToken()):
            pass
