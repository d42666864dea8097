"""Metrics against scikit-learn, against brute force, and against figures done by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from desktop_app.domain.metrics import (
    RankedQuery,
    average_precision,
    macro_mean,
    precision_at_k,
    recall_at_k,
    score_rankings,
)


def row(*marks: int) -> np.ndarray:
    return np.array(marks, np.bool_)


def brute_force_average_precision(relevance: np.ndarray, count: int) -> float:
    """Straight from the definition."""
    total = 0.0
    for rank in range(1, len(relevance) + 1):
        if relevance[rank - 1]:
            total += sum(bool(mark) for mark in relevance[:rank]) / rank
    return total / count


def test_average_precision_by_hand() -> None:
    assert average_precision(row(1, 0, 1, 0, 0)) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert average_precision(row(0, 0, 0, 1)) == pytest.approx(1 / 4)
    assert average_precision(row(1, 1, 1)) == 1


@given(st.lists(st.booleans(), min_size=1, max_size=60).filter(any), st.integers(0, 5))
def test_average_precision_follows_its_definition(marks: list[bool], never_found: int) -> None:
    relevance = np.array(marks)
    count = sum(marks) + never_found
    assert average_precision(relevance, count) == pytest.approx(
        brute_force_average_precision(relevance, count)
    )


@given(st.lists(st.booleans(), min_size=1, max_size=60).filter(any), st.integers(0, 99))
def test_average_precision_agrees_with_scikit_learn(marks: list[bool], seed: int) -> None:
    relevance = np.array(marks)
    scores = np.linspace(1, 0, len(marks))
    order = np.random.default_rng(seed).permutation(len(marks))
    expected = average_precision_score(relevance[order], scores[order])
    assert average_precision(relevance) == pytest.approx(expected)


def test_tied_scores_are_ranked_as_they_stand() -> None:
    """scikit-learn takes a tie as one step; a ranking shows one picture before the other. The
    mean over both orders of a tied pair lies where the definition puts it."""
    tied = [average_precision(row(*marks)) for marks in ((1, 0), (0, 1))]
    assert tied == [1, 0.5]
    assert average_precision_score([1, 0], [0.5, 0.5]) == 0.5


def test_items_that_were_never_ranked_count_against() -> None:
    assert average_precision(row(1, 0), relevant_count=2) == 0.5
    assert average_precision(row(0, 0), relevant_count=3) == 0


def test_with_nothing_to_find_there_is_no_average_precision() -> None:
    with pytest.raises(ValueError, match="relevant"):
        average_precision(row(0, 0, 0))
    with pytest.raises(ValueError, match="relevant"):
        average_precision(row(1, 1), relevant_count=1)


@pytest.mark.parametrize("marks", list(product((0, 1), repeat=4)))
@pytest.mark.parametrize("k", [1, 2, 4, 10])
def test_recall_and_precision_at_k_by_counting(marks: tuple[int, ...], k: int) -> None:
    found = sum(marks[:k])
    assert recall_at_k(row(*marks), k) == (1 if found else 0)
    assert precision_at_k(row(*marks), k) == found / k


def test_the_macro_mean_weighs_labels_alike() -> None:
    assert macro_mean([1, 1, 1, 0], ["a", "a", "a", "b"]) == 0.5
    assert macro_mean([0.5, 0, 1], ["x", "y", "y"]) == 0.5


def test_scores_over_queries_by_hand() -> None:
    scores = score_rankings(
        [
            RankedQuery("a", row(1, 0, 0, 0, 0, 0), 1),
            RankedQuery("a", row(0, 1, 0, 0, 0, 1), 2),
            RankedQuery("b", row(0, 0, 0, 0, 0, 1), 1),
        ]
    )
    assert scores.recall_at_1 == pytest.approx(1 / 3)
    assert scores.recall_at_5 == pytest.approx(2 / 3)
    assert scores.recall_at_10 == 1
    assert scores.precision_at_5 == pytest.approx((0.2 + 0.2 + 0) / 3)
    assert scores.precision_at_10 == pytest.approx((0.1 + 0.2 + 0.1) / 3)
    precisions = (1, (1 / 2 + 2 / 6) / 2, 1 / 6)
    assert scores.map == pytest.approx(sum(precisions) / 3)
    assert scores.macro_map == pytest.approx(((precisions[0] + precisions[1]) / 2 + 1 / 6) / 2)
    assert scores.macro_precision_at_5 == pytest.approx((0.2 + 0) / 2)


def test_no_queries_have_no_scores() -> None:
    with pytest.raises(ValueError, match="no query"):
        score_rankings([])
