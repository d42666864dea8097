"""Designs of droppers, pointed nozzles and pumps, alone or on a pack."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.infra.rendering.designs.bodies import (
    shouldered,
    tube_body,
    turned_body,
)
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design
from desktop_app.infra.rendering.designs.carriers import pack, round_body
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
from desktop_app.infra.rendering.engine.profiles import Profile
from desktop_app.infra.rendering.engine.scene import Pose, Wrap


def _bulb(brief: Brief) -> Material:
    dark = sum(brief.colourway.closure.colour) / 3 < 0.25
    return rubber("1e1e20") if dark else rubber("f2efe8")


def _dropper_bottle(brief: Brief) -> Built:
    """A serum bottle: round shoulder, glass pipette, rubber bulb."""
    s = brief.scale
    neck = 8.4 * s
    radius, height = 17.5 * s, brief.vary(50.0, 58.0) * s
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=5.0 * s,
        shoulder_round=9.0 * s,
        base_round=2.6,
        neck_length=10.0,
    )
    return _dropper_pack(brief, shape, height, rise=5.0 * s, neck=neck, noun="dropper bottle")


def _dropper_tall(brief: Brief) -> Built:
    """A slim cylinder with a flat shoulder."""
    s = brief.scale
    neck = 8.0 * s
    radius, height = 14.5 * s, brief.vary(70.0, 80.0) * s
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=2.0 * s,
        shoulder_round=2.6 * s,
        base_round=2.0,
        neck_length=10.0,
    )
    return _dropper_pack(brief, shape, height, rise=2.0 * s, neck=neck, noun="slim dropper bottle")


def _dropper_squat(brief: Brief) -> Built:
    """A low, broad bottle with a dropper."""
    s = brief.scale
    neck = 8.4 * s
    radius, height = 22.0 * s, 40.0 * s
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=4.0 * s,
        shoulder_round=12.0 * s,
        base_round=5.0,
        neck_length=10.0,
    )
    return _dropper_pack(brief, shape, height, rise=4.0 * s, neck=neck, noun="squat dropper bottle")


def _dropper_pack(
    brief: Brief, shape: Profile, height: float, *, rise: float, neck: float, noun: str
) -> Built:
    """A bottle of the given outline, ``height`` to its shoulder, with a dropper."""
    way = brief.colourway
    body = turned_body(
        shape,
        way.body,
        way.contents,
        neck_radius=neck,
        neck_height=height + rise,
        label_from=height * 0.10,
        label_to=height * 0.84,
        wall=1.4,
        floor=3.4,
        fill=0.78,
    )
    collar = way.trim if not way.closure.is_wooden else way.closure
    top = dropper(
        neck + 2.6,
        collar,
        _bulb(brief),
        base=body.neck_height + 0.6,
        pipette=(height + rise) * 0.84,
        kind=grip(collar),
        bulb_height=27.0 * brief.scale**0.5,
    )
    if not way.body.is_transparent:
        top = tuple(part for part in top if part.name != "pipette")
    return pack(brief, body, top, noun, neck)


def _dropper_alone(brief: Brief) -> Built:
    """A dropper assembly lying on its side."""
    s = brief.scale
    radius = 10.5 * s
    length = brief.vary(62.0, 78.0) * s
    parts = dropper(radius, brief.colourway.trim, _bulb(brief), base=0.0, pipette=length)
    laid = lying(parts, along=-length * 0.35)
    return Built(laid, "dropper assembly", "Glass and rubber", neck_finish=neck_finish(radius - 2))


def _nozzle_bottle(brief: Brief, kind: str, length: float, noun: str) -> Built:
    s = brief.scale
    neck = 9.0 * s
    radius, height = brief.vary(19.0, 23.0) * s, 78.0 * s
    shape = shouldered(
        radius,
        height,
        neck_radius=neck,
        shoulder_rise=8.0 * s,
        shoulder_round=9.0 * s,
        base_round=4.0,
        neck_length=9.0,
    )
    body = turned_body(
        shape,
        brief.colourway.body,
        brief.colourway.contents,
        neck_radius=neck,
        neck_height=height + 8.0 * s,
        label_from=height * 0.12,
        label_to=height * 0.84,
    )
    top = nozzle(
        neck + 2.6, length * s, moulded(brief), _tip(brief), base=body.neck_height + 0.5, kind=kind
    )
    return pack(brief, body, top, noun, neck)


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
    parts = nozzle(12.0 * s, 40.0 * s, moulded(brief), _tip(brief), base=0.0, kind=kind)
    return Built(parts, "nozzle cap", "Polyethylene", neck_finish=neck_finish(10.0 * s))


def _nozzle_tube(brief: Brief) -> Built:
    """A small tube drawn out into a pointed nozzle, lying flat."""
    s = brief.scale
    tube = tube_body(12.0 * s, 66.0 * s, opaque(brief), base=0.0)
    tip = nozzle(9.0 * s, 26.0 * s, moulded(brief), _tip(brief), base=0.0)
    turned = Pose(upside_down())
    field = Field(width=11.0 * s, height=36.0 * s, y=30.0 * s, wrap=Wrap.FRONT)
    printed = replace(
        tube.part,
        decals=(
            mark(
                brief.style,
                replace(brief.colourway, foil=False),
                field,
                ink=_contrast(tube.part.material),
                quarter_turns=3,
            ),
        ),
    )
    parts = (printed, *(part.posed(turned) for part in tip))
    face_up = Pose(rotation(about="y", degrees=90.0))
    laid = lying(tuple(part.posed(face_up) for part in parts), along=20.0 * s, tilt_degrees=7.0)
    return Built(laid, "nozzle tube", tube.part.material.name, volume_ml=tube.volume_ml)


def _contrast(material: Material) -> tuple[float, float, float]:
    return srgb("3a332c") if sum(material.colour) / 3 > 0.35 else srgb("f3ead9")


def _pump_bottle(brief: Brief, kind: str, noun: str, *, clear: bool = True) -> Built:
    s = brief.scale
    body = round_body(brief, s, clear=clear)
    way = brief.colourway
    collar = way.closure if not way.closure.is_wooden else way.trim
    tube = body.neck_height * 0.9 if body.part.material.is_transparent else 0.0
    top = pump(
        12.4 * s,
        moulded(brief),
        collar,
        base=body.neck_height + 0.4,
        kind=kind,
        tube=tube,
        reach=30.0 * s if kind != "treatment" else 16.0 * s,
    )
    return pack(brief, body, top, noun, 9.6 * s)


def _lotion_pump(brief: Brief) -> Built:
    return _pump_bottle(brief, "lotion", "lotion pump bottle")


def _swan_pump(brief: Brief) -> Built:
    return _pump_bottle(brief, "swan", "swan-neck pump bottle")


def _foam_pump(brief: Brief) -> Built:
    """A foam dispenser under a clear hood."""
    s = brief.scale
    body = round_body(brief, s, clear=True)
    base = body.neck_height + 0.4
    top = pump(
        16.5 * s,
        moulded(brief),
        moulded(brief),
        base=base,
        kind="foam",
        tube=body.neck_height * 0.9 if body.part.material.is_transparent else 0.0,
        reach=21.0 * s,
    )
    return pack(brief, body, top, "foam pump bottle", 13.0 * s)


def _treatment_pump(brief: Brief) -> Built:
    """A slim serum pump under a clear overcap."""
    s = brief.scale
    way = brief.colourway
    radius, height = 14.0 * s, brief.vary(78.0, 88.0) * s
    shape = shouldered(
        radius,
        height,
        neck_radius=radius * 0.66,
        shoulder_rise=2.0,
        shoulder_round=2.4,
        base_round=2.2,
        neck_length=7.0,
    )
    body = turned_body(
        shape,
        way.body,
        way.contents,
        neck_radius=radius * 0.66,
        neck_height=height + 2.0,
        label_from=height * 0.14,
        label_to=height * 0.86,
        wall=1.3,
    )
    collar = way.trim
    top = pump(
        radius * 0.82,
        moulded(brief),
        collar,
        base=body.neck_height + 0.2,
        kind="treatment",
        reach=radius * 0.86,
    )
    hood = overcap(radius * 0.985, radius * 3.05, base=body.neck_height + 0.3)
    return pack(brief, body, (*top, hood), "serum pump bottle", radius * 0.66)


def _pump_alone(brief: Brief) -> Built:
    """A pump with its dip tube, lying."""
    s = brief.scale
    kind = ("lotion", "swan")[int(brief.rng.integers(2))]
    way = brief.colourway
    collar = way.closure if not way.closure.is_wooden else way.trim
    parts = pump(
        13.0 * s,
        moulded(brief),
        collar,
        base=0.0,
        kind=kind,
        tube=brief.vary(70.0, 92.0) * s,
        reach=28.0 * s,
    )
    aside = Pose(rotation(about="y", degrees=-48.0))
    laid = lying(tuple(part.posed(aside) for part in parts), along=-24.0 * s)
    return Built(laid, f"{kind} pump", "Polypropylene", neck_finish=neck_finish(11.0 * s))


def _airless(brief: Brief) -> Built:
    """An airless dispenser in satin plastic with a metal shoulder."""
    s = brief.scale
    way = brief.colourway
    radius, height = 17.0 * s, 84.0 * s
    shape = shouldered(
        radius,
        height,
        neck_radius=radius * 0.9,
        shoulder_rise=0.6,
        shoulder_round=0.8,
        base_round=2.0,
        neck_length=2.0,
    )
    material = opaque(brief) if way.body.is_transparent else way.body
    body = turned_body(
        shape,
        material,
        way.contents,
        neck_radius=radius * 0.9,
        neck_height=height + 0.6,
        label_from=height * 0.14,
        label_to=height * 0.86,
    )
    top = pump(
        radius * 0.98,
        satin("f3f1ec") if material.metallic else moulded(brief),
        way.trim,
        base=body.neck_height,
        kind="treatment",
        reach=radius * 1.25,
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
