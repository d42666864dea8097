"""numpy arrays and QImages, one made from the other. QImage may be used in any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from desktop_app.domain.images import RgbArray


def to_qimage(rgb: RgbArray, alpha: NDArray[np.uint8] | None = None) -> QImage:
    """A QImage of its own memory, RGB32, or ARGB32_Premultiplied with ``alpha``.

    ``rgb`` has shape (height, width, 3), uint8; ``alpha`` (height, width), uint8.
    Raises ValueError for other shapes or types.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"not an RGB picture: shape {rgb.shape}, {rgb.dtype}")
    height, width = rgb.shape[:2]
    if alpha is None:
        pixels = np.ascontiguousarray(rgb)
        # Without the stride Qt expects rows to start at multiples of four bytes.
        view = QImage(pixels.data, width, height, width * 3, QImage.Format.Format_RGB888)
        return view.convertToFormat(QImage.Format.Format_RGB32)
    if alpha.shape != (height, width) or alpha.dtype != np.uint8:
        raise ValueError(f"not a mask of this picture: shape {alpha.shape}, {alpha.dtype}")
    pixels = np.dstack((rgb, alpha))
    view = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return view.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def mask_to_qimage(alpha: NDArray[np.uint8]) -> QImage:
    """A mask (height, width), uint8, as an Alpha8 image of its own memory.

    Raises ValueError for other shapes or types.
    """
    if alpha.ndim != 2 or alpha.dtype != np.uint8 or not alpha.size:
        raise ValueError(f"not a mask: shape {alpha.shape}, {alpha.dtype}")
    height, width = alpha.shape
    rows = np.ascontiguousarray(alpha)
    return QImage(rows.data, width, height, width, QImage.Format.Format_Alpha8).copy()


def mask_from_qimage(image: QImage) -> NDArray[np.uint8]:
    """The inverse of :func:`mask_to_qimage`: an array of its own memory.

    Raises ValueError for an image that is null or not Alpha8.
    """
    if image.isNull() or image.format() != QImage.Format.Format_Alpha8:
        raise ValueError(f"not a mask: {image.format()}")
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return np.array(rows[:, : image.width()])


def to_rgb(image: QImage) -> RgbArray:
    """An array of its own memory, shape (height, width, 3), uint8; transparency falls on white.

    Raises ValueError for a null image.
    """
    if image.isNull():
        raise ValueError("a null image has no pixels")
    opaque = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(opaque.constBits(), np.uint8).reshape(image.height(), -1)
    pixels = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)
    rgb = pixels[..., :3]
    if not image.hasAlphaChannel():
        return np.ascontiguousarray(rgb)
    share = pixels[..., 3:].astype(np.uint16)
    mixed = (rgb * share + 255 * (255 - share) + 127) // 255
    return np.ascontiguousarray(mixed.astype(np.uint8))
