"""Laying one small picture on another, and moving it until it lies best."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.pairs.placing import (
    UNMOVED,
    Affine,
    after,
    determinant,
    inverse,
    is_sound,
)
from desktop_app.infra.vision.pairs.small_picture import SmallPicture, largest_channel

LEAST_SIDE = 12
_REFINING_STEPS = 15
_LEAST_CONTENT = 24
_FARTHEST = 60
_UNSEEN = 30.0
_RIM = np.ones((5, 5), np.uint8)
_SAME_SCALE = 0.98
_SETTLING_STEPS = 5
_SETTLED = 0.002
_SETTLING_ERROR = 10.0
_MOST_SETTLING = 0.15

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Two pictures on one grid, (h, w, 3) uint8 in 8-bit Lab. ``valid`` (h, w) says where both
    are, ``content`` where either shows more than a plain ground there. ``overlap`` in [0, 1] is
    the share of the content of either that the other shows, the lesser of both."""

    first: Bytes
    second: Bytes
    valid: NDArray[np.bool_]
    content: NDArray[np.bool_]
    overlap: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a way of laying does at ROUGH_SIDE: ``distance``, 0 or more, is how far apart the
    pictures look; ``both`` is what it was seen in, None where hardly anything overlaps."""

    distance: float
    both: Laid | None = None

    @property
    def edges(self) -> float:
        """The correlation of the strength of their edges, in [-1, 1]."""
        if self.both is None:
            return -1.0
        content = self.both.content
        return correlation(
            edge_strength(self.both.first[:, :, 0])[content],
            edge_strength(self.both.second[:, :, 0])[content],
        )


NO_FIT = Fit(float("inf"))


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    lab: Bytes
    content: Bytes
    share: float

    @property
    def size(self) -> tuple[int, int]:
        height, width = self.lab.shape[:2]
        return width, height


def laid(first: SmallPicture, second: SmallPicture, affine: Affine) -> Laid | None:
    """Both on the grid of the coarser; ``affine`` maps the first's fractions to the second's.
    None where hardly anything overlaps."""
    return _laid(
        _Layer(first.lab, first.content, first.share),
        _Layer(second.lab, second.content, second.share),
        affine,
    )


def fit(first: SmallPicture, second: SmallPicture, affine: Affine) -> Fit:
    """For choosing among ways of laying."""
    both = _laid(
        _Layer(first.rough_lab, first.rough_content, first.share),
        _Layer(second.rough_lab, second.rough_content, second.share),
        affine,
    )
    if both is None:
        return NO_FIT
    apart = largest_channel(cv.absdiff(both.first, both.second))[both.content]
    unseen = _UNSEEN * (1 - both.overlap)
    return Fit(float(np.minimum(apart, _FARTHEST).mean()) + unseen, both)


def edge_strength(picture: NDArray[np.generic]) -> Floats:
    """The length of the gradient (Sobel), (h, w)."""
    strength: Floats = cv.magnitude(
        cv.Sobel(picture, cv.CV_32F, 1, 0), cv.Sobel(picture, cv.CV_32F, 0, 1)
    )
    return strength


def correlation(first: Floats, second: Floats) -> float:
    """Pearson's, of two rows of numbers; 0 where one does not vary."""
    if not len(first):
        return 0.0
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / norm if norm > 1e-6 else 0.0


def refined(first: SmallPicture, second: SmallPicture, affine: Affine) -> Affine:
    """Moved, turned and stretched until the lightness agrees best (Evangelidis and Psarakis,
    "Parametric image alignment using enhanced correlation coefficient maximization", TPAMI
    2008); as it was where that leads nowhere."""
    template, moving = first.rough_lab[:, :, 0], second.rough_lab[:, :, 0]
    grid, target = template.shape[::-1], moving.shape[::-1]
    matrix = _pixel_map(affine, grid, target).astype(np.float32)
    criteria = (cv.TERM_CRITERIA_EPS | cv.TERM_CRITERIA_COUNT, _REFINING_STEPS, 1e-4)
    try:
        _, found = cv.findTransformECC(
            template, moving, matrix, cv.MOTION_AFFINE, criteria, None, 3
        )
    except cv.error:  # the pictures share too little, or have no structure
        return affine
    moved = _fraction_map(np.asarray(found, np.float64), grid, target)
    return moved if is_sound(moved, first, second) else affine


