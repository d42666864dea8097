"""Light on opaque surfaces: diffuse light with soft shadows, and Fresnel reflections.

Fresnel is Schlick's approximation (1994); the widening of reflections with roughness is that
of a GGX lobe with alpha = roughness squared (Walter et al. 2007), as a blur of the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import (
    BoolArray,
    FloatArray,
    IndexArray,
    dot,
    normalised,
    reflected,
    sample_bilinear,
)
from desktop_app.infra.rendering.engine.gbuffer import Surface
from desktop_app.infra.rendering.engine.materials import Material, patterned
from desktop_app.infra.rendering.engine.scene import Decal, Part, Wrap
from desktop_app.infra.rendering.engine.surroundings import Surroundings
from desktop_app.infra.vision.opencv import cv2

_FOIL_ROUGHNESS = 0.2
_SHADOW_BLUR = 1.6
"""Standard deviation of the smoothing of shadows, in blocks of two by two pixels."""
_BOUNCE = 0.30
"""Light that reaches a fully enclosed white place from its own surroundings."""


@dataclass(slots=True, eq=False)
class Coat:
    """Per-pixel properties of a surface while prints are laid on it.

    ``normals`` point out in the room; ``coverage`` in [0, 1] is where prints lie.
    """

    colour: FloatArray
    normals: FloatArray
    metallic: FloatArray
    roughness: FloatArray
    coverage: FloatArray


def shade(
    surface: Surface, parts: Sequence[Part], around: Surroundings, *, size: int
) -> FloatArray:
    """Radiance (n, 3) towards the eye from opaque parts; owners index ``parts``."""
    colours = np.zeros((len(surface), 3))
    for index, part in enumerate(parts):
        rows = np.flatnonzero(surface.owners == index)
        if len(rows):
            coat = coated(surface, rows, part, part.material, around=around, size=size)
            colours[rows] = lit(surface, rows, coat, part.material, around=around, size=size)
    return colours


def coated(
    surface: Surface,
    rows: IndexArray,
    part: Part,
    material: Material,
    *,
    around: Surroundings,
    size: int,
) -> Coat:
    """The material with the part's prints; ``coverage`` tells where prints lie."""
    local, inward = surface.local_points[rows], surface.local_normals[rows]
    colour, bent = patterned(material, local, inward)
    count = len(rows)
    coat = Coat(
        colour=np.array(colour),
        normals=bent,
        metallic=np.full(count, 1.0 if material.metallic else 0.0),
        roughness=np.full(count, material.roughness),
        coverage=np.zeros(count),
    )
    if part.decals:
        pixels_per_mm = around.camera.focal * size / float(np.median(surface.depth[rows]))
        for decal in part.decals:
            _print(decal, coat, local, inward, pixels_per_mm)
    if coat.normals is inward:
        coat.normals = surface.normals[rows]
    else:
        coat.normals = normalised(part.pose.directions(coat.normals))
    return coat


def _print(
    decal: Decal, coat: Coat, local: FloatArray, normals: FloatArray, pixels_per_mm: float
) -> None:
    across, up, faces = _placed(decal, local, normals)
    u = (across - decal.centre[0]) / decal.size[0] + 0.5
    v = 0.5 - (up - decal.centre[1]) / decal.size[1]
    inside = np.flatnonzero(faces & (u > 0) & (u < 1) & (v > 0) & (v < 1))
    if not len(inside):
        return
    shrink = decal.size[0] * pixels_per_mm / decal.texture.shape[1]
    texture = _at_scale(decal.texture, shrink)
    height, width = texture.shape[:2]
    texel = sample_bilinear(texture, u[inside] * width, v[inside] * height)
    cover = texel[:, 3:4]
    ink = texel[:, :3] / np.maximum(cover, 1e-4)
    coat.colour[inside] = coat.colour[inside] * (1 - cover) + ink * cover
    share = cover[:, 0]
    metal = 1.0 if decal.foil else 0.0
    coat.metallic[inside] = coat.metallic[inside] * (1 - share) + metal * share
    rough = _FOIL_ROUGHNESS if decal.foil else np.maximum(coat.roughness[inside], 0.35)
    coat.roughness[inside] = coat.roughness[inside] * (1 - share) + rough * share
    coat.coverage[inside] = np.maximum(coat.coverage[inside], share)
    if decal.relief is not None:
        relief = _at_scale(decal.relief[:, :, None], shrink)
        coat.normals = np.array(coat.normals)
        coat.normals[inside] = _embossed(
            decal, relief, (u[inside], v[inside]), coat.normals[inside], local[inside]
        )


