"""A hand that holds a container: fingers round it, a thumb across it, a sleeve out of frame.

Lengths are millimetres in the container's frame; the hand comes from the lower right, or is
mirrored to come from the left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray, normalised
from desktop_app.infra.rendering.engine.materials import Material, Pattern, srgb
from desktop_app.infra.rendering.engine.mesh import Mesh, revolved, swept
from desktop_app.infra.rendering.engine.profiles import curved
from desktop_app.infra.rendering.engine.scene import Model, Part, Pose

_SKINS = ("f1c9b0", "e8b594", "d99f7b", "c68863", "a86b48", "8a5236", "693c28", "f3d3c0")
_SLEEVES = ("2d3e57", "6b6f75", "e8e4dc", "7b2f35", "3f5a48", "1d1d21", "b8a58a", "c98a5a")
_FINGER_MM = 7.6
_SPACING_MM = 17.5
_WRAPPED_FROM_MM = 88.0
"""Upright things at least this high are gripped by the whole hand, others by finger tips."""


@dataclass(frozen=True, slots=True)
class _Grip:
    """Where the hand meets the container: the half width, how far it reaches to the front and
    to the back at the grip's height, and that height."""

    half_width: float
    front: float
    back: float
    height: float


def hand_for(
    model: Model, rng: np.random.Generator, *, is_flat: bool, reach: float = 1.0
) -> tuple[Part, ...]:
    """The parts of a hand that holds the model, its lower part covered from the front.

    ``is_flat`` is for what lies on the floor and is seen from above; ``reach`` below 1 covers
    less of the container.
    """
    skin = Material(
        "Skin", srgb(_SKINS[int(rng.integers(len(_SKINS)))]), roughness=0.52, translucency=0.55
    )
    sleeve = Material(
        "Cloth",
        srgb(_SLEEVES[int(rng.integers(len(_SLEEVES)))]),
        roughness=1.0,
        reflectance=0.0,
        sheen=0.2,
        pattern=Pattern.CLOTH,
    )
    points = model.points()
    low, high = points.min(axis=0), points.max(axis=0)
    size = float(rng.uniform(0.92, 1.08))
    mirrored = bool(rng.random() < 0.5)
    if mirrored:
        points = points * np.array([-1.0, 1.0, 1.0])
    if is_flat:
        meshes, nails = _laid_on(points, rng, size, reach)
    elif high[1] - low[1] >= _WRAPPED_FROM_MM:
        meshes, nails = _wrapped(points, rng, size, reach)
    else:
        meshes, nails = _pinched(points, rng, size, reach)
    cuff = meshes.pop()
    parts = [Part("hand", mesh, skin) for mesh in meshes]
    nail = Material("Nail", _paler(skin.colour), roughness=0.22, translucency=0.4)
    parts += [Part("nail", mesh, nail) for mesh in nails]
    parts.append(Part("sleeve", cuff, sleeve))
    if mirrored:
        flip = np.diag([-1.0, 1.0, 1.0])
        parts = [
            Part(
                part.name,
                Mesh(part.mesh.vertices @ flip, part.mesh.normals @ flip, part.mesh.faces[:, ::-1]),
                part.material,
            )
            for part in parts
        ]
    return tuple(parts)


def _wrapped(
    points: FloatArray, rng: np.random.Generator, size: float, reach: float
) -> tuple[list[Mesh], list[Mesh]]:
    """Fingers round the back with their tips on the left front; the thumb across the right."""
    top = float(points[:, 1].max())
    middle = min(top * float(rng.uniform(0.24, 0.36)) * (0.4 + 0.6 * reach), top - 30.0)
    grip = _grip(points, middle, 26.0)
    thick = _FINGER_MM * size
    meshes, nails = [], []
    path: FloatArray
    for k in range(4):
        level = middle + (1.5 - k) * _SPACING_MM * size
        local = _grip(points, level, 8.0)
        radius = thick * (0.98, 1.04, 1.0, 0.86)[k]
        end = math.radians(180.0 + reach * float(rng.uniform(44.0, 74.0)) - (6.0 if k == 3 else 0))
        angles = np.linspace(math.radians(-15.0), end, 44)
        across, deep = local.half_width + radius * 0.92, (local.front + local.back) / 2
        z = (local.front - local.back) / 2 - (deep + radius * 0.92) * np.sin(angles)
        path = np.stack([across * np.cos(angles), level + 5.0 * np.cos(angles * 0.5), z], axis=1)
        outward = normalised(_at(math.cos(end), 0.0, -math.sin(end)))
        meshes.append(_finger(path, radius))
        nails.append(_nail(path, radius, outward))
    level = middle + 16.0 * size
    tip = np.array(
        [grip.half_width * (1.0 - 0.72 * reach), level + 16.0, grip.front + thick * 1.05]
    )
    joint = _at(grip.half_width + thick * 1.1, level - 4.0, grip.front * 0.55 + thick)
    root = _at(grip.half_width + thick * 2.0, level - 34.0, -grip.back * 0.3)
    path = _through(root, joint, tip)
    meshes.append(_finger(path, thick * 1.22, root=1.35))
    nails.append(_nail(path, thick * 1.15, _at(0.15, 0.0, 1.0)))
    palm = _through(
        _at(grip.half_width + thick * 1.2, middle + 34.0 * size, -grip.back * 0.6),
        _at(grip.half_width + thick * 2.1, middle - 6.0, -grip.back * 0.55),
        _at(grip.half_width + thick * 3.4, middle - 62.0 * size, -grip.back * 0.5),
    )
    meshes.append(swept(palm, _rounded(len(palm), thick * 2.3), flat=0.8))
    wrist = palm[-6]
    return [*meshes, *_arm(wrist, _at(0.62, -1.0, -0.12), thick)], nails


