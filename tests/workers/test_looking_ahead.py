"""The search begins before a picture is taken: what it costs, and what becomes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import (
    AnswerThresholds,
    Burst,
    CaptureAnswer,
    FrameView,
    Outcome,
    Shot,
)
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest, SearchResults
from desktop_app.services.workspace import Workspace
from desktop_app.workers.capturing import Capturer
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Lane

PATIENCE_MS = 60_000
THRESHOLDS = AnswerThresholds(0.9, 0.5, 0.01, 0.1)


def shot(value: int) -> Shot:
    rgb = np.full((8, 8, 3), value, np.uint8)
    return Shot(rgb, FrameView(None, None, (), 1.0, 0.5, 0.0), 0.0)


class GatedService:
    """Tells what it is asked; looks ahead only while the gate is open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.told: list[str] = []
        self.fails = False

    def look_ahead(self, seen: Shot, token: CancelToken) -> None:
        self.entered.set()
        assert self.gate.wait(60)
        name = f"ahead {seen.rgb[0, 0, 0]}"
        if self.fails:
            raise UserFacingError("Nothing can be searched with.")
        try:
            token.checkpoint()
        except Cancelled:
            self.told.append(f"{name} given up")
            raise
        self.told.append(name)

    def answer(self, burst: Burst, _token: CancelToken) -> CaptureAnswer:
        self.told.append(f"answer {burst.shots[0].rgb[0, 0, 0]}")
        request = SearchRequest(QueryPicture("", rgb=burst.shots[0].rgb))
        results = SearchResults(request, (), "", 0, 0)
        return CaptureAnswer(burst, Outcome.NOT_FOUND, (), THRESHOLDS, results)


class Counter:
    """A capturer over a search lane of its own."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.service = GatedService()
        self.lane = Lane("searching")
        self.now_s = 0.0
        products = SimpleNamespace(cards=lambda _ids: ())
        workspace: Any = SimpleNamespace(
            capturing=self.service, catalogue=SimpleNamespace(products=products)
        )
        self.capturer = Capturer(
            cast(Workspace, workspace),
            cast(Keeper, None),
            searching=self.lane,
            browsing=self.lane,
            writing=self.lane,
            clock=lambda: self.now_s,
        )
        self.answers: list[CaptureAnswer] = []
        self.problems: list[object] = []
        self.capturer.answered.connect(lambda answer, _pictures: self.answers.append(answer))
        self.capturer.failed.connect(self.problems.append)
        self.capturer.answer_failed.connect(lambda _burst, error: self.problems.append(error))

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def expect(self, seen: Shot) -> None:
        """Look ahead, and be held up at it."""
        self.service.entered.clear()
        self.service.gate.clear()
        self.capturer.look_ahead(seen)
        assert self.service.entered.wait(60)


@pytest.fixture
def counter(qtbot: QtBot) -> Iterator[Counter]:
    made = Counter(qtbot)
    yield made
    made.service.gate.set()
    made.lane.close()


def test_an_answer_waits_for_what_was_begun_with_its_object(counter: Counter) -> None:
    seen = shot(1)
    counter.expect(seen)
    counter.capturer.answer(Burst((shot(2),), ahead=seen))
    counter.capturer.look_ahead(None)
    counter.now_s = 0.25
    counter.service.gate.set()
    counter.until(lambda: bool(counter.answers))
    assert counter.service.told == ["ahead 1", "answer 2"]
    assert counter.answers[0].looked_ms == pytest.approx(250), "waiting counts"


def test_what_does_not_come_is_given_up(counter: Counter) -> None:
    counter.expect(shot(1))
    counter.capturer.look_ahead(None)
    counter.service.gate.set()
    counter.until(lambda: counter.service.told == ["ahead 1 given up"])


def test_another_object_takes_its_place(counter: Counter) -> None:
    counter.expect(shot(1))
    counter.capturer.look_ahead(shot(2))
    counter.service.gate.set()
    counter.until(lambda: counter.service.told == ["ahead 1 given up", "ahead 2"])


def test_a_picture_taken_by_hand_does_not_wait_for_it(counter: Counter) -> None:
    counter.expect(shot(1))
    counter.capturer.answer(Burst((shot(2),), was_automatic=False))
    counter.service.gate.set()
    counter.until(lambda: bool(counter.answers))
    assert counter.service.told == ["ahead 1 given up", "answer 2"]


def test_that_it_failed_is_told_by_the_answer_alone(counter: Counter) -> None:
    counter.service.fails = True
    seen = shot(1)
    counter.capturer.look_ahead(seen)
    counter.capturer.answer(Burst((shot(2),), ahead=seen))
    counter.until(lambda: bool(counter.answers))
    assert counter.service.told == ["answer 2"]
    assert counter.problems == []
