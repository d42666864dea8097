"""Array types and the vector arithmetic every stage shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Colour = tuple[float, float, float]
"""Linear-light RGB; 1 is the white of a perfectly diffuse sheet in full light."""


def normalised(vectors: FloatArray) -> FloatArray:
    """Rows scaled to unit length; zero rows stay zero."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    unit: FloatArray = vectors / np.maximum(lengths, 1e-12)[..., None]
    return unit


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Row-wise scalar product."""
    product: FloatArray = np.einsum("...i,...i->...", a, b)
    return product


def reflected(directions: FloatArray, normals: FloatArray) -> FloatArray:
    """Mirror images of travelling ``directions`` at surfaces with these unit normals."""
    return directions - 2.0 * dot(directions, normals)[..., None] * normals


def refracted(
    directions: FloatArray, normals: FloatArray, ratio: float
) -> tuple[FloatArray, BoolArray]:
    """Directions after an interface by Snell's law, and where reflection is total instead.

    ``normals`` face the incoming light; ``ratio`` is the index left over the index entered.
    Rows with total reflection hold the mirrored direction.
    """
    cosine = -dot(directions, normals)
    squared = 1.0 - ratio * ratio * (1.0 - cosine * cosine)
    total: BoolArray = squared < 0.0
    bent = (
        ratio * directions
        + (ratio * cosine - np.sqrt(np.maximum(squared, 0.0)))[..., None] * normals
    )
    return np.where(total[..., None], reflected(directions, normals), bent), total


def smoothstep(low: float, high: float, values: FloatArray) -> FloatArray:
    """0 below ``low``, 1 above ``high``, a smooth S between them."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    share: FloatArray = t * t * (3.0 - 2.0 * t)
    return share


def sample_bilinear(image: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Values of ``image`` (height, width, channels) at pixel coordinates, edges repeated.

    (0.5, 0.5) is the centre of the first pixel.
    """
    height, width = image.shape[:2]
    column = np.clip(x - 0.5, 0.0, width - 1.0)
    row = np.clip(y - 0.5, 0.0, height - 1.0)
    left = np.minimum(column.astype(np.int64), max(width - 2, 0))
    upper = np.minimum(row.astype(np.int64), max(height - 2, 0))
    right, lower = np.minimum(left + 1, width - 1), np.minimum(upper + 1, height - 1)
    fx, fy = (column - left)[:, None], (row - upper)[:, None]
    above = image[upper, left] * (1.0 - fx) + image[upper, right] * fx
    below = image[lower, left] * (1.0 - fx) + image[lower, right] * fx
    mixed: FloatArray = above * (1.0 - fy) + below * fy
    return mixed
