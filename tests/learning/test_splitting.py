"""What is learned from never tells what came of it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.services.learning.splitting import (
    LEAST_PRODUCTS,
    Part,
    count_of_groups,
    n_lacking,
    split_pictures,
)
from tests.learning.building import labelled

CATALOGUES = st.lists(st.tuples(st.integers(1, 7), st.integers(0, 40)), max_size=120)
"""Products by how many pictures they have and what group they may be in."""


def pictures_of(catalogue: list[tuple[int, int]]) -> LabelledPictures:
    products = [number for number, (count, _) in enumerate(catalogue) for _ in range(count)]
    groups = [group for count, group in catalogue for _ in range(count)]
    return labelled(products, groups=groups)


@settings(deadline=None)
@given(CATALOGUES, st.integers(0, 3))
def test_a_group_is_never_on_both_sides(catalogue: list[tuple[int, int]], seed: int) -> None:
    pictures = pictures_of(catalogue)
    parts = split_pictures(pictures, seed=seed).parts
    sides = np.where(parts == Part.SEEN, Part.TAUGHT, parts)
    for group in np.unique(pictures.groups).tolist():
        assert len(set(sides[pictures.groups == group].tolist())) == 1


@settings(deadline=None)
@given(CATALOGUES, st.integers(0, 3))
def test_pictures_held_out_of_taught_products_leave_two_to_learn_from(
    catalogue: list[tuple[int, int]], seed: int
) -> None:
    pictures = pictures_of(catalogue)
    split = split_pictures(pictures, seed=seed)
    for product in np.unique(pictures.products[split.rows(Part.SEEN)]).tolist():
        parts = split.parts[pictures.products == product]
        assert (parts == Part.TAUGHT).sum() >= 2


@settings(deadline=None)
@given(CATALOGUES)
def test_equal_pictures_are_split_alike_in_whatever_order(
    catalogue: list[tuple[int, int]],
) -> None:
    pictures = pictures_of(catalogue)
    order = np.random.default_rng(3).permutation(len(pictures))
    first, second = split_pictures(pictures), split_pictures(pictures.only(order))
    np.testing.assert_array_equal(first.parts[order], second.parts)


@settings(deadline=None)
@given(st.integers(LEAST_PRODUCTS, 300), st.integers(2, 5))
def test_every_part_gets_its_share(n_products: int, n_views: int) -> None:
    pictures = labelled(np.repeat(np.arange(n_products), n_views).tolist())
    split = split_pictures(pictures)
    products = {
        part: len(np.unique(pictures.products[split.rows(part)]))
        for part in (Part.TAUGHT, Part.VALIDATION, Part.TEST)
    }
    assert sum(products.values()) == n_products
    assert products[Part.TEST] >= 8
    assert products[Part.VALIDATION] >= 4
    assert products[Part.TAUGHT] >= 0.4 * n_products - 1
    assert (len(split.rows(Part.SEEN)) > 0) == (n_views > 2)


def test_other_seeds_split_otherwise() -> None:
    pictures = labelled(np.repeat(np.arange(60), 2).tolist())
    assert (
        split_pictures(pictures).parts.tolist() != split_pictures(pictures, seed=1).parts.tolist()
    )


def test_products_that_all_hang_together_are_all_taught() -> None:
    pictures = labelled(np.repeat(np.arange(50), 2).tolist(), groups=[0] * 100)
    assert set(split_pictures(pictures).parts.tolist()) == {Part.TAUGHT}
    assert count_of_groups(pictures.products, pictures.groups) == 1
    assert n_lacking(1) == LEAST_PRODUCTS - 1


def test_a_group_of_most_products_leaves_something_for_every_part() -> None:
    groups = [0] * 1000 + np.repeat(np.arange(1000, 1019), 2).tolist()
    pictures = labelled(np.repeat(np.arange(500 + 19), 2).tolist(), groups=groups)
    split = split_pictures(pictures)
    assert 10 <= len(split.rows(Part.TEST)) <= 16
    assert 6 <= len(split.rows(Part.VALIDATION)) <= 8
    assert (split.parts[:1000] == Part.TAUGHT).all()


def test_single_pictures_are_no_products_to_learn_from() -> None:
    pictures = labelled([1, 1, 2, 3, 3], groups=[1, 1, 2, 3, 3])
    assert count_of_groups(pictures.products, pictures.groups) == 2
    assert n_lacking(LEAST_PRODUCTS) == n_lacking(LEAST_PRODUCTS + 5) == 0
