"""Vectors of learned models: made from the base model's whenever they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.ports import VectorStore
from desktop_app.domain.storage import VectorFingerprint


class LearnedVectors:
    """A VectorStore that answers for learned models too; safe from any thread.

    Under the key of a projection that it knows, rows of the projection's base model are given
    as the projection maps them; under any other key, what ``base`` holds. Nothing is stored.
    """

    def __init__(self, base: VectorStore) -> None:
        self._base = base
        # Replaced as a whole, never changed, so that readers need no lock.
        self._known: Mapping[str, Projection] = {}

    def know(self, projection: Projection) -> None:
        """Answer for this one from now on."""
        self._known = {**self._known, projection.key: projection}

    def models(self) -> dict[str, int]:
        """Those that are stored; learned ones are not among them."""
        return self._base.models()

    def get(self, model_key: str, content_ids: Sequence[int]) -> tuple[IdArray, FloatMatrix]:
        projection = self._known.get(model_key)
        if projection is None:
            return self._base.get(model_key, content_ids)
        ids, rows = self._base.get(projection.base_key, content_ids)
        return ids, projected(projection, rows)

    def iterate(
        self, model_key: str, *, batch_size: int = 8192
    ) -> Iterator[tuple[IdArray, FloatMatrix]]:
        projection = self._known.get(model_key)
        if projection is None:
            yield from self._base.iterate(model_key, batch_size=batch_size)
            return
        for ids, rows in self._base.iterate(projection.base_key, batch_size=batch_size):
            yield ids, projected(projection, rows)

    def fingerprint(self, model_key: str) -> VectorFingerprint:
        projection = self._known.get(model_key)
        if projection is None:
            return self._base.fingerprint(model_key)
        # The key names the projection: rows under it change only with those they are made from.
        return self._base.fingerprint(projection.base_key)


def projected(projection: Projection, rows: FloatMatrix) -> FloatMatrix:
    """What the projection makes of rows of its base model, (n, dimension). A row of zeros, as a
    damaged vector may be, stays one."""
    if not len(rows):
        return np.empty((0, projection.dimension), np.float32)
    found = projection(rows)
    found[~rows.any(axis=1)] = 0
    return found
