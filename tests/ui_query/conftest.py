"""A query pane with cameras that are not there and dialogs that answer by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app import paths
from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.capture.cameras import CameraInfo
from desktop_app.ui.query_pane import QueryPane
from desktop_app.ui.theme import Theme, ThemeMode
from tests.capture.conftest import FakeDirectory, FakeSource

FRONT = CameraInfo("front", "Front camera", is_default=True)
DESK = CameraInfo("desk", "Desk camera")


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    made = Theme(paths.resources_dir() / "icons", mode=ThemeMode.LIGHT)
    made.apply(qapp)
    return made


@pytest.fixture
def directory(qapp: QApplication) -> FakeDirectory:
    return FakeDirectory(FRONT, DESK)


@pytest.fixture
def answers() -> dict[str, list[Path]]:
    """What the file dialogs answer: under ``pictures`` and ``video``."""
    return {"pictures": [], "video": []}


@pytest.fixture
def pane(
    theme: Theme, directory: FakeDirectory, answers: dict[str, list[Path]], qtbot: QtBot
) -> Iterator[QueryPane]:
    feed = CameraFeed(lambda: directory, open_stream=lambda place: FakeSource(str(place)))
    made = QueryPane(
        theme,
        feed,
        ask_for_pictures=lambda _parent: answers["pictures"],
        ask_for_video=lambda _parent: next(iter(answers["video"]), None),
    )
    qtbot.addWidget(made)
    made.resize(320, 800)
    made.show()
    yield made
    made.close_down()
    feed.deleteLater()


@pytest.fixture
def picture() -> Callable[..., QImage]:
    def make(width: int = 120, height: int = 80, colour: str = "#b05020") -> QImage:
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        return image

    return make
