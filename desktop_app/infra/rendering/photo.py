"""Hand-held "photos": a product on somebody's desk, in room light, among other things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.rendering.engine.arrays import (
    Colour,
    FloatArray,
    sample_bilinear,
    smoothstep,
)
from desktop_app.infra.rendering.engine.camera import Camera, orbiting
from desktop_app.infra.rendering.engine.lighting import Light, Softbox
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.noise import layered_noise
from desktop_app.infra.rendering.engine.renderer import (
    developed,
    encoded,
    halved,
    tone_mapped,
    trace,
)
from desktop_app.infra.rendering.engine.scene import Model, Pose
from desktop_app.infra.vision.opencv import cv2

_WALL_MM = 420.0
"""How far behind the product the wall is."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a photo is taken. ``desk`` and ``wall`` are reflectances, ``grain`` is wood,
    stone or linen; ``window`` and ``lamp`` are the light of either."""

    desk: Colour
    wall: Colour
    grain: str
    window: Colour
    lamp: Colour


ROOMS = (
    Room((0.33, 0.19, 0.10), (0.50, 0.47, 0.42), "wood", (2.0, 2.2, 2.5), (2.6, 1.7, 0.9)),
    Room((0.56, 0.54, 0.52), (0.30, 0.34, 0.33), "stone", (2.4, 2.4, 2.5), (2.2, 1.5, 0.9)),
    Room((0.52, 0.44, 0.34), (0.56, 0.50, 0.44), "linen", (1.6, 1.6, 1.7), (3.4, 2.2, 1.2)),
    Room((0.16, 0.11, 0.075), (0.26, 0.25, 0.27), "wood", (1.4, 1.6, 2.1), (3.0, 2.0, 1.1)),
    Room((0.62, 0.50, 0.37), (0.60, 0.58, 0.54), "wood", (2.6, 2.5, 2.4), (1.2, 0.8, 0.5)),
)


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A finished background picture, looked up by direction.

    ``image`` (n, n, 3) is radiance as seen by ``camera``.
    """

    image: FloatArray
    camera: Camera

    def radiance(self, directions: FloatArray) -> FloatArray:
        size = self.image.shape[0]
        ahead = np.array(self.camera.eye) + directions * 1000.0
        xy, _ = self.camera.project(ahead, size=size)
        return sample_bilinear(self.image, xy[:, 0], xy[:, 1])

    def shadow_strength(self, directions: FloatArray) -> FloatArray:
        return (directions[:, 1] < -0.02).astype(np.float64)


def photo(
    model: Model, clutter: Sequence[Model], *, seed: int, size: int = 560
) -> NDArray[np.uint8]:
    """A picture (size, size * 3 // 4, 3) uint8 of a model as a telephone would take it,
    with other models standing about behind it. The same seed gives the same picture."""
    rng = np.random.default_rng(seed)
    room = ROOMS[int(rng.integers(len(ROOMS)))]
    light = room_light(room, rng)
    turned = model.posed(Pose(rotation(about="y", degrees=float(rng.uniform(-24, 24)))))
    camera = _held_camera(turned, rng)
    desk, away = empty_desk(room, light, camera, rng, size=size)
    plate = Plate(desk, camera)
    for thing in _placed_behind(turned, clutter, rng):
        traced = trace(thing, camera, light, backdrop=plate, size=size)
        plate = Plate(halved(traced.radiance), camera)
        away = np.maximum(away, halved(traced.covered[:, :, None].astype(np.float64)))
    plate = Plate(_out_of_focus(plate.image, away), camera)
    traced = trace(turned, camera, light, backdrop=plate, size=size)
    return taken(_cropped(halved(traced.radiance), developed(traced).mask), rng)


def _out_of_focus(image: FloatArray, away: FloatArray) -> FloatArray:
    """The picture blurred where ``away`` (n, n, 1) in [0, 1] says so."""
    size = image.shape[0]
    soft = cv2.GaussianBlur(image, (0, 0), size / 100)
    share = cv2.GaussianBlur(away[:, :, 0], (0, 0), size / 160)[:, :, None]
    mixed: FloatArray = image * (1 - share) + soft * share
    return mixed


