"""Before and after learning are laid out in one plane, like near like."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.metric_learning.layout import TsneEmbeddingLayout
from desktop_app.services.learning.mapping import embedding_map, shown_rows
from tests.learning.building import labelled, studio_and_shelf, unit


def nearest_of_its_product(places: np.ndarray, products: np.ndarray) -> float:
    apart = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    np.fill_diagonal(apart, np.inf)
    return float((products[apart.argmin(axis=1)] == products).mean())


def test_what_learning_brought_together_lies_together_after_and_the_rest_stays() -> None:
    products, vectors = studio_and_shelf(30, 4, nuisance=2.0)
    rng = np.random.default_rng(0)
    after = unit(np.eye(32, dtype=np.float32)[products] + 0.05 * rng.normal(size=vectors.shape))
    pictures = labelled(products.tolist(), vectors)
    found = embedding_map(TsneEmbeddingLayout(), pictures, after, CancelToken())
    assert found.content_ids.tolist() == pictures.content_ids.tolist()
    for places in (found.before, found.after):
        assert places.shape == (120, 2)
        assert places.dtype == np.float32
        assert np.abs(places).max() <= 1
    before = nearest_of_its_product(found.before, products)
    assert nearest_of_its_product(found.after, products) > max(0.9, before + 0.2)


def test_pictures_that_do_not_move_stay_where_they_were() -> None:
    products, vectors = studio_and_shelf(30, 4, nuisance=0.2)
    pictures = labelled(products.tolist(), vectors)
    found = embedding_map(TsneEmbeddingLayout(), pictures, vectors, CancelToken())
    moved = np.linalg.norm(found.after - found.before, axis=1)
    assert np.median(moved) < 0.1


def test_a_handful_of_pictures_is_laid_out_too() -> None:
    rng = np.random.default_rng(0)
    for count in (1, 2, 5):
        vectors = unit(rng.normal(size=(count, 8)))
        pictures = labelled(list(range(count)), vectors)
        found = embedding_map(TsneEmbeddingLayout(), pictures, vectors[:, :4], CancelToken())
        assert np.isfinite(found.before).all()
        assert np.isfinite(found.after).all()
        np.testing.assert_allclose(
            embedding_map(TsneEmbeddingLayout(), pictures, vectors, CancelToken()).after,
            embedding_map(TsneEmbeddingLayout(), pictures, vectors, CancelToken()).before,
            atol=1e-5,
        )


def test_of_many_pictures_those_of_products_with_several_are_shown() -> None:
    products = [*range(100), *np.repeat(np.arange(200, 220), 3).tolist()]
    pictures = labelled(products)
    rows = shown_rows(pictures, most=30)
    assert len(rows) == 30
    numbers, counts = np.unique(pictures.products[rows], return_counts=True)
    assert numbers.min() >= 200
    assert (counts == 3).all()
    assert shown_rows(pictures, most=500).tolist() == list(range(160))


def test_laying_out_can_be_cancelled() -> None:
    _, vectors = studio_and_shelf(20, 2)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        TsneEmbeddingLayout().lay_out(vectors, vectors, token)
