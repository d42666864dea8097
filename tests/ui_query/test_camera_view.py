"""Choosing a camera, and the designed state without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.capture.camera_feed import FeedKind
from desktop_app.capture.frame_source import FrameState, FrameStatus
from desktop_app.ui.camera_view import CameraView
from desktop_app.ui.query_pane import QueryPane
from tests.capture.conftest import FakeDirectory, FakeSource
from tests.ui_query.conftest import DESK, FRONT


def entries(view: CameraView) -> list[str]:
    return [text for i in range(view.cameras.count()) if (text := view.cameras.itemText(i))]


def choose(view: CameraView, words: str) -> None:
    index = view.cameras.findText(words)
    view.cameras.setCurrentIndex(index)
    view.cameras.activated.emit(index)


def test_cameras_are_listed_by_name_before_the_other_ways(pane: QueryPane) -> None:
    pane.show_camera()
    assert entries(pane.camera) == [
        "Front camera",
        "Desk camera",
        "Network camera…",
        "Video file…",
        "Folder of pictures…",
    ]
    assert pane.camera.cameras.currentText() == "Front camera"


def test_another_camera_is_chosen(pane: QueryPane, directory: FakeDirectory) -> None:
    pane.show_camera()
    choose(pane.camera, "Desk camera")
    assert directory.opened["desk"].state.status == "starting"
    assert directory.opened["front"].state.status == "stopped"


def test_a_camera_plugged_in_appears_in_the_list(pane: QueryPane, directory: FakeDirectory) -> None:
    directory.present.remove(DESK)
    pane.show_camera()
    assert "Desk camera" not in entries(pane.camera)
    directory.plug(DESK)
    assert "Desk camera" in entries(pane.camera)
    assert pane.camera.cameras.currentText() == "Front camera"


def test_before_the_first_frame_nothing_can_be_taken(
    pane: QueryPane, directory: FakeDirectory, qtbot: QtBot
) -> None:
    pane.show_camera()
    assert not pane.camera.take.isEnabled()
    with qtbot.assertNotEmitted(pane.query_changed):
        pane.camera.take_picture()
    directory.opened["front"].push(np.zeros((4, 4, 3), np.uint8))
    assert pane.camera.take.isEnabled()


def test_the_preview_is_mirrored_but_not_what_is_taken(
    pane: QueryPane, directory: FakeDirectory, qtbot: QtBot
) -> None:
    frame = np.zeros((40, 40, 3), np.uint8)
    frame[:, :20] = 255
    pane.show_camera()
    directory.opened["front"].push(frame)
    preview = pane.camera.preview
    middle, width = preview.height() // 2, preview.width()
    assert preview.grab().toImage().pixelColor(width // 4, middle).lightness() > 200
    pane.camera.mirror.trigger()
    assert preview.grab().toImage().pixelColor(width // 4, middle).lightness() < 60
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.camera.take.click()
    np.testing.assert_array_equal(changed.args[0].rgb, frame)


def test_a_network_camera_needs_a_whole_address(pane: QueryPane, qtbot: QtBot) -> None:
    pane.show_camera()
    choose(pane.camera, "Network camera…")
    assert pane.camera.address.isVisible()
    assert pane.camera.cameras.currentText() == "Front camera"
    qtbot.keyClicks(pane.camera.address, "192.168.1.20")
    qtbot.keyClick(pane.camera.address, Qt.Key.Key_Return)
    assert pane.camera.address.property("invalid") == "true"
    assert pane.camera.address.toolTip()
    pane.camera.address.clear()
    qtbot.keyClicks(pane.camera.address, "rtsp://192.168.1.20/live")
    assert pane.camera.address.property("invalid") == "false"
    qtbot.keyClick(pane.camera.address, Qt.Key.Key_Return)
    assert not pane.camera.address.isVisible()
    assert pane.camera.cameras.currentText() == "rtsp://192.168.1.20/live"
    assert pane._feed.current is not None
    assert pane._feed.current.kind is FeedKind.NETWORK


def test_a_video_file_can_stand_in(pane: QueryPane, answers: dict[str, list[Path]]) -> None:
    pane.show_camera()
    choose(pane.camera, "Video file…")
    assert pane.camera.cameras.currentText() == "Front camera"
    answers["video"] = [Path("/films/shelf.mp4")]
    choose(pane.camera, "Video file…")
    assert pane.camera.cameras.currentText() == "shelf.mp4"


def test_without_a_camera_it_says_where_it_looked_and_what_else_there_is(
    pane: QueryPane, directory: FakeDirectory, answers: dict[str, list[Path]], qtbot: QtBot
) -> None:
    directory.present.clear()
    pane.show_camera()
    page = pane.camera.no_camera
    assert page.isVisible()
    assert not pane.camera.preview.isVisible()
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "No camera found." in words
    assert "/dev/video" in words
    buttons = {button.text().strip(): button for button in page.findChildren(QPushButton)}
    buttons["Network camera…"].click()
    assert pane.camera.address.isVisible()
    answers["pictures"] = [Path("/shelf/a.png")]
    with qtbot.waitSignal(pane.query_changed):
        buttons["Open a picture…"].click()


def test_looking_again_finds_the_camera(pane: QueryPane, directory: FakeDirectory) -> None:
    directory.present.clear()
    pane.show_camera()
    directory.present.append(FRONT)
    buttons = pane.camera.no_camera.findChildren(QPushButton)
    next(button for button in buttons if "Look again" in button.text()).click()
    assert pane.camera.preview.isVisible()
    assert directory.opened["front"].state.status == "starting"


def test_an_unplugged_camera_is_told_in_the_picture(
    pane: QueryPane, directory: FakeDirectory
) -> None:
    pane.show_camera()
    directory.opened["front"].push(np.full((4, 4, 3), 200, np.uint8))
    directory.unplug(FRONT)
    assert "unplugged" in pane.camera.preview.accessibleDescription()
    assert not pane.camera.take.isVisible()
    assert pane.camera.preview.isVisible()
    directory.present.append(FRONT)
    pane.camera.again.click()
    assert directory.opened["front"].state.status == "starting"
    assert not pane.camera.again.isVisible()


def test_the_last_frame_of_a_video_can_still_be_taken(
    pane: QueryPane, answers: dict[str, list[Path]], qtbot: QtBot
) -> None:
    answers["video"] = [Path("/films/shelf.mp4")]
    pane.show_camera()
    choose(pane.camera, "Video file…")
    video = pane._feed._source
    assert isinstance(video, FakeSource)
    video.push(np.full((4, 4, 3), 200, np.uint8))
    video._set_state(FrameState(FrameStatus.STOPPED, "That was the last frame."))
    assert pane.camera.again.isVisible()
    with qtbot.waitSignal(pane.query_changed):
        pane.camera.take.click()
