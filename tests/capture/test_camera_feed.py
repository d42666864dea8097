"""The feed runs what is chosen, only while it is looked at, and follows the plugs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop_app.capture.camera_feed import (
    CameraFeed,
    FeedKind,
    network_choice,
    video_choice,
)
from desktop_app.capture.cameras import CameraInfo, Permission
from desktop_app.capture.frame_source import LIVE, STARTING, STOPPED, FrameStatus
from tests.capture.conftest import FakeDirectory, plain_frame

FRONT = CameraInfo("front", "Front camera", is_default=True)
DESK = CameraInfo("desk", "Desk camera")
MakeFeed = Callable[[FakeDirectory], CameraFeed]


def test_nothing_is_touched_before_it_is_looked_at(make_feed: MakeFeed) -> None:
    def fail() -> FakeDirectory:
        raise AssertionError("the multimedia library was loaded")

    CameraFeed(fail).close()


def test_the_first_camera_is_shown_at_once(make_feed: MakeFeed, qtbot: QtBot) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    feed.set_running(True)
    assert [choice.name for choice in feed.choices()] == ["Front camera", "Desk camera"]
    assert feed.state == STARTING
    with qtbot.waitSignal(feed.frame_ready):
        directory.opened["front"].push(plain_frame(7))
    assert feed.state == LIVE
    assert feed.newest_frame is not None


def test_it_stops_out_of_sight_and_goes_on_in_sight(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT)
    feed = make_feed(directory)
    feed.set_running(True)
    source = directory.opened["front"]
    source.push(plain_frame(7))
    feed.set_running(False)
    assert source.state == STOPPED
    assert feed.newest_frame is None
    feed.set_running(True)
    assert source.starts == 2
    assert directory.opened["front"] is source


def test_choosing_another_stops_the_first(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    feed.set_running(True)
    feed.choose(feed.choices()[1])
    assert directory.opened["front"].state == STOPPED
    assert directory.opened["desk"].state == STARTING


def test_a_frame_of_the_camera_left_is_not_shown(make_feed: MakeFeed, qtbot: QtBot) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    feed.set_running(True)
    feed.choose(feed.choices()[1])
    with qtbot.assertNotEmitted(feed.frame_ready):
        directory.opened["front"].push(plain_frame(7))


def test_without_a_camera_it_says_what_was_looked_for(make_feed: MakeFeed) -> None:
    feed = make_feed(FakeDirectory())
    feed.set_running(True)
    absence = feed.absence()
    assert absence is not None
    assert absence.looked_for
    assert feed.state.status is FrameStatus.FAILED
    assert feed.state.what == absence.what


def test_a_camera_plugged_in_later_starts_by_itself(make_feed: MakeFeed) -> None:
    directory = FakeDirectory()
    feed = make_feed(directory)
    feed.set_running(True)
    directory.plug(FRONT)
    assert feed.state == STARTING
    assert feed.absence() is None


def test_a_camera_pulled_out_is_told_and_comes_back(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    feed.set_running(True)
    directory.opened["front"].push(plain_frame(7))
    directory.unplug(FRONT)
    assert feed.state.status is FrameStatus.FAILED
    assert "unplugged" in feed.state.what
    assert feed.newest_frame is None
    assert feed.current is not None
    assert feed.current in feed.choices()
    directory.plug(FRONT)
    assert feed.state == STARTING


def test_another_camera_pulled_out_disturbs_nothing(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    feed.set_running(True)
    directory.opened["front"].push(plain_frame(7))
    directory.unplug(DESK)
    assert feed.state == LIVE
    assert directory.opened["front"].starts == 1


def test_permission_is_asked_once_and_then_used(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT, permission=Permission.UNDETERMINED)
    feed = make_feed(directory)
    feed.set_running(True)
    assert directory.requests == 1
    assert not directory.opened
    directory.answer(Permission.GRANTED)
    assert directory.opened["front"].state == STARTING


def test_a_refused_permission_is_the_no_camera_state(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT, permission=Permission.UNDETERMINED)
    feed = make_feed(directory)
    feed.set_running(True)
    directory.answer(Permission.DENIED)
    absence = feed.absence()
    assert absence is not None
    assert "may not" in absence.what


def test_a_network_camera_and_a_video_join_the_choices(make_feed: MakeFeed) -> None:
    feed = make_feed(FakeDirectory())
    feed.set_running(True)
    feed.choose(network_choice("rtsp://me:pw@10.0.0.5/live"))
    assert feed.state == STARTING
    feed.choose(video_choice(Path("shelf.mp4")))
    assert [(choice.kind, choice.name) for choice in feed.choices()] == [
        (FeedKind.NETWORK, "rtsp://10.0.0.5/live"),
        (FeedKind.VIDEO_FILE, "shelf.mp4"),
    ]


def test_retry_looks_again(make_feed: MakeFeed) -> None:
    directory = FakeDirectory()
    feed = make_feed(directory)
    feed.set_running(True)
    directory.present.append(FRONT)
    feed.retry()
    assert feed.state == STARTING


def test_close_closes_every_source_that_was_opened(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    feed.set_running(True)
    feed.choose(feed.choices()[1])
    feed.close()
    assert directory.opened["front"].closed
    assert directory.opened["desk"].closed


def test_it_runs_while_any_of_several_places_shows_it(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT)
    feed = make_feed(directory)
    feed.set_running(True, viewer="pane")
    feed.set_running(True, viewer="page")
    feed.set_running(False, viewer="pane")
    assert directory.opened["front"].state == STARTING
    assert directory.opened["front"].starts == 1
    feed.set_running(False, viewer="page")
    assert directory.opened["front"].state == STOPPED
