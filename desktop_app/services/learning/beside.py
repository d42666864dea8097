"""Work of seconds in a thread of its own, while whoever waits for it goes on in small steps."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from types import TracebackType
from typing import Generic, TypeVar

from desktop_app.domain.progress import CancelToken

WAIT_S = 0.2

T = TypeVar("T")


class Beside(Generic[T]):
    """A context manager around ``work``, which begins on entering. Leaving before it is done
    stops it at its next checkpoint, and waits for that."""

    def __init__(self, work: Callable[[CancelToken], T], token: CancelToken) -> None:
        self._work = work
        self._token = token
        self._own = CancelToken()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="learning")
        self._future: Future[T] | None = None

    def hold(self) -> None:
        """Where the token is paused, let the work wait too until it goes on. Raises Cancelled."""
        self._own.pause()
        try:
            self._token.checkpoint()
        finally:
            self._own.resume()

    def is_done(self) -> bool:
        """Wait for it a moment; whether it is done. Raises Cancelled, and what the work
        raised."""
        assert self._future is not None
        self._token.checkpoint()
        try:
            self._future.result(WAIT_S)
        except TimeoutError:
            # Unless it is the work itself that ran out of time.
            return self._future.done()
        return True

    def result(self) -> T:
        """Once it is done."""
        assert self._future is not None
        return self._future.result()

    def __enter__(self) -> Beside[T]:
        self._future = self._pool.submit(self._work, self._own)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._own.cancel()
        self._pool.shutdown(wait=True)
