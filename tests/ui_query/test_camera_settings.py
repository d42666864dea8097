"""Setting the camera in its popup: only what it can do is offered, and it acts at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from desktop_app.capture.camera_feed import video_choice
from desktop_app.domain.camera_settings import (
    CameraAbilities,
    CameraFormat,
    CameraSettings,
    WhiteBalance,
)
from desktop_app.ui.capture.camera_settings import CameraSettingsPopup
from desktop_app.ui.query_pane import QueryPane
from tests.capture.conftest import FakeDirectory, FakeSource, plain_frame

HD, VGA = CameraFormat(1280, 720, 30.0), CameraFormat(640, 480, 30.0)
ABLE = CameraAbilities(
    formats=(HD, VGA),
    has_compensation=True,
    exposure_ms=(1.0, 100.0),
    white_balances=(WhiteBalance.AUTO, WhiteBalance.SHADE),
)


@pytest.fixture
def source(pane: QueryPane, directory: FakeDirectory) -> FakeSource:
    """The front camera, running and able."""
    pane.show_camera()
    source = directory.opened["front"]
    source.able = ABLE
    source.push(plain_frame(90))
    source.abilities_changed.emit()
    return source


@pytest.fixture
def popup(pane: QueryPane, source: FakeSource, qtbot: QtBot) -> Iterator[CameraSettingsPopup]:
    pane.camera.chooser.settings.open()
    made = pane.camera.chooser.settings.popup
    qtbot.waitUntil(made.isVisible)
    yield made
    made.close()


def choose(box: QComboBox, value: object) -> None:
    index = next(i for i in range(box.count()) if box.itemData(i) == value)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_what_the_camera_offers_can_be_chosen_and_acts_at_once(
    popup: CameraSettingsPopup, source: FakeSource
) -> None:
    assert [popup.format.itemData(i) for i in range(popup.format.count())] == [None, HD, VGA]
    choose(popup.format, VGA)
    choose(popup.compensation, 1.0)
    choose(popup.balance, WhiteBalance.SHADE)
    assert source.used[-1] == CameraSettings(
        "front", VGA, exposure_ev=1.0, white_balance=WhiteBalance.SHADE
    )


def test_a_fixed_exposure_takes_the_place_of_the_compensation(
    popup: CameraSettingsPopup, source: FakeSource
) -> None:
    assert popup.compensation.isVisible()
    assert not popup.exposure.isVisible()
    popup.fixed.click()
    assert popup.exposure.isVisible()
    assert not popup.compensation.isVisible()
    assert source.used[-1].exposure_ms == pytest.approx(10.0)
    popup.exposure.setValue(popup.exposure.maximum())
    assert source.used[-1].exposure_ms == pytest.approx(100.0)
    popup.fixed.click()
    assert source.used[-1].exposure_ms is None


def test_a_slider_moved_by_a_step_stays_where_it_was_moved(
    popup: CameraSettingsPopup, source: FakeSource
) -> None:
    popup.fixed.click()
    for tick in range(popup.exposure.maximum() + 1):
        popup.exposure.setValue(tick)
        assert popup.exposure.value() == tick


def test_what_the_camera_cannot_do_is_not_shown(
    popup: CameraSettingsPopup, source: FakeSource
) -> None:
    source.able = CameraAbilities(formats=(VGA,))
    source.abilities_changed.emit()
    for part in (popup.compensation, popup.fixed, popup.exposure, popup.balance):
        assert not part.isVisible()
    assert popup.format.isVisible()
    assert popup.mirror.isVisible()
    assert "by itself" in popup._note.text()


def test_the_mirror_is_one_for_popup_and_preview(
    pane: QueryPane, popup: CameraSettingsPopup, source: FakeSource
) -> None:
    popup.mirror.click()
    assert pane.camera.mirror.isChecked()
    pane.camera.mirror.trigger()
    assert not popup.mirror.isChecked()


def test_a_video_can_only_be_mirrored(pane: QueryPane, popup: CameraSettingsPopup) -> None:
    pane._feed.choose(video_choice(Path("/films/shelf.mp4")))
    assert popup._title.text() == "shelf.mp4"
    assert popup.mirror.isVisible()
    assert not popup.format.isVisible()
    assert not popup._note.isVisible()


def test_without_a_camera_there_is_nothing_to_set(
    pane: QueryPane, directory: FakeDirectory
) -> None:
    directory.present.clear()
    pane.show_camera()
    assert not pane.camera.chooser.settings.action.isEnabled()
