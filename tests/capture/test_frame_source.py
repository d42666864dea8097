"""Frames go from any thread to the GUI thread, newest only."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from desktop_app.capture.frame_source import (
    STARTING,
    STOPPED,
    FrameOutlet,
    FrameSource,
    FrameState,
)
from desktop_app.domain.images import RgbArray
from tests.capture.conftest import plain_frame


class ManualSource(FrameSource):
    def start(self) -> None:
        self.outlet = self._open_outlet()
        self._set_state(STARTING)

    def stop(self) -> None:
        self._shut_outlet()
        self._set_state(STOPPED)


def test_an_outlet_keeps_the_newest_frame_and_wakes_once() -> None:
    wakes: list[int] = []
    outlet = FrameOutlet(lambda: wakes.append(1))

    outlet.put(plain_frame(1))
    outlet.put(plain_frame(2))
    taken = outlet.take()

    assert taken is not None
    assert taken[0, 0, 0] == 2
    assert outlet.take() is None
    assert len(wakes) == 1

    outlet.put(plain_frame(3))
    assert len(wakes) == 2


def test_a_shut_outlet_forgets_and_refuses() -> None:
    outlet = FrameOutlet(lambda: None)
    outlet.put(plain_frame(1))
    outlet.shut()
    assert outlet.take() is None
    outlet.put(plain_frame(2))
    assert outlet.take() is None


def test_of_many_frames_from_another_thread_only_the_newest_is_delivered(qtbot: QtBot) -> None:
    source = ManualSource("manual")
    seen: list[RgbArray] = []
    source.frame_ready.connect(seen.append)
    source.start()

    def produce() -> None:
        for value in range(50):
            source.outlet.put(plain_frame(value))

    thread = threading.Thread(target=produce)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(seen) == 1)

    assert seen[0][0, 0, 0] == 49


def test_no_frame_is_delivered_after_stop(qtbot: QtBot) -> None:
    source = ManualSource("manual")
    source.start()
    source.outlet.put(plain_frame(1))
    source.stop()
    with qtbot.assertNotEmitted(source.frame_ready, wait=20):
        pass


def test_an_unchanged_state_is_told_once(qtbot: QtBot) -> None:
    source = ManualSource("manual")
    states: list[FrameState] = []
    source.state_changed.connect(states.append)
    source.start()
    source.start()
    source.stop()
    assert states == [STARTING, STOPPED]
