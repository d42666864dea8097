"""Orientations and RootSIFT descriptors of key points, all at once.

Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004, sections 5 and 6:
histograms of gradients over 4 by 4 cells of 3 sigma and 8 directions, with trilinear
interpolation, a Gaussian window and clipping at 0.2. Arandjelović and Zisserman, "Three things
everyone should know to improve object retrieval", CVPR 2012, section 3: the square root of the
L1-normalised histogram, so that Euclidean distance is Hellinger's. The gradients are sampled on
a turned grid about each key point instead of turning the picture's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.print.scale_space import Extrema, Plane, ScaleSpace

CELLS, DIRECTIONS = 4, 8
LENGTH = CELLS * CELLS * DIRECTIONS
CELL_SIGMAS = 3.0
"""The side of a cell in sigmas of its key point."""
SECOND_PEAK = 0.8
"""A direction nearly as strong as the first makes a key point of its own."""

_GRID, _SPACING = 14, 1.03
_WINDOW_CELLS = 2.0
_CLIP = 0.2
_TURN_GRID, _TURN_SPACING, _TURN_WINDOW, _TURN_BINS = 13, 0.75, 1.5, 36
_LEVELS_PER_OCTAVE = 16
_FULL_TURN = 2 * np.pi


class Orientations(NamedTuple):
    """``rows`` says which key point; one may have several. Angles in radians in [0, 2 pi),
    clockwise as seen; ``is_first`` where it is the key point's strongest."""

    rows: NDArray[np.intp]
    angles: NDArray[np.float32]
    is_first: NDArray[np.bool_]


def orientations(space: ScaleSpace, places: Extrema) -> Orientations:
    """The main directions of the gradients about each key point."""
    count = len(places)
    upright = np.zeros(count, np.float32)
    grid = _grid(_TURN_GRID + 2, _TURN_SPACING)
    magnitude, angle = _gradients(_sampled(space, places, upright, grid), _TURN_GRID)
    axis = _axis(_TURN_GRID, _TURN_SPACING)
    window = np.exp(-(axis[:, np.newaxis] ** 2 + axis**2) / (2 * _TURN_WINDOW**2)).ravel()
    bins = np.rint(angle * (_TURN_BINS / _FULL_TURN)).astype(np.intp) % _TURN_BINS
    bins += _TURN_BINS * np.arange(count)[:, np.newaxis]
    histogram = np.bincount(
        bins.ravel(), (magnitude * window).ravel(), minlength=_TURN_BINS * count
    ).reshape(count, _TURN_BINS)
    smooth = sum(
        weight * np.roll(histogram, shift, axis=1)
        for shift, weight in zip(range(-2, 3), np.array([1, 4, 6, 4, 1]) / 16, strict=True)
    )
    before, after = np.roll(smooth, 1, axis=1), np.roll(smooth, -1, axis=1)
    is_peak = (smooth > before) & (smooth > after)
    best = np.where(is_peak, smooth, 0).max(axis=1, keepdims=True)
    rows, peaks = np.nonzero(is_peak & (smooth >= SECOND_PEAK * best))
    here, left, right = smooth[rows, peaks], before[rows, peaks], after[rows, peaks]
    between = 0.5 * (left - right) / (left - 2 * here + right)
    angles = ((peaks + between) * (_FULL_TURN / _TURN_BINS)) % _FULL_TURN
    return Orientations(rows, angles.astype(np.float32), here >= best[rows, 0])


