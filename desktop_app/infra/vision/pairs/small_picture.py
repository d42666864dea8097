"""A picture made ready for being laid on others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.thumbnails import fitted, shrunk

WORKING_SIDE = 160
"""The longest side, in pixels, at which pictures are compared."""
ROUGH_SIDE = 48
"""That at which ways of laying them on each other are tried."""
TINY_SIDE = 16

_PLAIN_SHARE = 0.85
_PLAIN_DISTANCE = 10
_CONTENT_DISTANCE = 8
_LEAST_CONTENT = 0.01

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in fractions of width and height."""
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class SmallPicture:
    """``lab`` (height, width, 3) uint8 is the picture in OpenCV's 8-bit CIE Lab, its longest
    side at most WORKING_SIDE. ``content`` (height, width) uint8 is 255 where it differs from a
    plain ground, and everywhere where the ground is not plain; ``share`` is how much of the
    picture that is, ``box`` holds all of it.
    ``tiny_frame`` and ``tiny_box`` (TINY_SIDE, TINY_SIDE) float32 are the lightness of the
    frame and of what is in the box, stretched to a square, of mean 0 and unit norm.
    ``rough_lab`` and ``rough_content`` are the same with at most ROUGH_SIDE.
    """

    lab: NDArray[np.uint8]
    content: NDArray[np.uint8]
    share: float
    box: Box
    is_plain: bool
    tiny_frame: NDArray[np.float32]
    tiny_box: NDArray[np.float32]
    rough_lab: NDArray[np.uint8]
    rough_content: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.lab.shape[:2]
        return width, height


def small_picture(rgb: RgbArray) -> SmallPicture:
    """``rgb`` of any size, at least 1 by 1."""
    lab: NDArray[np.uint8] = cv.cvtColor(shrunk(rgb, WORKING_SIDE), cv.COLOR_RGB2Lab)
    content, is_plain = _content_of(lab)
    box = _box_of(content) if is_plain else WHOLE
    lightness = lab[:, :, 0]
    tiny_frame = _tiny(lightness)
    height, width = lightness.shape
    left, top, right, bottom = box
    rows = slice(round(top * height), round(bottom * height))
    columns = slice(round(left * width), round(right * width))
    tiny_box = tiny_frame if box == WHOLE else _tiny(lightness[rows, columns])
    share = cv.countNonZero(content) / content.size
    rough = fitted((width, height), ROUGH_SIDE)
    return SmallPicture(
        lab,
        content,
        share,
        box,
        is_plain,
        tiny_frame,
        tiny_box,
        cv.resize(lab, rough, interpolation=cv.INTER_AREA),
        cv.resize(content, rough, interpolation=cv.INTER_AREA),
    )


def largest_channel(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w): the largest value of each pixel of (h, w, 3)."""
    largest: NDArray[np.uint8] = cv.max(
        cv.max(picture[:, :, 0], picture[:, :, 1]), picture[:, :, 2]
    )
    return largest


def _content_of(lab: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    border = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    ground = np.median(border, axis=0)
    is_plain = (np.abs(border - ground) <= _PLAIN_DISTANCE).all(axis=1)
    everything = np.full(lab.shape[:2], 255, np.uint8)
    if np.count_nonzero(is_plain) / len(border) < _PLAIN_SHARE:
        return everything, False
    differs = largest_channel(cv.absdiff(lab, (*np.rint(ground).tolist(), 0)))
    _, content = cv.threshold(differs, _CONTENT_DISTANCE, 255, cv.THRESH_BINARY)
    if cv.countNonZero(content) < _LEAST_CONTENT * content.size:
        return everything, False
    return content, True


def _box_of(content: NDArray[np.uint8]) -> Box:
    # A speck of dust or of compression must not hold the box open.
    height, width = content.shape
    columns = np.flatnonzero((content > 0).sum(axis=0) >= max(1, height // 80))
    rows = np.flatnonzero((content > 0).sum(axis=1) >= max(1, width // 80))
    if not len(columns) or not len(rows):
        return WHOLE
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )


def _tiny(lightness: NDArray[np.uint8]) -> NDArray[np.float32]:
    small: NDArray[np.float32] = cv.resize(
        lightness, (TINY_SIDE, TINY_SIDE), interpolation=cv.INTER_AREA
    ).astype(np.float32)
    small -= small.mean()
    norm = float(np.linalg.norm(small))
    return small / norm if norm > 1e-3 else np.zeros_like(small)
