"""The query's mask in the pane: shown, switched off, painted, and what is searched then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop_app.domain.images import CropBox
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.query_pane import PAINTED_SEARCH_AFTER_MS, QueryPane
from desktop_app.workers.images import mask_from_qimage
from tests.ui_query.test_mask_painting import half, stroke

JAR = QueryPicture("jar.jpg", path=Path("/shelf/jar.jpg"))


def found(alpha: NDArray[np.uint8] | None = None, *, confidence: float = 0.9) -> ObjectMask:
    return ObjectMask(half() if alpha is None else alpha, MaskSource.NETWORK, confidence, 0.2)


@pytest.fixture
def shown(pane: QueryPane, picture: Callable[..., QImage]) -> QueryPane:
    pane.set_query(JAR)
    pane.set_preview(JAR, picture(200, 100))
    pane.set_mask(JAR, found())
    return pane


def last_search(pane: QueryPane, qtbot: QtBot) -> QueryPicture:
    """What is searched after the pause, without waiting for it."""
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane._search_again.timeout.emit()
    picture: QueryPicture = changed.args[0]
    return picture


def test_the_mask_of_a_search_is_drawn_and_named(shown: QueryPane) -> None:
    np.testing.assert_array_equal(mask_from_qimage(shown._canvas.mask_image), half())
    assert shown._mask_bar.words == "Product found by itself"


def test_a_mask_that_comes_before_the_picture_is_kept(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    pane.set_query(JAR)
    pane.set_mask(JAR, found())
    pane.set_preview(JAR, picture(200, 100))
    assert not pane._canvas.mask_image.isNull()


def test_a_late_mask_of_an_earlier_query_is_ignored(shown: QueryPane) -> None:
    other = QueryPicture("other.jpg", path=Path("/shelf/other.jpg"))
    shown.set_query(other)
    shown.set_mask(JAR, found())
    assert shown._canvas.mask_image.isNull()
    assert shown._mask_bar.words == ""


def test_a_doubtful_mask_asks_for_help_and_is_not_drawn(shown: QueryPane) -> None:
    shown.set_mask(JAR, found(confidence=0.1))
    assert shown._canvas.mask_image.isNull()
    assert "Crop or paint" in shown._mask_bar.words


def test_the_whole_picture_is_searched_with_on_request(shown: QueryPane, qtbot: QtBot) -> None:
    shown.commands.whole_picture.trigger()
    assert shown._canvas.mask_image.isNull()
    assert last_search(shown, qtbot).use_mask is False
    assert "whole picture" in shown._mask_bar.words
    shown.commands.whole_picture.trigger()
    assert last_search(shown, qtbot).use_mask is True


def test_a_painted_mask_is_searched_with_after_a_longer_pause(
    shown: QueryPane, qtbot: QtBot
) -> None:
    shown.commands.paint.trigger()
    stroke(shown._canvas, (0.7, 0.5), (0.9, 0.5))
    assert shown._search_again.isActive()
    assert shown._search_again.interval() == PAINTED_SEARCH_AFTER_MS
    drawn = last_search(shown, qtbot).drawn_mask
    assert drawn is not None
    assert drawn[25, 80] == 255
    assert drawn[25, 10] == 255
    assert drawn[5, 95] == 0


def test_the_answer_to_a_painted_query_does_not_disturb_the_painting(
    shown: QueryPane, qtbot: QtBot
) -> None:
    shown.commands.paint.trigger()
    stroke(shown._canvas, (0.7, 0.5), (0.9, 0.5))
    asked = last_search(shown, qtbot)
    shown.set_mask(asked, ObjectMask(half(), MaskSource.DRAWN, 1.0, 0.2))
    assert shown.masking.is_painting
    assert mask_from_qimage(shown._canvas.mask_image)[25, 80] == 255
    shown.commands.done.trigger()
    assert shown._mask_bar.words == "Product drawn by you"
    assert mask_from_qimage(shown._canvas.mask_image)[25, 80] == 255


def test_undoing_every_stroke_searches_as_before(shown: QueryPane, qtbot: QtBot) -> None:
    shown.commands.paint.trigger()
    assert shown.masking.undo()
    stroke(shown._canvas, (0.7, 0.5), (0.9, 0.5))
    with qtbot.waitSignal(shown.undo_changed):
        assert shown.masking.undo()
    assert last_search(shown, qtbot).drawn_mask is None
    shown.commands.done.trigger()
    assert not shown.masking.undo()


def test_back_to_what_is_found_by_itself(shown: QueryPane, qtbot: QtBot) -> None:
    assert not shown.commands.automatic.isEnabled()
    shown.commands.paint.trigger()
    stroke(shown._canvas, (0.7, 0.5), (0.9, 0.5))
    shown.commands.automatic.trigger()
    again = last_search(shown, qtbot)
    assert again.drawn_mask is None
    shown.set_mask(again, found())
    assert shown.masking.is_painting
    np.testing.assert_array_equal(mask_from_qimage(shown._canvas.mask_image), half())


def test_a_drawn_mask_follows_a_crop_and_a_turn(shown: QueryPane, qtbot: QtBot) -> None:
    shown.commands.paint.trigger()
    stroke(shown._canvas, (0.7, 0.5), (0.9, 0.5))
    shown.commands.done.trigger()
    shown._canvas.set_crop(CropBox(0.5, 0.0, 1.0, 1.0))
    cropped = last_search(shown, qtbot).drawn_mask
    assert cropped is not None
    assert cropped.shape == (50, 50)
    assert cropped[25, 30] == 255
    shown._canvas.set_crop(CropBox())
    shown.commands.turn_right.trigger()
    turned = last_search(shown, qtbot).drawn_mask
    assert turned is not None
    assert turned.shape == (100, 50)
    assert turned[80, 25] == 255


def test_erasing_everything_is_no_mask(shown: QueryPane, qtbot: QtBot) -> None:
    shown.set_mask(JAR, found(np.zeros((50, 100), np.uint8)))
    shown.commands.paint.trigger()
    shown.commands.erase.trigger()
    stroke(shown._canvas, (0.1, 0.5), (0.9, 0.5))
    assert last_search(shown, qtbot).drawn_mask is None
    shown.commands.erase.setChecked(False)


def test_keys_reach_the_mask_from_anywhere_in_the_pane(shown: QueryPane, qtbot: QtBot) -> None:
    shown.activateWindow()
    shown._canvas.setFocus()
    qtbot.waitUntil(shown._canvas.hasFocus)
    qtbot.keyClick(shown._canvas, Qt.Key.Key_M)
    assert not shown.commands.show_mask.isChecked()
    qtbot.keyClick(shown._canvas, Qt.Key.Key_M)
    before = shown._canvas.brush.size_px
    qtbot.keyClick(shown._canvas, Qt.Key.Key_BracketRight)
    assert shown._canvas.brush.size_px == before
    qtbot.keyClick(shown._canvas, Qt.Key.Key_P)
    assert shown.masking.is_painting
    qtbot.keyClick(shown._canvas, Qt.Key.Key_BracketRight)
    assert shown._canvas.brush.size_px > before
    qtbot.keyClick(shown._canvas, Qt.Key.Key_BracketLeft)
    qtbot.keyClick(shown._canvas, Qt.Key.Key_E)
    assert shown._canvas.brush.is_erasing
    qtbot.keyClick(shown._canvas, Qt.Key.Key_Return)
    assert not shown.masking.is_painting


def test_clearing_the_query_ends_the_painting(shown: QueryPane) -> None:
    shown.commands.paint.trigger()
    shown.clear()
    assert not shown.masking.is_painting
    assert not shown.commands.paint.isEnabled()
