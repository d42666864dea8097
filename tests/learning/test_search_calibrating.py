"""What cosines of a learned model are worth: fitted to held-out pairs, or carried over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from desktop_app.domain.evidence import CHANNELS, Channel, QueryContext
from desktop_app.domain.fusion import Calibration, FusionModel, logistic
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.services.learning.calibrating import (
    KNOTS,
    LookPairs,
    calibrated_look,
    fitted_look,
    grouped_best,
)
from desktop_app.services.learning.learned_search import with_look
from tests.learning.building import labelled, studio_and_shelf

FUSION = FusionModel(
    -5.0,
    {Channel.LOOK: Calibration((0.2, 0.5, 0.8, 1.0), (-1.0, 3.0, 6.5, 8.5))},
    {Channel.LOOK: (float(np.log(np.e - 1)), *(0.0 for _ in range(7)))},
)
"""LOOK alone, trusted as it is."""


def drawn(n: int, *, seed: int = 0) -> LookPairs:
    """Pairs of which the chance to be right is logistic(12 s - 7)."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0, 1, n).astype(np.float32)
    is_right = rng.uniform(size=n) < logistic(12 * scores.astype(np.float64) - 7)
    return LookPairs(scores, is_right, (0.4 + 0.6 * scores).astype(np.float32))


def test_confidence_by_look_alone_is_the_share_of_right_pairs() -> None:
    fusion = with_look(FUSION, fitted_look(drawn(20_000), FUSION))
    asked = np.linspace(0, 1, 101, dtype=np.float32)
    scores = np.full((len(asked), len(CHANNELS)), np.nan, np.float32)
    scores[:, CHANNELS.index(Channel.LOOK)] = asked
    confidence = fusion.confidences(scores, QueryContext())
    np.testing.assert_allclose(confidence, logistic(12 * asked.astype(np.float64) - 7), atol=0.05)


def test_too_few_pairs_count_as_pairs_as_high_do_in_the_base_space() -> None:
    # Squeezed into half its range by the learned model; order kept.
    base = np.random.default_rng(0).uniform(0, 1, 2_000).astype(np.float32)
    is_right = np.zeros(2_000, np.bool_)
    is_right[base.argsort()[-5:]] = True
    look = fitted_look(LookPairs(base / 2, is_right, base), FUSION)
    shipped = FUSION.calibrations[Channel.LOOK]
    for score in (0.1, 0.2, 0.3, 0.4):
        found = look(np.array([score], np.float32))[0]
        assert found == pytest.approx(shipped(np.array([2 * score], np.float32))[0], abs=0.3)


def test_without_any_pair_the_shipped_calibration_stays() -> None:
    nothing = np.empty(0, np.float32)
    look = fitted_look(LookPairs(nothing, np.empty(0, np.bool_), nothing), FUSION)
    shipped = FUSION.calibrations[Channel.LOOK](np.array(KNOTS, np.float32))
    np.testing.assert_allclose(look.log_odds, shipped, atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 400), st.integers(0, 10_000))
def test_more_likeness_never_speaks_against_a_match(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.beta(*rng.uniform(0.3, 4, 2), n).astype(np.float32)
    pairs = LookPairs(scores, rng.uniform(size=n) < rng.uniform(), rng.permutation(scores))
    look = fitted_look(pairs, FUSION)
    assert np.isfinite(look.log_odds).all()
    assert (np.diff(look.log_odds) >= 0).all()
    assert np.abs(look.log_odds).max() < 40


def test_a_projection_is_calibrated_by_pictures_it_has_not_seen() -> None:
    products, vectors = studio_and_shelf(60, 4)
    pictures = labelled(products.tolist(), vectors)
    # Drops what tells of light and background alone: perfect knowledge of what they are.
    spread = vectors - np.stack([vectors[products == p].mean(axis=0) for p in products])
    _, _, axes = np.linalg.svd(spread)
    kept = axes[8:].astype(np.float32)
    projection = Projection(
        "learned",
        "base",
        kept,
        np.empty((0, vectors.shape[1]), np.float32),
        np.empty(0, np.float32),
        np.empty((len(kept), 0), np.float32),
    )
    rows = np.flatnonzero(products < 40)
    look = calibrated_look(projection, pictures, rows, FUSION, CancelToken())
    again = calibrated_look(projection, pictures, rows, FUSION, CancelToken())
    assert look == again
    learned = projection(vectors)
    tried = np.flatnonzero(products >= 40)
    near = learned[tried] @ learned.T
    near[np.arange(len(tried)), tried] = np.nan
    chance = logistic(look(near) + FUSION.prior)
    is_right: NDArray[np.bool_] = products[tried][:, None] == products
    known = ~np.isnan(near)
    assert chance[is_right & known].mean() > 0.5
    assert chance[is_right & known].mean() > 5 * chance[~is_right & known].mean()


def test_poorer_photos_are_not_held_against_a_product() -> None:
    rng = np.random.default_rng(1)
    is_right = np.arange(4000) < 1000
    # Pictures of the catalogue are near or not; of photos to come some lie between.
    scores = np.where(is_right, rng.uniform(0.85, 1, 4000), rng.uniform(0, 0.5, 4000))
    base = np.where(is_right, rng.uniform(0.5, 0.9, 4000), rng.uniform(0.2, 0.7, 4000))
    pairs = LookPairs(scores.astype(np.float32), is_right, base.astype(np.float32))
    between = np.array([0.55], np.float32)
    strict, mild = (fitted_look(pairs, FUSION, worse_to_come=worse) for worse in (False, True))
    by_quantiles = fitted_look(
        LookPairs(pairs.scores, np.zeros(4000, np.bool_), pairs.base_scores), FUSION
    )
    assert mild(between)[0] >= by_quantiles(between)[0] - 1e-6
    assert mild(between)[0] >= strict(between)[0]
    near = np.array([0.99], np.float32)
    assert mild(near)[0] == pytest.approx(max(strict(near)[0], by_quantiles(near)[0]), abs=1e-3)


def test_calibrating_can_be_cancelled() -> None:
    products, vectors = studio_and_shelf(10, 3)
    token = CancelToken()
    token.cancel()
    nothing = np.empty((0, vectors.shape[1]), np.float32)
    same = Projection(
        "learned",
        "base",
        np.eye(vectors.shape[1], dtype=np.float32),
        nothing,
        np.empty(0, np.float32),
        np.empty((vectors.shape[1], 0), np.float32),
    )
    with pytest.raises(Cancelled):
        calibrated_look(same, labelled(products.tolist(), vectors), np.arange(5), FUSION, token)


def test_the_best_view_of_a_picture_counts() -> None:
    scores = np.array([[0.1, 0.9], [0.4, 0.2], [0.3, 0.3]], np.float32)
    best = grouped_best(scores, np.array([0, 0, 1]), 2)
    np.testing.assert_array_equal(best, np.array([[0.4, 0.9], [0.3, 0.3]], np.float32))
