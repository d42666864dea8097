"""Columns that are advised, and those that are not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.services.learning.advising import MOST_ADVISED, advised_columns
from tests.learning.building import unit

PRODUCTS = np.arange(100, 220, dtype=np.int64)
KINDS = np.arange(len(PRODUCTS)) % 6


@pytest.fixture(scope="module")
def looks() -> FloatMatrix:
    """Products of six kinds that look a little alike."""
    rng = np.random.default_rng(0)
    return unit(rng.normal(size=(len(PRODUCTS), 16)) + 1.5 * rng.normal(size=(6, 16))[KINDS])


def column(values: NDArray[np.integer]) -> dict[int, int]:
    return dict(zip(PRODUCTS.tolist(), values.tolist(), strict=True))


def test_what_tells_of_the_look_is_advised_and_what_is_drawn_at_random_is_not(
    looks: FloatMatrix,
) -> None:
    rng = np.random.default_rng(1)
    blurred = np.where(rng.random(len(KINDS)) < 0.4, rng.integers(0, 6, len(KINDS)), KINDS)
    drawn = {f"drawn {k}": column(rng.integers(0, 3, len(KINDS))) for k in range(20)}
    values = {"family": column(KINDS), "shape": column(blurred), **drawn}
    advised = advised_columns(values, PRODUCTS, looks)
    assert advised[:2] == ("family", "shape")
    # One in several hundred is above chance by chance.
    assert len(advised) <= 3


def test_usual_columns_come_first_and_need_no_proof(looks: FloatMatrix) -> None:
    rng = np.random.default_rng(2)
    values = {
        "family": column(KINDS),
        "Colour": column(rng.integers(0, 4, len(KINDS))),
        "brand": column(rng.integers(0, 3, len(KINDS))),
    }
    assert advised_columns(values, PRODUCTS, looks) == ("brand", "Colour", "family")
    assert advised_columns(values, PRODUCTS[:0], looks[:0]) == ("brand", "Colour")


def test_nearly_constant_sparse_and_bookkeeping_columns_are_not_advised(
    looks: FloatMatrix,
) -> None:
    constant = np.where(np.arange(len(KINDS)) < 6, 1, 0)
    sparse = {product: kind for product, kind in column(KINDS).items() if product < 140}
    values = {
        "brand": column(constant),
        "finish": sparse,
        "Role": column(KINDS),
        "family": column(KINDS),
    }
    assert advised_columns(values, PRODUCTS, looks) == ("family",)


def test_few_are_advised_of_many(looks: FloatMatrix) -> None:
    values = {f"column {k}": column(KINDS) for k in range(12)}
    assert len(advised_columns(values, PRODUCTS, looks)) == MOST_ADVISED
    assert advised_columns({}, PRODUCTS, looks) == ()
