"""Held-out figures are those of the definitions, and chance is not taken for gain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.metrics import average_precision, precision_at_k
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.services.learning.measuring import (
    compare,
    figures_of,
    paired_gain,
    queries_among,
    score_queries,
)
from tests.learning.building import studio_and_shelf, unit


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=4, max_size=40)
    | st.lists(st.integers(0, 1), min_size=40, max_size=60),
    st.integers(0, 20),
)
def test_figures_are_those_of_ranking_everything_but_the_query(
    numbers: list[int], seed: int
) -> None:
    products = np.array(numbers, np.int64)
    vectors = unit(np.random.default_rng(seed).normal(size=(len(products), 6)))
    queries = queries_among(products, np.arange(len(products)))
    found = score_queries(vectors, products, queries, CancelToken())
    for row, scores in zip(queries.tolist(), found, strict=True):
        order = np.argsort(-(vectors @ vectors[row]), kind="stable")
        ranked = products[order[order != row]]
        relevance = ranked == products[row]
        _, first = np.unique(ranked, return_index=True)
        rank = ranked[np.sort(first)].tolist().index(products[row]) + 1
        expected = [
            rank <= 1,
            rank <= 5,
            rank <= 10,
            precision_at_k(relevance, 5),
            average_precision(relevance),
        ]
        np.testing.assert_allclose(scores, expected)


def test_drawing_everything_together_gains_nothing() -> None:
    products = np.repeat(np.arange(10), 2)
    vectors = np.tile(unit(np.ones(8)), (20, 1))
    found = score_queries(vectors, products, np.arange(20), CancelToken())
    assert not found[:, :2].any()
    np.testing.assert_allclose(found[:, 4], 1 / 19)


def test_only_pictures_whose_product_has_another_are_asked() -> None:
    products = np.array([1, 2, 2, 3, 3, 3])
    assert queries_among(products, np.array([5, 0, 1])).tolist() == [1, 5]
    many = np.repeat(np.arange(50), 2)
    drawn = queries_among(many, np.arange(100), most=10)
    assert len(drawn) == 10
    assert drawn.tolist() == queries_among(many, np.arange(100), most=10).tolist()


def test_intervals_hold_the_value_and_narrow_with_more_products() -> None:
    rng = np.random.default_rng(0)
    widths = []
    for n_products in (20, 500):
        scores = rng.random((2 * n_products, 5))
        figures = figures_of(scores, np.repeat(np.arange(n_products), 2))
        assert figures.n_queries == 2 * n_products
        assert figures.n_products == n_products
        interval = figures.mean_average_precision
        assert interval.low < interval.value < interval.high
        assert interval.value == pytest.approx(scores[:, 4].mean())
        widths.append(interval.high - interval.low)
    assert widths[1] < widths[0] / 3


def test_pictures_of_one_product_do_not_count_as_many() -> None:
    """What forty pictures of four products say is known as badly as what four would say."""
    values = np.repeat([0.0, 1.0, 1.0, 0.0], 10)
    scores = np.tile(values[:, np.newaxis], (1, 5))
    together = figures_of(scores, np.repeat(np.arange(4), 10)).recall_at_1
    apart = figures_of(scores, np.arange(40)).recall_at_1
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_a_handful_of_lucky_products_is_no_gain() -> None:
    before, after = np.zeros(200), np.zeros(200)
    after[:4] = 1
    assert paired_gain(before, after, np.arange(200)).low <= 0
    after[:12] = 1
    assert paired_gain(before, after, np.arange(200)).low > 0


def test_no_change_at_all_is_no_gain() -> None:
    gain = paired_gain(np.ones(30), np.ones(30), np.arange(30))
    assert (gain.low, gain.value, gain.high) == (0, 0, 0)


def test_chance_passes_for_gain_as_seldom_as_it_should() -> None:
    rng = np.random.default_rng(5)
    passed = sum(
        paired_gain(*(rng.random((2, 60)) < 0.6).astype(float), np.arange(60), seed=seed).low > 0
        for seed in range(200)
    )
    assert passed <= 12


def test_a_turn_that_drops_what_all_share_is_a_gain() -> None:
    products, vectors = studio_and_shelf(60, 3)
    queries = queries_among(products, np.arange(len(products)))
    before = score_queries(vectors, products, queries, CancelToken())
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(32, 32)))[0]
    after = score_queries(unit(vectors @ basis[4:].T), products, queries, CancelToken())
    comparison = compare(before, after, products[queries])
    assert comparison.recall_gain.low > 0
    assert comparison.precision_gain.low > 0
    assert comparison.recall_gain.value == pytest.approx(
        comparison.after.recall_at_1.value - comparison.before.recall_at_1.value
    )


def test_measuring_can_be_cancelled() -> None:
    products, vectors = studio_and_shelf(10, 2)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        score_queries(vectors, products, np.arange(20), token)
