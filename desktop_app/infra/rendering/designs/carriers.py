"""Bottles that carry a closure, where the closure is what a product is about."""

from __future__ import annotations

from desktop_app.infra.rendering.designs.bodies import (
    Body,
    oval_body,
    shouldered,
    turned_body,
)
from desktop_app.infra.rendering.designs.brief import Brief, Built
from desktop_app.infra.rendering.designs.finishing import labelled, neck_finish, opaque
from desktop_app.infra.rendering.engine.scene import Part


def round_body(brief: Brief, s: float, *, clear: bool) -> Body:
    """A round bottle, enlarged by ``s``; of glass where ``clear`` and the colourway say so."""
    neck = 9.6 * s
    radius, height = 22.0 * s, brief.vary(84.0, 96.0) * s
    material = brief.colourway.body if clear else opaque(brief)
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=7.0 * s,
        shoulder_round=10.0 * s,
        base_round=3.0,
        neck_length=10.0,
    )
    return turned_body(
        shape,
        material,
        brief.colourway.contents,
        neck_radius=neck,
        neck_height=height + 7.0 * s,
        label_from=height * 0.12,
        label_to=height * 0.84,
    )


def lotion_body(brief: Brief, s: float) -> Body:
    """A flat oval lotion bottle, enlarged by ``s``."""
    return oval_body(
        27.0 * s,
        17.0 * s,
        104.0 * s,
        opaque(brief),
        neck_radius=10.0 * s,
        shoulder=26.0 * s,
        neck_length=6.0,
        power=2.4,
    )


def pack(brief: Brief, body: Body, closure: tuple[Part, ...], noun: str, neck: float) -> Built:
    """A labelled body with its closure; ``neck`` is the radius of the neck."""
    return Built(
        (*closure, labelled(brief, body)),
        noun,
        body.part.material.name,
        volume_ml=body.volume_ml,
        neck_finish=neck_finish(neck),
    )
