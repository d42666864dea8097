"""Looks at a container in a few hundredths of a second: random tones, lights and prints instead of
traced ones, so that a classifier sees many shapes and cannot rely on how one renderer shades.

What is seen is exact; how it is lit is a sketch: one lamp, a room of grey gradients with bright
strips that gloss and metal mirror (Blinn 1976, "Texture and reflection in computer generated
images"; Schlick 1994 for the share they mirror), glass that shows what is in it, and now and then
a label with lines of writing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.rendering.engine.camera import Camera
from desktop_app.infra.rendering.engine.gbuffer import Surface, seen
from desktop_app.infra.rendering.engine.materials import Pattern
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.scene import Model, Part, Pose
from desktop_app.infra.rendering.generator.recipes import Container
from desktop_app.infra.rendering.studio import View, packshot_camera
from desktop_app.infra.training.compositing import RgbaArray
from desktop_app.infra.vision.opencv import cv2

Values = NDArray[np.float64]

LABELLED, MOST_STRIPS = 0.45, 4


@dataclass(frozen=True, slots=True)
class _Finish:
    """How a material is drawn. ``tone`` and ``mirrored`` (at normal incidence) in [0, 1]."""

    tone: float
    mirrored: float
    roughness: float
    is_metal: bool
    is_clear: bool
    grain: float


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """``lamp`` is a unit direction; strips are (azimuth, half width, brightness), radians."""

    lamp: Values
    lamp_share: float
    above: float
    below: float
    strips: tuple[tuple[float, float, float], ...]


def quick_look(container: Container, rng: np.random.Generator, *, size: int) -> RgbaArray:
    """One look as (h, w, 4), cropped to the container; about ``size`` pixels."""
    turn = float(np.clip(rng.normal(0.0, 18.0), -75, 75))
    lift = float(np.clip(container.recipe.elevation_degrees + rng.normal(2.0, 8.0), 0, 68))
    model = container.model.posed(Pose(rotation(about="y", degrees=turn)))
    camera = packshot_camera(model, View("other", 0.0, lift, 0.9))
    finishes = _finishes(model, rng)
    room = _room(rng)
    grid = 2 * size
    whole = seen([(part.mesh, part.pose) for part in model.parts], camera, size=grid)
    light = _lit(whole, model, finishes, room, rng)
    clear = np.array([finish.is_clear for finish in finishes])[whole.owners]
    if clear.any():
        behind = _behind(model, finishes, camera, room, rng, grid=grid)
        light = np.where(clear, _through(whole, light, behind[whole.pixels], rng), light)
    plane = np.zeros(grid * grid, np.float32)
    alpha = np.zeros(grid * grid, np.float32)
    exposed = np.clip(light * float(np.exp(rng.normal(0.0, 0.2))), 0, 1) ** (1 / 2.2)
    plane[whole.pixels], alpha[whole.pixels] = exposed, 1.0
    return _cropped(plane.reshape(grid, grid), alpha.reshape(grid, grid), size)


def _finishes(model: Model, rng: np.random.Generator) -> list[_Finish]:
    """One for each part; parts of one material share it."""
    kept: dict[tuple[str, object], _Finish] = {}
    as_made = rng.random() < 0.4
    found = []
    for part in model.parts:
        material = part.material
        place = (material.name, material.colour)
        if place not in kept:
            own = float(np.dot(material.colour, (0.21, 0.72, 0.07)))
            cloth = material.pattern in (Pattern.CLOTH, Pattern.SPONGE, Pattern.POWDER)
            gloss = 0.0 if cloth else float(rng.choice([0.02, 0.045, 0.08, 0.15]))
            kept[place] = _Finish(
                tone=own if as_made else float(rng.choice(_tones(rng))),
                mirrored=gloss,
                roughness=float(rng.uniform(0.02, 0.5)),
                is_metal=material.metallic if as_made else bool(rng.random() < 0.2 and not cloth),
                is_clear=material.is_transparent and rng.random() < 0.8,
                grain=float(rng.uniform(0.02, 0.12)) if cloth else 0.0,
            )
        found.append(kept[place])
    return found


def _tones(rng: np.random.Generator) -> tuple[float, ...]:
    return (
        float(rng.uniform(0.6, 0.95)),
        float(rng.uniform(0.15, 0.6)),
        float(rng.uniform(0.01, 0.12)),
    )


def _room(rng: np.random.Generator) -> _Room:
    lamp = np.array([rng.uniform(-1, 1), rng.uniform(0.1, 1.2), rng.uniform(0.2, 1.2)])
    strips = tuple(
        (
            float(rng.uniform(-np.pi, np.pi)),
            float(rng.uniform(0.08, 0.5)),
            float(rng.uniform(0.8, 4.0)),
        )
        for _ in range(int(rng.integers(1, MOST_STRIPS + 1)))
    )
    return _Room(
        lamp / np.linalg.norm(lamp),
        float(rng.uniform(0.2, 1.0)),
        float(rng.uniform(0.2, 1.0)),
        float(rng.uniform(0.1, 0.9)),
        strips,
    )


def _lit(
    surface: Surface,
    model: Model,
    finishes: list[_Finish],
    room: _Room,
    rng: np.random.Generator,
) -> Values:
    """The brightness (linear) of each seen place."""
    normals, views, owners = surface.normals, surface.views, surface.owners
    facing = np.clip(-np.einsum("ij,ij->i", normals, views), 0, 1)
    tones = np.array([finish.tone for finish in finishes])[owners]
    grain = np.array([finish.grain for finish in finishes])[owners]
    tones = tones * (1 + grain * rng.normal(size=len(tones)))
    if rng.random() < LABELLED:
        tones = _labelled(surface, model, tones, rng)
    height = 0.5 + 0.5 * normals[:, 1]
    ambient = room.below + (room.above - room.below) * height
    lamp = np.clip(normals @ room.lamp, 0, None) * room.lamp_share
    mirrored = views + 2 * facing[:, None] * normals
    roughness = np.array([finish.roughness for finish in finishes])[owners]
    seen_room = _mirrored(mirrored, roughness, room)
    metal = np.array([finish.is_metal for finish in finishes])[owners]
    least = np.where(metal, tones, np.array([finish.mirrored for finish in finishes])[owners])
    share = least + (1 - least) * (1 - facing) ** 5 * (1 - 0.7 * roughness)
    diffuse = np.where(metal, 0.0, tones * (0.6 * ambient + lamp))
    return np.asarray(diffuse * (1 - share) + share * seen_room)


def _mirrored(directions: Values, roughness: Values, room: _Room) -> Values:
    """What of the room is seen in these directions, the more blurred the rougher."""
    height = 0.5 + 0.5 * directions[:, 1]
    found = room.below + (room.above - room.below) * height
    azimuth = np.arctan2(directions[:, 0], directions[:, 2])
    for place, half, brightness in room.strips:
        away = np.abs((azimuth - place + np.pi) % (2 * np.pi) - np.pi)
        edge = 0.03 + roughness
        found = found + brightness * np.clip((half + edge - away) / edge, 0, 1) / (
            1 + 3 * roughness
        )
    return np.asarray(found)


def _labelled(surface: Surface, model: Model, tones: Values, rng: np.random.Generator) -> Values:
    """A label or print on the part seen most, with lines of writing."""
    counts = np.bincount(surface.owners, minlength=len(model.parts))
    chosen = int(counts.argmax())
    of_part = surface.owners == chosen
    local = surface.local_points[of_part]
    if len(local) < 50:
        return tones
    low, high = local[:, 1].min(), local[:, 1].max()
    across = local[:, 0] / max(float(np.abs(local[:, 0]).max()), 1e-6)
    up = (local[:, 1] - low) / max(float(high - low), 1e-6)
    bottom, top = np.sort(rng.uniform(0.05, 0.95, 2))
    inside = (up > bottom) & (up < top) & (np.abs(across) < rng.uniform(0.3, 1.0))
    changed = tones[of_part]
    if rng.random() < 0.6:
        changed = np.where(inside, float(rng.uniform(0.02, 0.95)), changed)
    lines = float(rng.uniform(6, 40))
    words = np.sin(up * lines) > rng.uniform(0.2, 0.95)
    words &= np.sin(across * float(rng.uniform(10, 60)) + np.floor(up * lines)) > -0.3
    written = inside & words & (np.abs(across) < rng.uniform(0.2, 0.8))
    changed = np.where(written, float(rng.uniform(0.02, 0.95)), changed)
    result = tones.copy()
    result[of_part] = changed
    return result


def _behind(
    model: Model,
    finishes: list[_Finish],
    camera: Camera,
    room: _Room,
    rng: np.random.Generator,
    *,
    grid: int,
) -> Values:
    """The brightness (grid * grid,) behind clear parts: what stands or is filled in them, and
    else the paper."""
    paper = float(rng.uniform(0.5, 1.0))
    plane = np.full(grid * grid, paper)
    inner: list[tuple[Part, _Finish]] = [
        (part, finish)
        for part, finish in zip(model.parts, finishes, strict=True)
        if not finish.is_clear
    ]
    tone = float(rng.uniform(0.1, 0.95))
    for part, finish in zip(model.parts, finishes, strict=True):
        if finish.is_clear and part.contents is not None and rng.random() < 0.7:
            filled = replace(finish, tone=tone, is_clear=False, is_metal=False)
            inner.append((replace(part, mesh=part.contents), filled))
    if not inner:
        return plane
    parts = [part for part, _ in inner]
    surface = seen([(part.mesh, part.pose) for part in parts], camera, size=grid)
    light = _lit(surface, Model(tuple(parts)), [finish for _, finish in inner], room, rng)
    plane[surface.pixels] = light
    return plane


def _through(surface: Surface, light: Values, behind: Values, rng: np.random.Generator) -> Values:
    """Clear parts: what is behind them, darker towards their edges, with what they mirror."""
    facing = np.clip(-np.einsum("ij,ij->i", surface.normals, surface.views), 0, 1)
    clear = float(rng.uniform(0.55, 0.97))
    kept = clear * (1 - float(rng.uniform(0.2, 0.9)) * (1 - facing) ** 2)
    return np.asarray(kept * behind + (1 - kept) * light)


def _cropped(plane: NDArray[np.float32], alpha: NDArray[np.float32], size: int) -> RgbaArray:
    weighted = cv2.resize(plane * alpha, (size, size), interpolation=cv2.INTER_AREA)
    cover = cv2.resize(alpha, (size, size), interpolation=cv2.INTER_AREA)
    grey = np.divide(weighted, cover, out=np.zeros_like(weighted), where=cover > 0)
    mask = np.rint(cover * 255).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(mask)
    tone = np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
    cut: RgbaArray = np.dstack([tone, tone, tone, mask])
    return cut[top : top + height, left : left + width]
