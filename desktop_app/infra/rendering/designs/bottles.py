"""Designs of bottles."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.infra.rendering.designs.bodies import (
    angular_body,
    oval_body,
    shouldered,
    slab,
    turned_body,
)
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design
from desktop_app.infra.rendering.designs.caps import screw_cap
from desktop_app.infra.rendering.designs.carriers import pack
from desktop_app.infra.rendering.designs.finishing import grip, opaque
from desktop_app.infra.rendering.engine.materials import (
    clear_glass,
)
from desktop_app.infra.rendering.engine.mesh import revolved
from desktop_app.infra.rendering.engine.outlines import rounded_rectangle
from desktop_app.infra.rendering.engine.profiles import cylinder
from desktop_app.infra.rendering.engine.scene import Part


def _round_bottle(brief: Brief) -> Built:
    """An apothecary bottle: round shoulder, screw cap."""
    s = brief.scale
    radius, height = 21.0 * s, brief.vary(66.0, 74.0) * s
    neck = 9.5 * s**0.5
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=9.0 * s,
        shoulder_round=13.0 * s,
        base_round=3.0,
        neck_length=12.0,
    )
    body = turned_body(
        shape,
        brief.colourway.body,
        brief.colourway.contents,
        neck_radius=neck,
        neck_height=height + 9.0 * s,
        label_from=height * 0.10,
        label_to=height * 0.80,
    )
    cap = screw_cap(
        neck + 3.2,
        17.0 * s**0.5,
        brief.colourway.closure,
        base=body.neck_height + 0.8,
        kind=grip(brief.colourway.closure),
    )
    return pack(brief, body, cap, "round bottle", neck)


def _straight_bottle(brief: Brief) -> Built:
    """A straight cylinder with a tight shoulder and a cap almost as wide."""
    s = brief.scale
    radius, height = 19.5 * s, brief.vary(92.0, 104.0) * s
    neck = radius * 0.62
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=2.2,
        shoulder_round=3.4 * s,
        base_round=2.4,
        neck_length=9.0,
    )
    body = turned_body(
        shape,
        brief.colourway.body,
        brief.colourway.contents,
        neck_radius=neck,
        neck_height=height + 2.2,
        label_from=height * 0.16,
        label_to=height * 0.84,
    )
    cap = screw_cap(
        radius * 0.985, 30.0 * s, brief.colourway.closure, base=body.neck_height + 0.2, fillet=1.6
    )
    return pack(brief, body, cap, "cylinder bottle", neck)


def _oval_bottle(brief: Brief) -> Built:
    """An oval lotion bottle with sloping shoulders."""
    s = brief.scale
    body = oval_body(
        30.0 * s,
        18.0 * s,
        118.0 * s,
        opaque(brief),
        neck_radius=9.0 * s,
        shoulder=46.0 * s,
        neck_length=7.0,
        waist=brief.vary(0.0, 0.05),
    )
    cap = screw_cap(
        12.5 * s, 22.0 * s, brief.colourway.closure, base=body.neck_height + 0.4, kind="tapered"
    )
    return pack(brief, body, cap, "oval bottle", 9.0 * s)


def _flacon(brief: Brief) -> Built:
    """A rectangular glass flacon with a heavy base and a block cap."""
    s = brief.scale
    material = brief.colourway.body if brief.colourway.body.is_transparent else clear_glass()
    contents = brief.colourway.contents
    if not contents.is_transparent:
        contents = replace(contents, absorption=(0.004, 0.012, 0.02))
    depth = brief.vary(11.5, 14.5) * s
    body = angular_body(
        (25.0 * s, depth, 4.0 * s),
        62.0 * s,
        material,
        contents,
        neck_radius=7.5 * s,
        neck_length=8.0 * s,
        wall=2.6 * s,
        floor=8.0 * s,
        fill=0.88,
        edge=1.8,
    )
    collar = Part(
        "collar",
        revolved(cylinder(9.0 * s, 4.0 * s, base=body.neck_height, fillet=0.6)),
        brief.colourway.trim,
    )
    block = slab(
        rounded_rectangle(12.5 * s, min(12.0 * s, depth), 2.2 * s),
        22.0 * s,
        edge=1.4,
        base=body.neck_height + 4.2 * s,
    )
    lid = Part("cap", block, brief.colourway.closure)
    return pack(brief, body, (collar, lid), "flacon", 7.5 * s)


def _cone_bottle(brief: Brief) -> Built:
    """A toner bottle that narrows upwards in one line."""
    s = brief.scale
    radius, height = 25.0 * s, 104.0 * s
    neck = 8.5 * s
    taper = brief.vary(8.0, 11.0) * s
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=7.0 * s,
        shoulder_round=7.0 * s,
        base_round=5.0 * s,
        neck_length=9.0,
        taper=taper,
    )
    body = turned_body(
        shape,
        brief.colourway.body,
        brief.colourway.contents,
        neck_radius=neck,
        neck_height=height + 7.0 * s,
        label_from=height * 0.10,
        label_to=height * 0.70,
    )
    cap = screw_cap(
        neck + 3.0, 24.0 * s, brief.colourway.closure, base=body.neck_height + 0.6, kind="domed"
    )
    return pack(brief, body, cap, "conical bottle", neck)


BOTTLES: dict[str, Design] = {
    "round": _round_bottle,
    "cylinder": _straight_bottle,
    "oval": _oval_bottle,
    "flacon": _flacon,
    "cone": _cone_bottle,
}
