"""The curve through the nodes of a sketch.

Between two corners it runs straight. Through smooth nodes it runs in the direction of a
centripetal Catmull-Rom spline (Yuksel, Schaefer, Keyser: Parameterization and applications of
Catmull-Rom curves, 2011), with handles as long as those of the circular arc that leaves in that
direction (Goldapp: Approximation of circular arcs by cubic polynomials, 1991), so that nodes on
a circle give that circle. Rounded corners are circular arcs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 2), x to the right and y down."""

CURVE_POINTS = 16
"""Points that a curved piece is drawn with."""
COINCIDENT = 1e-6
_LEAST_NODES = 3
_KEPT = 16
"""Curves kept: one sketch is looked at several times before the next comes."""
_ARC_STEP = math.radians(7.5)
_LEAST_TURN, _MOST_TURN = math.radians(1), math.radians(176)


class NodeKind(StrEnum):
    """CORNER: straight pieces meet, rounded where the node has a radius. SMOOTH: the outline
    runs through the node as a curve."""

    CORNER = "corner"
    SMOOTH = "smooth"


@dataclass(frozen=True, slots=True)
class SketchNode:
    """A point of the outline in the sketch's unit. ``radius`` rounds a corner, as far as its
    neighbours leave room."""

    x: float
    y: float
    kind: NodeKind = NodeKind.SMOOTH
    radius: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x, self.y, self.radius))) or self.radius < 0:
            raise ValueError(f"not a node: {self}")

    def at(self, x: float, y: float) -> SketchNode:
        """The node in another place."""
        return replace(self, x=x, y=y)


@lru_cache(maxsize=_KEPT)
def points_of(ring: tuple[SketchNode, ...]) -> Points:
    """The closed curve, its first point not repeated; the nodes alone where they are too few
    for one. Not to be written to."""
    if len(ring) < _LEAST_NODES:
        points = np.array([(node.x, node.y) for node in ring], np.float64).reshape(-1, 2)
    else:
        points = _rounded(ring, pieces_of(ring))
    points.flags.writeable = False
    return points


@lru_cache(maxsize=_KEPT)
def pieces_of(ring: tuple[SketchNode, ...]) -> tuple[Points, ...]:
    """A polyline from each node of a closed ring to the next, corners not rounded yet. Not to
    be written to."""
    count = len(ring)
    if count < 2:
        return ()
    places = np.array([(node.x, node.y) for node in ring], np.float64)
    handles = [_handles(ring, places, i) for i in range(count)]
    made = []
    for i in range(count):
        j = (i + 1) % count
        start, end, leaves, arrives = places[i], places[j], handles[i][1], handles[j][0]
        if leaves is None and arrives is None:
            made.append(np.array([start, end]))
            continue
        # A piece that is curved at one end alone is a parabola, raised to a cubic.
        if leaves is None:
            assert arrives is not None
            leaves = start + (end + 1.5 * (arrives - end) - start) * (2 / 3)
        elif arrives is None:
            arrives = end + (start + 1.5 * (leaves - start) - end) * (2 / 3)
        made.append(_bezier(start, leaves, arrives, end, CURVE_POINTS))
    for piece in made:
        piece.flags.writeable = False
    return tuple(made)


def _handles(
    ring: Sequence[SketchNode], places: Points, i: int
) -> tuple[Points | None, Points | None]:
    """Bézier handles of a smooth node towards the node before and the one after."""
    if ring[i].kind is NodeKind.CORNER or len(ring) < _LEAST_NODES:
        return None, None
    before, here, after = places[i - 1], places[i], places[(i + 1) % len(ring)]
    first = math.sqrt(math.dist(before, here))
    second = math.sqrt(math.dist(here, after))
    if first < COINCIDENT or second < COINCIDENT:
        return here, here
    speed = (here - before) / first - (after - before) / (first + second) + (after - here) / second
    length = math.hypot(*speed)
    if length < COINCIDENT:
        return here, here
    along = speed / length
    return here - along * _reach(here - before, along), here + along * _reach(after - here, along)


def _reach(chord: Points, along: Points) -> float:
    """How long the handle is of an arc over ``chord`` that starts or ends ``along``."""
    length = math.hypot(*chord)
    cosine = max(0.0, float(np.dot(chord, along)) / length)
    return 2 / 3 * length / (1 + cosine)


