"""From neighbours of single key points to votes for pictures.

Each key point of the query votes for the pictures among its nearest ones by how much nearer they
are than the last of those (McCann and Lowe, "Local naive Bayes nearest neighbor for image
classification", CVPR 2012, equation 10): what is everywhere, such as a brand's mark, thus hardly
counts, which is what inverse document frequency does for words. A picture is voted for once per
key point and key points that many vote for count less (Jégou, Douze and Schmid, "On the
burstiness of visual elements", CVPR 2009). Votes that do not agree about turn and scale are not
added up (weak geometric consistency: Jégou, Douze and Schmid, "Hamming embedding and weak
geometric consistency for large scale image search", ECCV 2008, equation 14).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ANGLE_BINS, SCALE_BINS = 12, 12
SCALES_PER_OCTAVE = 2
ANGLE_STEPS = 252
"""A stored angle has so many steps: a multiple of ANGLE_BINS that fits a byte."""
SCALE_STEPS_PER_OCTAVE = 24
FAR = 1.1
"""The squared distance from which key points are unlike, where too few were found to tell."""

Bytes = NDArray[np.uint8]
_FULL_TURN = 2 * np.pi


def coarse_angles(radians: NDArray[np.float32]) -> Bytes:
    """As bytes, ANGLE_STEPS to the full turn."""
    steps = np.rint(radians * (ANGLE_STEPS / _FULL_TURN)).astype(np.int64) % ANGLE_STEPS
    return np.asarray(steps, np.uint8)


def coarse_scales(scales: NDArray[np.float32], side: float) -> Bytes:
    """Scales over the picture's longer ``side`` as bytes, SCALE_STEPS_PER_OCTAVE to the
    octave."""
    steps = np.rint((np.log2(scales / side) + 10) * SCALE_STEPS_PER_OCTAVE)
    return np.asarray(steps.clip(0, 255), np.uint8)


def votes(
    distances: NDArray[np.float32],
    owners: NDArray[np.int64],
    positions: NDArray[np.int64],
    turns: NDArray[np.int64],
    growths: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Owners that got votes, sorted, and their votes, at least 0.

    All are (n, k), row by row the nearest first: squared distances (infinite: none), whom the
    neighbour belongs to, which neighbour it is, and by how much its angle and scale differ from
    the query's in ANGLE_STEPS and SCALE_STEPS_PER_OCTAVE.
    """
    near = np.sqrt(np.maximum(distances, 0))
    last = np.where(np.isfinite(near[:, -1]), near[:, -1], np.sqrt(FAR))
    weights = np.maximum(last[:, np.newaxis] - near, 0)
    voters = np.broadcast_to(np.arange(len(near))[:, np.newaxis], near.shape)
    kept = weights > 0
    weight, owner, position = weights[kept], owners[kept], positions[kept]
    if not len(weight):
        return np.empty(0, np.int64), np.empty(0, np.float32)
    # The nearest of an owner's comes first, so that np.unique keeps it.
    ids, place = np.unique(owner, return_inverse=True)
    _, first = np.unique(voters[kept] * np.int64(len(ids)) + place, return_index=True)
    weight, place, position = weight[first], place[first], position[first]
    _, target, crowd = np.unique(position, return_inverse=True, return_counts=True)
    weight = weight / np.sqrt(crowd[target])
    turn, growth = turns[kept][first], growths[kept][first]
    by_turn = _binned(weight, place, len(ids), turn * (ANGLE_BINS / ANGLE_STEPS), ANGLE_BINS)
    by_growth = _binned(
        weight,
        place,
        len(ids),
        growth * (SCALES_PER_OCTAVE / SCALE_STEPS_PER_OCTAVE),
        SCALE_BINS,
    )
    return ids, np.minimum(by_turn, by_growth).astype(np.float32)


def _binned(
    weight: NDArray[np.float32],
    place: NDArray[np.intp],
    count: int,
    position: NDArray[np.float64],
    bins: int,
) -> NDArray[np.float64]:
    """The most weight in three neighbouring bins of a ring, for each place."""
    bin_of = np.floor(position).astype(np.int64) % bins
    histogram = np.bincount(place * bins + bin_of, weight, minlength=count * bins)
    ring = histogram.reshape(count, bins)
    best: NDArray[np.float64] = (ring + np.roll(ring, 1, axis=1) + np.roll(ring, -1, axis=1)).max(
        axis=1
    )
    return best
