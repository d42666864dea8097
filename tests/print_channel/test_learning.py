"""Learning the tables and the weights of print."""

from __future__ import annotations

import numpy as np

from desktop_app.infra.training.learn_print_score import fitted


def test_the_weights_of_a_logistic_model_are_found_again() -> None:
    rng = np.random.default_rng(0)
    figures = np.column_stack([np.ones(20_000), rng.random((20_000, 2))])
    chance = 1 / (1 + np.exp(-figures @ [-2.0, 3.0, 1.0]))
    labels = (rng.random(20_000) < chance).astype(np.float64)
    assert np.abs(fitted(figures, labels) - [-2, 3, 1]).max() < 0.3


def test_more_agreement_never_speaks_against_a_match() -> None:
    rng = np.random.default_rng(1)
    figures = np.column_stack([np.ones(4000), rng.random((4000, 2))])
    labels = (figures[:, 1] - figures[:, 2] + 0.2 * rng.standard_normal(4000) > 0).astype(float)
    found = fitted(figures, labels)
    assert found[1] > 0
    assert found[2] == 0
