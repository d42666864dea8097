"""Whether matched key points lie in both pictures as on one flat, printed face.

Every pair alone tells how the query would have to be turned, scaled and moved (Philbin et al.,
"Object retrieval with large vocabularies and fast spatial matching", CVPR 2007, section 4), so
all such placings can be tried at once; the best one is refined to an affine map and, where there
are enough points, to a homography by MAGSAC++ (Barath et al., CVPR 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

LEAST_PAIRS = 4
PAIRS_FOR_HOMOGRAPHY = 8
ROUGH, CLOSE = 0.10, 0.035
"""How far a point may lie from its place, as a share of the hit's printed extent: under the
placing of a single pair, and in the end."""
MOST_SCALE_STEP, MOST_TURN_STEP = np.log(1.7), np.radians(35)
"""How far scale and angle of a pair may be from those of the placing."""

_LEAST_SCALE, _MOST_SCALE, _MOST_SHEAR = 1 / 8, 8.0, 5.0
_MAGSAC_ITERATIONS = 400
_FULL_TURN = 2 * np.pi
_BEHIND, _SHALLOW = 1e-9, 1e-6
_FAR_AWAY = 1e9 + 0j

Homography = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedPairs:
    """Pairs in pixels: places as x + iy (n,) complex, ``log_scale`` (hit's over the query's) and
    ``turn`` in radians; ``extent`` is that of the hit's print, in its pixels."""

    query: NDArray[np.complex128]
    hit: NDArray[np.complex128]
    log_scale: NDArray[np.float64]
    turn: NDArray[np.float64]
    extent: float

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """``homography`` maps the query's pixels to the hit's; ``inliers`` are rows of the pairs."""

    homography: Homography
    inliers: NDArray[np.intp]


def best_placing(pairs: PlacedPairs) -> Placing | None:
    """None where fewer than LEAST_PAIRS points agree, or only under an impossible view."""
    if len(pairs) < LEAST_PAIRS:
        return None
    rough = _best_similarity(pairs)
    if len(rough) < LEAST_PAIRS:
        return None
    found = _affine(pairs, rough)
    if found is None:
        return None
    if len(found.inliers) >= PAIRS_FOR_HOMOGRAPHY:
        flat = _homography(pairs, found)
        if flat is not None and len(flat.inliers) > len(found.inliers):
            found = flat
    return found if len(found.inliers) >= LEAST_PAIRS else None


