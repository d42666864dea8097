"""The object of a mask without what its picture got wrong: holes, whiskers, shadows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import INSIDE, ObjectMask
from desktop_app.infra.vision.opencv import cv, cv2
from desktop_app.infra.vision.shape.shadows import GUESSED, without_shadow
from desktop_app.infra.vision.shape.symmetry import completed


def cleaned(mask: ObjectMask, rgb: RgbArray | None = None) -> ObjectMask:
    """The mask with its holes filled (glass and white labels look like background), hard-edged.
    Where the object was told from the background by looking, also what one side lacks is filled in
    from the other and, where the picture is given, its shadow is taken off."""
    if rgb is not None:
        mask = without_shadow(rgb, mask)
    solid = (mask.alpha >= INSIDE).astype(np.uint8)
    outer, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv.drawContours(np.zeros_like(solid), outer, -1, 1, cv.FILLED)
    if mask.source in GUESSED:
        filled = completed(filled)
    return replace(mask, alpha=filled * np.uint8(255))
