"""Products of one kind of shape, found by likeness and by what a column calls them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.shape_kinds import KindRows, KindSpace, by_shared_neighbours
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.services.shapes.kinds import ShapeKinds
from tests.categories.conftest import MODEL, add, around, axis, empty_folder
from tests.shapes.kinds_fakes import kinds_of

__all__ = ["empty_folder"]

PRODUCTS = 12


@pytest.fixture
def catalogue(tmp_path: Path, empty_folder: Path) -> Iterator[SqliteCatalogue]:
    opened = open_catalogue(shutil.copytree(empty_folder, tmp_path / "catalogue"))
    for number, name in enumerate(("Jars", "Tubes", "Sticks")):
        spread = 0.12 if name != "Sticks" else 0.05
        add(opened, name, around(axis(number), spread=spread, seed=number), products=PRODUCTS)
    yield opened
    opened.close()


def made(catalogue: SqliteCatalogue) -> ShapeKinds:
    kinds = kinds_of(catalogue, MODEL, lambda: None)
    kinds.categories.choose_column("category")
    kinds.use(catalogue.pictures.content_map())
    return kinds


def content_of(catalogue: SqliteCatalogue, product: int) -> int:
    content = catalogue.products.get(product).pictures[0].content_id
    assert content is not None
    return content


def category(catalogue: SqliteCatalogue, product: int) -> str:
    return catalogue.products.get(product).fields.category


def test_a_picture_finds_its_kind_and_not_itself(catalogue: SqliteCatalogue) -> None:
    kinds = made(catalogue)
    for product in catalogue.products.list_ids(ProductFilter())[::5].tolist():
        own = content_of(catalogue, product)
        found = kinds.search(own, CancelToken(), limit=6)
        assert found.searched_products == found.allowed_products == 3 * PRODUCTS
        assert found.guesses == ()
        assert product not in {hit.product_id for hit in found.hits}
        kind = category(catalogue, product)
        assert all(category(catalogue, hit.product_id) == kind for hit in found.hits)
        scores = [hit.score for hit in found.hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_a_learned_column_names_the_kind_and_counts(catalogue: SqliteCatalogue) -> None:
    kinds = made(catalogue)
    assert kinds.categories.head is None
    for _ in kinds.learn_if_changed(CancelToken()):
        pass
    product = int(catalogue.products.list_ids(ProductFilter())[0])
    found = kinds.search(content_of(catalogue, product), CancelToken(), limit=PRODUCTS - 1)
    assert found.guesses[0].category == category(catalogue, product)
    kind = category(catalogue, product)
    assert [category(catalogue, hit.product_id) for hit in found.hits] == [kind] * (PRODUCTS - 1)
    again = kinds_of(catalogue, MODEL, lambda: None)
    again.categories.load()
    assert again.categories.head is not None
    assert list(again.learn_if_changed(CancelToken())) == []


def test_a_filter_exclusions_and_cancelling(catalogue: SqliteCatalogue) -> None:
    kinds = made(catalogue)
    products = catalogue.products.list_ids(ProductFilter()).tolist()
    own = content_of(catalogue, products[0])
    tubes = kinds.search(own, CancelToken(), product_filter=ProductFilter(text="Tubes"))
    assert tubes.allowed_products == PRODUCTS
    assert {category(catalogue, hit.product_id) for hit in tubes.hits} == {"Tubes"}
    without = kinds.search(own, CancelToken(), exclude_products=tuple(products[:5]))
    assert not {hit.product_id for hit in without.hits} & set(products[:5])
    assert kinds.search(10**9, CancelToken()).hits == ()
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        kinds.search(own, token)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), outlines=st.booleans(), greys=st.booleans())
def test_places_are_unit_vectors_whatever_is_missing(
    seed: int, outlines: bool, greys: bool
) -> None:
    rng = np.random.default_rng(seed)
    look = rng.normal(size=(30, 8)).astype(np.float32)
    look /= np.linalg.norm(look, axis=1, keepdims=True)
    grey = np.where(rng.random((30, 1)) < 0.5, look, 0) * greys
    outline = rng.normal(size=(30, 4)).astype(np.float32)
    outline[rng.random(30) < (0.3 if outlines else 1.0)] = np.nan
    rows = KindRows(look, grey.astype(np.float32), outline)
    placed = KindSpace.of(rows, 6).place(rows)
    assert placed.shape == (30, 6)
    assert np.linalg.norm(placed, axis=1) == pytest.approx(1, abs=1e-3)


def test_shared_neighbours_tell_a_cluster_from_what_lies_near_it() -> None:
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(3), 20, axis=0)
    points = centres + 0.25 * rng.normal(size=centres.shape)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    shared = by_shared_neighbours(points @ points.T)
    assert (shared >= 0).all()
    assert (shared <= 1).all()
    same = centres @ centres.T > 0.5
    assert shared[same].mean() > 3 * shared[~same].mean()
