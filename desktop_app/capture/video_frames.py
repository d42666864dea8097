"""A video frame's pixels, and which of a camera's formats to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from desktop_app.domain.images import RgbArray

PREFERRED_LINES = 720
LEAST_FRAMES_PER_S = 15.0


def rgb_from_image(image: QImage) -> RgbArray:
    """The pixels of an opaque QImage. Safe in any thread."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    height, width = plain.height(), plain.width()
    # Rows are padded to four bytes, and the memory belongs to the QImage.
    lines = np.frombuffer(plain.constBits(), np.uint8).reshape(height, plain.bytesPerLine())
    return lines[:, : width * 3].reshape(height, width, 3).copy()


@dataclass(frozen=True, slots=True)
class CameraFormat:
    """What a camera offers: pixels, and frames per second at most."""

    width: int
    height: int
    frames_per_s: float


def choose_format(formats: Sequence[CameraFormat]) -> int | None:
    """The index of the format to use, None where there are none.

    Fluent formats first, then the one nearest to PREFERRED_LINES lines: more is thrown away
    by the search, and costs time for every frame.
    """
    if not formats:
        return None

    def rank(index: int) -> tuple[bool, int, float]:
        each = formats[index]
        stutters = each.frames_per_s < LEAST_FRAMES_PER_S
        return (stutters, abs(each.height - PREFERRED_LINES), -each.frames_per_s)

    return min(range(len(formats)), key=rank)
