"""Whether an object is seen well enough to be recognised: sharp, lit, whole and large enough.

The thresholds were chosen on the rendered photographs of the demo range, blurred, darkened,
brightened and shrunk step by step until the search no longer found their product at the first
place; see ``tests/capture_vision/test_judging.py`` for what each must tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.capturing import Hint
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.domain.masks import INSIDE
from desktop_app.infra.vision.opencv import cv, cv2

Plane = NDArray[np.float32]

SHARPNESS_SIDE = 384
"""Objects are judged at no more than this many pixels: the search sees little more."""
LEAST_SHARPNESS = 0.4
"""Between photographs blurred by two pixels (sharpness 0.47 in the median) and by three (0.35).
The search's confidence in right answers is 0.40 for sharp ones, 0.22 and 0.21 for these, and
0.09 for a blur of four."""
LEAST_LIGHT, DARK_FRAME = 0.3, 0.22
"""Chosen between three and one tenth of the light, where confidence falls from 0.28 to 0.12.
TOO_DARK: even the lighter tenth of the object is darker than the first, and the whole frame
on average than the second. A black bottle in a lit room is neither."""
CLIPPED = 250
"""A channel from here on has no drawing left."""
MOST_CLIPPED, MOST_GLARE = 0.5, 0.08
"""Shares of the object: TOO_BRIGHT where two channels of more than the first are clipped, GLARE
where all three of more than the second are, on an object that is not bright all over (BRIGHT)."""
BRIGHT = 0.72
LEAST_SIDE_SHARE, LEAST_SIDE_PIXELS = 0.2, 120
"""TOO_SMALL: the longer side of the object's box, of the frame's shorter one and in pixels. Of ten
photographs eight were recognised as they were, seven with the object at some 165 pixels, five at
115."""
MOST_CUT = 0.22
"""CUT_OFF: share of the object's outline that the frame's edges make."""
_SIGMA = 1.0
_LEAST_SLOPE = 3.5
_SHARPEST = 1.25
"""Width (standard deviation in pixels) of an ideal edge after the smoothing."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """``sharpness`` and ``lightness`` in [0, 1], see FrameView; ``hints`` most hindering first,
    MOVING left to those who see more than one frame."""

    sharpness: float
    lightness: float
    hints: tuple[Hint, ...]


def judge(rgb: RgbArray, box: CropBox | None, alpha: NDArray[np.uint8] | None) -> Judgement:
    """The object of a frame; the whole frame where ``box`` is None. ``alpha`` at any scale."""
    small = _shrunk(rgb)
    frame_lightness = float(cv.mean(cv.cvtColor(small, cv.COLOR_RGB2GRAY))[0]) / 255
    view, inside = _cut(rgb, box, alpha)
    grey = cv.cvtColor(view, cv.COLOR_RGB2GRAY)
    levels = grey[inside]
    if not levels.size:
        levels = grey.ravel()
        inside = np.ones(grey.shape, bool)
    sharpness = sharpness_of(grey)
    lightness = float(levels.mean()) / 255
    clipped = [cv.compare(channel, CLIPPED, cv.CMP_GE) // 255 for channel in cv.split(view)]
    channels = (clipped[0] + clipped[1] + clipped[2])[inside]
    white, drowned = float((channels == 3).mean()), float((channels >= 2).mean())
    hints: set[Hint] = set()
    if np.percentile(levels, 90) < 255 * LEAST_LIGHT and frame_lightness < DARK_FRAME:
        hints.add(Hint.TOO_DARK)
    if drowned > MOST_CLIPPED:
        hints.add(Hint.TOO_BRIGHT)
    elif white > MOST_GLARE and lightness < BRIGHT:
        hints.add(Hint.GLARE)
    if box is not None:
        height, width = rgb.shape[:2]
        longer = max((box.right - box.left) * width, (box.bottom - box.top) * height)
        if longer < max(LEAST_SIDE_PIXELS, LEAST_SIDE_SHARE * min(height, width)):
            hints.add(Hint.TOO_SMALL)
        if alpha is not None and not box.is_whole and cut_off(alpha) > MOST_CUT:
            hints.add(Hint.CUT_OFF)
        if sharpness < LEAST_SHARPNESS:
            hints.add(Hint.BLURRED)
    return Judgement(sharpness, lightness, tuple(hint for hint in Hint if hint in hints))


def sharpness_of(grey: NDArray[np.uint8]) -> float:
    """In [0, 1]: how narrow the edges of a picture are, 1 as narrow as pixels allow.

    The variance of the Laplacian (Pech-Pacheco et al. 2000) freed of contrast and of how many
    edges there are: for an edge blurred by a Gaussian of s pixels the energy of the second
    derivative is 1 / (2 s^2) of that of the first, which gives s; taken across and down
    apart, the worse counts, for motion blurs in one direction. Only slopes above the noise
    are looked at; a picture without any counts as blurred.
    """
    smooth: Plane = cv.GaussianBlur(grey, (0, 0), _SIGMA).astype(np.float32)
    widths: list[tuple[float, float]] = []
    kernel = np.array([[-0.5, 0, 0.5]], np.float32)
    for across in (kernel, kernel.T):
        first: Plane = cv.filter2D(smooth, -1, across)
        second: Plane = cv.filter2D(first, -1, across)
        steep = cv.dilate((np.abs(first) > _LEAST_SLOPE).astype(np.uint8), np.ones((5, 5)))
        energy = float((first[steep > 0] ** 2).sum())
        bending = float((second[steep > 0] ** 2).sum())
        if energy > 0 and bending > 0:
            widths.append((np.sqrt(energy / (2 * bending)), energy))
    if not widths:
        return 0.0
    most = max(energy for _, energy in widths)
    # Stripes have edges one way only; what crosses them is noise.
    worst = max(width for width, energy in widths if energy >= 0.01 * most)
    return float(min(1.0, _SHARPEST / worst))


def cut_off(alpha: NDArray[np.uint8]) -> float:
    """Share of the object's outline that the picture's edges make, in [0, 1]."""
    inside = (alpha >= INSIDE).astype(np.uint8)
    pieces, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not pieces:
        return 0.0
    points = np.asarray(max(pieces, key=len))[:, 0]
    height, width = inside.shape
    at_edge = ((points <= 1) | (points >= (width - 2, height - 2))).any(axis=1)
    return float(at_edge.mean())


def _shrunk(rgb: RgbArray) -> RgbArray:
    step = max(1, max(rgb.shape[:2]) // 160)
    return np.ascontiguousarray(rgb[::step, ::step])


def _cut(
    rgb: RgbArray, box: CropBox | None, alpha: NDArray[np.uint8] | None
) -> tuple[RgbArray, NDArray[np.bool_]]:
    """The object's box, shrunk where it is large, and where in it the object is."""
    height, width = rgb.shape[:2]
    box = box or CropBox()
    top, bottom = int(box.top * height), max(int(box.bottom * height), int(box.top * height) + 4)
    left, right = int(box.left * width), max(int(box.right * width), int(box.left * width) + 4)
    view = rgb[top:bottom, left:right]
    scale = min(1.0, SHARPNESS_SIDE / max(view.shape[:2]))
    size = max(4, round(view.shape[1] * scale)), max(4, round(view.shape[0] * scale))
    view = cv.resize(view, size, interpolation=cv.INTER_AREA) if scale < 1 else view
    if alpha is None:
        return view, np.ones(view.shape[:2], bool)
    high, wide = alpha.shape
    rows = np.linspace(box.top * high, box.bottom * high, view.shape[0], endpoint=False)
    columns = np.linspace(box.left * wide, box.right * wide, view.shape[1], endpoint=False)
    picked = np.ix_(
        np.clip(rows.astype(int), 0, high - 1), np.clip(columns.astype(int), 0, wide - 1)
    )
    return view, alpha[picked] >= INSIDE
