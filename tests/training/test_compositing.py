"""Composites: the object is where its mask and its homography say, and seeds repeat."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.infra.training.compositing import Composite, RgbaArray, hand_held, studio
from desktop_app.infra.vision.opencv import cv2

SIDE = 96


@pytest.fixture
def background() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 100, (140, 120, 3)).astype(np.uint8)


@pytest.fixture
def red_card() -> RgbaArray:
    """A bright card of 60 by 90 pixels with a clear margin."""
    cutout = np.zeros((110, 80, 4), np.uint8)
    cutout[10:100, 10:70] = (230, 150, 150, 255)
    return cutout


def test_without_strength_the_picture_differs_from_the_background_where_the_mask_says(
    red_card: RgbaArray, background: np.ndarray
) -> None:
    for seed in range(5):
        made = hand_held(red_card, background, np.random.default_rng(seed), side=SIDE, strength=0.0)
        seen = made.rgb.min(axis=2) >= 140
        assert np.count_nonzero(seen != (made.mask > 240)) <= 0.02 * SIDE * SIDE
        assert made.mask.max() == 255


def test_a_plain_studio_ground_is_left_outside_the_mask(red_card: RgbaArray) -> None:
    made = studio(red_card, np.random.default_rng(3), side=SIDE)
    outside = made.rgb[cv2.dilate(made.mask, np.ones((9, 9), np.uint8)) == 0]
    assert np.median(outside) > 150
    inside = made.rgb[made.mask == 255].astype(int)
    assert np.median(inside[:, 0] - inside[:, 1]) > 40


@pytest.mark.parametrize("strength", [0.0, 0.6, 1.0, 1.5])
def test_the_homography_carries_the_corners_to_the_corners_of_the_mask(
    red_card: RgbaArray, background: np.ndarray, strength: float
) -> None:
    corners = np.array([[[10, 10], [69, 10], [69, 99], [10, 99]]], np.float64)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        made = hand_held(red_card, background, rng, side=SIDE, strength=strength)
        quad = cv2.perspectiveTransform(corners, made.homography)[0]
        expected = np.zeros((SIDE, SIDE), np.uint8)
        cv2.fillConvexPoly(expected, np.round(quad).astype(np.int32), 255)
        seen, filled = made.mask > 127, expected > 0
        wider = cv2.dilate(expected, np.ones((5, 5), np.uint8)) > 0
        assert not (seen & ~wider).any()
        # An occluder may hide up to half of it.
        assert np.count_nonzero(seen) >= 0.4 * np.count_nonzero(filled)


def test_equal_seeds_give_equal_pictures_and_others_do_not(
    red_card: RgbaArray, background: np.ndarray
) -> None:
    def made(seed: int) -> tuple[Composite, Composite]:
        rng = np.random.default_rng(seed)
        return hand_held(red_card, background, rng, side=SIDE), studio(red_card, rng, side=SIDE)

    for first, again, other in zip(made(1), made(1), made(2), strict=True):
        assert np.array_equal(first.rgb, again.rgb)
        assert np.array_equal(first.mask, again.mask)
        assert np.array_equal(first.homography, again.homography)
        assert not np.array_equal(first.rgb, other.rgb)


def test_most_of_the_object_stays_in_the_frame(red_card: RgbaArray, background: np.ndarray) -> None:
    shares = []
    for seed in range(40):
        made = hand_held(red_card, background, np.random.default_rng(seed), side=SIDE)
        columns = np.flatnonzero(made.mask.max(axis=0) > 127)
        rows = np.flatnonzero(made.mask.max(axis=1) > 127)
        shares.append(max(np.ptp(columns), np.ptp(rows)) / SIDE)
    assert min(shares) > 0.15
    assert max(shares) <= 1.0
    assert np.ptp(shares) > 0.3


def test_a_large_cutout_is_averaged_not_sampled(background: np.ndarray) -> None:
    """Stripes finer than the picture's pixels turn grey instead of beating."""
    cutout = np.full((800, 800, 4), 255, np.uint8)
    cutout[:, ::2, :3] = 0
    rng = np.random.default_rng(0)
    made = hand_held(cutout, background, rng, side=64, strength=0.0)
    inside = cv2.erode(made.mask, np.ones((5, 5), np.uint8)) == 255
    assert np.abs(made.rgb[inside].astype(int) - 128).max() < 40


def test_a_cutout_without_a_visible_pixel_is_refused(background: np.ndarray) -> None:
    empty = np.zeros((20, 20, 4), np.uint8)
    with pytest.raises(ValueError, match="no visible pixel"):
        hand_held(empty, background, np.random.default_rng(0), side=SIDE)