def _pinched(
    points: FloatArray, rng: np.random.Generator, size: float, reach: float
) -> tuple[list[Mesh], list[Mesh]]:
    """Thumb in front and two fingers behind, from the lower right."""
    top = float(points[:, 1].max())
    level = top * float(rng.uniform(0.18, 0.32)) * (0.5 + 0.5 * reach)
    grip = _grip(points, level, 12.0)
    thick = _FINGER_MM * size
    inset = grip.half_width * (1.0 - float(rng.uniform(0.55, 0.85)) * reach)
    tip = _at(inset, level + 2.0, grip.front + thick * 0.95)
    joint = _at(grip.half_width + 16.0, level - 20.0, grip.front + thick * 1.2)
    root = _at(grip.half_width + 46.0, level - 62.0, 8.0)
    thumb = _through(root, joint, tip)
    meshes = [_finger(thumb, thick * 1.2, root=1.4)]
    nails = [_nail(thumb, thick * 1.12, _at(0.0, 0.2, 1.0))]
    for k in range(2):
        drop = 15.0 * k * size
        end = _at(-grip.half_width * 0.9 + 4.0 * k, level + 8.0 - drop, -grip.back - thick)
        bend = _at(grip.half_width + 14.0, level - 2.0 - drop, -grip.back - thick * 2.0)
        start = _at(grip.half_width + 56.0, level - 56.0 - drop, -14.0)
        meshes.append(_finger(_through(start, bend, end), thick))
    for k, curled in enumerate((_at(24.0, -58.0, 6.0), _at(46.0, -44.0, -16.0))):
        place = curled + _at(grip.half_width, level, 0.0)
        path = _through(
            place + _at(40.0, -28.0, -10.0),
            place + _at(8.0, 2.0, 10.0),
            place + _at(-10.0, -10.0 - k, 6.0),
        )
        meshes.append(_finger(path, thick))
    palm = _through(
        _at(grip.half_width + 40.0, level - 46.0, -10.0),
        _at(grip.half_width + 58.0, level - 72.0, -6.0),
        _at(grip.half_width + 84.0, level - 112.0, -4.0),
    )
    meshes.append(swept(palm, _rounded(len(palm), thick * 3.2), flat=0.8))
    return [*meshes, *_arm(palm[-6], _at(0.7, -1.0, -0.05), thick)], nails


def _laid_on(
    points: FloatArray, rng: np.random.Generator, size: float, reach: float
) -> tuple[list[Mesh], list[Mesh]]:
    """Held at its right edge as a tray is: the thumb on top, fingers below."""
    half_width = float(points[:, 0].max())
    z = float(rng.uniform(-0.05, 0.3)) * float(points[:, 2].max())
    near = points[(points[:, 0] > half_width * 0.45) & (np.abs(points[:, 2] - z) < 14.0)]
    top = float(np.median(near[:, 1].max())) if len(near) else float(points[:, 1].max())
    top = min(top, 24.0)
    thick = _FINGER_MM * size
    inset = half_width - reach * float(rng.uniform(13.0, 20.0))
    thumb = _through(
        _at(half_width + 52.0, -16.0, z + 36.0),
        _at(half_width + 14.0, top + thick * 1.3, z + 14.0),
        _at(inset, top + thick * 0.95, z),
    )
    meshes = [_finger(thumb, thick * 1.2, root=1.35)]
    nails = [_nail(thumb, thick * 1.12, _at(0.0, 1.0, 0.1))]
    for k in range(4):
        place = z + (k - 1.2) * _SPACING_MM * size
        path = _through(
            _at(half_width + 52.0, -24.0, place + 10.0),
            _at(half_width + 4.0, -thick - 4.0, place + 4.0),
            _at(half_width * 0.1 + 6.0 * k, -thick * 1.05, place),
        )
        meshes.append(_finger(path, thick))
    palm = _through(
        _at(half_width + 34.0, -18.0, z + 12.0),
        _at(half_width + 62.0, -24.0, z + 26.0),
        _at(half_width + 104.0, -32.0, z + 52.0),
    )
    meshes.append(swept(palm, _rounded(len(palm), thick * 3.0), flat=1.15))
    return [*meshes, *_arm(palm[-6], _at(1.0, -0.18, 0.62), thick)], nails


