"""The losses agree with those of pytorch-metric-learning where it has the same ones."""

from __future__ import annotations

import pytest
import torch
from pytorch_metric_learning import losses, miners, reducers
from pytorch_metric_learning.distances import CosineSimilarity, LpDistance
from torch import Tensor
from torch.nn import functional

from desktop_app.infra.metric_learning.losses_classes import cosine_softmax, supervised_contrastive
from desktop_app.infra.metric_learning.losses_pairs import binomial_deviance, contrastive
from desktop_app.infra.metric_learning.losses_triplets import triplet_batch_hard
from desktop_app.infra.metric_learning.mining import distances, positives_and_negatives, semi_hard

SEEDS = range(5)
MEAN = reducers.MeanReducer()


def batch(seed: int, size: int = 24) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    # Labels are near the vectors to a part, so that triplets of all sorts are among them.
    labels = torch.arange(size) % 6
    centres = torch.randn(6, 8, generator=draw, dtype=torch.float64)
    noise = torch.randn(size, 8, generator=draw, dtype=torch.float64)
    return functional.normalize(centres[labels] + 1.2 * noise, dim=1), labels


@pytest.mark.parametrize("seed", SEEDS)
def test_supervised_contrastive(seed: int) -> None:
    vectors, labels = batch(seed)
    theirs = losses.SupConLoss(temperature=0.1, reducer=MEAN)(vectors, labels)
    assert float(supervised_contrastive(vectors, labels, temperature=0.1)) == pytest.approx(
        float(theirs)
    )


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_triplets_of_the_hardest(seed: int, soft: bool) -> None:
    vectors, labels = batch(seed)
    distance = LpDistance(power=1)
    hard = miners.BatchHardMiner(distance=distance)(vectors, labels)
    loss = losses.TripletMarginLoss(
        margin=0.0 if soft else 0.3, smooth_loss=soft, distance=distance, reducer=MEAN
    )
    ours = triplet_batch_hard(vectors, labels, margin=None if soft else 0.3)
    assert float(ours) == pytest.approx(float(loss(vectors, labels, hard)), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_semi_hard_triplets_are_among_all_there_are_and_none_is_missed(seed: int) -> None:
    vectors, labels = batch(seed)
    margin, squares = 0.2, distances(vectors).square()
    miner = miners.TripletMarginMiner(
        margin=margin, type_of_triplets="semihard", distance=LpDistance(power=2)
    )
    theirs = set(zip(*(part.tolist() for part in miner(vectors, labels)), strict=True))
    found = semi_hard(squares, *positives_and_negatives(labels), margin=margin)
    ours = set(zip(*(part.tolist() for part in found), strict=True))
    assert ours
    assert ours <= theirs
    assert {triplet[:2] for triplet in ours} == {triplet[:2] for triplet in theirs}
    for anchor, mate, other in theirs:
        chosen = next(n for a, p, n in ours if (a, p) == (anchor, mate))
        assert squares[anchor, chosen] <= squares[anchor, other] + 1e-12


@pytest.mark.parametrize("seed", SEEDS)
def test_normalised_softmax(seed: int) -> None:
    vectors, labels = batch(seed)
    theirs = losses.NormalizedSoftmaxLoss(6, 8, temperature=0.2, reducer=MEAN).double()
    ours = cosine_softmax(vectors, labels, theirs.W.detach().T, temperature=0.2)
    assert float(ours) == pytest.approx(float(theirs(vectors, labels).detach()))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_draws_siamese_positives(seed: int) -> None:
    vectors, labels = batch(seed)
    # Theirs is the square itself, ours its half; negatives there are not squared.
    theirs = losses.ContrastiveLoss(
        pos_margin=0, neg_margin=0, distance=LpDistance(power=2), reducer=MEAN
    )
    assert float(contrastive(vectors, labels, margin=0.0)) == pytest.approx(
        float(theirs(vectors, labels)) / 2, rel=1e-6
    )


@pytest.mark.parametrize("labels", [(0, 0), (0, 1)])
@pytest.mark.parametrize("seed", SEEDS)
def test_deviance_of_one_pair_is_that_of_multi_similarity(
    seed: int, labels: tuple[int, int]
) -> None:
    vectors, _ = batch(seed, size=2)
    # With one pair to an anchor the sum inside its logarithm has one term.
    theirs = losses.MultiSimilarityLoss(
        alpha=2, beta=2, base=0.5, distance=CosineSimilarity(), reducer=MEAN
    )
    ours = binomial_deviance(vectors, torch.tensor(labels), alpha=2, beta=0.5)
    assert float(ours) == pytest.approx(2 * float(theirs(vectors, torch.tensor(labels))))
