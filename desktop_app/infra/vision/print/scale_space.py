"""Gaussian scale space and the extrema of its differences: where SIFT looks.

Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004, sections 3 and 4.
OpenCV's own detector doubles every picture first and takes four times as long; here a picture is
brought to its working size once, and the candidates of all octaves are refined together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

Plane = NDArray[np.float32]
"""(height, width), grey, 0 black to 1 white."""

LEVELS = 3
"""Scales per octave."""
BASE_SIGMA = 1.6
CAMERA_BLUR = 0.5
"""Sigma, in its own pixels, of the blur a picture is taken to have."""
CONTRAST = 0.01
"""Weaker extrema are dropped; a quarter of Lowe's, for pale print on pale packs."""
EDGE_RATIO = 10.0
MOST_CANDIDATES = 2000

_MOST_OCTAVES = 5
_LEAST_SIDE = 14
_BORDER = 5
_PRESELECTION = 0.8
"""An extremum between samples is stronger than its nearest sample."""
_FAR, _MOST_OFF = 0.6, 0.8
_SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class ScaleSpace:
    """``octaves[o][i]`` is the picture at half the size per octave, blurred by
    BASE_SIGMA * 2 ** (i / LEVELS) of its own pixels."""

    octaves: tuple[tuple[Plane, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the first octave."""
        height, width = self.octaves[0][0].shape
        return height, width


@dataclass(frozen=True, slots=True, eq=False)
class Extrema:
    """n places, aligned arrays. ``octave`` and ``level`` say which plane they are nearest to;
    ``x``, ``y``, ``sigma`` (float32) are in pixels of that octave; ``strength`` is |D|."""

    octave: NDArray[np.intp]
    level: NDArray[np.intp]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    sigma: NDArray[np.float32]
    strength: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.x)

    @property
    def pixel(self) -> NDArray[np.float32]:
        """The size of an octave's pixel in those of the first octave."""
        return np.exp2(self.octave).astype(np.float32)

    def only(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Extrema:
        return Extrema(
            self.octave[rows],
            self.level[rows],
            self.x[rows],
            self.y[rows],
            self.sigma[rows],
            self.strength[rows],
        )


def scale_space(grey: Plane, *, enlarged: float = 1.0) -> ScaleSpace:
    """Of a picture that was resized by the factor ``enlarged``; its shorter side has at least
    14 pixels, or there are no octaves."""
    present = CAMERA_BLUR * max(enlarged, 1.0)
    base = grey
    if present < BASE_SIGMA:
        base = _blurred(grey, math.sqrt(BASE_SIGMA**2 - present**2))
    step = 2.0 ** (1 / LEVELS)
    octaves: list[tuple[Plane, ...]] = []
    while len(octaves) < _MOST_OCTAVES and min(base.shape) >= _LEAST_SIDE:
        planes = [base]
        for level in range(LEVELS + 2):
            sigma = BASE_SIGMA * step**level * math.sqrt(step**2 - 1)
            planes.append(_blurred(planes[-1], sigma))
        octaves.append(tuple(planes))
        base = np.ascontiguousarray(planes[LEVELS][::2, ::2])
    return ScaleSpace(tuple(octaves))


def extrema(space: ScaleSpace) -> Extrema:
    """Extrema of the difference of Gaussians, refined to fractions of a pixel and a level,
    without the weak ones and those along edges."""
    stack = _Differences.of(space)
    refined = stack.refined(*stack.candidates())
    off, found = refined.offsets, refined
    trace, determinant = found.xx + found.yy, found.xx * found.yy - found.xy**2
    is_sharp = (determinant > 0) & (trace**2 * EDGE_RATIO < (EDGE_RATIO + 1) ** 2 * determinant)
    kept = is_sharp & (np.abs(off) < _MOST_OFF).all(axis=1)
    kept &= np.abs(found.value) * LEVELS >= CONTRAST
    # Two candidates may have been led to one place.
    first = np.zeros(len(kept), np.bool_)
    first[np.unique(found.position, return_index=True)[1]] = True
    kept &= first
    octave, level, row, column = stack.places(found.position[kept])
    off = off[kept]
    return Extrema(
        octave,
        level,
        (column + off[:, 0]).astype(np.float32),
        (row + off[:, 1]).astype(np.float32),
        (BASE_SIGMA * np.exp2((level + off[:, 2]) / LEVELS)).astype(np.float32),
        np.abs(found.value[kept]).astype(np.float32),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Refined:
    """Taylor expansions about candidates (Lowe 2004, equations 2 and 3): ``offsets`` (n, 3) in
    x, y and level, the ``value`` there, and second derivatives."""

    position: NDArray[np.intp]
    offsets: Plane
    value: Plane
    xx: Plane
    yy: Plane
    xy: Plane


@dataclass(frozen=True, slots=True, eq=False)
class _Differences:
    """The differences of Gaussians of all octaves in one row of numbers, so that candidates of
    all octaves are dealt with at once. ``starts``, ``heights`` and ``widths`` go by octave; an
    octave is (LEVELS + 2, height, width)."""

    values: Plane
    starts: NDArray[np.intp]
    heights: NDArray[np.intp]
    widths: NDArray[np.intp]

    @classmethod
    def of(cls, space: ScaleSpace) -> _Differences:
        shapes = [octave[0].shape for octave in space.octaves]
        sizes = [(LEVELS + 2) * height * width for height, width in shapes]
        starts = np.cumsum([0, *sizes])[:-1].astype(np.intp)
        values = np.empty(sum(sizes), np.float32)
        for octave, start, size in zip(space.octaves, starts, sizes, strict=True):
            planes = values[start : start + size].reshape(LEVELS + 2, *octave[0].shape)
            for level in range(LEVELS + 2):
                cv.subtract(octave[level + 1], octave[level], dst=planes[level])
        heights, widths = np.array(shapes, np.intp).reshape(-1, 2).T
        return cls(values, starts, heights, widths)

    def candidates(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Positions in ``values`` of the samples that are above or below all 26 neighbours, the
        MOST_CANDIDATES strongest, and their octaves."""
        positions, octaves = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
        for octave, start in enumerate(self.starts.tolist()):
            height, width = int(self.heights[octave]), int(self.widths[octave])
            size = (LEVELS + 2) * height * width
            planes = self.values[start : start + size].reshape(LEVELS + 2, height, width)
            found = np.flatnonzero(_extreme(planes)) + start + height * width
            positions.append(found)
            octaves.append(np.full(len(found), octave, np.intp))
        position, octave_of = np.concatenate(positions), np.concatenate(octaves)
        if len(position) > MOST_CANDIDATES:
            strong = np.argpartition(-np.abs(self.values[position]), MOST_CANDIDATES)
            position, octave_of = (a[strong[:MOST_CANDIDATES]] for a in (position, octave_of))
        return position, octave_of

    def refined(self, position: NDArray[np.intp], octave: NDArray[np.intp]) -> _Refined:
        """Each candidate moved to the sample nearest to its extremum, in at most two steps."""
        found = self._expanded(position, octave)
        for _ in range(2):
            far = np.flatnonzero((np.abs(found.offsets) > _FAR).any(axis=1))
            if not len(far):
                break
            moves = np.where(np.abs(found.offsets[far]) > _FAR, found.offsets[far], 0)
            steps = np.clip(np.rint(moves), -1, 1).astype(np.intp)
            again = self._expanded(self._moved(found.position[far], steps), octave[far])
            for name in ("position", "offsets", "value", "xx", "yy", "xy"):
                getattr(found, name)[far] = getattr(again, name)
        return found

    def places(
        self, position: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Octave, level, row and column."""
        octave = np.searchsorted(self.starts, position, side="right") - 1
        width = self.widths[octave]
        level, rest = np.divmod(position - self.starts[octave], width * self.heights[octave])
        row, column = np.divmod(rest, width)
        return octave, level, row, column

    def _moved(self, position: NDArray[np.intp], steps: NDArray[np.intp]) -> NDArray[np.intp]:
        octave, level, row, column = self.places(position)
        height, width = self.heights[octave], self.widths[octave]
        column = np.clip(column + steps[:, 0], _BORDER, width - 1 - _BORDER)
        row = np.clip(row + steps[:, 1], _BORDER, height - 1 - _BORDER)
        level = np.clip(level + steps[:, 2], 1, LEVELS)
        moved: NDArray[np.intp] = self.starts[octave] + (level * height + row) * width + column
        return moved

    def _expanded(self, position: NDArray[np.intp], octave: NDArray[np.intp]) -> _Refined:
        at = self.values
        down = self.widths[octave]
        up = down * self.heights[octave]
        here = at[position]
        east, west = at[position + 1], at[position - 1]
        south, north = at[position + down], at[position - down]
        above, below = at[position + up], at[position - up]
        gradient = np.stack([east - west, south - north, above - below], axis=1) / 2
        xx, yy, ss = east + west - 2 * here, south + north - 2 * here, above + below - 2 * here

        def mixed(one: NDArray[np.intp] | int, other: NDArray[np.intp]) -> Plane:
            crossed: Plane = at[position + one + other] - at[position - one + other]
            crossed -= at[position + one - other] - at[position - one - other]
            crossed /= 4
            return crossed

        xy, xs, ys = mixed(1, down), mixed(1, up), mixed(down, up)
        # The inverse of the symmetric 3 by 3 matrix by its cofactors.
        of_x = np.stack([yy * ss - ys**2, xs * ys - xy * ss, xy * ys - xs * yy], axis=1)
        of_y = np.stack([of_x[:, 1], xx * ss - xs**2, xs * xy - xx * ys], axis=1)
        of_s = np.stack([of_x[:, 2], of_y[:, 2], xx * yy - xy**2], axis=1)
        cofactors = np.stack([of_x, of_y, of_s], axis=1)
        determinant = xx * of_x[:, 0] + xy * of_x[:, 1] + xs * of_x[:, 2]
        is_flat = np.abs(determinant) < 1e-14
        determinant[is_flat] = 1
        offsets = -np.einsum("nij,nj->ni", cofactors, gradient) / determinant[:, np.newaxis]
        value = here + 0.5 * np.einsum("ni,ni->n", gradient, offsets)
        offsets[is_flat] = 9
        return _Refined(position.copy(), offsets, value, xx, yy, xy)


def _extreme(planes: Plane) -> NDArray[np.bool_]:
    """Which samples of all levels but the first and last (flattened) are strong and not less
    far from 0 than their 26 neighbours. ``planes`` is (LEVELS + 2, height, width)."""
    _, height, width = planes.shape
    below, here, above = (
        planes[first : first + LEVELS].reshape(LEVELS * height, width) for first in range(3)
    )
    high = cv.dilate(cv.max(cv.max(below, here), above), _SQUARE)
    low = cv.erode(cv.min(cv.min(below, here), above), _SQUARE)
    least = _PRESELECTION * CONTRAST / LEVELS
    is_high = cv.bitwise_and(cv.compare(here, high, cv.CMP_GE), cv.compare(here, least, cv.CMP_GT))
    is_low = cv.bitwise_and(cv.compare(here, low, cv.CMP_LE), cv.compare(here, -least, cv.CMP_LT))
    hits: NDArray[np.uint8] = cv.bitwise_or(is_high, is_low).reshape(LEVELS, height, width)
    # The levels lie stacked: neighbours across their borders are none, and are cut off here.
    hits[:, :_BORDER] = hits[:, -_BORDER:] = 0
    hits[:, :, :_BORDER] = hits[:, :, -_BORDER:] = 0
    is_hit: NDArray[np.bool_] = hits.ravel() != 0
    return is_hit


def _blurred(plane: Plane, sigma: float) -> Plane:
    reach = math.ceil(2.7 * sigma)
    blurred: Plane = cv.GaussianBlur(
        plane, (2 * reach + 1, 2 * reach + 1), sigma, borderType=cv.BORDER_REFLECT_101
    )
    return blurred
