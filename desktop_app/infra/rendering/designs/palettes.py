"""Designs of palettes: trays of several pans."""

from __future__ import annotations

import numpy as np

from desktop_app.infra.rendering.designs.artwork import Artwork
from desktop_app.infra.rendering.designs.bodies import slab
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.compacts import lid_print, open_lid
from desktop_app.infra.rendering.designs.finishing import case_material
from desktop_app.infra.rendering.designs.labels import (
    relief_decal,
)
from desktop_app.infra.rendering.engine.materials import (
    MIRROR,
    Material,
    powder,
    srgb,
)
from desktop_app.infra.rendering.engine.mesh import moved, revolved, rotation
from desktop_app.infra.rendering.engine.outlines import Outline, ellipse, rounded_rectangle
from desktop_app.infra.rendering.engine.profiles import cylinder
from desktop_app.infra.rendering.engine.scene import Decal, Part, Pose, Wrap

_PALETTE_SHADES = (
    ("f0d9c6", "e2b79b", "c98d74", "a8654e", "7d4636", "543028", "d9a58c", "b97f6a", "8f5647"),
    ("f3e3dc", "e7bfb8", "d3929a", "b4687d", "8a4461", "5b2c48", "e0a6a6", "c27b8d", "9d5874"),
    ("efe6d2", "d9c39a", "b99a63", "8f7040", "66512f", "453826", "cdb489", "a3854f", "7a6039"),
    ("fbe3d0", "f7b79a", "ee8568", "d95a4f", "a83c4a", "6d2a43", "f5cf6f", "7fb8b0", "4a7f93"),
)


def _quad(brief: Brief) -> Built:
    return _palette(brief, columns=2, rows=2, cell=(25.0, 21.0), noun="quad palette")


def _nine(brief: Brief) -> Built:
    return _palette(brief, columns=3, rows=3, cell=(23.0, 19.0), noun="nine-pan palette")


def _strip(brief: Brief) -> Built:
    return _palette(brief, columns=5, rows=1, cell=(20.0, 24.0), noun="five-pan palette")


def _round_pans(brief: Brief) -> Built:
    return _palette(
        brief, columns=3, rows=2, cell=(24.0, 24.0), noun="round-pan palette", round_pans=True
    )


def _duo(brief: Brief) -> Built:
    return _palette(brief, columns=2, rows=1, cell=(30.0, 30.0), noun="face duo palette")


def _closed_palette(brief: Brief) -> Built:
    """A palette with its lid shut, a printed top."""
    s = brief.scale
    case = case_material(brief)
    half_width = brief.sized(52.0, Measure.BODY_WIDTH)
    half_depth = brief.sized(36.0, Measure.BODY_DEPTH)
    height = 7.0 * brief.ratio(Measure.BODY_HEIGHT)
    corner = _corner(brief)
    outline = rounded_rectangle(half_width, half_depth, corner)
    base = Part("base", slab(outline, height, edge=1.4), case)
    inner = rounded_rectangle(half_width - 0.7 * s, half_depth - 0.7 * s, corner - 0.4 * s)
    seam = Part(
        "seam",
        slab(inner, 1.2, edge=0.1, base=height - 0.4),
        brief.colourway.trim,
    )
    lid = Part(
        "lid",
        slab(outline, 5.5 * brief.ratio(Measure.CLOSURE_HEIGHT), edge=1.4, base=height + 0.5),
        case,
        decals=(lid_print(brief, case, half_width - 6.0 * s),),
    )
    return Built((base, seam, lid), "slim palette, closed", case.name)


def _corner(brief: Brief) -> float:
    """The corner radius of a case."""
    return max(brief.sized(5.0, Measure.CORNER), 2.2)


