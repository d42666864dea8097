"""The index of a learned model, kept up with that of the model it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from desktop_app.domain.images import IdArray
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.ports import IndexSnapshot, IndexStep, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.services.learning.learned_vectors import LearnedVectors

PROJECTED_AT_ONCE = 8192


class LearnedIndex:
    """Used by one thread at a time.

    ``store`` keeps it beside others, as a cache: it is made from ``vectors`` where it is absent
    or damaged. ``replaced`` lists contents of the base index whose vector was replaced, growing
    as :attr:`IndexingService.replaced` does. :meth:`opening` comes first, to its end.
    """

    def __init__(
        self,
        vectors: LearnedVectors,
        store: IndexStore,
        projection: Projection,
        replaced: Sequence[int] = (),
    ) -> None:
        vectors.know(projection)
        self.projection = projection
        self._vectors = vectors
        self._store = store
        self._replaced = replaced
        self._seen = len(replaced)
        self._base: IndexSnapshot | None = None
        self._snapshot: IndexSnapshot | None = None
        self._is_saved = True

    @property
    def key(self) -> str:
        return self.projection.key

    @property
    def snapshot(self) -> IndexSnapshot:
        """What was made last. Raises ValueError before :meth:`opening` has ended."""
        if self._snapshot is None:
            raise ValueError(f"the index of {self.key} is not open")
        return self._snapshot

    def opening(self, token: CancelToken) -> Iterator[IndexStep]:
        """Load it, or make it. See IndexStore.opening."""
        for step in self._store.opening(self._vectors, self.key, token):
            if step.snapshot is not None:
                self._snapshot = step.snapshot
            yield step

    def following(self, base: IndexSnapshot) -> IndexSnapshot:
        """The index with all that ``base`` holds; costs time for what is new only."""
        if base is self._base and len(self._replaced) == self._seen:
            return self.snapshot
        replaced = self._replaced[self._seen :]
        lacking = np.setdiff1d(base.content_ids, self.snapshot.content_ids, assume_unique=True)
        self._take_up(np.union1d(lacking, np.array(replaced, np.int64)))
        self._seen += len(replaced)
        self._base = base
        return self.snapshot

    def save(self) -> None:
        """Write it where it has changed. Raises as IndexStore.save does."""
        if not self._is_saved:
            self._store.save(self.snapshot, self._vectors.fingerprint(self.key))
            self._is_saved = True

    def optimise(self, token: CancelToken) -> Iterator[IndexStep]:
        """Make searching it fast where it has grown large; nothing otherwise. The last step
        has the faster snapshot, which is saved. Raises Cancelled."""
        if not self._store.is_slow(self.snapshot):
            return
        for step in self._store.optimise(lambda: self.snapshot, token):
            if step.snapshot is not None:
                self._snapshot, self._is_saved = step.snapshot, False
            yield step
        self.save()

    def _take_up(self, content_ids: IdArray) -> None:
        for start in range(0, len(content_ids), PROJECTED_AT_ONCE):
            wanted = content_ids[start : start + PROJECTED_AT_ONCE]
            ids, rows = self._vectors.get(self.key, wanted.tolist())
            # Of a damaged vector, stored as zeros, there is nothing to be learned.
            sound = rows.any(axis=1)
            if sound.any():
                self._snapshot = self._store.extend(self.snapshot, ids[sound], rows[sound])
                self._is_saved = False
