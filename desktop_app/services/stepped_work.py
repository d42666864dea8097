"""Work that cannot be cut into steps, done by a thread of its own while a lane steps it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from desktop_app.domain.progress import CancelToken

T = TypeVar("T")

STEP_S = 0.2
"""How long an edit may have to wait for the step in hand."""


class SteppedWork(Generic[T]):
    """Runs ``work``, which asks the token it is given, in a thread that ends with :meth:`steps`.

    The thread is held at its next checkpoint whenever nobody waits for a step: a paused run
    rests, and what goes between two steps has the machine to itself.
    """

    def __init__(self, work: Callable[[CancelToken], T]) -> None:
        self._work = work
        self._result: list[T] = []

    @property
    def result(self) -> T:
        """What ``work`` returned, once :meth:`steps` ended by itself."""
        return self._result[0]

    def steps(self, token: CancelToken) -> Generator[None]:
        """Yields every STEP_S until the work is done. Raises Cancelled where ``token`` was
        cancelled, and whatever the work raises."""
        inner = CancelToken()
        executor = ThreadPoolExecutor(1, thread_name_prefix="stepped-work")
        try:
            future = executor.submit(self._work, inner)
            while not future.done():
                inner.resume()
                wait([future], timeout=STEP_S)
                inner.pause()
                yield
                token.checkpoint()
            self._result.append(future.result())
        finally:
            inner.cancel()
            executor.shutdown(cancel_futures=True)
