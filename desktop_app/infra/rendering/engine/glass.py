"""Light through transparent bodies.

Refraction through the front and the back of a body follows Wyman, "An approximate image-space
approach for interactive refraction" (SIGGRAPH 2005): the exit point is looked up in the
picture of the body's back faces. Absorption is Beer-Lambert along the path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import (
    BoolArray,
    FloatArray,
    IndexArray,
    dot,
    normalised,
    reflected,
    refracted,
)
from desktop_app.infra.rendering.engine.gbuffer import Surface, seen
from desktop_app.infra.rendering.engine.materials import Material
from desktop_app.infra.rendering.engine.mesh import Mesh
from desktop_app.infra.rendering.engine.scene import Part
from desktop_app.infra.rendering.engine.shading import coated, lit, lobe_width
from desktop_app.infra.rendering.engine.surroundings import Surroundings

_INDEX = 1.47
_WALL_MM = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class _Lens:
    """A transparent part as seen: its front, its back, and the back row at every pixel
    (-1 where there is none)."""

    part: Part
    front: Surface
    back: Surface
    exits: IndexArray


class GlassPainter:
    """Paints transparent parts over what is already in a picture.

    ``image`` (size * size, 3) holds radiance and ``depth`` (size * size,) the nearest painted
    surface, infinite where only the backdrop is; both are changed in place.
    """

    def __init__(
        self, around: Surroundings, image: FloatArray, depth: FloatArray, *, size: int
    ) -> None:
        self._around = around
        self._image = image
        self._depth = depth
        self._size = size

    def paint(self, part: Part) -> IndexArray:
        """Paint one part; returns the flat pixels it covers."""
        camera, size = self._around.camera, self._size
        front = seen([(part.mesh, part.pose)], camera, size=size)
        nearer = np.flatnonzero(front.depth < self._depth[front.pixels] + 1e-6)
        back = seen([(part.mesh, part.pose)], camera, size=size, back=True)
        lookup = np.full(size * size, -1, dtype=np.int64)
        lookup[back.pixels] = np.arange(len(back))
        rows = nearer[lookup[front.pixels[nearer]] >= 0]
        if not len(rows):
            return np.empty(0, dtype=np.int64)
        lens = _Lens(part, front, back, lookup)
        pixels = front.pixels[rows]
        hollow, _ = self._covered(part.hollow, part)
        full, level = self._covered(part.contents, part)
        hollow, filled, level = hollow[pixels], full[pixels], level[pixels]
        inner = part.contents_material
        behind = np.array(self._image[pixels])
        solid = ~hollow | filled
        colour: FloatArray = np.zeros((len(rows), 3))
        if (~solid).any():
            colour[~solid] = self._shell(lens, rows[~solid], behind[~solid])
        if solid.any():
            colour[solid] = self._solid(lens, rows[solid], filled[solid])
        if inner is not None and not inner.is_transparent and filled.any():
            held = np.flatnonzero(filled)
            coat = coated(front, rows[held], part, inner, around=self._around, size=size)
            colour[held] = lit(front, rows[held], coat, inner, around=self._around, size=size)
        colour = self._with_surface(part, front, rows, level & filled, colour)
        colour = self._coated(part, front, rows, colour)
        self._image[pixels] = colour
        self._depth[pixels] = np.minimum(self._depth[pixels], front.depth[rows])
        return pixels

    def _covered(self, mesh: Mesh | None, part: Part) -> tuple[BoolArray, BoolArray]:
        """Pixels behind which an inner mesh lies, and those that show its level top."""
        mask = np.zeros(self._size * self._size, dtype=bool)
        top = np.zeros_like(mask)
        if mesh is not None:
            inner = seen([(mesh, part.pose)], self._around.camera, size=self._size)
            mask[inner.pixels] = True
            top[inner.pixels[inner.normals[:, 1] > 0.9]] = True
        return mask, top

    def _shell(self, lens: _Lens, rows: IndexArray, behind: FloatArray) -> FloatArray:
        """Two thin walls with air between them: straight through, tinted and reflecting."""
        part, front, back, lookup = lens.part, lens.front, lens.back, lens.exits
        material = part.material
        views, normals = front.views[rows], front.normals[rows]
        far = lookup[front.pixels[rows]]
        rear = -back.normals[far]
        facing = np.clip(-dot(views, normals), 0.12, 1.0)
        rear_facing = np.clip(-dot(views, rear), 0.12, 1.0)
        path = _WALL_MM * (1.0 / facing + 1.0 / rear_facing)
        kept = np.exp(-np.array(material.absorption) * path[:, None])
        if material.frost:
            soft = self._around.through(front.points[rows], views, 0.6)
            behind = behind * (1 - material.frost) + soft * material.frost
        near_share, far_share = _fresnel(facing), _fresnel(rear_facing)
        mirror = normalised(reflected(views, rear))
        glint = self._around.reflection(back.points[far], mirror, lobe_width(material.roughness))
        passed = (1.0 - near_share) ** 2 * (1.0 - far_share) ** 2
        return (behind * passed[:, None] + glint * far_share[:, None] * 0.8) * kept

    def _solid(self, lens: _Lens, rows: IndexArray, filled: BoolArray) -> FloatArray:
        """A filled body acts as one lens: bent where light enters and where it leaves."""
        part, front, back, lookup = lens.part, lens.front, lens.back, lens.exits
        around = self._around
        points, views, normals = front.points[rows], front.views[rows], front.normals[rows]
        inward, _ = refracted(views, normals, 1.0 / _INDEX)
        exit_row = lookup[front.pixels[rows]]
        travel = np.maximum(dot(back.points[exit_row] - points, inward), 0.2)
        for _ in range(3):
            pixel = self._pixel(points + inward * travel[:, None])
            found = lookup[pixel]
            exit_row = np.where(found >= 0, found, exit_row)
            travel = np.maximum(dot(back.points[exit_row] - points, inward), 0.2)
        outward, total = refracted(inward, -back.normals[exit_row], _INDEX)
        left = points + inward * travel[:, None]
        material = part.material
        seen_through = around.through(left, normalised(outward), material.frost * 0.8)
        seen_through[total] *= 0.75
        middle = self._pixel(points + inward * (travel * 0.5)[:, None])
        between = (self._depth[middle] > front.depth[rows]) & (
            self._depth[middle] < back.depth[exit_row]
        )
        seen_through[between] = self._image[middle[between]]
        path = travel * np.where(between, 0.5, 1.0)
        kept = self._kept(part, filled, path)
        colour = seen_through * kept
        if material.frost:
            light, share = around.occlusion.irradiance(points, normals, wrap=0.4)
            light = light * share[:, None]
            haze = light * np.maximum(kept, 0.0) ** 0.6 * 0.92
            colour = colour * (1 - 0.62 * material.frost) + haze * (0.62 * material.frost)
        return colour * (1.0 - _fresnel(np.clip(-dot(views, normals), 0.0, 1.0)))[:, None]

    def _kept(self, part: Part, filled: BoolArray, path: FloatArray) -> FloatArray:
        """Share (n, 3) of light left after its path through glass, and liquid where filled."""
        glass = np.array(part.material.absorption)
        inner = part.contents_material
        liquid = inner.absorption if inner is not None else None
        in_glass = np.where(filled, np.minimum(path, 2.6 * _WALL_MM), path)
        kept: FloatArray = np.exp(-glass * in_glass[:, None])
        if liquid is not None:
            in_liquid = np.where(filled, np.maximum(path - 2 * _WALL_MM, 0.0), 0.0)
            kept = kept * np.exp(-np.array(liquid) * in_liquid[:, None])
        return kept

    def _with_surface(
        self,
        part: Part,
        front: Surface,
        rows: IndexArray,
        level: BoolArray,
        colour: FloatArray,
    ) -> FloatArray:
        """The level top of the contents mirrors the light above it."""
        if level.any():
            views = front.views[rows[level]]
            mirror = views * np.array([1.0, -1.0, 1.0])
            above = self._around.reflection(front.points[rows[level]], mirror, 0.25)
            kept = np.exp(-np.array(part.material.absorption) * (2.0 * _WALL_MM))
            colour[level] = colour[level] * 0.8 + above * kept * 0.2
        return colour

    def _coated(
        self, part: Part, front: Surface, rows: IndexArray, colour: FloatArray
    ) -> FloatArray:
        """Prints on the outside, and the room's reflection over everything."""
        material = part.material
        views, normals = front.views[rows], front.normals[rows]
        if part.decals:
            paper = Material("Print", (1.0, 1.0, 1.0), roughness=0.4, translucency=0.1)
            coat = coated(front, rows, part, paper, around=self._around, size=self._size)
            ink = lit(front, rows, coat, paper, around=self._around, size=self._size)
            share = coat.coverage[:, None]
            colour = colour * (1 - share) + ink * share
        facing = np.clip(-dot(views, normals), 0.0, 1.0)
        mirror = normalised(reflected(views, normals))
        room = self._around.reflection(front.points[rows], mirror, lobe_width(material.roughness))
        mirrored = _fresnel(facing) * (1.0 - 0.6 * material.roughness)
        return colour + room * mirrored[:, None]

    def _pixel(self, points: FloatArray) -> IndexArray:
        xy, _ = self._around.camera.project(points, size=self._size)
        cell = np.clip(xy.astype(np.int64), 0, self._size - 1)
        return cell[:, 1] * self._size + cell[:, 0]


def _fresnel(facing: FloatArray) -> FloatArray:
    """Schlick's reflectance for the cosine ``facing``."""
    base = ((_INDEX - 1.0) / (_INDEX + 1.0)) ** 2
    return base + (1.0 - base) * (1.0 - facing) ** 5
