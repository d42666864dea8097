"""Profiles: the lines that are turned around the axis to make a container."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, normalised

Corner = tuple[float, float, float]
"""Distance from the axis, height, fillet radius (0 keeps the corner sharp)."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A polyline from the bottom to the top of a part.

    ``points`` and ``normals`` have shape (n, 2): distance from the axis and height, and the
    outward unit normal. A sharp corner is two equal points with different normals.
    """

    points: FloatArray
    normals: FloatArray

    @property
    def radius(self) -> float:
        return float(self.points[:, 0].max())

    def radius_at(self, heights: FloatArray) -> FloatArray:
        """The greatest distance from the axis at each height (for outlines that rise steadily)."""
        order = np.argsort(self.points[:, 1], kind="stable")
        rising = self.points[order]
        levels, first = np.unique(np.round(rising[:, 1], 6), return_index=True)
        widest = np.maximum.reduceat(rising[:, 0], first)
        return np.interp(heights, levels, widest)


def cornered(corners: Sequence[Corner], *, step: float = 3.0) -> Profile:
    """A path of straight runs whose corners are rounded by their fillet radius.

    Fillets shrink where a run is too short for them. Runs are cut into pieces of at most
    ``step`` millimetres.
    """
    nodes = np.array([corner[:2] for corner in corners], dtype=float)
    runs = np.diff(nodes, axis=0)
    lengths = np.hypot(runs[:, 0], runs[:, 1])
    along = runs / np.maximum(lengths, 1e-9)[:, None]
    cuts, turns = np.zeros(len(nodes)), np.zeros(len(nodes))
    for i in range(1, len(nodes) - 1):
        cross = along[i - 1, 0] * along[i, 1] - along[i - 1, 1] * along[i, 0]
        turns[i] = math.atan2(cross, float(along[i - 1] @ along[i]))
        wanted = corners[i][2] * abs(math.tan(turns[i] / 2))
        cuts[i] = min(wanted, 0.499 * min(lengths[i - 1], lengths[i]))
    points: list[FloatArray] = []
    normals: list[FloatArray] = []
    for i, direction in enumerate(along):
        start, end = nodes[i] + direction * cuts[i], nodes[i + 1] - direction * cuts[i + 1]
        pieces = max(1, math.ceil(float(np.hypot(*(end - start))) / step))
        t = np.linspace(0.0, 1.0, pieces + 1)[:, None]
        points.append(start + (end - start) * t)
        normals.append(np.repeat([[direction[1], -direction[0]]], pieces + 1, axis=0))
        if i + 1 < len(along) and cuts[i + 1] > 1e-6:
            arc_points, arc_normals = _arc(
                end, direction, turns[i + 1], cuts[i + 1] / abs(math.tan(turns[i + 1] / 2))
            )
            points.append(arc_points)
            normals.append(arc_normals)
    return Profile(np.concatenate(points), np.concatenate(normals))


def _arc(
    start: FloatArray, direction: FloatArray, turn: float, radius: float
) -> tuple[FloatArray, FloatArray]:
    """The inner points of a circular arc that leaves ``start`` and turns by ``turn`` radians."""
    count = max(4, math.ceil(abs(turn) / math.radians(9)))
    angles = np.linspace(0.0, turn, count + 1)[1:-1]
    normal = np.array([direction[1], -direction[0]])
    centre = start - normal * math.copysign(radius, turn)
    cosines, sines = np.cos(angles), np.sin(angles)
    turned = np.stack(
        [normal[0] * cosines - normal[1] * sines, normal[0] * sines + normal[1] * cosines], axis=1
    )
    return centre + turned * math.copysign(radius, turn), turned


def curved(knots: Sequence[tuple[float, float]], *, samples: int = 12) -> Profile:
    """A smooth path through the knots (centripetal Catmull-Rom, Yuksel et al. 2011)."""
    nodes = np.array(knots, dtype=float)
    padded = np.concatenate([[2 * nodes[0] - nodes[1]], nodes, [2 * nodes[-1] - nodes[-2]]])
    pieces: list[FloatArray] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        t0 = 0.0
        t1 = t0 + max(float(np.hypot(*(p1 - p0))), 1e-6) ** 0.5
        t2 = t1 + max(float(np.hypot(*(p2 - p1))), 1e-6) ** 0.5
        t3 = t2 + max(float(np.hypot(*(p3 - p2))), 1e-6) ** 0.5
        t = np.linspace(t1, t2, samples, endpoint=False)[:, None]
        a1 = (t1 - t) / (t1 - t0) * p0 + (t - t0) / (t1 - t0) * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / (t2 - t0) * a1 + (t - t0) / (t2 - t0) * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        pieces.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    points = np.concatenate([*pieces, nodes[-1:]])
    points[:, 0] = np.maximum(points[:, 0], 0.0)
    tangents = normalised(np.gradient(points, axis=0))
    return Profile(points, np.stack([tangents[:, 1], -tangents[:, 0]], axis=1))


def joined(*profiles: Profile) -> Profile:
    """Profiles one after the other; the last point of each should be the first of the next."""
    return Profile(
        np.concatenate([profile.points for profile in profiles]),
        np.concatenate([profile.normals for profile in profiles]),
    )


def cylinder(
    radius: float,
    height: float,
    *,
    base: float = 0.0,
    fillet: float = 1.0,
    bottom_fillet: float | None = None,
    top_radius: float | None = None,
) -> Profile:
    """A closed upright cylinder or cone with rounded edges, standing at height ``base``."""
    upper = radius if top_radius is None else top_radius
    lower_fillet = fillet if bottom_fillet is None else bottom_fillet
    return cornered(
        [
            (0.0, base, 0.0),
            (radius, base, lower_fillet),
            (upper, base + height, fillet),
            (0.0, base + height, 0.0),
        ]
    )


def cavity(outer: Profile, *, wall: float, floor: float, top: float) -> Profile:
    """The closed inside of a body: ``wall`` thinner all around, from ``floor`` up to ``top``."""
    heights = np.linspace(floor, top, 40)
    radii = np.maximum(outer.radius_at(heights) - wall, 0.5)
    foot = 5
    base_round = min(wall * 2.0, float(radii[0]) * 0.5)
    lower = cornered(
        [
            (0.0, floor, 0.0),
            (float(radii[0]), floor, base_round),
            (float(radii[foot]), float(heights[foot]), 0.0),
        ]
    )
    sides = curved(
        [(float(r), float(y)) for r, y in zip(radii[foot:], heights[foot:], strict=True)],
        samples=2,
    )
    lid = cornered([(float(radii[-1]), top, 0.0), (0.0, top, 0.0)])
    return joined(lower, sides, lid)


def waisted(profile: Profile, share: float, *, height: float) -> Profile:
    """The profile narrowed by ``share`` of its radius half way up to ``height``, smoothly and
    not at all at either end; negative shares widen it."""
    if not share:
        return profile
    t = np.clip(profile.points[:, 1] / height, 0.0, 1.0)
    factor = 1.0 - share * np.sin(math.pi * t) ** 2
    slope = -share * math.pi / height * np.sin(2.0 * math.pi * t)
    along = np.stack([-profile.normals[:, 1], profile.normals[:, 0]], axis=1)
    outward = along[:, 0] * factor + profile.points[:, 0] * slope * along[:, 1]
    return Profile(
        np.stack([profile.points[:, 0] * factor, profile.points[:, 1]], axis=1),
        normalised(np.stack([along[:, 1], -outward], axis=1)),
    )


def volume_ml(profile: Profile) -> float:
    """The volume enclosed when the profile is turned around the axis."""
    radius, height = profile.points[:, 0], profile.points[:, 1]
    slices = (radius[1:] ** 2 + radius[1:] * radius[:-1] + radius[:-1] ** 2) / 3.0 * np.diff(height)
    return float(abs(math.pi * slices.sum()) / 1000.0)
