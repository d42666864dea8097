"""Looks at containers with exact masks: rendered, kept and read, and made into scenes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.infra.training.look_scenes import LookScenes
from desktop_app.infra.training.rendered_looks import (
    HELD,
    Look,
    keep,
    kind_of,
    read_looks,
    shot,
    stem_of,
)

SIDE = 64
HELD_NUMBER = next(number for number in range(100) if kind_of(number) == HELD)


@pytest.fixture
def look() -> Look:
    """A blue block, a hand over its lower half, a grey room."""
    rgb = np.full((SIDE, SIDE, 3), 120, np.uint8)
    mask, hand = np.zeros((2, SIDE, SIDE), np.uint8)
    mask[12:52, 22:42] = 255
    hand[38:, 30:] = 255
    mask[hand > 0] = 0
    rgb[mask > 0] = (20, 30, 200)
    rgb[hand > 0] = (200, 150, 120)
    return Look(rgb, mask, hand)


def test_a_rendered_look_is_kept_and_read_with_its_masks(tmp_path: Path) -> None:
    made = shot(HELD_NUMBER, [], size=SIDE)
    keep(made, tmp_path, stem_of(HELD_NUMBER))
    (stem, read), *others = read_looks(tmp_path).items()
    assert (stem, others) == (stem_of(HELD_NUMBER), [])
    assert np.array_equal(read.mask, made.mask())
    assert (read.hand > 127).any()
    assert not ((read.hand > 127) & (read.mask > 127)).any()
    assert np.abs(read.rgb.astype(int) - made.rgb).mean() < 6


def test_a_photograph_can_be_behind_the_hand() -> None:
    red = np.full((80, 100, 3), (220, 20, 20), np.uint8)
    seen = set()
    for number in range(HELD_NUMBER, HELD_NUMBER + 12):
        if kind_of(number) == HELD:
            made = shot(number, [red], size=32)
            away = made.rgb[made.mask_with_hand() == 0]
            seen.add(bool((away[:, 0] > 2.0 * away[:, 2]).mean() > 0.9))
    assert seen == {True, False}


def test_what_the_hand_covers_is_never_the_object(look: Look) -> None:
    scenes = LookScenes([look], [])
    for seed in range(12):
        rgb, mask = scenes.draw(np.random.default_rng(seed), side=96)
        assert rgb.shape == (96, 96, 3)
        assert mask.shape == (96, 96)
        assert 0.02 < (mask > 127).mean() < 0.5


def test_scenes_differ_and_equal_seeds_give_equal_ones(look: Look) -> None:
    green = np.zeros((50, 50, 3), np.uint8)
    green[:, :, 1] = 255
    scenes = LookScenes([look], [green])
    drawn = [scenes.draw(np.random.default_rng(seed), side=48) for seed in range(16)]
    again = scenes.draw(np.random.default_rng(3), side=48)
    assert np.array_equal(drawn[3][0], again[0])
    assert np.array_equal(drawn[3][1], again[1])
    greens = [rgb[mask < 16].mean(axis=0) for rgb, mask in drawn]
    others = [colour[1] > 1.5 * colour[0] for colour in greens]
    assert any(others)
    assert not all(others)


def test_a_thing_without_a_hand_may_nearly_vanish_into_its_ground() -> None:
    rgb = np.full((SIDE, SIDE, 3), 235, np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 20:44] = 255
    rgb[mask > 0] = (160, 20, 20)
    scenes = LookScenes([Look(rgb, mask, np.zeros_like(mask))], [])
    contrasts = []
    for seed in range(24):
        picture, where = scenes.draw(np.random.default_rng(seed), side=SIDE)
        inside, outside = (picture[each].mean(axis=0) for each in (where > 200, where < 16))
        contrasts.append(float(np.abs(inside - outside).max()))
    assert min(contrasts) < 0.55 * max(contrasts)
