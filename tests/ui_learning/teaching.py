"""A teacher without a network, whose pupils wait at a gate."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.learning_ports import AdapterStep
from desktop_app.domain.metric_learning import CurvePoint, LabelledPictures, Recipe
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.projection_tensors import projection_from

DIRECTIONS = 3


class GatedTeacher:
    """Takes out the directions in which views of one product differ most. Each of ``STEPS``
    steps waits for the gate, which is open at first."""

    STEPS = 3

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.recipes: list[Recipe] = []

    def teach(
        self,
        recipe: Recipe,
        taught: LabelledPictures,
        validation: LabelledPictures,  # noqa: ARG002
        *,
        base_key: str,
        token: CancelToken,
    ) -> Iterator[AdapterStep]:
        self.recipes.append(recipe)
        projection = _without_views(taught, base_key)
        for step in range(self.STEPS):
            while not self.gate.wait(0.02):
                yield AdapterStep(step / self.STEPS)
            token.checkpoint()
            point = CurvePoint(step, float(step), 1.0 - step / 4, 0.5 + step / 10)
            is_last = step == self.STEPS - 1
            yield AdapterStep((step + 1) / self.STEPS, point, projection if is_last else None)


class FlatLayout:
    """The first two numbers of a vector as its place."""

    def lay_out(
        self, before: FloatMatrix, after: FloatMatrix, token: CancelToken
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        token.checkpoint()
        return _first_two(before), _first_two(after)


def _first_two(vectors: FloatMatrix) -> NDArray[np.float32]:
    places = vectors[:, :2] / max(1e-6, float(np.abs(vectors[:, :2]).max()))
    return places.astype(np.float32)


def _without_views(taught: LabelledPictures, base_key: str) -> Projection:
    _, numbers = np.unique(taught.products, return_inverse=True)
    vectors = taught.vectors
    means = np.stack([vectors[numbers == i].mean(axis=0) for i in range(numbers.max() + 1)])
    _, _, directions = np.linalg.svd(vectors - means[numbers], full_matrices=False)
    width = vectors.shape[1]
    linear = np.eye(width, dtype=np.float32)
    linear -= directions[:DIRECTIONS].T @ directions[:DIRECTIONS]
    nothing = {
        "hidden": np.empty((0, width), np.float32),
        "hidden_bias": np.empty(0, np.float32),
        "output": np.empty((width, 0), np.float32),
    }
    return projection_from({"linear": linear, **nothing}, base_key)
