"""Triangle meshes with smooth normals, and the ways to make them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, IndexArray, normalised
from desktop_app.infra.rendering.engine.outlines import Outline
from desktop_app.infra.rendering.engine.profiles import Profile

AROUND = 144
"""Pieces around the axis; at 300 pixels of radius the outline is within 0.08 pixel of round."""

_FAN_RINGS = (1.0, 0.75, 0.5, 0.25)
"""Where flat ends are cut, so that no triangle is long and thin."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A closed surface: ``vertices`` and unit ``normals`` (n, 3), ``faces`` (m, 3).

    Faces run anticlockwise as seen from outside.
    """

    vertices: FloatArray
    normals: FloatArray
    faces: IndexArray

    def sampled(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Points (count, 3) spread evenly over the surface."""
        a, b, c = (self.vertices[self.faces[:, k]] for k in range(3))
        cross = np.cross(b - a, c - a)
        areas = np.sqrt(np.einsum("ij,ij->i", cross, cross))
        edges = np.cumsum(areas)
        picks = (np.arange(count) + rng.random(count)) * (edges[-1] / count)
        chosen = np.minimum(np.searchsorted(edges, picks), len(edges) - 1)
        u, v = rng.random((2, count, 1))
        root = np.sqrt(u)
        points: FloatArray = (
            a[chosen] * (1 - root) + b[chosen] * root * (1 - v) + c[chosen] * root * v
        )
        return points


def _grid_faces(rows: int, columns: int) -> IndexArray:
    """Two triangles for every cell of a grid that closes around its columns."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    right = (j + 1) % columns
    a, b = i * columns + j, i * columns + right
    c, d = (i + 1) * columns + right, (i + 1) * columns + j
    faces = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    return faces.astype(np.int64)


def revolved(profile: Profile, *, around: int = AROUND) -> Mesh:
    """The surface of revolution of a profile about the vertical axis."""
    angles = np.arange(around) * (2 * math.pi / around)
    sines, cosines = np.sin(angles), np.cos(angles)

    def turned(pairs: FloatArray) -> FloatArray:
        radial, level = pairs[:, :1], pairs[:, 1:]
        grid = np.stack(
            [radial * sines, np.repeat(level, around, axis=1), radial * cosines], axis=-1
        )
        return grid.reshape(-1, 3)

    faces = _grid_faces(len(profile.points), around)
    return _without_slivers(Mesh(turned(profile.points), turned(profile.normals), faces))


def prism(outline: Outline, profile: Profile) -> Mesh:
    """An upright body with the given plan, its edges shaped by ``profile``.

    The profile's first number is the distance by which a level lies inside the outline,
    counted negative (0 at the outline, -2 two millimetres inside); the ends are closed flat.
    Insets should stay below the outline's smallest radius of curvature.
    """
    inset, level = profile.points[:, 0], profile.points[:, 1]
    x = outline.points[None, :, 0] + outline.normals[None, :, 0] * inset[:, None]
    z = outline.points[None, :, 1] + outline.normals[None, :, 1] * inset[:, None]
    y = np.repeat(level[:, None], x.shape[1], axis=1)
    nx = outline.normals[None, :, 0] * profile.normals[:, :1]
    nz = outline.normals[None, :, 1] * profile.normals[:, :1]
    ny = np.repeat(profile.normals[:, 1:], x.shape[1], axis=1)
    vertices = np.stack([x, y, z], axis=-1)
    return _capped(vertices, normalised(np.stack([nx, ny, nz], axis=-1)))


def lofted(sections: Sequence[FloatArray], levels: Sequence[float]) -> Mesh:
    """A smooth skin over plan sections (n, 2) stacked at the given heights, closed flat."""
    plan = np.stack(sections)
    heights = np.repeat(np.array(levels, dtype=float)[:, None], plan.shape[1], axis=1)
    grid = np.stack([plan[:, :, 0], heights, plan[:, :, 1]], axis=-1)
    up = np.gradient(grid, axis=0)
    around = np.roll(grid, -1, axis=1) - np.roll(grid, 1, axis=1)
    return _capped(grid, normalised(np.cross(around, up)))


def swept(path: FloatArray, radii: FloatArray, *, around: int = 40, flat: float = 1.0) -> Mesh:
    """A round tube along ``path`` (n, 3) with a radius at every point, closed flat.

    ``flat`` scales the section across the plane of the bend.
    """
    tangents = normalised(np.gradient(path, axis=0))
    first = _carried_along(tangents)
    second = np.cross(first, tangents)
    angles = np.arange(around) * (2 * math.pi / around)
    directions = (
        first[:, None] * np.cos(angles)[None, :, None] * flat
        + second[:, None] * np.sin(angles)[None, :, None]
    )
    grid = path[:, None] + directions * radii[:, None, None]
    up = np.gradient(grid, axis=0)
    across = np.roll(grid, -1, axis=1) - np.roll(grid, 1, axis=1)
    normals = normalised(np.cross(across, up))
    if float(np.mean(np.sum(normals * directions, axis=-1))) < 0:
        grid, normals = grid[:, ::-1], -normals[:, ::-1]
    return _capped(grid, normals)


def _carried_along(tangents: FloatArray) -> FloatArray:
    """A unit side vector (n, 3) for every unit tangent of a path, each as near to the one
    before as it can be."""
    x, y, z = (0.0, 0.0, 1.0) if abs(float(tangents[0, 2])) <= 0.9 else (1.0, 0.0, 0.0)
    sides = []
    for tx, ty, tz in tangents.tolist():
        along = x * tx + y * ty + z * tz
        x, y, z = x - tx * along, y - ty * along, z - tz * along
        length = max(math.sqrt(x * x + y * y + z * z), 1e-12)
        x, y, z = x / length, y / length, z / length
        sides.append((x, y, z))
    return np.array(sides)


def _capped(grid: FloatArray, normals: FloatArray) -> Mesh:
    """A grid that closes around its columns, with a flat fan over either end."""
    rows, columns = grid.shape[:2]
    faces = [_grid_faces(rows, columns)]
    vertices, directions = [grid.reshape(-1, 3)], [normals.reshape(-1, 3)]
    count = rows * columns
    for row, sign in ((0, -1.0), (rows - 1, 1.0)):
        rim = grid[row]
        centre = rim.mean(axis=0)
        loop = np.cross(rim - centre, np.roll(rim, -1, axis=0) - centre).sum(axis=0)
        axis = normalised(loop)
        step = 1 if row else -1
        ahead = (np.arange(columns) + step) % columns
        rings = [centre + (rim - centre) * share for share in _FAN_RINGS]
        vertices += [*rings, centre[None]]
        directions.append(np.repeat((axis * sign)[None], columns * len(rings) + 1, axis=0))
        around = np.arange(columns)
        for ring in range(len(rings) - 1):
            outer, inner = count + ring * columns, count + (ring + 1) * columns
            faces.append(np.stack([outer + around, outer + ahead, inner + ahead], axis=1))
            faces.append(np.stack([outer + around, inner + ahead, inner + around], axis=1))
        last = count + (len(rings) - 1) * columns
        middle = np.full(columns, count + len(rings) * columns)
        faces.append(np.stack([middle, last + around, last + ahead], axis=1))
        count += columns * len(rings) + 1
    return _without_slivers(
        Mesh(np.concatenate(vertices), np.concatenate(directions), np.concatenate(faces))
    )


def _without_slivers(mesh: Mesh) -> Mesh:
    """The mesh without the empty triangles that poles and sharp corners leave."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    kept = np.einsum("ij,ij->i", cross, cross) > 1e-16
    return Mesh(mesh.vertices, mesh.normals, mesh.faces[kept])


