"""Caps: screw caps, flip-tops, disc-tops. They sit on a neck whose shoulder ends at ``base``."""

from __future__ import annotations

import math

import numpy as np

from desktop_app.infra.rendering.designs.bodies import hood, slab
from desktop_app.infra.rendering.engine.arrays import normalised
from desktop_app.infra.rendering.engine.materials import Material
from desktop_app.infra.rendering.engine.mesh import Mesh, merged, moved, revolved, rotation
from desktop_app.infra.rendering.engine.outlines import polygon
from desktop_app.infra.rendering.engine.profiles import (
    Profile,
    cornered,
    curved,
    cylinder,
    joined,
)
from desktop_app.infra.rendering.engine.scene import Part, Pose


def ribbed(
    profile: Profile, *, ribs: int, depth: float, low: float, high: float, samples: int = 8
) -> Mesh:
    """A turned part whose wall between two heights is grooved along its axis."""
    mesh = revolved(profile, around=ribs * samples)
    points, normals = mesh.vertices, mesh.normals
    angle = np.arctan2(points[:, 0], points[:, 2])
    radius = np.hypot(points[:, 0], points[:, 2])
    inside = (points[:, 1] > low) & (points[:, 1] < high) & (np.abs(normals[:, 1]) < 0.75)
    amount = np.where(inside, depth, 0.0)
    wave = 0.5 - 0.5 * np.cos(ribs * angle)
    slope = amount * 0.5 * ribs * np.sin(ribs * angle) / np.maximum(radius, 1e-6)
    factor = (radius - amount * wave) / np.maximum(radius, 1e-6)
    grooved = points * np.stack([factor, np.ones_like(factor), factor], axis=1)
    tangent = np.stack([np.cos(angle), np.zeros_like(angle), -np.sin(angle)], axis=1)
    level = np.hypot(normals[:, 0], normals[:, 2])
    return Mesh(grooved, normalised(normals + tangent * (slope * level)[:, None]), mesh.faces)


def screw_cap(
    radius: float,
    height: float,
    material: Material,
    *,
    base: float,
    kind: str = "smooth",
    fillet: float = 1.2,
    taper: float = 0.0,
) -> tuple[Part, ...]:
    """A screw cap. ``kind``: smooth, ribbed, domed, tapered, faceted, stepped.

    ``taper`` narrows smooth, ribbed, tapered and stepped ones upwards by that share.
    """
    narrow = 1.0 - taper
    match kind:
        case "ribbed":
            mesh = ribbed(
                cylinder(
                    radius,
                    height,
                    base=base,
                    fillet=fillet,
                    bottom_fillet=0.5,
                    top_radius=radius * narrow,
                ),
                ribs=round(radius * 3.2),
                depth=radius * 0.05,
                low=base + height * 0.10,
                high=base + height * 0.88,
            )
        case "domed":
            mesh = revolved(_domed(radius, height, base))
        case "tapered":
            mesh = revolved(
                cylinder(
                    radius,
                    height,
                    base=base,
                    fillet=fillet,
                    bottom_fillet=0.5,
                    top_radius=radius * 0.84 * narrow,
                )
            )
        case "faceted":
            outline = polygon(8, radius * 1.06, radius * 0.10, turn_degrees=22.5)
            mesh = slab(outline, height, edge=min(1.2, radius * 0.09), base=base)
        case "stepped":
            mesh = revolved(
                cornered(
                    [
                        (0.0, base, 0.0),
                        (radius, base, 0.5),
                        (radius, base + height * 0.30, 0.7),
                        (radius * 0.90 * narrow, base + height * 0.32, 0.4),
                        (radius * 0.90 * narrow, base + height, fillet),
                        (0.0, base + height, 0.0),
                    ]
                )
            )
        case _:
            mesh = revolved(
                cylinder(
                    radius,
                    height,
                    base=base,
                    fillet=fillet,
                    bottom_fillet=0.5,
                    top_radius=radius * narrow,
                )
            )
    return (Part("cap", mesh, material),)


def _domed(radius: float, height: float, base: float) -> Profile:
    wall = height * 0.45
    angles = np.linspace(0.0, math.pi / 2, 16)
    dome = [(radius * math.cos(a), base + wall + (height - wall) * math.sin(a)) for a in angles]
    lower = cornered([(0.0, base, 0.0), (radius, base, 0.5), (radius, base + wall, 0.0)])
    return joined(lower, curved([(max(r, 0.0), y) for r, y in dome], samples=3))


