"""What is behind a hand-held container: a room with things in it, more or less out of focus."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.infra.rendering.engine.arrays import FloatArray
from desktop_app.infra.rendering.engine.camera import Camera
from desktop_app.infra.rendering.engine.lighting import Light
from desktop_app.infra.rendering.engine.noise import layered_noise
from desktop_app.infra.rendering.photo import Plate, Room, empty_desk
from desktop_app.infra.vision.opencv import cv2

_MOST_THINGS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Scenery(Plate):
    """A plate on which nothing throws a shadow."""

    def shadow_strength(self, directions: FloatArray) -> FloatArray:
        return np.zeros(len(directions))


def scenery(
    camera: Camera, room: Room, light: Light, rng: np.random.Generator, *, size: int
) -> Scenery:
    """A cluttered room (size, size) behind what the camera shows."""
    image: FloatArray
    if rng.random() < 0.6:
        desk, _ = empty_desk(room, light, camera, rng, size=size // 2)
        image = cv2.resize(desk, (size, size), interpolation=cv2.INTER_LINEAR).astype(np.float64)
    else:
        wall = _wall(room, rng, size // 2)
        image = cv2.resize(wall, (size, size), interpolation=cv2.INTER_LINEAR).astype(np.float64)
    horizon = float(rng.uniform(0.25, 0.75)) * size
    for _ in range(int(rng.integers(5, _MOST_THINGS))):
        _add_thing(image, horizon, rng)
    sigma = size * float(rng.uniform(0.002, 0.022))
    blurred = cv2.GaussianBlur(image.astype(np.float64), (0, 0), sigma).astype(np.float64)
    return Scenery(blurred, camera)


def photographed(
    camera: Camera, picture: RgbArray, rng: np.random.Generator, *, size: int
) -> Scenery:
    """A part of a photograph (h, w, 3), of any size, behind what the camera shows, in other
    light and more or less out of focus."""
    height, width = picture.shape[:2]
    edge = max(2, round(min(height, width) * float(rng.uniform(0.45, 1.0))))
    top, left = (int(rng.integers(extent - edge + 1)) for extent in (height, width))
    part = np.ascontiguousarray(picture[top : top + edge, left : left + edge])
    image = cv2.resize(part, (size, size), interpolation=cv2.INTER_AREA)
    linear = (image.astype(np.float64) / 255.0) ** 2.2 * float(rng.uniform(0.6, 1.4))
    sigma = size * float(rng.uniform(0.001, 0.018))
    return Scenery(cv2.GaussianBlur(linear, (0, 0), sigma).astype(np.float64), camera)


def _wall(room: Room, rng: np.random.Generator, size: int) -> FloatArray:
    """A wall in light that falls off to one side."""
    y, x = np.mgrid[0 : 1 : complex(0, size), 0 : 1 : complex(0, size)]
    angle = float(rng.uniform(0, 2 * np.pi))
    fall = 0.62 + 0.38 * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5))
    places = np.stack([x.ravel() * 6, y.ravel() * 6, np.zeros(size * size)], axis=1)
    cloud = 1.0 + 0.08 * layered_noise(places + float(rng.uniform(0, 20)), octaves=3)
    tone = np.array(room.wall) * float(rng.uniform(0.6, 1.5))
    image: FloatArray = fall[:, :, None] * cloud.reshape(size, size, 1) * tone
    return image


def _add_thing(image: FloatArray, horizon: float, rng: np.random.Generator) -> None:
    """A box, a jar or a ball of some colour, lit from one side, painted over the picture."""
    size = image.shape[0]
    wide, tall = (size * float(rng.uniform(0.06, 0.34)) for _ in range(2))
    left = float(rng.uniform(-0.15, 0.95)) * size
    bottom = horizon + float(rng.uniform(-0.10, 0.45)) * size
    columns = np.arange(max(0, int(left)), min(size, int(left + wide)))
    rows = np.arange(max(0, int(bottom - tall)), min(size, int(bottom)))
    if len(columns) < 2 or len(rows) < 2:
        return
    u = ((columns - left) / wide - 0.5)[None, :] * 2
    v = ((rows - bottom) / tall + 0.5)[:, None] * 2
    kind = int(rng.integers(4))
    cover = np.ones((len(rows), len(columns)))
    lean = float(rng.uniform(-0.8, 0.8))
    shade = 0.75 + 0.25 * lean * u + 0.0 * v
    if kind == 1:
        shade = np.sqrt(np.maximum(1.0 - (u - lean * 0.5) ** 2 / 2.4, 0.05)) + 0.0 * v
    elif kind == 2:
        cover = ((u**2 + v**2) < 1.0).astype(np.float64)
        shade = np.maximum(1.0 - ((u - lean * 0.4) ** 2 + (v + 0.4) ** 2) / 2.6, 0.15)
    elif kind == 3:
        stripes = np.floor((u + 1.0) * float(rng.uniform(2, 7)))
        shade = 0.55 + 0.45 * np.abs(np.sin(stripes * 12.9898)) + 0.0 * v
    hue = colorsys.hsv_to_rgb(
        float(rng.random()), float(rng.uniform(0.0, 0.75)), float(rng.uniform(0.12, 0.9))
    )
    colour = np.array(hue) ** 2.2 * float(rng.uniform(0.5, 1.3))
    place = np.ix_(rows, columns)
    under = image[place]
    painted = shade[:, :, None] * colour
    image[place] = under * (1 - cover[:, :, None]) + painted * cover[:, :, None]
