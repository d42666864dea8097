"""Designs of lipsticks and other sticks."""

from __future__ import annotations

import numpy as np

from desktop_app.infra.rendering.designs.bodies import edged, hood, slab
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design
from desktop_app.infra.rendering.designs.finishing import case_material, readable
from desktop_app.infra.rendering.designs.labels import (
    Field,
    label,
    mark,
)
from desktop_app.infra.rendering.engine.arrays import FloatArray
from desktop_app.infra.rendering.engine.materials import (
    Material,
    cream,
)
from desktop_app.infra.rendering.engine.mesh import Mesh, prism, revolved, rotation, with_normals
from desktop_app.infra.rendering.engine.outlines import Outline, ellipse, rounded_rectangle
from desktop_app.infra.rendering.engine.profiles import cornered, curved, cylinder, joined
from desktop_app.infra.rendering.engine.scene import Decal, Part, Pose, Wrap


def _lipstick(brief: Brief) -> Built:
    """An open lipstick, its cap standing beside it."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    r = 9.5 * s
    base_height, sleeve_height = 30.0 * s, 13.0 * s
    base = Part("base", revolved(cylinder(r, base_height, fillet=0.8)), case)
    sleeve = Part(
        "sleeve",
        revolved(cylinder(r * 0.86, sleeve_height, base=base_height - 0.2, fillet=0.5)),
        way.trim,
    )
    bullet = Part(
        "bullet",
        _bullet(r * 0.66, base_height + sleeve_height - 0.4, 21.0 * s, slope=brief.vary(0.55, 0.8)),
        cream(way.shade, name="Lip colour"),
        pose=Pose(rotation(about="y", degrees=-38.0)),
    )
    cap_field = Field(width=r * 1.5, height=r * 0.7, y=18.0 * s, wrap=Wrap.AROUND, radius=r)
    cap = Part(
        "cap",
        revolved(hood(r * 1.02, 38.0 * s, wall=0.9, fillet=1.0)),
        case,
        decals=(_case_mark(brief, case, cap_field),),
        pose=Pose(shift=(r * 3.0, 0.0, r * 0.7)),
    )
    return Built((base, sleeve, bullet, cap), "lipstick case", case.name, volume_ml=4.0)


def _square_lipstick(brief: Brief) -> Built:
    """A square lipstick case, closed."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    outline = rounded_rectangle(10.0 * s, 10.0 * s, 1.8 * s)
    base = Part("base", slab(outline, 28.0 * s, edge=0.8), case)
    collar = Part(
        "collar",
        slab(rounded_rectangle(9.4 * s, 9.4 * s, 1.5 * s), 3.4 * s, edge=0.3, base=28.0 * s - 0.2),
        way.trim,
    )
    cap = Part(
        "cap",
        slab(outline, 42.0 * s, edge=1.0, base=31.0 * s),
        case,
        decals=(_case_mark(brief, case, Field(width=15.0 * s, height=7.0 * s, y=52.0 * s)),),
    )
    return Built((base, collar, cap), "square lipstick case", case.name, volume_ml=4.0)


