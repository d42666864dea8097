"""Thresholds read off samples, and what they make of hits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.answering import (
    MOST_OFFERED,
    WANTED_FALSE_ACCEPTS,
    AnswerSample,
    fitted_thresholds,
    outcome_of,
)
from desktop_app.domain.assurance import log_odds_of
from desktop_app.domain.capturing import AnswerThresholds, Outcome
from desktop_app.domain.search import Hit, ViewScore

values = st.lists(st.floats(-12, 12), min_size=1, max_size=60).map(np.array)
samples = st.builds(AnswerSample, values, values, st.integers(0, 5))


@given(samples, st.none() | samples)
def test_false_accepts_keep_to_what_is_wanted(
    shipped: AnswerSample, station: AnswerSample | None
) -> None:
    thresholds = fitted_thresholds(shipped, station)
    assert thresholds.false_accepts <= WANTED_FALSE_ACCEPTS + 1e-9
    assert 0 <= thresholds.perhaps <= thresholds.found <= 1
    assert thresholds.found >= 0.5
    assert 0 <= thresholds.misses <= 1 + 1e-9
    if station is None:
        offered = np.mean([log_odds_of(thresholds.perhaps) <= u - 1e-3 for u in shipped.unknown])
        assert offered <= MOST_OFFERED + 1e-9


def test_shares_are_those_of_the_sample() -> None:
    sample = AnswerSample(np.linspace(0, 9.9, 100), np.linspace(-5, 4.9, 100), wrong=100)
    thresholds = fitted_thresholds(sample, wanted=0.1)
    assert thresholds.found == pytest.approx(1 / (1 + np.exp(-3.9)), abs=1e-3)
    assert thresholds.false_accepts == pytest.approx(0.1)
    assert thresholds.misses == pytest.approx(0.7), "40 below, and 100 that came later, of 200"


def test_a_station_where_unknown_products_seem_known_raises_the_thresholds() -> None:
    shipped = AnswerSample(np.full(50, 6.0), np.linspace(-6, 0, 50))
    before = fitted_thresholds(shipped)
    hard = AnswerSample(np.full(10, 5.0), np.full(10, 3.0))
    after = fitted_thresholds(shipped, hard)
    assert after.found > before.found
    easy = AnswerSample(np.full(10, 8.0), np.full(10, -6.0))
    assert fitted_thresholds(shipped, easy).found == before.found


def hits(*scores: float) -> list[Hit]:
    return [Hit(n, score, (ViewScore(n, score),)) for n, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("score", "outcome"),
    [
        (0.9, Outcome.FOUND),
        (0.89, Outcome.PERHAPS),
        (0.5, Outcome.PERHAPS),
        (0.49, Outcome.NOT_FOUND),
        (0.0, Outcome.NOT_FOUND),
    ],
)
def test_thresholds_part_the_outcomes(score: float, outcome: Outcome) -> None:
    assert outcome_of(hits(score, 0.1), AnswerThresholds(0.9, 0.5, 0.0, 0.0)) is outcome


def test_nothing_is_not_found() -> None:
    assert outcome_of([], AnswerThresholds(0.0, 0.0, 0.0, 0.0)) is Outcome.NOT_FOUND


def test_a_sample_is_read_back_as_it_was_written() -> None:
    sample = AnswerSample(np.array([1.5, -2.25]), np.array([0.125]), 3)
    read = AnswerSample.from_json(sample.to_json())
    assert (read.known.tolist(), read.unknown.tolist(), read.wrong) == ([-2.25, 1.5], [0.125], 3)
    for damaged in (
        {"known": [], "unknown": [1.0], "wrong": 0},
        {"known": [1.0], "unknown": [], "wrong": 0},
        {"known": [float("nan")], "unknown": [1.0], "wrong": 0},
        {"known": [[1.0]], "unknown": [1.0], "wrong": 0},
        {"known": [1.0], "unknown": [1.0], "wrong": -1},
    ):
        with pytest.raises(ValueError, match="not a sample"):
            AnswerSample.from_json(damaged)
