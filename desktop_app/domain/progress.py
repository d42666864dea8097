"""Progress reports and the token through which long work is paused and cancelled."""

from __future__ import annotations

import threading
from dataclasses import dataclass


class Cancelled(Exception):
    """Raised inside long work after its token was cancelled; committed work stays."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is.

    ``total`` of 0 means the amount is not known yet. ``elapsed_s`` counts working time
    since the start of this run, pauses excluded. Where the work does not go at an even pace
    (``is_even`` False), its mean speed says nothing of what is left: that is told by ``left_s``,
    in seconds of work, None while nobody knows.
    """

    stage: str
    done: int
    total: int = 0
    elapsed_s: float = 0.0
    failed: int = 0
    is_even: bool = True
    left_s: float | None = None

    @property
    def fraction(self) -> float | None:
        """Share done in [0, 1], or None while the total is unknown."""
        if self.total <= 0:
            return None
        return min(1.0, self.done / self.total)

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds to the end, of even work at the mean speed so far; None where there
        is no estimate yet."""
        if self.left_s is not None or not self.is_even:
            return self.left_s
        if self.total <= 0 or self.done <= 0 or self.elapsed_s <= 0:
            return None
        return max(0.0, (self.total - self.done) * self.elapsed_s / self.done)


class CancelToken:
    """Shared between whoever asks for work and whoever does it; safe from any thread.

    Long work calls :meth:`checkpoint` between batches: it blocks while paused and raises
    :class:`Cancelled` once cancelled.
    """

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()

    def cancel(self) -> None:
        """Ask the work to stop at its next checkpoint, also when it is paused."""
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        """Ask the work to wait at its next checkpoint."""
        if not self._cancelled.is_set():
            self._running.clear()

    def resume(self) -> None:
        """Let paused work go on."""
        self._running.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def is_paused(self) -> bool:
        return not self._running.is_set()

    def checkpoint(self) -> None:
        """Block while paused; raise :class:`Cancelled` if cancelled."""
        self._running.wait()
        if self._cancelled.is_set():
            raise Cancelled
