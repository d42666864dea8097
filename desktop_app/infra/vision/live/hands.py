"""The hand that holds an object, taken off by its colour where nothing better tells them apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv

Bits = NDArray[np.uint8]

_SKIN = (0, 133, 77), (255, 173, 127)
"""Y, Cr and Cb of skin (Chai & Ngan 1999); they hardly depend on how dark it is."""
_LEAST_LEFT = 0.2
"""Share of what stands there that must be left: else the object itself has the colour of skin."""


def without_hand(rgb: RgbArray, standing: Bits) -> Bits:
    """What stands there less the skin that comes in from the frame's edge; ``standing`` as it
    is where no such thing is found."""
    skin = cv.inRange(cv.cvtColor(rgb, cv.COLOR_RGB2YCrCb), *_SKIN)
    skin = cv.morphologyEx(cv.min(skin, standing), cv.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv.connectedComponents(skin)
    if count < 2:
        return standing
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    reaching = np.unique(edge[edge > 0])
    hand = np.isin(labels, reaching).astype(np.uint8) * 255
    rest = cv.subtract(standing, cv.dilate(hand, np.ones((3, 3), np.uint8)))
    rest = cv.morphologyEx(rest, cv.MORPH_OPEN, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv.connectedComponentsWithStats(rest)
    if len(stats) < 2 or not reaching.size:
        return standing
    largest = 1 + int(stats[1:, cv.CC_STAT_AREA].argmax())
    if stats[largest, cv.CC_STAT_AREA] < _LEAST_LEFT * np.count_nonzero(standing):
        return standing
    left: Bits = (labels == largest).astype(np.uint8) * 255
    return left
