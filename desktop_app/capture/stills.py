"""Pictures shown one after another as if a camera saw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_app.capture.grabbed_source import GrabbedSource
from desktop_app.domain.errors import CameraUnavailable, UnreadableImage
from desktop_app.domain.images import PICTURE_SUFFIXES, RgbArray

Decode = Callable[[Path], RgbArray]
"""Reads a picture file; raises UnreadableImage."""


class _StillsGrabber:
    def __init__(
        self, stills: Sequence[Path | RgbArray], decode: Decode, *, interval_s: float, loops: bool
    ) -> None:
        self._given = stills
        self._decode = decode
        self._interval_s = interval_s
        self._loops = loops
        self._stills: list[Path | RgbArray] = []
        self._next = 0

    @property
    def interval_s(self) -> float:
        return self._interval_s

    def open(self) -> None:
        self._stills = [found for still in self._given for found in _expand(still)]
        self._next = 0
        if not self._stills:
            raise CameraUnavailable(
                "There are no pictures in this folder.", remedy="Choose another folder."
            )

    def grab(self) -> RgbArray | None:
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


def _expand(still: Path | RgbArray) -> list[Path | RgbArray]:
    if isinstance(still, Path) and still.is_dir():
        return [path for path in sorted(still.iterdir()) if path.suffix.lower() in PICTURE_SUFFIXES]
    return [still]


class StillsSource(GrabbedSource):
    """A folder of pictures, or any sequence of files and frames.

    Unreadable files are passed over. Without ``loops`` it stops after the last picture.
    """

    def __init__(
        self,
        name: str,
        stills: Sequence[Path | RgbArray],
        *,
        decode: Decode,
        interval_s: float = 1.0,
        loops: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(
            name,
            lambda: _StillsGrabber(stills, decode, interval_s=interval_s, loops=loops),
            parent=parent,
        )
