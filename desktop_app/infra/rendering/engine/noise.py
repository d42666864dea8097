"""Smooth solid noise for wood, cloth, stone and sponge."""

from __future__ import annotations

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray

_LATTICE = 32
_TABLE: FloatArray = np.random.default_rng(20240607).random((_LATTICE,) * 3) * 2.0 - 1.0


def value_noise(points: FloatArray) -> FloatArray:
    """Noise (n,) in [-1, 1] at points (n, 3); features are about one unit wide."""
    base = np.floor(points)
    t = points - base
    t = t * t * (3.0 - 2.0 * t)
    lower = base.astype(np.int64) % _LATTICE
    upper = (lower + 1) % _LATTICE
    total = np.zeros(len(points))
    for corner in range(8):
        bits = [(corner >> axis) & 1 for axis in range(3)]
        index = [np.where(bit, upper[:, a], lower[:, a]) for a, bit in enumerate(bits)]
        weight = np.ones(len(points))
        for axis, bit in enumerate(bits):
            weight = weight * (t[:, axis] if bit else 1.0 - t[:, axis])
        total = total + weight * _TABLE[index[0], index[1], index[2]]
    return total


def layered_noise(points: FloatArray, *, octaves: int = 4, gain: float = 0.5) -> FloatArray:
    """Octaves of noise (n,), each twice as fine and ``gain`` as strong; about in [-1, 1]."""
    total, amplitude, norm = np.zeros(len(points)), 1.0, 0.0
    for octave in range(octaves):
        total += amplitude * value_noise(points * 2.0**octave + 17.3 * octave)
        norm += amplitude
        amplitude *= gain
    return total / norm
