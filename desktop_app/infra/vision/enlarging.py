"""Parts of pictures, enlarged."""

from __future__ import annotations

import math

import numpy as np

from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.infra.vision.opencv import cv2


class CubicEnlarger:
    """The PictureEnlarger port over OpenCV's bicubic interpolation."""

    def enlarged(self, rgb: RgbArray, box: CropBox, *, side: int) -> RgbArray:
        height, width = rgb.shape[:2]
        top, bottom = _stretch(box.top, box.bottom, height)
        left, right = _stretch(box.left, box.right, width)
        part = rgb[top:bottom, left:right]
        scale = side / max(part.shape[:2])
        if scale <= 1:
            return np.ascontiguousarray(part)
        size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
        return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _stretch(begin: float, end: float, size: int) -> tuple[int, int]:
    first = min(math.floor(begin * size), size - 1)
    return first, max(math.ceil(end * size), first + 1)
