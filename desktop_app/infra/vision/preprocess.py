"""From a picture of any size to the square a network takes."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.domain.model_cards import Preprocessing
from desktop_app.infra.vision.opencv import cv2


def letterboxed(image: RgbArray, preprocessing: Preprocessing) -> RgbArray:
    """The whole picture in the middle of a (side, side, 3) square.

    Shrinking averages over the covered pixels, so that fine print does not alias; enlarging
    is bicubic. A change here that changes the result must raise PREPROCESSING_VERSION.
    """
    side = preprocessing.side
    height, width = image.shape[:2]
    scale = side / max(height, width)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    if (new_width, new_height) != (width, height):
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, (new_width, new_height), interpolation=method).astype(np.uint8)
    square = np.full((side, side, 3), preprocessing.pad, np.uint8)
    top, left = (side - new_height) // 2, (side - new_width) // 2
    square[top : top + new_height, left : left + new_width] = image
    return square
