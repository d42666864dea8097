"""An adapter learns what products have in common, holds to its base, and can be stopped."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from desktop_app.domain.learned_models import Projection
from desktop_app.domain.learning_ports import AdapterStep
from desktop_app.domain.metric_learning import (
    RECIPES,
    UNLABELLED,
    AttributeLabels,
    Depth,
    LabelledPictures,
    Loss,
    Recipe,
    Sampling,
)
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.metric_learning.adam import AdamTowardsStart
from desktop_app.infra.metric_learning.adapter import main_directions, start_matrix
from desktop_app.infra.metric_learning.teacher import TorchAdapterTeacher
from desktop_app.services.learning.measuring import queries_among, score_queries
from tests.learning.building import DIMENSION, labelled, studio_and_shelf

ADAPTERS = [recipe for recipe in RECIPES if recipe.depth is Depth.ADAPTER]
QUICK = ADAPTERS[0]


def parts(
    n_products: int = 60, n_views: int = 3
) -> tuple[LabelledPictures, LabelledPictures, LabelledPictures]:
    """Taught, validation and test products."""
    products, vectors = studio_and_shelf(n_products, n_views)
    pictures = labelled(products.tolist(), vectors)
    bounds = (0, n_products // 2, 2 * n_products // 3, n_products)
    taught, validation, test = (
        pictures.only((products >= low) & (products < high)) for low, high in pairwise(bounds)
    )
    return taught, validation, test


def teach(
    recipe: Recipe,
    taught: LabelledPictures,
    validation: LabelledPictures,
    token: CancelToken | None = None,
) -> list[AdapterStep]:
    teacher = TorchAdapterTeacher(threads=1)
    return list(
        teacher.teach(recipe, taught, validation, base_key="base", token=token or CancelToken())
    )


def learned(steps: list[AdapterStep]) -> Projection:
    *others, last = steps
    assert all(step.projection is None for step in others)
    assert last.projection is not None
    return last.projection


def recall(pictures: LabelledPictures, projection: Projection | None = None) -> float:
    vectors = pictures.vectors if projection is None else projection(pictures.vectors)
    queries = queries_among(pictures.products, np.arange(len(pictures)))
    scores = score_queries(vectors, pictures.products, queries, CancelToken())
    return float(scores[:, 0].mean())


def with_columns(pictures: LabelledPictures) -> LabelledPictures:
    """Half of the products tell their brand, all their kind."""
    brand = np.where(pictures.products % 2 == 0, pictures.products % 3, UNLABELLED)
    values = np.stack([brand, pictures.products % 4], axis=1)
    attributes = AttributeLabels(("brand", "kind"), (("a", "b", "c"), tuple("wxyz")), values)
    return LabelledPictures(
        pictures.content_ids, pictures.products, pictures.groups, pictures.vectors, attributes
    )


@pytest.mark.parametrize("recipe", ADAPTERS, ids=lambda recipe: recipe.name)
def test_every_recipe_gains_on_products_it_has_not_seen(recipe: Recipe) -> None:
    taught, validation, test = map(with_columns, parts())
    recipe = replace(
        recipe,
        dimension=min(recipe.dimension, 16),
        attributes=("brand", "kind"),
        most_epochs=100,
        most_s=0.0,
        patience=4,
    )
    steps = teach(recipe, taught, validation)
    projection = learned(steps)
    assert projection.dimension == (recipe.dimension or DIMENSION)
    assert projection.base_key == "base"
    assert projection.key.startswith("base+")
    assert recall(test, projection) > recall(test) + 0.1
    curve = [step.point for step in steps if step.point is not None]
    assert curve[0].epoch == 0
    assert curve[-1].loss < curve[0].loss
    assert max(point.recall_at_1 for point in curve) > curve[0].recall_at_1
    assert [point.seconds for point in curve] == sorted(point.seconds for point in curve)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == 1


@pytest.mark.parametrize("loss", list(Loss))
@pytest.mark.parametrize("sampling", list(Sampling))
def test_any_loss_goes_with_any_sampling(loss: Loss, sampling: Sampling) -> None:
    taught, validation, _ = parts(24, 3)
    recipe = replace(QUICK, loss=loss, sampling=sampling, most_epochs=2, products_per_batch=8)
    projection = learned(teach(recipe, taught, validation))
    assert np.isfinite(projection(taught.vectors)).all()


def test_equal_arguments_give_equal_projections() -> None:
    taught, validation, _ = parts()
    quick = replace(QUICK, most_epochs=10)
    for recipe in (quick, replace(ADAPTERS[2], attributes=("brand",), most_epochs=10)):
        first, second = (
            learned(teach(recipe, with_columns(taught), with_columns(validation))) for _ in range(2)
        )
        assert first.key == second.key
    other = learned(teach(replace(quick, seed=1), taught, validation))
    assert other.key != learned(teach(quick, taught, validation)).key


def test_where_nothing_helps_nothing_is_learned() -> None:
    taught, validation, _ = parts()
    nonsense = replace(QUICK, rate=30.0, most_epochs=16)
    projection = learned(teach(nonsense, taught, validation))
    assert recall(validation, projection) >= recall(validation)
    perfect = replace_vectors(validation)
    steps = teach(QUICK, taught, perfect)
    np.testing.assert_array_equal(learned(steps).linear, np.eye(DIMENSION, dtype=np.float32))
    # It stops after as many looks in vain as the recipe bears with, and looks at the way there.
    assert sum(step.point is not None for step in steps) == QUICK.patience + 2


def replace_vectors(pictures: LabelledPictures) -> LabelledPictures:
    """Each product's pictures all alike, and unlike those of others: there is nothing to gain."""
    numbers = np.unique(pictures.products, return_inverse=True)[1]
    vectors = np.eye(DIMENSION, dtype=np.float32)[numbers]
    return LabelledPictures(pictures.content_ids, pictures.products, pictures.groups, vectors)


