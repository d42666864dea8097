"""Each loss equals its written form, worked out by hand, and slopes the way it says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from desktop_app.domain.metric_learning import RECIPES, UNLABELLED, Loss, Recipe
from desktop_app.infra.metric_learning.losses import AttributeAnswers, Objective, pair_loss
from desktop_app.infra.metric_learning.losses_classes import (
    ProductSoftmax,
    attribute_cross_entropy,
    attribute_targets,
    cosine_softmax,
    supervised_contrastive,
)
from desktop_app.infra.metric_learning.losses_pairs import (
    attribute_similarity,
    binomial_deviance,
    contrastive,
    granularity_deviance,
    robust_contrastive,
)
from desktop_app.infra.metric_learning.losses_triplets import triplet_batch_hard, triplet_semi_hard
from desktop_app.infra.metric_learning.mining import distances, doubtful, of_one_kind, told_apart

PairFunction = Callable[..., Tensor]
LOSSES: tuple[PairFunction, ...] = (
    contrastive,
    robust_contrastive,
    triplet_batch_hard,
    triplet_semi_hard,
    supervised_contrastive,
    binomial_deviance,
)
PLAIN = Recipe("plain", "", "")


def at_angles(*degrees: float) -> Tensor:
    """Unit vectors of the plane, in float64."""
    radians = torch.tensor(degrees, dtype=torch.float64).deg2rad()
    return torch.stack([radians.cos(), radians.sin()], 1)


def unit(rows: int, *, seed: int, width: int = 6) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return functional.normalize(torch.randn(rows, width, generator=draw, dtype=torch.float64))


def cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def apart(degrees: float) -> float:
    """The chord between two unit vectors."""
    return 2 * math.sin(math.radians(degrees) / 2)


# Positives 40 degrees apart; the negative is 30 from one of them and 70 from the other.
VECTORS, LABELS = at_angles(0, 40, 70), torch.tensor([0, 0, 1])


def test_contrastive_is_half_the_square_of_what_is_too_far_and_of_what_is_too_near() -> None:
    near = (0.9 - apart(30)) ** 2 / 2  # 70 degrees are farther than 0.9
    expected = apart(40) ** 2 / 2 + (near + 0) / 2
    assert float(contrastive(VECTORS, LABELS, margin=0.9)) == pytest.approx(expected)


def test_robust_contrastive_leaves_far_positives_out_and_keeps_the_others() -> None:
    vectors, labels = at_angles(0, 20, 100), torch.tensor([0, 0, 0])
    # Of three positives, 20, 80 and 100 degrees apart, only the first lies within 60 degrees.
    expected = apart(20) ** 2 / 2 / 3
    assert float(robust_contrastive(vectors, labels, margin=1.0)) == pytest.approx(expected)
    wider = (apart(20) ** 2 + apart(80) ** 2) / 2 / 3
    assert float(robust_contrastive(vectors, labels, beyond=apart(90))) == pytest.approx(wider)


def test_a_positive_that_is_left_out_is_not_drawn_at_all() -> None:
    vectors = at_angles(0, 20, 150).requires_grad_(True)
    robust_contrastive(vectors, torch.tensor([0, 0, 0])).backward()
    assert vectors.grad is not None
    assert not vectors.grad[2].any()
    assert vectors.grad[0].any()


def test_batch_hard_takes_the_farthest_positive_and_the_nearest_negative() -> None:
    vectors, labels = at_angles(0, 10, 50, 60, 90), torch.tensor([0, 0, 0, 1, 1])
    pairs = [(50, 60), (40, 50), (50, 10), (30, 10), (30, 40)]
    hinge = np.mean([max(0.0, 0.2 + apart(p) - apart(n)) for p, n in pairs])
    assert float(triplet_batch_hard(vectors, labels, margin=0.2)) == pytest.approx(hinge)
    soft = np.mean([math.log1p(math.exp(apart(p) - apart(n))) for p, n in pairs])
    assert float(triplet_batch_hard(vectors, labels, margin=None)) == pytest.approx(soft)


def test_semi_hard_takes_the_nearest_negative_beyond_the_positive() -> None:
    vectors, labels = at_angles(0, 20, 10, -30, -35), torch.tensor([0, 0, 1, 2, 3])
    # For 0 with 20: 10 is too near, -30 and -35 are semi-hard, the first of them is nearer.
    # For 20 with 0: -30 and -35 are farther by more than the margin.
    expected = apart(20) ** 2 - apart(30) ** 2 + 0.3
    assert float(triplet_semi_hard(vectors, labels, margin=0.3)) == pytest.approx(expected)


def test_binomial_deviance_averages_positives_and_negatives_apart() -> None:
    positive = math.log1p(math.exp(-2 * (cos(40) - 0.5)))
    negatives = [math.log1p(math.exp(2 * 3 * (cos(a) - 0.5))) for a in (30, 70)]
    assert float(binomial_deviance(VECTORS, LABELS, negative_cost=3)) == pytest.approx(
        positive + float(np.mean(negatives))
    )


def test_granularity_shifts_positives_and_negatives_by_what_attributes_share() -> None:
    attributes = torch.tensor([[0.9, 0.1], [0.6, 0.8], [0.1, 0.7]], dtype=torch.float64)

    def shared(a: int, b: int) -> float:
        one, other = attributes[a].numpy(), attributes[b].numpy()
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    positive = math.log1p(math.exp(-2 * (cos(40) + shared(0, 1) - 0.5)))
    negatives = [
        math.log1p(math.exp(2 * (cos(70) - shared(0, 2) - 0.5))),
        math.log1p(math.exp(2 * (cos(30) - shared(1, 2) - 0.5))),
    ]
    assert float(granularity_deviance(VECTORS, LABELS, attributes)) == pytest.approx(
        positive + float(np.mean(negatives))
    )


def test_granularity_without_attributes_is_the_binomial_deviance() -> None:
    vectors, labels = unit(8, seed=1), torch.tensor([0, 0, 1, 1, 2, 2, 3, 3])
    assert torch.equal(
        granularity_deviance(vectors, labels, None), binomial_deviance(vectors, labels)
    )


def test_negatives_that_share_their_attributes_are_pushed_less() -> None:
    labels = torch.tensor([0, 1])

    def push(attributes: Tensor) -> float:
        vectors = at_angles(0, 30).requires_grad_(True)
        granularity_deviance(vectors, labels, attributes).backward()
        assert vectors.grad is not None
        return float(vectors.grad.norm())

    alike = torch.tensor([[1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    unlike = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    assert push(alike) < push(unlike)


def test_cosine_softmax_is_cross_entropy_over_proxies_of_unit_length() -> None:
    proxies = at_angles(10, 80) * torch.tensor([[3.0], [0.5]])
    labels = torch.tensor([0, UNLABELLED, 1])
    terms = []
    for angle, mine, other in ((0, 10, 80), (70, 80, 10)):
        logits = cos(angle - mine) / 0.5, cos(angle - other) / 0.5
        terms.append(-logits[0] + math.log(math.exp(logits[0]) + math.exp(logits[1])))
    loss = cosine_softmax(VECTORS, labels, proxies, temperature=0.5)
    assert float(loss) == pytest.approx(float(np.mean(terms)))


def test_attributes_are_asked_only_where_a_column_says_something() -> None:
    targets, known = attribute_targets(np.array([[1, 0], [UNLABELLED, 2]]), (2, 3))
    assert targets.tolist() == [[0, 1, 1, 0, 0], [0, 0, 0, 0, 1]]
    assert known.tolist() == [[True] * 5, [False, False, True, True, True]]
    logits = torch.tensor([[-1.0, 2.0, 0.5, 0.0, -3.0], [9.0, 9.0, 0.1, 0.2, 0.3]])
    shares = torch.cat([logits[0], logits[1, 2:]]).sigmoid().numpy().astype(float)
    yes = np.array([0, 1, 1, 0, 0, 0, 0, 1])
    expected = -np.mean(yes * np.log(shares) + (1 - yes) * np.log(1 - shares))
    assert float(attribute_cross_entropy(logits, targets, known)) == pytest.approx(
        float(expected), rel=1e-5
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_slopes_are_those_of_the_loss(loss: PairFunction) -> None:
    labels = torch.tensor([0, 0, 0, 1, 1, 2, 2])

    def of(raw: Tensor) -> Tensor:
        return loss(functional.normalize(raw, dim=1), labels)

    draw = torch.Generator().manual_seed(5)
    raw = torch.randn(7, 4, generator=draw, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(of, (raw,), eps=1e-6, atol=1e-6)


def test_slopes_of_granularity_reach_both_branches() -> None:
    labels = torch.tensor([0, 0, 1, 1, 2])

    def of(raw: Tensor, logits: Tensor) -> Tensor:
        return granularity_deviance(functional.normalize(raw, dim=1), labels, logits.sigmoid())

    draw = torch.Generator().manual_seed(6)
    raw = torch.randn(5, 4, generator=draw, dtype=torch.float64, requires_grad=True)
    logits = torch.randn(5, 3, generator=draw, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(of, (raw, logits))
    slopes = torch.autograd.grad(of(raw, logits), (raw, logits))
    assert all(slope.abs().sum() > 0 for slope in slopes)


def test_slopes_of_the_softmax_reach_its_proxies() -> None:
    labels = torch.tensor([0, 1, 1])
    proxies = unit(2, seed=3).requires_grad_(True)
    vectors = unit(3, seed=4).requires_grad_(True)
    assert torch.autograd.gradcheck(
        lambda v, p: cosine_softmax(v, labels, p, temperature=0.5), (vectors, proxies)
    )


@st.composite
def batches(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    size = draw(st.integers(3, 9))
    labels = draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size))
    return unit(size, seed=draw(st.integers(0, 10_000))), torch.tensor(labels)


@pytest.mark.parametrize("loss", LOSSES)
@settings(max_examples=25, deadline=None)
@given(batch=batches(), seed=st.integers(0, 1000))
def test_order_and_turning_of_the_space_change_nothing(
    loss: PairFunction, batch: tuple[Tensor, Tensor], seed: int
) -> None:
    vectors, labels = batch
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    turn = torch.linalg.qr(unit(6, seed=seed)).Q
    before = loss(vectors, labels)
    assert torch.isfinite(before)
    assert float(before) >= -1e-12
    assert float(loss(vectors[order], labels[order])) == pytest.approx(float(before), abs=1e-9)
    assert float(loss(vectors @ turn, labels)) == pytest.approx(float(before), abs=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
@settings(max_examples=25, deadline=None)
@given(batch=batches())
def test_pictures_of_unknown_products_say_nothing(
    loss: PairFunction, batch: tuple[Tensor, Tensor]
) -> None:
    vectors, labels = batch
    known = labels != UNLABELLED
    assert float(loss(vectors, labels)) == pytest.approx(
        float(loss(vectors[known], labels[known])), abs=1e-12
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("labels", [(0, 1, 2), (0, 0, 0), (-1, -1, -1)])
def test_batches_without_pairs_of_a_sort_have_slopes_that_are_numbers(
    loss: PairFunction, labels: tuple[int, ...]
) -> None:
    vectors = at_angles(0, 0, 90).requires_grad_(True)
    everything = torch.ones((3, 3), dtype=torch.bool)
    for ignored in (None, everything):
        value = loss(vectors, torch.tensor(labels), ignored)
        (slope,) = torch.autograd.grad(value, vectors)
        assert torch.isfinite(slope).all()
    assert float(value.detach()) == 0.0


@pytest.mark.parametrize("loss", LOSSES)
def test_ignored_pairs_say_nothing(loss: PairFunction) -> None:
    vectors, labels = unit(6, seed=9), torch.tensor([0, 0, 1, 1, 2, 2])
    kinds = torch.tensor([7, 7, UNLABELLED, UNLABELLED, 7, 7])
    ignored = of_one_kind(labels, kinds)
    assert ignored.sum() == 8
    reference = float(loss(vectors, labels, ignored))
    moved = vectors.clone()
    # 0 and 1 turn together against 4 and 5; seen from 2 and 3 a mirror keeps all distances.
    normal = functional.normalize(torch.linalg.svd(vectors[2:4]).Vh[-1:], dim=1)
    moved[:2] -= 2 * (moved[:2] @ normal.T) * normal
    assert not torch.allclose(moved @ moved.T, vectors @ vectors.T)
    assert float(loss(moved, labels, ignored)) == pytest.approx(reference, abs=1e-9)


def test_what_a_person_told_apart_is_never_doubtful() -> None:
    labels = torch.tensor([4, 9, 4, 2, UNLABELLED])
    told = told_apart(labels, torch.tensor([[9, 4], [7, 2]]))
    assert told.nonzero().tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    alike = torch.ones((5, 5))
    unsure = doubtful(alike, labels, torch.tensor([[9, 4]]), above=0.9)
    assert not (unsure & told).any()
    assert unsure[1, 3]
    assert not unsure[0, 2]
    assert not told_apart(labels, torch.empty((0, 2), dtype=torch.int64)).any()


def test_distances_of_equal_vectors_have_a_slope() -> None:
    vectors = at_angles(30, 30).requires_grad_(True)
    (slope,) = torch.autograd.grad(distances(vectors).sum(), vectors)
    assert torch.isfinite(slope).all()


def test_attributes_that_say_nothing_are_similar_to_none() -> None:
    shared = attribute_similarity(torch.tensor([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]]))
    assert shared.numpy() == pytest.approx(np.array([[0, 0, 0], [0, 1, 1], [0, 1, 1]]))


@pytest.mark.parametrize("kind", [kind for kind in Loss if kind is not Loss.SOFTMAX])
def test_a_recipe_brings_its_numbers(kind: Loss) -> None:
    recipe = replace(PLAIN, loss=kind, margin=0.7, temperature=0.3, alpha=3.0, beta=0.4)
    vectors, labels = unit(8, seed=2), torch.tensor([0, 0, 0, 1, 1, 2, 2, 3])
    shares = unit(8, seed=3).abs()
    expected = {
        Loss.CONTRASTIVE: contrastive(vectors, labels, margin=0.7),
        Loss.ROBUST_CONTRASTIVE: robust_contrastive(vectors, labels, margin=0.7),
        Loss.TRIPLET_BATCH_HARD: triplet_batch_hard(vectors, labels, margin=0.7),
        Loss.TRIPLET_SEMI_HARD: triplet_semi_hard(vectors, labels, margin=0.7),
        Loss.SUPERVISED_CONTRASTIVE: supervised_contrastive(vectors, labels, temperature=0.3),
        Loss.BINOMIAL_DEVIANCE: binomial_deviance(vectors, labels, alpha=3.0, beta=0.4),
        Loss.GRANULARITY: granularity_deviance(vectors, labels, shares, alpha=3.0, beta=0.4),
    }
    assert torch.equal(pair_loss(recipe)(vectors, labels, attributes=shares), expected[kind])


def test_the_softmax_is_no_loss_over_pairs() -> None:
    with pytest.raises(ValueError, match="pairs"):
        pair_loss(replace(PLAIN, loss=Loss.SOFTMAX))


def test_an_objective_weighs_its_parts() -> None:
    recipe = replace(PLAIN, loss=Loss.GRANULARITY, softmax_weight=0.3, attribute_weight=0.7)
    vectors, labels = unit(6, seed=2).float(), torch.tensor([0, 0, 1, 1, 2, 2])
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(1))
    targets, known = attribute_targets(np.array([[0, 1], [0, 1], [1, 0]] * 2), (2, 2))
    objective = Objective(recipe, n_products=3, dimension=6)
    softmax = ProductSoftmax(3, 6, temperature=recipe.temperature, seed=recipe.seed)
    expected = (
        granularity_deviance(vectors, labels, logits.sigmoid())
        + 0.3 * softmax(vectors, labels)
        + 0.7 * attribute_cross_entropy(logits, targets, known)
    )
    found = objective(vectors, labels, None, AttributeAnswers(logits, targets, known))
    assert float(found.detach()) == pytest.approx(float(expected.detach()), rel=1e-6)
    assert sum(1 for _ in objective.parameters()) == 1


def test_an_objective_of_the_softmax_alone_is_just_that() -> None:
    vectors, labels = unit(4, seed=2).float(), torch.tensor([0, 0, 1, 1])
    recipe = replace(PLAIN, loss=Loss.SOFTMAX)
    found = Objective(recipe, n_products=2, dimension=6)(vectors, labels)
    expected = ProductSoftmax(2, 6)(vectors, labels).detach()
    assert float(found.detach()) == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_draws_products_together(recipe: Recipe) -> None:
    labels = torch.arange(8).repeat_interleave(3)
    raw = unit(24, seed=8, width=16).float().requires_grad_(True)
    objective = Objective(recipe, n_products=8, dimension=16)
    optimiser = torch.optim.Adam([raw, *objective.parameters()], lr=0.02)

    def agreement() -> float:
        vectors = functional.normalize(raw.detach(), dim=1)
        nearest = (vectors @ vectors.T - 2 * torch.eye(24)).argmax(1)
        return float((labels[nearest] == labels).double().mean())

    before = agreement()
    for _ in range(80):
        optimiser.zero_grad()
        objective(functional.normalize(raw, dim=1), labels).backward()
        optimiser.step()
    assert agreement() > before
