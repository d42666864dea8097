"""A camera is used as a person set it, and is asked only for what it can do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtMultimedia import QCamera
from pytestqt.qtbot import QtBot

from desktop_app.capture.camera_controls import abilities_of, adjust
from desktop_app.capture.camera_feed import CameraFeed, folder_choice, network_choice
from desktop_app.capture.cameras import CameraInfo
from desktop_app.capture.video_frames import choose_format
from desktop_app.domain.camera_settings import (
    CameraFormat,
    CameraSettings,
    WhiteBalance,
)
from desktop_app.settings import Settings, load_settings, save_settings
from tests.capture.conftest import FakeDirectory

FRONT = CameraInfo("front", "Front camera", is_default=True)
DESK = CameraInfo("desk", "Desk camera")
HD, VGA = CameraFormat(1280, 720, 30.0), CameraFormat(640, 480, 30.0)
MakeFeed = Callable[[FakeDirectory], CameraFeed]

formats = st.builds(
    CameraFormat, st.integers(1, 9999), st.integers(1, 9999), st.floats(1, 240, width=32)
)
cameras = st.builds(
    CameraSettings,
    key=st.text(max_size=12),
    format=st.none() | formats,
    exposure_ev=st.floats(-2, 2),
    exposure_ms=st.none() | st.floats(0.01, 1000),
    white_balance=st.sampled_from(WhiteBalance),
    mirrored=st.booleans(),
)


@given(cameras)
def test_settings_come_back_as_they_were_written(settings: CameraSettings) -> None:
    assert CameraSettings.from_json(settings.to_json()) == settings


def test_cameras_are_kept_with_the_preferences(tmp_path: Path) -> None:
    kept = CameraSettings(
        "front", HD, exposure_ev=-0.5, exposure_ms=12.5, white_balance=WhiteBalance.SHADE
    )
    path = tmp_path / "settings.toml"
    save_settings(Settings(cameras=(kept, CameraSettings("desk", mirrored=True))), path)
    read, notes = load_settings(path)
    assert read.cameras == (kept, CameraSettings("desk", mirrored=True))
    assert not notes


def test_what_is_no_camera_is_reset_and_the_rest_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('result_limit = 90\n[[cameras]]\nkey = "front"\nexposure_ev = 40.0\n')
    read, notes = load_settings(path)
    assert read.cameras == ()
    assert read.result_limit == 90
    assert len(notes) == 1


class ScriptedCamera:
    """Notes what it is told; ``features`` and ``modes`` are what it can do."""

    def __init__(
        self,
        *features: QCamera.Feature,
        modes: tuple[QCamera.WhiteBalanceMode, ...] = (),
        exposure_s: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._features = QCamera.Feature(0)
        for feature in features:
            self._features |= feature
        self._modes = modes
        self._exposure_s = exposure_s
        self.told: list[tuple[str, object]] = []

    def supportedFeatures(self) -> QCamera.Feature:
        return self._features

    def isWhiteBalanceModeSupported(self, mode: QCamera.WhiteBalanceMode) -> bool:
        return mode in self._modes

    def setWhiteBalanceMode(self, mode: QCamera.WhiteBalanceMode) -> None:
        self.told.append(("balance", mode))

    def minimumExposureTime(self) -> float:
        return self._exposure_s[0]

    def maximumExposureTime(self) -> float:
        return self._exposure_s[1]

    def setExposureCompensation(self, ev: float) -> None:
        self.told.append(("ev", ev))

    def setManualExposureTime(self, seconds: float) -> None:
        self.told.append(("exposure", seconds))

    def setAutoExposureTime(self) -> None:
        self.told.append(("exposure", "auto"))


AUTO = QCamera.WhiteBalanceMode.WhiteBalanceAuto
SHADE = QCamera.WhiteBalanceMode.WhiteBalanceShade


def able_camera() -> ScriptedCamera:
    return ScriptedCamera(
        QCamera.Feature.ExposureCompensation,
        QCamera.Feature.ManualExposureTime,
        modes=(AUTO, SHADE),
        exposure_s=(0.001, 0.1),
    )


def test_a_camera_that_can_do_nothing_is_told_nothing() -> None:
    camera = ScriptedCamera()
    adjust(
        camera,
        CameraSettings(
            "front", exposure_ev=1.0, exposure_ms=10.0, white_balance=WhiteBalance.SHADE
        ),
    )
    assert camera.told == []
    able = abilities_of(camera, [HD])
    assert not able.has_compensation
    assert able.exposure_ms is None
    assert able.white_balances == (WhiteBalance.AUTO,)


def test_a_fixed_exposure_stays_within_what_the_camera_can_do() -> None:
    camera = able_camera()
    adjust(camera, CameraSettings("front", exposure_ms=5000.0))
    assert ("exposure", pytest.approx(0.1)) in camera.told
    assert all(what != "ev" for what, _ in camera.told)


def test_what_was_set_before_is_taken_back() -> None:
    camera = able_camera()
    adjust(camera, CameraSettings("front"))
    assert camera.told == [("exposure", "auto"), ("ev", 0.0), ("balance", AUTO)]


def test_a_balance_the_camera_lacks_becomes_the_automatic_one() -> None:
    camera = able_camera()
    adjust(camera, CameraSettings("front", white_balance=WhiteBalance.TUNGSTEN))
    assert ("balance", AUTO) in camera.told
    adjust(camera, CameraSettings("front", white_balance=WhiteBalance.SHADE))
    assert ("balance", SHADE) in camera.told
    assert abilities_of(camera, ()).exposure_ms == pytest.approx((1.0, 100.0))


def test_each_format_is_offered_once_the_largest_first() -> None:
    assert abilities_of(ScriptedCamera(), [VGA, HD, VGA]).formats == (HD, VGA)


def test_the_format_asked_for_is_used_while_the_camera_has_it() -> None:
    assert choose_format([HD, VGA], VGA) == 1
    assert choose_format([HD, VGA], CameraFormat(1920, 1080, 30.0)) == 0


def test_a_camera_starts_as_it_was_left(make_feed: MakeFeed) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    kept = CameraSettings("desk", VGA, mirrored=True)
    feed.remember((kept, CameraSettings("front", exposure_ev=1.0)))
    feed.set_running(True)
    assert feed.current is not None
    assert feed.current.key == "desk"
    assert directory.opened["desk"].used == [kept]
    assert feed.settings == kept


def test_without_the_camera_used_last_the_default_is_shown(make_feed: MakeFeed) -> None:
    feed = make_feed(FakeDirectory(FRONT, DESK))
    feed.remember((CameraSettings("gone"),))
    feed.set_running(True)
    assert feed.current is not None
    assert feed.current.key == "front"


def test_changes_act_at_once_and_are_remembered_for_their_camera(
    make_feed: MakeFeed, qtbot: QtBot
) -> None:
    directory = FakeDirectory(FRONT, DESK)
    feed = make_feed(directory)
    feed.set_running(True)
    seen: list[CameraSettings] = []
    saves: list[None] = []
    feed.settings_changed.connect(seen.append)
    feed.remembered_changed.connect(lambda: saves.append(None))
    bright = CameraSettings("front", exposure_ev=1.0)
    feed.change(bright)
    feed.change(bright)
    assert directory.opened["front"].used[-1] == bright
    assert seen == [bright]
    qtbot.waitUntil(lambda: len(saves) == 1, timeout=60_000)
    feed.choose(feed.choices()[1])
    assert feed.settings == CameraSettings("desk")
    assert seen[-1] == CameraSettings("desk")
    assert [each.key for each in feed.remembered] == ["desk", "front"]
    feed.choose(feed.choices()[0])
    assert feed.settings == bright


def test_what_was_just_set_is_kept_when_the_window_closes(make_feed: MakeFeed) -> None:
    feed = make_feed(FakeDirectory(FRONT))
    feed.set_running(True)
    kept: list[CameraSettings] = []
    feed.remembered_changed.connect(lambda: kept.extend(feed.remembered))
    feed.set_mirrored(True)
    feed.close()
    assert kept == [CameraSettings("front", mirrored=True)]


def test_settings_of_another_camera_than_the_one_shown_change_nothing(make_feed: MakeFeed) -> None:
    feed = make_feed(FakeDirectory(FRONT))
    feed.set_running(True)
    feed.change(CameraSettings("desk", mirrored=True))
    assert feed.settings == CameraSettings("front")
    assert feed.remembered == ()


def test_an_address_is_mirrored_but_never_kept(make_feed: MakeFeed) -> None:
    feed = make_feed(FakeDirectory())
    feed.set_running(True)
    feed.choose(network_choice("rtsp://me:pw@10.0.0.5/live"))
    feed.set_mirrored(True)
    assert feed.settings.mirrored
    assert feed.remembered == ()


def test_a_folder_joins_the_choices(make_feed: MakeFeed) -> None:
    feed = make_feed(FakeDirectory(FRONT))
    feed.set_running(True)
    feed.choose(folder_choice(Path("/shots/today")))
    assert [choice.name for choice in feed.choices()] == ["Front camera", "today"]
    assert feed.state.status == "starting"
