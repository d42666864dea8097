"""Designs of jars for loose powder."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from desktop_app.infra.rendering.designs.artwork import Artwork
from desktop_app.infra.rendering.designs.bodies import hood, pot
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.carriers import closure_size
from desktop_app.infra.rendering.designs.finishing import dome, lid_mark, readable
from desktop_app.infra.rendering.designs.labels import (
    Field,
    mark,
)
from desktop_app.infra.rendering.engine.materials import (
    clear_plastic,
    glossy,
    powder,
)
from desktop_app.infra.rendering.engine.mesh import revolved, rotation
from desktop_app.infra.rendering.engine.profiles import cornered, cylinder
from desktop_app.infra.rendering.engine.scene import Decal, Part, Pose, Wrap


def _powder_closed(brief: Brief) -> Built:
    s = brief.scale
    return _powder_jar(
        brief,
        opened=False,
        radius=32.0 * s,
        height=25.0 * s,
        lid_height=16.0 * s,
        noun="loose powder jar",
    )


def _powder_open(brief: Brief) -> Built:
    s = brief.scale
    return _powder_jar(
        brief,
        opened=True,
        radius=31.0 * s,
        height=24.0 * s,
        lid_height=13.0 * s,
        noun="powder jar with sifter",
    )


def _powder_dome(brief: Brief) -> Built:
    s = brief.scale
    return _powder_jar(
        brief,
        opened=False,
        radius=30.0 * s,
        height=22.0 * s,
        lid_height=27.0 * s,
        noun="domed powder jar",
        lid_kind="dome",
    )


def _powder_tall(brief: Brief) -> Built:
    s = brief.scale
    return _powder_jar(
        brief,
        opened=False,
        radius=20.0 * s,
        height=34.0 * s,
        lid_height=20.0 * s,
        noun="pigment jar",
    )


def _powder_jar(
    brief: Brief,
    *,
    opened: bool,
    radius: float,
    height: float,
    lid_height: float,
    noun: str,
    lid_kind: str = "flat",
) -> Built:
    """A wide clear jar of loose powder; open it shows the sifter, its lid leaning beside."""
    way = brief.colourway
    body_material = clear_plastic()
    shade = powder(way.shade)
    radius *= brief.ratio(Measure.BODY_WIDTH)
    height *= brief.ratio(Measure.BODY_HEIGHT)
    cap_radius, lid_height = closure_size(brief, radius, lid_height)
    outer = cornered(
        [
            (0.0, 0.0, 0.0),
            (
                radius * (1.0 - brief.ratio(Measure.TAPER)),
                0.0,
                3.2 * brief.ratio(Measure.BASE_ROUND),
            ),
            (radius, height, 1.2 * brief.ratio(Measure.SHOULDER_ROUND)),
            (0.0, height, 0.0),
        ]
    )
    room = revolved(cylinder(radius - 3.2, height - 6.0, base=4.6, fillet=0.8, bottom_fillet=3.5))
    heap = revolved(
        cylinder(
            radius - 3.2,
            (height - 6.0) * brief.vary(0.66, 0.86),
            base=4.6,
            fillet=0.5,
            bottom_fillet=3.5,
        )
    )
    field = Field(
        width=radius * 1.05, height=height * 0.4, y=height * 0.46, wrap=Wrap.AROUND, radius=radius
    )
    jar = Part(
        "body",
        revolved(outer),
        body_material,
        hollow=room,
        contents=heap,
        contents_material=shade,
        decals=(
            mark(brief.style, replace(way, foil=False), field, ink=readable(way.ink, shade.colour)),
        ),
    )
    lid_profile = (
        dome(cap_radius, lid_height)
        if lid_kind == "dome"
        else hood(cap_radius, lid_height, wall=2.0, fillet=2.0)
    )
    lid = Part(
        "lid",
        revolved(lid_profile),
        way.closure,
        decals=(lid_mark(brief, cap_radius),) if lid_kind == "flat" else (),
    )
    if not opened:
        placed = replace(lid, pose=Pose(shift=(0.0, height + 0.4, 0.0)))
        return Built((placed, jar), noun, "PETG, clear", volume_ml=_cylinder_ml(radius, height))
    sifter = Part(
        "sifter",
        revolved(pot(radius * 0.94, 4.0, wall=2.2, floor=1.6, base_round=0.4)),
        glossy("f7f5f0"),
        pose=Pose(shift=(0.0, height, 0.0)),
        decals=(_holes(radius * 0.66),),
    )
    lean = Pose(rotation(about="x", degrees=72.0)).then(
        Pose(shift=(radius * 1.45, cap_radius * 0.96, -radius * 1.05 - lid_height))
    )
    return Built(
        (replace(lid, pose=lean, loose=True), sifter, jar),
        noun,
        "PETG, clear",
        volume_ml=_cylinder_ml(radius, height),
    )


def _cylinder_ml(radius: float, height: float) -> float:
    return float(np.pi * (radius - 3.0) ** 2 * (height - 6.0) / 1000.0)


def _holes(radius: float) -> Decal:
    """The holes of a sifter, in rings."""
    art = Artwork(2 * radius, 2 * radius, pixels_per_mm=260 / radius)
    holes = [(0.0, 0.0)]
    for ring, count in ((0.30, 6), (0.55, 12), (0.80, 18)):
        for k in range(count):
            angle = 2 * math.pi * k / count
            holes.append((radius * ring * math.cos(angle), radius * ring * math.sin(angle)))
    art.discs((0.10, 0.085, 0.08), holes, radius=1.1)
    return Decal(art.texture, Wrap.TOP, (0.0, 0.0), (2 * radius, 2 * radius))


POWDERS: dict[str, Design] = {
    "closed": _powder_closed,
    "sifter": _powder_open,
    "dome": _powder_dome,
    "pigment": _powder_tall,
}
