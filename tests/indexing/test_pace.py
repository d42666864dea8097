from __future__ import annotations

import pytest

from desktop_app.services.indexing_pace import Pace, WorkClock


class Time:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_time_spent_stopped_does_not_count() -> None:
    time = Time()
    clock = WorkClock(time)
    time.now_s += 2
    with clock.stopped():
        time.now_s += 50
    time.now_s += 1
    assert clock.elapsed_s == pytest.approx(3)


def test_time_spent_stopped_does_not_count_when_the_work_is_left() -> None:
    time = Time()
    clock = WorkClock(time)
    with pytest.raises(RuntimeError), clock.stopped():
        time.now_s += 50
        raise RuntimeError
    assert clock.elapsed_s == pytest.approx(0)


def test_cheap_side_work_is_due_at_its_interval() -> None:
    time = Time()
    pace = Pace(WorkClock(time), every_s=1.0, most_share=0.1)
    assert not pace.is_due
    time.now_s += 1
    assert pace.is_due
    with pace.working():
        time.now_s += 0.01
    assert not pace.is_due
    time.now_s += 0.99
    assert not pace.is_due
    time.now_s += 0.02
    assert pace.is_due


def test_dear_side_work_is_put_off() -> None:
    time = Time()
    pace = Pace(WorkClock(time), every_s=1.0, most_share=0.1, is_due_at_once=True)
    assert pace.is_due
    with pace.working():
        time.now_s += 0.5
    time.now_s += 4.9
    assert not pace.is_due
    time.now_s += 0.2
    assert pace.is_due
