"""Batches hold what they promise, and the same ones come again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from desktop_app.domain.metric_learning import UNLABELLED, Recipe, Sampling
from desktop_app.infra.metric_learning.samplers import (
    BatchWiseSampler,
    ImageWiseSampler,
    sampler_for,
)

label_arrays = st.lists(st.integers(-1, 12), min_size=4, max_size=60).map(
    lambda values: np.array([*values, 90, 91, 91, 92, 92], np.int64)
)


def batch_wise(
    labels: NDArray[np.int64], different: NDArray[np.int64] | None = None, *, lone: int | None = 2
) -> BatchWiseSampler:
    return BatchWiseSampler(
        labels,
        products_per_batch=3,
        pictures_per_product=2,
        seed=4,
        different=different,
        lone_per_batch=lone,
    )


@settings(max_examples=30, deadline=None)
@given(labels=label_arrays)
def test_every_product_with_two_pictures_comes_once_an_epoch(labels: NDArray[np.int64]) -> None:
    products, counts = np.unique(labels[labels != UNLABELLED], return_counts=True)
    seen: list[int] = []
    for draw in batch_wise(labels).epoch(0):
        assert len(set(draw.rows.tolist())) == len(draw.rows)
        assert draw.ignored is None
        in_batch, pictures = np.unique(labels[draw.rows], return_counts=True)
        assert UNLABELLED not in in_batch
        paired = in_batch[pictures == 2]
        assert len(paired) <= 3
        assert pictures.max() <= 2
        seen += paired.tolist()
        lone = in_batch[pictures == 1]
        assert len(lone) <= 2
        assert set(lone.tolist()) <= set(products[counts == 1].tolist())
    assert sorted(seen) == products[counts > 1].tolist()


@settings(max_examples=30, deadline=None)
@given(labels=label_arrays)
def test_image_wise_batches_are_triplets(labels: NDArray[np.int64]) -> None:
    products, counts = np.unique(labels[labels != UNLABELLED], return_counts=True)
    wanted = np.flatnonzero(np.isin(labels, products[counts > 1]))
    anchors: list[int] = []
    for draw in ImageWiseSampler(labels, batch_size=8, seed=1).epoch(0):
        assert draw.tuples is not None
        assert draw.ignored is not None
        assert len(draw.rows) <= 8
        for anchor, mate, other in draw.rows.reshape(-1, 3):
            assert anchor != mate
            assert labels[anchor] == labels[mate] != labels[other] != UNLABELLED
            anchors.append(int(anchor))
        counted = ~draw.ignored
        assert (counted.sum(1) == 3).all()
    assert sorted(anchors) == wanted.tolist()


@pytest.mark.parametrize("sampling", list(Sampling))
def test_a_seed_and_an_epoch_decide_what_is_drawn(sampling: Sampling) -> None:
    labels = np.repeat(np.arange(30), 3)
    recipe = replace(Recipe("r", "", ""), sampling=sampling, products_per_batch=8)

    def drawn(seed: int, epoch: int) -> list[list[int]]:
        sampler = sampler_for(replace(recipe, seed=seed), labels)
        return [draw.rows.tolist() for draw in sampler.epoch(epoch)]

    assert drawn(0, 0) == drawn(0, 0)
    assert drawn(0, 0) != drawn(0, 1)
    assert drawn(0, 0) != drawn(1, 0)
    assert drawn(0, 5) == drawn(0, 5)


def test_products_told_apart_meet() -> None:
    labels = np.repeat(np.arange(300), 2)
    different = np.array([[7, 222], [100, 13]])
    sampler = BatchWiseSampler(
        labels, products_per_batch=50, pictures_per_product=2, seed=0, different=different
    )
    met = 0
    for epoch in range(10):
        for draw in sampler.epoch(epoch):
            found = set(labels[draw.rows].tolist())
            met += sum({a, b} <= found for a, b in different.tolist())
    # By chance one in six would; a pair is torn only where a batch ends between them.
    assert met >= 16


def test_a_lone_picture_told_apart_comes_with_its_counterpart() -> None:
    labels = np.concatenate([np.repeat(np.arange(30), 2), np.arange(100, 160)])
    sampler = batch_wise(labels, np.array([[150, 3]]))
    for draw in sampler.epoch(0):
        found = labels[draw.rows]
        assert 3 not in found or 150 in found


def test_lone_pictures_take_turns() -> None:
    labels = np.concatenate([np.repeat(np.arange(15), 2), np.arange(100, 110)])
    seen = np.concatenate([draw.rows for draw in batch_wise(labels).epoch(0)])
    assert set(labels[seen].tolist()) >= set(range(100, 110))
    without = np.concatenate([draw.rows for draw in batch_wise(labels, lone=0).epoch(0)])
    assert labels[without].max() < 15


def test_batches_of_an_epoch_are_of_a_size() -> None:
    labels = np.repeat(np.arange(10), 2)
    sizes = [len(draw.rows) for draw in batch_wise(labels).epoch(0)]
    assert sizes == [6, 6, 4, 4]


def test_image_wise_may_count_all_pairs() -> None:
    labels = np.repeat(np.arange(4), 2)
    sampler = ImageWiseSampler(labels, batch_size=6, seed=0, all_pairs=True)
    assert all(draw.ignored is None for draw in sampler.epoch(0))


@pytest.mark.parametrize("sampling", list(Sampling))
def test_one_product_is_not_enough(sampling: Sampling) -> None:
    with pytest.raises(ValueError, match="two products"):
        sampler_for(replace(Recipe("r", "", ""), sampling=sampling), np.array([1, 1, 2, 3, -1, -1]))
