"""Containers as cut-outs to train on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from desktop_app.domain.container_classes import CONTAINER_CLASSES, ContainerClass
from desktop_app.infra.rendering.generator.recipes import make, random_recipe
from desktop_app.infra.training.container_cutouts import (
    FIRST_QUICK_SEED,
    build,
    recipe_of,
    tells_its_class,
)
from desktop_app.infra.training.container_views import read_cutout, read_list
from desktop_app.infra.training.quick_looks import quick_look


def test_the_classes_take_turns_and_seeds_do_not_meet() -> None:
    recipes = [recipe_of(product) for product in range(30)]
    assert tuple(recipe.container_class for recipe in recipes) == CONTAINER_CLASSES * 2
    assert recipe_of(3) == recipes[3]
    assert recipe_of(3, first_seed=FIRST_QUICK_SEED) != recipes[3]


def test_a_quick_look_shows_the_whole_container_and_depends_on_its_seed_alone() -> None:
    container = make(recipe_of(14))
    first, again, other = (
        quick_look(container, np.random.default_rng(seed), size=96) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()
    height, width = first.shape[:2]
    alpha = first[:, :, 3]
    assert max(height, width) > 70
    for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]):
        assert edge.any()
    assert (alpha == 255).mean() > 0.2
    assert first[:, :, 0][alpha == 255].std() > 3


def test_what_was_made_is_kept_and_listed(tmp_path: Path) -> None:
    build(tmp_path, range(2), quick=True)
    first = (tmp_path / "000000.png").read_bytes()
    (tmp_path / "000001.png").unlink()
    build(tmp_path, range(3), quick=True)
    assert (tmp_path / "000000.png").read_bytes() == first
    listed = read_list(tmp_path, 2)
    assert [cutout.container for cutout in listed] == list(CONTAINER_CLASSES[:3])
    assert all(read_cutout(cutout.path) is not None for cutout in listed)
    assert len({cutout.product for cutout in listed}) == 3


def test_a_press_closure_is_told_by_its_disc_and_a_bottle_from_any_height() -> None:
    press = make(random_recipe(ContainerClass.PRESS_CLOSURE, 5, design="closed")).model
    bottle = make(random_recipe(ContainerClass.BOTTLE, 5)).model
    assert not tells_its_class(press, 0.0)
    assert tells_its_class(press, 25.0)
    assert tells_its_class(bottle, 0.0)
