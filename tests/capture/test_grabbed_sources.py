"""Videos, network cameras and stills: paced, retried, ended, and never left running."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from desktop_app.capture.frame_source import FrameSource, FrameState, FrameStatus
from desktop_app.capture.grabbed_source import GrabbedSource
from desktop_app.capture.stills import StillsSource, folder_source
from desktop_app.capture.stream import StreamSource, is_stream_address, shown_address
from desktop_app.domain.errors import CameraUnavailable, UnreadableImage
from desktop_app.domain.images import RgbArray
from tests.capture.conftest import plain_frame

Track = Callable[[FrameSource], FrameSource]


@pytest.fixture
def track(qtbot: QtBot) -> Iterator[Track]:
    sources: list[FrameSource] = []

    def remember(source: FrameSource) -> FrameSource:
        sources.append(source)
        return source

    yield remember
    for source in sources:
        source.close()


def statuses(source: FrameSource) -> list[FrameStatus]:
    seen: list[FrameStatus] = []

    def note(state: FrameState) -> None:
        seen.append(state.status)

    source.state_changed.connect(note)
    return seen


def decode(path: Path) -> RgbArray:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    except OSError as error:
        raise UnreadableImage(f"{path.name} cannot be read.") from error


class ScriptedGrabber:
    """Does what its script says: a frame, an error, or None."""

    interval_s = 0.0

    def __init__(self, script: list[RgbArray | Exception | None], refuses: bool = False) -> None:
        self._script = script
        self._refuses = refuses
        self.closed = False

    def open(self) -> None:
        if self._refuses:
            raise CameraUnavailable("refused", remedy="look")

    def grab(self) -> RgbArray | None:
        step = self._script.pop(0) if self._script else None
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.closed = True


def test_stills_come_in_order_and_end(track: Track, qtbot: QtBot) -> None:
    source = track(
        StillsSource(
            "three",
            [plain_frame(n) for n in (1, 2, 3)],
            decode=decode,
            loops=False,
            interval_s=0.01,
        )
    )
    seen: list[int] = []
    source.frame_ready.connect(lambda frame: seen.append(int(frame[0, 0, 0])))
    states = statuses(source)
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.STOPPED and seen[-1:] == [3])
    assert seen == sorted(seen)
    assert states == [FrameStatus.STARTING, FrameStatus.LIVE, FrameStatus.STOPPED]
    assert source.state.what


def test_a_folder_is_shown_without_its_bad_files(
    track: Track, qtbot: QtBot, tmp_path: Path
) -> None:
    Image.new("RGB", (4, 4), (9, 9, 9)).save(tmp_path / "b.png")
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    (tmp_path / "list.csv").write_text("sku")
    source = track(StillsSource("folder", [tmp_path], decode=decode, loops=False))
    with qtbot.waitSignal(source.frame_ready) as arrived:
        source.start()
    assert arrived.args[0][0, 0, 0] == 9


def test_each_still_is_held_for_a_while(track: Track, qtbot: QtBot) -> None:
    source = track(
        StillsSource(
            "two",
            [plain_frame(1), plain_frame(2)],
            decode=decode,
            loops=False,
            interval_s=0.02,
            frames_each=4,
        )
    )
    seen: list[int] = []
    source.frame_ready.connect(lambda frame: seen.append(int(frame[0, 0, 0])))
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.STOPPED and seen[-1:] == [2])
    assert len(seen) > 2
    assert seen == sorted(seen)


def test_a_folder_is_opened_as_it_is(track: Track, qtbot: QtBot, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), (9, 9, 9)).save(tmp_path / "b.png")
    source = track(folder_source(tmp_path))
    with qtbot.waitSignal(source.frame_ready) as arrived:
        source.start()
    assert arrived.args[0].shape == (30, 40, 3)
    assert source.name == tmp_path.name


def test_a_folder_without_pictures_says_so(track: Track, qtbot: QtBot, tmp_path: Path) -> None:
    source = track(StillsSource("folder", [tmp_path], decode=decode))
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.FAILED)
    assert "no pictures" in source.state.what


def test_only_bad_files_fail_instead_of_spinning(
    track: Track, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    source = track(StillsSource("folder", [tmp_path], decode=decode, loops=True))
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.FAILED)


def test_a_lost_connection_is_sought_again(track: Track, qtbot: QtBot) -> None:
    lost = CameraUnavailable("lost")
    grabbers = [
        ScriptedGrabber([plain_frame(1), lost]),
        ScriptedGrabber([], refuses=True),
        ScriptedGrabber([plain_frame(2), None]),
    ]
    waiting = list(grabbers)
    source = track(GrabbedSource("camera", lambda: waiting.pop(0), retry_delays_s=(0.0, 0.0, 0.0)))
    states = statuses(source)
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.STOPPED)
    assert not waiting
    assert all(grabber.closed for grabber in grabbers)
    assert states.count(FrameStatus.LIVE) == 2
    assert FrameStatus.FAILED not in states


def test_after_the_last_try_it_fails_with_a_remedy(track: Track, qtbot: QtBot) -> None:
    tries: list[int] = []

    def make() -> ScriptedGrabber:
        tries.append(1)
        return ScriptedGrabber([], refuses=True)

    source = track(GrabbedSource("camera", make, retry_delays_s=(0.0, 0.0)))
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.FAILED)
    assert len(tries) == 3
    assert source.state == FrameState(FrameStatus.FAILED, "refused", "look")


def test_a_defect_in_a_grabber_fails_the_source_and_not_the_process(
    track: Track, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    source = track(GrabbedSource("camera", lambda: ScriptedGrabber([ZeroDivisionError()])))
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.FAILED)
    assert "ZeroDivisionError" in caplog.text


def test_stop_does_not_wait_for_a_network_that_hangs_but_close_does(
    track: Track, qtbot: QtBot
) -> None:
    inside, answer = threading.Event(), threading.Event()

    class Hanging(ScriptedGrabber):
        def open(self) -> None:
            inside.set()
            answer.wait(20)

    grabber = Hanging([])
    source = GrabbedSource("camera", lambda: grabber)
    track(source)
    source.start()
    assert inside.wait(5)
    source.stop()
    assert source.state.status is FrameStatus.STOPPED
    assert not grabber.closed
    answer.set()
    source.close()
    assert grabber.closed
    assert source._runs == []


def test_a_paused_retry_stops_at_once(track: Track, qtbot: QtBot) -> None:
    source = track(
        GrabbedSource("camera", lambda: ScriptedGrabber([], refuses=True), retry_delays_s=(3600.0,))
    )
    source.start()
    qtbot.waitUntil(lambda: source.state.what == "refused")
    source.close()
    assert source.state.status is FrameStatus.STOPPED


@pytest.fixture
def video(tmp_path: Path) -> Path:
    from desktop_app.infra.vision.opencv import cv2

    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 50.0, (64, 48))
    assert writer.isOpened()
    for level in (30, 30, 220, 220, 220, 220):
        writer.write(np.full((48, 64, 3), (0, level // 2, level), np.uint8))
    writer.release()
    return path


def test_a_video_file_plays_in_rgb_and_ends(track: Track, qtbot: QtBot, video: Path) -> None:
    source = track(StreamSource(video))
    seen: list[RgbArray] = []
    source.frame_ready.connect(seen.append)
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.STOPPED and len(seen) > 1)
    red, green, blue = (int(value) for value in seen[-1][24, 32])
    assert red > 200
    assert 90 < green < 130
    assert blue < 30
    # 50 frames a second are shown as 25.
    assert len(seen) <= 3
    assert source.name == "clip.avi"


def test_a_file_that_is_no_video_fails_with_what_to_choose(
    track: Track, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    source = track(StreamSource(path))
    source.start()
    qtbot.waitUntil(lambda: source.state.status is FrameStatus.FAILED)
    assert "notes.mp4" in source.state.what
    assert "MP4" in source.state.remedy


@pytest.mark.parametrize(
    ("text", "is_address"),
    [
        ("rtsp://192.168.1.20:554/live", True),
        (" http://camera.local/video.mjpg ", True),
        ("192.168.1.20", False),
        ("file:///etc/hosts", False),
        ("rtsp://", False),
        ("http://[broken", False),
    ],
)
def test_addresses_of_network_cameras_are_told_apart(text: str, is_address: bool) -> None:
    assert is_stream_address(text) is is_address


def test_a_password_is_not_shown() -> None:
    assert shown_address("rtsp://anna:secret@10.0.0.5/live") == "rtsp://10.0.0.5/live"
