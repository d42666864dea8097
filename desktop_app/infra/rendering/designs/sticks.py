"""Designs of lipsticks and other sticks."""

from __future__ import annotations

import numpy as np

from desktop_app.infra.rendering.designs.bodies import edged, hood, slab
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.carriers import closure_size
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
    r = brief.sized(9.5, Measure.BODY_WIDTH)
    base_height, sleeve_height = brief.sized(30.0, Measure.BODY_HEIGHT), 13.0 * s
    sleeve_radius = min(r * 0.86 * brief.ratio(Measure.NECK_WIDTH), r * 0.98)
    base = Part("base", revolved(cylinder(r, base_height, fillet=0.8)), case)
    sleeve = Part(
        "sleeve",
        revolved(cylinder(sleeve_radius, sleeve_height, base=base_height - 0.2, fillet=0.5)),
        way.trim,
    )
    bullet = Part(
        "bullet",
        _bullet(
            r * 0.66,
            base_height + sleeve_height - 0.4,
            brief.sized(21.0, Measure.REACH),
            slope=brief.vary(0.55, 0.8),
        ),
        cream(way.shade, name="Lip colour"),
        pose=Pose(rotation(about="y", degrees=-38.0)),
    )
    cap_field = Field(width=r * 1.5, height=r * 0.7, y=18.0 * s, wrap=Wrap.AROUND, radius=r)
    cap = Part(
        "cap",
        revolved(hood(r * 1.02, brief.sized(38.0, Measure.CLOSURE_HEIGHT), wall=0.9, fillet=1.0)),
        case,
        decals=(_case_mark(brief, case, cap_field),),
        pose=Pose(shift=(r * 3.0, 0.0, r * 0.7)),
        loose=True,
    )
    return Built((base, sleeve, bullet, cap), "lipstick case", case.name, volume_ml=4.0)


def _square_lipstick(brief: Brief) -> Built:
    """A square lipstick case, closed."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    half = brief.sized(10.0, Measure.BODY_WIDTH)
    height = brief.sized(28.0, Measure.BODY_HEIGHT)
    edge = brief.ratio(Measure.SHOULDER_ROUND)
    corner = min(max(brief.sized(1.8, Measure.CORNER), edge * 1.3), half * 0.95)
    outline = rounded_rectangle(half, half, corner)
    base = Part("base", slab(outline, height, edge=0.8), case)
    neck = (half - 0.6 * s) * min(brief.ratio(Measure.NECK_WIDTH), 1.06)
    collar = Part(
        "collar",
        slab(
            rounded_rectangle(neck, neck, min(1.5 * s, neck * 0.9)),
            3.4 * s,
            edge=0.3,
            base=height - 0.2,
        ),
        way.trim,
    )
    tall = brief.sized(42.0, Measure.CLOSURE_HEIGHT)
    cap = Part(
        "cap",
        slab(outline, tall, edge=edge, base=height + 3.0 * s),
        case,
        decals=(
            _case_mark(
                brief, case, Field(width=half * 1.5, height=7.0 * s, y=height + tall * 0.572)
            ),
        ),
    )
    return Built((base, collar, cap), "square lipstick case", case.name, volume_ml=4.0)


def _deodorant_stick(brief: Brief) -> Built:
    """An oval solid stick, open, its hood beside it."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    half_width = brief.sized(26.0, Measure.BODY_WIDTH)
    half_depth = brief.sized(14.0, Measure.BODY_DEPTH)
    power = max(2.0, 2.3 * brief.ratio(Measure.CORNER))
    outline = ellipse(half_width, half_depth, power=power)
    inner = ellipse(half_width - 2.4 * s, half_depth - 2.2 * s, power=power)
    height = brief.sized(78.0, Measure.BODY_HEIGHT)
    foot = ellipse(half_width - s, half_depth - s, power=power)
    dial = Part("dial", slab(foot, 5.0, edge=0.8), way.closure)
    field = Field(width=half_width * 1.54, height=height * 0.8, y=height * 0.52)
    body = Part(
        "body",
        slab(outline, height - 4.4, edge=1.2, base=4.4),
        case,
        decals=_label(brief, field, "50 g"),
    )
    rise = brief.sized(12.0, Measure.REACH)
    stick = Part("stick", _domed_stick(inner, height - 1.0, rise), cream("f6f2ea"))
    hood_part = Part(
        "cap",
        slab(outline, brief.sized(30.0, Measure.CLOSURE_HEIGHT), edge=6.0),
        way.closure,
        pose=Pose(shift=(half_width * 2.0, 0.0, 16.0 * s)),
        loose=True,
    )
    return Built((dial, body, stick, hood_part), "oval stick", case.name, volume_ml=50.0)