def _deodorant_stick(brief: Brief) -> Built:
    """An oval solid stick, open, its hood beside it."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    outline = ellipse(26.0 * s, 14.0 * s, power=2.3)
    inner = ellipse(23.6 * s, 11.8 * s, power=2.3)
    height = 78.0 * s
    dial = Part("dial", slab(ellipse(25.0 * s, 13.0 * s, power=2.3), 5.0, edge=0.8), way.closure)
    field = Field(width=40.0 * s, height=height * 0.8, y=height * 0.52)
    body = Part(
        "body",
        slab(outline, height - 4.4, edge=1.2, base=4.4),
        case,
        decals=label(brief.style, way, field, name=brief.name, size_text="50 g"),
    )
    stick = Part("stick", _domed_stick(inner, height - 1.0, 12.0 * s), cream("f6f2ea"))
    hood_part = Part(
        "cap",
        slab(outline, 30.0 * s, edge=6.0),
        way.closure,
        pose=Pose(shift=(52.0 * s, 0.0, 16.0 * s)),
    )
    return Built((dial, body, stick, hood_part), "oval stick", case.name, volume_ml=50.0)


def _balm_stick(brief: Brief) -> Built:
    """A cylindrical balm stick with its product turned up."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    r = 13.5 * s
    height = 52.0 * s
    dial = Part("dial", revolved(cylinder(r * 0.97, 7.0 * s, fillet=0.8)), way.trim)
    field = Field(
        width=r * 1.7, height=height * 0.78, y=7.0 * s + height * 0.5, wrap=Wrap.AROUND, radius=r
    )
    body = Part(
        "body",
        revolved(cylinder(r, height, base=7.0 * s, fillet=0.8)),
        case,
        decals=label(brief.style, way, field, name=brief.name, size_text="15 g"),
    )
    product = Part(
        "stick",
        revolved(
            joined(
                cornered(
                    [
                        (0.0, height, 0.0),
                        (r * 0.84, height, 0.0),
                        (r * 0.84, height + 15.0 * s, 0.0),
                    ]
                ),
                curved(
                    [
                        (r * 0.84, height + 15.0 * s),
                        (r * 0.76, height + 19.0 * s),
                        (r * 0.45, height + 21.6 * s),
                        (0.0, height + 22.4 * s),
                    ]
                ),
            )
        ),
        cream(way.shade, name="Balm"),
    )
    cap = Part(
        "cap",
        revolved(hood(r * 1.0, 30.0 * s, wall=1.0, fillet=1.4)),
        way.closure,
        pose=Pose(shift=(r * 3.0, 0.0, r * 0.6)),
    )
    return Built((dial, body, product, cap), "balm stick", case.name, volume_ml=15.0)


def _closed_stick(brief: Brief) -> Built:
    """A slim foundation stick, closed."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    r = 10.0 * s
    dial = Part("dial", revolved(cylinder(r * 0.94, 6.0, fillet=0.6)), way.trim)
    body = Part(
        "body",
        revolved(cylinder(r, 44.0 * s, base=5.8, fillet=0.5)),
        case,
        decals=label(
            brief.style,
            way,
            Field(width=r * 1.7, height=38.0 * s, y=28.0 * s, wrap=Wrap.AROUND, radius=r),
            name=brief.name,
            size_text="9 g",
        ),
    )
    cap = Part(
        "cap",
        revolved(cylinder(r, 42.0 * s, base=44.0 * s + 6.4, fillet=1.6, bottom_fillet=0.4)),
        way.closure,
    )
    return Built((dial, body, cap), "make-up stick", case.name, volume_ml=9.0)


def _bullet(radius: float, base: float, length: float, *, slope: float) -> Mesh:
    """A lipstick bullet cut at an angle, its tip rounded."""
    shape = cylinder(radius, length, base=base, fillet=radius * 0.42, bottom_fillet=0.2)
    mesh = revolved(shape)
    t = np.clip((mesh.vertices[:, 1] - base - length * 0.35) / (length * 0.65), 0.0, 1.0)
    lifted: FloatArray = mesh.vertices.copy()
    lifted[:, 1] += mesh.vertices[:, 2] * -slope * t
    return with_normals(lifted, mesh.faces, like=mesh)


def _case_mark(brief: Brief, case: Material, field: Field) -> Decal:
    ink = None if brief.colourway.foil else readable(brief.colourway.ink, case.colour)
    return mark(brief.style, brief.colourway, field, ink=ink)


def _domed_stick(outline: Outline, base: float, height: float) -> Mesh:
    return prism(outline, edged(height, 7.5, base=base, lower_edge=0.2))


STICKS: dict[str, Design] = {
    "lipstick": _lipstick,
    "square": _square_lipstick,
    "oval": _deodorant_stick,
    "balm": _balm_stick,
    "slim": _closed_stick,
}
