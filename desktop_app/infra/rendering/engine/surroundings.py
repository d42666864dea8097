"""Everything around a product: light, floor, backdrop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from desktop_app.infra.rendering.engine.arrays import Colour, FloatArray, dot, smoothstep
from desktop_app.infra.rendering.engine.camera import Camera
from desktop_app.infra.rendering.engine.lighting import Light
from desktop_app.infra.rendering.engine.occlusion import Occlusion


class Ground(Protocol):
    """What a product's shadow falls on."""

    def seen_from(self, points: FloatArray, directions: FloatArray) -> FloatArray:
        """The share of light (n, 3) left where rays meet it; 1 where they do not."""
        ...


class NoGround:
    """Nothing below: for what is held in the air."""

    def seen_from(self, points: FloatArray, directions: FloatArray) -> FloatArray:
        return np.ones(np.broadcast_shapes(points.shape, directions.shape), dtype=np.float32)


class Backdrop(Protocol):
    """What the camera sees where there is no product."""

    def radiance(self, directions: FloatArray) -> FloatArray:
        """Radiance (n, 3) from these directions, shadows left out."""
        ...

    def shadow_strength(self, directions: FloatArray) -> FloatArray:
        """How far (n,) in [0, 1] the floor's shadow shows there."""
        ...


@dataclass(frozen=True, slots=True)
class Sweep:
    """A seamless paper sweep: lit floor that rises into the backdrop."""

    colour: Colour = (0.86, 0.86, 0.865)
    falloff: float = 0.16

    def radiance(self, directions: FloatArray) -> FloatArray:
        rise = directions[:, 1]
        side = directions[:, 0] / np.maximum(-directions[:, 2], 0.2)
        shade = 1.0 - self.falloff * smoothstep(-0.30, 0.30, rise) - 0.25 * side**2
        seen: FloatArray = np.clip(shade, 0.5, 1.0)[:, None] * np.array(self.colour)
        return seen

    def shadow_strength(self, directions: FloatArray) -> FloatArray:
        return np.ones(len(directions))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The light, floor shadow and backdrop that a product's surfaces see."""

    light: Light
    occlusion: Occlusion
    floor: Ground
    backdrop: Backdrop
    camera: Camera

    def reflection(
        self,
        points: FloatArray,
        directions: FloatArray,
        blur: FloatArray | float = 0.0,
    ) -> FloatArray:
        """Radiance (n, 3) that arrives at surface points from these directions."""
        room = self.light.radiance(directions, blur)
        # A real reflection would show the lit product where this shows only its shadow.
        return room * (0.45 + 0.55 * self.floor.seen_from(points, directions))

    def behind(self, points: FloatArray, directions: FloatArray) -> FloatArray:
        """What a ray that goes on from the camera sees: backdrop and shadowed floor."""
        strength = self.backdrop.shadow_strength(directions)[:, None]
        shadow = self.floor.seen_from(points, directions)
        return self.backdrop.radiance(directions) * (1.0 - strength * (1.0 - shadow))

    def through(
        self, points: FloatArray, directions: FloatArray, blur: FloatArray | float = 0.0
    ) -> FloatArray:
        """What is seen through a transparent body: the backdrop ahead, the room elsewhere."""
        forward = self.camera.axes()[2]
        ahead = smoothstep(0.74, 0.97, dot(directions, np.broadcast_to(forward, directions.shape)))
        return (
            self.behind(points, directions) * ahead[:, None]
            + self.reflection(points, directions, blur) * (1 - ahead)[:, None]
        )
