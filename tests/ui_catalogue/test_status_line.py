"""The line at the bottom tells what there is, what runs, and what was done."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.progress import Progress
from desktop_app.domain.storage import PictureCounts
from desktop_app.ui.status_line import StatusLine
from desktop_app.ui.theme import Theme
from desktop_app.workers.long_work import WorkKind, WorkStatus

HALF = WorkStatus(WorkKind.INDEX, Progress("reading", 50, 100, elapsed_s=42))


@pytest.fixture
def line(theme: Theme, qtbot: QtBot) -> StatusLine:
    made = StatusLine(theme)
    qtbot.addWidget(made)
    made.resize(1100, 28)
    made.show()
    return made


def test_products_and_pictures_are_counted(line: StatusLine) -> None:
    line.show_counts(1, PictureCounts(ready=2))
    assert line._counts.text() == "1 product · 2 pictures"
    assert not line._problems.isVisible()


def test_problems_are_counted_and_can_be_looked_at(line: StatusLine, qtbot: QtBot) -> None:
    line.show_counts(2, PictureCounts(failed=1, offline=2))
    assert line._problems.accessibleName() == "3 problems"
    with qtbot.waitSignal(line.problems_requested):
        line._problems.click()


def test_nothing_runs_nothing_is_shown(line: StatusLine) -> None:
    line.show_work(HALF)
    line.show_work(None)
    assert not line._running.isVisible()


def test_work_shows_how_far_it_is_and_how_long_it_takes(line: StatusLine) -> None:
    line.show_work(HALF)
    assert line._doing.text() == "reading pictures 50 %"
    assert line._left.text() == "0:42 left"
    assert line._bar.value() == line._bar.maximum() // 2


@pytest.mark.parametrize(
    ("elapsed_s", "words"), [(3.4, "0:03 left"), (61, "1:01 left"), (3725, "1:02:05 left")]
)
def test_time_is_written_as_on_a_clock(line: StatusLine, elapsed_s: float, words: str) -> None:
    line.show_work(WorkStatus(WorkKind.INDEX, Progress("", 1, 2, elapsed_s=elapsed_s)))
    assert line._left.text() == words


def test_work_of_unknown_length_shows_that_it_goes_on(line: StatusLine) -> None:
    line.show_work(WorkStatus(WorkKind.IMPORT, Progress("", 12)))
    assert line._doing.text() == "importing 12"
    assert line._left.text() == ""
    assert line._bar.maximum() == 0


def test_work_is_paused_resumed_and_cancelled(line: StatusLine, qtbot: QtBot) -> None:
    pause, cancel = line._running.findChildren(QToolButton)
    line.show_work(HALF)
    with qtbot.waitSignal(line.pause_requested) as asked:
        pause.click()
    assert asked.args == [WorkKind.INDEX]
    line.show_work(WorkStatus(HALF.kind, HALF.progress, paused=True))
    assert line._left.text() == "paused"
    assert pause.toolTip() == "Resume"
    with qtbot.waitSignal(line.resume_requested):
        pause.click()
    with qtbot.waitSignal(line.cancel_requested):
        cancel.click()


def test_looking_closer_has_its_own_words(line: StatusLine) -> None:
    line.show_work(WorkStatus(WorkKind.ENRICH, HALF.progress))
    assert line._doing.text() == "looking closer at pictures 50 %"
    assert line._left.text() == "0:42 left"


def test_looking_closer_is_offered_while_nothing_runs(line: StatusLine, qtbot: QtBot) -> None:
    assert not line._enrich.isVisible()
    line.offer_to_enrich(True)
    assert line._enrich.isVisible()
    with qtbot.waitSignal(line.enrich_requested):
        line._enrich.click()
    line.show_work(HALF)
    assert not line._enrich.isVisible()
    line.show_work(None)
    assert line._enrich.isVisible()
    line.offer_to_enrich(False)
    assert not line._enrich.isVisible()


def test_what_was_done_can_be_undone_for_a_while(line: StatusLine, qtbot: QtBot) -> None:
    line.show_message("Removed 12 products", undo=True)
    assert line.message == "Removed 12 products"
    with qtbot.waitSignal(line.undo_requested):
        line._undo.click()
    assert line.message == ""
    assert not line._undo.isVisible()


def test_a_message_goes_by_itself(line: StatusLine, qtbot: QtBot) -> None:
    line._message_time.setInterval(0)
    line.show_message("Saved")
    assert not line._undo.isVisible()
    qtbot.waitUntil(lambda: line.message == "")


def test_it_fits_the_smallest_window(line: StatusLine) -> None:
    line.show_counts(123_456, PictureCounts(ready=345_678, failed=2))
    line.show_work(HALF)
    line.show_message("Removed 12 products from this catalogue " * 4, undo=True)
    assert line.minimumSizeHint().width() <= 900
