"""Laying one picture on another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.pairs.difference import difference
from desktop_app.infra.vision.pairs.laying import fit, laid, refined, settled
from desktop_app.infra.vision.pairs.placing import (
    UNMOVED,
    after,
    candidates,
    inverse,
    orientation_of,
    oriented,
    stretch,
)
from desktop_app.infra.vision.pairs.small_picture import small_picture
from tests.pairs.drawn import pack, resaved

ANGLES = st.floats(-0.4, 0.4)


@given(turn=ANGLES, scale=st.floats(0.5, 2), shift=st.floats(-0.5, 0.5))
def test_there_and_back_is_nowhere(turn: float, scale: float, shift: float) -> None:
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    affine = np.column_stack([rotation, [shift, -shift]])
    np.testing.assert_allclose(after(inverse(affine), affine), UNMOVED, atol=1e-9)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_orientation_of_a_map_is_known(orientation: object) -> None:
    affine = oriented(orientation)  # type: ignore[arg-type]
    assert orientation_of(affine) == orientation
    corner = affine @ np.array([0.0, 0.0, 1.0])
    assert set(np.round(corner).tolist()) <= {0.0, 1.0}


def test_a_padded_copy_lies_on_its_content() -> None:
    one = small_picture(pack(1))
    other = small_picture(np.pad(pack(1), ((0, 0), (200, 30), (0, 0)), constant_values=255))
    found = min(fit(one, other, affine).distance for affine in candidates(one, other))
    assert found < 10
    assert fit(one, other, UNMOVED).distance > 15


def test_pictures_that_are_unlike_when_tiny_are_not_laid() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    assert candidates(small_picture(pack(1)), small_picture(noise)) == []


@settings(max_examples=15, deadline=None)
@given(turn=st.floats(-4, 4), shift=st.floats(-5, 5), scale=st.floats(0.95, 1.05))
def test_a_picture_that_lies_askew_is_moved_into_place(
    turn: float, shift: float, scale: float
) -> None:
    rgb = pack(2)
    matrix = cv.getRotationMatrix2D((200, 200), turn, scale)
    matrix[:, 2] += shift
    moved = cv.warpAffine(rgb, matrix, (400, 400), borderValue=(255, 255, 255))
    one, other = small_picture(rgb), small_picture(moved)
    better = fit(one, other, refined(one, other, UNMOVED))
    assert better.edges >= min(0.9, fit(one, other, UNMOVED).edges)
    settled_there = laid(one, other, settled(one, other, refined(one, other, UNMOVED)))
    assert settled_there is not None
    assert difference(settled_there).agreement > 0.97


def test_nothing_is_left_between_a_picture_and_itself() -> None:
    one = small_picture(pack(1))
    both = laid(one, one, UNMOVED)
    assert both is not None
    found = difference(both)
    assert found.worst_light == found.worst_colour == found.worst_seen == 0
    assert found.overlap == 1
    assert found.agreement == pytest.approx(1)


def test_a_changed_word_stands_out_more_than_compression() -> None:
    one = small_picture(pack(1))

    def worst(rgb: np.ndarray) -> float:
        both = laid(one, small_picture(rgb), UNMOVED)
        assert both is not None
        return difference(both).worst_light

    assert worst(pack(1, word="MELON")) > 2 * worst(resaved(pack(1), 200, quality=50))


def test_another_colour_differs_in_colour_and_keeps_its_edges() -> None:
    one = small_picture(pack(1))
    both = laid(one, small_picture(pack(1)[:, :, ::-1].copy()), UNMOVED)
    assert both is not None
    found = difference(both)
    assert found.worst_colour > 5
    assert found.edges > 0.5


def test_the_fewer_pixels_decide() -> None:
    both = laid(small_picture(pack(1)), small_picture(resaved(pack(1), 60)), UNMOVED)
    assert both is not None
    assert difference(both).pixels == 60


def test_stretching_is_noticed() -> None:
    one, other = small_picture(pack(1)), small_picture(cv.resize(pack(1), (200, 400)))
    assert stretch(UNMOVED, one, other) == pytest.approx(np.log(2), abs=0.02)
    assert stretch(UNMOVED, one, one) == 0
