"""Frames between Qt and numpy, and which of a camera's formats to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from desktop_app.domain.images import RgbArray

PREFERRED_LINES = 720
LEAST_FRAMES_PER_S = 15.0


def rgb_from_image(image: QImage) -> RgbArray:
    """The pixels of a QImage, transparency on white. Safe in any thread."""
    if image.hasAlphaChannel():
        image = _on_white(image)
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    height, width = plain.height(), plain.width()
    lines = np.frombuffer(plain.constBits(), np.uint8).reshape(height, plain.bytesPerLine())
    # Rows are padded to four bytes, and the memory belongs to the QImage.
    return lines[:, : width * 3].reshape(height, width, 3).copy()


def image_from_rgb(rgb: RgbArray) -> QImage:
    """A QImage that owns its pixels. Safe in any thread."""
    height, width, _ = rgb.shape
    pixels = np.ascontiguousarray(rgb)
    return QImage(pixels.data, width, height, width * 3, QImage.Format.Format_RGB888).copy()


def _on_white(image: QImage) -> QImage:
    straight = image.convertToFormat(QImage.Format.Format_RGBA8888)
    height, width = straight.height(), straight.width()
    rgba = np.frombuffer(straight.constBits(), np.uint8).reshape(height, width, 4)
    alpha = rgba[:, :, 3:].astype(np.uint16)
    mixed = (rgba[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return image_from_rgb(mixed.astype(np.uint8))


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
