"""The object of a picture in grey, as the classifier of containers and its search see it."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import ObjectMask, object_view
from desktop_app.infra.vision.opencv import cv2

GREY_SIDE = 224
MARGIN = 0.06
VIEW_VERSION = 1
"""Raised whenever the same picture and mask would be turned into another view than before."""


def grey_view(
    rgb: RgbArray, mask: ObjectMask, *, side: int = GREY_SIDE, margin: float = MARGIN
) -> RgbArray:
    """The object cut out on white, in grey of three equal channels: GREY_SIDE pixels a side, in
    the middle of a white square of ``side`` where a network takes more. ``margin`` is that of
    :func:`object_view`.

    A mask that is not usable leaves the whole picture. Raises ValueError where the mask is not
    of the picture's size, or ``side`` is less than GREY_SIDE.
    """
    if side < GREY_SIDE:
        raise ValueError(f"a view of {GREY_SIDE} pixels does not fit into {side}")
    if not mask.is_usable:
        mask = ObjectMask.whole(*rgb.shape[:2])
    square = object_view(rgb, mask, margin=margin)
    method = cv2.INTER_AREA if len(square) > GREY_SIDE else cv2.INTER_CUBIC
    grey = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    if len(square) != GREY_SIDE:
        grey = cv2.resize(grey, (GREY_SIDE, GREY_SIDE), interpolation=method)
    view = np.full((side, side, 3), 255, np.uint8)
    start = (side - GREY_SIDE) // 2
    view[start : start + GREY_SIDE, start : start + GREY_SIDE] = grey[:, :, np.newaxis]
    return view