def _palette(
    brief: Brief,
    *,
    columns: int,
    rows: int,
    cell: tuple[float, float],
    noun: str,
    round_pans: bool = False,
    mirror: bool = True,
) -> Built:
    """A tray of pans under a hinged lid with a mirror."""
    s = brief.scale
    way = brief.colourway
    case = case_material(brief)
    width = brief.sized(cell[0], Measure.BODY_WIDTH)
    depth = brief.sized(cell[1], Measure.BODY_DEPTH)
    gap = 3.2 * s
    half_width = (columns * (width + gap) + gap) / 2 + 3.0 * s
    half_depth = (rows * (depth + gap) + gap) / 2 + 3.0 * s
    base_height = 7.5 * brief.ratio(Measure.BODY_HEIGHT)
    lid_height = 5.0 * brief.ratio(Measure.CLOSURE_HEIGHT)
    outline = rounded_rectangle(half_width, half_depth, min(_corner(brief), half_depth * 0.9))
    parts = [Part("base", slab(outline, base_height, edge=1.4), case)]
    shades = _shade_row(brief)
    for row in range(rows):
        for column in range(columns):
            x = (column - (columns - 1) / 2) * (width + gap)
            z = (row - (rows - 1) / 2) * (depth + gap)
            index = row * columns + column
            pair = (
                (ellipse(width / 2, depth / 2), ellipse(width / 2 - 0.8, depth / 2 - 0.8))
                if round_pans
                else (
                    rounded_rectangle(width / 2, depth / 2, 2.0 * s),
                    rounded_rectangle(width / 2 - 0.8, depth / 2 - 0.8, 1.5 * s),
                )
            )
            pan = _pan_parts(*pair, shades[index % len(shades)], level=base_height, index=index)
            parts += (part.posed(Pose(shift=(x, 0.0, z))) for part in pan)
    lid = [Part("lid", slab(outline, lid_height, edge=1.4, base=base_height + 0.5), case)]
    if mirror:
        inner = rounded_rectangle(half_width - 4.0, half_depth - 4.0, 3.0 * s)
        lid.append(Part("mirror", slab(inner, 0.6, edge=0.02, base=base_height + 0.42), MIRROR))
    parts += open_lid(
        tuple(lid), hinge=(base_height + 0.25, -half_depth + 0.3), degrees=brief.vary(108.0, 116.0)
    )
    parts.append(
        Part(
            "hinge",
            moved(
                revolved(cylinder(1.5, half_width * 1.2, fillet=0.4)),
                rotation=rotation(about="z", degrees=90.0),
                by=(half_width * 0.6, base_height, -half_depth + 0.2),
            ),
            way.trim,
        )
    )
    return Built(tuple(parts), noun, case.name)


def _shade_row(brief: Brief) -> tuple[str, ...]:
    row = _PALETTE_SHADES[int(brief.rng.integers(len(_PALETTE_SHADES)))]
    turn = int(brief.rng.integers(3))
    return row[turn:] + row[:turn]


def _pan_parts(
    outline: Outline, inner: Outline, code: str, *, level: float, index: int
) -> tuple[Part, ...]:
    """A metal pan with pressed powder, sunk into a tray whose top is at ``level``."""
    rim = Part(
        "rim",
        slab(outline, 0.6, edge=0.25, base=level - 0.1),
        Material("Tinplate", srgb("c9c9c6"), roughness=0.5, metallic=True),
    )
    half_width, half_depth = (float(half) for half in inner.points.max(axis=0))
    fill = Part(
        "powder",
        slab(inner, 0.75, edge=0.4, base=level - 0.1),
        powder(code, shimmer=index % 3 == 1),
        decals=(_pressed(index, half_width, half_depth),),
    )
    return rim, fill


def _pressed(index: int, half_width: float, half_depth: float) -> Decal:
    """Lines pressed into a pan: diagonal, plain frame, or rays."""
    art = Artwork(
        2 * half_width, 2 * half_depth, pixels_per_mm=320 / (2 * max(half_width, half_depth))
    )
    ink = (1.0, 1.0, 1.0)
    match index % 3:
        case 0:
            starts = np.arange(-half_width - half_depth, half_width + half_depth, 3.2)
            tilt = half_depth
            lines = [
                [
                    (k - tilt, -tilt),
                    (k - tilt + 0.9, -tilt),
                    (k + tilt + 0.9, tilt),
                    (k + tilt, tilt),
                ]
                for k in map(float, starts)
            ]
            art.polygons(ink, lines)
        case 1:
            art.frame(ink, margin=2.0, thickness=0.7)
        case _:
            art.sunburst(ink, x=0, y=0, radius=min(half_width, half_depth) * 0.8)
    return relief_decal(art, Wrap.TOP, depth=0.35)


PALETTES: dict[str, Design] = {
    "quad": _quad,
    "nine": _nine,
    "strip": _strip,
    "round-pan": _round_pans,
    "duo": _duo,
    "closed": _closed_palette,
}
