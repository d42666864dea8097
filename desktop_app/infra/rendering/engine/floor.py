"""The floor a product stands on: its soft shadow, and what reflections see of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, sample_bilinear, smoothstep
from desktop_app.infra.rendering.engine.lighting import Light, sphere
from desktop_app.infra.rendering.engine.occlusion import FULL_EFFORT_PX
from desktop_app.infra.rendering.engine.scene import Model, Part
from desktop_app.infra.vision.opencv import cv2

_LARGEST_SIDE = 224
_SUBPIXEL_BITS = 4
_PIECES = 14
_THIN_MM = 1.0
"""Sheets thinner than this that lie on another part add nothing to its shadow."""


@dataclass(frozen=True, slots=True)
class _Effort:
    """Directions of light that a shadow is summed over, and corners kept of a caster's hull."""

    room: int
    per_box: int
    corners: int


_FULL = _Effort(room=160, per_box=40, corners=320)
_REDUCED = _Effort(room=40, per_box=7, corners=96)


class ShadowedFloor:
    """The share of light, per colour, that reaches each place of the plane ``y = 0``.

    ``size`` is the side of the picture it is for, in pixels.
    """

    def __init__(self, model: Model, light: Light, *, size: int) -> None:
        self._side = int(np.clip(size * 0.56, 56, _LARGEST_SIDE))
        points = model.points()
        low, high = points.min(axis=0), points.max(axis=0)
        self._centre = ((low[0] + high[0]) / 2, (low[2] + high[2]) / 2)
        spread = max(high[0] - low[0], high[2] - low[2]) / 2
        self._reach = float(spread * 1.4 + (high[1] - low[1]) * 1.2)
        effort = _FULL if size >= FULL_EFFORT_PX else _REDUCED
        self._share = self._accumulated(model, light, effort)

    def _accumulated(self, model: Model, light: Light, effort: _Effort) -> FloatArray:
        directions, weights = light.quadrature(room=effort.room, per_box=effort.per_box)
        upward = directions[:, 1] > 0.12
        directions, weights = directions[upward], weights[upward] * directions[upward, 1:2]
        ordered = sorted(model.parts, key=lambda part: not part.material.is_transparent)
        pieces = [
            (_opacity(part), piece)
            for part in ordered
            for piece in _pieces(part, corners=effort.corners)
        ]
        lost = np.zeros((self._side, self._side, 3), dtype=np.float32)
        for direction, weight in zip(directions, weights, strict=True):
            cast = np.zeros((self._side, self._side, 3), dtype=np.uint8)
            for opacity, piece in pieces:
                slope = direction[[0, 2]] / direction[1]
                ground = piece[:, [0, 2]] - piece[:, 1:2] * slope
                pixels = (ground - self._centre) / (2 * self._reach) * self._side + self._side / 2
                fixed = np.round(pixels * (1 << _SUBPIXEL_BITS)).astype(np.int32)
                hull = cv2.convexHull(fixed[:, None])
                cv2.fillConvexPoly(cast, hull, opacity, cv2.LINE_AA, _SUBPIXEL_BITS)
            lost += cast * (weight / 255.0).astype(np.float32)
        share = 1.0 - lost / weights.sum(axis=0)
        soft = cv2.GaussianBlur(share.astype(np.float32), (0, 0), 1.2 * self._side / _LARGEST_SIDE)
        edge = np.abs(np.linspace(-1, 1, self._side))
        fade = 1.0 - smoothstep(0.8, 1.0, np.maximum(edge[:, None], edge[None, :]))
        whole: FloatArray = 1.0 - (1.0 - soft) * fade[:, :, None]
        return whole

    def share(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Light (n, 3) in [0, 1] that reaches floor places, 1 where nothing stands near."""
        column = (x - self._centre[0]) / (2 * self._reach) * self._side + self._side / 2
        row = (z - self._centre[1]) / (2 * self._reach) * self._side + self._side / 2
        inside = (column > 0) & (column < self._side) & (row > 0) & (row < self._side)
        light = np.ones((len(x), 3), dtype=np.float32)
        near = np.flatnonzero(inside)
        light[near] = sample_bilinear(self._share, column[near], row[near])
        return light

    def seen_from(self, points: FloatArray, directions: FloatArray) -> FloatArray:
        """The shadow (n, 3) met by rays that may hit the floor; 1 for rays that rise."""
        light = np.ones((len(directions), 3), dtype=np.float32)
        falling = np.flatnonzero(directions[:, 1] < -1e-3)
        start, down = points[falling], directions[falling]
        travel = np.maximum(-start[:, 1] / down[:, 1], 0.0)
        light[falling] = self.share(
            start[:, 0] + down[:, 0] * travel, start[:, 2] + down[:, 2] * travel
        )
        return light


def _pieces(part: Part, *, corners: int) -> list[FloatArray]:
    """Outermost points of pieces of the part whose convex hulls together cast its shadow.

    Long parts are cut across, so that waists and bends show.
    """
    points = part.pose.points(part.mesh.vertices)
    extent = points.max(axis=0) - points.min(axis=0)
    if extent[1] < _THIN_MM and float(points[:, 1].min()) > _THIN_MM:
        return []
    axis = int(np.argmax(extent))
    if extent[axis] < 3.5 * np.median(extent):
        return [_outermost(points, corners)]
    faces = part.mesh.faces
    middle = points[faces][:, :, axis].mean(axis=1)
    place = (middle - middle.min()) / max(float(np.ptp(middle)), 1e-9)
    bins = np.minimum((place * _PIECES).astype(np.int64), _PIECES - 1)
    return [
        _outermost(points[np.unique(faces[bins == k])], corners)
        for k in range(_PIECES)
        if (bins == k).any()
    ]


def _outermost(points: FloatArray, corners: int) -> FloatArray:
    """The points that lie farthest in ``corners`` directions: nearly those of the hull."""
    points = points[:: max(1, len(points) // 3000)]
    farthest = np.argmax(points.astype(np.float32) @ sphere(corners).T.astype(np.float32), axis=0)
    outer: FloatArray = points[np.unique(farthest)]
    return outer


def _opacity(part: Part) -> tuple[float, float, float]:
    """How much of each colour a part keeps from the floor, 0-255."""
    absorption = part.material.absorption
    if absorption is None:
        return (255.0, 255.0, 255.0)
    kept = np.exp(-np.array(absorption) * 6.0)
    contents = part.contents_material
    if contents is not None:
        filled = contents.absorption
        kept = kept * (np.exp(-np.array(filled) * 25.0) if filled is not None else 0.0)
    lost = 255.0 * (1.0 - 0.62 * kept)
    return float(lost[0]), float(lost[1]), float(lost[2])
