"""A real window over a real catalogue; only the network is replaced, by mean colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from desktop_app import paths
from desktop_app.capture.cameras import CameraDirectory
from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.domain.containers import ContainerReader, ContainerReading
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import DecodedImage, FloatMatrix, RgbArray
from desktop_app.domain.masks import Masker, ObjectMask
from desktop_app.domain.ports import Embedder
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.scorecards import FUSED, Scorecard
from desktop_app.engines import Engines
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.theme import Theme
from desktop_app.workers.frame_watching import Eyes, MakeEyes
from desktop_app.workers.session import OpenRequest, Session

T = TypeVar("T")
SIDE = 8
PATIENCE_MS = 60_000


class ColourEmbedder:
    """Small pictures as vectors: as many numbers as the model has, by tiling."""

    def __init__(self, key: str, dimension: int) -> None:
        self.key = key
        self.dimension = dimension
        self.embedded = 0

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        rows = [self._vector(image) for image in images]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def embed_stream(
        self, items: Iterable[tuple[T, RgbArray]]
    ) -> Iterator[tuple[T, NDArray[np.float32]]]:
        for tag, image in items:
            yield tag, self._vector(image)

    def close(self) -> None:
        """Holds nothing."""

    def _vector(self, image: RgbArray) -> NDArray[np.float32]:
        self.embedded += 1
        small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        values = np.resize(small.ravel() - 127.5, self.dimension)
        return values / np.linalg.norm(values)


class WholeMasker:
    """Takes every picture for its object: no network is opened."""

    version = "whole"

    def mask(self, image: DecodedImage) -> ObjectMask:
        return ObjectMask.whole(*image.rgb.shape[:2])

    def quick_mask(self, _image: DecodedImage) -> ObjectMask | None:
        return None


class UnsureReader:
    """Takes every picture for any kind of container: no network is opened."""

    version, backbone = "unsure", "Nothing"

    def read(self, _picture: SegmentedPicture) -> ContainerReading:
        count = len(CONTAINER_CLASSES)
        return ContainerReading(np.full(count, 1 / count, np.float32), np.ones(1, np.float32))


class QuickEngines(Engines):
    """The application's engines with the quick embedder, masker and reader of containers;
    ``embedders`` are those it made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(data=folder / "data", cache=folder / "cache")
        self.embedders: list[ColourEmbedder] = []

    def masker(self, *, threads: int = 0) -> Masker:  # noqa: ARG002
        return WholeMasker()

    def container_reader(self) -> ContainerReader:
        return UnsureReader()

    def embedder(self, model: str) -> Embedder:
        card = self.library.card(model)
        made = ColourEmbedder(card.key, card.dimension)
        self.embedders.append(made)
        return made


class Stage:
    """The window with what a test needs to reach."""

    def __init__(
        self,
        qtbot: QtBot,
        folder: Path,
        settings: Settings,
        *,
        make_cameras: Callable[[], CameraDirectory] = CameraDirectory,
        make_eyes: MakeEyes | None = None,
    ) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.engines = QuickEngines(folder)
        self.theme = Theme(paths.resources_dir() / "icons")
        self.session = Session(self._open)
        self.problems: list[object] = []
        self.window = MainWindow(
            self.theme,
            self.session,
            settings,
            shelf=lambda: self.engines.library,
            make_cameras=make_cameras,
            make_eyes=make_eyes
            or (lambda: Eyes(self.engines.frame_looker(), self.engines.barcode_reader)),
            evaluate_list=self._evaluate,
            demo_source=folder / "demo",
            demo_folder=folder / "demo catalogue",
            first_folder=folder / "My catalogue",
            geometry_file=folder / "window.ini",
        )
        self.window.problem_shown.connect(self.problems.append)
        self.window.resize(1280, 800)
        self.window.show()

    def _open(self, request: OpenRequest) -> Workspace:
        return self.engines.workspace(
            request.folder, create=request.create, name=request.name, model=request.model
        )

    def _evaluate(self, manifest: Path, token: CancelToken) -> Scorecard:
        report = self.engines.evaluate(manifest, token=token)
        return Scorecard({FUSED: report.scores}, report.n_queries, report.n_gallery, 1.0, 1.0)

    def open(self, name: str = "shelf") -> Workspace:
        """Make and open a catalogue."""
        with self.qtbot.waitSignal(self.session.opened, timeout=60_000) as opened:
            self.session.open(OpenRequest(self.folder / name, create=True, name=name))
        workspace: Workspace = opened.args[0]
        return workspace

    def import_pictures(self, folder: Path) -> None:
        """Import a folder as the preview suggests, and read its pictures."""
        self.window.importing.import_without_asking((folder,))
        self.wait_until_idle(lambda: self.products > 0)
        model = self.window.results.model
        self.until(lambda: len(model.product_ids) == self.products)

    @property
    def products(self) -> int:
        workspace = self.session.workspace
        return workspace.catalogue.products.count() if workspace is not None else 0

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the window work until ``condition`` holds; patient, for busy machines."""
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def wait_until_idle(self, condition: Callable[[], bool]) -> None:
        """Until nothing is pending, imported or indexed, and ``condition`` holds."""

        def idle() -> bool:
            workspace, keeper = self.session.workspace, self.session.keeper
            if workspace is None or keeper is None or not keeper.is_idle:
                return False
            return condition() and workspace.catalogue.pictures.counts().pending == 0

        self.until(idle)

    def listed(self) -> list[str]:
        """The SKUs in view, in order, as far as their cards have arrived."""
        model = self.window.results.model
        cards = [model.known_card(int(product_id)) for product_id in model.product_ids]
        return [card.sku for card in cards if card is not None]

    def close(self) -> None:
        self.window.close_down()
        self.session.shut_down()
        self.engines.close()
        self.window.close()
        self.window.deleteLater()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path / "app", Settings())
    yield made
    made.close()


@pytest.fixture
def pictures(make_picture: Callable[..., Path], tmp_path: Path) -> Path:
    """Twelve pictures in two sub-folders, which become categories."""
    for number in range(12):
        category = "jars" if number % 2 else "bottles"
        make_picture(f"range/{category}/sku-{number:02}.jpg", seed=number)
    return tmp_path / "range"
