"""From a model, a camera and a light to a picture with its exact mask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.rendering.engine.arrays import BoolArray, FloatArray
from desktop_app.infra.rendering.engine.camera import Camera
from desktop_app.infra.rendering.engine.floor import ShadowedFloor
from desktop_app.infra.rendering.engine.gbuffer import seen
from desktop_app.infra.rendering.engine.glass import GlassPainter
from desktop_app.infra.rendering.engine.lighting import Light
from desktop_app.infra.rendering.engine.mirrors import add_reflections
from desktop_app.infra.rendering.engine.occlusion import Occlusion
from desktop_app.infra.rendering.engine.scene import Model
from desktop_app.infra.rendering.engine.shading import shade
from desktop_app.infra.rendering.engine.surroundings import (
    Backdrop,
    NoGround,
    Surroundings,
    Sweep,
)
from desktop_app.infra.vision.opencv import cv2

_RECONSTRUCTION = np.array([1.0, 3.0, 3.0, 1.0]) / 8.0
"""A tent over two pixels: smoother edges than averaging the samples of one pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A picture and what it shows.

    ``rgb`` (size, size, 3) uint8 is sRGB; ``mask`` (size, size) uint8 is the product's
    coverage of each pixel, 255 where it fills it. ``owners`` (2 * size, 2 * size) int16 is the
    position of the part that every sample sees in the model, -1 where there is none.
    """

    rgb: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    owners: NDArray[np.int16]

    def mask_of(self, parts: Collection[int]) -> NDArray[np.uint8]:
        """The visible coverage (size, size) of some parts, by their positions in the model."""
        return coverage(np.isin(self.owners, np.array(sorted(parts), dtype=np.int16)))


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A picture before tone mapping: ``radiance`` (2 * size, 2 * size, 3) linear, and the
    part that each sample sees, ``owners`` as in Rendered."""

    radiance: FloatArray
    owners: NDArray[np.int16]

    @property
    def covered(self) -> BoolArray:
        """Samples (2 * size, 2 * size) that see the model."""
        seen_anything: BoolArray = self.owners >= 0
        return seen_anything


def render(
    model: Model,
    camera: Camera,
    light: Light,
    *,
    backdrop: Backdrop | None = None,
    size: int = 400,
) -> Rendered:
    """Render a model in a square picture with 2 x 2 samples per pixel, on a paper sweep
    unless another backdrop is given."""
    return developed(trace(model, camera, light, backdrop=backdrop, size=size))


def trace(
    model: Model,
    camera: Camera,
    light: Light,
    *,
    backdrop: Backdrop | None = None,
    size: int = 400,
    held: bool = False,
) -> Traced:
    """The light that reaches the camera from a model and its backdrop; a ``held`` one throws
    no shadow on a floor."""
    fine = size * 2
    around = Surroundings(
        light=light,
        occlusion=Occlusion(model, light, size=size),
        floor=NoGround() if held else ShadowedFloor(model, light, size=size),
        backdrop=backdrop if backdrop is not None else Sweep(),
        camera=camera,
    )
    image = _background(around, size=size, fine=fine)
    depth = np.full(fine * fine, np.inf)
    owners = np.full(fine * fine, -1, dtype=np.int16)
    solid = [k for k, part in enumerate(model.parts) if not part.material.is_transparent]
    opaque = [model.parts[k] for k in solid]
    if opaque:
        surface = seen([(part.mesh, part.pose) for part in opaque], camera, size=fine)
        image[surface.pixels] = shade(surface, opaque, around, size=fine)
        add_reflections(image, surface, opaque, around, size=fine)
        depth[surface.pixels] = surface.depth
        owners[surface.pixels] = np.array(solid, dtype=np.int16)[surface.owners]
    painter = GlassPainter(around, image, depth, size=fine)
    for k, part in enumerate(model.parts):
        if part.material.is_transparent:
            owners[painter.paint(part)] = k
    return Traced(image.reshape(fine, fine, 3), owners.reshape(fine, fine))


def developed(traced: Traced) -> Rendered:
    """The finished picture and mask, at half the size of the samples."""
    rgb = encoded(halved(tone_mapped(traced.radiance)))
    return Rendered(rgb, coverage(traced.covered), traced.owners)


def coverage(samples: BoolArray) -> NDArray[np.uint8]:
    """The share of each pixel (size, size) that samples (2 * size, 2 * size) fill, 0 to 255."""
    share = halved(samples[:, :, None].astype(np.float32))
    return np.round(share[:, :, 0] * 255).astype(np.uint8)


def _background(around: Surroundings, *, size: int, fine: int) -> FloatArray:
    """The empty set (fine * fine, 3), computed at ``size`` since it is smooth."""
    grid = np.arange(size) + 0.5
    x, y = np.meshgrid(grid, grid)
    directions = around.camera.rays(x.ravel(), y.ravel(), size=size)
    points = np.broadcast_to(np.array(around.camera.eye), directions.shape)
    seen_behind = around.behind(points, directions).reshape(size, size, 3)
    large = cv2.resize(seen_behind.astype(np.float32), (fine, fine), interpolation=cv2.INTER_LINEAR)
    return large.reshape(-1, 3).astype(np.float64)


def tone_mapped(radiance: FloatArray, *, knee: float = 0.72) -> FloatArray:
    """Radiance to [0, 1]: unchanged below the knee, a soft shoulder above it."""
    above = np.maximum(radiance - knee, 0.0) / (1.0 - knee)
    return np.where(
        radiance < knee, np.maximum(radiance, 0.0), knee + (1 - knee) * (1 - np.exp(-above))
    )


def encoded(linear: FloatArray) -> NDArray[np.uint8]:
    """Linear light in [0, 1] to 8-bit sRGB."""
    curve = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )
    return np.round(np.clip(curve, 0.0, 1.0) * 255).astype(np.uint8)


def halved(image: FloatArray) -> FloatArray:
    """Half the size in both directions through a tent filter."""
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    for axis in (0, 1):
        count = padded.shape[axis]
        taps = [slice(k, count - 3 + k, 2) for k in range(len(_RECONSTRUCTION))]
        total = np.zeros((1, 1, 1))
        for tap, weight in zip(taps, _RECONSTRUCTION, strict=True):
            total = total + (padded[tap] if axis == 0 else padded[:, tap]) * weight
        padded = total
    return padded
