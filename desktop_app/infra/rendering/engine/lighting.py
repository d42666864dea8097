"""Light: softboxes in a room, seen as radiance by direction.

Reflections read the room directly; rough surfaces read it blurred, in closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import Colour, FloatArray, normalised, smoothstep

GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))


@dataclass(frozen=True, slots=True)
class Softbox:
    """A far rectangular light.

    ``azimuth`` (0 in front, positive to the right) and ``elevation`` in degrees give its
    centre as seen from the product; ``width`` and ``height`` its angular size in degrees.
    """

    azimuth: float
    elevation: float
    width: float
    height: float
    radiance: Colour
    softness: float = 0.03

    def axes(self) -> FloatArray:
        """Rows: towards the light, its width and its height, unit vectors (3, 3)."""
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        towards = np.array([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
        across = np.array([math.cos(a), 0.0, -math.sin(a)])
        return np.stack([towards, across, np.cross(towards, across)])

    def half_size(self) -> tuple[float, float]:
        """Half width and height on the plane at distance one."""
        return math.tan(math.radians(self.width / 2)), math.tan(math.radians(self.height / 2))

    def seen(self, directions: FloatArray, blur: FloatArray | float) -> FloatArray:
        """Share (n,) of the light seen along directions through a lobe of tangent ``blur``."""
        local = directions @ self.axes().T.astype(directions.dtype)
        ahead = np.maximum(local[:, 0], 1e-3)
        half_width, half_height = self.half_size()
        spread = np.hypot(self.softness, blur)
        across = _blurred_box(local[:, 1] / ahead, half_width, spread)
        upward = _blurred_box(local[:, 2] / ahead, half_height, spread)
        return np.where(local[:, 0] > 0, across * upward, np.zeros_like(across))


def _blurred_box(x: FloatArray, half: float, spread: FloatArray | float) -> FloatArray:
    """A unit box of half width ``half`` blurred by a bell of about ``spread``.

    The normal distribution's integral is replaced by a logistic curve of equal variance.
    """
    slope = 1.702 / np.maximum(spread, 1e-4)
    upper = 1.0 / (1.0 + np.exp(-np.clip(slope * (x + half), -40, 40)))
    lower = 1.0 / (1.0 + np.exp(-np.clip(slope * (x - half), -40, 40)))
    share: FloatArray = upper - lower
    return share


@dataclass(frozen=True, slots=True)
class Light:
    """A room with softboxes.

    ``zenith``, ``front`` and ``behind`` are the radiance of the ceiling, of the room on the
    camera's side and of the backdrop; ``floor`` is what a fully lit floor sends upwards.
    The room in front brightens upwards by ``front_rise`` times its radiance.
    The backdrop spans ``backdrop_half_angle`` degrees either side of straight behind.
    ``exposure`` multiplies everything.
    """

    softboxes: tuple[Softbox, ...]
    zenith: Colour = (0.55, 0.55, 0.57)
    front: Colour = (0.22, 0.22, 0.23)
    behind: Colour = (0.95, 0.95, 0.95)
    floor: Colour = (0.82, 0.82, 0.82)
    backdrop_half_angle: float = 42.0
    front_rise: float = 2.4
    exposure: float = 1.0

    def radiance(self, directions: FloatArray, blur: FloatArray | float = 0.0) -> FloatArray:
        """Radiance (n, 3) arriving from unit directions, blurred by a lobe of that tangent."""
        single = directions.astype(np.float32)
        spread = np.asarray(blur, dtype=np.float32)
        light = self.ambient(single, spread)
        for box in self.softboxes:
            level = np.array(box.radiance, dtype=np.float32) * np.float32(self.exposure)
            light += box.seen(single, spread)[:, None] * level
        return light

    def ambient(self, directions: FloatArray, blur: FloatArray | float = 0.0) -> FloatArray:
        """The room without its softboxes."""
        kind = directions.dtype
        spread = np.asarray(blur, dtype=kind)
        up = directions[:, 1]
        angle = np.degrees(np.arctan2(directions[:, 0], -directions[:, 2]))
        soften = 5.0 + 60.0 * spread
        edge = (np.abs(angle) - self.backdrop_half_angle) / soften
        behind = 1.0 / (1.0 + np.exp(np.clip(edge * 2.0, -40, 40)))
        behind = behind * (1.0 - smoothstep(0.62, 0.95, up))
        lift = 0.75 + self.front_rise * smoothstep(-0.02, 0.5, up)
        wall = np.array(self.front, dtype=kind) * (lift * (1 - behind))[:, None]
        wall = wall + np.array(self.behind, dtype=kind) * behind[:, None]
        above = smoothstep(0.25, 0.95, up)[:, None]
        room = wall * (1 - above) + np.array(self.zenith, dtype=kind) * above
        reach = 0.015 + spread * 0.8
        below = 1.0 / (1.0 + np.exp(np.clip(up / reach * 2.0, -40, 40)))
        mixed: FloatArray = (
            room * (1 - below[:, None]) + np.array(self.floor, dtype=kind) * below[:, None]
        )
        return mixed * self.exposure

    def quadrature(self, *, room: int = 60, per_box: int = 11) -> tuple[FloatArray, FloatArray]:
        """Directions (n, 3) and radiance times solid angle (n, 3) that stand for the light."""
        everywhere = sphere(room)
        directions = [everywhere]
        weights = [self.ambient(everywhere, 0.3) * (4 * math.pi / room)]
        for box in self.softboxes:
            half_width, half_height = box.half_size()
            u = (np.arange(per_box) + 0.5) / per_box
            v = np.mod(np.arange(per_box) * 0.6180339887 + 0.31, 1.0)
            s, t = (2 * u - 1) * half_width, (2 * v - 1) * half_height
            local = np.stack([np.ones(per_box), s, t], axis=1)
            solid = 4 * half_width * half_height / per_box / (1 + s * s + t * t) ** 1.5
            directions.append(normalised(local @ box.axes()))
            weights.append(solid[:, None] * np.array(box.radiance) * self.exposure)
        return np.concatenate(directions), np.concatenate(weights)


def sphere(count: int) -> FloatArray:
    """Unit directions (count, 3) evenly spread (Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    y = 1.0 - 2.0 * k / count
    around = np.sqrt(1.0 - y * y)
    return np.stack([around * np.sin(k * GOLDEN_ANGLE), y, around * np.cos(k * GOLDEN_ANGLE)], 1)
