"""The colours of the object in a picture, as CIE Lab."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.masks import INSIDE, ObjectMask
from desktop_app.infra.vision.opencv import cv2

Lab = NDArray[np.float32]
"""(n, 3): L* 0-100, a* and b*; CIE 1976, D65, two-degree observer, from sRGB."""

SAMPLED_SIDE = 112
"""The object is looked at this large, in pixels along its longer side."""
_DEEP_INSIDE = 250
"""Mean alpha of a shrunk pixel from which no background shines through."""
_LEAST_DEEP = 0.3


_SURE, _BUSY = 0.65, 0.6


def shows_colours_of_object(mask: ObjectMask) -> bool:
    """Whether colours are better taken inside ``mask`` than of the whole picture.

    An unsure mask cuts the object apart. Before a calm background that costs more than the
    background's own colours do (found first with both colours and embedding: 0.41 inside
    unsure masks, 0.59 without them); before a shop's shelf it is the reverse (0.46, 0.33).
    """
    return mask.is_usable and (mask.confidence >= _SURE or mask.clutter > _BUSY)


def object_colours(picture: SegmentedPicture) -> Lab:
    """The colours of the object's pixels, at least one; those of the whole picture where the
    mask does not help.

    Pixels on the outline are left out, for they mix in the background, unless the object is
    so fine that little else is left of it.
    """
    rgb, alpha = _object_box(picture)
    height, width = rgb.shape[:2]
    scale = min(1.0, SAMPLED_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size != (width, height):
        rgb, alpha = (
            np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
            for pixels in (rgb, alpha)
        )
    inside, deep = alpha >= INSIDE, alpha >= _DEEP_INSIDE
    if np.count_nonzero(deep) >= _LEAST_DEEP * np.count_nonzero(inside):
        inside = deep
    lab = lab_of(rgb)
    return lab[inside] if inside.any() else lab.reshape(-1, 3)


def lab_of(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(..., 3) CIE Lab of an sRGB picture (height, width, 3)."""
    fractions = np.ascontiguousarray(rgb).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(fractions, cv2.COLOR_RGB2LAB), np.float32)


def _object_box(picture: SegmentedPicture) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    rgb, mask = picture.image.rgb, picture.mask
    if not shows_colours_of_object(mask) or mask.alpha.shape != rgb.shape[:2]:
        return rgb, ObjectMask.whole(*rgb.shape[:2]).alpha
    height, width = mask.alpha.shape
    box = mask.box
    rows = slice(round(box.top * height), round(box.bottom * height))
    columns = slice(round(box.left * width), round(box.right * width))
    return rgb[rows, columns], mask.alpha[rows, columns]
