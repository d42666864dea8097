"""The surfaces a camera sees, pixel by pixel, before any light is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, IndexArray, normalised
from desktop_app.infra.rendering.engine.camera import Camera
from desktop_app.infra.rendering.engine.mesh import Mesh
from desktop_app.infra.rendering.engine.raster import rasterise
from desktop_app.infra.rendering.engine.scene import Pose


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Seen places, one row per pixel.

    ``pixels`` are flat indexes, ``owners`` the position of the seen mesh in the input,
    ``points`` and ``normals`` are in the room, ``local_points`` and ``local_normals`` in the
    part's frame, ``views`` unit directions from the eye, ``depth`` along the view axis.
    """

    pixels: IndexArray
    owners: IndexArray
    points: FloatArray
    normals: FloatArray
    local_points: FloatArray
    local_normals: FloatArray
    views: FloatArray
    depth: FloatArray

    def __len__(self) -> int:
        return len(self.pixels)


def seen(
    meshes: Sequence[tuple[Mesh, Pose]], camera: Camera, *, size: int, back: bool = False
) -> Surface:
    """The nearest front faces of the meshes, or with ``back`` their farthest back faces."""
    vertices = np.concatenate([mesh.vertices for mesh, _ in meshes])
    normals = np.concatenate([mesh.normals for mesh, _ in meshes])
    placed = np.concatenate([pose.points(mesh.vertices) for mesh, pose in meshes])
    turned = np.concatenate([pose.directions(mesh.normals) for mesh, pose in meshes])
    offsets = np.cumsum([0, *(len(mesh.vertices) for mesh, _ in meshes)])
    faces = np.concatenate(
        [mesh.faces + offset for (mesh, _), offset in zip(meshes, offsets, strict=False)]
    )
    owner = np.concatenate([np.full(len(m.faces), k) for k, (m, _) in enumerate(meshes)])
    xy, depth = camera.project(placed, size=size)
    layer = rasterise(xy, depth, faces, width=size, height=size, back=back)
    corners = faces[layer.faces]

    def mixed(values: FloatArray) -> FloatArray:
        total: FloatArray = layer.weights[:, :1] * values[corners[:, 0]]
        total += layer.weights[:, 1:2] * values[corners[:, 1]]
        total += layer.weights[:, 2:] * values[corners[:, 2]]
        return total

    points = mixed(placed)
    views = normalised(points - np.array(camera.eye))
    facing = normalised(mixed(turned))
    if not back:
        facing = _towards_viewer(facing, views)
    return Surface(
        pixels=layer.pixels,
        owners=owner[layer.faces].astype(np.int64),
        points=points,
        normals=facing,
        local_points=mixed(vertices),
        local_normals=normalised(mixed(normals)),
        views=views,
        depth=layer.depth,
    )


def _towards_viewer(normals: FloatArray, views: FloatArray) -> FloatArray:
    """Interpolated normals may lean away at the outline; bend those back to grazing."""
    away = np.einsum("ij,ij->i", normals, views)
    excess = np.maximum(away + 0.01, 0.0)
    return normalised(normals - views * excess[:, None])
