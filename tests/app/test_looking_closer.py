"""In the real window: pictures are looked at closer after an import, or when asked to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.evidence import Channel
from desktop_app.domain.search import QueryPicture, SearchResults
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from tests.app.conftest import Stage


@pytest.fixture
def unhurried(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """A window whose user does not want pictures looked at closer unasked."""
    made = Stage(qtbot, tmp_path / "app", Settings(look_closer=False))
    yield made
    made.close()


def described(workspace: Workspace) -> int:
    return workspace.catalogue.evidence.count(workspace.enriching.version)[0]


def search(stage: Stage, path: Path) -> SearchResults:
    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000) as answered:
        stage.window.searching.query_file(QueryPicture(path.name, path=path))
    results: SearchResults = answered.args[0]
    return results


def test_after_an_import_more_than_the_look_speaks_for_a_match(
    stage: Stage, pictures: Path
) -> None:
    workspace = stage.open()
    stage.import_pictures(pictures)
    stage.until(lambda: described(workspace) == 12)
    stage.until(lambda: not stage.window.status._running.isVisible())
    results = search(stage, pictures / "jars" / "sku-03.jpg")
    said = results.hits[0].evidence.readings
    assert {Channel.LOOK, Channel.SHAPE, Channel.COLOUR}.intersection(said) > {Channel.LOOK}
    assert not stage.window.commands.enrich.isEnabled()
    assert not stage.problems


def test_who_does_not_want_it_is_offered_it(unhurried: Stage, pictures: Path) -> None:
    workspace = unhurried.open()
    unhurried.import_pictures(pictures)
    status, commands = unhurried.window.status, unhurried.window.commands
    unhurried.until(status._enrich.isVisible)
    assert commands.enrich.isEnabled()
    assert described(workspace) == 0
    commands.enrich.trigger()
    assert not status._enrich.isVisible()
    unhurried.until(lambda: described(workspace) == 12)
    assert not unhurried.problems


def test_what_was_looked_at_is_proposed_after_opening_again(stage: Stage, pictures: Path) -> None:
    workspace = stage.open()
    stage.import_pictures(pictures)
    stage.until(lambda: described(workspace) == 12)
    with stage.qtbot.waitSignal(stage.session.opened, timeout=60_000):
        stage.session.reopen(model="")
    again = stage.session.workspace
    assert again is not None
    assert described(again) == 12
    keeper = stage.session.keeper
    assert keeper is not None
    shown: list[object] = []
    keeper.work_changed.connect(shown.append)
    with stage.qtbot.waitSignal(keeper.enriched, timeout=60_000):
        pass
    assert [status for status in shown if status is not None] == []
    assert not stage.problems
