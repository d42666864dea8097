"""Sliders and presets: what is told, what is shown, and that the keyboard does it all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.evidence import (
    IGNORE,
    MUST_MATCH,
    SAME_DESIGN,
    SAME_SHAPE,
    ChannelWeights,
    WeightPreset,
)
from desktop_app.ui.likeness_panel import LikenessPanel
from desktop_app.ui.theme import Theme

MINE = WeightPreset("Mine", ChannelWeights(shape=1.5, colour=0.5))


@pytest.fixture
def panel(theme: Theme, qtbot: QtBot) -> Iterator[LikenessPanel]:
    made = LikenessPanel(theme)
    qtbot.addWidget(made)
    made.resize(296, 200)
    made.show()
    made.activateWindow()
    yield made


def told(panel: LikenessPanel) -> list[ChannelWeights]:
    seen: list[ChannelWeights] = []
    panel.weights_changed.connect(seen.append)
    return seen


def turn_wheel(widget: object, notches: int) -> bool:
    event = QWheelEvent(
        QPointF(40, 8),
        QPointF(40, 8),
        QPoint(0, 0),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)  # type: ignore[arg-type]
    return event.isAccepted()


@pytest.mark.parametrize(("width", "names"), [(164, 2), (200, 2), (296, 3)])
def test_the_names_of_the_stops_never_run_into_one_another(
    panel: LikenessPanel, width: int, names: int
) -> None:
    panel.resize(width, 200)
    assert panel.width() == width
    rooms = [room for _name, room in panel.stops.placed()]
    assert len(rooms) == names
    assert rooms[0].left() == 0 and rooms[-1].right() < panel.stops.width()
    assert all(left.right() < right.left() for left, right in itertools.pairwise(rooms))


def test_arrow_keys_move_one_weight_and_tell_all_four(panel: LikenessPanel, qtbot: QtBot) -> None:
    seen = told(panel)
    qtbot.keyClick(panel.colour, Qt.Key.Key_Left)
    assert seen == [ChannelWeights(colour=0.9)]
    qtbot.keyClick(panel.shape, Qt.Key.Key_End)
    assert seen[-1] == ChannelWeights(shape=MUST_MATCH, colour=0.9)
    qtbot.keyClick(panel.shape, Qt.Key.Key_Home)
    assert seen[-1].shape == IGNORE


def test_a_double_click_sets_as_learned(panel: LikenessPanel, qtbot: QtBot) -> None:
    panel.set_weights(ChannelWeights(print=0.2))
    seen = told(panel)
    qtbot.mouseDClick(panel.print, Qt.MouseButton.LeftButton)
    assert seen[-1] == ChannelWeights()


def test_the_wheel_moves_the_slider_in_use_and_otherwise_scrolls_the_pane(
    panel: LikenessPanel, qtbot: QtBot
) -> None:
    panel.presets.combo.setFocus()
    assert not turn_wheel(panel.surface, 1)
    assert panel.weights == ChannelWeights()
    panel.surface.setFocus()
    qtbot.waitUntil(panel.surface.hasFocus)
    assert turn_wheel(panel.surface, 1)
    assert panel.weights.surface > 1


def test_weights_set_elsewhere_are_shown_and_not_told(panel: LikenessPanel) -> None:
    seen = told(panel)
    panel.set_weights(SAME_DESIGN.weights)
    assert panel.colour.weight == IGNORE
    assert panel.presets.combo.currentText() == "Same design, any colour"
    assert not seen


def test_a_preset_moves_the_sliders_at_once(panel: LikenessPanel, qtbot: QtBot) -> None:
    seen = told(panel)
    qtbot.keyClick(panel.presets.combo, Qt.Key.Key_End)
    assert seen == [SAME_SHAPE.weights]
    assert panel.shape.weight == MUST_MATCH
    assert panel.shape.words() == "must match"


def test_moved_sliders_are_nobody_s_preset_until_saved(panel: LikenessPanel, qtbot: QtBot) -> None:
    assert not panel.presets.save.isEnabled()
    qtbot.keyClick(panel.shape, Qt.Key.Key_Right)
    assert panel.presets.combo.currentText() == "Own settings"
    panel.presets.save.trigger()
    qtbot.keyClicks(panel.presets.name, "Flat packs")
    with qtbot.waitSignal(panel.presets_changed) as kept:
        qtbot.keyClick(panel.presets.name, Qt.Key.Key_Return)
    assert kept.args[0] == (WeightPreset("Flat packs", panel.weights),)
    assert panel.presets.combo.currentText() == "Flat packs"
    panel.set_weights(ChannelWeights())
    assert panel.presets.combo.findText("Flat packs") >= 0


def test_a_taken_name_is_refused_and_escape_gives_up(panel: LikenessPanel, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.shape, Qt.Key.Key_Right)
    panel.presets.save.trigger()
    qtbot.keyClicks(panel.presets.name, "same item")
    with qtbot.assertNotEmitted(panel.presets_changed):
        qtbot.keyClick(panel.presets.name, Qt.Key.Key_Return)
        assert panel.presets.name.property("invalid") == "true"
        qtbot.keyClick(panel.presets.name, Qt.Key.Key_Escape)
    assert panel.presets.combo.isVisible()


def test_an_own_preset_is_renamed_and_deleted_and_a_shipped_one_is_not(
    panel: LikenessPanel, qtbot: QtBot
) -> None:
    panel.set_presets((MINE,))
    assert not panel.presets.delete.isEnabled()
    panel.set_weights(MINE.weights)
    panel.presets.rename.trigger()
    assert panel.presets.name.text() == "Mine"
    qtbot.keyClicks(panel.presets.name, "Theirs")
    with qtbot.waitSignal(panel.presets_changed) as kept:
        qtbot.keyClick(panel.presets.name, Qt.Key.Key_Return)
    assert kept.args[0] == (WeightPreset("Theirs", MINE.weights),)
    with qtbot.waitSignal(panel.presets_changed) as kept:
        panel.presets.delete.trigger()
    assert kept.args[0] == ()
    assert panel.presets.combo.currentText() == "Own settings"
    assert panel.weights == MINE.weights


def test_what_is_not_known_yet_is_said(panel: LikenessPanel) -> None:
    assert panel.note == ""
    panel.set_note("Print is known for 412 of 1,204 pictures.")
    assert panel.note.startswith("Print is known")
    panel.set_note("")
    assert panel.note == ""


def test_the_sliders_fold_away_and_the_presets_stay(panel: LikenessPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.folded):
        panel.fold.click()
    assert not panel.shape.isVisible()
    assert panel.presets.combo.isVisible()
    panel.set_open(True)
    assert panel.shape.isVisible()
