"""What packs have in common: label, marks on lids, grips, neck finishes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from desktop_app.infra.rendering.designs.bodies import (
    Body,
)
from desktop_app.infra.rendering.designs.brief import Brief, nominal_ml
from desktop_app.infra.rendering.designs.labels import (
    Field,
    label,
    mark,
)
from desktop_app.infra.rendering.engine.arrays import Colour, FloatArray
from desktop_app.infra.rendering.engine.materials import (
    Material,
    Pattern,
    glossy,
    satin,
    srgb,
)
from desktop_app.infra.rendering.engine.mesh import (
    rotation,
)
from desktop_app.infra.rendering.engine.profiles import Profile, cornered, curved, joined
from desktop_app.infra.rendering.engine.scene import Decal, Part, Wrap


def labelled(brief: Brief, body: Body, *, height: float = 1.0, width: float = 1.0) -> Part:
    """The body with its brand's label, if it has one; the factors resize the label field."""
    if not brief.printed:
        return body.part
    place = body.label_field
    field = replace(place, width=place.width * width, height=place.height * height)
    text = f"{nominal_ml(body.volume_ml)} ml"
    prints = label(brief.style, brief.colourway, field, name=brief.name, size_text=text)
    return replace(body.part, decals=prints)


def grip(brief: Brief, material: Material) -> str:
    """Plastic caps are ribbed, metal and wooden ones smooth, unless the brief says which."""
    plastic = not material.metallic and material.pattern is Pattern.NONE
    chosen = brief.proportions.ribbed
    return "ribbed" if (plastic if chosen is None else chosen) else "smooth"


def opaque(brief: Brief) -> Material:
    """The body material, or glossy plastic in the paper's colour where that is glass."""
    way = brief.colourway
    if not way.body.is_transparent:
        return way.body
    return Material("Plastic, glossy", way.paper or srgb("efece4"), roughness=0.14)


def neck_finish(neck_radius: float) -> str:
    """The nearest usual screw finish, such as 24/410."""
    sizes = np.array([13, 15, 18, 20, 22, 24, 28, 32, 38])
    nearest = int(sizes[np.argmin(np.abs(sizes - 2 * neck_radius))])
    return f"{nearest}/{'415' if nearest < 20 else '410' if nearest < 28 else '400'}"


def lid_mark(brief: Brief, radius: float, *, lid: Material | None = None) -> Decal:
    """The word mark on top of a lid (of the closure's material unless another is given),
    light on dark and dark on light."""
    material = brief.colourway.closure if lid is None else lid
    light_lid = sum(material.colour) / 3 > 0.35
    return mark(
        brief.style,
        replace(brief.colourway, foil=False),
        Field(width=radius * 1.25, height=radius * 0.4, y=0.0, wrap=Wrap.TOP),
        ink=srgb("4a4038") if light_lid else srgb("efe6d6"),
    )


def readable(ink: Colour, ground: Colour) -> Colour:
    """The ink, or white or dark where it would not stand out."""
    if abs(sum(ink) - sum(ground)) / 3 > 0.2:
        return ink
    return srgb("fff8ee") if sum(ground) / 3 < 0.4 else srgb("4a3a32")


def case_material(brief: Brief) -> Material:
    """Make-up cases are never glass: plastic in the paper's or the closure's colour instead."""
    way = brief.colourway
    if not way.body.is_transparent:
        return way.body
    if way.paper is not None and way.closure.is_wooden:
        return way.closure
    return satin("efe9df") if way.paper is None else glossy("1c1d20")


def moulded(brief: Brief) -> Material:
    """A plastic for parts that are neither metal nor wood."""
    way = brief.colourway
    for material in (way.closure, way.body):
        if not (material.metallic or material.is_transparent or material.is_wooden):
            return material
    return glossy("f4f2ec") if sum(way.ink) / 3 < 0.3 else glossy("1b1b1e")


def dome(radius: float, height: float) -> Profile:
    """A cap whose top is a half ellipse."""
    angles = np.linspace(0.06, np.pi / 2, 14)
    rise = min(radius * 0.85, height - 1.0)
    wall = height - rise
    arc = [(max(radius * float(np.cos(a)), 0.0), wall + rise * float(np.sin(a))) for a in angles]
    return joined(
        cornered([(0.0, 0.0, 0.0), (radius, 0.0, 0.6), (radius, wall, 0.0)]),
        curved([(radius, wall), *arc], samples=3),
    )


def upside_down() -> FloatArray:
    """Turned over, with the front still in front."""
    return rotation(about="y", degrees=180.0) @ rotation(about="x", degrees=180.0)
