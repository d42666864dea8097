"""The hardest pairs are those a person wants to look at."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.progress import CancelToken
from desktop_app.services.learning.hard import hard_pairs
from tests.learning.building import labelled, unit


def on_circle(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))


def test_far_ones_of_a_product_and_near_ones_of_two_are_told() -> None:
    vectors = on_circle(0, 10, 90, 12, 100, 103)
    pictures = labelled([1, 1, 1, 2, 3, 3], vectors)
    found = hard_pairs(pictures, pictures.products, vectors, np.arange(6), CancelToken())
    far = [pair for pair in found if pair.is_same]
    near = [pair for pair in found if not pair.is_same]
    # The farthest of each product, the worst product first.
    assert [(pair.content_a, pair.content_b) for pair in far] == [(1000, 1002), (1004, 1005)]
    assert far[0].likeness == pytest.approx(0, abs=1e-6)
    # Picture 1002 of product 1 lies by product 3, picture 1001 by product 2.
    assert {(pair.product_a, pair.product_b) for pair in near} == {(1, 2), (1, 3)}
    assert near[0].likeness >= near[1].likeness
    assert near[0].likeness_before == pytest.approx(near[0].likeness)


def test_what_a_person_called_different_is_no_riddle() -> None:
    vectors = on_circle(0, 40, 42, 80)
    pictures = labelled([1, 1, 2, 2], vectors, different=[(1, 2)])
    found = hard_pairs(pictures, pictures.products, vectors, np.arange(4), CancelToken())
    assert all(pair.is_same for pair in found)


def test_products_are_told_by_the_number_that_shows_them() -> None:
    vectors = on_circle(0, 90)
    pictures = labelled([1, 1], vectors)
    (pair,) = hard_pairs(pictures, np.array([1, 7]), vectors, np.arange(2), CancelToken())
    assert (pair.product_a, pair.product_b) == (1, 7)


def test_no_more_are_told_than_asked_for() -> None:
    rng = np.random.default_rng(0)
    vectors = unit(rng.normal(size=(90, 4)))
    pictures = labelled(np.repeat(np.arange(30), 3).tolist(), vectors)
    found = hard_pairs(pictures, pictures.products, vectors, np.arange(90), CancelToken(), most=5)
    assert sum(pair.is_same for pair in found) == 5
    assert sum(not pair.is_same for pair in found) == 5
