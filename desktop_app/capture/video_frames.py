"""A video frame's pixels, and which of a camera's formats to ask for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QImage

from desktop_app.domain.camera_settings import CameraFormat
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


def choose_format(
    formats: Sequence[CameraFormat], wanted: CameraFormat | None = None
) -> int | None:
    """The index of the format to use, None where there are none.

    What is ``wanted``, where it is among them. Else fluent formats first, then the one nearest
    to PREFERRED_LINES lines: more is thrown away by the search, and costs time for every frame.
    """
    if not formats:
        return None
    if wanted in formats:
        return formats.index(wanted)

    def rank(index: int) -> tuple[bool, int, float]:
        each = formats[index]
        stutters = each.frames_per_s < LEAST_FRAMES_PER_S
        return (stutters, abs(each.height - PREFERRED_LINES), -each.frames_per_s)

    return min(range(len(formats)), key=rank)
