"""Telling how long each step of something took."""

from __future__ import annotations

import time


class Stopwatch:
    """Milliseconds since the last lap."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def lap_ms(self) -> float:
        since, self._since = self._since, time.perf_counter()
        return (self._since - since) * 1e3