def with_normals(vertices: FloatArray, faces: IndexArray, *, like: Mesh) -> Mesh:
    """A deformed mesh with normals recomputed from its faces.

    Vertices that coincided and shared a normal in ``like`` keep a common normal.
    """
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    key = np.round(np.concatenate([like.vertices, like.normals], axis=1), 5)
    _, group = np.unique(key, axis=0, return_inverse=True)
    group = group.ravel()
    total = np.zeros((int(group.max()) + 1, 3))
    for corner in range(3):
        np.add.at(total, group[faces[:, corner]], cross)
    return Mesh(vertices, normalised(total[group]), faces)


def merged(*meshes: Mesh) -> Mesh:
    """Several meshes as one."""
    offsets = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate(
            [mesh.faces + offset for mesh, offset in zip(meshes, offsets, strict=False)]
        ),
    )


def moved(
    mesh: Mesh, *, by: Sequence[float] = (0.0, 0.0, 0.0), rotation: FloatArray | None = None
) -> Mesh:
    """The mesh rotated about the origin, then shifted."""
    turn = np.eye(3) if rotation is None else rotation
    return Mesh(mesh.vertices @ turn.T + np.asarray(by), mesh.normals @ turn.T, mesh.faces)


def rotation(*, about: str, degrees: float) -> FloatArray:
    """The matrix of a right-handed turn about the x, y or z axis."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    match about:
        case "x":
            rows = [[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]]
        case "y":
            rows = [[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]
        case "z":
            rows = [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]
        case _:
            raise ValueError(f"not an axis: {about}")
    return np.array(rows)
