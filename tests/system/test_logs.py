"""A defect in any thread leaves a trace and tells the window."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.system.logs import install_crash_hooks, start_logging


@pytest.fixture
def restored_hooks() -> Iterator[None]:
    hooks = (sys.excepthook, threading.excepthook)
    handlers = list(logging.getLogger().handlers)
    level = logging.getLogger().level
    yield
    sys.excepthook, threading.excepthook = hooks
    for handler in logging.getLogger().handlers[:]:
        if handler not in handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
    logging.getLogger().setLevel(level)


@pytest.mark.usefixtures("restored_hooks")
def test_an_exception_in_a_thread_is_logged_and_told(tmp_path: Path) -> None:
    path = start_logging(tmp_path / "logs")
    told: list[BaseException] = []
    install_crash_hooks(told.append)

    def fail() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert [str(error) for error in told] == ["in a thread"]
    assert path is not None
    assert "RuntimeError: in a thread" in path.read_text("utf-8")


@pytest.mark.usefixtures("restored_hooks")
def test_interrupting_from_the_keyboard_is_no_crash() -> None:
    told: list[BaseException] = []
    install_crash_hooks(told.append)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not told


@pytest.mark.usefixtures("restored_hooks")
def test_a_folder_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert start_logging(blocked / "logs") is None