def test_products_that_share_a_picture_are_not_pushed_apart() -> None:
    """All taught products are tied in pairs: were they negatives, they would be driven apart."""
    products, vectors = studio_and_shelf(40, 4, nuisance=0.5, seed=3)
    twins = products // 2
    vectors[products % 2 == 1] = vectors[products % 2 == 0]
    tied = labelled(products.tolist(), vectors, groups=(2 * twins).tolist())
    apart = labelled(products.tolist(), vectors)
    _, validation, _ = parts()
    recipe = replace(QUICK, most_epochs=1, patience=100)
    losses = []
    for taught in (tied, apart):
        steps = teach(recipe, taught, validation)
        losses.append(next(step.point.loss for step in steps if step.point is not None))
    # Copies of oneself among the negatives cost a lot.
    assert losses[0] < losses[1] - 0.3


def test_what_a_person_told_apart_is_pushed_apart_though_it_is_tied() -> None:
    products, vectors = studio_and_shelf(40, 4, nuisance=0.5, seed=3)
    groups = (products // 2 * 2).tolist()
    told = [(number, number + 1) for number in range(0, 40, 2)]
    _, validation, _ = parts()
    recipe = replace(QUICK, most_epochs=1)
    first = []
    for different in ([], told):
        taught = labelled(products.tolist(), vectors, groups=groups, different=different)
        steps = teach(recipe, taught, validation)
        first.append(next(step.point.loss for step in steps if step.point is not None))
    assert first[1] > first[0]


def test_it_stops_where_it_is_told_to_and_waits_where_it_is_paused() -> None:
    taught, validation, _ = parts()
    token = CancelToken()
    steps = TorchAdapterTeacher(threads=1).teach(
        QUICK, taught, validation, base_key="base", token=token
    )
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)


def test_it_ends_after_the_time_it_was_given() -> None:
    taught, validation, _ = parts()
    steps = teach(replace(QUICK, most_s=1e-6), taught, validation)
    learned(steps)
    assert sum(step.point is not None for step in steps) == 3


def test_without_validation_it_goes_on_to_the_end() -> None:
    taught, validation, test = parts()
    recipe = replace(QUICK, most_epochs=12)
    steps = teach(recipe, taught, validation.only(np.zeros(len(validation), np.bool_)))
    assert all(step.point is None for step in steps)
    assert recall(test, learned(steps)) > recall(test) + 0.1


