"""Finds the copies of a picture among the perceptual hashes of a catalogue."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence_ports import CopyMatches, EvidenceStore
from desktop_app.domain.images import IdArray

FARTHEST_TELLING = 16
"""Hashes further apart, of 64 bits, say nothing: those of unlike pictures lie 32 apart on
average, and 16 is four standard deviations below."""

COPY_DISTANCE = 8
"""Up to here a picture may be a copy. Of copies that shop software made (other sizes and
formats, crops to the object) 98 % lie within 8 bits of the original, 97 % within 4. Lookalikes
lie there too, also at 0: a hash proposes copies and does not prove them."""

_FARTHEST = 65 << 3


class CopyIndex:
    """The perceptual hashes of many contents; immutable, safe from any thread.

    Hashes of pictures without structure (see :class:`~desktop_app.domain.evidence_ports`'s
    CopyHasher: at most the constant's bit is set) are left out: a white picture is not a copy
    of whatever else is white.
    """

    def __init__(self, content_ids: IdArray, hashes: NDArray[np.uint64]) -> None:
        """``content_ids`` are distinct and aligned with ``hashes``. Raises ValueError where
        they are not of one length."""
        if content_ids.shape != hashes.shape or content_ids.ndim != 1:
            raise ValueError(f"{content_ids.shape} ids for {hashes.shape} hashes")
        telling = _tells_something(hashes)
        self._content_ids = np.array(content_ids[telling], np.int64)
        self._hashes = np.array(hashes[telling], np.uint64)

    @classmethod
    def of(cls, evidence: EvidenceStore) -> CopyIndex:
        """That of everything in a catalogue. Raises what the store raises."""
        return cls(*evidence.perceptual_hashes())

    def __len__(self) -> int:
        return len(self._hashes)

    def matches(self, hashes: NDArray[np.uint64], max_distance: int = COPY_DISTANCE) -> CopyMatches:
        """Contents within ``max_distance`` (0-64) of one of the query's ``hashes`` (8,), in
        the order of ORIENTATIONS; by rising distance, then id. Where orientations tie the
        first is named. Takes a few milliseconds per 100,000 contents."""
        # The distance above, the orientation in the lowest three bits: the least is the best.
        best = np.full(len(self._hashes), _FARTHEST, np.uint16)
        for place in np.flatnonzero(_tells_something(hashes)):
            distances = bit_counts(self._hashes ^ hashes[place]).astype(np.uint16)
            np.minimum(best, (distances << 3) | np.uint16(place), out=best)
        near = np.flatnonzero(best < max_distance + 1 << 3)
        order = near[np.lexsort((self._content_ids[near], best[near] >> 3))]
        found = best[order].astype(np.int64)
        return CopyMatches(self._content_ids[order], found >> 3, found & 7)


def copy_scores(distances: NDArray[np.int64]) -> NDArray[np.float32]:
    """The scores of Channel.COPY for Hamming distances (0-64)."""
    return (1 - distances / 64).astype(np.float32)


def _tells_something(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether more than the bit of the constant is set."""
    return np.asarray(hashes & (hashes - np.uint64(1)), np.bool_)


def _counted_by_table(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """What numpy.bitwise_count counts, for numpy before 2.0."""
    pairs = np.ascontiguousarray(values).view(np.uint16).reshape(*values.shape, 4)
    counts: NDArray[np.uint8] = _COUNTS[pairs].sum(axis=-1, dtype=np.uint8)
    return counts


_COUNTS = np.unpackbits(
    np.arange(2**16, dtype=np.uint16).view(np.uint8).reshape(-1, 2), axis=1
).sum(axis=1, dtype=np.uint8)

bit_counts: Callable[[NDArray[np.uint64]], NDArray[np.uint8]] = getattr(
    np, "bitwise_count", _counted_by_table
)
"""The number of bits set in each of an array of uint64."""
