"""How much light reaches a place: shadow maps towards every direction of the light."""

from __future__ import annotations

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, normalised
from desktop_app.infra.rendering.engine.lighting import Light
from desktop_app.infra.rendering.engine.scene import Model
from desktop_app.infra.vision.opencv import cv2

FULL_EFFORT_PX = 320
"""Smaller pictures do with fewer directions of light: their noise is below what shows."""
_LARGEST_SIDE = 128
_CHUNK = 2_000


class Occlusion:
    """Shadow maps of a model's opaque parts for a light's quadrature.

    Irradiance is divided by pi, so that a white diffuse surface shows exactly that much.
    ``size`` is the side of the picture they are for, in pixels.
    """

    def __init__(self, model: Model, light: Light, *, size: int) -> None:
        self._side = int(np.clip(size * 0.32, 40, _LARGEST_SIDE))
        directions, weights = (
            light.quadrature() if size >= FULL_EFFORT_PX else light.quadrature(room=28, per_box=5)
        )
        self._directions = directions.astype(np.float32)
        self._weights = (weights / np.pi).astype(np.float32)
        points = _surface_points(model, count=3 * self._side**2)
        self._centre = (points.max(axis=0) + points.min(axis=0)) / 2
        self._radius = float(np.linalg.norm(points - self._centre, axis=1).max()) * 1.03
        self._texel = 2 * self._radius / self._side
        helper = np.where(np.abs(directions[:, 1:2]) > 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
        right = normalised(np.cross(helper, directions))
        basis = np.stack([right, np.cross(directions, right), directions], axis=2)
        self._basis = np.concatenate(list(basis), axis=1).astype(np.float32)
        self._maps = self._render(points)

    def _render(self, points: FloatArray) -> FloatArray:
        """For every direction the nearest surface towards the light (k, side * side)."""
        centred = (points - self._centre).astype(np.float32)
        scale = np.float32(self._side / (2 * self._radius))
        maps = np.full((len(self._directions), self._side * self._side), -1e9, dtype=np.float32)
        for k, nearest in enumerate(maps):
            local = np.ascontiguousarray(centred @ self._basis[:, 3 * k : 3 * k + 3])
            cell = ((local[:, :2] + np.float32(self._radius)) * scale).astype(np.int32)
            np.clip(cell, 0, self._side - 1, out=cell)
            np.maximum.at(nearest, cell[:, 1] * self._side + cell[:, 0], local[:, 2])
            closed = cv2.morphologyEx(
                nearest.reshape(self._side, self._side), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)
            )
            nearest[:] = closed.ravel()
        return maps

    def irradiance(
        self, points: FloatArray, normals: FloatArray, *, wrap: float = 0.0
    ) -> tuple[FloatArray, FloatArray]:
        """Diffuse light without shadows (n, 3), and the share (n,) in [0, 1] that arrives.

        ``wrap`` lets light reach past the terminator, as in translucent bodies.
        """
        light = np.empty((len(points), 3), dtype=np.float32)
        share = np.empty(len(points), dtype=np.float32)
        for start in range(0, len(points), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            light[chunk], share[chunk] = self._chunk(points[chunk], normals[chunk], wrap)
        return light, share

    def _chunk(
        self, points: FloatArray, normals: FloatArray, wrap: float
    ) -> tuple[FloatArray, FloatArray]:
        count = len(self._directions)
        facing = normals.astype(np.float32) @ self._directions.T
        lifted = points + normals * (1.2 * self._texel)
        local = ((lifted - self._centre).astype(np.float32) @ self._basis).reshape(-1, count, 3)
        scale = np.float32(self._side / (2 * self._radius))
        column = ((local[:, :, 0] + np.float32(self._radius)) * scale).astype(np.int32)
        row = ((local[:, :, 1] + np.float32(self._radius)) * scale).astype(np.int32)
        np.clip(column, 0, self._side - 1, out=column)
        np.clip(row, 0, self._side - 1, out=row)
        texel = (
            row * self._side + column + np.arange(count, dtype=np.int32) * (self._side * self._side)
        )
        nearest = self._maps.ravel()[texel]
        bias = self._texel * (0.6 + 1.6 * (1.0 - np.clip(facing, 0.0, 1.0)))
        visible = nearest <= local[:, :, 2] + bias
        lambert = np.clip((facing + wrap) / (1.0 + wrap) ** 2, 0.0, None)
        level = self._weights.mean(axis=1)
        whole = lambert @ self._weights
        share = ((lambert * visible) @ level) / np.maximum(lambert @ level, 1e-6)
        return whole, share


def _surface_points(model: Model, *, count: int) -> FloatArray:
    """About ``count`` points spread over the opaque parts (all parts where none is opaque)."""
    rng = np.random.default_rng(5)
    parts = [part for part in model.parts if not part.material.is_transparent] or list(model.parts)
    areas = []
    for part in parts:
        a, b, c = (part.mesh.vertices[part.mesh.faces[:, k]] for k in range(3))
        areas.append(float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()))
    total = sum(areas)
    return np.concatenate(
        [
            part.pose.points(part.mesh.sampled(max(100, int(count * area / total)), rng))
            for part, area in zip(parts, areas, strict=True)
        ]
    )