def _arm(wrist: FloatArray, direction: FloatArray, thick: float) -> tuple[Mesh, Mesh]:
    """The bare wrist and the sleeve, out of the picture."""
    ahead = normalised(direction)
    steps = np.linspace(0.0, 1.0, 16)[:, None]
    bare = swept(wrist + ahead * steps * 90.0, np.full(16, thick * 2.9), flat=0.85)
    cuff = swept(
        wrist + ahead * (46.0 + steps * 190.0), thick * (3.6 + 0.7 * steps[:, 0]), flat=0.9
    )
    return bare, cuff


def _grip(points: FloatArray, level: float, within: float) -> _Grip:
    near = points[np.abs(points[:, 1] - level) < within]
    if len(near) < 8:
        near = points
    return _Grip(
        half_width=float(np.abs(near[:, 0]).max()),
        front=float(near[:, 2].max()),
        back=float(-near[:, 2].min()),
        height=level,
    )


def _at(x: float, y: float, z: float) -> FloatArray:
    return np.array([x, y, z])


def _through(*knots: FloatArray) -> FloatArray:
    """A smooth path through three places (a quadratic curve), denser at its end."""
    start, middle, end = knots
    control = 2.0 * middle - (start + end) / 2.0
    t = (1.0 - (1.0 - np.linspace(0.0, 1.0, 40)) ** 1.5)[:, None]
    path: FloatArray = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return path


def _finger(path: FloatArray, radius: float, *, root: float = 1.12) -> Mesh:
    """A finger along a path: thicker at its root, knuckles, a round tip."""
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    left = lengths[-1] - lengths
    share = lengths / lengths[-1]
    widths = radius * (root - (root - 0.86) * share)
    for knuckle in (0.30, 0.68):
        widths = widths + radius * 0.07 * np.exp(-(((share - knuckle) / 0.07) ** 2))
    # Points of the round tip are too few on the path: the last stretch is cut anew.
    cap = radius * 0.86
    fine = lengths[-1] - cap * (1.0 - np.sin(np.linspace(0.0, math.pi / 2, 9)))
    where = np.concatenate([lengths[left > cap * 1.02], fine])
    placed = np.stack([np.interp(where, lengths, path[:, axis]) for axis in range(3)], axis=1)
    rest = np.clip((lengths[-1] - where) / cap, 0.0, 1.0)
    rounding = np.sqrt(np.maximum(1.0 - (1.0 - rest) ** 2, 0.004))
    return swept(placed, np.interp(where, lengths, widths) * rounding, around=28)


def _nail(path: FloatArray, radius: float, outward: FloatArray) -> Mesh:
    """The nail of a finger, on the side that faces away from what it holds."""
    along = normalised(path[-1] - path[-4])
    up = normalised(outward - along * float(outward @ along))
    side = np.cross(along, up)
    half = math.pi / 2
    knots = [
        (radius * 0.5 * max(math.cos(a), 0.0), radius * 0.62 * math.sin(a))
        for a in np.linspace(-half, half, 9)
    ]
    disc = revolved(curved(knots, samples=3), around=28)
    flattened = disc.vertices * np.array([1.0, 1.0, 0.34])
    frame = np.stack([side, along, up], axis=1)
    centre = path[-1] - along * radius * 0.78 + up * radius * 0.74
    normals = normalised(disc.normals / np.array([1.0, 1.0, 0.34]))
    pose = Pose(frame, tuple(centre))
    return Mesh(pose.points(flattened), pose.directions(normals), disc.faces)


def _rounded(count: int, radius: float) -> FloatArray:
    """Radii of a lump with round ends."""
    t = np.linspace(0.0, 1.0, count)
    ends = np.minimum(np.minimum(t, 1.0 - t) / 0.22, 1.0)
    radii: FloatArray = radius * np.sqrt(np.maximum(1.0 - (1.0 - ends) ** 2, 0.01))
    return radii


def _paler(colour: tuple[float, float, float]) -> tuple[float, float, float]:
    return tuple(min(1.0, part * 0.75 + 0.22) for part in colour)  # type: ignore[return-value]
