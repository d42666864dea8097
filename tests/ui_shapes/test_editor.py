"""The tools around the drawing board."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from desktop_app.domain.sketch_curves import NodeKind
from desktop_app.domain.sketch_templates import TEMPLATES
from desktop_app.domain.sketching import Sketch
from desktop_app.ui.shapes.sketch.editor import SketchEditor, StartingPoints
from desktop_app.ui.shapes.sketch.node_menu import node_menu
from desktop_app.ui.shapes.sketch.template_icons import template_icon, template_name
from desktop_app.ui.theme import Theme

BOTTLE = TEMPLATES[0].sketch


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> Iterator[SketchEditor]:
    made = SketchEditor(theme)
    qtbot.addWidget(made)
    made.resize(380, 720)
    made.show()
    yield made


def entry(editor: SketchEditor, words: str) -> QAction:
    return next(action for action in editor._menu.actions() if action.text() == words)


def test_a_profile_is_chosen_by_its_name_and_picture(editor: SketchEditor) -> None:
    seen: list[Sketch] = []
    editor.sketch_changed.connect(seen.append)
    entry(editor, "Bottle, round shoulder").trigger()
    assert seen == [BOTTLE] and editor.sketch == BOTTLE
    names = [template_name(template) for template in TEMPLATES]
    assert len(set(names)) == len(names)
    for template in TEMPLATES:
        icon = template_icon(template.sketch, editor._theme, QSize(28, 28))
        assert not icon.pixmap(QSize(28, 28)).toImage().isNull()


def test_sizes_are_shown_and_set_in_millimetres(editor: SketchEditor) -> None:
    assert not editor._height.isEnabled()
    editor.open_sketch(BOTTLE)
    assert editor._height.value() == 0
    editor._height.setValue(150)
    assert editor.sketch.size_mm == pytest.approx((60, 150), abs=0.3)
    assert editor._width.value() == pytest.approx(60, abs=0.3)
    editor._keeps_form.setChecked(False)
    editor._width.setValue(90)
    assert editor.sketch.size_mm == pytest.approx((90, 150), abs=0.5)
    assert editor.sketch.extent[0] > BOTTLE.extent[0]
    editor.canvas.undo()
    assert editor._width.value() == pytest.approx(60, abs=0.3)


def test_the_chosen_point_shows_and_takes_its_kind_and_radius(editor: SketchEditor) -> None:
    editor.open_sketch(BOTTLE.sized(height_mm=200))
    assert not editor._node_row.isVisible()
    index = next(i for i, node in enumerate(BOTTLE.nodes) if node.radius > 5)
    editor.canvas.select(index)
    assert editor._node_row.isVisible() and editor._corner.isChecked()
    # Two millimetres to each unit.
    assert editor._radius.value() == pytest.approx(22, abs=0.2)
    editor._radius.setValue(30)
    assert editor.sketch.nodes[index].radius == pytest.approx(15, abs=0.1)
    editor._curve.click()
    assert editor.sketch.nodes[index].kind is NodeKind.SMOOTH
    assert not editor._radius.isEnabled()
    editor._remove.click()
    assert len(editor.sketch.nodes) == len(BOTTLE.nodes) - 1


def test_symmetry_is_left_and_taken_up_again(editor: SketchEditor) -> None:
    editor.open_sketch(BOTTLE)
    editor._symmetric.click()
    assert not editor.sketch.is_symmetric
    assert len(editor.sketch.nodes) == 2 * len(BOTTLE.nodes)
    editor._symmetric.click()
    assert editor.sketch.is_symmetric
    editor.canvas.undo()
    editor.canvas.undo()
    assert editor.sketch == BOTTLE and editor._symmetric.isChecked()


def test_a_cleared_board_comes_back_by_undoing(editor: SketchEditor) -> None:
    editor.open_sketch(BOTTLE)
    editor._clear.click()
    assert not editor.sketch.nodes and not editor._clear.isEnabled()
    assert not editor.grab().isNull()
    editor._undo.click()
    assert editor.sketch == BOTTLE


def test_what_cannot_be_started_from_is_not_offered(qtbot: QtBot, editor: SketchEditor) -> None:
    editor.set_starting_points(StartingPoints(product=True, picture=False))
    product = entry(editor, "Outline of the chosen product")
    assert product.isEnabled()
    assert not entry(editor, "Outline of the query picture").isEnabled()
    with qtbot.waitSignal(editor.product_wanted, timeout=1000):
        product.trigger()
    with qtbot.waitSignal(editor.file_wanted, timeout=1000):
        entry(editor, "Drawing (SVG, DXF, picture)…").trigger()


def test_a_point_has_a_menu_and_is_told_in_words(editor: SketchEditor) -> None:
    editor.open_sketch(BOTTLE)
    assert editor.canvas.accessibleDescription() == f"{len(BOTTLE.nodes)} points, none chosen"
    editor.canvas.select(2)
    assert editor.canvas.accessibleDescription() == f"Point 3 of {len(BOTTLE.nodes)}, corner"
    menu = node_menu(editor.canvas, editor)
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert actions["Corner"].isChecked()
    actions["Curve"].trigger()
    assert editor.sketch.nodes[2].kind is NodeKind.SMOOTH
    actions["Remove the point"].trigger()
    assert len(editor.sketch.nodes) == len(BOTTLE.nodes) - 1