def flip_top(
    radius: float,
    height: float,
    material: Material,
    lid_material: Material,
    *,
    base: float,
    opened: bool = False,
    split: float = 0.62,
    fillet: float = 1.6,
) -> tuple[Part, ...]:
    """A one-touch cap: a body with a hinged lid and a thumb notch in front.

    ``split`` is the share of the height below the lid.
    """
    split = base + height * split
    lower = revolved(cylinder(radius, split - base - 0.5, base=base, fillet=0.4, bottom_fillet=0.6))
    gap = revolved(cylinder(radius * 0.965, 1.2, base=split - 0.9, fillet=0.0))
    lid_height = base + height - split
    lid = revolved(hood(radius, lid_height, wall=1.3, fillet=fillet))
    thumb = moved(
        slab(polygon(24, radius * 0.30, radius * 0.2), 1.1, edge=0.45),
        by=(0.0, 0.35, radius * 0.86),
    )
    hinge = np.array([0.0, split, -radius * 0.97])
    closed = Pose(shift=(0.0, split, 0.0))
    pose = closed
    if opened:
        pose = Pose(shift=(0.0, 0.0, radius * 0.97)).then(
            Pose(rotation(about="x", degrees=-118.0), tuple(hinge))
        )
    parts = [
        Part("cap", lower, material),
        Part("deck", gap, material if opened else material.tinted(_darker(material.colour, 0.35))),
        Part("lid", merged(lid, thumb), lid_material, pose=pose),
        Part(
            "hinge",
            moved(
                slab(polygon(16, 2.2, 1.0), radius * 0.5, edge=0.4),
                rotation=rotation(about="z", degrees=90.0),
                by=(radius * 0.25, split - 0.3, -radius * 0.98),
            ),
            material,
        ),
    ]
    if opened:
        spout = cornered(
            [
                (0.0, split - 0.6, 0.0),
                (radius * 0.30, split - 0.6, 0.0),
                (radius * 0.24, split + 2.2, 0.6),
                (radius * 0.12, split + 2.2, 0.3),
                (radius * 0.10, split + 1.0, 0.0),
                (0.0, split + 1.0, 0.0),
            ]
        )
        pin = moved(
            revolved(cylinder(radius * 0.10, 2.4, fillet=0.5)), by=(0.0, lid_height - 4.0, 0.0)
        )
        parts.append(Part("spout", revolved(spout), material))
        parts.append(Part("pin", pin, lid_material, pose=pose))
    return tuple(parts)


def disc_top(
    radius: float,
    height: float,
    material: Material,
    disc_material: Material,
    *,
    base: float,
    pressed: bool = False,
    fillet: float = 1.0,
    taper: float = 0.0,
) -> tuple[Part, ...]:
    """A press cap: a disc in the top tilts when its back is pressed.

    ``taper`` narrows it upwards by that share.
    """
    top = base + height
    recess = 3.4
    foot = radius
    radius = radius * (1.0 - taper)
    shell = cornered(
        [
            (0.0, base, 0.0),
            (foot, base, 0.6),
            (radius, top, fillet),
            (radius * 0.84, top, 0.5),
            (radius * 0.82, top - recess, 0.0),
            (0.0, top - recess, 0.0),
        ]
    )
    disc = revolved(cylinder(radius * 0.80, 2.6, base=-1.3, fillet=0.6))
    channel = moved(
        revolved(cylinder(radius * 0.13, radius * 0.45, fillet=0.3)),
        rotation=rotation(about="x", degrees=90.0),
        by=(0.0, -1.6, radius * 0.36),
    )
    tilt = -19.0 if pressed else 0.0
    lift = 0.4 if pressed else 0.0
    pose = Pose(rotation(about="x", degrees=tilt), (0.0, top - 1.2 + lift, 0.0))
    return (
        Part("cap", revolved(shell), material),
        Part("disc", merged(disc, channel), disc_material, pose=pose),
    )


def _darker(colour: tuple[float, float, float], factor: float) -> tuple[float, float, float]:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor
