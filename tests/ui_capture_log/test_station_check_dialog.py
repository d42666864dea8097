"""The dialog that checks a station: it asks, tells, and offers what was measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import AnswerThresholds, Hint
from desktop_app.domain.products import ProductCard
from desktop_app.services.capture.checking import StationTrial, station_report
from desktop_app.ui.capture.check_words import false_accepts_text, misses_text, trial_text
from desktop_app.ui.capture.station_check_dialog import StationCheckDialog
from desktop_app.ui.theme import Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

CARD = ProductCard(7, "JAR-1", "Amber jar", thumbnail="hash")
RIGHT = StationTrial(7, 1, 0.97, 0.97, 0.2, (Hint.GLARE,))
THIRD = StationTrial(8, 3, 0.8, 0.4, 0.8, (Hint.GLARE, Hint.TOO_DARK))
LOST = StationTrial(9, 0, 0.3, 0.0, 0.3)
EXPECTED = AnswerThresholds(0.9, 0.5, 0.02, 0.17)


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> Iterator[StationCheckDialog]:
    loader = ThumbnailLoader(lambda _hash: None)
    made = StationCheckDialog(theme, loader)
    qtbot.addWidget(made)
    made.show()
    yield made
    loader.close()


def shown(dialog: StationCheckDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def button(dialog: StationCheckDialog, words: str) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if words in b.text().replace("&", ""))


def test_it_says_what_it_will_ask_for(qtbot: QtBot, dialog: StationCheckDialog) -> None:
    dialog.show_introduction(312)
    assert "10 products of the catalogue" in shown(dialog)
    assert "no more are asked for" not in shown(dialog)
    with qtbot.waitSignal(dialog.start_wanted):
        button(dialog, "Start").click()


def test_a_small_catalogue_is_told_apart(dialog: StationCheckDialog) -> None:
    dialog.show_introduction(6)
    assert "The catalogue has 6 products with pictures" in shown(dialog)
    dialog.show_introduction(2)
    assert "needs at least 3" in shown(dialog)
    assert not button(dialog, "Start").isVisible()


def test_it_asks_for_a_product_and_tells_its_place(
    qtbot: QtBot, dialog: StationCheckDialog
) -> None:
    dialog.show_product(4, 10, CARD)
    assert "Product 4 of 10" in shown(dialog)
    assert "JAR-1 · Amber jar" in shown(dialog)
    with qtbot.waitSignal(dialog.take_wanted):
        qtbot.keyClick(dialog, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.skip_wanted):
        button(dialog, "Not at hand").click()
    dialog.show_looking()
    with qtbot.assertNotEmitted(dialog.take_wanted):
        qtbot.keyClick(dialog, Qt.Key.Key_Space)
    dialog.tell_trial(RIGHT)
    assert "JAR-1 came first, 97\u202f%" in shown(dialog) or "JAR-1 came first, 97" in shown(dialog)
    dialog.tell_problem("Too dark.")
    assert button(dialog, "Take the picture").isEnabled()


def test_the_report_tells_figures_hints_and_what_to_expect(
    qtbot: QtBot, dialog: StationCheckDialog
) -> None:
    dialog.show_report(station_report([RIGHT] * 8 + [THIRD, LOST], 0.9), EXPECTED)
    words = shown(dialog)
    assert "8 of 10" in words
    assert "9 of 10" in words
    assert "Tilt it: it reflects the light (9)\nToo dark here (1)" in words
    assert "about 2 of 100 are taken for one that is" in words
    with qtbot.waitSignal(dialog.use_wanted):
        button(dialog, "Use for this station").click()
    dialog.tell_used()
    assert not button(dialog, "In use").isEnabled()
    with qtbot.waitSignal(dialog.start_wanted):
        button(dialog, "Check again").click()


def test_where_nothing_may_be_written_the_report_is_only_shown(
    dialog: StationCheckDialog,
) -> None:
    dialog.show_report(station_report([RIGHT], 0.9), EXPECTED, can_use=False)
    assert not button(dialog, "Use for this station").isEnabled()


def test_escape_leaves_the_check(qtbot: QtBot, dialog: StationCheckDialog) -> None:
    dialog.show_product(1, 10, CARD)
    with qtbot.waitSignal(dialog.stopped):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_words() -> None:
    assert trial_text(THIRD, "JAR-2") == "JAR-2 came at place 3."
    assert trial_text(LOST, "JAR-3") == "JAR-3 was not among the products found."
    rare = AnswerThresholds(0.9, 0.5, 0.001, 0.0)
    assert "fewer than 1 of 100" in false_accepts_text(rare)
    assert "0 of 100" in misses_text(rare)
