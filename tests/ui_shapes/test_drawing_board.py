"""Drawing with the mouse and with the keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.sketch_curves import NodeKind
from desktop_app.domain.sketch_templates import TEMPLATES
from desktop_app.domain.sketching import Sketch
from desktop_app.ui.shapes.sketch.canvas import SketchCanvas
from desktop_app.ui.theme import Theme

BOTTLE = TEMPLATES[0].sketch
BASE = len(BOTTLE.nodes) - 1


@pytest.fixture
def board(qtbot: QtBot, theme: Theme) -> Iterator[SketchCanvas]:
    made = SketchCanvas(theme)
    qtbot.addWidget(made)
    made.resize(500, 640)
    made.show()
    made.open_sketch(BOTTLE)
    yield made


def at(board: SketchCanvas, x: float, y: float) -> QPoint:
    return board.frame.to_screen(x, y).toPoint()


def node_at(board: SketchCanvas, index: int, *, mirrored: bool = False) -> QPoint:
    node = board.sketch.nodes[index]
    return at(board, -node.x if mirrored else node.x, node.y)


def drag(
    qtbot: QtBot,
    board: SketchCanvas,
    start: QPoint,
    end: QPoint,
    *,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    qtbot.mousePress(board, Qt.MouseButton.LeftButton, keys, start)
    for step in range(1, 5):
        qtbot.mouseMove(board, start + (end - start) * step / 4)
    # Moves of the test library carry no modifiers.
    event = _move(end, keys)
    QApplication.sendEvent(board, event)
    qtbot.mouseRelease(board, Qt.MouseButton.LeftButton, keys, end)


def _move(end: QPoint, keys: Qt.KeyboardModifier) -> QEvent:
    from PySide6.QtGui import QMouseEvent

    place = QPointF(end)
    left = Qt.MouseButton.LeftButton
    return QMouseEvent(QEvent.Type.MouseMove, place, place, left, left, keys)


def press(board: SketchCanvas, key: Qt.Key, keys: Qt.KeyboardModifier | None = None) -> None:
    modifiers = keys or Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(board, QKeyEvent(QEvent.Type.KeyPress, key, modifiers))


def test_a_dragged_node_changes_the_outline_all_the_way(qtbot: QtBot, board: SketchCanvas) -> None:
    seen: list[Sketch] = []
    board.sketch_changed.connect(lambda: seen.append(board.sketch))
    start = node_at(board, BASE)
    drag(qtbot, board, start, start + QPoint(40, 0))
    assert len(seen) >= 3
    widths = [sketch.extent[0] for sketch in seen]
    assert widths == sorted(widths) and widths[-1] > BOTTLE.extent[0] + 5
    assert board.selected == BASE
    # Both sides went along, and the whole drag is one step back.
    assert board.sketch.points[:, 0].min() == pytest.approx(-board.sketch.points[:, 0].max())
    board.undo()
    assert board.sketch == BOTTLE
    board.redo()
    assert board.sketch == seen[-1]


def test_a_node_is_also_held_by_its_mirror_image(qtbot: QtBot, board: SketchCanvas) -> None:
    start = node_at(board, BASE, mirrored=True)
    drag(qtbot, board, start, start - QPoint(40, 0))
    assert board.sketch.nodes[BASE].x > BOTTLE.nodes[BASE].x + 3


def test_nodes_snap_to_others_unless_alt_is_held(qtbot: QtBot, board: SketchCanvas) -> None:
    shoulder = next(i for i, node in enumerate(BOTTLE.nodes) if node.radius > 5)
    target = at(board, BOTTLE.nodes[BASE].x, -60) + QPoint(3, 0)
    drag(qtbot, board, node_at(board, shoulder), target)
    assert board.sketch.nodes[shoulder].x == BOTTLE.nodes[BASE].x
    drag(
        qtbot,
        board,
        node_at(board, shoulder),
        target + QPoint(0, 3),
        keys=Qt.KeyboardModifier.AltModifier,
    )
    assert board.sketch.nodes[shoulder].x != BOTTLE.nodes[BASE].x


def test_no_node_crosses_the_axis(qtbot: QtBot, board: SketchCanvas) -> None:
    drag(qtbot, board, node_at(board, 0), at(board, -30, BOTTLE.nodes[0].y))
    assert board.sketch.nodes[0].x == 0


def test_a_click_on_the_outline_adds_a_point(qtbot: QtBot, board: SketchCanvas) -> None:
    qtbot.mouseClick(board, Qt.MouseButton.LeftButton, pos=at(board, 20, -40))
    assert len(board.sketch.nodes) == len(BOTTLE.nodes) + 1
    added = board.selected_node
    assert added is not None
    assert (added.x, added.y) == pytest.approx((20, -40), abs=0.6)
    assert added.kind is NodeKind.CORNER
    board.remove_node()
    assert board.sketch == BOTTLE


def test_a_double_click_turns_a_corner_into_a_curve_and_back(
    qtbot: QtBot, board: SketchCanvas
) -> None:
    place = node_at(board, BASE)
    for expected in (NodeKind.SMOOTH, NodeKind.CORNER):
        qtbot.mouseDClick(board, Qt.MouseButton.LeftButton, pos=place)
        assert board.sketch.nodes[BASE].kind is expected


def test_an_outline_is_drawn_by_clicking_on_an_empty_board(
    qtbot: QtBot, board: SketchCanvas
) -> None:
    board.open_sketch(Sketch())
    for x, y in ((10, -100), (10, -70), (30, -60), (30, 0)):
        qtbot.mouseClick(board, Qt.MouseButton.LeftButton, pos=at(board, x, y))
    assert board.is_adding
    assert [(round(n.x), round(n.y)) for n in board.sketch.nodes] == [
        (10, -100),
        (10, -70),
        (30, -60),
        (30, 0),
    ]
    outline = board.sketch.outline
    assert outline is not None
    press(board, Qt.Key.Key_Escape)
    assert not board.is_adding
    for _ in range(4):
        board.undo()
    assert board.sketch == Sketch()


def test_everything_goes_by_the_keys_too(board: SketchCanvas) -> None:
    press(board, Qt.Key.Key_PageDown)
    assert board.selected == 0
    press(board, Qt.Key.Key_PageUp)
    assert board.selected == BASE
    before = board.sketch.nodes[BASE]
    press(board, Qt.Key.Key_Right)
    near = board.sketch.nodes[BASE].x - before.x
    press(board, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    far = board.sketch.nodes[BASE].x - before.x - near
    assert far == pytest.approx(5 * near) and near > 0
    press(board, Qt.Key.Key_Plus)
    assert board.sketch.nodes[BASE].radius > before.radius
    press(board, Qt.Key.Key_V)
    assert board.sketch.nodes[BASE].kind is NodeKind.SMOOTH
    press(board, Qt.Key.Key_C)
    assert board.sketch.nodes[BASE].kind is NodeKind.CORNER
    press(board, Qt.Key.Key_Delete)
    assert len(board.sketch.nodes) == BASE
    board.select(1)
    press(board, Qt.Key.Key_Insert)
    assert len(board.sketch.nodes) == BASE + 1 and board.selected == 2
    control = Qt.KeyboardModifier.ControlModifier
    while board.history.can_undo and board.sketch != BOTTLE:
        press(board, Qt.Key.Key_Z, control)
    assert board.sketch == BOTTLE


def test_undoing_here_is_not_taken_by_the_window(board: SketchCanvas) -> None:
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    )
    event.ignore()
    QApplication.sendEvent(board, event)
    assert event.isAccepted()


def test_the_wheel_zooms_about_the_mouse_and_0_shows_all(board: SketchCanvas) -> None:
    place = QPointF(120, 200)
    under = board.frame.to_sketch(place)
    scale = board.frame.scale
    wheel = QWheelEvent(
        place,
        QPointF(board.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(board, wheel)
    assert board.frame.scale > 1.3 * scale
    assert board.frame.to_sketch(place) == pytest.approx(under)
    press(board, Qt.Key.Key_0)
    assert board.frame.scale == pytest.approx(scale)


def test_dragging_the_empty_board_moves_only_the_view(qtbot: QtBot, board: SketchCanvas) -> None:
    before = board.frame.origin
    drag(qtbot, board, QPoint(30, 30), QPoint(90, 50))
    assert board.sketch == BOTTLE
    assert board.frame.origin != before


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.key)
def test_every_template_is_painted_whole(board: SketchCanvas, template: object) -> None:
    board.open_sketch(template.sketch)  # type: ignore[attr-defined]
    points = board.frame.polygon(board.sketch.points)
    assert board.rect().contains(points.boundingRect().toAlignedRect())
    assert not board.grab().isNull()
