"""Designs of puffs and sponges."""

from __future__ import annotations

import zlib

import numpy as np

from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.labels import Field, mark
from desktop_app.infra.rendering.engine.arrays import FloatArray, normalised
from desktop_app.infra.rendering.engine.materials import (
    Material,
    cloth,
    sponge,
)
from desktop_app.infra.rendering.engine.mesh import (
    Mesh,
    moved,
    prism,
    revolved,
    rotation,
    swept,
)
from desktop_app.infra.rendering.engine.noise import layered_noise
from desktop_app.infra.rendering.engine.outlines import polygon, rounded_rectangle
from desktop_app.infra.rendering.engine.profiles import Profile, cornered, curved, joined
from desktop_app.infra.rendering.engine.scene import Decal, Part, Pose, Wrap

_SOFT_COLOURS = ("f1d9cf", "f6ece0", "e8b9b4", "d9c7e2", "cfe0da", "e9d3a9", "b98d7c", "f2b7a3")


def _round_puff(brief: Brief) -> Built:
    """A velour puff with a ribbon to hold it by."""
    s = brief.scale
    radius = brief.sized(34.0, Measure.BODY_WIDTH)
    height = brief.sized(brief.vary(11.0, 15.0), Measure.BODY_HEIGHT)
    pad = Part(
        "pad",
        _uneven(_deepened(brief, revolved(_pillow(radius, height))), amount=0.5, size=14.0),
        cloth(_soft_colour(brief)),
    )
    band = _ribbon_parts(
        brief,
        radius * 0.97,
        height * 0.62 * brief.ratio(Measure.REACH),
        level=height * 0.46,
        width=15.0 * s,
        turn=brief.vary(-16.0, 16.0),
    )
    return Built((pad, band), "velour puff", "Cotton velour")


def _air_cushion(brief: Brief) -> Built:
    """A thin cushion puff, its two faces of different cloth."""
    s = brief.scale
    radius = brief.sized(27.0, Measure.BODY_WIDTH)
    height = brief.sized(8.0, Measure.BODY_HEIGHT)
    face = Part(
        "face",
        _deepened(brief, revolved(_pillow(radius, height * 0.55))),
        cloth("f4ede4", name="Microfibre"),
    )
    upper = _deepened(brief, revolved(_pillow(radius * 0.995, height * 0.55)))
    back = Part(
        "back",
        moved(upper, by=(0.0, height * 0.5, 0.0)),
        Material("Coated cloth", cloth(_soft_colour(brief)).colour, roughness=0.5, sheen=0.12),
    )
    rise = height * 0.55 * brief.ratio(Measure.REACH)
    band = _ribbon_parts(brief, radius * 0.98, rise, level=height * 0.62, width=13.0 * s)
    return Built((face, back, band), "cushion puff", "Microfibre")


def _drop_sponge(brief: Brief) -> Built:
    """A drop-shaped sponge standing on its broad end."""
    radius = brief.sized(20.0, Measure.BODY_WIDTH)
    height = brief.sized(brief.vary(54.0, 62.0), Measure.BODY_HEIGHT)
    tip = brief.ratio(Measure.NECK_WIDTH)
    upper = brief.ratio(Measure.SHOULDER_ROUND)
    shape = curved(
        [
            (0.0, 0.0),
            (radius * 0.55, height * 0.025),
            (radius * 0.93, height * 0.15),
            (radius, height * 0.32),
            (radius * min(0.80 * upper, 1.0), height * 0.55),
            (radius * min(0.46 * upper, 0.9), height * 0.75),
            (radius * 0.26 * tip, height * 0.90),
            (radius * 0.12 * tip, height * 0.985),
            (0.0, height),
        ]
    )
    return Built(
        (Part("sponge", revolved(shape), sponge(_soft_colour(brief))),),
        "drop sponge",
        "Latex-free foam",
    )


