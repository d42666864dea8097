"""Colours that tell groups apart, on both grounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

_HUES = (231, 28, 152, 345, 96, 271, 188, 50, 312, 210, 10, 130)
"""Neighbours in this order are far from each other on the circle."""
_LIGHT = ((0.62, 0.72), (0.85, 0.52))
_DARK = ((0.55, 0.88), (0.32, 0.78))
"""Saturation and value of the first round of hues, and of the second."""
TOLD_APART = len(_HUES) * len(_LIGHT)


def group_colour(number: int, *, is_dark: bool) -> QColor:
    """That of a group; -1 is the rest, in grey."""
    if number < 0:
        return QColor("#7f7f8a") if is_dark else QColor("#9a9aa4")
    rounds = _DARK if is_dark else _LIGHT
    saturation, value = rounds[number // len(_HUES) % len(rounds)]
    return QColor.fromHsvF(_HUES[number % len(_HUES)] / 360, saturation, value)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """So much of ``other`` in ``one``."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def packed(colours: list[QColor]) -> NDArray[np.uint32]:
    """As 0xAARRGGBB."""
    return np.array([colour.rgba() for colour in colours], np.uint32)
