"""Rows of unit length, in float32 whatever precision the network ran in."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.images import FloatMatrix


def unit_rows(vectors: FloatMatrix) -> FloatMatrix:
    """A float32 copy with rows divided by their L2 norm; shape (n, dimension).

    Raises FloatingPointError where a row is zero or not finite, which no picture explains.
    """
    rows = np.array(vectors, np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not (np.isfinite(norms).all() and (norms > 0).all()):
        raise FloatingPointError("the network gave a vector without direction")
    rows /= norms
    return rows