def settled(first: SmallPicture, second: SmallPicture, affine: Affine) -> Affine:
    """Moved by the fraction of a pixel that is left: Gauss-Newton steps on the lightness at full
    size (Baker and Matthews, "Lucas-Kanade 20 years on", IJCV 2004, equations 10 to 12), in
    which what differs by much counts little. As it was where the pictures have no structure."""
    ground = _Layer(first.lab, first.content, first.share)
    over = _Layer(second.lab, second.content, second.share)
    is_swapped = _is_coarser(over, ground, affine)
    if is_swapped:
        ground, over, affine = over, ground, inverse(affine)
    for _ in range(_SETTLING_STEPS):
        both = _laid_on(ground, over, affine)
        step = None if both is None else _step(both)
        if step is None:
            break
        affine = after(affine, step)
        if np.abs(step - UNMOVED).max() < _SETTLED:
            break
    return inverse(affine) if is_swapped else affine


def _step(both: Laid) -> Affine | None:
    """The small map of fractions under which the second picture lies better on the first."""
    height, width = both.valid.shape
    wanted = cv.GaussianBlur(both.first[:, :, 0], (0, 0), 1.0).astype(np.float32)
    shown = cv.GaussianBlur(both.second[:, :, 0], (0, 0), 1.0).astype(np.float32)
    # Every second row is plenty for six numbers.
    rows, columns = np.nonzero(both.content[::2])
    rows *= 2
    error = (wanted - shown)[rows, columns]
    across = cv.Sobel(shown, cv.CV_32F, 1, 0, scale=0.125)[rows, columns] * width
    down = cv.Sobel(shown, cv.CV_32F, 0, 1, scale=0.125)[rows, columns] * height
    x = (columns.astype(np.float32) + 0.5) / width
    y = (rows.astype(np.float32) + 0.5) / height
    moved = np.stack([across * x, across * y, across, down * x, down * y, down])
    doubt = max(_SETTLING_ERROR, 2 * float(np.abs(error).mean()))
    weighted = moved / (1 + (error / doubt) ** 2)
    curvature = (weighted @ moved.T).astype(np.float64)
    curvature += np.eye(6) * 1e-4 * np.trace(curvature)
    try:
        a, b, c, d, e, f = np.linalg.solve(curvature, weighted @ error).tolist()
    except np.linalg.LinAlgError:
        return None
    step = np.array([[1 + a, b, c], [d, 1 + e, f]])
    return step if np.abs(step - UNMOVED).max() < _MOST_SETTLING else None


def _is_coarser(second: _Layer, first: _Layer, affine: Affine) -> bool:
    enlarged = second.size[0] * second.size[1] / (first.size[0] * first.size[1])
    return abs(determinant(affine)) * enlarged < _SAME_SCALE


def _laid(first: _Layer, second: _Layer, affine: Affine) -> Laid | None:
    if not _is_coarser(second, first, affine):
        return _laid_on(first, second, affine)
    swapped = _laid_on(second, first, inverse(affine))
    if swapped is None:
        return None
    return Laid(swapped.second, swapped.first, swapped.valid, swapped.content, swapped.overlap)


