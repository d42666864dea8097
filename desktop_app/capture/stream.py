"""Network cameras and video files through OpenCV."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from PySide6.QtCore import QObject

from desktop_app.capture.grabbed_source import GrabbedSource
from desktop_app.domain.errors import CameraUnavailable
from desktop_app.domain.images import RgbArray

RETRY_DELAYS_S = (1.0, 2.0, 4.0, 8.0)
NETWORK_TIMEOUT_MS = 5000
MAX_FRAMES_PER_S = 25.0
MAX_SIDE_PX = 1600
STREAM_SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp")


def is_stream_address(text: str) -> bool:
    """Whether ``text`` can be the address of a network camera."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return parts.scheme.lower() in STREAM_SCHEMES and bool(parts.hostname)


def shown_address(address: str) -> str:
    """An address without the user name and password it may hold."""
    parts = urlsplit(address.strip())
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class _VideoGrabber:
    """A :class:`~desktop_app.capture.grabbed_source.Grabber` over cv2.VideoCapture."""

    def __init__(self, location: str, *, is_file: bool) -> None:
        self._location = location
        self._is_file = is_file
        self._capture: Any = None
        self._frames_per_s = MAX_FRAMES_PER_S
        self._got_any = False

    @property
    def interval_s(self) -> float:
        # A stream sets the pace itself; frames not taken in time would pile up in its buffer.
        return self._stride / self._frames_per_s if self._is_file else 0.0

    @property
    def _stride(self) -> int:
        """How many frames to advance for each that is shown."""
        return max(1, round(self._frames_per_s / MAX_FRAMES_PER_S))

    def open(self) -> None:
        from desktop_app.infra.vision.opencv import cv2  # noqa: PLC0415 - a heavy import

        self._cv2 = cv2
        if self._is_file:
            self._capture = cv2.VideoCapture(self._location)
        else:
            timeouts = [
                *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, NETWORK_TIMEOUT_MS),
                *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, NETWORK_TIMEOUT_MS),
            ]
            self._capture = cv2.VideoCapture(self._location, cv2.CAP_FFMPEG, timeouts)
        if not self._capture.isOpened():
            raise self._unavailable()
        frames_per_s = float(self._capture.get(cv2.CAP_PROP_FPS))
        self._frames_per_s = frames_per_s if 1.0 <= frames_per_s <= 240.0 else MAX_FRAMES_PER_S

    def grab(self) -> RgbArray | None:
        arrived = all(self._capture.grab() for _ in range(self._stride))
        bgr: Any = self._capture.retrieve()[1] if arrived else None
        if bgr is None:
            # A file ends; a stream, or a file without a single frame, fails.
            if self._is_file and self._got_any:
                return None
            raise self._unavailable()
        self._got_any = True
        height, width = bgr.shape[:2]
        scale = MAX_SIDE_PX / max(height, width)
        if scale < 1:
            size = (round(width * scale), round(height * scale))
            bgr = self._cv2.resize(bgr, size, interpolation=self._cv2.INTER_AREA)
        rgb: Any = self._cv2.cvtColor(bgr, self._cv2.COLOR_BGR2RGB)
        return cast(RgbArray, rgb)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _unavailable(self) -> CameraUnavailable:
        if self._is_file:
            return CameraUnavailable(
                f"“{Path(self._location).name}” cannot be played.",
                remedy="Choose another file: MP4, MOV, AVI, MKV or WebM.",
            )
        return CameraUnavailable(
            f"{shown_address(self._location)} does not answer.",
            remedy="Check the address and that the camera is on and in the same network.",
        )


class StreamSource(GrabbedSource):
    """A network camera or a video file.

    A network camera that is lost is sought again for a while; a file ends with STOPPED.
    """

    def __init__(self, location: str | Path, parent: QObject | None = None) -> None:
        is_file = isinstance(location, Path)
        name = location.name if isinstance(location, Path) else shown_address(location)
        super().__init__(
            name,
            lambda: _VideoGrabber(str(location), is_file=is_file),
            retry_delays_s=() if is_file else RETRY_DELAYS_S,
            parent=parent,
        )
