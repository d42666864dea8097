"""Outlines are laid over one another whatever their place, size and picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.evidence import Orientation, ShapeFeatures
from desktop_app.domain.outlines import laid_outline

# An L, in pixels: no symmetry hides a wrong turn.
CORNERS = np.array([[0, 0], [20, 0], [20, 60], [60, 60], [60, 80], [0, 80]], float)


def shape_of(corners: NDArray[np.float64], width: int, height: int) -> ShapeFeatures:
    box = np.ptp(corners, axis=0)
    return ShapeFeatures(
        silhouette=np.ones((64, 64), bool),
        contour=(corners / (width, height)).astype(np.float32),
        descriptor=np.zeros(4, np.float32),
        aspect=float(box[1] / box[0]),
        trust=1.0,
    )


def test_place_size_and_the_picture_s_proportions_make_no_difference() -> None:
    small = laid_outline(shape_of(CORNERS + 5, 100, 100))
    large = laid_outline(shape_of(CORNERS * 3 + (40, 7), 400, 300))
    assert small == pytest.approx(large, abs=1e-4)
    assert np.hypot(*small.T).max() == pytest.approx(1)


def test_the_centroid_is_that_of_the_area_not_of_the_corners() -> None:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    crowded = np.vstack([square[:1], [[2, 0], [4, 0], [6, 0]], square[1:]])
    assert laid_outline(shape_of(crowded, 20, 20))[:, 1].min() == pytest.approx(
        -np.sqrt(0.5), abs=1e-5
    )


def test_a_mirrored_and_turned_query_is_laid_as_the_hit_lies() -> None:
    query = shape_of(CORNERS, 100, 100)
    mirrored = shape_of(CORNERS * (-1, 1) + (60, 0), 100, 100)
    assert laid_outline(query, Orientation(mirrored=True)) == pytest.approx(
        laid_outline(mirrored), abs=1e-5
    )
    # A quarter turn clockwise puts what was at the top to the right.
    turned = shape_of(np.stack((80 - CORNERS[:, 1], CORNERS[:, 0]), axis=1), 100, 100)
    assert laid_outline(query, Orientation(quarter_turns=1)) == pytest.approx(
        laid_outline(turned), abs=1e-5
    )
    assert laid_outline(query, Orientation(quarter_turns=4)) == pytest.approx(laid_outline(query))


@pytest.mark.parametrize("corners", [np.zeros((0, 2)), np.zeros((5, 2)), CORNERS[:2]])
def test_without_an_outline_there_is_nothing_to_lay(corners: NDArray[np.float64]) -> None:
    shape = ShapeFeatures(
        np.zeros((64, 64), bool), corners.astype(np.float32), np.zeros(4, np.float32), 1.0, 0.0
    )
    assert laid_outline(shape) is None
