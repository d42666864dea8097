"""Designs of compacts: hinged cases for one powder."""

from __future__ import annotations

from collections.abc import Callable

from desktop_app.infra.rendering.designs.bodies import slab
from desktop_app.infra.rendering.designs.brief import Brief, Built, Design, Measure
from desktop_app.infra.rendering.designs.finishing import case_material, readable
from desktop_app.infra.rendering.designs.labels import (
    Field,
    embossed_mark,
    mark,
)
from desktop_app.infra.rendering.engine.materials import (
    MIRROR,
    Material,
    powder,
)
from desktop_app.infra.rendering.engine.mesh import moved, revolved, rotation
from desktop_app.infra.rendering.engine.outlines import Outline, ellipse, rounded_rectangle
from desktop_app.infra.rendering.engine.profiles import cylinder
from desktop_app.infra.rendering.engine.scene import Decal, Part, Pose, Wrap


def _round_compact(brief: Brief) -> Built:
    half_width, half_depth, _, power = _plan(brief, 37.0, 37.0, power=2.0)
    return _compact(
        brief,
        lambda inset: ellipse(half_width - inset, half_depth - inset, power=power),
        half_depth=half_depth,
        noun="round compact",
        opened=True,
    )


def _closed_round_compact(brief: Brief) -> Built:
    half_width, half_depth, _, power = _plan(brief, 36.0, 36.0, power=2.0)
    return _compact(
        brief,
        lambda inset: ellipse(half_width - inset, half_depth - inset, power=power),
        half_depth=half_depth,
        noun="slim compact, closed",
        opened=False,
        base_height=6.0,
        lid_height=5.0,
    )


def _square_compact(brief: Brief) -> Built:
    half_width, half_depth, corner, _ = _plan(brief, 33.0, 33.0, corner=9.0)
    return _compact(
        brief,
        lambda inset: rounded_rectangle(
            half_width - inset, half_depth - inset, corner - inset * 0.6
        ),
        half_depth=half_depth,
        noun="square compact",
        opened=True,
    )


def _oval_compact(brief: Brief) -> Built:
    half_width, half_depth, _, power = _plan(brief, 44.0, 30.0, power=2.3)
    return _compact(
        brief,
        lambda inset: ellipse(half_width - inset, half_depth - inset, power=power),
        half_depth=half_depth,
        noun="oval compact",
        opened=True,
    )


def _soft_square_closed(brief: Brief) -> Built:
    half_width, half_depth, _, power = _plan(brief, 34.0, 34.0, power=4.0)
    return _compact(
        brief,
        lambda inset: ellipse(half_width - inset, half_depth - inset, power=power),
        half_depth=half_depth,
        noun="cushion compact, closed",
        opened=False,
        base_height=14.0,
        lid_height=9.0,
    )


def _plan(
    brief: Brief, half_width: float, half_depth: float, *, corner: float = 0.0, power: float = 2.0
) -> tuple[float, float, float, float]:
    """Half width, half depth, corner radius and power of a plan in the brief's proportions."""
    wide = brief.sized(half_width, Measure.BODY_WIDTH)
    deep = brief.sized(half_depth, Measure.BODY_DEPTH)
    ratio = brief.ratio(Measure.CORNER)
    return (
        wide,
        deep,
        min(max(corner * brief.scale * ratio, 4.0), 0.96 * min(wide, deep)),
        max(2.0, power * ratio),
    )


def _compact(
    brief: Brief,
    outline_at: Callable[[float], Outline],
    *,
    half_depth: float,
    noun: str,
    opened: bool,
    base_height: float = 8.0,
    lid_height: float = 6.0,
) -> Built:
    """A case with hinged lid; open it shows a mirror and a pressed pan.

    ``outline_at(inset)`` gives the plan that far inside the edge.
    """
    way = brief.colourway
    case = case_material(brief)
    base_height *= brief.ratio(Measure.BODY_HEIGHT)
    lid_height *= brief.ratio(Measure.CLOSURE_HEIGHT)
    outline = outline_at(0.0)
    base = Part("base", slab(outline, base_height, edge=2.0), case)
    lid_mesh = slab(outline, lid_height, edge=2.0, base=base_height + 0.5)
    width = float(outline.points[:, 0].max())
    hinge_bar = Part(
        "hinge",
        moved(
            revolved(cylinder(1.7, width * 0.5, fillet=0.5)),
            rotation=rotation(about="z", degrees=90.0),
            by=(width * 0.25, base_height + 0.2, -half_depth + 0.3),
        ),
        way.trim,
    )
    latch = Part(
        "latch",
        moved(
            slab(rounded_rectangle(5.0, 1.2, 0.9), 3.4, edge=0.5),
            by=(0.0, base_height - 2.6, half_depth - 0.2),
        ),
        way.trim,
    )
    if not opened:
        lid = Part("lid", lid_mesh, case, decals=(lid_print(brief, case, width),))
        line = Part(
            "line",
            slab(outline_at(0.7), 1.6, edge=0.1, base=base_height - 0.5),
            way.trim,
        )
        return Built((base, lid, line, latch, hinge_bar), noun, case.name)
    lid = Part("lid", lid_mesh, case)
    mirror = Part(
        "mirror",
        slab(outline_at(4.0), 0.6, edge=0.02, base=base_height + 0.42),
        MIRROR,
    )
    shade = powder(way.shade, shimmer=brief.vary(0, 1) > 0.6)
    rim = Part("rim", slab(outline_at(3.4), 0.5, edge=0.2, base=base_height - 0.1), way.trim)
    pan = Part(
        "pan",
        slab(outline_at(4.6), 0.7, edge=0.4, base=base_height - 0.1),
        shade,
        decals=(embossed_mark(brief.style, diameter=half_depth * 1.72, colour=shade.colour),),
    )
    lid_parts = open_lid(
        (lid, mirror),
        hinge=(base_height + 0.25, -half_depth + 0.3),
        degrees=brief.vary(104.0, 112.0),
    )
    return Built((base, rim, pan, *lid_parts, latch, hinge_bar), noun, case.name)


def open_lid(
    parts: tuple[Part, ...], *, hinge: tuple[float, float], degrees: float
) -> tuple[Part, ...]:
    """Lid parts modelled closed, turned up about the hinge at (height, depth)."""
    height, depth = hinge
    pose = Pose(shift=(0.0, -height, -depth)).then(
        Pose(rotation(about="x", degrees=-degrees), (0.0, height, depth))
    )
    return tuple(part.posed(pose) for part in parts)


def lid_print(brief: Brief, case: Material, width: float) -> Decal:
    """The word mark on a case of this material, about ``1.2 * width`` long, readable on it."""
    way = brief.colourway
    field = Field(width=width * 1.2, height=width * 0.36, y=0.0, wrap=Wrap.TOP)
    ink = None if way.foil else readable(way.ink, case.colour)
    return mark(brief.style, way, field, ink=ink)


COMPACTS: dict[str, Design] = {
    "round": _round_compact,
    "closed": _closed_round_compact,
    "square": _square_compact,
    "oval": _oval_compact,
    "cushion": _soft_square_closed,
}
