"""Work beside is stopped, paused and told of as if it were done by who waits for it."""

from __future__ import annotations

import threading

import pytest

from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.services.learning.beside import Beside

PATIENCE_S = 60


def test_what_was_made_is_given_once_it_is_done() -> None:
    gate = threading.Event()

    def work(_token: CancelToken) -> str:
        assert gate.wait(PATIENCE_S)
        return "made"

    with Beside(work, CancelToken()) as job:
        assert not job.is_done()
        gate.set()
        while not job.is_done():
            pass
        assert job.result() == "made"


def test_what_it_raises_is_raised() -> None:
    def work(_token: CancelToken) -> None:
        raise TimeoutError("of its own")

    with Beside(work, CancelToken()) as job, pytest.raises(TimeoutError, match="of its own"):
        while not job.is_done():
            pass
        job.result()


def endless(token: CancelToken) -> None:
    while True:
        token.checkpoint()


def test_cancelling_ends_it() -> None:
    token = CancelToken()
    with pytest.raises(Cancelled), Beside(endless, token) as job:
        assert not job.is_done()
        token.cancel()
        job.is_done()


def test_leaving_ends_it() -> None:
    before = threading.active_count()
    with Beside(endless, CancelToken()) as job:
        assert not job.is_done()
    assert threading.active_count() == before


def test_while_it_is_held_it_waits() -> None:
    token, held, going = CancelToken(), threading.Event(), threading.Event()

    def work(own: CancelToken) -> bool:
        going.set()
        while not own.is_paused:
            pass
        held.set()
        own.checkpoint()
        return True

    with Beside(work, token) as job:
        assert going.wait(PATIENCE_S)
        token.pause()
        waiting = threading.Thread(target=job.hold)
        waiting.start()
        assert held.wait(PATIENCE_S)
        token.resume()
        waiting.join(PATIENCE_S)
        while not job.is_done():
            pass
        assert job.result()