def rootsift(space: ScaleSpace, places: Extrema, angles: NDArray[np.float32]) -> Plane:
    """(n, LENGTH) float32 rows of unit length, none negative: cells by row and column as seen
    from the key point's direction, then directions."""
    count = len(places)
    grid = _grid(_GRID + 2, _SPACING)
    magnitude, angle = _gradients(_sampled(space, places, angles, grid), _GRID)
    position = angle * np.float32(DIRECTIONS / _FULL_TURN)
    lower = position.astype(np.intp)
    share = position - lower
    lower &= DIRECTIONS - 1
    votes = np.zeros((count * _GRID * _GRID, DIRECTIONS), np.float32)
    samples = np.arange(len(votes))
    votes[samples, lower.ravel()] = (magnitude * (1 - share)).ravel()
    votes[samples, ((lower + 1) & (DIRECTIONS - 1)).ravel()] = (magnitude * share).ravel()
    cells = np.matmul(_POOLING, votes.reshape(count, _GRID * _GRID, DIRECTIONS))
    histogram = cells.reshape(count, LENGTH)
    histogram /= np.linalg.norm(histogram, axis=1, keepdims=True) + 1e-9
    np.minimum(histogram, _CLIP, out=histogram)
    histogram /= histogram.sum(axis=1, keepdims=True) + 1e-9
    root: Plane = np.sqrt(histogram)
    return root


def mirrored(descriptors: Plane) -> Plane:
    """Those of the picture mirrored left to right, with angles turned to pi minus the angle:
    seen along a key point's direction, left and right change places."""
    cells = descriptors.reshape(-1, CELLS, CELLS, DIRECTIONS)
    backwards = -np.arange(DIRECTIONS) % DIRECTIONS
    swapped: Plane = np.ascontiguousarray(cells[:, ::-1][..., backwards]).reshape(-1, LENGTH)
    return swapped


def _axis(count: int, spacing: float) -> Plane:
    return ((np.arange(count) - (count - 1) / 2) * spacing).astype(np.float32)


def _grid(count: int, spacing: float) -> tuple[Plane, Plane]:
    """x and y of count by count samples about the origin."""
    axis = _axis(count, spacing)
    return np.tile(axis, count), np.repeat(axis, count)


def _sampled(
    space: ScaleSpace, places: Extrema, angles: NDArray[np.float32], grid: tuple[Plane, Plane]
) -> Plane:
    """Grey values (n, samples) on the grid, in units of sigma, turned by the angle."""
    cosine, sine = np.cos(angles) * places.sigma, np.sin(angles) * places.sigma
    x, y = grid
    columns = places.x[:, np.newaxis] + np.outer(cosine, x) - np.outer(sine, y)
    rows = places.y[:, np.newaxis] + np.outer(sine, x) + np.outer(cosine, y)
    sampled = np.empty((len(places), len(x)), np.float32)
    plane_of = places.octave * _LEVELS_PER_OCTAVE + places.level
    for plane in np.unique(plane_of).tolist():
        octave, level = divmod(plane, _LEVELS_PER_OCTAVE)
        here = np.flatnonzero(plane_of == plane)
        sampled[here] = cv.remap(
            space.octaves[octave][level],
            columns[here],
            rows[here],
            cv.INTER_LINEAR,
            borderMode=cv.BORDER_REPLICATE,
        )
    return sampled


def _gradients(sampled: Plane, side: int) -> tuple[Plane, Plane]:
    """Magnitude and angle in [0, 2 pi), both (n, side * side), of patches with a border."""
    patches = sampled.reshape(-1, side + 2, side + 2)
    across = patches[:, 1:-1, 2:] - patches[:, 1:-1, :-2]
    down = patches[:, 2:, 1:-1] - patches[:, :-2, 1:-1]
    shape = (len(patches), side * side)
    magnitude, angle = cv.cartToPolar(across.reshape(shape), down.reshape(shape))
    return magnitude, angle


def _pooling() -> Plane:
    """(cells, samples): how much of a sample each cell takes."""
    middle = (CELLS - 1) / 2
    place = _axis(_GRID, _SPACING) / CELL_SIGMAS + middle
    near = np.maximum(0, 1 - np.abs(place - np.arange(CELLS)[:, np.newaxis]))
    near *= np.exp(-((place - middle) ** 2) / (2 * _WINDOW_CELLS**2))
    pooled = np.einsum("ay,bx->abyx", near, near).reshape(CELLS * CELLS, _GRID * _GRID)
    return np.asarray(pooled, np.float32)


_POOLING = _pooling()
