"""A perspective camera with lens shift, as used for packshots."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, normalised


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks from ``eye`` at ``target``.

    ``focal`` is the focal length in picture widths; ``shift`` moves the picture (fractions of
    its width, right and down), which keeps upright edges parallel where tilting would not.
    ``roll_degrees`` turns the camera clockwise about its view axis.
    """

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    focal: float = 3.0
    shift: tuple[float, float] = (0.0, 0.0)
    roll_degrees: float = 0.0

    def axes(self) -> FloatArray:
        """Rows: right, down and forward, unit vectors (3, 3)."""
        forward = normalised(np.subtract(self.target, self.eye))
        right = normalised(np.cross(forward, [0.0, 1.0, 0.0]))
        down = np.cross(forward, right)
        c, s = math.cos(math.radians(self.roll_degrees)), math.sin(math.radians(self.roll_degrees))
        return np.stack([right * c + down * s, down * c - right * s, forward])

    def project(self, points: FloatArray, *, size: int) -> tuple[FloatArray, FloatArray]:
        """Pixel coordinates (n, 2) in a square picture of ``size``, and depths (n,)."""
        seen = (points - np.array(self.eye)) @ self.axes().T
        depth = np.maximum(seen[:, 2], 1e-3)
        plane = seen[:, :2] / depth[:, None] * self.focal + 0.5 + np.array(self.shift)
        return plane * size, depth

    def rays(self, x: FloatArray, y: FloatArray, *, size: int) -> FloatArray:
        """Unit directions (n, 3) from the eye through pixel coordinates."""
        plane = np.stack([x / size, y / size], axis=1) - 0.5 - np.array(self.shift)
        local = np.concatenate([plane / self.focal, np.ones((len(plane), 1))], axis=1)
        return normalised(local @ self.axes())

    def fitted(
        self,
        points: FloatArray,
        *,
        fill: float,
        centre: tuple[float, float] = (0.5, 0.5),
    ) -> Camera:
        """The camera zoomed and shifted so that ``points`` span at most ``fill`` of the
        picture in either direction, their box centred at ``centre`` (fractions)."""
        pixels, _ = replace(self, shift=(0.0, 0.0)).project(points, size=1)
        low, high = pixels.min(axis=0) - 0.5, pixels.max(axis=0) - 0.5
        zoom = fill / float((high - low).max())
        middle = (low + high) / 2 * zoom
        return replace(
            self,
            focal=self.focal * zoom,
            shift=(centre[0] - 0.5 - float(middle[0]), centre[1] - 0.5 - float(middle[1])),
        )


def orbiting(
    target: tuple[float, float, float],
    *,
    distance: float,
    azimuth_degrees: float,
    elevation_degrees: float,
    roll_degrees: float = 0.0,
) -> Camera:
    """A camera on a sphere around ``target``; azimuth 0 is in front, positive to the right."""
    a, e = math.radians(azimuth_degrees), math.radians(elevation_degrees)
    eye = (
        target[0] + distance * math.cos(e) * math.sin(a),
        target[1] + distance * math.sin(e),
        target[2] + distance * math.cos(e) * math.cos(a),
    )
    return Camera(eye=eye, target=target, roll_degrees=roll_degrees)
