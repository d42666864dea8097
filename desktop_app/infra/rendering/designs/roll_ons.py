"""Designs of roll-ons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from desktop_app.infra.rendering.designs.bodies import (
    hood,
    oval_body,
    shouldered,
    turned_body,
)
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design
from desktop_app.infra.rendering.designs.caps import screw_cap
from desktop_app.infra.rendering.designs.finishing import dome, labelled, opaque
from desktop_app.infra.rendering.engine.materials import (
    STEEL,
    Material,
    frosted_glass,
    glossy,
)
from desktop_app.infra.rendering.engine.mesh import merged, moved, revolved
from desktop_app.infra.rendering.engine.profiles import cornered, curved, joined
from desktop_app.infra.rendering.engine.scene import Part, Pose


def _vial_roll_on(brief: Brief) -> Built:
    """A slim glass roll-on, its cap standing beside it."""
    s = brief.scale
    way = brief.colourway
    radius, height = 9.5 * s, brief.vary(52.0, 58.0) * s
    neck = radius * 0.72
    material = way.body if way.body.is_transparent else frosted_glass()
    contents = (
        way.contents
        if way.contents.is_transparent
        else replace(way.contents, absorption=(0.004, 0.010, 0.016))
    )
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=1.6,
        shoulder_round=2.4,
        base_round=2.0,
        neck_length=8.0,
    )
    body = turned_body(
        shape,
        material,
        contents,
        neck_radius=neck,
        neck_height=height + 1.6,
        label_from=height * 0.14,
        label_to=height * 0.86,
        wall=1.2,
        floor=2.6,
    )
    top = body.top
    cap_height = 24.0 * s
    cap = Part(
        "cap",
        revolved(hood(radius * 1.02, cap_height, wall=1.0, fillet=1.4)),
        way.closure,
        pose=Pose(shift=(radius * 3.1, 0.0, radius * 0.8)),
    )
    return Built(
        parts=(*_ball(neck * 1.06, top - 6.0, STEEL, glossy("f2f2f0")), cap, labelled(brief, body)),
        noun="roll-on vial",
        material=material.name,
        volume_ml=body.volume_ml,
        neck_finish="roll-on 17 mm",
    )


def _capped_roll_on(brief: Brief) -> Built:
    """A slim roll-on, closed."""
    s = brief.scale
    way = brief.colourway
    radius, height = 10.0 * s, brief.vary(48.0, 54.0) * s
    shape = shouldered(
        radius,
        height,
        neck_radius=radius * 0.7,
        shoulder_rise=1.2,
        shoulder_round=2.0,
        base_round=2.2,
        neck_length=7.0,
    )
    body = turned_body(
        shape,
        way.body,
        way.contents,
        neck_radius=radius * 0.7,
        neck_height=height + 1.2,
        label_from=height * 0.12,
        label_to=height * 0.88,
        wall=1.2,
        floor=2.8,
    )
    cap = screw_cap(radius * 1.0, 30.0 * s, way.closure, base=height + 1.6, fillet=1.6)
    return Built(
        parts=(*cap, labelled(brief, body)),
        noun="roll-on",
        material=way.body.name,
        volume_ml=body.volume_ml,
        neck_finish="roll-on 17 mm",
    )


def _deodorant_roll_on(brief: Brief) -> Built:
    """A deodorant: waisted body, wide ball, domed cap standing beside it."""
    s = brief.scale
    way = brief.colourway
    radius, height = 22.0 * s, 70.0 * s
    pinch = brief.vary(0.84, 0.9)
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
    cap = moved(revolved(dome(radius * 0.94, 34.0 * s)), by=(radius * 2.5, 0.0, radius * 0.6))
    return Built(
        parts=(
            *_ball(radius * 0.84, height - 1.0, way.trim, glossy("f4f3ef")),
            Part("cap", cap, way.closure),
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
    body = oval_body(
        24.0 * s,
        16.5 * s,
        66.0 * s,
        opaque(brief),
        neck_radius=15.0 * s,
        shoulder=12.0 * s,
        neck_length=3.0,
        power=2.6,
    )
    hood_part = Part(
        "cap",
        merged(moved(revolved(dome(16.6 * s, 34.0 * s)), by=(0.0, body.neck_height + 0.6, 0.0))),
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