def _cut_sponge(brief: Brief) -> Built:
    """A waisted sponge with a flat, slanting face."""
    radius = brief.sized(20.0, Measure.BODY_WIDTH)
    height = brief.sized(56.0, Measure.BODY_HEIGHT)
    waist = brief.vary(0.56, 0.66) - brief.ratio(Measure.WAIST)
    upper = brief.ratio(Measure.NECK_WIDTH)
    lift = 0.75 * brief.ratio(Measure.REACH)
    shape = joined(
        cornered([(0.0, 0.0, 0.0), (radius * 0.62, 0.0, 0.0)]),
        curved(
            [
                (radius * 0.62, 0.0),
                (radius * 0.95, height * 0.09),
                (radius, height * 0.24),
                (radius * waist, height * 0.55),
                (radius * 0.76 * upper, height * 0.80),
                (radius * 0.70 * upper, height * 0.93),
                (radius * 0.45 * upper, height),
                (0.0, height * 1.01),
            ]
        ),
    )
    mesh = revolved(shape)
    points: FloatArray = mesh.vertices.copy()
    lean = np.clip((points[:, 1] - height * 0.5) / (height * 0.5), 0.0, 1.0)
    points[:, 1] -= points[:, 0] * lift * lean**2
    return Built(
        (Part("sponge", Mesh(points, mesh.normals, mesh.faces), sponge(_soft_colour(brief))),),
        "waisted sponge",
        "Latex-free foam",
    )


def _triangle_puff(brief: Brief) -> Built:
    """A three-cornered powder puff with a finger strap."""
    s = brief.scale
    radius = brief.sized(40.0, Measure.BODY_WIDTH)
    height = brief.sized(11.0, Measure.BODY_HEIGHT)
    corner = min(max(brief.sized(9.0, Measure.CORNER), 6.0 * s), radius * 0.42)
    outline = polygon(3, radius, corner)
    body = _deepened(brief, prism(outline, _soft_edge(height, min(5.0 * s, height * 0.48))))
    pad = Part("pad", _uneven(body, amount=0.35, size=12.0), cloth(_soft_colour(brief)))
    span = radius * 0.46
    band = _ribbon_parts(brief, span, 2.4, level=height - 0.6, width=12.0 * s)
    return Built((pad, band), "triangle puff", "Cotton velour")


def _block_sponge(brief: Brief) -> Built:
    """A stack of two rectangular sponges."""
    s = brief.scale
    half_width = brief.sized(30.0, Measure.BODY_WIDTH)
    half_depth = brief.sized(21.0, Measure.BODY_DEPTH)
    corner = min(max(brief.sized(5.0, Measure.CORNER), 3.1), half_depth * 0.9)
    outline = rounded_rectangle(half_width, half_depth, corner)
    lower = brief.sized(10.0, Measure.BODY_HEIGHT)
    upper = 10.0 * s * brief.ratio(Measure.CLOSURE_HEIGHT)
    first = Part("lower", prism(outline, _soft_edge(lower, 2.4)), sponge(_soft_colour(brief)))
    second = Part(
        "upper",
        prism(outline, _soft_edge(upper, 2.4)),
        sponge(_soft_colour(brief)),
        pose=Pose(rotation(about="y", degrees=brief.vary(12.0, 26.0)), (0.0, lower, 0.0)),
    )
    return Built((first, second), "sponge pair", "Latex-free foam")


def _fluffy_puff(brief: Brief) -> Built:
    """A deep-pile puff under a handle disc with a knob."""
    s = brief.scale
    way = brief.colourway
    radius = brief.sized(33.0, Measure.BODY_WIDTH)
    height = brief.sized(24.0, Measure.BODY_HEIGHT)
    plate = radius * 0.62 * min(brief.ratio(Measure.CLOSURE_WIDTH), 1.4)
    pile = curved(
        [
            (0.0, 0.0),
            (radius * 0.66, 0.6),
            (radius * 0.94, height * 0.24),
            (radius, height * 0.52),
            (radius * 0.86, height * 0.82),
            (radius * 0.60, height),
            (0.0, height),
        ]
    )
    mesh = _uneven(revolved(pile), amount=0.9, size=4.0)
    handle = way.closure
    disc = revolved(
        cornered(
            [
                (0.0, height - 1.0, 0.0),
                (plate, height - 1.0, 1.0),
                (plate * 0.935, height + 4.0, 2.0),
                (0.0, height + 4.0, 0.0),
            ]
        )
    )
    rise = brief.ratio(Measure.CLOSURE_HEIGHT)
    neck = 2.8 * s * brief.ratio(Measure.NECK_WIDTH)
    knob = revolved(
        joined(
            cornered([(0.0, height + 3.5, 0.0), (neck + 0.6 * s, height + 3.5, 0.0)]),
            curved(
                [
                    (neck + 0.6 * s, height + 3.5),
                    (neck, height + 7.0 * rise),
                    (neck + 3.6 * s, height + 12.0 * rise),
                    (neck + 2.6 * s, height + 17.0 * rise),
                    (0.0, height + 19.0 * rise),
                ]
            ),
        )
    )
    return Built(
        (
            Part("pile", mesh, cloth(_soft_colour(brief), name="Deep-pile microfibre")),
            Part("handle", disc, handle),
            Part("knob", knob, handle),
        ),
        "deep-pile puff",
        "Deep-pile microfibre",
    )


