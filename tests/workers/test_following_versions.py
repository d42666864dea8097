"""A version that stands on another model: the catalogue is opened again with that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import UserFacingError
from desktop_app.services.workspace import Workspace
from desktop_app.workers.long_work import Ending
from desktop_app.workers.session import OpenRequest, Session


class Opened:
    """A session whose catalogue is open with the model "base"."""

    def __init__(self, folder: Path) -> None:
        self.requests: list[OpenRequest] = []
        self.asked: list[str] = []
        self.session = Session(self._open)
        self.session.workspace = cast(
            Workspace,
            SimpleNamespace(
                model_name="base",
                model_for=self._model_for,
                catalogue=SimpleNamespace(folder=folder),
                close=lambda: None,
            ),
        )
        self.session._request = OpenRequest(folder)

    def _open(self, request: OpenRequest) -> Workspace:
        self.requests.append(request)
        raise UserFacingError("Enough for this test.")

    def _model_for(self, version: str) -> str:
        self.asked.append(version)
        return "base-shop-1" if version == "1" else "base"


@pytest.fixture
def opened(qapp: Any, tmp_path: Path) -> Iterator[Opened]:
    made = Opened(tmp_path)
    yield made
    made.session.shut_down()


def test_a_version_of_a_tuned_model_opens_the_catalogue_with_it(
    opened: Opened, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(opened.session.failed, timeout=60_000):
        opened.session.follow_version("1", Ending.DONE)
    assert [request.model for request in opened.requests] == ["base-shop-1"]


def test_a_version_of_the_model_in_use_opens_nothing(opened: Opened, qtbot: QtBot) -> None:
    opened.session.follow_version("2", Ending.DONE)
    qtbot.waitUntil(lambda: opened.asked == ["2"], timeout=60_000)
    opened.session.follow_version("1", Ending.CANCELLED)
    opened.session.follow_version("1", Ending.FAILED)
    opened.session.shut_down()
    assert opened.asked == ["2"]
    assert not opened.requests
