"""From an outline to a sketch of few nodes.

Corners are where the outline turns sharply within a short stretch; smooth nodes are added where
the curve through the present ones strays most, until it strays nowhere by more than the
tolerance (as in Schneider: An algorithm for automatically fitting digitized curves, 1990, with
nodes in place of new Béziers).
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence

import numpy as np

from desktop_app.domain.shapes import DrawnOutline, OutlinePoints
from desktop_app.domain.sketch_curves import (
    NodeKind,
    Points,
    SketchNode,
    distances_from,
    nearest_on,
)
from desktop_app.domain.sketching import Sketch

SKETCH_HEIGHT = 100.0
"""Height of a fitted sketch in its unit; its base lies at y 0."""
TOLERANCE, ROUGH_TOLERANCE = 0.4, 0.7
"""How far the curve may stray, in that unit; from an outline traced in a picture farther."""
MOST_NODES = 32

_SAMPLES = 480
_SMOOTHING = 2.5
_CORNER_TURN = math.radians(38)
_CORNER_REACH = 0.012
_HEIGHTS = 96
_STANDING = 0.94
"""The part of the height that tells symmetry: shadows lie below it."""
_NEARLY_ALL, _MOST_ASTRAY = 0.96, 4.0


def fitted(
    outline: DrawnOutline, *, is_symmetric: bool | None = None, is_rough: bool = False
) -> Sketch:
    """A sketch of at most MOST_NODES nodes that runs along ``outline``. Symmetric or not as
    wanted; where that is left open, as the outline is. ``is_rough`` where it was traced in a
    picture: then what is no larger than its noise is smoothed away."""
    points, mm_per_unit = _framed(outline)
    tolerance = ROUGH_TOLERANCE if is_rough else TOLERANCE
    middles = _middles(points)
    if is_symmetric is None:
        is_symmetric = looks_symmetric(points)
    if is_symmetric:
        half = _right_half(points - (float(np.median(middles)), 0.0))
        samples = _resampled(half, _SAMPLES)
    else:
        samples = _resampled(np.vstack((points, points[:1])), _SAMPLES)[:-1]
    if is_rough:
        samples = _smoothed(samples, is_ring=not is_symmetric)
    places = _corners(samples, is_ring=not is_symmetric)
    corners = set(places)
    if is_symmetric:
        places = sorted({0, *places, len(samples) - 1})
    elif len(places) < 3:
        extremes = (*samples.argmin(axis=0).tolist(), *samples.argmax(axis=0).tolist())
        places = sorted({*places, *extremes})
    while True:
        sketch = Sketch(_nodes(samples, places, corners), is_symmetric, mm_per_unit)
        place, strays = _worst(sketch, samples, places)
        if strays <= tolerance or len(places) >= MOST_NODES:
            break
        bisect.insort(places, place)
    return _without_flat_ends(sketch, tolerance) if is_symmetric else sketch


def made_symmetric(sketch: Sketch) -> Sketch:
    """A sketch whose halves mirror each other, from a free one: its right half counts."""
    if sketch.is_symmetric:
        return sketch
    outline = sketch.outline
    if outline is None:
        return Sketch((), True, sketch.mm_per_unit)
    width, height = sketch.extent
    made = fitted(outline, is_symmetric=True)
    base = float(outline.points[:, 1].max())
    scale = height / SKETCH_HEIGHT
    made = made.mapped(lambda x, y: (x * scale, base + y * scale))
    return Sketch(made.nodes, True, sketch.mm_per_unit) if width > 0 else made


def looks_symmetric(points: OutlinePoints | Points) -> bool:
    """Whether an outline SKETCH_HEIGHT high has one upright axis: mirrored, nearly all of it
    comes to lie near itself, shadows at its foot aside."""
    ring = np.vstack((points, points[:1])).astype(np.float64)
    ring -= (float(np.median(_middles(points))), 0.0)
    samples = _resampled(ring, _SAMPLES)[::3]
    standing = samples[samples[:, 1] <= ring[:, 1].min() + _STANDING * np.ptp(ring[:, 1])]
    strays = distances_from(ring * (-1, 1), standing)
    return float(np.quantile(strays, _NEARLY_ALL)) <= _MOST_ASTRAY


def _middles(points: OutlinePoints | Points) -> Points:
    """The middle between the leftmost and the rightmost place, from the top down."""
    ring = np.vstack((points, points[:1])).astype(np.float64)
    low, high = ring[:, 1].min(), ring[:, 1].max()
    middles = []
    for level in low + (np.arange(_HEIGHTS) + 0.5) / _HEIGHTS * (high - low):
        crossings = _crossings(ring, level, axis=1)
        if len(crossings) >= 2:
            middles.append((crossings.min() + crossings.max()) / 2)
    return np.array(middles or [0.0])


def _smoothed(samples: Points, *, is_ring: bool) -> Points:
    """With a Gaussian of _SMOOTHING samples run along; the ends of a line stay."""
    reach = math.ceil(3 * _SMOOTHING)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SMOOTHING) ** 2)
    weights /= weights.sum()
    if is_ring:
        padded = np.vstack((samples[-reach:], samples, samples[:reach]))
    else:
        # Turned round about its ends, so that these are kept.
        head = 2 * samples[0] - samples[reach:0:-1]
        tail = 2 * samples[-1] - samples[-2 : -reach - 2 : -1]
        padded = np.vstack((head, samples, tail))
    return np.stack([np.convolve(padded[:, axis], weights, "valid") for axis in (0, 1)], axis=1)


def _framed(outline: DrawnOutline) -> tuple[Points, float]:
    """The outline SKETCH_HEIGHT high, about x 0, its base at y 0, clockwise on the screen."""
    points = outline.points.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = SKETCH_HEIGHT / (high[1] - low[1])
    points = (points - ((low[0] + high[0]) / 2, high[1])) * scale
    x, y = points.T
    if (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0:
        points = points[::-1]
    return points, outline.mm_per_unit / scale


def _right_half(points: Points) -> Points:
    """The part right of the axis, from where it leaves the axis at the top to where it comes
    back at the base; averaged with the left where that is near."""
    ring = np.vstack((points, points[:1]))
    crossings = []
    for i, (start, end) in enumerate(itertools.pairwise(ring)):
        if (start[0] < 0) != (end[0] < 0):
            share = start[0] / (start[0] - end[0])
            crossings.append((start[1] + share * (end[1] - start[1]), i))
    top, base = min(crossings), max(crossings)
    halves = [_between(points, top, base), _between(points, base, top)[::-1]]
    right, left = sorted(halves, key=lambda half: -half[:, 0].mean())
    mirrored = left * (-1, 1)
    merged = right.copy()
    for place, point in enumerate(right[1:-1], 1):
        foot, distance = nearest_on(mirrored, point)
        if distance < _MOST_ASTRAY:
            merged[place] = (point + foot) / 2
    merged[:, 0] = np.maximum(merged[:, 0], 0)
    return merged


def _between(points: Points, first: tuple[float, int], last: tuple[float, int]) -> Points:
    """The ring from one crossing of the axis to another, both included."""
    count = len(points)
    steps = (last[1] - first[1]) % count
    inner = points[[(first[1] + 1 + i) % count for i in range(steps)]]
    return np.vstack(([(0.0, first[0])], inner, [(0.0, last[0])]))


def _crossings(ring: Points, level: float, *, axis: int) -> Points:
    """Where a closed ring crosses a line, along the line."""
    other = 1 - axis
    start, end = ring[:-1], ring[1:]
    cuts = (start[:, axis] < level) != (end[:, axis] < level)
    start, end = start[cuts], end[cuts]
    share = (level - start[:, axis]) / (end[:, axis] - start[:, axis])
    return np.asarray(start[:, other] + share * (end[:, other] - start[:, other]))


def _resampled(line: Points, count: int) -> Points:
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    at = np.linspace(0, along[-1], count)
    # The line's own points are kept as well as can be: corners must not be cut off.
    nearest = np.abs(at[:, np.newaxis] - along).argmin(axis=0)
    at[nearest] = along
    return np.stack([np.interp(at, along, line[:, axis]) for axis in (0, 1)], axis=1)


def _corners(samples: Points, *, is_ring: bool) -> list[int]:
    count = len(samples)
    reach = max(2, round(_CORNER_REACH * count))
    places = np.arange(count)
    before, after = places - reach, places + reach
    if not is_ring:
        before, after = np.maximum(before, 0), np.minimum(after, count - 1)
    into = samples - samples[before % count]
    out = samples[after % count] - samples
    turns = np.abs(
        np.arctan2(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0], (into * out).sum(axis=1))
    )
    if not is_ring:
        turns[[0, -1]] = 0
    found: list[int] = []
    for place in np.argsort(-turns, kind="stable").tolist():
        if turns[place] < _CORNER_TURN:
            break
        gaps = [abs(place - other) for other in found]
        if is_ring:
            gaps = [min(gap, count - gap) for gap in gaps]
        if all(gap > reach for gap in gaps):
            found.append(place)
    return sorted(found)


def _nodes(samples: Points, places: Sequence[int], corners: set[int]) -> tuple[SketchNode, ...]:
    return tuple(
        SketchNode(
            float(samples[place, 0]),
            float(samples[place, 1]),
            NodeKind.CORNER if place in corners else NodeKind.SMOOTH,
        )
        for place in places
    )


def _worst(sketch: Sketch, samples: Points, places: Sequence[int]) -> tuple[int, float]:
    """The sample that lies farthest from its piece of the curve, and how far."""
    worst, farthest = -1, 0.0
    count = len(samples)
    ends = list(places[1:])
    if not sketch.is_symmetric:
        ends.append(places[0] + count)
    for curve, start, end in zip(sketch.pieces, places, ends, strict=False):
        inner = np.arange(start + 2, end - 1, 2)
        if len(inner):
            distances = distances_from(curve, samples[inner % count])
            best = int(distances.argmax())
            if distances[best] > farthest:
                worst, farthest = int(inner[best] % count), float(distances[best])
    return worst, farthest


def _without_flat_ends(sketch: Sketch, tolerance: float) -> Sketch:
    """Without those nodes on the axis that the outline passes anyway, as at a flat base."""
    for end in (0, -1):
        if len(sketch.nodes) > 3:
            node = sketch.nodes[end]
            less = sketch.removed(end % len(sketch.nodes))
            if less.nearest(node.x, node.y)[3] <= tolerance / 2:
                sketch = less
    return sketch
