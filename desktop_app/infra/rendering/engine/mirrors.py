"""Flat mirrors show the rest of the product, seen from behind the glass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, IndexArray, normalised
from desktop_app.infra.rendering.engine.gbuffer import Surface, seen
from desktop_app.infra.rendering.engine.mesh import Mesh
from desktop_app.infra.rendering.engine.scene import Part, Pose
from desktop_app.infra.rendering.engine.shading import shade
from desktop_app.infra.rendering.engine.surroundings import Surroundings

_FLAT_ROUGHNESS = 0.02
_REFLECTANCE = 0.9


def add_reflections(
    image: FloatArray,
    surface: Surface,
    parts: Sequence[Part],
    around: Surroundings,
    *,
    size: int,
) -> None:
    """Draw into ``image`` (size * size, 3) what the flat mirrors among ``parts`` reflect.

    ``surface`` is what the camera sees of the parts.
    """
    for index, part in enumerate(parts):
        material = part.material
        if material.metallic and material.roughness < _FLAT_ROUGHNESS:
            rows = np.flatnonzero(surface.owners == index)
            others = [other for other in parts if other is not part]
            if len(rows) and others:
                _reflect(image, surface, rows, others, around, size=size)


def _reflect(
    image: FloatArray,
    surface: Surface,
    rows: IndexArray,
    others: Sequence[Part],
    around: Surroundings,
    *,
    size: int,
) -> None:
    normal = np.median(surface.normals[rows], axis=0)
    normal = normalised(normal)
    flat = rows[surface.normals[rows] @ normal > 0.999]
    anchor = surface.points[flat].mean(axis=0)
    flip = np.eye(3) - 2.0 * np.outer(normal, normal)

    def mirrored(points: FloatArray) -> FloatArray:
        image_points: FloatArray = (points - anchor) @ flip + anchor
        return image_points

    ghosts = []
    for part in others:
        placed = part.pose.points(part.mesh.vertices)
        in_front = (placed - anchor) @ normal > 0.05
        faces = part.mesh.faces[in_front[part.mesh.faces].all(axis=1)]
        turned = part.pose.directions(part.mesh.normals) @ flip
        ghosts.append((Mesh(mirrored(placed), turned, faces[:, ::-1]), Pose()))
    if not any(len(mesh.faces) for mesh, _ in ghosts):
        return
    ghost = seen(ghosts, around.camera, size=size)
    shown = np.isin(ghost.pixels, surface.pixels[flat])
    if not shown.any():
        return
    owners = ghost.owners[shown]
    points = mirrored(ghost.points[shown])
    normals = ghost.normals[shown] @ flip
    local_points, local_normals = np.empty_like(points), np.empty_like(points)
    for index, part in enumerate(others):
        mine = owners == index
        local_points[mine] = (points[mine] - np.array(part.pose.shift)) @ part.pose.rotation
        local_normals[mine] = normals[mine] @ part.pose.rotation
    real = replace(
        ghost,
        pixels=ghost.pixels[shown],
        owners=owners,
        points=points,
        normals=normals,
        local_points=local_points,
        local_normals=local_normals,
        views=ghost.views[shown] @ flip,
        depth=ghost.depth[shown],
    )
    image[real.pixels] = shade(real, others, around, size=size) * _REFLECTANCE