def _soft_colour(brief: Brief) -> str:
    """A colour of cloth or foam for the colourway."""
    return _SOFT_COLOURS[zlib.crc32(brief.colourway.name.encode()) % len(_SOFT_COLOURS)]


def _deepened(brief: Brief, mesh: Mesh) -> Mesh:
    """The mesh in the brief's depth for its width."""
    ratio = brief.ratio(Measure.BODY_DEPTH)
    if ratio == 1.0:
        return mesh
    factor = np.array([1.0, 1.0, ratio])
    return Mesh(mesh.vertices * factor, normalised(mesh.normals / factor), mesh.faces)


def _uneven(mesh: Mesh, *, amount: float, size: float) -> Mesh:
    """A soft body's surface: gently lumpy."""
    bump = layered_noise(mesh.vertices / size, octaves=2)
    return Mesh(mesh.vertices + mesh.normals * (bump * amount)[:, None], mesh.normals, mesh.faces)


def _ribbon(half_span: float, rise: float, *, level: float, width: float) -> Mesh:
    """A band lying over a puff from left to right."""
    t = np.linspace(-1.0, 1.0, 48)
    path = np.stack(
        [t * half_span, level + rise * (1.0 - np.abs(t) ** 2.6), np.zeros_like(t)], axis=1
    )
    return swept(path, np.full(len(t), 0.45), flat=width / 0.9, around=48)


def _ribbon_parts(
    brief: Brief, half_span: float, rise: float, *, level: float, width: float, turn: float = 0.0
) -> Part:
    way = brief.colourway
    satin_band = Material("Satin ribbon", way.body.colour, roughness=0.42, sheen=0.2)
    if way.body.is_transparent:
        satin_band = satin_band.tinted(way.accent)
    field = Field(width=half_span * 1.1, height=width * 0.62, y=0.0, wrap=Wrap.TOP)
    light = sum(satin_band.colour) / 3 > 0.35
    ink = (0.06, 0.05, 0.045) if light else (0.86, 0.78, 0.66)
    print_on: Decal = mark(brief.style, way, field, ink=None if way.foil else ink)
    return Part(
        "ribbon",
        _ribbon(half_span, rise, level=level, width=width),
        satin_band,
        decals=(print_on,),
        pose=Pose(rotation(about="y", degrees=turn)),
    )


def _pillow(radius: float, height: float) -> Profile:
    return joined(
        cornered([(0.0, 0.0, 0.0), (radius * 0.80, 0.0, 0.0)]),
        curved(
            [
                (radius * 0.80, 0.0),
                (radius * 0.95, height * 0.12),
                (radius, height * 0.46),
                (radius * 0.95, height * 0.80),
                (radius * 0.74, height * 0.96),
                (radius * 0.40, height),
                (0.0, height * 1.01),
            ]
        ),
    )


def _soft_edge(height: float, edge: float) -> Profile:
    return cornered(
        [
            (-edge - 0.6, 0.0, 0.0),
            (0.0, 0.0, edge),
            (0.0, height, edge),
            (-edge - 0.6, height, 0.0),
        ],
        step=6.0,
    )


PUFFS: dict[str, Design] = {
    "round": _round_puff,
    "cushion": _air_cushion,
    "drop": _drop_sponge,
    "cut": _cut_sponge,
    "triangle": _triangle_puff,
    "block": _block_sponge,
    "fluffy": _fluffy_puff,
}
