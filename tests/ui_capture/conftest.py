"""The real window with a camera that shows what a test pushes, and eyes that see it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.capture.cameras import CameraInfo
from desktop_app.domain.capturing import (
    AnswerThresholds,
    Barcode,
    BarcodeFormat,
    CaptureRecord,
    Decision,
    FrameView,
    Hint,
)
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.capture.page import CapturePage
from desktop_app.ui.rail import Workspaces
from desktop_app.workers.frame_watching import Eyes
from desktop_app.workers.session import OpenRequest
from tests.app.conftest import QuickEngines, Stage
from tests.capture.conftest import FakeDirectory

COUNTER = CameraInfo("counter", "Counter camera", is_default=True)
BOX = CropBox(0.25, 0.1, 0.75, 0.95)
INSIDE = np.zeros((48, 64), np.uint8)
INSIDE[5:45, 17:47] = 255


class SteadyLooker:
    """Sees an object held still in every frame that is not black; ``hints`` are the test's."""

    has_empty_stage = False

    def __init__(self) -> None:
        self.hints: tuple[Hint, ...] = ()
        self.box = BOX

    def look(self, rgb: RgbArray, _at_s: float) -> FrameView:
        if not rgb.any():
            return FrameView(None, None, (), sharpness=0.0, lightness=0.5, motion=0.0)
        alpha = INSIDE if self.box == BOX else None
        return FrameView(self.box, alpha, self.hints, sharpness=1.0, lightness=0.5, motion=0.0)

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
        self.is_read_only = False
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

    def _open(self, request: OpenRequest) -> Workspace:
        return self.engines.workspace(
            request.folder,
            create=request.create,
            read_only=self.is_read_only,
            name=request.name,
            model=request.model,
        )

    def open_copy(self, shelf: Path) -> None:
        """Open a copy of a catalogue, and wait until it can be searched."""
        shutil.copytree(shelf, self.folder / "shelf")
        with self.qtbot.waitSignal(self.session.opened, timeout=60_000):
            self.session.open(OpenRequest(self.folder / "shelf"))
        keeper = self.session.keeper
        assert keeper is not None
        with self.qtbot.waitSignal(keeper.searchable, timeout=60_000):
            pass

    @property
    def page(self) -> CapturePage:
        return self.window.capture

    def go_to_station(self) -> None:
        self.window.show_workspace(Workspaces.CAPTURE)

    def answer_as(self, *, found: float, perhaps: float) -> None:
        """Have the station be sure from these confidences on."""
        workspace = self.session.workspace
        assert workspace is not None
        thresholds = AnswerThresholds(found, perhaps, false_accepts=0.02, misses=0.1)
        workspace.capturing._thresholds = thresholds

    def hold(self, frame: RgbArray) -> None:
        """Hold something before the camera, press a pedal, and wait for the answer."""
        self.show(frame)
        with self.qtbot.waitSignal(self.window.capturing.answering.answered, timeout=60_000):
            self.press(Qt.Key.Key_Space)

    @property
    def records(self) -> tuple[CaptureRecord, ...]:
        """The newest of the log."""
        workspace = self.session.workspace
        assert workspace is not None
        return workspace.capturing.log.newest(10)

    def until_logged(self, *decisions: Decision) -> None:
        """Until the log says just this, the newest first."""
        self.until(lambda: tuple(record.decision for record in self.records) == decisions)

    def press(self, key: Qt.Key) -> None:
        """A key on the station, wherever the focus is."""
        self.qtbot.keyClick(self.page.stage.preview, key)

    def show(self, frame: RgbArray) -> None:
        """Let the camera show a frame, and wait until it was looked at."""
        with self.qtbot.waitSignal(self.window.capturing.watcher.viewed, timeout=60_000):
            self.directory.opened[COUNTER.key].push(frame)


def plain(value: int) -> RgbArray:
    return np.full((48, 64, 3), value, np.uint8)


def write_picture(path: Path, seed: int) -> None:
    """A coloured container with stripes, different for every seed."""
    rng = np.random.default_rng(seed)
    rgb = np.full((128, 96, 3), 255, np.uint8)
    rgb[16:124, 18:78] = rng.integers(0, 200, 3)
    for _ in range(8):
        x, y = int(rng.integers(18, 60)), int(rng.integers(20, 110))
        rgb[y : y + 9, x : x + 18] = rng.integers(0, 255, 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rgb).save(path)


@pytest.fixture(scope="session")
def range_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of twelve products, in ``shelf``, with a picture each, in ``range``."""
    folder = tmp_path_factory.mktemp("station")
    engines = QuickEngines(folder)
    with engines.workspace(folder / "shelf", create=True, name="shelf") as workspace:
        for number in range(12):
            path = folder / "range" / f"sku-{number:02}.png"
            write_picture(path, number)
            kind = "Jars" if number % 2 else "Bottles"
            fields = ProductFields(f"sku-{number:02}", title=f"Product {number}", category=kind)
            workspace.catalogue.products.add(fields, [(path, "")])
        workspace.load_index()
        for _step in workspace.index(CancelToken()):
            pass
    engines.close()
    return folder


@pytest.fixture
def shelf(station: StationStage, range_folder: Path) -> StationStage:
    """Twelve products to be found by their pictures, taken by hand."""
    station.open_copy(range_folder / "shelf")
    station.looker.box = CropBox()
    station.page.bar.automatic.setChecked(False)
    station.go_to_station()
    station.answer_as(found=0.5, perhaps=0.1)
    return station


@pytest.fixture
def jar(range_folder: Path) -> RgbArray:
    """The picture of sku-03."""
    return np.asarray(Image.open(range_folder / "range" / "sku-03.png")).copy()


@pytest.fixture
def station(qtbot: QtBot, tmp_path: Path) -> Iterator[StationStage]:
    made = StationStage(qtbot, tmp_path / "app", Settings(look_closer=False, station_sounds=False))
    yield made
    made.close()
