"""Designs of roll-ons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from desktop_app.infra.rendering.designs.bodies import hood, turned_body
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.carriers import (
    Shoulders,
    cap,
    closure_size,
    oval,
    shouldered_body,
)
from desktop_app.infra.rendering.designs.finishing import dome, labelled, opaque
from desktop_app.infra.rendering.engine.materials import (
    STEEL,
    Material,
    frosted_glass,
    glossy,
)
from desktop_app.infra.rendering.engine.mesh import moved, revolved
from desktop_app.infra.rendering.engine.profiles import cornered, curved, joined
from desktop_app.infra.rendering.engine.scene import Part, Pose


def _vial_roll_on(brief: Brief) -> Built:
    """A slim glass roll-on, its cap standing beside it."""
    s = brief.scale
    way = brief.colourway
    usual = Shoulders(
        radius=9.5 * s,
        height=brief.vary(52.0, 58.0) * s,
        neck=9.5 * s * 0.72,
        rise=1.6,
        round=2.4,
        base_round=2.0,
        neck_length=8.0,
        neck_follows=True,
        label=(0.14, 0.86),
    )
    material = way.body if way.body.is_transparent else frosted_glass()
    contents = (
        way.contents
        if way.contents.is_transparent
        else replace(way.contents, absorption=(0.004, 0.010, 0.016))
    )
    body = shouldered_body(brief, usual, material=material, contents=contents, wall=1.2, floor=2.6)
    radius = body.width / 2
    wide, tall = closure_size(brief, radius * 1.02, 24.0 * s)
    cap_beside = Part(
        "cap",
        revolved(hood(wide, tall, wall=1.0, fillet=1.4)),
        way.closure,
        pose=Pose(shift=(radius * 3.1, 0.0, radius * 0.8)),
        loose=True,
    )
    ball = _ball(body.neck_radius * 1.06, body.top - 6.0, STEEL, glossy("f2f2f0"))
    return Built(
        parts=(*ball, cap_beside, labelled(brief, body)),
        noun="roll-on vial",
        material=material.name,
        volume_ml=body.volume_ml,
        neck_finish="roll-on 17 mm",
    )


def _capped_roll_on(brief: Brief) -> Built:
    """A slim roll-on, closed."""
    s = brief.scale
    way = brief.colourway
    usual = Shoulders(
        radius=10.0 * s,
        height=brief.vary(48.0, 54.0) * s,
        neck=7.0 * s,
        rise=1.2,
        round=2.0,
        base_round=2.2,
        neck_length=7.0,
        neck_follows=True,
        label=(0.12, 0.88),
    )
    body = shouldered_body(brief, usual, wall=1.2, floor=2.8)
    closure = cap(brief, body.width / 2, 30.0 * s, base=body.neck_height + 0.4, fillet=1.6)
    return Built(
        parts=(*closure, labelled(brief, body)),
        noun="roll-on",
        material=way.body.name,
        volume_ml=body.volume_ml,
        neck_finish="roll-on 17 mm",
    )


def _deodorant_roll_on(brief: Brief) -> Built:
    """A deodorant: waisted body, wide ball, domed cap standing beside it."""
    s = brief.scale
    way = brief.colourway
    radius = brief.sized(22.0, Measure.BODY_WIDTH)
    height = brief.sized(70.0, Measure.BODY_HEIGHT)
    pinch = brief.vary(0.84, 0.9) - brief.ratio(Measure.WAIST)
    outer = joined(
        cornered([(0.0, 0.0, 0.0), (radius * 0.82, 0.0, 0.0)]),
        curved(
            [
                (radius * 0.82, 0.0),
                (radius * 0.97, height * 0.05),
                (radius, height * 0.16),
                (radius * pinch, height * 0.52),
                (radius * 0.98, height * 0.88),
                (radius * 0.94, height),
            ]
        ),
        cornered(
            [
                (radius * 0.94, height, 0.0),
                (radius * 0.80, height, 0.0),
                (radius * 0.80, height + 5.0, 0.5),
                (0.0, height + 5.0, 0.0),
            ]
        ),
    )
    body = turned_body(
        outer,
        opaque(brief),
        way.contents,
        neck_radius=radius * 0.8,
        neck_height=height,
        label_from=height * 0.12,
        label_to=height * 0.90,
    )
    wide, tall = closure_size(brief, radius * 0.94, 34.0 * s)
    cap_beside = moved(revolved(dome(wide, tall)), by=(radius * 2.5, 0.0, radius * 0.6))
    return Built(
        parts=(
            *_ball(radius * 0.84, height - 1.0, way.trim, glossy("f4f3ef")),
            Part("cap", cap_beside, way.closure, loose=True),
            labelled(brief, body),
        ),
        noun="deodorant roll-on",
        material=opaque(brief).name,
        volume_ml=body.volume_ml,
        neck_finish="roll-on 35 mm",
    )


def _closed_deodorant(brief: Brief) -> Built:
    """A deodorant roll-on standing with its domed cap on."""
    s = brief.scale
    way = brief.colourway
    body = oval(
        brief,
        (24.0 * s, 16.5 * s),
        66.0 * s,
        neck=15.0 * s,
        shoulder=12.0 * s,
        neck_length=3.0,
        power=2.6,
    )
    wide, tall = closure_size(brief, body.neck_radius + 1.6 * s, 34.0 * s)
    hood_part = Part(
        "cap",
        moved(revolved(dome(wide, tall)), by=(0.0, body.neck_height + 0.6, 0.0)),
        way.closure,
    )
    return Built(
        parts=(hood_part, labelled(brief, body)),
        noun="oval roll-on",
        material=opaque(brief).name,
        volume_ml=body.volume_ml,
        neck_finish="roll-on 35 mm",
    )


def _ball(radius: float, base: float, ball: Material, housing: Material) -> tuple[Part, ...]:
    ring = cornered(
        [
            (0.0, base, 0.0),
            (radius, base, 0.3),
            (radius, base + 7.0, 0.5),
            (radius * 0.80, base + 8.6, 0.4),
            (radius * 0.74, base + 7.6, 0.0),
            (0.0, base + 7.6, 0.0),
        ]
    )
    angles = np.linspace(-np.pi / 2, np.pi / 2, 40)
    size = radius * 0.76
    centre = base + 8.0
    knots = [(max(size * float(np.cos(a)), 0.0), centre + size * float(np.sin(a))) for a in angles]
    return (
        Part("fitment", revolved(ring), housing),
        Part("ball", revolved(curved(knots, samples=2)), ball),
    )


ROLL_ONS: dict[str, Design] = {
    "vial": _vial_roll_on,
    "capped": _capped_roll_on,
    "deodorant": _deodorant_roll_on,
    "oval": _closed_deodorant,
}