def room_light(room: Room, rng: np.random.Generator) -> Light:
    side = 1.0 if rng.random() < 0.5 else -1.0
    window = Softbox(
        side * float(rng.uniform(50, 100)), float(rng.uniform(16, 34)), 46.0, 54.0, room.window
    )
    lamp = Softbox(
        -side * float(rng.uniform(20, 80)),
        float(rng.uniform(46, 66)),
        20.0,
        20.0,
        (room.lamp[0] * 2.2, room.lamp[1] * 2.2, room.lamp[2] * 2.2),
    )
    level = float(rng.uniform(0.72, 1.02))
    wall, desk = np.array(room.wall), np.array(room.desk)
    warm = np.array([0.30, 0.27, 0.23])

    def colour(values: FloatArray) -> Colour:
        return float(values[0]), float(values[1]), float(values[2])

    return Light(
        softboxes=(window, lamp),
        zenith=colour(warm * 1.2),
        front=colour(warm * 0.6),
        behind=colour(wall * 0.55),
        floor=colour(desk * 0.7),
        backdrop_half_angle=80.0,
        exposure=level,
    )


def _held_camera(model: Model, rng: np.random.Generator) -> Camera:
    points = model.points()
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    flat = high[1] - low[1] < 0.5 * (high[0] - low[0])
    camera = orbiting(
        (float(middle[0]), float(middle[1]), float(middle[2])),
        distance=float((high - low).max()) * float(rng.uniform(2.6, 3.4)),
        azimuth_degrees=float(rng.uniform(-26, 26)),
        elevation_degrees=float(rng.uniform(34, 48) if flat else rng.uniform(14, 30)),
        roll_degrees=float(rng.uniform(-7, 7)),
    )
    spot = (0.5 + float(rng.uniform(-0.05, 0.05)), 0.53 + float(rng.uniform(-0.04, 0.04)))
    return camera.fitted(points, fill=float(rng.uniform(0.52, 0.62)), centre=spot)


def empty_desk(
    room: Room, light: Light, camera: Camera, rng: np.random.Generator, *, size: int
) -> tuple[FloatArray, FloatArray]:
    """Desk and wall as the camera sees them (size, size, 3), and how far each pixel is from
    being in focus (size, size, 1)."""
    grid = np.arange(size) + 0.5
    x, y = np.meshgrid(grid, grid)
    rays = camera.rays(x.ravel(), y.ravel(), size=size)
    eye = np.array(camera.eye)
    to_desk = np.where(rays[:, 1] < -1e-4, -eye[1] / np.minimum(rays[:, 1], -1e-4), np.inf)
    to_wall = np.where(
        rays[:, 2] < -1e-4, (-_WALL_MM - eye[2]) / np.minimum(rays[:, 2], -1e-4), np.inf
    )
    reach = np.minimum(np.minimum(to_desk, to_wall), 4000.0)
    hit = eye + rays * reach[:, None]
    turn = rotation(about="y", degrees=float(rng.uniform(-70, 70)))
    desk = np.array(room.desk) * _grain(hit @ turn.T, room.grain)[:, None]
    lit_desk = desk * _floor_light(light)
    wall = (
        np.array(room.wall) * (0.42 + 0.12 * layered_noise(hit / 170.0 + 3.0, octaves=2))[:, None]
    )
    edge = smoothstep(0.0, 1.0, (to_desk > to_wall).astype(np.float64))
    picture = lit_desk * (1 - edge)[:, None] + wall * light.exposure * edge[:, None]
    image = picture.reshape(size, size, 3)
    focus = float(np.linalg.norm(np.subtract(camera.target, camera.eye)))
    away = smoothstep(0.05, 0.5, np.abs(reach - focus) / focus)
    return image, away.reshape(size, size, 1)


def _floor_light(light: Light) -> FloatArray:
    """Diffuse light on the open desk."""
    directions, weights = light.quadrature()
    total: FloatArray = (weights * np.maximum(directions[:, 1:2], 0.0)).sum(axis=0) / np.pi
    return total