def _placed(
    decal: Decal, local: FloatArray, normals: FloatArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Millimetres across and up the print, and where the surface faces it."""
    match decal.wrap:
        case Wrap.AROUND:
            angle = np.arctan2(local[:, 0], local[:, 2])
            return angle * decal.radius, local[:, 1], np.abs(normals[:, 1]) < 0.8
        case Wrap.FRONT:
            return local[:, 0], local[:, 1], normals[:, 2] > 0.25
        case Wrap.TOP:
            return local[:, 0], -local[:, 2], normals[:, 1] > 0.6


def _at_scale(texture: FloatArray, shrink: float) -> FloatArray:
    """The texture area-averaged where the picture is coarser than it is."""
    if shrink > 0.8:
        return texture
    width = max(4, round(texture.shape[1] * shrink * 1.25))
    height = max(4, round(texture.shape[0] * shrink * 1.25))
    small: FloatArray = cv2.resize(
        texture.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA
    ).astype(np.float64)
    return small.reshape(height, width, -1)


def _embossed(
    decal: Decal,
    relief: FloatArray,
    place: tuple[FloatArray, FloatArray],
    normals: FloatArray,
    local: FloatArray,
) -> FloatArray:
    """Normals tilted by the slope of the relief at a place on the print, fractions of it."""
    height, width = relief.shape[:2]
    x, y = place[0] * width, place[1] * height
    slope_across = (sample_bilinear(relief, x + 0.7, y) - sample_bilinear(relief, x - 0.7, y))[
        :, 0
    ] / (1.4 * decal.size[0] / width)
    slope_up = (sample_bilinear(relief, x, y - 0.7) - sample_bilinear(relief, x, y + 0.7))[:, 0] / (
        1.4 * decal.size[1] / height
    )
    zero, one = np.zeros(len(x)), np.ones(len(x))
    match decal.wrap:
        case Wrap.AROUND:
            angle = np.arctan2(local[:, 0], local[:, 2])
            across = np.stack([np.cos(angle), zero, -np.sin(angle)], axis=1)
            up = np.stack([zero, one, zero], axis=1)
        case Wrap.FRONT:
            across, up = np.stack([one, zero, zero], 1), np.stack([zero, one, zero], 1)
        case Wrap.TOP:
            across, up = np.stack([one, zero, zero], 1), np.stack([zero, zero, -one], 1)
    return normalised(normals - slope_across[:, None] * across - slope_up[:, None] * up)


def lit(
    surface: Surface,
    rows: IndexArray,
    coat: Coat,
    material: Material,
    *,
    around: Surroundings,
    size: int,
) -> FloatArray:
    """Radiance (n, 3) of coated rows of a surface."""
    points, views = surface.points[rows], surface.views[rows]
    light, openness = diffuse_light(
        surface.pixels[rows],
        points,
        coat.normals,
        around=around,
        size=size,
        wrap=material.translucency,
    )
    facing = np.clip(-dot(views, coat.normals), 0.0, 1.0)
    grazing = (1.0 - facing) ** 5
    blur = lobe_width(coat.roughness)
    mirror = normalised(reflected(views, coat.normals))
    room = around.reflection(points, mirror, blur)
    closed = np.clip(
        (facing + openness) ** np.exp2(-16.0 * coat.roughness - 1.0) - 1.0 + openness, 0.0, 1.0
    )
    room = room * closed[:, None]
    smooth = (1.0 - coat.roughness) ** 1.5
    base = material.reflectance * np.ones(3)
    dielectric = base + (1.0 - base) * (grazing * smooth)[:, None] * (material.reflectance > 0)
    light = light + (1.0 - openness)[:, None] * coat.colour * _BOUNCE
    plain = coat.colour * light * (1.0 - dielectric) + room * dielectric
    if material.sheen:
        plain += material.sheen * (1.0 - facing)[:, None] ** 2 * np.sqrt(coat.colour) * light * 0.8
    metallic = (coat.colour + (1.0 - coat.colour) * grazing[:, None] * 0.7) * room
    share = coat.metallic[:, None]
    radiance: FloatArray = plain * (1 - share) + metallic * share
    return radiance


def lobe_width(roughness: FloatArray | float) -> FloatArray:
    """Tangent of the angle by which a rough surface spreads a reflection."""
    width: FloatArray = 0.85 * np.asarray(roughness, dtype=float) ** 2
    return width


def diffuse_light(
    pixels: IndexArray,
    points: FloatArray,
    normals: FloatArray,
    *,
    around: Surroundings,
    size: int,
    wrap: float,
) -> tuple[FloatArray, FloatArray]:
    """Diffuse light (n, 3) and openness (n,) in [0, 1] at the seen places of one part.

    Shadows are worked out once for every 2 x 2 block of pixels and smoothed over neighbouring
    blocks, which hides the steps of single shadow maps.
    """
    width = (size + 1) // 2
    block = (pixels // size // 2) * width + (pixels % size) // 2
    cells, first, member = np.unique(block, return_index=True, return_inverse=True)
    light, share = around.occlusion.irradiance(points[first], normals[first], wrap=wrap * 0.6)
    rows, columns = cells // width, cells % width
    top, left = int(rows.min()), int(columns.min())
    box = (int(rows.max()) - top + 1, int(columns.max()) - left + 1)
    total, weight = np.zeros(box, dtype=np.float32), np.zeros(box, dtype=np.float32)
    total[rows - top, columns - left] = share
    weight[rows - top, columns - left] = 1.0
    total_near = cv2.GaussianBlur(total, (0, 0), _SHADOW_BLUR)
    weight_near = cv2.GaussianBlur(weight, (0, 0), _SHADOW_BLUR)
    smooth = (total_near / np.maximum(weight_near, 1e-6))[rows - top, columns - left]
    openness = smooth[member]
    return light[member] * openness[:, None], openness
