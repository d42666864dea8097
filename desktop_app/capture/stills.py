"""Pictures shown one after another as if a camera saw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_app.capture.grabbed_source import GrabbedSource
from desktop_app.domain.errors import CameraUnavailable, UnreadableImage
from desktop_app.domain.images import PICTURE_SUFFIXES, RgbArray
from desktop_app.domain.ports import ImageReader

FOLDER_FRAMES_PER_S = 10
FOLDER_SECONDS_EACH = 3
MAX_SIDE_PX = 1600

Decode = Callable[[Path], RgbArray]
"""Reads a picture file; raises UnreadableImage."""


class _StillsGrabber:
    def __init__(
        self,
        stills: Sequence[Path | RgbArray],
        decode: Decode,
        *,
        interval_s: float,
        frames_each: int,
        loops: bool,
    ) -> None:
        self._given = stills
        self._decode = decode
        self._interval_s = interval_s
        self._frames_each = frames_each
        self._loops = loops
        self._shown: RgbArray | None = None
        self._times_left = 0
        self._stills: list[Path | RgbArray] = []
        self._next = 0

    @property
    def interval_s(self) -> float:
        return self._interval_s

    def open(self) -> None:
        try:
            self._stills = [found for still in self._given for found in _expand(still)]
        except OSError as error:
            raise CameraUnavailable(
                "This folder cannot be read.", remedy="Choose another folder."
            ) from error
        self._next = 0
        if not self._stills:
            raise CameraUnavailable(
                "There are no pictures in this folder.", remedy="Choose another folder."
            )

    def grab(self) -> RgbArray | None:
        if self._times_left == 0:
            self._shown = self._read_next()
            self._times_left = self._frames_each
        self._times_left -= 1
        return self._shown

    def _read_next(self) -> RgbArray | None:
        skipped = 0
        while skipped < len(self._stills):
            if self._next == len(self._stills):
                if not self._loops:
                    return None
                self._next = 0
            still = self._stills[self._next]
            self._next += 1
            try:
                return self._decode(still) if isinstance(still, Path) else still
            except UnreadableImage:
                skipped += 1
        raise CameraUnavailable(
            "None of these pictures can be read.", remedy="Choose another folder."
        )

    def close(self) -> None:
        self._stills = []
        self._shown, self._times_left = None, 0


def _expand(still: Path | RgbArray) -> list[Path | RgbArray]:
    if isinstance(still, Path) and still.is_dir():
        return [path for path in sorted(still.iterdir()) if path.suffix.lower() in PICTURE_SUFFIXES]
    return [still]


class StillsSource(GrabbedSource):
    """A folder of pictures, or any sequence of files and frames.

    Each picture is shown ``frames_each`` times, ``interval_s`` apart, as a camera shows what is
    held still. Unreadable files are passed over. Without ``loops`` it stops after the last
    picture.
    """

    def __init__(
        self,
        name: str,
        stills: Sequence[Path | RgbArray],
        *,
        decode: Decode,
        interval_s: float = 1.0,
        frames_each: int = 1,
        loops: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(
            name,
            lambda: _StillsGrabber(
                stills, decode, interval_s=interval_s, frames_each=frames_each, loops=loops
            ),
            parent=parent,
        )


def folder_source(folder: Path) -> StillsSource:
    """The pictures of a folder, each for a while, as if it was held before a camera."""
    from desktop_app.infra.vision.decode import PillowImageReader  # noqa: PLC0415 - heavy

    return StillsSource(
        folder.name,
        (folder,),
        decode=partial(_decoded, PillowImageReader()),
        interval_s=1 / FOLDER_FRAMES_PER_S,
        frames_each=FOLDER_FRAMES_PER_S * FOLDER_SECONDS_EACH,
        loops=False,
    )


def _decoded(reader: ImageReader, path: Path) -> RgbArray:
    return reader.decode(path, max_side=MAX_SIDE_PX).rgb
