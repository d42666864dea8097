"""Lanes: order, supersession, pausing, failure and shut-down."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import CancelToken
from desktop_app.workers.lane import Lane


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    made = Lane("test lane")
    yield made
    made.close()


def test_a_call_runs_in_another_thread_and_answers_in_the_gui_thread(
    qtbot: QtBot, lane: Lane
) -> None:
    seen: list[tuple[int, int]] = []
    lane.call(
        lambda token: threading.get_ident(),
        on_done=lambda worker: seen.append((worker, threading.get_ident())),
    )
    qtbot.waitUntil(lambda: bool(seen))
    worker, receiver = seen[0]
    assert worker != threading.get_ident()
    assert receiver == threading.get_ident()


def test_the_newest_call_of_a_key_wins(qtbot: QtBot, lane: Lane) -> None:
    gate = threading.Event()
    done: list[str] = []
    dropped: list[str] = []

    def first(token: CancelToken) -> str:
        gate.wait(5)
        token.checkpoint()
        return "first"

    for name, work in (
        ("first", first),
        ("second", lambda token: "second"),
        ("third", lambda token: "third"),
    ):
        lane.call(
            work, key="q", on_done=done.append, on_cancelled=lambda name=name: dropped.append(name)
        )
    gate.set()
    qtbot.waitUntil(lambda: done == ["third"])
    qtbot.waitUntil(lambda: sorted(dropped) == ["first", "second"])


def test_calls_go_between_the_steps_of_a_run(qtbot: QtBot, lane: Lane) -> None:
    order: list[str] = []
    started = threading.Event()
    submitted = threading.Event()

    def steps(token: CancelToken) -> Iterator[int]:
        for number in range(3):
            order.append(f"step {number}")
            started.set()
            submitted.wait(5)
            yield number

    finished: list[object] = []
    lane.run(steps, on_done=finished.append)
    started.wait(5)
    lane.call(lambda token: order.append("edit"))
    submitted.set()
    qtbot.waitUntil(lambda: bool(finished))
    assert order == ["step 0", "edit", "step 1", "step 2"]


def test_a_run_that_yields_waits_while_there_is_another(qtbot: QtBot, lane: Lane) -> None:
    order: list[str] = []
    started, submitted = threading.Event(), threading.Event()

    def background(token: CancelToken) -> Iterator[int]:
        for number in range(3):
            order.append(f"background {number}")
            started.set()
            submitted.wait(5)
            yield number

    def urgent(token: CancelToken) -> Iterator[int]:
        for number in range(2):
            order.append(f"urgent {number}")
            yield number

    finished: list[str] = []
    lane.run(background, on_done=lambda _: finished.append("background"), rank=1)
    started.wait(5)
    lane.run(urgent, on_done=lambda _: finished.append("urgent"))
    submitted.set()
    qtbot.waitUntil(lambda: len(finished) == 2)
    assert finished == ["urgent", "background"]
    assert order == ["background 0", "urgent 0", "urgent 1", "background 1", "background 2"]


def test_a_paused_run_lets_calls_through_and_goes_on_when_resumed(qtbot: QtBot, lane: Lane) -> None:
    steps: list[int] = []
    done: list[object] = []
    gate = threading.Event()

    def run(token: CancelToken) -> Iterator[int]:
        gate.wait(5)
        yield from range(4)

    job = lane.run(run, on_step=steps.append, on_done=done.append)
    lane.pause(job)
    gate.set()
    answered: list[object] = []
    lane.call(lambda token: "edit", on_done=answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    assert not done
    lane.resume(job)
    qtbot.waitUntil(lambda: bool(done))
    assert steps == [0, 1, 2, 3]


def test_cancelling_a_run_closes_its_generator(qtbot: QtBot, lane: Lane) -> None:
    closed = threading.Event()
    cancelled: list[bool] = []

    def endless(token: CancelToken) -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.set()

    seen: list[int] = []
    job = lane.run(endless, on_step=seen.append, on_cancelled=lambda: cancelled.append(True))
    qtbot.waitUntil(lambda: len(seen) > 2)
    lane.cancel(job)
    qtbot.waitUntil(lambda: bool(cancelled))
    assert closed.is_set()


def test_expected_trouble_and_defects_both_reach_on_failed(
    qtbot: QtBot, lane: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    failures: list[UserFacingError] = []

    def trouble(token: CancelToken) -> None:
        raise UserFacingError("The disk is full.", remedy="Free some space.")

    def defect(token: CancelToken) -> None:
        raise KeyError("boom")

    lane.call(trouble, on_failed=failures.append)
    lane.call(defect, on_failed=failures.append)
    qtbot.waitUntil(lambda: len(failures) == 2)
    assert failures[0].what == "The disk is full."
    assert "KeyError" in failures[1].details
    assert "a job of the lane failed" in caplog.text


def test_closing_joins_the_thread_and_closes_a_paused_run(qtbot: QtBot) -> None:
    lane = Lane("closing")
    closed = threading.Event()
    stepped: list[int] = []

    def endless(token: CancelToken) -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    job = lane.run(endless, on_step=stepped.append)
    qtbot.waitUntil(lambda: bool(stepped))
    lane.pause(job)
    lane.close()
    assert closed.is_set()


def test_after_cancelling_all_nothing_stale_is_heard_and_the_lane_goes_on(
    qtbot: QtBot, lane: Lane
) -> None:
    gate = threading.Event()
    heard: list[object] = []
    lane.call(lambda token: gate.wait(5), on_done=heard.append)
    lane.call(lambda token: "stale", on_done=heard.append)
    lane.cancel_all()
    gate.set()
    lane.call(lambda token: "fresh", on_done=heard.append)
    qtbot.waitUntil(lambda: heard == ["fresh"])


class _Emitter(QObject):
    fired = Signal()


def test_emitting_a_signal_keeps_the_count_of_references_to_true(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one reference to True per emit, then aborts."""
    emitter = _Emitter()
    emitter.fired.emit()
    before = sys.getrefcount(True)
    for _ in range(100):
        emitter.fired.emit()
    assert abs(sys.getrefcount(True) - before) < 50
