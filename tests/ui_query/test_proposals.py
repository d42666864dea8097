"""The proposed category and the chips of a refinement, by themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.domain.search import CategoryGuess
from desktop_app.ui.category_strip import CategoryStrip
from desktop_app.ui.refinement_chips import PointedAt, RefinementChips
from desktop_app.ui.theme import Theme


def test_a_proposal_names_the_category_and_how_sure_it_is(theme: Theme, qtbot: QtBot) -> None:
    strip = CategoryStrip(theme)
    qtbot.addWidget(strip)
    assert strip.words == ""
    strip.propose(CategoryGuess("Jars", 0.92))
    assert strip.words == "Looks like Jars (92 %)"
    assert strip.accept.text() == "Only Jars"
    strip.propose(CategoryGuess("Jars", 1.0))
    assert strip.words == "Surely Jars (99 %)"
    strip.propose(CategoryGuess("Salt & pepper mills", 0.6))
    assert strip.words == "Looks like Salt & pepper mills (60 %)"
    assert strip.accept.text() == "Only these"
    assert "Salt & pepper mills" in strip.accept.accessibleName()


def test_only_a_press_accepts_a_proposal(theme: Theme, qtbot: QtBot) -> None:
    strip = CategoryStrip(theme)
    qtbot.addWidget(strip)
    with qtbot.assertNotEmitted(strip.accepted):
        strip.propose(CategoryGuess("Jars", 0.999))
    with qtbot.waitSignal(strip.accepted) as accepted:
        strip.accept.click()
    assert accepted.args == ["Jars"]
    with qtbot.waitSignal(strip.dismissed) as dismissed:
        strip.dismiss.trigger()
    assert dismissed.args == ["Jars"]
    assert strip.isHidden()


def test_chips_say_what_was_pointed_at_and_are_taken_away_by_key(
    theme: Theme, qtbot: QtBot
) -> None:
    chips = RefinementChips(theme)
    qtbot.addWidget(chips)
    chips.set_refinement([PointedAt(1, "JAR-1", True), PointedAt(2, "JAR-2", False)])
    assert [chip.text for chip in chips.chips] == ["more like JAR-1", "less like JAR-2"]
    with qtbot.waitSignal(chips.removed) as removed:
        qtbot.keyClick(chips.chips[1].close_button, Qt.Key.Key_Delete)
    assert removed.args == [2]
    chips.set_refinement([])
    assert chips.isHidden()
