"""Every way to a query, and what the pane asks for in return."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import CropBox
from desktop_app.domain.products import ProductCard
from desktop_app.domain.search import CategoryGuess, QueryPicture, RecentQuery
from desktop_app.ui.product_mime import products_to_mime
from desktop_app.ui.query_pane import QueryPane
from desktop_app.ui.query_pane_layout import COMPACT_PX, PAINTING_STRIP_PX
from desktop_app.ui.refinement_chips import PointedAt
from tests.capture.conftest import FakeDirectory, plain_frame

JAR = QueryPicture("jar.jpg", path=Path("/shelf/jar.jpg"))


def files(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/shelf/{name}") for name in names])
    return mime


def drop(pane: QueryPane, mime: QMimeData) -> QDropEvent:
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(pane, enter)
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
    if enter.isAccepted():
        QApplication.sendEvent(pane, event)
    else:
        event.ignore()
    return event


def show(pane: QueryPane, image: QImage, picture: QueryPicture = JAR) -> None:
    pane.set_query(picture)
    pane.set_preview(picture, image)


def test_without_a_query_it_offers_every_way_in(pane: QueryPane) -> None:
    assert pane._drop_zone.isVisible()
    words = {button.text() for button in pane._drop_zone.findChildren(QAbstractButton)}
    assert words == {"Open", "Paste", "Camera"}


def test_it_lights_up_while_something_is_dragged_anywhere(pane: QueryPane) -> None:
    dark = pane.grab().toImage()
    pane.set_drag_active(True)
    assert pane.grab().toImage() != dark
    pane.set_drag_active(False)
    assert pane.grab().toImage() == dark


def test_a_dropped_file_is_asked_for_and_searched_at_once(pane: QueryPane, qtbot: QtBot) -> None:
    with (
        qtbot.waitSignal(pane.preview_requested) as asked,
        qtbot.waitSignal(pane.query_changed) as searched,
    ):
        assert drop(pane, files("jar.jpg")).isAccepted()
    assert asked.args[0] is searched.args[0]
    assert searched.args[0].path == Path("/shelf/jar.jpg")
    assert pane._canvas.isVisible()


def test_of_several_dropped_files_one_after_another_is_the_query(
    pane: QueryPane, qtbot: QtBot
) -> None:
    drop(pane, files("a.jpg", "b.jpg", "c.jpg"))
    assert pane._details._batch.isVisible()
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.commands.next.trigger()
    assert changed.args[0].label == "b.jpg"
    pane.commands.next.trigger()
    assert not pane.commands.next.isEnabled()
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.commands.previous.trigger()
    assert changed.args[0].label == "b.jpg"


def test_a_dragged_result_is_given_to_the_window(pane: QueryPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.products_dropped) as dropped:
        drop(pane, products_to_mime([ProductCard(7, "A-7"), ProductCard(8, "A-8")]))
    assert dropped.args[0] == (7, 8)


def test_a_web_address_is_refused_with_a_way_out(pane: QueryPane, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setText("https://shop.example/jar.jpg")
    with qtbot.assertNotEmitted(pane.query_changed):
        drop(pane, mime)
    assert "offline" in pane._notice.words
    drop(pane, files("jar.jpg"))
    assert pane._notice.words == ""


def test_words_are_not_taken(pane: QueryPane) -> None:
    mime = QMimeData()
    mime.setText("red jar")
    assert not drop(pane, mime).isAccepted()


def test_a_screenshot_is_pasted(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    QGuiApplication.clipboard().setImage(picture())
    with (
        qtbot.waitSignal(pane.query_changed) as changed,
        qtbot.assertNotEmitted(pane.preview_requested),
    ):
        pane.commands.paste.trigger()
    assert changed.args[0].rgb.shape == (80, 120, 3)
    assert pane._canvas.has_picture


def test_pasting_nothing_says_what_to_copy(pane: QueryPane) -> None:
    QGuiApplication.clipboard().setText("red jar")
    pane.paste()
    assert "no picture in the clipboard" in pane._notice.words


def test_pictures_are_opened(pane: QueryPane, answers: dict[str, list[Path]], qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pane.query_changed):
        pane.commands.open.trigger()
    answers["pictures"] = [Path("/shelf/a.png"), Path("/shelf/b.png")]
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.commands.open.trigger()
    assert changed.args[0].label == "a.png"


def test_a_query_whose_results_are_known_is_not_searched_again(
    pane: QueryPane, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(pane.query_changed):
        pane.set_query(JAR, search=False)
    assert pane.query is JAR


def test_a_late_preview_of_an_earlier_picture_is_ignored(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    pane.set_query(JAR)
    pane.set_query(QueryPicture("other.jpg", path=Path("/shelf/other.jpg")))
    pane.set_preview(JAR, picture())
    assert not pane._canvas.has_picture
    pane.set_problem(JAR, UnreadableImage("Damaged."))
    assert pane._canvas._problem is None


def test_an_unreadable_picture_says_why_and_has_no_tools(pane: QueryPane) -> None:
    pane.set_query(JAR)
    pane.set_problem(JAR, UnreadableImage("“jar.jpg” is damaged.", remedy="Save it again."))
    assert pane._canvas._problem == ("“jar.jpg” is damaged.", "Save it again.")
    assert not pane.commands.turn_left.isEnabled()
    assert pane.commands.clear.isEnabled()


def test_a_search_that_fails_leaves_the_picture_and_says_why(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane.set_problem(JAR, UnreadableImage("The model is missing.", remedy="Install it again."))
    assert pane._canvas.has_picture
    assert pane._notice.words == "The model is missing. Install it again."


def test_a_changed_crop_is_searched_once_after_a_moment(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    searched: list[QueryPicture] = []
    pane.query_changed.connect(searched.append)
    pane._search_again.setInterval(1)
    with qtbot.waitSignal(pane.query_changed):
        for right in (0.9, 0.8, 0.7):
            pane._canvas.set_crop(CropBox(0.1, 0.1, right, 0.9))
            assert not searched
    assert [each.crop.right for each in searched] == [0.7]
    assert searched[0].path == JAR.path


def test_the_moment_is_a_quarter_of_a_second(pane: QueryPane) -> None:
    assert pane._search_again.interval() == 250
    assert pane._search_again.isSingleShot()


def test_turning_takes_the_box_along(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    pane._search_again.setInterval(0)
    show(pane, picture())
    pane._canvas.set_crop(CropBox(0.0, 0.0, 0.5, 0.25))
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.commands.turn_right.trigger()
    turned = changed.args[0]
    assert turned.quarter_turns == 1
    assert (turned.crop.left, turned.crop.right) == pytest.approx((0.75, 1.0))
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.commands.turn_left.trigger()
    assert changed.args[0].quarter_turns == 0


def test_a_turned_query_shown_again_keeps_its_turn_and_crop(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    crop = CropBox(0.1, 0.2, 0.5, 0.6)
    again = QueryPicture("jar.jpg", path=JAR.path, crop=crop, quarter_turns=1)
    show(pane, picture(), again)
    assert pane._canvas.crop == crop
    assert pane._canvas.picture_rect().height() > pane._canvas.picture_rect().width()
    assert pane.commands.crop.isChecked()


def test_the_crop_key_and_button_start_and_end_a_box(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane.commands.crop.trigger()
    assert not pane._canvas.crop.is_whole
    assert pane.commands.crop.isChecked()
    pane.commands.crop.trigger()
    assert pane._canvas.crop.is_whole
    assert not pane.commands.crop.isChecked()


def test_a_pending_search_dies_with_the_query(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane._search_again.setInterval(0)
    pane._canvas.set_crop(CropBox(0.1, 0.1, 0.5, 0.5))
    with qtbot.waitSignal(pane.query_cleared), qtbot.assertNotEmitted(pane.query_changed, wait=20):
        pane.commands.clear.trigger()
    assert pane.query is None
    assert pane._drop_zone.isVisible()


def test_after_clearing_the_keyboard_is_on_nothing_that_forgets(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane.set_recent_queries([RecentQuery(1, "", "jar", b"", ())])
    pane.activateWindow()
    pane._canvas.setFocus()
    qtbot.waitUntil(pane._canvas.hasFocus)
    pane.clear()
    assert pane.hasFocus()


def test_the_sliders_are_reached_from_anywhere_beside_and_above(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    pane.commands.adjust.trigger()
    assert not pane.likeness.isVisible()
    show(pane, picture())
    pane.likeness.set_open(False)
    pane.activateWindow()
    pane.commands.adjust.trigger()
    assert pane.likeness.shape.isVisible()
    qtbot.waitUntil(pane.likeness.presets.combo.hasFocus)
    pane.set_compact(True)
    assert not pane.likeness.isVisible()
    pane.commands.adjust.trigger()
    assert pane._popup.isVisible()
    assert pane.likeness.shape.isVisible()
    qtbot.keyClick(pane._popup, Qt.Key.Key_Escape)
    assert not pane._popup.isVisible()
    pane.set_compact(False)
    assert pane.likeness.isVisible()


def test_the_strip_has_one_line_for_a_proposal_or_a_refinement(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane.set_compact(True)
    pane.propose(CategoryGuess("Jars", 0.9))
    assert pane.category.isVisible()
    pane.set_refinement([PointedAt(3, "JAR-3", is_wanted=True)])
    assert pane.refinement.isVisible()
    assert not pane.category.isVisible()
    pane.set_compact(False)
    assert pane.category.isVisible()
    assert pane.refinement.isVisible()


def test_a_mask_is_painted_in_a_higher_strip(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane.set_compact(True)
    pane.commands.paint.trigger()
    assert pane.height() == PAINTING_STRIP_PX
    pane.commands.done.trigger()
    assert pane.height() == COMPACT_PX


def test_clearing_nothing_tells_nothing(pane: QueryPane, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pane.query_cleared):
        pane.clear()


def test_space_takes_the_camera_s_frame_as_the_query_and_space_again_goes_on(
    pane: QueryPane, directory: FakeDirectory, qtbot: QtBot
) -> None:
    pane.commands.camera.trigger()
    assert pane.camera.isVisible()
    source = directory.opened["front"]
    frame = plain_frame(90, width=32, height=24)
    source.push(frame)
    with qtbot.waitSignal(pane.query_changed) as changed:
        qtbot.keyClick(pane.camera.preview, Qt.Key.Key_Space)
    np.testing.assert_array_equal(changed.args[0].rgb, frame)
    assert "Front camera" in changed.args[0].label
    assert pane._canvas.isVisible()
    assert source.state.status == "stopped"

    qtbot.keyClick(pane._canvas, Qt.Key.Key_Space)
    assert pane.camera.isVisible()
    assert source.starts == 2


def test_escape_leaves_the_camera_for_the_query_before(
    pane: QueryPane, directory: FakeDirectory, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane.show_camera()
    qtbot.keyClick(pane.camera.preview, Qt.Key.Key_Escape)
    assert pane._canvas.isVisible()
    assert pane.query is JAR
    assert not pane.commands.camera.isChecked()


def test_the_camera_stops_when_the_pane_is_hidden(
    pane: QueryPane, directory: FakeDirectory
) -> None:
    pane.show_camera()
    source = directory.opened["front"]
    pane.hide()
    assert source.state.status == "stopped"
    pane.show()
    assert source.state.status == "starting"


def test_as_a_strip_it_keeps_its_state_and_stays_low(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    show(pane, picture())
    pane.set_compact(True)
    pane.resize(600, COMPACT_PX)
    assert pane.height() == COMPACT_PX
    assert pane._canvas.isVisible()
    assert pane._canvas.height() < COMPACT_PX
    assert pane._details.x() > pane._stage.geometry().right()
    pane.set_compact(False)
    pane.resize(320, 800)
    assert pane._details.y() > pane._stage.geometry().bottom()


@pytest.mark.parametrize("state", ["nothing", "picture", "camera", "no camera", "notice"])
def test_the_strip_fits_beside_the_catalogue_in_the_smallest_window(
    pane: QueryPane,
    directory: FakeDirectory,
    picture: Callable[..., QImage],
    state: str,
    qtbot: QtBot,
) -> None:
    pane.set_compact(True)
    if state == "picture":
        show(pane, picture())
    elif state == "notice":
        show(pane, picture())
        pane._notice.say("That picture is still on the web.", "Save it in the browser.")
    elif state in ("camera", "no camera"):
        if state == "no camera":
            directory.present.clear()
        pane.show_camera()
    # 900 less the rail and the catalogue pane; layouts settle in the event loop.
    qtbot.waitUntil(lambda: pane.minimumSizeHint().height() <= COMPACT_PX)
    assert pane.minimumSizeHint().width() <= 592


def test_every_control_has_a_name_and_its_tooltip_tells_the_shortcut(pane: QueryPane) -> None:
    for button in pane.findChildren(QAbstractButton):
        if not isinstance(button.parent(), QLineEdit):
            assert button.accessibleName() or button.text(), button
    for action in (pane.commands.open, pane.commands.paste, pane.commands.turn_left):
        assert action.shortcut().toString() in action.toolTip()
