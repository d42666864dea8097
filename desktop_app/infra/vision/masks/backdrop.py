"""The even background of a studio picture, learned from its border.

Colours are OpenCV's 8-bit Lab: L is stretched to 0..255, a and b are about 128. A step of one is
0.4 of lightness or 1 of chroma.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv

Plane = NDArray[np.float32]

BORDER_SHARE = 0.02
"""Of the shorter side: how deep the border is that the background is learned from."""
_SAMPLES = 500
_TUKEY = 4.685
"""Tuning constant of the biweight at 95 % efficiency (Holland & Welsch 1977)."""
_LEAST_SCALE = 0.7
"""Below it 8-bit rounding and compression make residuals meaningless."""
_GRID = 24
_FLAT = 1.0
"""A background this even is of one colour; nothing more is fitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """A polynomial background colour.

    ``lab`` (height, width, 3) is its colour at every pixel, ``spread`` the robust standard
    deviation of the border around it, ``inliers`` the share of the border that it explains.
    """

    lab: NDArray[np.uint8]
    spread: float
    inliers: float


def fit_backdrop(lab: NDArray[np.uint8]) -> Backdrop:
    """Fit the background of a picture in 8-bit Lab, at least 8 pixels wide and high.

    Iteratively re-weighted least squares with Tukey's biweight, of order 0, then 1, then 2 in x
    and y; a higher order stays only where it explains the border clearly better. It starts from
    the commonest border colour, so that an object may cover up to some two fifths of the border.
    """
    y, x, colours = _border(lab)
    start = _commonest(colours)
    distance = np.abs(colours - start).max(axis=1)
    weights = (distance < 14).astype(np.float32)
    best: tuple[float, float, NDArray[np.float32], int] | None = None
    for order in (0, 1, 2):
        basis = _basis(x, y, order)
        coefficients, scale, residual = _robust(basis, colours, weights)
        inliers = float((residual < max(4 * scale, 4.0)).mean())
        if best is None or _explains(scale, inliers) > 1.15 * _explains(best[0], best[1]):
            best = (scale, inliers, coefficients, order)
        if order == 0 and scale < _FLAT and inliers > 0.9:
            break
        weights = _biweight(residual, scale)
    assert best is not None
    scale, inliers, coefficients, order = best
    return Backdrop(_evaluated(coefficients, order, lab.shape[:2]), scale, inliers)


def _explains(scale: float, inliers: float) -> float:
    return inliers / (1.0 + scale)


def _border(lab: NDArray[np.uint8]) -> tuple[Plane, Plane, Plane]:
    """y and x in [-1, 1] and colours (n, 3) of border pixels, evenly picked."""
    height, width = lab.shape[:2]
    depth = max(2, round(min(height, width) * BORDER_SHARE))
    # The outermost line is often a leftover of a crop or of a frame.
    outer = 1 if min(height, width) > 32 else 0
    step = max(1, 2 * (height + width) * (depth - outer) // _SAMPLES)
    rows, columns = [], []
    for inset in range(outer, depth):
        across, down = np.arange(inset, width - inset), np.arange(inset + 1, height - inset - 1)
        rows += [np.full_like(across, inset), np.full_like(across, height - 1 - inset), down, down]
        columns += [
            across,
            across,
            np.full_like(down, inset),
            np.full_like(down, width - 1 - inset),
        ]
    row, column = np.concatenate(rows)[::step], np.concatenate(columns)[::step]
    y = (row * (2.0 / (height - 1)) - 1).astype(np.float32)
    x = (column * (2.0 / (width - 1)) - 1).astype(np.float32)
    return y, x, lab[row, column].astype(np.float32)


def _commonest(colours: Plane) -> Plane:
    """The mode of the colours, as the mean of the fullest bin and its neighbours."""
    bins = (colours / 10).astype(np.int32)
    codes = bins[:, 0] << 16 | bins[:, 1] << 8 | bins[:, 2]
    values, counts = np.unique(codes, return_counts=True)
    fullest = values[counts.argmax()]
    near = np.abs(bins - np.array([fullest >> 16, fullest >> 8 & 255, fullest & 255])).max(1) <= 1
    mean: Plane = colours[near].mean(axis=0)
    return mean


def _robust(
    basis: Plane, colours: Plane, weights: Plane, *, rounds: int = 3
) -> tuple[Plane, float, Plane]:
    """Coefficients (terms, 3), robust scale, and the residual of every sample."""
    ridge = np.diag([1e-3 if k == 0 else 0.5 for k in range(basis.shape[1])]).astype(np.float32)
    coefficients = np.zeros((basis.shape[1], 3), np.float32)
    residual, scale = np.zeros(len(colours), np.float32), 0.0
    for _ in range(rounds):
        weighted = basis * weights[:, None]
        coefficients = np.linalg.solve(weighted.T @ basis + ridge, weighted.T @ colours)
        residual = np.sqrt(((colours - basis @ coefficients) ** 2).sum(axis=1))
        believed = residual[weights > 0.05]
        # The norm of three channels: its median is 1.54 standard deviations of one.
        scale = max(_LEAST_SCALE, float(np.median(believed)) / 1.54) if believed.size else 255.0
        weights = _biweight(residual, scale)
    return coefficients.astype(np.float32), scale, residual


def _biweight(residual: Plane, scale: float) -> Plane:
    ratio = np.minimum(residual / (_TUKEY * 1.6 * scale), 1.0)
    weights: Plane = (1 - ratio**2) ** 2
    return weights


def _basis(x: Plane, y: Plane, order: int) -> Plane:
    terms = [np.ones_like(x)]
    if order >= 1:
        terms += [x, y]
    if order >= 2:
        terms += [x * x, x * y, y * y]
    return np.stack(terms, axis=-1)


def _evaluated(coefficients: Plane, order: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The background's colour at every pixel; a coarse grid holds a parabola well enough."""
    height, width = shape
    if order == 0:
        levels = np.clip(np.rint(coefficients[0]), 0, 255).astype(np.uint8)
        even: NDArray[np.uint8] = cv.merge(
            [np.full((height, width), level, np.uint8) for level in levels]
        )
        return even
    # Centres of grid cells, as resizing sees them.
    line = ((np.arange(_GRID) + 0.5) * (2.0 / _GRID) - 1).astype(np.float32)
    x, y = np.meshgrid(line, line)
    grid = np.clip(_basis(x, y, order) @ coefficients, 0, 255).astype(np.float32)
    large = cv.resize(grid, (width, height), interpolation=cv.INTER_LINEAR)
    rounded: NDArray[np.uint8] = cv.add(large, (0.0, 0.0, 0.0, 0.0), dtype=cv.CV_8U)
    return rounded
