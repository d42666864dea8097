"""Which pictures make a batch. Equal arguments draw equal batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.metric_learning import UNLABELLED, Recipe, Sampling

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """A batch: ``rows`` (n,) of the labels. Where ``tuples`` (n,) is given, only pairs with equal
    ones count."""

    rows: Rows
    tuples: NDArray[np.int64] | None = None

    @property
    def ignored(self) -> NDArray[np.bool_] | None:
        """Pairs (n, n) that do not count, None where all do."""
        if self.tuples is None:
            return None
        return np.not_equal(self.tuples[:, None], self.tuples[None, :])


class Sampler(Protocol):
    """Draws batches of a fixed set of labelled pictures."""

    def epoch(self, number: int) -> Iterator[Draw]:
        """The batches of the ``number``-th pass over the products."""
        ...


class BatchWiseSampler:
    """N' products with up to M' different pictures each, of which all pairs count.

    Every product with two pictures comes once in an epoch, in an order of chance. Products with one
    picture cannot be positives; up to ``lone_per_batch`` of them (N' where None) are added to every
    batch as negatives, taking turns. Those of ``different`` (m, 2), pairs of labels that a person
    told apart, stand beside each other in the order and thus mostly meet in a batch: they are the
    negatives worth most. UNLABELLED pictures are left out.

    Manandhar, Bastan and Yap, "Semantic granularity metric learning for visual search", 2019
    ("batch-wise sampling"); PK batches in Hermans, Beyer and Leibe 2017, section 2.
    Raises ValueError where fewer than two products have two pictures.
    """

    def __init__(
        self,
        labels: NDArray[np.int64],
        *,
        products_per_batch: int,
        pictures_per_product: int,
        seed: int,
        different: NDArray[np.int64] | None = None,
        lone_per_batch: int | None = None,
    ) -> None:
        rows = _rows_by_product(labels)
        self._rows = {product: own for product, own in rows.items() if len(own) > 1}
        if len(self._rows) < 2:
            raise ValueError("fewer than two products have two pictures")
        self._lone = {product: own for product, own in rows.items() if len(own) == 1}
        self._n_products, self._n_pictures = products_per_batch, pictures_per_product
        self._n_lone = products_per_batch if lone_per_batch is None else lone_per_batch
        self._seed = seed
        self._told = _partners(different)

    def epoch(self, number: int) -> Iterator[Draw]:
        rng = np.random.default_rng([self._seed, number])
        order = self._order(rng)
        lone = [int(product) for product in rng.permutation(sorted(self._lone))]
        turn = 0
        for products in np.array_split(order, math.ceil(len(order) / self._n_products)):
            parts = [self._pictures(int(product), rng) for product in products]
            if lone and self._n_lone > 0:
                taken = self._lone_partners(products)
                while len(taken) < min(self._n_lone, len(lone)):
                    taken.setdefault(lone[turn % len(lone)])
                    turn += 1
                parts += [self._lone[product] for product in taken]
            yield Draw(np.concatenate(parts))

    def _order(self, rng: np.random.Generator) -> NDArray[np.int64]:
        order: dict[int, None] = {}
        for product in rng.permutation(sorted(self._rows)):
            order.setdefault(int(product))
            for other in self._told.get(int(product), ()):
                if other in self._rows:
                    order.setdefault(other)
        return np.array(list(order), np.int64)

    def _pictures(self, product: int, rng: np.random.Generator) -> Rows:
        rows = self._rows[product]
        return rng.choice(rows, min(self._n_pictures, len(rows)), replace=False)

    def _lone_partners(self, products: NDArray[np.int64]) -> dict[int, None]:
        taken: dict[int, None] = {}
        for product in products:
            for other in self._told.get(int(product), ()):
                if other in self._lone and len(taken) < self._n_lone:
                    taken.setdefault(other)
        return taken


class ImageWiseSampler:
    """Anchors drawn one by one, each with one other picture of its product and one of another
    product; only pairs within such a triplet count.

    Every picture that has another of its product is the anchor once in an epoch. ``batch_size``
    pictures make a batch, rounded down to whole triplets. The way of triplet networks before all
    pairs of a batch were used: Schroff, Kalenichenko and Philbin 2015, section 3.2; "image-wise
    sampling" in Manandhar, Bastan and Yap 2019. With ``all_pairs`` every pair of the batch counts.
    Raises ValueError where fewer than two products have two pictures.
    """

    def __init__(
        self,
        labels: NDArray[np.int64],
        *,
        batch_size: int,
        seed: int,
        all_pairs: bool = False,
    ) -> None:
        rows = _rows_by_product(labels)
        self._labels, self._mates = labels, {p: own for p, own in rows.items() if len(own) > 1}
        if len(self._mates) < 2:
            raise ValueError("fewer than two products have two pictures")
        self._all = np.concatenate(list(rows.values()))
        self._triplets, self._seed = max(1, batch_size // 3), seed
        self._counts_all_pairs = all_pairs

    def epoch(self, number: int) -> Iterator[Draw]:
        rng = np.random.default_rng([self._seed, number])
        anchors = rng.permutation(np.concatenate(list(self._mates.values())))
        for start in range(0, len(anchors), self._triplets):
            some = anchors[start : start + self._triplets]
            rows = np.array([self._triplet(int(anchor), rng) for anchor in some], np.intp)
            tuples = None if self._counts_all_pairs else np.repeat(np.arange(len(some)), 3)
            yield Draw(rows.ravel(), tuples)

    def _triplet(self, anchor: int, rng: np.random.Generator) -> tuple[int, int, int]:
        product = int(self._labels[anchor])
        mates = self._mates[product]
        mate = int(rng.choice(mates[mates != anchor]))
        while True:
            other = int(rng.choice(self._all))
            if self._labels[other] != product:
                return anchor, mate, other


def sampler_for(
    recipe: Recipe, labels: NDArray[np.int64], different: NDArray[np.int64] | None = None
) -> Sampler:
    """The sampler of ``recipe``. Raises ValueError where fewer than two of ``labels`` (n,) have
    two pictures."""
    if recipe.sampling is Sampling.IMAGE_WISE:
        size = recipe.products_per_batch * recipe.pictures_per_product
        return ImageWiseSampler(labels, batch_size=size, seed=recipe.seed)
    return BatchWiseSampler(
        labels,
        products_per_batch=recipe.products_per_batch,
        pictures_per_product=recipe.pictures_per_product,
        seed=recipe.seed,
        different=different,
    )


def _rows_by_product(labels: NDArray[np.int64]) -> dict[int, Rows]:
    order = np.argsort(labels, kind="stable")
    products, starts = np.unique(labels[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {
        int(product): part
        for product, part in zip(products, parts, strict=True)
        if product != UNLABELLED
    }


def _partners(different: NDArray[np.int64] | None) -> dict[int, list[int]]:
    partners: dict[int, list[int]] = {}
    for a, b in () if different is None else different.tolist():
        partners.setdefault(a, []).append(b)
        partners.setdefault(b, []).append(a)
    return partners
