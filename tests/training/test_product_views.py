"""Views and batches: what belongs together stands together, and families come in company."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.infra.training.cutouts import card_of, cut_from_plain
from desktop_app.infra.training.product_views import (
    Shelf,
    Thing,
    chosen,
    cut_again,
    draw_batch,
    on_paper,
    pair_of_views,
)
from desktop_app.infra.vision.opencv import cv2

CLUTTER = [
    cv2.resize(np.random.default_rng(k).integers(0, 255, (9, 9, 3)).astype(np.uint8), (90, 80))
    for k in range(3)
]


def disc(hue: int) -> np.ndarray:
    cutout = np.zeros((60, 60, 4), np.uint8)
    cutout[:, :, :3] = cv2.cvtColor(
        np.full((1, 1, 3), (hue, 230, 220), np.uint8), cv2.COLOR_HSV2RGB
    )[0, 0]
    alpha = np.zeros((60, 60), np.uint8)
    cv2.circle(alpha, (30, 30), 28, 255, -1)
    cutout[:, :, 3] = alpha
    return cutout


THINGS = [Thing(looks=(disc(12 * k),), family=k // 3) for k in range(15)]


def test_a_batch_holds_two_views_of_each_thing_in_the_same_order() -> None:
    photos = [Thing(photos=(picture,), family=0, is_kind=True) for picture in CLUTTER]
    shelves = (Shelf("discs", THINGS, 0.7), Shelf("photos", photos, 0.3))
    batch = draw_batch(shelves, CLUTTER, np.random.default_rng(0), pairs=12, side=64)
    half = len(batch.things) // 2
    assert batch.pixels.shape == (2 * half, 64, 64, 3)
    assert half >= 9
    assert np.array_equal(batch.things[:half], batch.things[half:])
    assert np.array_equal(batch.kinds[:half], batch.kinds[half:])
    # Numbers of different shelves do not meet, and only specimens of kinds have a kind.
    assert set(batch.things[batch.kinds >= 0]).isdisjoint(batch.things[batch.kinds < 0])
    assert np.all((batch.kinds >= 0) == (batch.things > len(THINGS)))


def test_equal_seeds_give_equal_batches() -> None:
    shelves = (Shelf("discs", THINGS, 1.0),)
    one, again = (
        draw_batch(shelves, CLUTTER, np.random.default_rng(4), pairs=6, side=48) for _ in range(2)
    )
    assert np.array_equal(one.pixels, again.pixels)
    assert np.array_equal(one.things, again.things)


def test_things_hard_to_tell_apart_come_together() -> None:
    together = 0
    for seed in range(20):
        numbers = chosen(Shelf("discs", THINGS, 1.0), 6, np.random.default_rng(seed))
        assert len(set(numbers)) == 6
        families = [THINGS[k].family for k in numbers]
        together += sum(families.count(family) > 1 for family in set(families))
    assert together > 25


def test_neighbours_take_the_place_of_families_where_they_are_known() -> None:
    things = [Thing(looks=(disc(k),)) for k in range(40)]
    neighbours = (np.arange(40)[:, None] + np.array([20, 21])) % 40
    shelf = Shelf("discs", things, 1.0, neighbours)
    gaps = []
    for seed in range(10):
        numbers = chosen(shelf, 9, np.random.default_rng(seed))
        gaps += [(b - a) % 40 for a in numbers for b in numbers if a != b]
    assert np.mean(np.isin(gaps, (19, 20, 21))) > 0.1


def test_a_small_shelf_gives_all_it_has() -> None:
    assert chosen(Shelf("few", THINGS[:3], 1.0), 8, np.random.default_rng(0)) == [0, 1, 2]


@pytest.mark.parametrize("seed", range(6))
def test_both_views_show_the_colour_of_the_thing(seed: int) -> None:
    thing = Thing(looks=(disc(60),))
    for view in pair_of_views(
        thing, [np.full((40, 40, 3), 90, np.uint8)], np.random.default_rng(seed), side=96
    ):
        assert view.shape == (96, 96, 3)
        green = view[:, :, 1].astype(int) - view[:, :, 0]
        assert (green > 30).mean() > 0.03


def test_a_faulty_mask_still_cuts_the_object_out_on_white() -> None:
    rgb = np.full((80, 80, 3), 40, np.uint8)
    mask = np.zeros((80, 80), np.uint8)
    mask[20:60, 25:55] = 255
    rgb[20:60, 25:55] = (200, 30, 30)
    for seed in range(8):
        cut = cut_again(rgb, mask, np.random.default_rng(seed), side=64)
        assert cut.shape == (64, 64, 3)
        assert (cut == 255).all(axis=2).mean() > 0.15
        assert (cut[:, :, 0] > 150).sum() > (cut.max(axis=2) < 60).sum()


def test_a_picture_is_laid_whole_on_white_paper() -> None:
    laid = on_paper(np.zeros((30, 60, 3), np.uint8), side=64, margin=0.0)
    assert (laid[:15] == 255).all()
    assert (laid[20:44] == 0).all()


def test_an_object_before_a_plain_ground_is_cut_out() -> None:
    picture = np.full((80, 100, 3), 240, np.uint8)
    picture[20:60, 30:70] = (40, 90, 160)
    picture[35:45, 45:55] = 240  # a hole of the ground's colour stays with the object
    cut = cut_from_plain(picture)
    assert cut is not None
    assert cut.shape == (40, 40, 4)
    assert cut[20, 20, 3] == 255
    assert cut[5:-5, 5:-5, 3].min() == 255


@pytest.mark.parametrize("picture", [CLUTTER[0], np.full((50, 50, 3), 200, np.uint8)])
def test_nothing_is_cut_out_where_that_is_not_sure(picture: np.ndarray) -> None:
    assert cut_from_plain(picture) is None


def test_a_card_of_a_photo_is_a_part_of_it() -> None:
    photo = CLUTTER[1]
    for seed in range(6):
        card = card_of(photo, np.random.default_rng(seed))
        assert card.shape[0] >= 0.6 * photo.shape[0]
        found = cv2.matchTemplate(photo, np.ascontiguousarray(card[:, :, :3]), cv2.TM_SQDIFF)
        assert found.min() <= 1e-4 * found.max()
        assert (card[:, :, 3] == 255).mean() > 0.5
