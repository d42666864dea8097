"""Designs of bottles."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.infra.rendering.designs.bodies import angular_body, slab
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.carriers import (
    Shoulders,
    cap,
    closure_size,
    oval,
    pack,
    shouldered_body,
)
from desktop_app.infra.rendering.designs.finishing import grip
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
    usual = Shoulders(
        radius=21.0 * s,
        height=brief.vary(66.0, 74.0) * s,
        neck=9.5 * s**0.5,
        rise=9.0 * s,
        round=13.0 * s,
        base_round=3.0,
        neck_length=12.0,
        label=(0.10, 0.80),
    )
    body = shouldered_body(brief, usual)
    closure = cap(
        brief,
        body.neck_radius + 3.2,
        17.0 * s**0.5,
        base=body.neck_height + 0.8,
        kind=grip(brief, brief.colourway.closure),
    )
    return pack(brief, body, closure, "round bottle", body.neck_radius)


def _straight_bottle(brief: Brief) -> Built:
    """A straight cylinder with a tight shoulder and a cap almost as wide."""
    s = brief.scale
    radius = 19.5 * s
    usual = Shoulders(
        radius=radius,
        height=brief.vary(92.0, 104.0) * s,
        neck=radius * 0.62,
        rise=2.2,
        round=3.4 * s,
        base_round=2.4,
        neck_length=9.0,
        neck_follows=True,
        label=(0.16, 0.84),
    )
    body = shouldered_body(brief, usual)
    wide = radius * brief.ratio(Measure.BODY_WIDTH)
    closure = cap(brief, wide * 0.985, 30.0 * s, base=body.neck_height + 0.2, fillet=1.6)
    return pack(brief, body, closure, "cylinder bottle", body.neck_radius)


def _oval_bottle(brief: Brief) -> Built:
    """An oval lotion bottle with sloping shoulders."""
    s = brief.scale
    body = oval(
        brief,
        (30.0 * s, 18.0 * s),
        118.0 * s,
        neck=9.0 * s,
        shoulder=46.0 * s,
        neck_length=7.0,
        waist=brief.vary(0.0, 0.05),
    )
    wide = body.neck_radius + 3.5 * s
    closure = cap(brief, wide, 22.0 * s, base=body.neck_height + 0.4, kind="tapered")
    return pack(brief, body, closure, "oval bottle", body.neck_radius)


def _flacon(brief: Brief) -> Built:
    """A rectangular glass flacon with a heavy base and a block cap."""
    s = brief.scale
    material = brief.colourway.body if brief.colourway.body.is_transparent else clear_glass()
    contents = brief.colourway.contents
    if not contents.is_transparent:
        contents = replace(contents, absorption=(0.004, 0.012, 0.02))
    depth = brief.sized(brief.vary(11.5, 14.5), Measure.BODY_DEPTH)
    half_width = brief.sized(25.0, Measure.BODY_WIDTH)
    neck = brief.sized(7.5, Measure.NECK_WIDTH)
    body = angular_body(
        (half_width, depth, min(brief.sized(4.0, Measure.CORNER), 0.9 * min(half_width, depth))),
        brief.sized(62.0, Measure.BODY_HEIGHT),
        material,
        contents,
        neck_radius=neck,
        neck_length=8.0 * s,
        wall=2.6 * s,
        floor=8.0 * s,
        fill=0.88,
        edge=1.8 * brief.ratio(Measure.SHOULDER_ROUND),
    )
    collar = Part(
        "collar",
        revolved(cylinder(neck + 1.5 * s, 4.0 * s, base=body.neck_height, fillet=0.6)),
        brief.colourway.trim,
    )
    wide, tall = closure_size(brief, 12.5 * s, 22.0 * s)
    block = slab(
        rounded_rectangle(wide, min(wide * 0.96, depth), 2.2 * s),
        tall,
        edge=1.4,
        base=body.neck_height + 4.2 * s,
    )
    lid = Part("cap", block, brief.colourway.closure)
    return pack(brief, body, (collar, lid), "flacon", neck)


def _cone_bottle(brief: Brief) -> Built:
    """A toner bottle that narrows upwards in one line."""
    s = brief.scale
    usual = Shoulders(
        radius=25.0 * s,
        height=104.0 * s,
        neck=8.5 * s,
        rise=7.0 * s,
        round=7.0 * s,
        base_round=5.0 * s,
        neck_length=9.0,
        taper=brief.vary(8.0, 11.0) * s,
        label=(0.10, 0.70),
    )
    body = shouldered_body(brief, usual)
    wide = body.neck_radius + 3.0
    closure = cap(brief, wide, 24.0 * s, base=body.neck_height + 0.6, kind="domed")
    return pack(brief, body, closure, "conical bottle", body.neck_radius)


BOTTLES: dict[str, Design] = {
    "round": _round_bottle,
    "cylinder": _straight_bottle,
    "oval": _oval_bottle,
    "flacon": _flacon,
    "cone": _cone_bottle,
}
