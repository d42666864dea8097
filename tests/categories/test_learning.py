"""The parts of learning: figures, temperature, folds and the classifier."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_fscore_support

from desktop_app.domain.categories import (
    CategoryHead,
    CategoryReport,
    best_temperature,
    folds_by_group,
    softmax,
)
from desktop_app.infra.learning.logistic import LogisticLearner


def test_the_figures_of_a_report_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    true, taken = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    matrix = np.zeros((4, 4), np.int64)
    np.add.at(matrix, (true, taken), 1)
    report = CategoryReport.of(list("abcd"), matrix, folds=5)
    precision, recall, f1, _ = precision_recall_fscore_support(true, taken)
    assert report.precision == pytest.approx(precision)
    assert report.recall == pytest.approx(recall)
    assert report.f1 == pytest.approx(f1)
    assert report.macro_f1 == pytest.approx(f1.mean())
    assert report.accuracy == pytest.approx((true == taken).mean())
    assert report.n_pictures == 200


def test_a_category_never_guessed_has_no_precision_rather_than_an_error() -> None:
    report = CategoryReport.of(["a", "b"], np.array([[3, 0], [2, 0]]), folds=5)
    assert (report.precision[1], report.recall[1], report.f1[1]) == (0, 0, 0)


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 3.0])
def test_the_temperature_of_overconfident_logits_is_found(true_temperature: float) -> None:
    rng = np.random.default_rng(1)
    logits = rng.standard_normal((20_000, 5)) * 2
    targets = (softmax(logits).cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    found = best_temperature(logits * true_temperature, targets)
    assert found == pytest.approx(true_temperature, rel=0.05)


def test_the_temperature_is_the_best_of_a_fine_grid() -> None:
    rng = np.random.default_rng(2)
    logits, targets = rng.standard_normal((300, 4)) * 3, rng.integers(0, 4, 300)
    targets[:200] = logits[:200].argmax(axis=1)

    def loss(temperature: float) -> float:
        chosen = softmax(logits / temperature)[np.arange(300), targets]
        return float(-np.log(chosen).mean())

    found = best_temperature(logits, targets)
    assert loss(found) <= min(loss(t) for t in np.geomspace(0.05, 20, 500)) + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 15)), min_size=1, max_size=80))
def test_no_product_is_ever_on_both_sides_of_a_split(rows: list[tuple[int, int]]) -> None:
    targets = np.array([target for target, _ in rows])
    groups = np.array([group for _, group in rows])
    folds = folds_by_group(targets, groups, 5)
    assert folds.min() >= 0
    assert folds.max() < 5
    for group in np.unique(groups):
        assert len(np.unique(folds[groups == group])) == 1


def test_every_category_is_spread_over_all_folds() -> None:
    targets = np.repeat([0, 1, 2], [50, 10, 5])
    folds = folds_by_group(targets, np.arange(65), 5)
    for target, count in ((0, 10), (1, 2), (2, 1)):
        assert np.bincount(folds[targets == target], minlength=5).tolist() == [count] * 5


@pytest.mark.parametrize("n_labels", [2, 3])
def test_the_head_gives_the_probabilities_of_scikit_learn(n_labels: int) -> None:
    rng = np.random.default_rng(3)
    targets = rng.integers(0, n_labels, 120)
    vectors = (np.eye(6)[targets] + 0.4 * rng.standard_normal((120, 6))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights, bias = LogisticLearner().fit(vectors, targets, n_labels)
    head = CategoryHead(tuple("abc")[:n_labels], weights, bias, 1.0, weights, -1.0)
    expected = LogisticRegression(C=30, class_weight="balanced", tol=1e-8, max_iter=5000)
    expected.fit(vectors.astype(np.float64), targets)
    assert head.probabilities(vectors) == pytest.approx(expected.predict_proba(vectors), abs=0.05)


def test_a_label_without_pictures_is_never_guessed() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 1] * 5]
    weights, bias = LogisticLearner().fit(vectors, np.array([0, 2] * 5), 3)
    head = CategoryHead(("a", "b", "c"), weights, bias, 1.0, weights, -1.0)
    assert head.probabilities(vectors)[:, 1].max() < 1e-6


def test_a_rare_category_weighs_as_much_as_a_common_one() -> None:
    rng = np.random.default_rng(4)
    vectors = np.concatenate([rng.normal(0.3, 1, (200, 3)), rng.normal(-0.3, 1, (10, 3))])
    targets = np.repeat([0, 1], [200, 10])
    weights, bias = LogisticLearner().fit(vectors.astype(np.float32), targets, 2)
    taken = (vectors @ weights.T + bias).argmax(axis=1)
    assert (taken[:200] == 0).mean() == pytest.approx((taken[200:] == 1).mean(), abs=0.2)
