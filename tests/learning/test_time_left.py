"""How long learning still takes, and what counts as work."""

from __future__ import annotations

import pytest

from desktop_app.domain.learning_ports import Phase
from desktop_app.domain.metric_learning import CurvePoint
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.working_time import WorkingTime
from desktop_app.services.indexing_pace import WorkClock
from desktop_app.services.learning.clock import (
    GATHERING,
    KEEPING,
    MAPPING,
    TEACHING,
    TRYING,
    TUNING,
    LearningClock,
)
from desktop_app.services.learning.tuning import FineTuningStep


class Watch:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def learning_clock(watch: Watch, *, is_even: bool) -> LearningClock:
    made = LearningClock(CancelToken(), is_even=is_even)
    made.work = WorkClock(watch)
    return made


def test_what_an_adapter_still_takes_is_told_by_the_pace_of_teaching() -> None:
    watch = Watch()
    clock = learning_clock(watch, is_even=True)
    assert clock.step(GATHERING, 0.5).progress.seconds_left is None
    # Gathering took long, which says nothing of teaching.
    watch.now += 30
    assert clock.step(TEACHING, 0.0).progress.seconds_left is None
    watch.now += 0.5
    assert clock.step(TEACHING, 0.05).progress.seconds_left is None
    watch.now += 33
    # 33.5 of 67 shares in 33.5 seconds; 63.5 are left.
    assert clock.step(TEACHING, 0.5).progress.seconds_left == pytest.approx(63.5)
    watch.now += 33.5
    assert clock.step(TRYING, 0.0).progress.seconds_left == pytest.approx(30)
    watch.now += 10
    assert clock.step(MAPPING, 1.0).progress.seconds_left == pytest.approx(77 / 96)
    assert clock.step(KEEPING, 1.0).progress.seconds_left == 0


def test_of_tuning_only_the_tuner_tells_what_is_left() -> None:
    watch = Watch()
    clock = learning_clock(watch, is_even=False)
    told = []
    for phase, done, left_s in (
        (Phase.EQUIPPING, 0.0, None),
        (Phase.PREPARING, 0.03, None),
        (Phase.MEASURING, 0.045, None),
        (Phase.LEARNING, 0.1, 3_000.0),
        (Phase.SETTLING, 0.9, None),
        (Phase.LOOKING, 0.95, None),
    ):
        watch.now += 60
        point = CurvePoint(1, 2.0, 0.5, 0.5)
        step = clock.tuned(FineTuningStep(done, point, phase=phase, left_s=left_s))
        assert step.progress.stage == TUNING[phase]
        told.append(step.progress.seconds_left)
    assert told == [None, None, None, 3_000.0, None, None]
    watch.now += 60
    assert clock.step(TRYING, 0.5).progress.seconds_left is None
    assert set(TUNING) == set(Phase)


def test_rests_are_no_work() -> None:
    watch, answers = Watch(), [True, False]

    def rested() -> bool:
        watch.now += 1_000
        return answers.pop(0)

    work = WorkingTime(rested, clock=watch)
    with work:
        watch.now += 3
        assert work.go_on()
        watch.now += 4
    watch.now += 50
    assert work.seconds == 7
    with pytest.raises(InterruptedError), work:
        watch.now += 2
        if not work.go_on():
            raise InterruptedError
    assert work.seconds == 9