def _laid_on(ground: _Layer, over: _Layer, affine: Affine) -> Laid | None:
    size = ground.size
    below, below_content = ground.lab, ground.content
    if np.array_equal(affine, UNMOVED):
        above, above_content = _resized(over, size)
        inside = is_within = np.ones(above.shape[:2], np.bool_)
    else:
        # The finer picture is averaged down first: a warp looks at the nearest pixels alone.
        target = _matching_size(affine, size, over.size)
        small, small_content = _resized(over, target)
        matrix = _pixel_map(affine, size, target)
        flags = cv.INTER_LINEAR | cv.WARP_INVERSE_MAP
        above = cv.warpAffine(small, matrix, size, flags=flags, borderMode=cv.BORDER_REPLICATE)
        above_content = cv.warpAffine(small_content, matrix, size, flags=flags)
        whole = np.full(small.shape[:2], 255, np.uint8)
        shown = cv.warpAffine(whole, matrix, size, flags=flags)
        is_within = shown > 250
        # At the rim of a frame what lies beyond is mixed in: it is shown, but not compared.
        inside = cv.erode(shown, _RIM, borderValue=0) > 250
    is_below, is_above = below_content > 127, above_content > 127
    shown_below = int(np.count_nonzero(is_below & is_within)) / max(
        1, int(np.count_nonzero(is_below))
    )
    # All content of the other, on this grid, whether it lies within it or not.
    area = size[0] * size[1] / max(1e-6, abs(determinant(affine)))
    shown_above = min(
        1.0, int(np.count_nonzero(is_above & is_within)) / max(1.0, area * over.share)
    )
    content = (is_below | is_above) & inside
    if not inside.all():
        # Nothing differs where nothing is compared: no edge of a frame counts as one.
        above = np.where(inside[:, :, np.newaxis], above, below)
    if np.count_nonzero(content) < _LEAST_CONTENT:
        return None
    return Laid(below, above, inside, content, min(shown_below, shown_above))


def _fitting(picture: SmallPicture, side: int) -> tuple[int, int]:
    width, height = picture.size
    scale = min(1.0, side / max(width, height))
    return max(LEAST_SIDE, round(width * scale)), max(LEAST_SIDE, round(height * scale))


def _resized(picture: _Layer, size: tuple[int, int]) -> tuple[Bytes, Bytes]:
    if size == picture.size:
        return picture.lab, picture.content
    shrinks = size[0] <= picture.size[0] and size[1] <= picture.size[1]
    method = cv.INTER_AREA if shrinks else cv.INTER_LINEAR
    return (
        cv.resize(picture.lab, size, interpolation=method),
        cv.resize(picture.content, size, interpolation=method),
    )


def _matching_size(affine: Affine, size: tuple[int, int], most: tuple[int, int]) -> tuple[int, int]:
    """The size at which the other picture has about as many pixels as the grid, where it has
    as many."""
    (a, b), (c, d) = affine[:, :2].tolist()
    across = math.hypot(a / size[0], b / size[1])
    down = math.hypot(c / size[0], d / size[1])
    wide, tall = round(1 / max(across, 1e-6)), round(1 / max(down, 1e-6))
    return min(max(8, wide), most[0]), min(max(8, tall), most[1])


def _pixel_map(affine: Affine, size: tuple[int, int], target: tuple[int, int]) -> Affine:
    """From pixels of the grid to those of the other picture; the centre of the first pixel is
    (0, 0)."""
    (a, b, x), (c, d, y) = affine.tolist()
    (width, height), (wide, tall) = size, target
    a, b, x = a * wide / width, b * wide / height, x * wide - 0.5
    c, d, y = c * tall / width, d * tall / height, y * tall - 0.5
    return np.array([[a, b, x + (a + b) / 2], [c, d, y + (c + d) / 2]])


def _fraction_map(matrix: Affine, size: tuple[int, int], target: tuple[int, int]) -> Affine:
    """The reverse of :func:`_pixel_map`."""
    moved = (matrix[:, 2] + 0.5 - matrix[:, :2] @ np.array([0.5, 0.5])) / target
    scale = matrix[:, :2] * np.outer(1 / np.array(target, float), size)
    return np.column_stack([scale, moved])
