"""Looks at a container: a studio packshot, or a photo of it held in a hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.images import RgbArray
from desktop_app.domain.shapes import OutlinePoints, Part
from desktop_app.infra.rendering.engine.camera import Camera, orbiting
from desktop_app.infra.rendering.engine.gbuffer import seen
from desktop_app.infra.rendering.engine.lighting import Light, Softbox
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.renderer import (
    Rendered,
    developed,
    halved,
    render,
    trace,
)
from desktop_app.infra.rendering.engine.scene import Model, Pose
from desktop_app.infra.rendering.engine.surroundings import Sweep
from desktop_app.infra.rendering.generator.hand import hand_for
from desktop_app.infra.rendering.generator.recipes import FLAT_FROM_DEGREES, Container
from desktop_app.infra.rendering.generator.scenery import photographed, scenery
from desktop_app.infra.rendering.photo import ROOMS, room_light, taken
from desktop_app.infra.rendering.studio import STUDIO, View, packshot_camera

_LEAST_SEEN = 0.66
"""A hand may hide at most the rest of the container."""
_PROBE_PX = 64
_REACHES = (1.0, 0.7, 0.4, 0.15)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture of a container with the truth about it.

    ``jpeg_quality`` is what a camera would save it with. Masks (size, size) uint8 say how far
    each pixel shows something, 255 where it fills it.
    """

    container: Container
    rendered: Rendered
    jpeg_quality: int

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """The picture (size, size, 3), sRGB."""
        return self.rendered.rgb

    def mask(self) -> NDArray[np.uint8]:
        """Of the container where nothing is in front of it."""
        return self.rendered.mask_of(range(len(self.container.model.parts)))

    def mask_with_hand(self) -> NDArray[np.uint8]:
        """Of the container and of the hand that holds it."""
        return self.rendered.mask

    def mask_of(self, part: Part) -> NDArray[np.uint8]:
        """Of its closure or its body; empty for other parts."""
        return self.rendered.mask_of(self.container.positions(part))

    @property
    def container_class(self) -> ContainerClass:
        return self.container.recipe.container_class

    def outline(self) -> OutlinePoints:
        """The container's outline in millimetres, as its ``outline``."""
        return self.container.outline()


def packshot_of(container: Container, *, size: int = 400) -> Shot:
    """The standard packshot: from the front, white studio light, near-white paper."""
    camera = packshot_camera(container.model, _view(container, fill=0.84))
    return Shot(container, render(container.model, camera, STUDIO, size=size), 90)


def studio(container: Container, *, seed: int, size: int = 400) -> Shot:
    """A packshot from the front in some other studio: other light, an even background of
    another colour, the container nearer or farther and turned a little."""
    rng = np.random.default_rng([21, seed])
    tone = _tone(rng)
    turned = container.model.posed(Pose(rotation(about="y", degrees=float(rng.uniform(-3.0, 3.0)))))
    view = _view(container, fill=float(rng.uniform(0.66, 0.88)))
    view = replace(view, elevation_degrees=view.elevation_degrees + float(rng.uniform(-1.5, 1.5)))
    camera = packshot_camera(turned, view)
    away = 0.5 * (0.92 - view.fill)
    camera = replace(
        camera,
        shift=(
            camera.shift[0] + float(rng.uniform(-away, away)),
            camera.shift[1] + float(rng.uniform(-away, away)),
        ),
    )
    sweep = Sweep(tone, falloff=float(rng.uniform(0.0, 0.22)))
    rendered = render(turned, camera, _other_studio(rng, tone), backdrop=sweep, size=size)
    return Shot(container, rendered, int(rng.integers(78, 95)))


