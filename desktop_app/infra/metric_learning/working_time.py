"""How long a run has worked."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType


class WorkingTime:
    """A context manager that adds the ``seconds`` inside, those spent in :meth:`go_on` left out: a
    run that rests because nobody asks it on, be it paused or its window's machine asleep, does no
    work meanwhile."""

    def __init__(
        self, go_on: Callable[[], bool], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds = 0.0
        self._go_on, self._clock = go_on, clock
        self._begun = 0.0

    def go_on(self) -> bool:
        """Whether the work is to go on; may wait."""
        began = self._clock()
        try:
            return self._go_on()
        finally:
            self._begun += self._clock() - began

    def __enter__(self) -> None:
        self._begun = self._clock()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds += self._clock() - self._begun
