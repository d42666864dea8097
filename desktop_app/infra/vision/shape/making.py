"""Silhouettes of masks and of drawn outlines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel

_DRAWN_SIDE, _BORDER = 640, 16
_SHIFT = 4

_CHANNEL = SilhouetteShapeChannel()


def features_of_mask(mask: ObjectMask, rgb: RgbArray | None = None) -> ShapeFeatures | None:
    """As the channel SHAPE finds them. None where there is no object worth calling so."""
    return _CHANNEL.of_mask(mask, rgb)


def features_of_outline(outline: DrawnOutline) -> ShapeFeatures:
    """Those of what lies within the outline, trusted fully. Raises UserFacingError where there is
    nothing."""
    points = np.asarray(outline.points, np.float64)
    least, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = _DRAWN_SIDE / extent.max()
    width, height = np.maximum(np.ceil(extent * scale), 1).astype(int) + 2 * _BORDER
    alpha = np.zeros((height, width), np.uint8)
    fixed = np.rint(((points - least) * scale + _BORDER) * 2**_SHIFT).astype(np.int32)
    cv2.fillPoly(alpha, [fixed], 255, shift=_SHIFT)
    found = features_of_mask(_drawn(alpha))
    if found is None:
        raise UserFacingError(
            "Nothing is left within this outline.",
            remedy="Draw a closed outline that encloses something.",
        )
    return found


def _drawn(alpha: NDArray[np.uint8]) -> ObjectMask:
    return ObjectMask(alpha, MaskSource.DRAWN, confidence=1.0, clutter=0.0)
