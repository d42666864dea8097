"""Droppers, nozzles and pumps. They sit on a neck whose shoulder ends at ``base``."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from desktop_app.infra.rendering.designs.caps import ribbed
from desktop_app.infra.rendering.engine.materials import Material, clear_glass, clear_plastic
from desktop_app.infra.rendering.engine.mesh import Mesh, merged, revolved, rotation, swept
from desktop_app.infra.rendering.engine.profiles import (
    cavity,
    cornered,
    curved,
    cylinder,
    joined,
)
from desktop_app.infra.rendering.engine.scene import Part, Pose


def dropper(
    radius: float,
    collar: Material,
    bulb: Material,
    *,
    base: float,
    pipette: float,
    kind: str = "smooth",
    bulb_height: float = 30.0,
) -> tuple[Part, ...]:
    """A pipette with collar and bulb; the pipette reaches ``pipette`` below ``base``."""
    collar_height = radius * 1.35
    profile = cylinder(radius, collar_height, base=base, fillet=1.0, bottom_fillet=0.5)
    mesh = (
        ribbed(
            profile,
            ribs=round(radius * 3.4),
            depth=radius * 0.05,
            low=base + 0.8,
            high=base + collar_height - 1.0,
        )
        if kind == "ribbed"
        else revolved(profile)
    )
    top = base + collar_height
    bulb_radius = radius * 0.62
    teat = joined(
        cornered([(0.0, top - 1.0, 0.0), (radius * 0.72, top - 1.0, 0.0)]),
        curved(
            [
                (radius * 0.72, top - 1.0),
                (radius * 0.70, top + 1.8),
                (bulb_radius * 0.94, top + bulb_height * 0.14),
                (bulb_radius, top + bulb_height * 0.42),
                (bulb_radius * 0.98, top + bulb_height * 0.66),
                (bulb_radius * 0.84, top + bulb_height * 0.86),
                (bulb_radius * 0.48, top + bulb_height * 0.97),
                (0.0, top + bulb_height),
            ]
        ),
    )
    return (
        *pipette_tube(base=base, reach=pipette),
        Part("collar", mesh, collar),
        Part("bulb", revolved(teat), bulb),
    )


def pipette_tube(*, base: float, reach: float) -> tuple[Part, ...]:
    """The glass tube of a dropper with its narrowed tip."""
    outer = cornered(
        [
            (0.0, base - reach, 0.0),
            (1.4, base - reach, 0.5),
            (1.7, base - reach + 5.0, 2.0),
            (3.4, base - reach + 12.0, 4.0),
            (3.4, base + 2.0, 0.0),
            (0.0, base + 2.0, 0.0),
        ]
    )
    inside = cavity(outer, wall=0.9, floor=base - reach + 1.0, top=base + 1.5)
    return (Part("pipette", revolved(outer), clear_glass(), hollow=revolved(inside)),)


def nozzle(
    radius: float,
    length: float,
    material: Material,
    tip_material: Material,
    *,
    base: float,
    kind: str = "cone",
) -> tuple[Part, ...]:
    """A pointed applicator: collar, cone, and a small cap on its tip.

    ``kind``: cone, stepped, or needle.
    """
    collar_height = radius * 1.0
    top = base + collar_height
    collar = ribbed(
        cylinder(radius, collar_height, base=base, fillet=0.8, bottom_fillet=0.5),
        ribs=round(radius * 3.0),
        depth=radius * 0.05,
        low=base + 0.8,
        high=top - 0.8,
    )
    end = top + length
    match kind:
        case "stepped":
            cone = cornered(
                [
                    (0.0, top - 0.5, 0.0),
                    (radius * 0.82, top - 0.5, 0.0),
                    (radius * 0.70, top + length * 0.22, 1.0),
                    (radius * 0.46, top + length * 0.25, 0.8),
                    (radius * 0.34, top + length * 0.60, 0.8),
                    (radius * 0.24, top + length * 0.62, 0.5),
                    (1.5, end, 0.5),
                    (0.0, end, 0.0),
                ]
            )
        case "needle":
            cone = cornered(
                [
                    (0.0, top - 0.5, 0.0),
                    (radius * 0.72, top - 0.5, 0.0),
                    (radius * 0.30, top + length * 0.36, 3.0),
                    (1.0, top + length * 0.40, 0.8),
                    (0.9, end, 0.3),
                    (0.0, end, 0.0),
                ]
            )
        case _:
            cone = cornered(
                [
                    (0.0, top - 0.5, 0.0),
                    (radius * 0.86, top - 0.5, 0.0),
                    (radius * 0.80, top + length * 0.06, 2.0),
                    (1.7, end, 0.8),
                    (0.0, end, 0.0),
                ]
            )
    parts = [Part("collar", collar, material), Part("cone", revolved(cone), material)]
    if kind != "needle":
        tip = cornered(
            [
                (0.0, end - length * 0.20, 0.0),
                (3.3, end - length * 0.20, 0.4),
                (2.7, end + 3.0, 1.3),
                (0.0, end + 3.0, 0.0),
            ]
        )
        parts.append(Part("tip", revolved(tip), tip_material))
    return tuple(parts)


def pump(
    radius: float,
    material: Material,
    collar: Material,
    *,
    base: float,
    kind: str = "lotion",
    tube: float = 0.0,
    reach: float = 30.0,
    rise: float = 1.0,
    ribbed_collar: bool | None = None,
) -> tuple[Part, ...]:
    """A dispenser with collar, stem and head; the nozzle points to +x.

    ``kind``: lotion, treatment, foam or swan. ``tube`` is the length of the dip tube below
    ``base``, ``reach`` the nozzle's reach from the axis; ``rise`` multiplies the height at
    which the head sits above the collar. Collars have ribs unless they are of metal.
    """
    collar_height = radius * (1.15 if kind != "foam" else 0.9)
    top = base + collar_height
    skirt = cylinder(radius, collar_height, base=base, fillet=0.9, bottom_fillet=0.5)
    collar_mesh = (
        revolved(skirt)
        if (collar.metallic if ribbed_collar is None else not ribbed_collar)
        else ribbed(
            skirt, ribs=round(radius * 3.4), depth=radius * 0.05, low=base + 0.8, high=top - 1.0
        )
    )
    shoulder = cornered(
        [
            (0.0, top - 0.5, 0.0),
            (radius * 0.80, top - 0.5, 0.0),
            (radius * 0.74, top + radius * 0.28, 1.2),
            (radius * 0.34, top + radius * 0.38, 0.8),
            (radius * 0.30, top + radius * 1.25 * rise, 0.0),
            (0.0, top + radius * 1.25 * rise, 0.0),
        ]
    )
    head_level = top + radius * (1.25 * rise - 0.1)
    parts = [
        Part("collar", collar_mesh, collar),
        Part("stem", revolved(shoulder), material),
        Part("head", _pump_head(kind, radius, head_level, reach), material),
    ]
    if tube:
        parts.insert(0, dip_tube(base=base, length=tube))
    return tuple(parts)


def _pump_head(kind: str, radius: float, level: float, reach: float) -> Mesh:
    match kind:
        case "treatment":
            head = cylinder(radius * 0.78, radius * 1.1, base=level, fillet=1.2, bottom_fillet=0.6)
            spout_level, thick, drop = level + radius * 0.72, radius * 0.22, 0.4
        case "foam":
            head = joined(
                cylinder(radius * 0.92, radius * 0.9, base=level, fillet=2.2, bottom_fillet=0.8)
            )
            spout_level, thick, drop = level + radius * 0.42, radius * 0.36, 1.0
        case "swan":
            head = cylinder(radius * 0.52, radius * 1.3, base=level, fillet=2.0, bottom_fillet=0.8)
            spout_level, thick, drop = level + radius * 0.85, radius * 0.27, radius * 1.15
        case _:
            head = cylinder(radius * 0.66, radius * 0.75, base=level, fillet=1.6, bottom_fillet=0.8)
            spout_level, thick, drop = level + radius * 0.40, radius * 0.26, radius * 0.30
    t = np.linspace(0.0, 1.0, 28)
    path = np.stack(
        [
            -radius * 0.2 + (reach + radius * 0.2) * t,
            spout_level + radius * 0.16 * np.sin(math.pi * t) - drop * t**2.6,
            np.zeros_like(t),
        ],
        axis=1,
    )
    if kind == "swan":
        path[:, 1] += radius * 0.55 * np.sin(math.pi * np.minimum(t * 1.15, 1.0))
    taper = thick * (1.0 - 0.36 * t)
    return merged(revolved(head), swept(path, taper, flat=1.25 if kind == "lotion" else 1.0))


def dip_tube(*, base: float, length: float, radius: float = 2.6) -> Part:
    """The thin tube below a pump."""
    material = replace(
        clear_plastic(), name="Polyethylene", absorption=(0.05, 0.045, 0.045), roughness=0.2
    )
    profile = cylinder(radius, length, base=base - length, fillet=0.3)
    inside = cylinder(radius * 0.6, length - 1.0, base=base - length + 0.5, fillet=0.2)
    return Part("dip tube", revolved(profile), material, hollow=revolved(inside))


def overcap(radius: float, height: float, *, base: float) -> Part:
    """A clear hood over a pump or nozzle."""
    outer = cylinder(radius, height, base=base, fillet=2.0, bottom_fillet=0.4)
    inside = cylinder(radius - 1.2, height - 1.4, base=base, fillet=1.6, bottom_fillet=0.2)
    return Part("overcap", revolved(outer), clear_plastic(), hollow=revolved(inside))


def lying(parts: tuple[Part, ...], *, along: float, tilt_degrees: float = 0.0) -> tuple[Part, ...]:
    """Parts laid on their side on the floor, axis along x, top to the left.

    ``along`` is the height on the axis that comes to the middle; a tilt lowers the top.
    """
    down = Pose(shift=(0.0, -along, 0.0)).then(
        Pose(rotation(about="z", degrees=90.0 + tilt_degrees))
    )
    laid = tuple(part.posed(down) for part in parts)
    lowest = min(float(part.pose.points(part.mesh.vertices)[:, 1].min()) for part in laid)
    return tuple(part.posed(Pose(shift=(0.0, -lowest, 0.0))) for part in laid)
