"""How long a run has worked, when a batch of it ends, and when its costly side work is due."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from desktop_app.domain.progress import CancelToken

T = TypeVar("T")


class WorkClock:
    """Seconds of work since it was made, those spent in :meth:`stopped` left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started_at = clock()

    @property
    def elapsed_s(self) -> float:
        return self._clock() - self._started_at

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Does not count the time inside."""
        stopped_at = self._clock()
        try:
            yield
        finally:
            self._started_at += self._clock() - stopped_at


class Pace:
    """Side work that is due every ``every_s`` seconds, or less often where it would take more
    than ``most_share`` of the time."""

    def __init__(
        self, clock: WorkClock, *, every_s: float, most_share: float, is_due_at_once: bool = False
    ) -> None:
        self._clock = clock
        self._every_s = every_s
        self._most_share = most_share
        self._due_at_s = clock.elapsed_s + (0.0 if is_due_at_once else every_s)

    @property
    def is_due(self) -> bool:
        return self._clock.elapsed_s >= self._due_at_s

    @contextmanager
    def working(self) -> Iterator[None]:
        """Measures the side work done inside, and puts off the next accordingly."""
        started_at_s = self._clock.elapsed_s
        try:
            yield
        finally:
            now_s = self._clock.elapsed_s
            self._due_at_s = now_s + max(self._every_s, (now_s - started_at_s) / self._most_share)


def in_batches(
    results: Iterator[T], token: CancelToken, *, most: int, most_s: float
) -> Iterator[list[T]]:
    """What comes, in batches: one ends at ``most`` results, after ``most_s`` seconds, and when
    the token is paused or cancelled, so that what was done is committed first."""
    batch: list[T] = []
    due_at = time.monotonic() + most_s
    for result in results:
        batch.append(result)
        is_stopping = token.is_cancelled or token.is_paused
        if len(batch) >= most or time.monotonic() >= due_at or is_stopping:
            yield batch
            batch, due_at = [], time.monotonic() + most_s
    if batch:
        yield batch
