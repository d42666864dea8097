"""Scores of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.pair_metrics import score_pairs


def test_a_clean_cut_scores_one_throughout() -> None:
    found = score_pairs(np.array([0.9, 0.2, 0.8, 0.1]), np.array([1, 0, 1, 0], bool), threshold=0.5)
    assert found.average_precision == found.recall == found.precision == 1
    assert found.recall_at_zero_false_merges == found.recall_at_precision_95 == 1
    assert found.false_merges == 0


def test_one_lookalike_on_top_is_a_false_merge() -> None:
    found = score_pairs(np.array([0.9, 0.8, 0.7]), np.array([0, 1, 1], bool), threshold=0.5)
    assert found.recall_at_zero_false_merges == 0
    assert found.average_precision == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert found.false_merges == 1
    assert found.precision == pytest.approx(2 / 3)


def test_equal_scores_are_no_merit() -> None:
    found = score_pairs(np.full(4, 0.7), np.array([1, 0, 1, 0], bool), threshold=0.9)
    assert found.recall_at_zero_false_merges == 0
    assert found.average_precision < 0.6
    assert (found.precision, found.recall) == (1, 0)


@pytest.mark.parametrize(
    ("scores", "positive"), [([0.5], [False]), ([np.nan, 1.0], [True, False]), ([], [])]
)
def test_what_cannot_be_scored_is_refused(scores: list[float], positive: list[bool]) -> None:
    with pytest.raises(ValueError, match="cannot be scored"):
        score_pairs(np.array(scores), np.array(positive, bool), threshold=0.5)


@given(
    pairs=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40).filter(
        lambda pairs: any(positive for _, positive in pairs)
    ),
    threshold=st.floats(0, 1),
)
def test_all_figures_are_shares(pairs: list[tuple[float, bool]], threshold: float) -> None:
    scores, positive = (np.array(column) for column in zip(*pairs, strict=True))
    found = score_pairs(scores, positive.astype(bool), threshold=threshold)
    for share in (
        found.average_precision,
        found.recall_at_zero_false_merges,
        found.recall_at_precision_95,
        found.precision,
        found.recall,
    ):
        assert 0 <= share <= 1
    assert found.recall_at_precision_95 >= found.recall_at_zero_false_merges