def mapped(homography: Homography, points: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Points under a homography; far away where they would lie behind the viewer."""
    (a, b, c), (d, e, f), (g, h, i) = homography.tolist()
    x, y = points.real, points.imag
    placed = np.empty(len(points), np.complex128)
    placed.real = a * x + b * y + c
    placed.imag = d * x + e * y + f
    if g == 0 and h == 0 and i == 1:
        return placed
    w = g * x + h * y + i
    behind = w <= _BEHIND
    if behind.any():
        w[behind] = 1.0
        placed[behind] = _FAR_AWAY
    placed /= w
    return placed


def is_possible(homography: Homography, query: NDArray[np.complex128]) -> bool:
    """Whether the box around the query's points is seen from its front, convex, not too much
    turned away and neither minute nor huge."""
    # A few points each: plain numbers are ten times as fast as arrays.
    rows = homography.tolist()
    if not np.isfinite(homography).all():
        return False
    x, y = query.real, query.imag
    left, right, top, bottom = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    corners = [left + 1j * top, right + 1j * top, right + 1j * bottom, left + 1j * bottom]
    if any(_depth(rows, corner) <= _SHALLOW for corner in corners):
        return False
    placed = [_placed(rows, corner) for corner in corners]
    sides = [placed[(place + 1) % 4] - placed[place] for place in range(4)]
    for before, after in zip(sides[-1:] + sides[:-1], sides, strict=True):
        if before.real * after.imag - before.imag * after.real <= 0:
            return False
    middle = complex(query.mean())
    step = 0.01 * max(right - left, bottom - top, 1e-6)
    centre = _placed(rows, middle)
    east = (_placed(rows, middle + step) - centre) / step
    south = (_placed(rows, middle + 1j * step) - centre) / step
    most, least = _stretches(east, south)
    return bool(least >= _LEAST_SCALE and most <= _MOST_SCALE and most <= _MOST_SHEAR * least)


def _depth(rows: list[list[float]], point: complex) -> float:
    return rows[2][0] * point.real + rows[2][1] * point.imag + rows[2][2]


def _placed(rows: list[list[float]], point: complex) -> complex:
    depth = _depth(rows, point)
    if depth <= _BEHIND:
        return _FAR_AWAY
    across = rows[0][0] * point.real + rows[0][1] * point.imag + rows[0][2]
    down = rows[1][0] * point.real + rows[1][1] * point.imag + rows[1][2]
    return complex(across, down) / depth


def _stretches(east: complex, south: complex) -> tuple[float, float]:
    """The singular values of the map that takes the unit steps there, the larger first."""
    turning, folding = abs(east - 1j * south), abs(east + 1j * south)
    return (turning + folding) / 2, abs(turning - folding) / 2


def _best_similarity(pairs: PlacedPairs) -> NDArray[np.intp]:
    """The pairs that agree with the placing most pairs agree with."""
    factor = np.exp(pairs.log_scale + 1j * pairs.turn)[:, np.newaxis]
    placed = factor * (pairs.query - pairs.query[:, np.newaxis]) + pairs.hit[:, np.newaxis]
    agrees = np.abs(placed - pairs.hit) <= ROUGH * pairs.extent
    agrees &= np.abs(pairs.log_scale - pairs.log_scale[:, np.newaxis]) <= MOST_SCALE_STEP
    agrees &= np.abs(_turned(pairs.turn - pairs.turn[:, np.newaxis])) <= MOST_TURN_STEP
    best = int(agrees.sum(axis=1).argmax())
    return np.flatnonzero(agrees[best])


def _affine(pairs: PlacedPairs, rows: NDArray[np.intp]) -> Placing | None:
    """By least squares over the pairs it fits, twice."""
    placing = None
    for tolerance in (1.6 * CLOSE, CLOSE):
        if len(rows) < LEAST_PAIRS:
            return None
        homography = _fitted_affine(pairs.query[rows], pairs.hit[rows])
        if homography is None or not is_possible(homography, pairs.query[rows]):
            return None
        rows = _inliers(pairs, homography, tolerance)
        placing = Placing(homography, rows)
    return placing


def _fitted_affine(query: NDArray[np.complex128], hit: NDArray[np.complex128]) -> Homography | None:
    """Towards a similarity where the points lie nearly on a line (a ridge on the shear)."""
    middle, target = query.mean(), hit.mean()
    q, h = query - middle, hit - target
    spread = float((np.abs(q) ** 2).mean())
    if spread <= 1e-9:
        return None
    # z -> a z + b conj(z); b is what is no similarity.
    rows = np.stack([q, np.conj(q)], axis=1)
    normal = rows.conj().T @ rows + np.diag([0.0, 0.15 * spread * len(q)])
    a, b = np.linalg.solve(normal, rows.conj().T @ h)
    linear = np.array([[a.real + b.real, b.imag - a.imag], [a.imag + b.imag, a.real - b.real]])
    shift = np.array([target.real, target.imag]) - linear @ [middle.real, middle.imag]
    return np.vstack([np.column_stack([linear, shift]), [0.0, 0.0, 1.0]])


def _homography(pairs: PlacedPairs, start: Placing) -> Placing | None:
    """Over the pairs that are not far from ``start``."""
    near = _inliers(pairs, start.homography, 2.5 * CLOSE)
    query, hit = (np.stack([z[near].real, z[near].imag], axis=1) for z in (pairs.query, pairs.hit))
    try:
        found, _ = cv.findHomography(
            query, hit, cv.USAC_MAGSAC, CLOSE * pairs.extent / 2, None, _MAGSAC_ITERATIONS, 0.995
        )
    except cv.error:  # points on a line
        return None
    if found is None or not is_possible(found, pairs.query[near]):
        return None
    return Placing(found, _inliers(pairs, found, CLOSE))


def _inliers(pairs: PlacedPairs, homography: Homography, tolerance: float) -> NDArray[np.intp]:
    """Pairs near their place, with a scale and a turn that go with the map there."""
    step = 1.0
    here = mapped(homography, pairs.query)
    moved = mapped(homography, pairs.query + step) - here
    also = mapped(homography, pairs.query + 1j * step) - here
    area = np.abs(moved.real * also.imag - moved.imag * also.real)
    scale = 0.5 * np.log(np.maximum(area, 1e-12))
    turn = np.angle(moved - 1j * also)
    fits = np.abs(here - pairs.hit) <= tolerance * pairs.extent
    fits &= np.abs(pairs.log_scale - scale) <= MOST_SCALE_STEP
    fits &= np.abs(_turned(pairs.turn - turn)) <= MOST_TURN_STEP
    return np.flatnonzero(fits)


def _turned(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Into [-pi, pi)."""
    return (angles + np.pi) % _FULL_TURN - np.pi
