"""A bottle's outline, files with it, and how alike two outlines are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app import paths
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.drawings.outline_files import DrawingFiles
from desktop_app.infra.vision.decode import PillowImageReader

BOTTLE: NDArray[np.float64] = np.array(
    [
        *((18, 0), (32, 0), (32, 20), (30, 20), (30, 25), (46, 38)),
        *((46, 120), (4, 120), (4, 38), (20, 25), (20, 20), (18, 20)),
    ],
    np.float64,
)
"""42 wide and 120 high."""


def overlap(one: DrawnOutline, other: DrawnOutline) -> float:
    """Intersection over union, both 1000 pixels high on one base line."""
    masks = []
    for outline in (one, other):
        points = outline.points.astype(np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        scaled = (points - ((low[0] + high[0]) / 2, low[1])) * (1000 / (high[1] - low[1]))
        mask = np.zeros((1010, 1400), np.uint8)
        fixed = np.rint((scaled + np.array((700, 5))) * 16).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 1, shift=4)
        masks.append(mask > 0)
    return float((masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum())


def outline_of(points: NDArray[np.float64], mm_per_unit: float = 0.0) -> DrawnOutline:
    return DrawnOutline(points.astype(np.float32), mm_per_unit)


def size_of(outline: DrawnOutline) -> tuple[float, float]:
    width, height = np.ptp(outline.points, axis=0)
    return float(width), float(height)


@pytest.fixture(scope="session")
def files() -> DrawingFiles:
    return DrawingFiles(PillowImageReader(), paths.fonts_dir())


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def made(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return made
