"""How sure a first hit is, and what learning makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.assurance import (
    FEATURES,
    AssuranceModel,
    features_of,
    fitted_assurance,
    log_odds_of,
)
from desktop_app.domain.evidence import Channel, ChannelReading, HitEvidence
from desktop_app.domain.search import Hit, ViewScore

MODEL = AssuranceModel(-1.0, (0.5, 1.0, 2.0, 0.0))


def hit(product_id: int, score: float, *, print_score: float | None = None) -> Hit:
    readings = {}
    if print_score is not None:
        readings[Channel.PRINT] = ChannelReading(print_score, 0.5)
    return Hit(product_id, score, (ViewScore(product_id, score),), HitEvidence(readings))


confidences = st.lists(st.floats(0, 1), min_size=1, max_size=6).map(
    lambda scores: [hit(place, score) for place, score in enumerate(sorted(scores)[::-1])]
)


@given(confidences)
def test_the_order_stays_and_scores_are_shares(hits: list[Hit]) -> None:
    sure = MODEL.assured(hits)
    scores = [each.score for each in sure]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert [each.product_id for each in sure] == [each.product_id for each in hits]


def test_of_twins_neither_is_as_sure_as_one_alone() -> None:
    (alone, *_) = MODEL.assured([hit(1, 0.9), hit(2, 0.1)])
    (one, other) = MODEL.assured([hit(1, 0.9), hit(2, 0.9)])
    assert alone.score > one.score == other.score


def test_print_that_agrees_makes_surer() -> None:
    (without, *_) = MODEL.assured([hit(1, 0.5), hit(2, 0.4)])
    (printed, *_) = MODEL.assured([hit(1, 0.5, print_score=0.9), hit(2, 0.4)])
    assert printed.score > without.score


def test_print_may_turn_the_order() -> None:
    first, second = MODEL.assured([hit(1, 0.5), hit(2, 0.49, print_score=1.0)])
    assert (first.product_id, second.product_id) == (2, 1)


def test_nothing_found_is_nothing_sure() -> None:
    assert MODEL.assured([]) == ()
    assert features_of([]).shape == (0, len(FEATURES))


@pytest.mark.parametrize("confidence", [0.0, 1.0, 0.5])
def test_log_odds_are_finite(confidence: float) -> None:
    assert np.isfinite(log_odds_of(confidence))


def test_a_model_is_learned_from_what_tells_right_from_wrong() -> None:
    rng = np.random.default_rng(0)
    is_right = rng.random(400) < 0.3
    features = rng.normal(0, 1, (400, 4))
    features[:, 1] += 2 * is_right
    model = fitted_assurance(features, is_right)
    assert model.weights[1] > 1
    assert all(weight >= 0 for weight in model.weights)
    chance = model.log_odds(features)
    assert chance[is_right].mean() > 1 > -1 > chance[~is_right].mean()


def test_what_would_count_against_a_hit_is_left_out() -> None:
    rng = np.random.default_rng(1)
    is_right = rng.random(300) < 0.5
    features = rng.normal(0, 1, (300, 4))
    features[:, 0] += is_right
    features[:, 3] -= 3 * is_right
    assert fitted_assurance(features, is_right).weights[3] == 0


def test_one_outcome_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="one outcome"):
        fitted_assurance(np.zeros((3, 4)), np.ones(3, np.bool_))


def test_a_model_is_read_back_as_it_was_written() -> None:
    assert AssuranceModel.from_json(MODEL.to_json()) == MODEL
    with pytest.raises(KeyError):
        AssuranceModel.from_json({"bias": 1})
    with pytest.raises(ValueError, match="weights"):
        AssuranceModel(0.0, (1.0,))