def hand_held(
    container: Container, *, seed: int, size: int = 400, behind: RgbArray | None = None
) -> Shot:
    """A telephone's photo of the container held up in a hand before a cluttered room, or
    before the photograph ``behind`` (h, w, 3), of any size."""
    rng = np.random.default_rng([22, seed])
    flat = container.recipe.elevation_degrees >= FLAT_FROM_DEGREES
    room = ROOMS[int(rng.integers(len(ROOMS)))]
    light = room_light(room, rng)
    turned = container.model.posed(Pose(rotation(about="y", degrees=float(rng.uniform(-6.0, 6.0)))))
    camera = _telephone(container, turned, rng)
    grips = np.random.default_rng([23, seed])
    state = grips.bit_generator.state
    scene = turned
    for reach in _REACHES:
        grips.bit_generator.state = state
        hand = hand_for(turned, grips, is_flat=flat, reach=reach)
        scene = Model((*turned.parts, *hand))
        if _seen_share(scene, len(turned.parts), camera) >= _LEAST_SEEN:
            break
    if behind is None:
        plate = scenery(camera, room, light, rng, size=size)
    else:
        plate = photographed(camera, behind, rng, size=size)
    traced = trace(scene, camera, light, backdrop=plate, size=size, held=True)
    shown = developed(traced)
    photo = replace(shown, rgb=taken(halved(traced.radiance), rng))
    return Shot(container, photo, int(rng.integers(52, 88)))


def _view(container: Container, *, fill: float) -> View:
    return View("front", 0.0, container.recipe.elevation_degrees, fill)


def _tone(rng: np.random.Generator) -> tuple[float, float, float]:
    """A background: white, grey, dark, or pastel."""
    kind = float(rng.random())
    if kind < 0.3:
        level = float(rng.uniform(0.78, 0.97))
        return level, level, level * float(rng.uniform(0.97, 1.02))
    if kind < 0.5:
        level = float(rng.uniform(0.16, 0.7))
        return level, level, level * float(rng.uniform(0.95, 1.05))
    if kind < 0.6:
        level = float(rng.uniform(0.02, 0.09))
        return level, level, level
    red, green, blue = (float(part) for part in rng.uniform(0.32, 0.92, 3))
    return red, green, blue


def _other_studio(rng: np.random.Generator, tone: tuple[float, float, float]) -> Light:
    """The studio with its boxes moved, mirrored and dimmed, over a floor of that colour."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    boxes = []
    for box in STUDIO.softboxes:
        level = float(rng.uniform(0.55, 1.3))
        boxes.append(
            Softbox(
                side * box.azimuth + float(rng.uniform(-14, 14)),
                box.elevation + float(rng.uniform(-6, 6)),
                box.width * float(rng.uniform(0.7, 1.3)),
                box.height * float(rng.uniform(0.7, 1.2)),
                (box.radiance[0] * level, box.radiance[1] * level, box.radiance[2] * level),
            )
        )
    return replace(
        STUDIO,
        softboxes=tuple(boxes),
        behind=(tone[0] * 0.9, tone[1] * 0.9, tone[2] * 0.9),
        floor=(tone[0] * 0.76, tone[1] * 0.76, tone[2] * 0.76),
        exposure=float(rng.uniform(0.86, 1.1)),
    )


def _telephone(container: Container, model: Model, rng: np.random.Generator) -> Camera:
    """A hand-held camera: near, not quite level, not quite in front."""
    points = model.points()
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    camera = orbiting(
        (float(middle[0]), float(middle[1]), float(middle[2])),
        distance=float((high - low).max()) * float(rng.uniform(2.8, 4.4)),
        azimuth_degrees=float(rng.uniform(-7.0, 7.0)),
        elevation_degrees=container.recipe.elevation_degrees + float(rng.uniform(-7.0, 7.0)),
        roll_degrees=float(rng.uniform(-16.0, 16.0)),
    )
    centre = (0.5 + float(rng.uniform(-0.06, 0.06)), 0.47 + float(rng.uniform(-0.05, 0.05)))
    return camera.fitted(points, fill=float(rng.uniform(0.56, 0.74)), centre=centre)


def _seen_share(scene: Model, count: int, camera: Camera) -> float:
    """The share that the hand leaves free of the area of the scene's first ``count`` parts."""
    pieces = [(part.mesh, part.pose) for part in scene.parts]
    whole = len(seen(pieces[:count], camera, size=_PROBE_PX))
    free = int((seen(pieces, camera, size=_PROBE_PX).owners < count).sum())
    return free / max(whole, 1)
