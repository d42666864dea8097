"""Thumbnails: newest first, each once, dropped when out of view, and nothing left behind."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.ui_results import hasty_loading
from tests.ui_results.conftest import encoded_picture


class Shelf:
    """Serves thumbnails and holds them back until the gate is open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gates: dict[str, threading.Event] = {}
        self.gate.set()
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self.answers: dict[str, bytes | None] = {}
        self._lock = threading.Lock()

    def fetch(self, content_hash: str) -> bytes | None:
        with self._lock:
            self.asked.append(content_hash)
            self.threads.add(threading.get_ident())
        assert self.gates.get(content_hash, self.gate).wait(10)
        return self.answers.get(content_hash, encoded_picture(8))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def make_loader(qapp, shelf: Shelf) -> Iterator[Callable[..., ThumbnailLoader]]:
    made: list[ThumbnailLoader] = []

    def make(**options: int) -> ThumbnailLoader:
        made.append(ThumbnailLoader(shelf.fetch, **options))
        return made[-1]

    yield make
    shelf.gate.set()
    for loader in made:
        loader.close()


def test_a_thumbnail_is_decoded_elsewhere_and_announced_once(qtbot, make_loader, shelf) -> None:
    loader = make_loader()
    assert loader.pixmap("a") is None
    with qtbot.waitSignal(loader.loaded) as announced:
        loader.request("a")
        loader.request("a")
    assert announced.args == ["a"]
    assert loader.pixmap("a").width() == 8
    loader.request("a")
    assert shelf.asked == ["a"]
    assert threading.get_ident() not in shelf.threads


def test_the_newest_wish_goes_first_and_those_out_of_view_are_dropped(
    qtbot, make_loader, shelf
) -> None:
    loader = make_loader()
    shelf.gate.clear()
    shelf.gates["second"] = threading.Event()
    for name in ("first", "second"):
        loader.request(name)
    qtbot.waitUntil(lambda: len(shelf.asked) == 2)
    for name in ("gone", "old", "new", "newest"):
        loader.request(name)
    loader.request("old")
    loader.cancel({"gone", "never asked for"})
    assert loader.waiting_count == 3
    arrived: list[str] = []
    loader.loaded.connect(arrived.append)
    # One thread goes on, so that the order is told apart.
    shelf.gate.set()
    qtbot.waitUntil(lambda: len(arrived) == 4)
    assert shelf.asked[2:] == ["old", "newest", "new"]
    shelf.gates["second"].set()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_of_thumbnail_is_decoded(qtbot, make_loader, shelf, kind: str) -> None:
    encoded = io.BytesIO()
    Image.new("RGB", (24, 16), "red").save(encoded, kind)
    shelf.answers = {"a": encoded.getvalue()}
    loader = make_loader()
    with qtbot.waitSignal(loader.loaded):
        loader.request("a")
    image = loader.pixmap("a").toImage()
    assert (image.width(), image.height()) == (24, 16)
    assert image.pixelColor(12, 8).red() > 240 and image.pixelColor(12, 8).green() < 15


def test_a_missing_or_damaged_thumbnail_is_not_asked_for_again_until_told(
    qtbot, make_loader, shelf
) -> None:
    loader = make_loader()
    shelf.answers = {"none": None, "damaged": b"not a picture", "cut": encoded_picture(8)[:20]}
    loader.request("none")
    loader.request("damaged")
    loader.request("cut")
    with qtbot.waitSignal(loader.loaded):
        loader.request("good")
    qtbot.waitUntil(lambda: set(loader._absent) == {"none", "damaged", "cut"})
    loader.request("none")
    assert shelf.asked.count("none") == 1
    shelf.answers = {}
    loader.retry_absent()
    with qtbot.waitSignal(loader.loaded) as announced:
        loader.request("none")
    assert announced.args == ["none"]


def test_a_failing_store_costs_a_picture_not_the_application(qtbot, caplog) -> None:
    def broken(content_hash: str) -> bytes:
        raise OSError("unplugged")

    loader = ThumbnailLoader(broken)
    loader.request("a")
    qtbot.waitUntil(lambda: "a" in loader._absent)
    loader.close()
    assert "cannot be fetched" in caplog.text


def test_memory_is_bounded_and_the_longest_unused_goes(qtbot, make_loader) -> None:
    loader = make_loader(max_bytes=8 * 8 * 4 * 2)
    for name in ("a", "b"):
        with qtbot.waitSignal(loader.loaded):
            loader.request(name)
    loader.pixmap("a")
    with qtbot.waitSignal(loader.loaded):
        loader.request("c")
    assert loader.pixmap("b") is None
    assert loader.pixmap("a") is not None


def test_what_was_asked_before_a_clear_does_not_arrive_after_it(qtbot, make_loader, shelf) -> None:
    loader = make_loader()
    shelf.gate.clear()
    loader.request("old")
    qtbot.waitUntil(lambda: shelf.asked == ["old"])
    loader.clear()
    arrived: list[str] = []
    loader.loaded.connect(arrived.append)
    shelf.gate.set()
    with qtbot.waitSignal(loader.loaded):
        loader.request("new")
    loader.close()
    assert arrived == ["new"]
    assert loader.pixmap("old") is None


def test_closing_waits_for_the_threads_and_refuses_more(qtbot, make_loader, shelf) -> None:
    loader = make_loader()
    for number in range(40):
        loader.request(f"{number}")
    loader.close()
    asked = len(shelf.asked)
    loader.request("late")
    assert loader._pool.activeThreadCount() == 0
    assert len(shelf.asked) == asked


def test_loading_never_holds_up_connections_that_end() -> None:
    subprocess.run([sys.executable, "-m", hasty_loading.__name__], check=True, timeout=200)
