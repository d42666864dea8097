"""The grey vectors of a catalogue, class by class, as they are searched."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.containers import ContainerStore, GreyVector
from desktop_app.domain.images import FloatMatrix, IdArray

MOST_KEPT_BYTES = 256_000_000
"""In memory; the class read last stays whatever its size."""


@dataclass(frozen=True, slots=True, eq=False)
class GreyGallery:
    """Contents (sorted) with their grey vectors (n, dimension) and the squares of their lengths."""

    content_ids: IdArray
    vectors: FloatMatrix
    squares: NDArray[np.float32]

    def distances(self, vector: GreyVector) -> NDArray[np.float32]:
        """(n,): Euclidean."""
        squared = self.squares - 2 * (self.vectors @ vector) + vector @ vector
        return np.asarray(np.sqrt(np.maximum(squared, 0)), np.float32)


class GreyGalleries:
    """Reads a class when it is first searched and keeps it while readings stay what they are.
    Used by one thread at a time."""

    def __init__(self, store: ContainerStore, *, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._store = store
        self._most_bytes = most_bytes
        self._revision = ""
        self._kept: OrderedDict[tuple[ContainerClass, int], GreyGallery] = OrderedDict()

    def of(self, classes: Sequence[ContainerClass], dimension: int) -> GreyGallery:
        """The contents taken for one of these classes; the same object while nothing changes
        and one class is asked for."""
        revision = self._store.revision()
        if revision != self._revision:
            self._kept.clear()
            self._revision = revision
        found = [self._one(container, dimension) for container in classes]
        if len(found) == 1:
            return found[0]
        ids = np.concatenate([part.content_ids for part in found])
        order = np.argsort(ids)
        return GreyGallery(
            ids[order],
            np.concatenate([part.vectors for part in found])[order],
            np.concatenate([part.squares for part in found])[order],
        )

    def _one(self, container: ContainerClass, dimension: int) -> GreyGallery:
        place = (container, dimension)
        known = self._kept.get(place)
        if known is None:
            read = self._store.gallery(container, dimension)
            squares = np.einsum("ij,ij->i", read.vectors, read.vectors)
            known = GreyGallery(read.content_ids, read.vectors, squares)
            self._kept[place] = known
        self._kept.move_to_end(place)
        while len(self._kept) > 1 and self._size() > self._most_bytes:
            self._kept.popitem(last=False)
        return known

    def _size(self) -> int:
        return sum(gallery.vectors.nbytes for gallery in self._kept.values())