def _rounded(ring: Sequence[SketchNode], pieces: Sequence[Points]) -> Points:
    """One closed polyline of the pieces, its first point not repeated, with arcs in place of
    the corners that have a radius, as large as the pieces beside them leave room for."""
    count = len(ring)
    lengths = [_length(piece) for piece in pieces]
    is_round = [node.kind is NodeKind.CORNER and node.radius > 0 for node in ring]
    cuts = [0.0] * count
    for i in range(count):
        if is_round[i]:
            before, after = i - 1, i
            turn = _turn(pieces[before], pieces[after])
            if _LEAST_TURN <= turn <= _MOST_TURN:
                rooms = (
                    lengths[before] * (0.5 if is_round[i - 1] else 1.0),
                    lengths[after] * (0.5 if is_round[(i + 1) % count] else 1.0),
                )
                cuts[i] = min(ring[i].radius * math.tan(turn / 2), 0.999 * min(rooms))
    parts: list[Points] = []
    for i in range(count):
        piece = _trimmed(pieces[i], cuts[i], cuts[(i + 1) % count])
        if cuts[i] > COINCIDENT:
            arrives = _trimmed(pieces[i - 1], cuts[i - 1], cuts[i])
            parts.append(_arc(arrives, piece))
        parts.append(piece[:-1] if cuts[(i + 1) % count] <= COINCIDENT else piece)
    points = np.concatenate(parts)
    kept = np.hypot(*(points - np.roll(points, 1, axis=0)).T) > COINCIDENT
    return points[kept] if kept.any() else points[:1]


def _arc(before: Points, after: Points) -> Points:
    """Points between the end of one piece and the start of the next, of an arc that touches
    both, as a cubic (Goldapp: Approximation of circular arcs by cubic polynomials, 1991)."""
    start, end = before[-1], after[0]
    leaves, arrives = _direction(before[-2:]), _direction(after[:2])
    angle = math.acos(float(np.clip(np.dot(leaves, arrives), -1, 1)))
    chord = math.dist(start, end)
    if angle < _LEAST_TURN or chord < COINCIDENT:
        return np.empty((0, 2))
    reach = 4 / 3 * math.tan(angle / 4) * chord / (2 * math.sin(angle / 2))
    steps = max(4, math.ceil(angle / _ARC_STEP) + 1)
    return _bezier(start, start + leaves * reach, end - arrives * reach, end, steps)[1:-1]


def _bezier(a: Points, b: Points, c: Points, d: Points, count: int) -> Points:
    t = np.linspace(0, 1, count)[:, np.newaxis]
    s = 1 - t
    return np.asarray(s**3 * a + 3 * s**2 * t * b + 3 * s * t**2 * c + t**3 * d)


def _turn(before: Points, after: Points) -> float:
    """By how much the direction changes from one piece to the next, in radians."""
    cosine = np.dot(_direction(before[-2:]), _direction(after[:2]))
    return math.acos(float(np.clip(cosine, -1, 1)))


def _direction(step: Points) -> Points:
    along = step[1] - step[0]
    length = math.hypot(*along)
    return along / length if length > 0 else np.zeros(2)


def _length(piece: Points) -> float:
    return float(np.hypot(*np.diff(piece, axis=0).T).sum())


def _trimmed(piece: Points, head: float, tail: float) -> Points:
    """A polyline without the first ``head`` and the last ``tail`` of its length."""
    if head <= COINCIDENT and tail <= COINCIDENT:
        return piece
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(piece, axis=0).T))))
    first, last = head, max(along[-1] - tail, head)
    inner = piece[(along > first) & (along < last)]
    ends = [
        np.array([np.interp(at, along, piece[:, axis]) for axis in (0, 1)]) for at in (first, last)
    ]
    return np.vstack((ends[0], inner, ends[1]))


def distances_from(piece: Points, points: Points) -> NDArray[np.float64]:
    """(n,): how far each of ``points`` (n, 2) lies from a polyline."""
    starts, steps = piece[:-1], np.diff(piece, axis=0)
    squares = np.maximum((steps**2).sum(axis=1), COINCIDENT**2)
    offsets = points[:, np.newaxis] - starts
    shares = np.clip((offsets * steps).sum(axis=2) / squares, 0, 1)
    misses = offsets - steps * shares[:, :, np.newaxis]
    return np.asarray(np.sqrt((misses**2).sum(axis=2).min(axis=1)))


def nearest_on(piece: Points, point: Points) -> tuple[Points, float]:
    """The point of a polyline that is nearest to another, and its distance."""
    starts, steps = piece[:-1], np.diff(piece, axis=0)
    squares = np.maximum((steps**2).sum(axis=1), COINCIDENT**2)
    shares = np.clip(((point - starts) * steps).sum(axis=1) / squares, 0, 1)
    feet = starts + steps * shares[:, np.newaxis]
    distances = np.hypot(*(feet - point).T)
    best = int(distances.argmin())
    return feet[best], float(distances[best])
