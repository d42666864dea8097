"""Designs of droppers, pointed nozzles and pumps, alone or on a pack."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.carriers import (
    Shoulders,
    closure_size,
    pack,
    round_body,
    shouldered_body,
    tube,
)
from desktop_app.infra.rendering.designs.dispensers import dropper, lying, nozzle, overcap, pump
from desktop_app.infra.rendering.designs.finishing import (
    grip,
    moulded,
    neck_finish,
    opaque,
    upside_down,
)
from desktop_app.infra.rendering.designs.labels import Field, mark
from desktop_app.infra.rendering.engine.materials import Material, rubber, satin, srgb
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.scene import Pose, Wrap


def _bulb(brief: Brief) -> Material:
    dark = sum(brief.colourway.closure.colour) / 3 < 0.25
    return rubber("1e1e20") if dark else rubber("f2efe8")


def _dropper_bottle(brief: Brief) -> Built:
    """A serum bottle: round shoulder, glass pipette, rubber bulb."""
    s = brief.scale
    usual = Shoulders(
        radius=17.5 * s,
        height=brief.vary(50.0, 58.0) * s,
        neck=8.4 * s,
        rise=5.0 * s,
        round=9.0 * s,
        base_round=2.6,
        neck_length=10.0,
        label=(0.10, 0.84),
    )
    return _dropper_pack(brief, usual, "dropper bottle")


def _dropper_tall(brief: Brief) -> Built:
    """A slim cylinder with a flat shoulder."""
    s = brief.scale
    usual = Shoulders(
        radius=14.5 * s,
        height=brief.vary(70.0, 80.0) * s,
        neck=8.0 * s,
        rise=2.0 * s,
        round=2.6 * s,
        base_round=2.0,
        neck_length=10.0,
        label=(0.10, 0.84),
    )
    return _dropper_pack(brief, usual, "slim dropper bottle")


def _dropper_squat(brief: Brief) -> Built:
    """A low, broad bottle with a dropper."""
    s = brief.scale
    usual = Shoulders(
        radius=22.0 * s,
        height=40.0 * s,
        neck=8.4 * s,
        rise=4.0 * s,
        round=12.0 * s,
        base_round=5.0,
        neck_length=10.0,
        label=(0.10, 0.84),
    )
    return _dropper_pack(brief, usual, "squat dropper bottle")


def _dropper_pack(brief: Brief, usual: Shoulders, noun: str) -> Built:
    """A bottle of the given measures with a dropper."""
    way = brief.colourway
    body = shouldered_body(brief, usual, wall=1.4, floor=3.4, fill=0.78)
    collar = way.trim if not way.closure.is_wooden else way.closure
    wide, tall = closure_size(brief, body.neck_radius + 2.6, 27.0 * brief.scale**0.5)
    top = dropper(
        wide,
        collar,
        _bulb(brief),
        base=body.neck_height + 0.6,
        pipette=body.neck_height * 0.84,
        kind=grip(brief, collar),
        bulb_height=tall,
    )
    if not way.body.is_transparent:
        top = tuple(part for part in top if part.name != "pipette")
    return pack(brief, body, top, noun, body.neck_radius)


def _dropper_alone(brief: Brief) -> Built:
    """A dropper assembly lying on its side."""
    s = brief.scale
    radius, bulb_height = closure_size(brief, 10.5 * s, 30.0)
    length = brief.sized(brief.vary(62.0, 78.0), Measure.REACH)
    parts = dropper(
        radius,
        brief.colourway.trim,
        _bulb(brief),
        base=0.0,
        pipette=length,
        bulb_height=bulb_height,
    )
    laid = lying(parts, along=-length * 0.35)
    return Built(laid, "dropper assembly", "Glass and rubber", neck_finish=neck_finish(radius - 2))


def _nozzle_bottle(brief: Brief, kind: str, length: float, noun: str) -> Built:
    s = brief.scale
    usual = Shoulders(
        radius=brief.vary(19.0, 23.0) * s,
        height=78.0 * s,
        neck=9.0 * s,
        rise=8.0 * s,
        round=9.0 * s,
        base_round=4.0,
        neck_length=9.0,
    )
    body = shouldered_body(brief, usual)
    wide, tall = closure_size(brief, body.neck_radius + 2.6, length * s)
    top = nozzle(wide, tall, moulded(brief), _tip(brief), base=body.neck_height + 0.5, kind=kind)
    return pack(brief, body, top, noun, body.neck_radius)


def _tip(brief: Brief) -> Material:
    """The small cap on a nozzle, in the accent colour."""
    return Material("Polyethylene", brief.colourway.accent, roughness=0.3)


def _cone_nozzle(brief: Brief) -> Built:
    return _nozzle_bottle(brief, "cone", 44.0, "nozzle bottle")


def _stepped_nozzle(brief: Brief) -> Built:
    return _nozzle_bottle(brief, "stepped", 38.0, "applicator bottle")


def _needle_nozzle(brief: Brief) -> Built:
    return _nozzle_bottle(brief, "needle", 40.0, "needle-tip bottle")


def _nozzle_alone(brief: Brief) -> Built:
    s = brief.scale
    kind = ("cone", "stepped", "needle")[int(brief.rng.integers(3))]
    wide, tall = closure_size(brief, 12.0 * s, 40.0 * s)
    parts = nozzle(wide, tall, moulded(brief), _tip(brief), base=0.0, kind=kind)
    return Built(parts, "nozzle cap", "Polyethylene", neck_finish=neck_finish(10.0 * s))


def _nozzle_tube(brief: Brief) -> Built:
    """A small tube drawn out into a pointed nozzle, lying flat."""
    s = brief.scale
    body = tube(brief, 12.0 * s, 66.0 * s, base=0.0)
    wide, tall = closure_size(brief, 9.0 * s, 26.0 * s)
    tip = nozzle(wide, tall, moulded(brief), _tip(brief), base=0.0)
    turned = Pose(upside_down())
    field = Field(width=11.0 * s, height=36.0 * s, y=30.0 * s, wrap=Wrap.FRONT)
    printed = replace(
        body.part,
        decals=(
            mark(
                brief.style,
                replace(brief.colourway, foil=False),
                field,
                ink=_contrast(body.part.material),
                quarter_turns=3,
            ),
        ),
    )
    parts = (printed, *(part.posed(turned) for part in tip))
    face_up = Pose(rotation(about="y", degrees=90.0))
    laid = lying(tuple(part.posed(face_up) for part in parts), along=20.0 * s, tilt_degrees=7.0)
    return Built(laid, "nozzle tube", body.part.material.name, volume_ml=body.volume_ml)


def _contrast(material: Material) -> tuple[float, float, float]:
    return srgb("3a332c") if sum(material.colour) / 3 > 0.35 else srgb("f3ead9")


def _pump_bottle(brief: Brief, kind: str, noun: str, *, clear: bool = True) -> Built:
    s = brief.scale
    body = round_body(brief, s, clear=clear)
    way = brief.colourway
    collar = way.closure if not way.closure.is_wooden else way.trim
    tube = body.neck_height * 0.9 if body.part.material.is_transparent else 0.0
    wide, rise = closure_size(brief, body.neck_radius + 2.8 * s, 1.0)
    top = pump(
        wide,
        moulded(brief),
        collar,
        base=body.neck_height + 0.4,
        kind=kind,
        tube=tube,
        reach=brief.sized(30.0, Measure.REACH),
        rise=rise,
        ribbed_collar=brief.proportions.ribbed,
    )
    return pack(brief, body, top, noun, body.neck_radius)


def _lotion_pump(brief: Brief) -> Built:
    return _pump_bottle(brief, "lotion", "lotion pump bottle")


def _swan_pump(brief: Brief) -> Built:
    return _pump_bottle(brief, "swan", "swan-neck pump bottle")


def _foam_pump(brief: Brief) -> Built:
    """A foam dispenser under a clear hood."""
    s = brief.scale
    body = round_body(brief, s, clear=True)
    base = body.neck_height + 0.4
    wide, rise = closure_size(brief, body.neck_radius + 6.9 * s, 1.0)
    top = pump(
        wide,
        moulded(brief),
        moulded(brief),
        base=base,
        kind="foam",
        tube=body.neck_height * 0.9 if body.part.material.is_transparent else 0.0,
        reach=brief.sized(21.0, Measure.REACH),
        rise=rise,
        ribbed_collar=brief.proportions.ribbed,
    )
    return pack(brief, body, top, "foam pump bottle", body.neck_radius + 3.4 * s)


def _treatment_pump(brief: Brief) -> Built:
    """A slim serum pump under a clear overcap."""
    s = brief.scale
    way = brief.colourway
    usual = Shoulders(
        radius=14.0 * s,
        height=brief.vary(78.0, 88.0) * s,
        neck=14.0 * s * 0.66,
        rise=2.0,
        round=2.4,
        base_round=2.2,
        neck_length=7.0,
        neck_follows=True,
        label=(0.14, 0.86),
    )
    body = shouldered_body(brief, usual, wall=1.3)
    radius = body.width / 2
    wide, rise = closure_size(brief, radius * 0.82, 1.0)
    collar = way.trim
    top = pump(
        min(wide, radius * 0.95),
        moulded(brief),
        collar,
        base=body.neck_height + 0.2,
        kind="treatment",
        reach=radius * 0.86,
        rise=rise,
        ribbed_collar=brief.proportions.ribbed,
    )
    hood = overcap(radius * 0.985, radius * (0.05 + 3.0 * rise), base=body.neck_height + 0.3)
    return pack(brief, body, (*top, hood), "serum pump bottle", body.neck_radius)


def _pump_alone(brief: Brief) -> Built:
    """A pump with its dip tube, lying."""
    s = brief.scale
    kind = ("lotion", "swan")[int(brief.rng.integers(2))]
    way = brief.colourway
    collar = way.closure if not way.closure.is_wooden else way.trim
    wide, rise = closure_size(brief, 13.0 * s, 1.0)
    parts = pump(
        wide,
        moulded(brief),
        collar,
        base=0.0,
        kind=kind,
        tube=brief.sized(brief.vary(70.0, 92.0), Measure.BODY_HEIGHT),
        reach=brief.sized(28.0, Measure.REACH),
        rise=rise,
        ribbed_collar=brief.proportions.ribbed,
    )
    aside = Pose(rotation(about="y", degrees=-48.0))
    laid = lying(tuple(part.posed(aside) for part in parts), along=-24.0 * s)
    return Built(laid, f"{kind} pump", "Polypropylene", neck_finish=neck_finish(11.0 * s))


def _airless(brief: Brief) -> Built:
    """An airless dispenser in satin plastic with a metal shoulder."""
    s = brief.scale
    way = brief.colourway
    radius = 17.0 * s
    usual = Shoulders(
        radius=radius,
        height=84.0 * s,
        neck=radius * 0.9,
        rise=0.6,
        round=0.8,
        base_round=2.0,
        neck_length=2.0,
        neck_follows=True,
        label=(0.14, 0.86),
    )
    material = opaque(brief) if way.body.is_transparent else way.body
    body = shouldered_body(brief, usual, material=material)
    radius = body.width / 2
    wide, rise = closure_size(brief, radius * 0.98, 1.0)
    top = pump(
        wide,
        satin("f3f1ec") if material.metallic else moulded(brief),
        way.trim,
        base=body.neck_height,
        kind="treatment",
        reach=radius * 1.25 * brief.ratio(Measure.REACH),
        rise=rise,
        ribbed_collar=brief.proportions.ribbed,
    )
    return pack(brief, body, top, "airless pump bottle", radius * 0.66)


DROPPERS: dict[str, Design] = {
    "round": _dropper_bottle,
    "slim": _dropper_tall,
    "squat": _dropper_squat,
    "lying": _dropper_alone,
}


SHARP_CLOSURES: dict[str, Design] = {
    "cone": _cone_nozzle,
    "stepped": _stepped_nozzle,
    "needle": _needle_nozzle,
    "alone": _nozzle_alone,
    "lying-tube": _nozzle_tube,
}


PUMPS: dict[str, Design] = {
    "lotion": _lotion_pump,
    "swan": _swan_pump,
    "foam": _foam_pump,
    "treatment": _treatment_pump,
    "airless": _airless,
    "lying": _pump_alone,
}
