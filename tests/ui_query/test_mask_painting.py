"""What counts as the product on the canvas: drawn over the picture, painted, taken back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.images import CropBox
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.ui.drawn_mask import DrawnMask
from desktop_app.ui.mask_text import drawn_words, is_shown, mask_words
from desktop_app.ui.query_canvas import QueryCanvas
from desktop_app.ui.theme import Theme
from desktop_app.workers.images import mask_from_qimage, mask_to_qimage

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def half(height: int = 50, width: int = 100) -> NDArray[np.uint8]:
    """The left half is the product."""
    alpha = np.zeros((height, width), np.uint8)
    alpha[:, : width // 2] = 255
    return alpha


@pytest.fixture
def canvas(theme: Theme, qtbot: QtBot, picture: Callable[..., QImage]) -> QueryCanvas:
    made = QueryCanvas(theme)
    qtbot.addWidget(made)
    made.resize(320, 320)
    made.set_picture(picture(200, 100), quarter_turns=0, crop=CropBox())
    made.show()
    return made


def at(canvas: QueryCanvas, x: float, y: float) -> QPoint:
    rect = canvas.crop_rect()
    return QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()).toPoint()


def stroke(
    canvas: QueryCanvas,
    start: tuple[float, float],
    end: tuple[float, float],
    button: Qt.MouseButton = LEFT,
) -> None:
    kinds = QMouseEvent.Type
    for kind, place in (
        (kinds.MouseButtonPress, start),
        (kinds.MouseMove, end),
        (kinds.MouseButtonRelease, end),
    ):
        where = QPointF(at(canvas, *place))
        caused = Qt.MouseButton.NoButton if kind == kinds.MouseMove else button
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, where, canvas.mapToGlobal(where), caused, button, keys)
        QApplication.sendEvent(canvas, event)


def lightness(canvas: QueryCanvas, x: float, y: float) -> int:
    return canvas.grab().toImage().pixelColor(at(canvas, x, y)).lightness()


def test_a_mask_becomes_an_image_and_back() -> None:
    alpha = half(7, 13)
    np.testing.assert_array_equal(mask_from_qimage(mask_to_qimage(alpha)), alpha)
    with pytest.raises(ValueError, match="not a mask"):
        mask_to_qimage(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ValueError, match="not a mask"):
        mask_from_qimage(QImage())


def test_what_is_not_the_product_is_dimmed(canvas: QueryCanvas) -> None:
    plain = lightness(canvas, 0.8, 0.5)
    canvas.set_mask(mask_to_qimage(half()))
    assert lightness(canvas, 0.2, 0.5) == plain
    assert lightness(canvas, 0.8, 0.5) < plain - 20
    canvas.set_mask_shown(False)
    assert lightness(canvas, 0.8, 0.5) == plain


def test_the_edge_of_the_product_is_outlined(canvas: QueryCanvas) -> None:
    canvas.set_mask(mask_to_qimage(half()))
    image = canvas.grab().toImage()
    place = at(canvas, 0.5, 0.5)
    edge = max(image.pixelColor(place + QPoint(x, 0)).lightness() for x in range(-3, 4))
    assert edge > lightness(canvas, 0.2, 0.5) + 40


def test_the_mask_lies_in_the_chosen_part(canvas: QueryCanvas) -> None:
    canvas.set_crop(CropBox(0.5, 0.0, 1.0, 1.0))
    canvas.set_mask(mask_to_qimage(half(50, 50)))
    assert lightness(canvas, 0.25, 0.5) > lightness(canvas, 0.75, 0.5) + 20


def test_a_stroke_adds_and_the_right_button_takes_away(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.start_painting(mask_to_qimage(half()))
    with qtbot.waitSignal(canvas.mask_painted):
        stroke(canvas, (0.7, 0.5), (0.9, 0.5))
    alpha = mask_from_qimage(canvas.mask_image)
    assert alpha[25, 80] == 255
    assert alpha[5, 80] == 0
    stroke(canvas, (0.2, 0.5), (0.3, 0.5), RIGHT)
    alpha = mask_from_qimage(canvas.mask_image)
    assert alpha[25, 25] == 0
    assert alpha[5, 25] == 255


def test_erasing_turns_the_buttons_round(canvas: QueryCanvas) -> None:
    canvas.start_painting(mask_to_qimage(half()))
    canvas.brush.is_erasing = True
    stroke(canvas, (0.2, 0.5), (0.3, 0.5))
    stroke(canvas, (0.7, 0.5), (0.9, 0.5), RIGHT)
    alpha = mask_from_qimage(canvas.mask_image)
    assert (alpha[25, 25], alpha[25, 80]) == (0, 255)


def test_strokes_are_taken_back_one_by_one(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.start_painting(mask_to_qimage(half()))
    stroke(canvas, (0.7, 0.5), (0.8, 0.5))
    once = mask_from_qimage(canvas.mask_image)
    stroke(canvas, (0.9, 0.2), (0.9, 0.8))
    with qtbot.waitSignal(canvas.mask_painted):
        canvas.undo_stroke()
    np.testing.assert_array_equal(mask_from_qimage(canvas.mask_image), once)
    canvas.undo_stroke()
    np.testing.assert_array_equal(mask_from_qimage(canvas.mask_image), half())
    with qtbot.assertNotEmitted(canvas.mask_painted):
        canvas.undo_stroke()


def test_the_wheel_changes_the_brush_only_while_painting(canvas: QueryCanvas) -> None:
    def turn() -> bool:
        place = QPointF(at(canvas, 0.5, 0.5))
        event = QWheelEvent(
            place,
            canvas.mapToGlobal(place),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    before = canvas.brush.size_px
    assert not turn()
    canvas.start_painting(mask_to_qimage(half()))
    assert turn()
    assert canvas.brush.size_px > before


def test_escape_ends_the_painting_and_leaves_the_box(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.set_crop(CropBox(0.1, 0.1, 0.9, 0.9))
    canvas.start_painting(mask_to_qimage(half()))
    with qtbot.waitSignal(canvas.painting_left):
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert not canvas.crop.is_whole


def test_while_painting_no_box_is_drawn(canvas: QueryCanvas, qtbot: QtBot) -> None:
    canvas.start_painting(mask_to_qimage(half()))
    with qtbot.assertNotEmitted(canvas.crop_changed):
        stroke(canvas, (0.1, 0.1), (0.9, 0.9))
        qtbot.mouseDClick(canvas, LEFT, pos=at(canvas, 0.5, 0.5))


def test_a_drawn_mask_follows_crop_and_turn() -> None:
    drawn = DrawnMask(half(40, 80), CropBox(), 0)
    right = drawn.seen_in(CropBox(0.25, 0.0, 1.0, 1.0), 0)
    assert right.shape == (40, 60)
    assert right[:, :20].all()
    assert not right[:, 21:].any()
    turned = drawn.seen_in(CropBox(), 1)
    assert turned.shape == (80, 40)
    # Turned clockwise, the left half is the upper one.
    assert turned[:40].all()
    assert not turned[40:].any()


def test_beyond_what_was_drawn_there_is_background() -> None:
    drawn = DrawnMask(np.full((20, 20), 255, np.uint8), CropBox(0.25, 0.25, 0.75, 0.75), 0)
    whole = drawn.seen_in(CropBox(), 0)
    assert whole.shape == (40, 40)
    assert whole[10:30, 10:30].all()
    assert whole.sum() == 20 * 20 * 255


def test_words_say_where_the_mask_came_from_and_when_it_is_doubtful() -> None:
    def words(source: MaskSource, confidence: float = 0.9) -> str:
        return mask_words(ObjectMask(half(), source, confidence, 0.1), use_mask=True).text

    assert "transparency" in words(MaskSource.ALPHA)
    assert "plain background" in words(MaskSource.PLAIN_BACKGROUND)
    assert "by itself" in words(MaskSource.NETWORK)
    assert "drawn by you" in words(MaskSource.DRAWN, 0.0)
    assert "Not sure" in words(MaskSource.NETWORK, 0.1)
    assert "Not sure" in mask_words(ObjectMask.whole(4, 4), use_mask=True).text
    assert "whole picture" in mask_words(ObjectMask.whole(4, 4), use_mask=False).text
    assert mask_words(None, use_mask=True).text == ""


def test_a_drawn_mask_that_cannot_be_gone_by_says_so() -> None:
    assert drawn_words(half()).text == "Product drawn by you"
    speck, everything = np.zeros((50, 50), np.uint8), np.full((50, 50), 255, np.uint8)
    speck[0, 0] = 255
    assert drawn_words(speck).is_doubtful
    assert "whole picture" in drawn_words(everything).text


def test_a_mask_the_search_did_not_go_by_is_not_drawn() -> None:
    good = ObjectMask(half(), MaskSource.NETWORK, 0.9, 0.1)
    assert is_shown(good, use_mask=True)
    assert not is_shown(good, use_mask=False)
    assert not is_shown(ObjectMask(half(), MaskSource.NETWORK, 0.1, 0.1), use_mask=True)
    assert not is_shown(ObjectMask.whole(4, 4), use_mask=True)
    assert not is_shown(None, use_mask=True)