def _balm_stick(brief: Brief) -> Built:
    """A cylindrical balm stick with its product turned up."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    r = brief.sized(13.5, Measure.BODY_WIDTH)
    height = brief.sized(52.0, Measure.BODY_HEIGHT)
    rise = brief.ratio(Measure.REACH)
    foot = min(r * 0.97 * brief.ratio(Measure.NECK_WIDTH), r * 1.04)
    dial = Part("dial", revolved(cylinder(foot, 7.0 * s, fillet=0.8)), way.trim)
    field = Field(
        width=r * 1.7, height=height * 0.78, y=7.0 * s + height * 0.5, wrap=Wrap.AROUND, radius=r
    )
    body = Part(
        "body",
        revolved(cylinder(r, height, base=7.0 * s, fillet=0.8)),
        case,
        decals=_label(brief, field, "15 g"),
    )
    product = Part(
        "stick",
        revolved(
            joined(
                cornered(
                    [
                        (0.0, height, 0.0),
                        (r * 0.84, height, 0.0),
                        (r * 0.84, height + 15.0 * s * rise, 0.0),
                    ]
                ),
                curved(
                    [
                        (r * 0.84, height + 15.0 * s * rise),
                        (r * 0.76, height + 19.0 * s * rise),
                        (r * 0.45, height + 21.6 * s * rise),
                        (0.0, height + 22.4 * s * rise),
                    ]
                ),
            )
        ),
        cream(way.shade, name="Balm"),
    )
    cap = Part(
        "cap",
        revolved(hood(r * 1.0, brief.sized(30.0, Measure.CLOSURE_HEIGHT), wall=1.0, fillet=1.4)),
        way.closure,
        pose=Pose(shift=(r * 3.0, 0.0, r * 0.6)),
        loose=True,
    )
    return Built((dial, body, product, cap), "balm stick", case.name, volume_ml=15.0)


def _closed_stick(brief: Brief) -> Built:
    """A slim foundation stick, closed."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    r = brief.sized(10.0, Measure.BODY_WIDTH)
    height = brief.sized(44.0, Measure.BODY_HEIGHT)
    foot = min(r * 0.94 * brief.ratio(Measure.NECK_WIDTH), r * 1.02)
    dial = Part("dial", revolved(cylinder(foot, 6.0, fillet=0.6)), way.trim)
    field = Field(
        width=r * 1.7, height=height * 38 / 44, y=height * 28 / 44, wrap=Wrap.AROUND, radius=r
    )
    body = Part(
        "body",
        revolved(cylinder(r, height, base=5.8, fillet=0.5)),
        case,
        decals=_label(brief, field, "9 g"),
    )
    wide, tall = closure_size(brief, r, 42.0 * s)
    cap = Part(
        "cap",
        revolved(
            cylinder(
                wide,
                tall,
                base=height + 6.4,
                fillet=1.6 * brief.ratio(Measure.SHOULDER_ROUND),
                bottom_fillet=0.4,
            )
        ),
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


def _label(brief: Brief, field: Field, size_text: str) -> tuple[Decal, ...]:
    """The brand's label, if the product has one."""
    if not brief.printed:
        return ()
    return label(brief.style, brief.colourway, field, name=brief.name, size_text=size_text)


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
