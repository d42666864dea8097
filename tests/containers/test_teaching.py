"""Teaching the classifier on features made up for the test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.infra.training.container_features import Features, LabelledFeatures
from desktop_app.infra.training.container_head import HeadRecipe, teach
from desktop_app.infra.training.train_containers import judged

COUNT = len(CONTAINER_CLASSES)
QUICK = HeadRecipe(learning_rate=0.02, batch=16, most_epochs=12, views=2)


def made_up(seed: int, *, noise: float, each: int = 8) -> tuple[Features, NDArray[np.int64]]:
    """Four views of ``each`` things of every class, around a direction of the class's own."""
    centres = np.random.default_rng(0).normal(size=(COUNT, 16))
    rng = np.random.default_rng(seed)
    targets = np.repeat(np.arange(COUNT), each)
    rows = centres[targets][:, None] + noise * rng.normal(size=(len(targets), 4, 16))
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    return rows.astype(np.float32), targets


def test_classes_are_learned_and_told_of_what_was_not_seen() -> None:
    taught = teach(*made_up(1, noise=0.4), made_up(2, noise=0.4), QUICK)
    features, targets = made_up(3, noise=0.4)
    told = taught.head.probabilities(features[:, 0]).argmax(axis=1)
    assert (told == targets).mean() > 0.95
    losses = [epoch.loss for epoch in taught.epochs]
    assert losses[-1] < losses[0] / 3


def test_equal_seeds_teach_equal_heads() -> None:
    recipe = replace(QUICK, most_epochs=2)
    first, second = (teach(*made_up(1, noise=1), made_up(2, noise=1), recipe) for _ in range(2))
    for (weights, bias), (same_weights, same_bias) in zip(
        first.head.layers, second.head.layers, strict=True
    ):
        np.testing.assert_array_equal(weights, same_weights)
        np.testing.assert_array_equal(bias, same_bias)


@pytest.fixture(scope="module")
def stuck() -> tuple[HeadRecipe, list[float], list[float]]:
    """What cannot be learned: held-out labels have nothing to do with the features."""
    recipe = HeadRecipe(learning_rate=0.05, batch=16, most_epochs=60, patience=2, stop_after=5)
    features, targets = made_up(2, noise=0.2)
    wrong = np.roll(targets, 40)
    taught = teach(*made_up(1, noise=0.2), (features, wrong), recipe)
    epochs = taught.epochs
    return recipe, [e.held_out_loss for e in epochs], [e.learning_rate for e in epochs]


def test_the_rate_falls_on_a_plateau(stuck: tuple[HeadRecipe, list[float], list[float]]) -> None:
    recipe, losses, rates = stuck
    best = int(np.argmin(losses))
    assert set(rates[: best + recipe.patience + 1]) == {recipe.learning_rate}
    assert rates[best + recipe.patience + 1] == pytest.approx(recipe.learning_rate * recipe.factor)


def test_teaching_ends_when_nothing_gets_better(
    stuck: tuple[HeadRecipe, list[float], list[float]],
) -> None:
    recipe, losses, _ = stuck
    assert len(losses) == int(np.argmin(losses)) + 1 + recipe.stop_after < recipe.most_epochs


def test_a_head_is_judged_by_products_of_their_own(tmp_path: Path) -> None:
    def labelled(seed: int, each: int) -> LabelledFeatures:
        features, targets = made_up(seed, noise=0.4, each=each)
        numbers = np.arange(len(targets))
        return LabelledFeatures(
            features[:, :2], targets, numbers, targets, len(targets), len(targets)
        )

    data, others = labelled(1, 12), labelled(2, 3)
    found = judged(data, data.products, tmp_path / "a", QUICK, judging=others)
    assert found.plain.n_pictures == len(others.targets)
    assert found.all_views.n_pictures == 2 * len(others.targets)
    assert found.plain.accuracy > 0.9
    again = judged(data, data.products, tmp_path / "a", QUICK, judging=others)
    np.testing.assert_array_equal(again.plain.matrix, found.plain.matrix)
    assert judged(data, data.products, tmp_path / "b", QUICK).plain.n_pictures == 2 * COUNT


def test_a_class_without_examples_is_never_told() -> None:
    features, targets = made_up(1, noise=0.3)
    seen = targets != 4
    recipe = replace(QUICK, most_epochs=6)
    taught = teach(features[seen], targets[seen], (features[seen], targets[seen]), recipe)
    told = taught.head.probabilities(features[:, 0]).argmax(axis=1)
    assert not (told == 4).any()
