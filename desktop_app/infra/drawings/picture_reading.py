"""Outlines from pictures of drawings: white on black or black on white, filled or as lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import DecodedImage
from desktop_app.infra.drawings.rings import Points
from desktop_app.infra.vision.opencv import cv2

READ_SIDE = 2000
_LEAST_CONTRAST = 48
_MOST_BETWEEN = 0.08
"""Share of pixels that may be neither ground nor ink: photographs have more."""
_LEAST_AREA = 0.004
_FRAME = 0.985
_SMOOTH_FROM = 128


class NoDrawing(UserFacingError):
    """The picture is a photograph, or there is no closed outline in it."""


def read_drawing(image: DecodedImage) -> Points:
    """The outline of the largest shape, in pixels. Raises NoDrawing."""
    ink = _ink(image)
    contour = _largest(ink)
    height, width = ink.shape
    box = cv2.boundingRect(contour)
    if box[2] >= _FRAME * width and box[3] >= _FRAME * height:
        # A frame around the drawing: what is inside it counts.
        inner = ink.copy()
        cv2.drawContours(inner, [contour], -1, 0, thickness=max(3, min(height, width) // 60))
        contour = _largest(inner)
    if cv2.contourArea(contour) < _LEAST_AREA * ink.size:
        raise _no_outline()
    return np.asarray(cv2.approxPolyDP(contour, 0.6, closed=True).reshape(-1, 2), np.float64)


def _ink(image: DecodedImage) -> NDArray[np.uint8]:
    """255 where something is drawn."""
    alpha = image.alpha
    if alpha is not None and alpha.min() < _SMOOTH_FROM < alpha.max():
        grey = np.asarray(alpha, np.uint8)
        return np.asarray(cv2.threshold(_enlarged(grey), 127, 255, cv2.THRESH_BINARY)[1], np.uint8)
    grey = np.asarray(cv2.cvtColor(image.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    ground = int(np.median(border))
    difference = np.abs(_enlarged(grey).astype(np.int16) - ground).astype(np.uint8)
    threshold, ink = cv2.threshold(difference, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    drawn = ink > 0
    if not drawn.any() or difference[drawn].mean() < _LEAST_CONTRAST:
        raise _no_outline()
    full = float(np.median(difference[drawn]))
    between = (difference > 0.25 * full) & (difference < 0.75 * full)
    if between.mean() > _MOST_BETWEEN or threshold <= 0:
        raise NoDrawing(
            "This picture is no drawing in two tones.",
            remedy="Choose a drawing in black and white, or search with the picture itself.",
        )
    return np.asarray(ink, np.uint8)


def _largest(ink: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The largest outer contour, small gaps of its line closed."""
    reach = max(3, round(max(ink.shape) * 0.003) | 1)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        raise _no_outline()
    return np.asarray(max(contours, key=cv2.contourArea), np.int32)


def _enlarged(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Small drawings larger, so that their soft edges tell where the outline is."""
    factor = min(8, READ_SIDE // max(1, *grey.shape))
    if factor < 2:
        return grey
    enlarged = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, np.uint8)


def _no_outline() -> NoDrawing:
    return NoDrawing(
        "There is no closed outline in this picture.",
        remedy="Draw the container as one closed line, or filled, on an even ground.",
    )
