"""Correcting the judge's chances by verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.precision import ChanceCurve, fitted_curve

chances = st.floats(0, 1, width=32)


@given(st.lists(st.tuples(chances, st.booleans()), max_size=60))
def test_a_curve_never_falls_and_stays_a_chance(verdicts: list[tuple[float, bool]]) -> None:
    curve = fitted_curve(
        np.array([chance for chance, _ in verdicts]),
        np.array([is_same for _, is_same in verdicts], np.bool_),
    )
    corrected = curve(np.linspace(0, 1, 101))
    assert np.all((corrected >= 0) & (corrected <= 1))
    assert np.all(np.diff(corrected) >= -1e-12)


def test_without_verdicts_the_judge_is_believed() -> None:
    curve = fitted_curve(np.zeros(0), np.zeros(0, np.bool_))
    assert (curve.slope, curve.intercept) == pytest.approx((1, 0))
    assert curve(np.array([0.2, 0.8])) == pytest.approx([0.2, 0.8])


def test_the_true_curve_is_found_from_many_verdicts() -> None:
    rng = np.random.default_rng(1)
    told = rng.random(20_000)
    truth = ChanceCurve(0.6, -0.8)
    curve = fitted_curve(told, rng.random(20_000) < truth(told))
    assert (curve.slope, curve.intercept) == pytest.approx((0.6, -0.8), abs=0.06)


def test_verdicts_that_all_agree_do_not_run_away() -> None:
    curve = fitted_curve(np.full(1000, 0.5), np.ones(1000, np.bool_))
    assert 0.95 < curve(np.array([0.5]))[0] < 1


def test_where_the_judge_is_wrong_way_round_its_chances_tell_nothing() -> None:
    told = np.linspace(0.05, 0.95, 200)
    curve = fitted_curve(told, told < 0.5)
    assert curve.slope == 0
    assert curve(np.array([0.1, 0.9])) == pytest.approx([0.5, 0.5], abs=0.02)
