"""Cycles end in the GUI thread, whoever made them and whoever allocates."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.workers.garbage import GarbageKeeper


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def keeper(qtbot: QtBot) -> Iterator[GarbageKeeper]:
    before = gc.isenabled()
    gc.enable()
    made = GarbageKeeper()
    yield made
    made.stop()
    assert gc.isenabled()
    if not before:
        gc.disable()


def test_a_busy_thread_does_not_collect_what_the_gui_thread_made(
    qtbot: QtBot, keeper: GarbageKeeper
) -> None:
    ended_in: list[int] = []
    knot = Knot()
    weakref.finalize(knot, lambda: ended_in.append(threading.get_ident()))
    del knot
    kept: list[list[int]] = []
    thread = threading.Thread(target=lambda: kept.extend([i] for i in range(100_000)))
    thread.start()
    thread.join()
    assert ended_in == []
    qtbot.waitUntil(lambda: bool(ended_in), timeout=30_000)
    assert ended_in == [threading.get_ident()]
