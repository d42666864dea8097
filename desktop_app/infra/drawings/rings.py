"""From lines of a drawing to the one closed outline around the object."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.opencv import cv2

Points = NDArray[np.float64]
"""(n, 2), x to the right and y down."""

MOST_POINTS = 400_000
"""In a drawing that is read; more is no outline of a container."""
_JOIN = 2e-4
_GAP = 0.02
_LEAST_SHARE = 0.004
"""Rings of less of the largest one's area are details."""
_UNION_SIDE = 3000
_ON_AXIS = 0.005


def closed_rings(lines: Iterable[Points]) -> list[Points]:
    """Closed rings, first point not repeated, that the lines make, joined at their ends.

    Ends are joined that lie within 0.02 % of the drawing's diagonal; a chain that does not
    close counts as a ring where it lacks 2 % of that or less, and where its ends lie above
    each other with the chain on one side of them: then it is half a profile and is mirrored.
    """
    usable = [line for line in (_cleaned(line) for line in lines) if len(line) > 1]
    if not usable:
        return []
    corners = np.vstack([np.stack((line.min(axis=0), line.max(axis=0))) for line in usable])
    diagonal = math.dist(corners.min(axis=0), corners.max(axis=0))
    if diagonal <= 0:
        return []
    rings: list[Points] = []
    chains: list[Points] = []
    for line in usable:
        is_closed = math.dist(line[0], line[-1]) <= _JOIN * diagonal and len(line) > 3
        (rings if is_closed else chains).append(line)
    for chain in _joined(chains, _JOIN * diagonal):
        if math.dist(chain[0], chain[-1]) <= _JOIN * diagonal:
            rings.append(chain)
        elif (mirrored := _mirrored(chain)) is not None:
            rings.append(mirrored)
        elif math.dist(chain[0], chain[-1]) <= _GAP * diagonal:
            rings.append(np.vstack((chain, chain[:1])))
    return [ring[:-1] for ring in rings if len(ring) > 3 and area(ring) > 0]


def outer_ring(rings: Sequence[Points]) -> Points | None:
    """The outline around the largest ring and those that touch it; None where there is none.

    A body and its closure are often two rings: these are united, exact to 1/3000 of the
    drawing's longer side. A ring inside the largest one, or far away, changes nothing.
    """
    ranked = sorted(rings, key=area, reverse=True)
    if not ranked or area(ranked[0]) <= 0:
        return None
    largest = ranked[0]
    others = [ring for ring in ranked[1:] if area(ring) > _LEAST_SHARE * area(largest)]
    others = [ring for ring in others if not _is_inside(ring, largest)]
    return _united([largest, *others]) if others else largest


def area(ring: Points) -> float:
    """Of a closed ring, by the shoelace formula, never negative."""
    x, y = (ring - ring[0]).T
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


def _cleaned(line: Points) -> Points:
    """Without points that are not finite and without doubled ones."""
    line = np.asarray(line, np.float64).reshape(-1, 2)
    if not np.isfinite(line).all() or np.abs(line).max(initial=0.0) > 1e12:
        return line[:0]
    kept = np.ones(len(line), bool)
    kept[1:] = (np.diff(line, axis=0) != 0).any(axis=1)
    return line[kept]


