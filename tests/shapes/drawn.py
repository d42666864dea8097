"""Outlines of containers, drawn by their half widths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.vision.shape.comparer import OutlineComparer

Outline = NDArray[np.float32]

COMPARER = OutlineComparer()

BOTTLE = [(0, 9), (20, 9), (20, 7), (25, 7), (33, 20), (100, 20)]
JAR = [(0, 32), (25, 32), (25, 30), (70, 30)]
STICK = [(0, 10), (100, 10)]
DROPPER = [(0, 3), (14, 3), (16, 6), (20, 6), (20, 10), (36, 10), (36, 8), (40, 8), (46, 18)]
DROPPER += [(100, 18)]
"""(height from the top, half width), from the top down; equal heights make a step."""


def symmetric(profile: Sequence[tuple[float, float]]) -> Outline:
    """The outline of a turned body."""
    right = np.array([(half, height) for height, half in profile], np.float32)
    left = right[::-1] * np.array([-1, 1], np.float32)
    return np.concatenate([right, left])


def jug() -> Outline:
    """One that is not its mirror image."""
    points = [(2, 1), (7, 1), (7, 3), (10, 4), (10, 6), (7, 7), (7.5, 10), (1, 10)]
    return np.array(points, np.float32) * 10


def features(points: Outline) -> ShapeFeatures:
    return COMPARER.of_outline(DrawnOutline(np.asarray(points, np.float32)))


def score(a: Outline, b: Outline, *, turns: bool = False) -> float:
    return float(COMPARER.compare(features(a), [features(b)], turns=turns).scores[0])
