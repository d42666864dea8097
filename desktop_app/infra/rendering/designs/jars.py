"""Designs of jars."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.infra.rendering.designs.bodies import (
    hood,
    pot,
    turned_body,
)
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.caps import screw_cap
from desktop_app.infra.rendering.designs.carriers import closure_size
from desktop_app.infra.rendering.designs.finishing import labelled, lid_mark
from desktop_app.infra.rendering.engine.materials import (
    glossy,
)
from desktop_app.infra.rendering.engine.mesh import revolved, rotation
from desktop_app.infra.rendering.engine.profiles import (
    Profile,
    cornered,
    curved,
    cylinder,
    joined,
    waisted,
)
from desktop_app.infra.rendering.engine.scene import Part, Pose


def _low_jar(brief: Brief) -> Built:
    s = brief.scale
    return _jar(
        brief,
        radius=31.0 * s,
        height=27.0 * s,
        lid_height=15.0 * s,
        lid_kind="smooth",
        noun="low jar",
    )


def _tall_jar(brief: Brief) -> Built:
    s = brief.scale
    return _jar(
        brief,
        radius=24.0 * s,
        height=brief.vary(38.0, 42.0) * s,
        lid_height=19.0 * s,
        lid_kind="stepped",
        noun="tall jar",
    )


def _pebble_jar(brief: Brief) -> Built:
    s = brief.scale
    return _jar(
        brief,
        radius=31.0 * s,
        height=32.0 * s,
        lid_height=14.0 * s,
        lid_radius=27.5 * s,
        shape="pebble",
        lid_kind="domed",
        noun="pebble jar",
    )


def _cone_jar(brief: Brief) -> Built:
    s = brief.scale
    return _jar(
        brief,
        radius=30.0 * s,
        height=30.0 * s,
        lid_height=16.0 * s,
        shape="cone",
        lid_kind="tapered",
        noun="conical jar",
    )


def _open_jar(brief: Brief) -> Built:
    s = brief.scale
    return _jar(
        brief, radius=29.0 * s, height=28.0 * s, lid_height=14.0 * s, noun="open jar", opened=True
    )


def _jar(
    brief: Brief,
    *,
    radius: float,
    height: float,
    lid_height: float,
    lid_radius: float | None = None,
    shape: str = "straight",
    lid_kind: str = "smooth",
    noun: str = "jar",
    opened: bool = False,
) -> Built:
    way = brief.colourway
    material, contents = way.body, way.contents
    cap_radius, lid_height = closure_size(
        brief, lid_radius if lid_radius is not None else radius, lid_height
    )
    width = brief.ratio(Measure.BODY_WIDTH)
    radius, cap_radius = radius * width, cap_radius * width
    height *= brief.ratio(Measure.BODY_HEIGHT)
    base_round = brief.ratio(Measure.BASE_ROUND)
    shoulder_round = brief.ratio(Measure.SHOULDER_ROUND)
    foot = 1.0 - brief.ratio(Measure.TAPER)
    rim = radius - 3.0
    match shape:
        case "pebble":
            outer = joined(
                cornered([(0.0, 0.0, 0.0), (radius * 0.60 * foot, 0.0, 0.0)]),
                curved(
                    [
                        (radius * 0.60 * foot, 0.0),
                        (radius * (0.86 + 0.14 * (foot - 1.0)), height * 0.10),
                        (radius, height * 0.46),
                        (radius * 0.93, height * 0.82),
                        (rim, height),
                    ]
                ),
                cornered([(rim, height, 0.0), (rim, height + 4.0, 0.4), (0.0, height + 4.0, 0.0)]),
            )
        case "cone":
            outer = cornered(
                [
                    (0.0, 0.0, 0.0),
                    (radius * 0.80 * foot, 0.0, 3.0 * base_round),
                    (radius, height, 1.4 * shoulder_round),
                    (rim, height + 0.4, 0.4),
                    (rim, height + 4.0, 0.4),
                    (0.0, height + 4.0, 0.0),
                ]
            )
        case _:
            outer = cornered(
                [
                    (0.0, 0.0, 0.0),
                    (radius * foot, 0.0, 3.4 * base_round),
                    (radius, height, 2.0 * shoulder_round),
                    (rim, height + 0.2, 0.4),
                    (rim, height + 4.0, 0.4),
                    (0.0, height + 4.0, 0.0),
                ]
            )
    body = turned_body(
        waisted(outer, brief.ratio(Measure.WAIST), height=height),
        material,
        contents,
        neck_radius=rim,
        neck_height=height,
        label_from=height * 0.10,
        label_to=height * 0.90,
        wall=radius * 0.10 + 1.0,
        floor=height * 0.13,
        fill=0.93,
    )
    if opened:
        vessel = pot(radius, height, wall=2.6, floor=height * 0.2, base_round=3.0 * base_round)
        filling = glossy("f3ead8", name="Cream") if contents.is_transparent else contents
        open_body = Part("body", revolved(vessel), material)
        if material.is_transparent:
            inner = revolved(
                cylinder(
                    radius - 2.6, height * 0.66, base=height * 0.2, fillet=0.3, bottom_fillet=3.0
                )
            )
            open_body = replace(open_body, hollow=inner, contents=inner, contents_material=filling)
        surface = Part("cream", revolved(_cream_surface(radius - 2.4, height * 0.86)), filling)
        lid = Part("lid", revolved(hood(cap_radius, lid_height, wall=2.0, fillet=1.6)), way.closure)
        lean = Pose(rotation(about="x", degrees=74.0)).then(
            Pose(shift=(radius * 1.45, cap_radius * 0.97, -radius * 1.05 - lid_height))
        )
        top = lid_mark(brief, cap_radius)
        lid_parts: tuple[Part, ...] = (
            replace(lid, pose=lean, decals=(top,), loose=True),
            surface,
        )
        body = replace(body, part=open_body)
    else:
        lid_parts = screw_cap(
            cap_radius, lid_height, way.closure, base=height + 0.5, kind=lid_kind, fillet=1.6
        )
        if lid_kind != "domed":
            lid_parts = (replace(lid_parts[0], decals=(lid_mark(brief, cap_radius),)),)
    return Built(
        parts=(*lid_parts, labelled(brief, body, height=0.96)),
        noun=noun,
        material=material.name,
        volume_ml=body.volume_ml,
        neck_finish=f"{round(2 * rim)}/400",
    )


def _cream_surface(radius: float, level: float) -> Profile:
    """Cream as it is filled: a shallow swirl with a tip."""
    return joined(
        cornered([(0.0, level - 3.0, 0.0), (radius, level - 3.0, 0.0)]),
        curved(
            [
                (radius, level - 3.0),
                (radius * 0.99, level - 0.6),
                (radius * 0.86, level + 0.3),
                (radius * 0.62, level - 0.5),
                (radius * 0.38, level + 0.7),
                (radius * 0.18, level + 0.4),
                (0.0, level + 2.6),
            ]
        ),
    )


JARS: dict[str, Design] = {
    "low": _low_jar,
    "tall": _tall_jar,
    "pebble": _pebble_jar,
    "cone": _cone_jar,
    "open": _open_jar,
}
