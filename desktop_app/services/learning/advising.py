"""Which columns are worth learning from, before a person has said.

A column is advised where its values are shared, none of them is nearly every product's, and they
have to do with how products look: products of one value must look more alike than products drawn
at random, beyond chance. What a list keeps for itself, such as which rows are for testing, where
they came from or who entered them, mostly fails that; what people call alike, such as category,
brand, colour and material, passes. Those few names are advised without looking, since in a small
catalogue chance hides what holds. All other columns can still be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import VectorStore
from desktop_app.services.learning.supervision import KnownProducts

USUAL = ("category", "brand", "colour", "color", "material")
"""Advised first, in this order."""
BOOKKEEPING = frozenset({"role", "split", "fold", "source", "status"})
"""Names of columns that tell of the list and not of its products, however they look."""
LEAST_KNOWN = 0.5
"""The share of the products that must have a value."""
MOST_SHARE = 0.9
"""A value of more of those than this makes a column nearly constant."""
MOST_ADVISED = 5
MOST_PRODUCTS = 1_000
"""Of more products so many are looked at."""
DRAWS, BEYOND = 24, 3.0
"""What products of a value have in common is compared with so many draws, and must lie above them
by so many of their standard deviations."""


def advised_of(
    vectors: VectorStore,
    model_key: str,
    values: Mapping[str, Mapping[int, int]],
    known: KnownProducts,
) -> tuple[str, ...]:
    """See :func:`advised_columns`: by a picture of each product, as far as they were read with the
    model."""
    products, rows = np.unique(known.shown_by, return_index=True)
    contents = known.content_ids[rows]
    order = np.argsort(contents)
    if len(order) > MOST_PRODUCTS:
        order = np.sort(np.random.default_rng(0).choice(order, MOST_PRODUCTS, replace=False))
    products, contents = products[order], contents[order]
    found, looks = vectors.get(model_key, contents.tolist())
    place = {content: place for place, content in enumerate(contents.tolist())}
    return advised_columns(values, products[[place[one] for one in found.tolist()]], looks)


def advised_columns(
    values: Mapping[str, Mapping[int, int]],
    product_ids: IdArray,
    looks: FloatMatrix,
    *,
    seed: int = 0,
) -> tuple[str, ...]:
    """Names of ``values``, the best first: the USUAL ones, then those that tell most of the look.

    ``values`` are of each column the value of each product that has one, as a number; ``looks``
    (n, d) unit rows, a picture of each of ``product_ids`` (n,). Equal arguments, equal answers.
    """
    rng = np.random.default_rng(seed)
    if len(product_ids) > MOST_PRODUCTS:
        rows = rng.choice(len(product_ids), MOST_PRODUCTS, replace=False)
        product_ids, looks = product_ids[rows], looks[rows]
    usual: list[tuple[int, str]] = []
    telling: list[tuple[float, str]] = []
    n_products = max((len(of_column) for of_column in values.values()), default=0)
    for name, of_column in values.items():
        folded = name.casefold()
        if folded in BOOKKEEPING or not _is_shared(of_column, max(n_products, len(product_ids))):
            continue
        if folded in USUAL:
            usual.append((USUAL.index(folded), name))
        elif (gain := look_gain(of_column, product_ids, looks, rng)) > 0:
            telling.append((-gain, name))
    best = [*(name for _, name in sorted(usual)), *(name for _, name in sorted(telling))]
    return tuple(best[:MOST_ADVISED])


def look_gain(
    of_column: Mapping[int, int],
    product_ids: IdArray,
    looks: FloatMatrix,
    rng: np.random.Generator,
) -> float:
    """By how much products of one value look more alike (mean cosine) than products drawn at
    random into groups of the same sizes; 0 where that may be chance."""
    known = np.array([product in of_column for product in product_ids.tolist()], np.bool_)
    labels = np.array([of_column[product] for product in product_ids[known].tolist()], np.int64)
    looks = looks[known]
    _, labels, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if not (counts > 1).any():
        return 0.0
    found = _likeness(looks, labels, counts)
    drawn = [_likeness(looks, rng.permutation(labels), counts) for _ in range(DRAWS)]
    gain = found - float(np.mean(drawn))
    return gain if gain > BEYOND * float(np.std(drawn)) else 0.0


def _likeness(looks: FloatMatrix, labels: NDArray[np.int64], counts: NDArray[np.int64]) -> float:
    """The mean cosine of a product with the others of its value."""
    order = np.argsort(labels, kind="stable")
    starts = np.cumsum(counts) - counts
    sums = np.add.reduceat(looks[order], starts, axis=0).astype(np.float64)
    several = counts > 1
    pairs = ((sums**2).sum(1) - counts)[several] / (counts[several] - 1)
    return float(pairs.sum() / counts[several].sum())


def _is_shared(of_column: Mapping[int, int], n_products: int) -> bool:
    if len(of_column) < LEAST_KNOWN * n_products or not of_column:
        return False
    most = int(np.unique(list(of_column.values()), return_counts=True)[1].max())
    return most <= MOST_SHARE * len(of_column)
