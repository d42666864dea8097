"""Where in a picture bars are, which way they run, and those places turned upright.

Reading a code with bars means following lines across all of them, which a reader does along rows
and columns alone. Bars tell their own direction: they are where all gradients agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

Grey = NDArray[np.uint8]
Plane = NDArray[np.float32]
Vector = NDArray[np.float64]

_WORKING_SIDE = 640
_BLOCK = 4
_MOST_PLACES = 3
_COHERENT = 0.55
"""Of 1, where all gradients have one direction."""
_LEAST_ENERGY = 120.0
"""Mean squared slope of a block, so that noise is no bars."""
_LEAST_BLOCKS = 12
_QUIET = 0.22
"""Of the bars' extent: what is taken on either side, for codes begin and end with white."""
_SAME_WAY = 0.9
_MOST_WIDE = 900
_SLICES, _MOST_ROWS = 12, 40
_LEAST_BARS = 8
"""The fewest that any of the codes has, but for some lost in a blur."""


@dataclass(frozen=True, slots=True, eq=False)
class UprightPlace:
    """Part of a picture turned so that its bars stand upright. ``to_picture`` (2, 3) takes its
    pixels (x, y, 1) to those of the picture."""

    grey: Grey
    to_picture: NDArray[np.float64]


def upright_bars(grey: Grey) -> list[UprightPlace]:
    """The up to three places most like a code with bars, the likeliest first. Orientation and
    coherence come from the structure tensor (Bigun & Granlund 1987)."""
    height, width = grey.shape
    if min(height, width) < 24:
        return []
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    small = grey
    if scale < 1:
        size = round(width * scale), round(height * scale)
        small = cv.resize(grey, size, interpolation=cv.INTER_AREA)
    energy, coherence, doubled = _tensor(small)
    likely = ((coherence > _COHERENT) & (energy > _LEAST_ENERGY)).astype(np.uint8)
    score = cv.blur(energy * coherence * likely, (5, 5))
    places: list[UprightPlace] = []
    for _ in range(2 * _MOST_PLACES):
        peak = np.unravel_index(int(score.argmax()), score.shape)
        if score[peak] <= 0 or len(places) == _MOST_PLACES:
            break
        cosine, sine = (float(plane[peak]) for plane in doubled)
        agreeing = doubled[0] * cosine + doubled[1] * sine > _SAME_WAY
        piece = _piece_at(likely & agreeing, score, peak)
        score[piece > 0] = 0
        score[peak] = 0
        if np.count_nonzero(piece) >= _LEAST_BLOCKS:
            place = _turned_upright(grey, piece, doubled, scale)
            places += [] if place is None else [place]
    return places


def _tensor(small: Grey) -> tuple[Plane, Plane, tuple[Plane, Plane]]:
    """Per block: mean squared slope, coherence in [0, 1], and cosine and sine of twice the
    direction across the bars."""
    across: Plane = cv.Scharr(small, cv.CV_32F, 1, 0, scale=1 / 32)
    down: Plane = cv.Scharr(small, cv.CV_32F, 0, 1, scale=1 / 32)
    size = max(1, small.shape[1] // _BLOCK), max(1, small.shape[0] // _BLOCK)
    planes = [across * across - down * down, 2 * across * down, across * across + down * down]
    blocks = [
        cv.blur(cv.resize(plane, size, interpolation=cv.INTER_AREA), (3, 3)) for plane in planes
    ]
    strength: Plane = cv.magnitude(blocks[0], blocks[1])
    energy: Plane = blocks[2]
    coherence: Plane = strength / (energy + np.float32(1e-3))
    return energy, coherence, (blocks[0] / (strength + 1e-6), blocks[1] / (strength + 1e-6))


def _piece_at(likely: Grey, score: Plane, peak: tuple[np.intp, ...]) -> Grey:
    """The connected blocks around the peak."""
    joined = cv.morphologyEx(likely.astype(np.uint8), cv.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels = cv.connectedComponents(joined)
    label = labels[peak]
    if label == 0:
        return np.zeros(score.shape, np.uint8)
    piece: Grey = (labels == label).astype(np.uint8)
    return piece


def _turned_upright(
    grey: Grey, piece: Grey, doubled: tuple[Plane, Plane], scale: float
) -> UprightPlace | None:
    """None where too few bars are met on the way across."""
    cosine, sine = (cv.mean(plane, piece)[0] for plane in doubled)
    angle = 0.5 * float(np.arctan2(sine, cosine))
    along = np.array((np.cos(angle), np.sin(angle)))
    downwards = np.array((-along[1], along[0]))
    rows, columns = np.nonzero(piece)
    block = _BLOCK / scale
    points = np.stack([(columns + 0.5) * block, (rows + 0.5) * block], axis=1)
    x, y = points @ along, points @ downwards
    left, right, top, bottom = x.min(), x.max(), y.min(), y.max()
    quiet = _QUIET * (right - left) + 2 * block
    left, right = left - quiet, right + quiet
    wide, high = round(right - left), max(8, round(bottom - top))
    origin = left * along + top * downwards
    if _bars_across(_turned(grey, origin, along, downwards * high / _SLICES, (wide, _SLICES))) < (
        _LEAST_BARS
    ):
        return None
    enlarged = 2 if wide < _MOST_WIDE / 2 else 1
    lines = min(high, _MOST_ROWS)
    across, down = along / enlarged, downwards * high / lines
    turned = _turned(grey, origin, across, down, (wide * enlarged, lines))
    to_picture = np.column_stack([across, down, origin])
    return UprightPlace(turned, to_picture)


def _turned(
    grey: Grey, origin: Vector, along: Vector, downwards: Vector, size: tuple[int, int]
) -> Grey:
    """The part of a picture that begins at ``origin``; a pixel to the right of another lies
    ``along`` from it, one below ``downwards``."""
    turned: Grey = cv.warpAffine(
        grey,
        np.column_stack([along, downwards, origin]),
        size,
        flags=cv.INTER_LINEAR | cv.WARP_INVERSE_MAP,
        borderMode=cv.BORDER_REPLICATE,
    )
    return turned


def _bars_across(slices: Grey) -> int:
    """How many dark bars a look across them meets: how often the mean of the slices goes from
    clearly lighter than around to clearly darker."""
    profile = slices.mean(axis=0).astype(np.float32)
    around = cv.blur(profile[None], (41, 1))[0]
    apart = profile - around
    clearly = max(6.0, 0.5 * float(np.abs(apart).mean()))
    signs = np.sign(apart)[np.abs(apart) > clearly]
    return int(np.count_nonzero(signs[1:] < signs[:-1]))
