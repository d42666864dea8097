"""The item searched for, when a catalogue is opened again with another model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.ui.rail import Workspaces
from desktop_app.workers.session import OpenRequest
from tests.app.conftest import Stage
from tests.app.test_window import search


@pytest.fixture
def found(stage: Stage, pictures: Path) -> Stage:
    """With the results of a query in view."""
    stage.open()
    stage.import_pictures(pictures)
    search(stage, pictures / "jars" / "sku-03.jpg")
    stage.until(lambda: len(stage.listed()) == 12)
    return stage


def reopen(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.session.opened, timeout=60_000):
        stage.session.reopen(model="")


def test_the_same_is_searched_for_again(found: Stage) -> None:
    found.window.results.views.setFocus()
    before = found.window.query.query
    first = found.window.searching.results
    reopen(found)
    found.until(lambda: found.window.searching.results not in (None, first))
    assert found.window.query.query is before
    found.until(lambda: found.listed()[:1] == ["sku-03"])
    assert found.window.results.views.isAncestorOf(QApplication.focusWidget())


def test_the_results_wait_where_something_else_is_in_front(found: Stage) -> None:
    window = found.window
    window.show_workspace(Workspaces.LEARN)
    searchable: list[bool] = []

    def watch() -> None:
        keeper = found.session.keeper
        assert keeper is not None
        keeper.searchable.connect(lambda: searchable.append(True))

    found.session.opened.connect(watch)
    found.session.reopen(model="")
    found.until(lambda: bool(searchable))
    assert window.rail.current is Workspaces.LEARN
    assert window.searching.results is None
    window.show_workspace(Workspaces.SEARCH)
    found.until(lambda: window.searching.results is not None)


def test_another_catalogue_is_asked_nothing(found: Stage) -> None:
    found.session.reopen(model="")
    # Before the first is open again.
    with found.qtbot.waitSignal(found.session.opened, timeout=60_000) as opened:
        found.session.open(OpenRequest(found.folder / "other", create=True, name="other"))
    assert opened.args[0].catalogue.name == "other"
    assert found.window.query.query is None


def test_nothing_is_asked_where_it_cannot_be_opened_again(found: Stage) -> None:
    with found.qtbot.waitSignal(found.session.failed, timeout=60_000):
        found.session.reopen(model="no such model")
    assert found.window.query.query is None
