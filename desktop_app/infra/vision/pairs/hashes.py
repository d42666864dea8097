"""Perceptual hashes of flipped and turned pictures, from that of the upright one alone.

A bit of the hash says whether a cosine frequency lies above the median of all. Mirroring turns
the sign of the odd horizontal frequencies, a quarter turn swaps the axes as well. The median is
close to 0, so that bits can be flipped and moved in the place of frequencies: a few come out
wrong. Each change keeps distances, so that it does not matter which of two pictures is changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence_ports import ORIENTATIONS

_SIDE = 8
_ODD_COLUMNS = (np.arange(_SIDE) % 2).astype(np.bool_)

Bits = NDArray[np.bool_]


def oriented_hashes(perceptual_hash: int) -> NDArray[np.uint64]:
    """About the hashes of the picture changed so, (8,) in the order of ORIENTATIONS."""
    raw = np.array([perceptual_hash], ">u8").view(np.uint8)
    upright = np.unpackbits(raw).reshape(_SIDE, _SIDE).astype(np.bool_)
    changed = []
    for orientation in ORIENTATIONS:
        bits = _mirrored(upright) if orientation.mirrored else upright
        for _ in range(orientation.quarter_turns):
            bits = _mirrored(bits.T)
        changed.append(bits.ravel())
    packed: NDArray[np.uint64] = np.packbits(np.stack(changed), axis=1).view(">u8").ravel()
    return packed.astype(np.uint64)


def least_distance(hashes: NDArray[np.uint64], other: int) -> int:
    """The bits, 0-64, by which the nearest of ``hashes`` differs from ``other``; 64 where one
    tells nothing, as that of a picture without structure."""
    if not (tells_something(int(hashes[0])) and tells_something(other)):
        return 64
    return min((int(value) ^ other).bit_count() for value in hashes)


def tells_something(perceptual_hash: int) -> bool:
    """Whether more than the bit of the constant is set."""
    return perceptual_hash & (perceptual_hash - 1) != 0


def _mirrored(bits: Bits) -> Bits:
    """The constant, which has no sign, lies in an even column."""
    return bits ^ _ODD_COLUMNS
