"""Frames watched in a thread of their own: the newest wins, pictures are taken, nothing leaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import Burst, FrameView, Hint, Shot, Stage
from desktop_app.domain.errors import ModelUnavailable, UserFacingError
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.workers.frame_watcher import FrameWatcher
from desktop_app.workers.frame_watching import LEARN_FRAMES, Eyes

PATIENCE_MS = 60_000
STEP_S = 0.1
NOTHING = FrameView(None, None, (), sharpness=0.0, lightness=0.5, motion=0.0)


def frame(value: int, *, side: int = 24) -> RgbArray:
    """A plain frame; black shows no object."""
    made = np.full((side, side, 3), value, np.uint8)
    made[: side // 2, :, 1] = 255 - value
    return made


class ValueLooker:
    """Sees an object held still in every frame that is not black."""

    def __init__(self) -> None:
        self.looked: list[int] = []
        self.learned: list[int] = []
        self.resets = 0
        self.has_empty_stage = False
        self.gate = threading.Event()
        self.gate.set()
        self.waits = threading.Event()
        self.threads: set[object] = set()

    def look(self, rgb: RgbArray, _at_s: float) -> FrameView:
        self.threads.add(QThread.currentThread())
        value = int(rgb[-1, 0, 0])
        self.looked.append(value)
        self.waits.set()
        assert self.gate.wait(60)
        if value == 0:
            return NOTHING
        return FrameView(CropBox(), None, (), sharpness=1.0, lightness=0.5, motion=0.0)

    def learn_empty_stage(self, frames: Sequence[RgbArray]) -> None:
        self.learned = [int(rgb[-1, 0, 0]) for rgb in frames]
        self.has_empty_stage = True

    def forget_empty_stage(self) -> None:
        self.has_empty_stage = False

    def reset(self) -> None:
        self.resets += 1
        self.has_empty_stage = False


class Station:
    """A watcher on a clock that the test turns."""

    def __init__(self, qtbot: QtBot, make_eyes: Callable[[], Eyes] | None = None) -> None:
        self.qtbot = qtbot
        self.looker = ValueLooker()
        self.now_s = 0.0
        self.watcher = FrameWatcher(
            make_eyes or (lambda: Eyes(self.looker, None)), clock=lambda: self.now_s
        )
        self.views: list[FrameView] = []
        self.stages: list[tuple[Stage, float]] = []
        self.bursts: list[Burst] = []
        self.problems: list[UserFacingError] = []
        self.watcher.viewed.connect(self.views.append)
        self.watcher.stage_changed.connect(lambda stage, share: self.stages.append((stage, share)))
        self.watcher.taken.connect(self.bursts.append)
        self.watcher.failed.connect(self.problems.append)

    def show(self, value: int, *, times: int = 1) -> None:
        """Show a frame and wait until it was looked at."""
        for _ in range(times):
            self.now_s += STEP_S
            seen = len(self.views)
            self.watcher.see(frame(value))
            self.until(lambda: len(self.views) > seen)  # noqa: B023

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)


@pytest.fixture
def station(qtbot: QtBot) -> Iterator[Station]:
    made = Station(qtbot)
    yield made
    made.looker.gate.set()
    made.watcher.close()


def test_no_thread_is_started_before_anything_is_watched(station: Station) -> None:
    station.watcher.see(frame(9))
    station.watcher.shoot()
    station.watcher.close()
    assert station.looker.looked == []


def test_a_product_held_still_is_taken_once(station: Station) -> None:
    station.watcher.start()
    station.show(0, times=2)
    station.show(90, times=12)
    assert station.stages[0][0] is Stage.EMPTY
    assert [burst.was_automatic for burst in station.bursts] == [True]
    assert station.bursts[0].shots[0].rgb[-1, 0, 0] == 90
    assert station.stages[-1][0] is Stage.TAKEN
    station.show(0, times=6)
    station.show(180, times=12)
    assert len(station.bursts) == 2
    assert QThread.currentThread() not in station.looker.threads


def test_of_frames_that_come_meanwhile_only_the_newest_is_looked_at(station: Station) -> None:
    station.watcher.start()
    station.looker.gate.clear()
    station.watcher.see(frame(1))
    assert station.looker.waits.wait(60)
    for value in range(2, 60):
        station.watcher.see(frame(value))
    station.looker.gate.set()
    station.until(lambda: len(station.views) == 2)
    assert station.looker.looked == [1, 59]


def test_by_hand_nothing_is_taken_before_it_is_asked_for(station: Station) -> None:
    station.watcher.set_automatic(False)
    station.watcher.start()
    station.show(90, times=20)
    assert station.bursts == []
    assert all(share == 0 for _, share in station.stages)
    station.watcher.shoot()
    station.until(lambda: len(station.bursts) == 1)
    assert not station.bursts[0].was_automatic
    station.watcher.set_automatic(True)
    station.show(120, times=12)
    assert [burst.was_automatic for burst in station.bursts] == [False, True]


def test_a_picture_can_be_taken_of_an_empty_place(station: Station) -> None:
    station.watcher.start()
    station.show(0)
    station.watcher.shoot()
    station.until(lambda: len(station.bursts) == 1)
    assert station.bursts[0].shots[0].rgb[-1, 0, 0] == 0


def test_without_a_frame_a_picture_is_missed(station: Station) -> None:
    station.watcher.start()
    with station.qtbot.waitSignal(station.watcher.missed, timeout=PATIENCE_MS):
        station.watcher.shoot()


def test_nothing_is_told_of_what_was_under_way_when_it_stopped(station: Station) -> None:
    station.watcher.start()
    station.looker.gate.clear()
    station.watcher.see(frame(1))
    assert station.looker.waits.wait(60)
    station.watcher.see(frame(2))
    station.watcher.stop()
    station.looker.gate.set()
    station.watcher.see(frame(3))
    station.watcher.start()
    station.show(7)
    assert station.looker.looked == [1, 7]
    assert len(station.views) == 1


def test_the_empty_place_is_learned_kept_over_a_pause_and_forgotten(station: Station) -> None:
    station.watcher.start()
    station.show(0)
    learned: list[bool] = []
    station.watcher.stage_learned.connect(lambda: learned.append(True))
    station.watcher.learn_empty_stage()
    station.show(5, times=LEARN_FRAMES)
    station.until(lambda: bool(learned))
    assert station.looker.learned == [5] * LEARN_FRAMES
    station.watcher.stop()
    station.watcher.start()
    station.show(0)
    assert station.looker.has_empty_stage
    station.watcher.forget_empty_stage()
    station.show(0)
    assert not station.looker.has_empty_stage


def test_another_stream_begins_from_scratch(station: Station) -> None:
    station.watcher.start()
    station.show(90, times=12)
    assert len(station.bursts) == 1
    station.watcher.reset()
    station.show(90, times=12)
    assert len(station.bursts) == 2
    assert station.looker.resets == 1


def test_without_what_finds_objects_pictures_are_still_taken_by_hand(qtbot: QtBot) -> None:
    def fail() -> Eyes:
        raise ModelUnavailable("No model finds objects here.")

    station = Station(qtbot, fail)
    station.watcher.start()
    station.watcher.see(frame(1))
    station.until(lambda: len(station.problems) == 1)
    station.watcher.see(frame(2))
    station.watcher.shoot()
    station.until(lambda: len(station.bursts) == 1)
    assert station.bursts[0].shots[0].rgb[-1, 0, 0] == 2
    assert station.bursts[0].shots[0].view.box is None
    station.watcher.see(frame(3))
    station.watcher.stop()
    station.watcher.start()
    station.watcher.see(frame(4))
    station.until(lambda: len(station.problems) == 2)
    station.watcher.close()


def test_a_looker_that_breaks_is_told_and_not_asked_again(station: Station) -> None:
    def fail(_rgb: RgbArray, _at_s: float) -> FrameView:
        raise ZeroDivisionError

    station.looker.look = fail  # type: ignore[method-assign]
    station.watcher.start()
    station.watcher.see(frame(1))
    station.until(lambda: len(station.problems) == 1)
    assert "ZeroDivisionError" in station.problems[0].details
    station.watcher.see(frame(2))
    station.watcher.shoot()
    station.until(lambda: len(station.bursts) == 1)
    assert len(station.problems) == 1


def test_what_will_be_taken_is_told_ahead_and_taken_back_when_it_leaves(station: Station) -> None:
    told: list[object] = []
    station.watcher.expected.connect(told.append)
    station.watcher.taken.connect(told.append)
    station.watcher.start()
    station.show(0)
    station.show(90, times=12)
    shot, burst = told
    assert isinstance(shot, Shot) and isinstance(burst, Burst)
    assert burst.ahead is shot
    station.show(0, times=6)
    assert told[2:] == [None]
    station.show(180)
    station.watcher.stop()
    station.watcher.start()
    station.show(180)
    assert [isinstance(each, Shot) for each in told[3:]] == [True, True]


def test_hints_reach_whoever_shows_them(station: Station) -> None:
    dark = FrameView(CropBox(), None, (Hint.TOO_DARK,), sharpness=1.0, lightness=0.1, motion=0.0)
    station.looker.look = lambda _rgb, _at_s: dark  # type: ignore[method-assign]
    station.watcher.start()
    station.show(90, times=12)
    assert station.views[-1].hints == (Hint.TOO_DARK,)
    assert station.bursts == []
