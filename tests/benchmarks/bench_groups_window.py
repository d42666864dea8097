"""How long the window stands still over 100,000 groups of duplicates.

``python -m tests.benchmarks.bench_groups_window [--groups N]`` opens the page offscreen, lists,
scrolls, filters and decides, and prints the longest gap of the GUI thread in milliseconds for
each as JSON. Boards and lists are made in a lane, as in the application.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop_app import paths
from desktop_app.domain.duplicates import FoundPairs, Verdict
from desktop_app.domain.images import IdArray
from desktop_app.domain.products import PictureState, ProductCard
from desktop_app.domain.storage import ContentMap
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.pair_table import PairFacts
from desktop_app.ui.duplicates.page import DuplicatesPage, PageState
from desktop_app.ui.theme import Theme, ThemeMode
from desktop_app.workers.lane import Lane
from desktop_app.workers.review_lists import GroupQuery, Shown, list_groups
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

SWITCH_INTERVAL_S = 0.001
BEAT_MS = 2
PICTURES = 5_000
"""Different thumbnails, many more than are kept."""


class Watch:
    """A timer whose beats tell how long the thread stood still."""

    def __init__(self) -> None:
        self._worst = 0.0
        self._last = time.perf_counter()
        self._beat = QTimer()
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._tick)
        self._beat.start()

    def worst_ms(self, action: Callable[[], object], *, then_ms: int) -> float:
        """The longest gap while ``action`` runs and in the time after it."""
        pause(100)
        self._worst, self._last = 0.0, time.perf_counter()
        action()
        pause(then_ms)
        return round(self._worst, 1)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._worst = max(self._worst, (now - self._last) * 1000)
        self._last = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=100_000)
    count = parser.parse_args().groups
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication(sys.argv[:1])
    theme = Theme(paths.resources_dir() / "icons", mode=ThemeMode.LIGHT)
    theme.apply(app)
    picture = thumbnail()
    thumbnails = ThumbnailLoader(lambda _hash: picture)
    lanes = Lane("search"), Lane("browse")
    try:
        report = measured(theme, thumbnails, lanes, count)
    finally:
        for lane in lanes:
            lane.close()
        thumbnails.close()
    json.dump(report, sys.stdout, indent=1)
    print()


def measured(
    theme: Theme, thumbnails: ThumbnailLoader, lanes: tuple[Lane, Lane], count: int
) -> dict[str, float]:
    """Worst gaps in milliseconds by what was done."""
    search, browse = lanes
    found, facts = drawn(count)
    board = Board.of(found, facts)
    page = DuplicatesPage(theme, thumbnails)
    page.resize(1130, 840)
    page.show()
    page.show_state(PageState.REVIEW)
    groups, bar = page.groups, page.groups.view.verticalScrollBar()
    groups.model.cards_wanted.connect(
        lambda ids: browse.call(lambda _token: cards(ids), on_done=groups.model.receive_cards)
    )

    def listed(query: GroupQuery, ids: IdArray | None = None) -> None:
        search.call(lambda _token: list_groups(board, query, ids), on_done=groups.show_listing)

    def scrolled(steps: int, place: Callable[[int], int]) -> None:
        for step in range(steps):
            bar.setValue(place(step))
            pause(12)

    def dragged() -> None:
        for step in range(200):
            threshold = step / 200
            page.threshold.show_worth(board.count_at(threshold), board.precision_at(threshold))
            if step % 10 == 0:
                pause(BEAT_MS)

    board.precision_at(1.0)
    everything = GroupQuery(0.0, Shown.ALL)
    some = np.arange(1, 2 * count + 1, 7)
    watch = Watch()
    return {
        "groups": count,
        "read_board": watch.worst_ms(
            lambda: search.call(lambda _token: Board.of(found, facts)), then_ms=4_000
        ),
        "open": watch.worst_ms(lambda: listed(everything), then_ms=3_000),
        "scroll_by_wheel": watch.worst_ms(
            lambda: scrolled(80, lambda _step: bar.value() + 40), then_ms=500
        ),
        "scroll_all": watch.worst_ms(
            lambda: scrolled(60, lambda step: bar.maximum() * step // 60), then_ms=500
        ),
        "drag_the_slider": watch.worst_ms(dragged, then_ms=200),
        "filter_by_threshold": watch.worst_ms(lambda: listed(GroupQuery(0.7)), then_ms=2_000),
        "filter_by_words": watch.worst_ms(lambda: listed(everything, some), then_ms=2_000),
        "go_to_the_last": watch.worst_ms(
            lambda: groups.choose(groups.model.rowCount() - 1), then_ms=500
        ),
        "give_a_verdict": watch.worst_ms(
            lambda: groups.model.set_verdict(groups.model.group(0).pair_rows, Verdict.SAME),
            then_ms=500,
        ),
    }


def drawn(count: int) -> tuple[FoundPairs, PairFacts]:
    """Pairs of products with one picture each; every pair is a group."""
    ids: IdArray = np.arange(1, 2 * count + 1)
    none = np.full(count, np.nan, np.float32)
    found = FoundPairs(
        ids[::2],
        ids[1::2],
        np.random.default_rng(0).beta(4, 1, count).astype(np.float32),
        np.zeros(count, np.float32),
        np.full((count, 5), np.nan, np.float32),
        none,
        np.zeros(count, np.int64),
    )
    hashes = {each: f"{each:032x}" for each in ids.tolist()}
    skus = {each: f"SKU-{each}" for each in ids.tolist()}
    nobody = np.zeros(0, np.int64)
    return found, PairFacts(ContentMap(ids, ids), hashes, skus, [], (nobody, nobody))


def cards(product_ids: tuple[int, ...]) -> list[ProductCard]:
    return [
        ProductCard(
            each,
            f"SKU-{each}",
            f"Jar {each}",
            thumbnail=f"{each % PICTURES:032x}",
            picture_count=1,
            state=PictureState.READY,
        )
        for each in product_ids
    ]


def thumbnail() -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (16, 16, 3)).astype(np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(noise).resize((256, 256)).save(encoded, "JPEG")
    return encoded.getvalue()


def pause(milliseconds: int) -> None:
    """Let the window work."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
