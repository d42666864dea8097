"""The real window with a camera that shows what a test pushes, and eyes that see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.capture.cameras import CameraInfo
from desktop_app.domain.capturing import Barcode, BarcodeFormat, FrameView
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.settings import Settings
from desktop_app.ui.capture.page import CapturePage
from desktop_app.ui.rail import Workspaces
from desktop_app.workers.frame_watching import Eyes
from tests.app.conftest import Stage, pictures
from tests.capture.conftest import FakeDirectory

__all__ = ["pictures"]

COUNTER = CameraInfo("counter", "Counter camera", is_default=True)
BOX = CropBox(0.25, 0.1, 0.75, 0.95)
INSIDE = np.zeros((48, 64), np.uint8)
INSIDE[5:45, 17:47] = 255


class SteadyLooker:
    """Sees an object held still in every frame that is not black; ``hints`` are the test's."""

    has_empty_stage = False

    def __init__(self) -> None:
        self.hints: tuple[object, ...] = ()

    def look(self, rgb: RgbArray, _at_s: float) -> FrameView:
        if not rgb.any():
            return FrameView(None, None, (), sharpness=0.0, lightness=0.5, motion=0.0)
        return FrameView(BOX, INSIDE, self.hints, sharpness=1.0, lightness=0.5, motion=0.0)  # type: ignore[arg-type]

    def learn_empty_stage(self, _frames: Sequence[RgbArray]) -> None:
        self.has_empty_stage = True

    def forget_empty_stage(self) -> None:
        self.has_empty_stage = False

    def reset(self) -> None:
        self.has_empty_stage = False


class CodeReader:
    """Reads the ``code`` the test says in whatever is shown."""

    def __init__(self) -> None:
        self.code = ""

    def read(self, _rgb: RgbArray) -> tuple[Barcode, ...]:
        corners = ((0.4, 0.7), (0.6, 0.7), (0.6, 0.8), (0.4, 0.8))
        return (Barcode(BarcodeFormat.EAN_13, self.code, corners),) if self.code else ()


class StationStage(Stage):
    """The window with a counter camera."""

    def __init__(self, qtbot: QtBot, folder: Path, settings: Settings) -> None:
        self.directory = FakeDirectory(COUNTER)
        self.looker = SteadyLooker()
        self.reader = CodeReader()
        super().__init__(
            qtbot,
            folder,
            settings,
            make_cameras=lambda: self.directory,
            make_eyes=lambda: Eyes(self.looker, self.reader),
        )

    @property
    def page(self) -> CapturePage:
        return self.window.capture

    def go_to_station(self) -> None:
        self.window.show_workspace(Workspaces.CAPTURE)

    def show(self, frame: RgbArray) -> None:
        """Let the camera show a frame, and wait until it was looked at."""
        with self.qtbot.waitSignal(self.window.capturing.watcher.viewed, timeout=60_000):
            self.directory.opened[COUNTER.key].push(frame)


def plain(value: int) -> RgbArray:
    return np.full((48, 64, 3), value, np.uint8)


@pytest.fixture
def station(qtbot: QtBot, tmp_path: Path) -> Iterator[StationStage]:
    made = StationStage(qtbot, tmp_path / "app", Settings(look_closer=False, station_sounds=False))
    yield made
    made.close()
