from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.images import FloatMatrix
from desktop_app.infra.vision.learn_projection import projection_of


@pytest.fixture
def features() -> FloatMatrix:
    rng = np.random.default_rng(0)
    rows = rng.random((400, 12)) * np.geomspace(1, 0.05, 12)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_without_whitening_directions_stay_at_right_angles(features: FloatMatrix) -> None:
    matrix = projection_of(features, 5, whitening=0.0)
    products = matrix @ matrix.T
    np.testing.assert_allclose(products, products[0, 0] * np.eye(5), atol=1e-5)


def test_with_all_components_and_no_whitening_cosines_stay(features: FloatMatrix) -> None:
    projected = features @ projection_of(features, 12, whitening=0.0).T
    projected /= np.linalg.norm(projected, axis=1, keepdims=True)
    np.testing.assert_allclose(projected @ projected.T, features @ features.T, atol=1e-4)


def test_full_whitening_makes_the_components_equally_strong(features: FloatMatrix) -> None:
    projected = features @ projection_of(features, 6, whitening=0.5).T
    moments = projected.T @ projected / len(projected)
    np.testing.assert_allclose(moments, np.eye(6) / 6, atol=1e-4)


def test_projected_rows_have_length_one_on_average(features: FloatMatrix) -> None:
    projected = features @ projection_of(features, 4, whitening=0.2).T
    assert np.mean((projected**2).sum(axis=1)) == pytest.approx(1, rel=1e-4)


def test_the_order_of_pictures_does_not_matter(features: FloatMatrix) -> None:
    one = projection_of(features, 4, whitening=0.2)
    two = projection_of(features[::-1], 4, whitening=0.2)
    np.testing.assert_allclose(one, two, atol=1e-4)
