"""Container bodies: bottles, jars, tubes, with glass walls and contents where they show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.infra.rendering.designs.labels import Field
from desktop_app.infra.rendering.engine.materials import Material
from desktop_app.infra.rendering.engine.mesh import Mesh, lofted, merged, prism, revolved
from desktop_app.infra.rendering.engine.outlines import Outline, ellipse, rounded_rectangle
from desktop_app.infra.rendering.engine.profiles import (
    Profile,
    cavity,
    cornered,
    volume_ml,
)
from desktop_app.infra.rendering.engine.scene import Part, Wrap


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A container without its closure.

    ``neck_radius`` and ``neck_height`` say where a closure goes (the height of the shoulder's
    end); ``top`` is the height of the rim. ``label_field`` is a good place for a label.
    """

    part: Part
    neck_radius: float
    neck_height: float
    top: float
    label_field: Field
    volume_ml: float
    width: float


def turned_body(
    outer: Profile,
    material: Material,
    contents: Material,
    *,
    neck_radius: float,
    neck_height: float,
    label_from: float,
    label_to: float,
    wall: float = 1.5,
    floor: float = 2.5,
    fill: float = 0.86,
    name: str = "body",
) -> Body:
    """A body of revolution; transparent material shows hollow and contents.

    ``fill`` is the share of the inner height that is full.
    """
    top = float(outer.points[:, 1].max())
    inside = cavity(outer, wall=wall, floor=floor, top=top - 0.4)
    part = Part(name, revolved(outer), material)
    if material.is_transparent:
        level = floor + (neck_height - floor) * fill
        part = replace(
            part,
            hollow=revolved(inside),
            contents=revolved(cavity(outer, wall=wall, floor=floor, top=level)),
            contents_material=contents,
        )
    middle = (label_from + label_to) / 2
    radius = float(outer.radius_at(np.array([middle]))[0])
    return Body(
        part=part,
        neck_radius=neck_radius,
        neck_height=neck_height,
        top=top,
        label_field=Field(
            width=radius * 1.75,
            height=label_to - label_from,
            y=middle,
            wrap=Wrap.AROUND,
            radius=radius,
        ),
        volume_ml=volume_ml(inside),
        width=2 * outer.radius,
    )


def shouldered(
    radius: float,
    shoulder_height: float,
    *,
    neck_radius: float,
    shoulder_rise: float,
    shoulder_round: float,
    base_round: float,
    neck_length: float,
    taper: float = 0.0,
) -> Profile:
    """A bottle's outline: base, wall up to ``shoulder_height``, shoulder, neck.

    ``taper`` narrows (or, negative, widens) the wall towards the shoulder.
    """
    neck_start = shoulder_height + shoulder_rise
    return cornered(
        [
            (0.0, 0.0, 0.0),
            (radius, 0.0, base_round),
            (radius - taper, shoulder_height, shoulder_round),
            (neck_radius, neck_start, min(2.5, shoulder_rise * 0.6)),
            (neck_radius, neck_start + neck_length, 0.5),
            (0.0, neck_start + neck_length, 0.0),
        ]
    )


def angular_body(
    outline_size: tuple[float, float, float],
    height: float,
    material: Material,
    contents: Material,
    *,
    neck_radius: float,
    neck_length: float,
    wall: float,
    floor: float,
    fill: float = 0.86,
    edge: float = 2.0,
    name: str = "body",
) -> Body:
    """A flat or square bottle: a rounded rectangle (half width, half depth, corner) raised."""
    half_width, half_depth, corner = outline_size
    outline = rounded_rectangle(half_width, half_depth, corner)
    shell = prism(outline, edged(height, edge))
    neck = revolved(
        cornered(
            [
                (0.0, height - 1.0, 0.0),
                (neck_radius, height - 1.0, 0.0),
                (neck_radius, height + neck_length, 0.5),
                (0.0, height + neck_length, 0.0),
            ]
        )
    )
    inner_outline = rounded_rectangle(
        half_width - wall, half_depth - wall, max(corner - wall * 0.5, 1.0)
    )
    inner_height = height - wall * 1.2 - floor
    part = Part(name, merged(shell, neck), material)
    if material.is_transparent:
        inner = prism(inner_outline, edged(inner_height, 1.5, base=floor))
        liquid = prism(inner_outline, edged(inner_height * fill, 1.0, base=floor))
        part = replace(part, hollow=inner, contents=liquid, contents_material=contents)
    area = (2 * half_width - 2 * wall) * (2 * half_depth - 2 * wall) * 0.96
    return Body(
        part=part,
        neck_radius=neck_radius,
        neck_height=height,
        top=height + neck_length,
        label_field=Field(
            width=(half_width - corner * 0.3) * 1.7, height=height * 0.66, y=height * 0.48
        ),
        volume_ml=area * inner_height / 1000.0,
        width=2 * half_width,
    )


