"""Designs of spatulas."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.engine.arrays import FloatArray
from desktop_app.infra.rendering.engine.materials import (
    STEEL,
    Material,
    glossy,
    wood,
)
from desktop_app.infra.rendering.engine.mesh import (
    Mesh,
    lofted,
    moved,
    rotation,
)
from desktop_app.infra.rendering.engine.outlines import ellipse
from desktop_app.infra.rendering.engine.scene import Part, Pose


def _paddle(brief: Brief) -> Built:
    """A plain paddle spatula."""
    neck = brief.vary(24.0, 32.0)
    mesh = _blade(
        _shaped(
            brief,
            [(0, 6.4, 0.8), (9, 7.2, 0.9), (neck, 3.0, 1.5), (72, 3.7, 1.6)],
            waist=2,
            blade=2,
        ),
        ends=(6.5 * brief.ratio(Measure.SHOULDER_ROUND), 3.7),
    )
    return _tool(brief, mesh, "paddle spatula")


def _spoon(brief: Brief) -> Built:
    """A narrow spatula with a lifted, spoon-like end."""
    mesh = _blade(
        _shaped(
            brief,
            [(0, 2.8, 1.5), (46, 2.2, 1.4), (58, 3.0, 1.1), (70, 5.6, 0.9), (80, 5.0, 0.8)],
            waist=1,
            blade=-2,
        ),
        ends=(2.8, 6.0 * brief.ratio(Measure.SHOULDER_ROUND)),
        bend=brief.vary(5.0, 9.0),
    )
    return _tool(brief, mesh, "scoop spatula")


def _double(brief: Brief) -> Built:
    """A tool with a paddle on one end and a narrow blade on the other."""
    mesh = _blade(
        _shaped(
            brief,
            [
                (0, 6.6, 0.8),
                (11, 7.4, 0.9),
                (30, 2.5, 1.7),
                (62, 2.5, 1.7),
                (76, 4.2, 0.9),
                (96, 3.6, 0.7),
            ],
            waist=2,
            blade=2,
        ),
        ends=(6.6 * brief.ratio(Measure.SHOULDER_ROUND), 3.6),
        bend=brief.vary(0.0, 4.0),
    )
    return _tool(brief, mesh, "double-ended spatula")


def _wide(brief: Brief) -> Built:
    """A short, broad mask spatula, squarer at its end."""
    mesh = _blade(
        _shaped(
            brief,
            [(0, 10.0, 0.5), (20, 10.0, 0.9), (34, 4.4, 1.9), (68, 5.0, 1.9)],
            waist=2,
            blade=2,
        ),
        ends=(brief.vary(2.4, 5.0) * brief.ratio(Measure.SHOULDER_ROUND), 4.6),
    )
    return _tool(brief, mesh, "mask spatula")


def _shaped(
    brief: Brief, stations: Sequence[tuple[float, float, float]], *, waist: int, blade: int
) -> list[tuple[float, float, float]]:
    """Stations of a blade in the brief's proportions.

    ``waist`` is the narrowest station; the first ``blade`` ones (the last ones where negative)
    are the broad end, which widens with the body, and the rest widens with the closure.
    """
    along = brief.ratio(Measure.BODY_HEIGHT)
    broad, handle = brief.ratio(Measure.BODY_WIDTH), brief.ratio(Measure.CLOSURE_WIDTH)
    neck = brief.ratio(Measure.NECK_WIDTH)
    blades = range(blade) if blade > 0 else range(len(stations) + blade, len(stations))
    shaped = []
    for k, (x, wide, thick) in enumerate(stations):
        factor = neck if k == waist else broad if k in blades else handle
        shaped.append((x * along, wide * factor, thick))
    return shaped


def _tool(brief: Brief, mesh: Mesh, noun: str) -> Built:
    material = _tool_material(brief)
    sized = Mesh(mesh.vertices * brief.scale, mesh.normals, mesh.faces)
    turn = Pose(rotation(about="y", degrees=brief.vary(24.0, 40.0)))
    return Built((Part("tool", sized, material, pose=turn),), noun, material.name)


def _tool_material(brief: Brief) -> Material:
    way = brief.colourway
    in_metal = brief.vary(0.0, 1.0) > 0.5
    if way.closure.is_wooden:
        return wood("d8b483", name="Beech")
    if in_metal:
        return STEEL if way.trim.name.endswith("silver") else way.trim
    return way.body if not way.body.is_transparent else glossy("f3efe8")


def _blade(
    stations: Sequence[tuple[float, float, float]],
    *,
    ends: tuple[float, float],
    bend: float = 0.0,
) -> Mesh:
    """A flat tool along x, lying on the floor.

    ``stations`` are (x, half width, half thickness), interpolated smoothly; ``ends`` are the
    lengths over which either end is rounded off. ``bend`` lifts the far end by that much.
    """
    x, wide, thick = (np.array(column) for column in zip(*stations, strict=True))
    along = x[0] + (x[-1] - x[0]) * 0.5 * (1 - np.cos(np.linspace(0.012, math.pi - 0.012, 120)))
    near = np.clip((along - x[0]) / ends[0], 0.0, 1.0)
    far = np.clip((x[-1] - along) / ends[1], 0.0, 1.0)
    round_off = np.sqrt(1 - (1 - near) ** 2) * np.sqrt(1 - (1 - far) ** 2)
    widths = _interpolated(along, x, wide) * round_off
    depths = _interpolated(along, x, thick) * round_off**0.5
    sections = [ellipse(w, d, power=3.2).points for w, d in zip(widths, depths, strict=True)]
    mesh = lofted(sections, list(along))
    lying = moved(
        mesh, rotation=rotation(about="y", degrees=90.0) @ rotation(about="x", degrees=-90.0)
    )
    points: FloatArray = lying.vertices.copy()
    points[:, 0] -= (points[:, 0].max() + points[:, 0].min()) / 2
    reach = np.clip(points[:, 0] / points[:, 0].max(), 0.0, 1.0)
    points[:, 1] += bend * reach**2
    points[:, 1] -= points[:, 1].min()
    return Mesh(points, lying.normals, lying.faces)


def _interpolated(x: FloatArray, knots: FloatArray, values: FloatArray) -> FloatArray:
    """Monotone cubic interpolation (Fritsch and Carlson 1980)."""
    steps = np.diff(knots)
    slopes = np.diff(values) / steps
    tangents = np.zeros(len(knots))
    for k in range(1, len(knots) - 1):
        if slopes[k - 1] * slopes[k] > 0:
            tangents[k] = 2.0 / (1.0 / slopes[k - 1] + 1.0 / slopes[k])
    index = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(steps) - 1)
    h = steps[index]
    t = (x - knots[index]) / h
    a = (1 + 2 * t) * (1 - t) ** 2 * values[index] + t * t * (3 - 2 * t) * values[index + 1]
    b = t * (1 - t) ** 2 * h * tangents[index] + t * t * (t - 1) * h * tangents[index + 1]
    result: FloatArray = a + b
    return result


SPATULAS: dict[str, Design] = {
    "paddle": _paddle,
    "spoon": _spoon,
    "double": _double,
    "wide": _wide,
}
