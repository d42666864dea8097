"""Plan outlines: what a body looks like from straight above."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, normalised

POINTS = 144


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A closed convex line of ``points`` (n, 2) in x and z with outward unit ``normals``.

    It starts in front (+z) and runs towards +x.
    """

    points: FloatArray
    normals: FloatArray


def ellipse(half_width: float, half_depth: float, *, power: float = 2.0) -> Outline:
    """An ellipse; ``power`` above 2 makes it squarer (a superellipse)."""
    angles = np.arange(POINTS) * (2 * math.pi / POINTS)
    x, z = np.sin(angles), np.cos(angles)
    scale = (np.abs(x) ** power + np.abs(z) ** power) ** (-1.0 / power)
    x, z = x * scale, z * scale
    gradient = np.stack(
        [
            np.sign(x) * np.abs(x) ** (power - 1) / half_width,
            np.sign(z) * np.abs(z) ** (power - 1) / half_depth,
        ],
        axis=1,
    )
    return Outline(np.stack([x * half_width, z * half_depth], axis=1), normalised(gradient))


def rounded_rectangle(half_width: float, half_depth: float, corner: float) -> Outline:
    """A rectangle with round corners."""
    per_corner = POINTS // 4
    angles = (np.arange(per_corner) / (per_corner - 1)) * (math.pi / 2)
    points, normals = [], []
    quarters = [(1, 1, 0.0), (1, -1, math.pi / 2), (-1, -1, math.pi), (-1, 1, 1.5 * math.pi)]
    for sx, sz, start in quarters:
        direction = np.stack([np.sin(angles + start), np.cos(angles + start)], axis=1)
        centre = np.array([sx * (half_width - corner), sz * (half_depth - corner)])
        points.append(centre + direction * corner)
        normals.append(direction)
    return Outline(np.concatenate(points), np.concatenate(normals))


def polygon(sides: int, radius: float, corner: float, *, turn_degrees: float = 0.0) -> Outline:
    """A regular polygon with round corners; ``radius`` reaches the unrounded corners."""
    per_corner = max(6, POINTS // sides)
    half = math.pi / sides
    turn = math.radians(turn_degrees)
    points, normals = [], []
    for k in range(sides):
        middle = turn + 2 * half * k
        centre = (radius - corner / math.cos(half)) * np.array([math.sin(middle), math.cos(middle)])
        angles = np.linspace(middle - half, middle + half, per_corner)
        direction = np.stack([np.sin(angles), np.cos(angles)], axis=1)
        points.append(centre + direction * corner)
        normals.append(direction)
    return Outline(np.concatenate(points), np.concatenate(normals))