def oval_body(
    half_width: float,
    half_depth: float,
    height: float,
    material: Material,
    *,
    neck_radius: float,
    shoulder: float,
    neck_length: float,
    waist: float = 0.0,
    power: float = 2.2,
    name: str = "body",
) -> Body:
    """An oval bottle whose section becomes round at the neck.

    ``shoulder`` is the height of the blend, ``waist`` the share by which the middle is
    narrower than the base.
    """
    levels: list[float] = []
    sections = []

    def add(level: float, width: float, depth: float, exponent: float) -> None:
        levels.append(level)
        sections.append(ellipse(width, depth, power=exponent).points)

    for t in np.linspace(0, np.pi / 2, 9):
        inset = 3.2 * (1 - np.sin(t))
        add(3.2 * (1 - np.cos(t)), half_width - inset, half_depth - inset, power)
    straight = height - shoulder
    for t in np.linspace(0.08, 1.0, 16):
        pinch = 1.0 - waist * np.sin(np.pi * t) ** 2
        add(3.2 + (straight - 3.2) * t, half_width * pinch, half_depth * pinch, power)
    for t in np.linspace(0.04, 1.0, 26):
        blend = np.sin(np.pi / 2 * t)
        rise = 1.0 - np.sqrt(max(0.0, 1.0 - t**2.2))
        width = half_width + (neck_radius - half_width) * rise
        depth = half_depth + (neck_radius - half_depth) * rise
        add(straight + shoulder * blend, width, depth, power + (2.0 - power) * t)
    for t in (0.3, 1.0):
        add(height + neck_length * t, neck_radius, neck_radius, 2.0)
    part = Part(name, lofted(sections, levels), material)
    area = np.pi * half_width * half_depth * 0.93
    return Body(
        part=part,
        neck_radius=neck_radius,
        neck_height=height,
        top=height + neck_length,
        label_field=Field(width=half_width * 1.5, height=straight * 0.74, y=3.0 + straight * 0.50),
        volume_ml=float(area * (straight + shoulder * 0.6)) / 1000.0,
        width=2 * half_width,
    )


def tube_body(
    radius: float, length: float, material: Material, *, base: float, name: str = "tube"
) -> Body:
    """A squeeze tube standing on its cap: round at ``base``, flattening to a crimped top."""
    levels, sections = [], []
    for t in np.linspace(0.0, 1.0, 40):
        flat = t**1.5
        wide = radius * (1.0 + 0.42 * flat)
        deep = radius * (1.0 - flat) + 0.9 * flat
        levels.append(base + (length - 7.0) * t)
        sections.append(ellipse(wide, deep, power=2.0 + 1.0 * flat).points)
    crimp = ellipse(radius * 1.42, 0.9, power=3.0).points
    levels += [base + length - 6.8, base + length]
    sections += [crimp, crimp]
    part = Part(name, lofted(sections, levels), material)
    return Body(
        part=part,
        neck_radius=radius,
        neck_height=base,
        top=base + length,
        label_field=Field(
            width=radius * 1.55, height=length * 0.72, y=base + length * 0.46, wrap=Wrap.FRONT
        ),
        volume_ml=float(np.pi * radius**2 * length * 0.62) / 1000.0,
        width=2.84 * radius,
    )


def pot(
    radius: float,
    height: float,
    *,
    wall: float,
    floor: float,
    fillet: float = 1.5,
    base_round: float = 2.0,
    top_radius: float | None = None,
) -> Profile:
    """An open vessel with a rim: outside, rim, inside, as one closed outline."""
    upper = radius if top_radius is None else top_radius
    return cornered(
        [
            (0.0, 0.0, 0.0),
            (radius, 0.0, base_round),
            (upper, height, min(fillet, wall * 0.45)),
            (upper - wall, height, min(fillet, wall * 0.45)),
            (min(upper, radius) - wall, floor, base_round),
            (0.0, floor, 0.0),
        ]
    )


def hood(radius: float, height: float, *, wall: float, fillet: float = 1.5) -> Profile:
    """A cap or lid open below: inside, rim, outside, as one closed outline."""
    return cornered(
        [
            (0.0, height - wall * 1.3, 0.0),
            (radius - wall, height - wall * 1.3, fillet * 0.8),
            (radius - wall, 0.0, 0.25),
            (radius, 0.0, 0.25),
            (radius, height, fillet),
            (0.0, height, 0.0),
        ]
    )


def edged(
    height: float, edge: float, *, base: float = 0.0, lower_edge: float | None = None
) -> Profile:
    """The profile of a prism with rounded upper and lower edges."""
    lower = edge if lower_edge is None else lower_edge
    return cornered(
        [
            (-lower - 0.6, base, 0.0),
            (0.0, base, lower),
            (0.0, base + height, edge),
            (-edge - 0.6, base + height, 0.0),
        ],
        step=8.0,
    )


def slab(outline: Outline, height: float, *, edge: float, base: float = 0.0) -> Mesh:
    """A flat body of the given plan with rounded edges."""
    return prism(outline, edged(height, edge, base=base))
