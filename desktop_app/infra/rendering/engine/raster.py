"""Which triangle every pixel sees: a vectorised rasteriser with a reciprocal depth buffer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, IndexArray

_CHUNK = 1 << 16
"""Pixel tests held in memory at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The covered pixels of one view of a mesh.

    ``pixels`` are flat indexes (row * width + column), each at most once; ``faces`` the
    triangle seen there; ``weights`` (n, 3) its perspective-correct barycentric weights;
    ``depth`` the distance along the view axis.
    """

    pixels: IndexArray
    faces: IndexArray
    weights: FloatArray
    depth: FloatArray


def rasterise(
    xy: FloatArray,
    depth: FloatArray,
    faces: IndexArray,
    *,
    width: int,
    height: int,
    back: bool = False,
) -> Layer:
    """The nearest front-facing triangle at every pixel centre, or with ``back`` the farthest
    back-facing one.

    ``xy`` (n, 2) are pixel coordinates, x right and y down; ``depth`` (n,) is positive.
    """
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    xa, xb, xc = (x[faces[:, k]] for k in range(3))
    ya, yb, yc = (y[faces[:, k]] for k in range(3))
    area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa)
    facing = np.flatnonzero((area > 1e-9) if back else (area < -1e-9))
    left, right = _pixel_range(xa[facing], xb[facing], xc[facing], width)
    upper, lower = _pixel_range(ya[facing], yb[facing], yc[facing], height)
    reached = (right >= left) & (lower >= upper)
    chosen = facing[reached]
    low = np.stack([left[reached], upper[reached]], axis=1)
    high = np.stack([right[reached], lower[reached]], axis=1)
    corners = xy[faces[chosen]]
    spans = high - low + 1
    classes = np.ceil(np.log2(spans)).astype(np.int64)
    inverse = 1.0 / depth
    found: list[tuple[IndexArray, IndexArray, FloatArray]] = []
    for key in np.unique(classes[:, 0] * 64 + classes[:, 1]):
        of_class = np.flatnonzero(classes[:, 0] * 64 + classes[:, 1] == key)
        box = (1 << int(key // 64), 1 << int(key % 64))
        per_chunk = max(1, _CHUNK // (box[0] * box[1]))
        for start in range(0, len(of_class), per_chunk):
            part = of_class[start : start + per_chunk]
            found.append(
                _covered(
                    chosen[part],
                    corners[part],
                    inverse[faces[chosen[part]]],
                    low[part],
                    box=box,
                    height=height,
                    width=width,
                )
            )
    return _resolved(found, xy, inverse, faces, width=width, nearest=not back)


def _pixel_range(
    a: FloatArray, b: FloatArray, c: FloatArray, count: int
) -> tuple[IndexArray, IndexArray]:
    """First and last of ``count`` pixels whose centres lie between three coordinates."""
    low = np.ceil(np.minimum(np.minimum(a, b), c) - 0.5).astype(np.int64)
    high = np.floor(np.maximum(np.maximum(a, b), c) - 0.5).astype(np.int64)
    return np.maximum(low, 0), np.minimum(high, count - 1)


def _covered(
    part: IndexArray,
    corners: FloatArray,
    inverse: FloatArray,
    low: IndexArray,
    *,
    box: tuple[int, int],
    width: int,
    height: int,
) -> tuple[IndexArray, IndexArray, FloatArray]:
    """Pixels inside each triangle: flat pixel, triangle and reciprocal depth, aligned."""
    column, row = np.meshgrid(np.arange(box[0]), np.arange(box[1]))
    columns = low[:, 0, None] + column.ravel()
    rows = low[:, 1, None] + row.ravel()
    x = columns + 0.5 - corners[:, 0, 0, None]
    y = rows + 0.5 - corners[:, 0, 1, None]
    bx, by = (corners[:, 1] - corners[:, 0]).T[..., None]
    cx, cy = (corners[:, 2] - corners[:, 0]).T[..., None]
    area = bx * cy - by * cx
    second = (x * cy - y * cx) / area
    third = (bx * y - by * x) / area
    slack = -1e-7
    inside = (second >= slack) & (third >= slack) & (second + third <= 1 - slack)
    inside &= (columns < width) & (rows < height)
    values = (
        inverse[:, 0, None] * (1 - second - third)
        + inverse[:, 1, None] * second
        + inverse[:, 2, None] * third
    )
    pixels = rows * width + columns
    owner = np.broadcast_to(part[:, None], inside.shape)
    return pixels[inside], owner[inside], values[inside]


def _resolved(
    found: list[tuple[IndexArray, IndexArray, FloatArray]],
    xy: FloatArray,
    inverse: FloatArray,
    faces: IndexArray,
    *,
    width: int,
    nearest: bool,
) -> Layer:
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return Layer(empty, empty, np.empty((0, 3)), np.empty(0))
    pixels = np.concatenate([entry[0] for entry in found])
    owners = np.concatenate([entry[1] for entry in found])
    values = np.concatenate([entry[2] for entry in found])
    cells = int(pixels.max()) + 1 if len(pixels) else 0
    rank = values if nearest else -values
    best = np.full(cells, -np.inf)
    np.maximum.at(best, pixels, rank)
    winning = rank == best[pixels]
    winner = np.full(cells, len(faces), dtype=np.int64)
    np.minimum.at(winner, pixels[winning], owners[winning])
    pixel = np.flatnonzero(winner < len(faces))
    face = winner[pixel]
    corners = xy[faces[face]]
    x = (pixel % width) + 0.5 - corners[:, 0, 0]
    y = (pixel // width) + 0.5 - corners[:, 0, 1]
    bx, by = (corners[:, 1] - corners[:, 0]).T
    cx, cy = (corners[:, 2] - corners[:, 0]).T
    area = bx * cy - by * cx
    second, third = (x * cy - y * cx) / area, (bx * y - by * x) / area
    flat = np.stack([1 - second - third, second, third], axis=1) * inverse[faces[face]]
    total = flat.sum(axis=1)
    return Layer(pixel, face, flat / total[:, None], 1.0 / total)
