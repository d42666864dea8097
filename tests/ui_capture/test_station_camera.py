"""The camera of the station: runs while it is seen, says what to do, stops when hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from desktop_app.capture.camera_feed import (
    FeedChoice,
    folder_choice,
    network_choice,
    video_choice,
)
from desktop_app.capture.cameras import Permission
from desktop_app.capture.frame_source import STOPPED, FrameState, FrameStatus
from desktop_app.domain.capturing import Hint
from desktop_app.ui.rail import Workspaces
from tests.capture.conftest import FakeSource
from tests.ui_capture.conftest import COUNTER, StationStage, plain


def test_the_camera_runs_only_while_the_station_is_in_front(station: StationStage) -> None:
    station.open()
    assert station.directory.opened == {}
    station.go_to_station()
    camera = station.directory.opened[COUNTER.key]
    assert camera.starts == 1
    station.show(plain(0))
    assert station.page.stage.preview.words == "Show a product"
    station.window.show_workspace(Workspaces.SEARCH)
    assert camera.state == STOPPED
    assert not station.window.capturing.watcher.is_running
    station.go_to_station()
    assert camera.starts == 2
    station.session.close_catalogue()
    assert camera.state == STOPPED


def test_hints_are_told_in_words(station: StationStage) -> None:
    station.open()
    station.go_to_station()
    station.looker.hints = (Hint.TOO_SMALL,)
    station.show(plain(90))
    assert station.page.stage.preview.words == "Hold it closer"
    station.looker.hints = (Hint.TOO_DARK, Hint.TOO_SMALL)
    station.show(plain(90))
    assert station.page.stage.preview.words == "Too dark here"


def test_every_workspace_has_its_number(station: StationStage) -> None:
    station.open()
    commands = station.window.commands
    order = {
        commands.search: Workspaces.SEARCH,
        commands.duplicates: Workspaces.DUPLICATES,
        commands.shapes: Workspaces.SHAPES,
        commands.capture: Workspaces.CAPTURE,
        commands.products: Workspaces.PRODUCTS,
    }
    for number, (action, workspace) in enumerate(order.items(), 1):
        assert action.shortcut().toString() == f"Ctrl+{number}"
        action.trigger()
        assert station.window.rail.current is workspace


def test_the_empty_place_is_learned_after_a_countdown_and_forgotten_again(
    station: StationStage,
) -> None:
    station.open()
    station.go_to_station()
    station.show(plain(90))
    station.page.stage._countdown.setInterval(10)
    station.page.bar.learn.trigger()
    assert station.page.stage.preview.words == "Clear the place: 3"
    station.until(lambda: station.show(plain(0)) is None and station.looker.has_empty_stage)
    station.until(lambda: "empty place is known" in station.page.notice.words)
    undo = next(b for b in station.page.notice.findChildren(QPushButton) if b.text() == "Undo")
    undo.click()
    station.until(lambda: not station.looker.has_empty_stage)
    assert station.page.notice.words == ""


def test_a_camera_that_is_pulled_out_is_told_and_taken_up_again(station: StationStage) -> None:
    station.open()
    station.go_to_station()
    station.show(plain(90))
    station.directory.unplug(COUNTER)
    stage = station.page.stage
    assert "unplugged" in stage.preview.accessibleDescription()
    assert not stage.take.isVisible()
    assert stage.again.isVisible()
    station.directory.plug(COUNTER)
    station.show(plain(90))
    assert stage.take.isEnabled()
    assert not stage.again.isVisible()


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (video_choice(Path("hand.mp4")), "Play again"),
        (folder_choice(Path("pictures")), "Start again"),
        (network_choice("http://counter.example/video"), "Try again"),
    ],
)
def test_what_came_to_its_end_can_be_seen_once_more(
    station: StationStage, choice: FeedChoice, words: str
) -> None:
    source = FakeSource(choice.name)
    feed = station.page.stage._feed
    feed._open_stream = feed._open_folder = lambda _place: source
    station.open()
    station.go_to_station()
    feed.choose(choice)
    source.push(plain(90))
    again = station.page.stage.again
    assert not again.isVisible()
    source._set_state(FrameState(FrameStatus.STOPPED, "That was the last frame."))
    assert again.isVisible()
    assert again.accessibleName() == words
    again.click()
    assert source.starts == 2
    assert not again.isVisible()
    source._set_state(FrameState(FrameStatus.FAILED, "It cannot be read.", "Choose another."))
    assert again.accessibleName() == "Try again"


def test_of_a_connection_that_is_sought_again_no_picture_is_taken(station: StationStage) -> None:
    source = FakeSource("till")
    stage = station.page.stage
    stage._feed._open_stream = lambda _place: source
    station.open()
    station.go_to_station()
    stage._feed.choose(network_choice("http://counter.example/video"))
    taken: list[object] = []
    station.window.capturing.watcher.taken.connect(taken.append)
    source.push(plain(90))
    assert stage.take.isEnabled()
    source._set_state(FrameState(FrameStatus.STARTING, "The connection was lost.", "Trying again"))
    assert not stage.take.isEnabled()
    station.press(Qt.Key.Key_Space)
    source.push(plain(120))
    assert stage.take.isEnabled()
    station.press(Qt.Key.Key_Space)
    station.until(lambda: bool(taken))
    assert len(taken) == 1


def test_nothing_of_another_camera_stays_while_one_starts(station: StationStage) -> None:
    station.open()
    station.go_to_station()
    stage = station.page.stage
    station.show(plain(90))
    assert stage.preview.frame_rect().isValid()
    stage._feed._open_stream = lambda place: FakeSource(str(place))
    stage._feed.choose(network_choice("http://counter.example/video"))
    assert not stage.preview.frame_rect().isValid()


def test_how_a_picture_is_taken_is_told_as_it_is(station: StationStage) -> None:
    station.open()
    station.go_to_station()
    waiting = station.page.answer._waiting
    station.until(lambda: "no products yet" in station.page.answer.waiting_words)
    station.window.capturing.answering.set_catalogue_empty(False)
    assert "held still" in waiting._text.text()
    station.page.bar.automatic.setChecked(False)
    assert "held still" not in waiting._text.text()


def test_without_a_camera_the_ways_around_are_told(station: StationStage) -> None:
    station.directory.present.clear()
    station.open()
    station.go_to_station()
    stage = station.page.stage
    assert stage.no_camera.isVisible()
    assert not stage.preview.isVisible()
    words = [button.text().strip() for button in stage.no_camera.findChildren(QPushButton)]
    assert "Look again" in words
    assert "Close the camera" not in words


def test_a_camera_that_may_not_be_used_is_told(station: StationStage) -> None:
    station.directory.granted = Permission.DENIED
    station.open()
    station.go_to_station()
    assert "may not use" in station.page.stage.no_camera.accessibleName()
