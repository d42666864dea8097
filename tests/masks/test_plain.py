"""Objects before even backgrounds: found without a network, shadows and all."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.masks import MaskSource
from desktop_app.infra.vision.masks.backdrop import fit_backdrop
from desktop_app.infra.vision.masks.plain import plain_background_mask
from desktop_app.infra.vision.opencv import cv
from tests.masks.conftest import bottle, cluttered, even, overlap


@pytest.mark.parametrize("level", [255, 244, 200, 128, 20])
def test_an_object_on_an_even_background_is_found(level: int) -> None:
    rgb, truth = bottle(even((level, level, level)), colour=(150, 40, 60))
    mask = plain_background_mask(rgb)
    assert mask is not None
    assert mask.source is MaskSource.PLAIN_BACKGROUND
    assert overlap(mask.alpha, truth) > 0.97
    assert mask.confidence > 0.8
    assert mask.clutter < 0.05


def test_a_slanting_and_vignetted_background_is_still_even() -> None:
    side = 160
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    light = 225 + 18 * x - 12 * y - 16 * (x * x + y * y)
    background = np.repeat(light[:, :, None], 3, axis=2).round().astype(np.uint8)
    rgb, truth = bottle(background)
    mask = plain_background_mask(rgb)
    assert mask is not None
    assert overlap(mask.alpha, truth) > 0.96


def test_a_cast_shadow_is_no_part_of_the_object() -> None:
    background = even((240, 240, 240))
    rgb, truth = bottle(background)
    shadow = np.zeros((160, 160), np.float32)
    cv.ellipse(shadow, (100, 138), (46, 14), 0, 0, 360, 1.0, -1)
    shadow = 1 - 0.4 * cv.GaussianBlur(shadow, (0, 0), 7)
    shaded = np.where(truth[:, :, None], rgb, rgb * shadow[:, :, None]).round().astype(np.uint8)
    mask = plain_background_mask(shaded)
    assert mask is not None
    assert overlap(mask.alpha, truth) > 0.93


def test_a_white_object_on_white_is_closed_by_its_faint_edge() -> None:
    rgb, truth = bottle(even((255, 255, 255)), colour=(255, 255, 255))
    edge = truth & ~(cv.erode(truth.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    rgb[edge] = (238, 238, 238)
    mask = plain_background_mask(rgb)
    assert mask is not None
    assert overlap(mask.alpha, truth) > 0.95


def test_parts_in_the_colour_of_the_background_stay_part_of_the_object() -> None:
    rgb, truth = bottle(even((255, 255, 255)))
    rgb[90:110, 72:88] = 255
    mask = plain_background_mask(rgb)
    assert mask is not None
    assert overlap(mask.alpha, truth) > 0.97


def test_dust_is_left_out() -> None:
    rgb, truth = bottle(even((250, 250, 250)))
    rgb[10:12, 10:12] = 90
    rgb[150:152, 20:22] = 60
    mask = plain_background_mask(rgb)
    assert mask is not None
    assert overlap(mask.alpha, truth) > 0.97


def test_an_object_that_leaves_the_picture_is_found() -> None:
    rgb, truth = bottle(even((230, 235, 240)))
    mask = plain_background_mask(rgb[: 160 * 3 // 4])
    assert mask is not None
    assert overlap(mask.alpha, truth[: 160 * 3 // 4]) > 0.95


def test_a_cluttered_background_is_not_even() -> None:
    rgb, _ = bottle(cluttered())
    assert plain_background_mask(rgb) is None


def test_noise_and_compression_do_not_make_a_background_uneven() -> None:
    rgb, truth = bottle(even((236, 236, 232)))
    noisy = np.clip(rgb + np.random.default_rng(1).normal(0, 3, rgb.shape), 0, 255)
    _, data = cv.imencode(".jpg", noisy.astype(np.uint8), (cv.IMWRITE_JPEG_QUALITY, 60))
    mask = plain_background_mask(cv.imdecode(data, cv.IMREAD_COLOR))
    assert mask is not None
    assert overlap(mask.alpha, truth) > 0.95


def test_the_background_is_fitted_though_the_object_covers_a_third_of_the_border() -> None:
    rgb = even((210, 215, 220))
    rgb[60:, 55:115] = (20, 30, 120)
    rgb[70:100, :60] = (20, 30, 120)
    lab = cv.cvtColor(rgb, cv.COLOR_RGB2LAB)
    backdrop = fit_backdrop(lab)
    assert np.abs(backdrop.lab[5, 5].astype(int) - lab[5, 5]).max() <= 1
    assert 0.6 < backdrop.inliers < 0.95
    assert backdrop.spread < 1.5
