"""The camera's way, with frames pushed into the sink where a camera would push them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat
from pytestqt.qtbot import QtBot

from desktop_app.capture.frame_source import LIVE, STARTING, STOPPED, FrameStatus
from desktop_app.capture.qt_camera import VideoSinkSource
from desktop_app.domain.images import RgbArray


@pytest.fixture
def source(qtbot: QtBot) -> Iterator[VideoSinkSource]:
    source = VideoSinkSource("a camera", frames_per_s=200)
    yield source
    source.close()


def picture(colour: str, *, width: int = 10, height: int = 6) -> QVideoFrame:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return QVideoFrame(image)


def test_a_frame_in_the_sink_comes_out_as_pixels(source: VideoSinkSource, qtbot: QtBot) -> None:
    source.start()
    assert source.state == STARTING
    with qtbot.waitSignal(source.frame_ready) as arrived:
        source.sink.setVideoFrame(picture("#c81e0a"))
    frame: RgbArray = arrived.args[0]
    assert frame.shape == (6, 10, 3)
    assert tuple(frame[3, 5]) == (200, 30, 10)
    assert source.state == LIVE


def test_a_camera_s_own_pixel_format_is_converted(source: VideoSinkSource, qtbot: QtBot) -> None:
    layout = QVideoFrameFormat(QSize(16, 8), QVideoFrameFormat.PixelFormat.Format_NV12)
    frame = QVideoFrame(layout)
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    for plane in range(frame.planeCount()):
        bits = frame.bits(plane)
        bits[:] = bytes([128]) * len(bits)
    frame.unmap()
    source.start()
    with qtbot.waitSignal(source.frame_ready) as arrived:
        source.sink.setVideoFrame(frame)
    grey: RgbArray = arrived.args[0]
    assert grey.shape == (8, 16, 3)
    assert grey.min() > 100
    assert grey.max() < 160


def test_of_a_burst_the_last_frame_wins(source: VideoSinkSource, qtbot: QtBot) -> None:
    seen: list[RgbArray] = []
    source.frame_ready.connect(seen.append)
    source.start()
    for level in range(0, 250, 5):
        source.sink.setVideoFrame(picture(QColor(level, level, level).name()))
    source.sink.setVideoFrame(picture("#ffffff"))
    qtbot.waitUntil(lambda: bool(seen) and seen[-1][0, 0, 0] == 255)
    assert len(seen) < 20


def test_after_stop_no_frame_comes_and_no_thread_is_left(
    source: VideoSinkSource, qtbot: QtBot
) -> None:
    source.start()
    source.sink.setVideoFrame(picture("red"))
    source.stop()
    assert source.state == STOPPED
    with qtbot.assertNotEmitted(source.frame_ready, wait=30):
        source.sink.setVideoFrame(picture("blue"))
    assert source._thread is None


def test_it_can_be_started_again(source: VideoSinkSource, qtbot: QtBot) -> None:
    source.start()
    source.stop()
    source.start()
    with qtbot.waitSignal(source.frame_ready):
        source.sink.setVideoFrame(picture("green"))


def test_a_camera_that_stays_dark_is_given_up(source: VideoSinkSource, qtbot: QtBot) -> None:
    source._patience.setInterval(0)
    with qtbot.waitSignal(
        source.state_changed, check_params_cb=lambda state: state.status is FrameStatus.FAILED
    ):
        source.start()
    assert "no picture" in source.state.what
    assert source.state.remedy