def _grain(points: FloatArray, kind: str) -> FloatArray:
    """Brightness of the desk at places on it."""
    match kind:
        case "wood":
            swirl = layered_noise(points * np.array([0.004, 1.0, 0.022]), octaves=3)
            lines = layered_noise(points * np.array([0.012, 1.0, 0.5]), octaves=3)
            plank = np.floor(points[:, 2] / 85.0)
            tone = 0.10 * np.sin(plank * 12.9898) + 0.02
            gap = np.abs(points[:, 2] / 85.0 - plank - 0.5) > 0.493
            boards: FloatArray = 1.0 + 0.14 * np.sin(swirl * 14.0) + 0.22 * lines + tone
            return boards * np.where(gap, 0.45, 1.0)
        case "stone":
            cloud = layered_noise(points / 70.0, octaves=4)
            vein = np.abs(layered_noise(points / 110.0 + 9.0, octaves=4))
            slab: FloatArray = 1.0 + 0.12 * cloud - 0.42 * np.exp(-((vein / 0.025) ** 2))
            return slab
        case _:
            weave = np.sin(points[:, 0] * 3.1) * np.sin(points[:, 2] * 3.1)
            cloth: FloatArray = 1.0 + 0.10 * weave + 0.12 * layered_noise(points / 30.0, octaves=3)
            return cloth


def _placed_behind(hero: Model, clutter: Sequence[Model], rng: np.random.Generator) -> list[Model]:
    """Other things on the desk, farthest first, to the left and right behind the hero."""
    points = hero.points()
    width = float(np.ptp(points[:, 0]))
    height = float(points[:, 1].max())
    placed = []
    for k, thing in enumerate(clutter):
        size = float(np.ptp(thing.points(), axis=0).max())
        factor = float(np.clip(1.05 * max(height, width * 0.7) / size, 0.6, 1.8))
        side = -1.0 if k % 2 == 0 else 1.0
        x = side * (width * 0.6 + float(rng.uniform(22, 62)))
        z = -float(rng.uniform(60, 120)) - 26.0 * k
        turn = rotation(about="y", degrees=float(rng.uniform(-50, 50)))
        placed.append((z, _resized(thing, factor).posed(Pose(turn, (x, 0.0, z)))))
    placed.sort(key=lambda entry: entry[0])
    return [thing for _, thing in placed]


def _resized(model: Model, factor: float) -> Model:
    """The model enlarged about the origin."""
    grown = Pose(np.eye(3) * factor)
    return Model(
        tuple(
            replace(
                part,
                pose=Pose(
                    part.pose.rotation * factor, tuple(grown.points(np.array(part.pose.shift)))
                ),
            )
            for part in model.parts
        )
    )


def _cropped(radiance: FloatArray, mask: NDArray[np.uint8]) -> FloatArray:
    """An upright frame of three by four around the product."""
    size = radiance.shape[0]
    columns = np.flatnonzero(mask.any(axis=0))
    width = size * 3 // 4
    middle = int(columns.mean()) if len(columns) else size // 2
    left = int(np.clip(middle - width // 2, 0, size - width))
    return radiance[:, left : left + width]


def taken(radiance: FloatArray, rng: np.random.Generator) -> NDArray[np.uint8]:
    """What a small sensor in a moving hand makes of the light."""
    height, width = radiance.shape[:2]
    y, x = np.mgrid[-1 : 1 : complex(0, height), -1 : 1 : complex(0, width)]
    shaded = radiance * (1.0 - 0.20 * (x**2 + y**2))[:, :, None]
    balance = 1.0 + rng.uniform(-0.07, 0.07, 3)
    blurred = cv2.filter2D(shaded * balance, -1, _shake(rng))
    blurred = cv2.GaussianBlur(blurred, (0, 0), float(rng.uniform(0.5, 0.9)))
    grain = rng.normal(0.0, 1.0, blurred.shape)
    noisy = blurred + grain * np.sqrt(np.maximum(blurred, 0.0) * 0.00035 + 0.00003)
    exposure = 0.62 / max(float(np.percentile(noisy.mean(axis=2), 82)), 0.05)
    return encoded(tone_mapped(np.maximum(noisy, 0.0) * float(np.clip(exposure, 0.7, 2.0))))


def _shake(rng: np.random.Generator) -> FloatArray:
    """The blur of a slight movement in some direction."""
    length, side = float(rng.uniform(1.0, 3.2)), 9
    angle = float(rng.uniform(0, np.pi))
    kernel = np.zeros((side, side))
    for t in np.linspace(-0.5, 0.5, 33):
        column = side // 2 + t * length * np.cos(angle)
        row = side // 2 + t * length * np.sin(angle)
        kernel[round(row), round(column)] += 1.0
    soft = cv2.GaussianBlur(kernel, (0, 0), 0.4).astype(np.float64)
    return soft / float(soft.sum())