def test_the_number_of_threads_is_as_it_was_between_steps() -> None:
    taught, validation, _ = parts()
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        for _ in TorchAdapterTeacher(threads=2).teach(
            replace(QUICK, most_epochs=3), taught, validation, base_key="b", token=CancelToken()
        ):
            assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_the_optimiser_does_what_torch_does_and_decays_to_where_it_started() -> None:
    torch.manual_seed(0)
    start = torch.randn(5, 3)
    own, theirs = torch.nn.Parameter(start.clone()), torch.nn.Parameter(torch.zeros(5, 3))
    other, their_other = torch.nn.Parameter(torch.ones(4)), torch.nn.Parameter(torch.ones(4))
    ours = AdamTowardsStart([own], [other], rate=0.01, decay=0.5)
    # What decays to zero there is how far it went from its start.
    group = {"params": [their_other], "weight_decay": 0.0}
    adamw = torch.optim.AdamW(
        [{"params": [theirs], "weight_decay": 0.5}, group], lr=0.01, foreach=False
    )
    for _ in range(20):
        target, scale = torch.randn(5, 3), torch.randn(4)
        ((own - target).square().sum() + (other * scale).sum()).backward()
        ((start + theirs - target).square().sum() + (their_other * scale).sum()).backward()
        ours.step()
        adamw.step()
        adamw.zero_grad()
        assert own.grad is None
    torch.testing.assert_close(own.detach(), start + theirs.detach(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(other.detach(), their_other.detach())


def test_too_little_to_learn_from_is_said() -> None:
    taught, validation, _ = parts()
    single = labelled(list(range(5)), taught.vectors[:5])
    with pytest.raises(ValueError, match="fewer than two products"):
        teach(QUICK, single, validation)
    with pytest.raises(ValueError, match="no product of the validation"):
        teach(QUICK, taught, single)


def test_fewer_dimensions_keep_what_is_longest_in_the_vectors() -> None:
    _, vectors = studio_and_shelf(50, 2)
    assert main_directions(vectors, 0).shape == (DIMENSION, DIMENSION)
    kept = main_directions(vectors, 8)
    np.testing.assert_allclose(kept @ kept.T, np.eye(8), atol=1e-5)
    length = np.linalg.norm(vectors @ kept.T)
    for seed in range(3):
        other = np.linalg.qr(np.random.default_rng(seed).normal(size=(DIMENSION, 8)))[0]
        assert length > np.linalg.norm(vectors @ other)


def test_it_starts_with_what_pictures_of_one_product_differ_by_made_small() -> None:
    products, vectors = studio_and_shelf(40, 3, nuisances=2)
    start = start_matrix(labelled(products.tolist(), vectors), 0)
    assert np.linalg.norm(start) == pytest.approx(np.sqrt(DIMENSION), rel=1e-3)
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(DIMENSION, DIMENSION)))[0]
    shrunk = np.linalg.norm(start @ basis[:2].T, axis=0)
    kept = np.linalg.norm(start @ basis[2:].T, axis=0)
    assert shrunk.max() < 0.6 * kept.min()
    copies = labelled([1, 1, 2, 2], np.repeat(vectors[:2], 2, axis=0))
    np.testing.assert_allclose(start_matrix(copies, 0), np.eye(DIMENSION), atol=1e-5)


def test_views_of_one_picture_say_nothing_of_each_other() -> None:
    """Each picture is there twice: were its views taken for two pictures, all would be found
    already."""
    taught, validation, _ = parts()
    twice = LabelledPictures(
        *(np.repeat(array, 2, axis=0) for array in (validation.content_ids, validation.products)),
        np.repeat(validation.groups, 2),
        np.repeat(validation.vectors, 2, axis=0),
    )
    brief = replace(QUICK, most_epochs=8)
    once = next(iter(teach(brief, taught, validation))).point
    again = next(iter(teach(brief, taught, twice))).point
    assert once is not None
    assert again is not None
    assert again.recall_at_1 == once.recall_at_1 < 1


def test_between_where_learning_began_and_where_it_led() -> None:
    taught, validation, _ = parts(24, 3)
    *_, last = teach(
        replace(QUICK, most_epochs=20, most_s=0.0), taught, validation.only(np.empty(0, np.intp))
    )
    assert last.start is not None and last.projection is not None
    start, end = last.start, last.projection
    assert start.towards(end, 0.0).key == start.key
    assert start.towards(end, 1.0).key == end.key

    def moved(share: float) -> float:
        there = start.towards(end, share)(taught.vectors)
        return float(np.linalg.norm(there - start(taught.vectors), axis=1).mean())

    assert 0 < moved(0.1) < moved(0.5) < moved(1.0)
