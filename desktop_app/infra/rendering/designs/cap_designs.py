"""Designs of general, one-touch and press closures, alone or on a pack."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.caps import disc_top, flip_top, screw_cap
from desktop_app.infra.rendering.designs.carriers import (
    closure_size,
    lotion_body,
    pack,
    round_body,
    tube,
)
from desktop_app.infra.rendering.designs.finishing import (
    labelled,
    lid_mark,
    moulded,
    neck_finish,
    upside_down,
)
from desktop_app.infra.rendering.engine.materials import Material
from desktop_app.infra.rendering.engine.scene import Pose


def _cap_material(brief: Brief) -> Material:
    """Closures sold alone come in the body's colour as often as in the closure's."""
    way = brief.colourway
    if brief.vary(0.0, 1.0) < 0.45 and not way.body.is_transparent:
        return way.body
    return way.closure


def _lone_cap(brief: Brief, kind: str, radius: float, height: float, noun: str) -> Built:
    s = brief.scale
    material = _cap_material(brief)
    wide, tall = closure_size(brief, radius * s, height * s)
    parts = screw_cap(
        wide,
        tall,
        material,
        base=0.0,
        kind=kind,
        fillet=1.0 * brief.ratio(Measure.SHOULDER_ROUND),
        taper=brief.ratio(Measure.TAPER),
    )
    if kind == "smooth":
        parts = (replace(parts[0], decals=(lid_mark(brief, wide, lid=material),)),)
    return Built(parts, noun, material.name, neck_finish=neck_finish(wide - 2.0))


def _ribbed_cap(brief: Brief) -> Built:
    return _lone_cap(brief, "ribbed", 13.5, 16.0, "ribbed screw cap")


def _smooth_cap(brief: Brief) -> Built:
    return _lone_cap(brief, "smooth", 14.0, brief.vary(19.0, 24.0), "smooth screw cap")


def _dome_cap(brief: Brief) -> Built:
    return _lone_cap(brief, "domed", 13.0, 25.0, "domed cap")


def _tapered_cap(brief: Brief) -> Built:
    return _lone_cap(brief, "tapered", 14.0, 27.0, "tapered cap")


def _faceted_cap(brief: Brief) -> Built:
    return _lone_cap(brief, "faceted", 13.5, 22.0, "octagonal cap")


def _stepped_cap(brief: Brief) -> Built:
    return _lone_cap(brief, "stepped", 15.0, 18.0, "stepped cap")


def _flat_cap(brief: Brief) -> Built:
    return _lone_cap(brief, "smooth", 24.0, 11.0, "flat jar lid")


def _flip_alone(brief: Brief, *, opened: bool, radius: float, height: float) -> Built:
    s = brief.scale
    material = moulded(brief)
    lid = brief.colourway.closure if brief.vary(0, 1) < 0.5 else material
    if lid.is_wooden:
        lid = material
    wide, tall = closure_size(brief, radius * s, height * s)
    parts = flip_top(
        wide,
        tall,
        material,
        lid,
        base=0.0,
        opened=opened,
        split=0.62 * brief.ratio(Measure.BODY_HEIGHT),
        fillet=1.6 * brief.ratio(Measure.SHOULDER_ROUND),
    )
    return Built(
        parts,
        f"flip-top cap, {'open' if opened else 'closed'}",
        "Polypropylene",
        neck_finish=neck_finish(radius * s - 2.5),
    )


def _flip_closed(brief: Brief) -> Built:
    return _flip_alone(brief, opened=False, radius=14.0, height=21.0)


def _flip_open(brief: Brief) -> Built:
    return _flip_alone(brief, opened=True, radius=14.0, height=21.0)


def _flip_wide(brief: Brief) -> Built:
    return _flip_alone(brief, opened=False, radius=21.0, height=22.0)


def _flip_wide_open(brief: Brief) -> Built:
    return _flip_alone(brief, opened=True, radius=20.0, height=20.0)


def _flip_tube(brief: Brief) -> Built:
    """A squeeze tube standing on its flip-top."""
    s = brief.scale
    radius = 17.0 * s
    wide = radius * brief.ratio(Measure.BODY_WIDTH)
    wide, tall = closure_size(brief, wide, 22.0 * s)
    cap = flip_top(wide, tall, moulded(brief), moulded(brief), base=0.0)
    upside = Pose(upside_down(), (0.0, tall, 0.0))
    body = tube(brief, radius * 1.02, brief.vary(88.0, 100.0) * s, base=tall)
    return Built(
        (*(part.posed(upside) for part in cap), labelled(brief, body)),
        "tube with flip-top",
        "Polyethylene tube",
        volume_ml=body.volume_ml,
    )


def _flip_bottle(brief: Brief) -> Built:
    """A flat oval bottle with a flip-top."""
    s = brief.scale
    body = lotion_body(brief, s)
    wide, tall = closure_size(brief, body.neck_radius + 3.5 * s, 20.0 * s)
    cap = flip_top(wide, tall, moulded(brief), moulded(brief), base=body.neck_height + 0.4)
    return pack(brief, body, cap, "bottle with flip-top", body.neck_radius)


def _disc_alone(brief: Brief, *, pressed: bool, radius: float, height: float) -> Built:
    s = brief.scale
    material = moulded(brief)
    trim = brief.colourway.trim
    shell = trim if brief.vary(0, 1) < 0.35 else material
    wide, tall = closure_size(brief, radius * s, height * s)
    parts = disc_top(
        wide,
        tall,
        shell,
        material,
        base=0.0,
        pressed=pressed,
        fillet=brief.ratio(Measure.SHOULDER_ROUND),
        taper=brief.ratio(Measure.TAPER),
    )
    return Built(
        parts,
        f"disc-top cap, {'open' if pressed else 'closed'}",
        "Polypropylene",
        neck_finish=neck_finish(radius * s - 2.5),
    )


def _disc_closed(brief: Brief) -> Built:
    return _disc_alone(brief, pressed=False, radius=14.0, height=20.0)


def _disc_open(brief: Brief) -> Built:
    return _disc_alone(brief, pressed=True, radius=14.0, height=20.0)


def _disc_wide(brief: Brief) -> Built:
    return _disc_alone(brief, pressed=True, radius=19.0, height=18.0)


def _disc_bottle(brief: Brief) -> Built:
    s = brief.scale
    body = round_body(brief, s, clear=False)
    wide, tall = closure_size(brief, body.neck_radius + 4.0 * s, 19.0 * s)
    cap = disc_top(
        wide,
        tall,
        brief.colourway.closure,
        moulded(brief),
        base=body.neck_height + 0.4,
        pressed=brief.vary(0, 1) < 0.6,
    )
    return pack(brief, body, cap, "bottle with disc-top", body.neck_radius)


def _disc_oval(brief: Brief) -> Built:
    s = brief.scale
    body = lotion_body(brief, s)
    wide, tall = closure_size(brief, body.neck_radius + 3.2 * s, 18.0 * s)
    cap = disc_top(
        wide,
        tall,
        moulded(brief),
        moulded(brief),
        base=body.neck_height + 0.4,
        pressed=True,
    )
    return pack(brief, body, cap, "oval bottle with disc-top", body.neck_radius)


GENERAL_CLOSURES: dict[str, Design] = {
    "ribbed": _ribbed_cap,
    "smooth": _smooth_cap,
    "domed": _dome_cap,
    "tapered": _tapered_cap,
    "faceted": _faceted_cap,
    "stepped": _stepped_cap,
    "flat": _flat_cap,
}


ONE_TOUCH_CLOSURES: dict[str, Design] = {
    "closed": _flip_closed,
    "open": _flip_open,
    "wide": _flip_wide,
    "wide-open": _flip_wide_open,
    "tube": _flip_tube,
    "bottle": _flip_bottle,
}


PRESS_CLOSURES: dict[str, Design] = {
    "closed": _disc_closed,
    "open": _disc_open,
    "wide": _disc_wide,
    "bottle": _disc_bottle,
    "oval": _disc_oval,
}