def _joined(lines: Sequence[Points], reach: float) -> list[Points]:
    """Chains of lines whose ends meet within ``reach``."""
    ends: defaultdict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)

    def cell(point: Points) -> tuple[int, int]:
        return math.floor(point[0] / reach), math.floor(point[1] / reach)

    for place, line in enumerate(lines):
        ends[cell(line[0])].append((place, False))
        ends[cell(line[-1])].append((place, True))
    used = [False] * len(lines)

    def following(point: Points) -> Points | None:
        column, row = cell(point)
        best, nearest = None, reach
        for near in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for place, is_last in ends.get(near, ()):
                if not used[place]:
                    end = lines[place][-1 if is_last else 0]
                    if (distance := math.dist(end, point)) <= nearest:
                        best, nearest = (place, is_last), distance
        if best is None:
            return None
        used[best[0]] = True
        return lines[best[0]][::-1] if best[1] else lines[best[0]]

    chains = []
    for place, line in enumerate(lines):
        if used[place]:
            continue
        used[place] = True
        forward, backward = [line], []
        tip, tail = line[-1], line[0]
        while math.dist(tip, tail) > reach and (more := following(tip)) is not None:
            forward.append(more[1:])
            tip = more[-1]
        while math.dist(tip, tail) > reach and (more := following(tail)) is not None:
            backward.append(more[:0:-1])
            tail = more[-1]
        chains.append(np.vstack((*reversed(backward), *forward)))
    return chains


def _mirrored(chain: Points) -> Points | None:
    """A whole profile of half of one, where the chain is that."""
    width, height = np.ptp(chain, axis=0)
    top, base = chain[0], chain[-1]
    axis = (top[0] + base[0]) / 2
    is_upright = abs(top[0] - base[0]) <= _ON_AXIS * height
    if not is_upright or abs(top[1] - base[1]) < 0.5 * height or width <= 0:
        return None
    offsets = chain[:, 0] - axis
    if offsets.min() < -_ON_AXIS * height and offsets.max() > _ON_AXIS * height:
        return None
    other = chain[::-1] * (-1, 1) + (2 * axis, 0)
    return np.vstack((chain, other[1:]))


def _is_inside(ring: Points, other: Points) -> bool:
    outline = other.astype(np.float32).reshape(-1, 1, 2)
    slack = 1e-3 * float(np.ptp(other, axis=0).max())
    step = max(1, len(ring) // 64)
    return all(
        cv2.pointPolygonTest(outline, (float(x), float(y)), True) >= -slack for x, y in ring[::step]
    )


def _united(rings: Sequence[Points]) -> Points:
    """The outline of the first ring and of what hangs together with it."""
    corners = np.vstack([np.stack((ring.min(axis=0), ring.max(axis=0))) for ring in rings])
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = _UNION_SIDE / float((high - low).max())
    # With the sixteenths of a pixel that fillPoly takes.
    canvas = np.zeros(np.ceil((high - low) * scale + 8).astype(int)[::-1], np.uint8)
    for ring in rings:
        fixed = np.rint(((ring - low) * scale + 4) * 16).astype(np.int32)
        cv2.fillPoly(canvas, [fixed.reshape(-1, 1, 2)], 255, lineType=cv2.LINE_8, shift=4)
    whole = cv2.morphologyEx(canvas, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    inside = tuple(np.rint((_inner_point(rings[0]) - low) * scale + 4).astype(int).tolist())
    contours, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    holding = [c for c in contours if cv2.pointPolygonTest(c, inside, False) >= 0]
    contour = max(holding or contours, key=cv2.contourArea)
    smooth = cv2.approxPolyDP(contour, 0.75, closed=True)
    return np.asarray((smooth.reshape(-1, 2) - 4) / scale + low, np.float64)


def _inner_point(ring: Points) -> Points:
    """A point inside a ring: in the middle of its widest stretch at half of its height."""
    closed = np.vstack((ring, ring[:1]))
    level = (ring[:, 1].min() + ring[:, 1].max()) / 2 + 1e-9
    start, end = closed[:-1], closed[1:]
    cuts = (start[:, 1] < level) != (end[:, 1] < level)
    start, end = start[cuts], end[cuts]
    share = (level - start[:, 1]) / (end[:, 1] - start[:, 1])
    x = np.sort(start[:, 0] + share * (end[:, 0] - start[:, 0]))
    if len(x) < 2:
        return np.asarray(ring.mean(axis=0))
    pairs = x[: len(x) // 2 * 2].reshape(-1, 2)
    left, right = pairs[np.diff(pairs, axis=1).argmax()]
    return np.array([(left + right) / 2, level])
