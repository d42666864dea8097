"""Bodies in a brief's proportions, and packs of a body with its closure."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.infra.rendering.designs.bodies import (
    Body,
    oval_body,
    shouldered,
    tube_body,
    turned_body,
)
from desktop_app.infra.rendering.designs.brief import Brief, Built, Measure
from desktop_app.infra.rendering.designs.caps import screw_cap
from desktop_app.infra.rendering.designs.finishing import labelled, neck_finish, opaque
from desktop_app.infra.rendering.engine.materials import Material
from desktop_app.infra.rendering.engine.profiles import waisted
from desktop_app.infra.rendering.engine.scene import Part


@dataclass(frozen=True, slots=True)
class Shoulders:
    """A turned bottle's usual measures in millimetres, ``height`` up to its shoulder.

    ``neck_follows`` keeps the neck's share of the width when that changes, as flush caps need.
    ``label`` is where the label starts and ends, shares of the height.
    """

    radius: float
    height: float
    neck: float
    rise: float
    round: float
    base_round: float
    neck_length: float
    taper: float = 0.0
    neck_follows: bool = False
    label: tuple[float, float] = (0.12, 0.84)


def shouldered_body(
    brief: Brief,
    usual: Shoulders,
    *,
    material: Material | None = None,
    contents: Material | None = None,
    wall: float = 1.5,
    floor: float = 2.5,
    fill: float = 0.86,
) -> Body:
    """A turned bottle in the brief's proportions, in the colourway unless told otherwise."""
    width = brief.ratio(Measure.BODY_WIDTH)
    radius = usual.radius * width
    height = usual.height * brief.ratio(Measure.BODY_HEIGHT)
    neck = usual.neck * brief.ratio(Measure.NECK_WIDTH) * (width if usual.neck_follows else 1.0)
    neck = min(neck, radius * 0.96)
    rise = usual.rise * brief.ratio(Measure.SHOULDER_RISE)
    outer = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=rise,
        shoulder_round=usual.round * brief.ratio(Measure.SHOULDER_ROUND),
        base_round=usual.base_round * brief.ratio(Measure.BASE_ROUND),
        neck_length=usual.neck_length,
        taper=usual.taper + radius * brief.ratio(Measure.TAPER),
    )
    return turned_body(
        waisted(outer, brief.ratio(Measure.WAIST), height=height),
        brief.colourway.body if material is None else material,
        brief.colourway.contents if contents is None else contents,
        neck_radius=neck,
        neck_height=height + rise,
        label_from=height * usual.label[0],
        label_to=height * usual.label[1],
        wall=wall,
        floor=floor,
        fill=fill,
    )


def oval(
    brief: Brief,
    half_size: tuple[float, float],
    height: float,
    *,
    neck: float,
    shoulder: float,
    neck_length: float,
    waist: float = 0.0,
    power: float = 2.2,
) -> Body:
    """An opaque oval bottle (half width and depth) in the brief's proportions."""
    tall = height * brief.ratio(Measure.BODY_HEIGHT)
    half_width = half_size[0] * brief.ratio(Measure.BODY_WIDTH)
    half_depth = half_size[1] * brief.ratio(Measure.BODY_DEPTH)
    return oval_body(
        half_width,
        half_depth,
        tall,
        opaque(brief),
        neck_radius=min(neck * brief.ratio(Measure.NECK_WIDTH), 0.96 * half_width),
        shoulder=min(shoulder * brief.ratio(Measure.SHOULDER_RISE), tall * 0.7),
        neck_length=neck_length,
        waist=waist + brief.ratio(Measure.WAIST),
        power=max(2.0, power * brief.ratio(Measure.CORNER)),
    )


def tube(brief: Brief, radius: float, length: float, *, base: float) -> Body:
    """An opaque squeeze tube in the brief's proportions."""
    return tube_body(
        radius * brief.ratio(Measure.BODY_WIDTH),
        length * brief.ratio(Measure.BODY_HEIGHT),
        opaque(brief),
        base=base,
    )


def closure_size(brief: Brief, radius: float, height: float) -> tuple[float, float]:
    """A closure's radius and height in the brief's proportions."""
    return (
        radius * brief.ratio(Measure.CLOSURE_WIDTH),
        height * brief.ratio(Measure.CLOSURE_HEIGHT),
    )


def cap(
    brief: Brief,
    radius: float,
    height: float,
    *,
    base: float,
    kind: str = "smooth",
    fillet: float = 1.2,
) -> tuple[Part, ...]:
    """A screw cap of the colourway's closure in the brief's proportions."""
    wide, tall = closure_size(brief, radius, height)
    return screw_cap(wide, tall, brief.colourway.closure, base=base, kind=kind, fillet=fillet)


def round_body(brief: Brief, s: float, *, clear: bool) -> Body:
    """A round bottle, enlarged by ``s``; of glass where ``clear`` and the colourway say so."""
    usual = Shoulders(
        radius=22.0 * s,
        height=brief.vary(84.0, 96.0) * s,
        neck=9.6 * s,
        rise=7.0 * s,
        round=10.0 * s,
        base_round=3.0,
        neck_length=10.0,
    )
    return shouldered_body(brief, usual, material=None if clear else opaque(brief))


def lotion_body(brief: Brief, s: float) -> Body:
    """A flat oval lotion bottle, enlarged by ``s``."""
    return oval(
        brief,
        (27.0 * s, 17.0 * s),
        104.0 * s,
        neck=10.0 * s,
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
