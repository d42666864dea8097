"""The crop box under mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.images import CropBox
from desktop_app.ui.crop_editing import inset
from desktop_app.ui.query_canvas import QueryCanvas
from desktop_app.ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(theme: Theme, qtbot: QtBot, picture: Callable[..., QImage]) -> QueryCanvas:
    made = QueryCanvas(theme)
    qtbot.addWidget(made)
    made.resize(320, 320)
    made.set_picture(picture(200, 100), quarter_turns=0, crop=CropBox())
    made.show()
    return made


def at(canvas: QueryCanvas, x: float, y: float) -> QPoint:
    rect = canvas.picture_rect()
    return QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()).toPoint()


def move(canvas: QueryCanvas, x: float, y: float) -> None:
    """As the window system would tell it, but at once and wherever the real pointer is."""
    place = QPointF(at(canvas, x, y))
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        place,
        canvas.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)


def drag(
    qtbot: QtBot, canvas: QueryCanvas, start: tuple[float, float], end: tuple[float, float]
) -> None:
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, *start))
    move(canvas, *end)
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, *end))


def edges(crop: CropBox) -> tuple[float, float, float, float]:
    return crop.left, crop.top, crop.right, crop.bottom


def test_the_picture_is_shown_whole_and_in_proportion(canvas: QueryCanvas) -> None:
    rect = canvas.picture_rect()
    assert canvas.rect().contains(rect.toRect())
    assert rect.width() / rect.height() == pytest.approx(2, rel=0.02)


def test_a_turned_picture_stands_upright(canvas: QueryCanvas) -> None:
    canvas.set_quarter_turns(1)
    rect = canvas.picture_rect()
    assert rect.height() / rect.width() == pytest.approx(2, rel=0.02)


def test_dragging_on_the_picture_draws_a_box(canvas: QueryCanvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.crop_changed) as changed:
        drag(qtbot, canvas, (0.25, 0.3), (0.75, 0.8))
    assert edges(changed.args[0]) == pytest.approx((0.25, 0.3, 0.75, 0.8), abs=0.02)


def test_a_click_draws_nothing(canvas: QueryCanvas, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(canvas.crop_changed):
        drag(qtbot, canvas, (0.5, 0.5), (0.505, 0.5))


def test_a_corner_is_pulled(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.set_crop(CropBox(0.2, 0.2, 0.6, 0.6))
    drag(qtbot, canvas, (0.6, 0.6), (0.8, 0.9))
    assert edges(canvas.crop) == pytest.approx((0.2, 0.2, 0.8, 0.9), abs=0.02)


def test_the_box_is_moved_by_its_middle(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.set_crop(CropBox(0.2, 0.2, 0.6, 0.6))
    drag(qtbot, canvas, (0.4, 0.4), (0.5, 0.3))
    assert edges(canvas.crop) == pytest.approx((0.3, 0.1, 0.7, 0.5), abs=0.02)


def test_outside_the_box_a_new_one_is_drawn(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.set_crop(CropBox(0.1, 0.1, 0.3, 0.3))
    drag(qtbot, canvas, (0.5, 0.5), (0.9, 0.9))
    assert edges(canvas.crop) == pytest.approx((0.5, 0.5, 0.9, 0.9), abs=0.02)


def test_the_pointer_tells_what_a_drag_would_do(canvas: QueryCanvas) -> None:
    canvas.set_crop(CropBox(0.2, 0.2, 0.6, 0.6))
    shapes = []
    for point in ((0.4, 0.4), (0.2, 0.2), (0.6, 0.4), (0.9, 0.9)):
        move(canvas, *point)
        shapes.append(canvas.cursor().shape())
    assert shapes == [
        Qt.CursorShape.SizeAllCursor,
        Qt.CursorShape.SizeFDiagCursor,
        Qt.CursorShape.SizeHorCursor,
        Qt.CursorShape.CrossCursor,
    ]


def test_a_double_click_takes_the_whole_picture(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.set_crop(CropBox(0.2, 0.2, 0.6, 0.6))
    qtbot.mouseDClick(canvas, LEFT, pos=at(canvas, 0.5, 0.5))
    assert canvas.crop.is_whole


def test_arrows_move_the_box_and_with_control_its_far_edges(
    canvas: QueryCanvas, qtbot: QtBot
) -> None:
    canvas.set_crop(CropBox(0.2, 0.2, 0.6, 0.6))
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert edges(canvas.crop) == pytest.approx((0.21, 0.2, 0.61, 0.6))
    qtbot.keyClick(canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert edges(canvas.crop) == pytest.approx((0.21, 0.15, 0.61, 0.55))
    qtbot.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert edges(canvas.crop) == pytest.approx((0.21, 0.15, 0.61, 0.56))


def test_escape_takes_the_whole_picture_once(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.toggle_crop()
    assert canvas.crop == inset(0.1)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.crop.is_whole
    with qtbot.assertNotEmitted(canvas.crop_changed):
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)


def test_the_chosen_part_is_told_to_screen_readers(canvas: QueryCanvas) -> None:
    whole = canvas.accessibleDescription()
    canvas.set_crop(CropBox(0.2, 0.3, 0.6, 0.7))
    assert canvas.accessibleDescription() != whole
    assert "20 to 60" in canvas.accessibleDescription()


def test_outside_the_box_the_picture_is_dimmed(canvas: QueryCanvas) -> None:
    canvas.set_crop(CropBox(0.3, 0.3, 0.7, 0.7))
    shown = canvas.grab().toImage()
    inside = shown.pixelColor(at(canvas, 0.5, 0.5)).lightness()
    outside = shown.pixelColor(at(canvas, 0.1, 0.5)).lightness()
    assert outside < inside - 20


def test_a_new_picture_forgets_the_box_and_a_problem_the_picture(
    canvas: QueryCanvas, picture: Callable[..., QImage]
) -> None:
    canvas.set_crop(CropBox(0.3, 0.3, 0.7, 0.7))
    canvas.set_picture(picture(), quarter_turns=0, crop=CropBox())
    assert canvas.crop.is_whole
    canvas.set_problem("It is damaged.", "Save it again.")
    assert not canvas.has_picture
    assert not canvas.grab().isNull()


def test_while_a_picture_is_read_the_canvas_says_so_after_a_moment(
    canvas: QueryCanvas, qtbot: QtBot
) -> None:
    canvas._opening.setInterval(0)
    blank = canvas.grab().toImage()
    canvas.await_picture()
    qtbot.waitUntil(lambda: not canvas._opening.isActive())
    assert canvas.grab().toImage() != blank
