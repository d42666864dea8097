"""Outlines from DXF: lines, arcs, circles, ellipses, polylines with bulges and splines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from desktop_app.domain.errors import UserFacingError
from desktop_app.infra.drawings.rings import MOST_POINTS, Points
from desktop_app.infra.drawings.safe_xml import Unsafe

DRAWN = frozenset({"LINE", "ARC", "CIRCLE", "ELLIPSE", "LWPOLYLINE", "POLYLINE", "SPLINE"})
MOST_ENTITIES = 20_000
MOST_COPIES = 500
_FLATNESS = 1 / 4000
"""How far a chord may lie from its curve, as a share of the curve's extent."""
_CENTRE_LINES = ("CENTER", "DASHDOT", "CENTRE", "MITTE")


def read_dxf(path: Path) -> tuple[list[Points], float]:
    """The lines of the model space, y down, and millimetres per unit (0 where the drawing does
    not say). Layers that are off or frozen, and centre lines, are left out. Raises
    UserFacingError where it is no readable DXF, or far too large."""
    # Takes a third of a second to load.
    from ezdxf import recover  # noqa: PLC0415
    from ezdxf.disassemble import recursive_decompose  # noqa: PLC0415
    from ezdxf.lldxf.const import DXFError  # noqa: PLC0415

    try:
        drawing, _ = recover.readfile(path)
        hidden = {
            layer.dxf.name.casefold()
            for layer in drawing.layers
            if layer.is_off() or layer.is_frozen()
        }
        for block in (drawing.modelspace(), *drawing.blocks):
            if any(insert.mcount > MOST_COPIES for insert in block.query("INSERT")):
                raise _too_large()
        entities = recursive_decompose(drawing.modelspace())
        lines: list[Points] = []
        points = 0
        for number, entity in enumerate(entities):
            if number >= MOST_ENTITIES or points > MOST_POINTS:
                raise _too_large()
            if entity.dxftype() not in DRAWN or entity.dxf.layer.casefold() in hidden:
                continue
            if entity.dxf.invisible or _is_centre_line(entity, drawing):
                continue
            for line in _flattened(entity):
                lines.append(line * (1, -1))
                points += len(line)
        return lines, _mm_per_unit(drawing.units)
    except (
        DXFError,
        OSError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise UserFacingError(
            "This file is no readable DXF.",
            remedy="Save it as ASCII DXF again, with only the outline in it.",
            details=repr(error),
        ) from error


def _flattened(entity: object) -> Iterator[Points]:
    from ezdxf.path import make_path  # noqa: PLC0415

    path = make_path(entity)
    if not len(path):
        return
    corners = np.array([(v.x, v.y) for v in path.control_vertices()], np.float64)
    if not np.isfinite(corners).all():
        return
    extent = float(np.ptp(corners, axis=0).max())
    if extent <= 0:
        return
    vertices = itertools.islice(path.flattening(extent * _FLATNESS, segments=8), MOST_POINTS)
    yield np.array([(v.x, v.y) for v in vertices], np.float64)


def _is_centre_line(entity: object, drawing: object) -> bool:
    kind = str(entity.dxf.linetype)  # type: ignore[attr-defined]
    if kind.upper() == "BYLAYER":
        name = entity.dxf.layer  # type: ignore[attr-defined]
        layers = drawing.layers  # type: ignore[attr-defined]
        kind = str(layers.get(name).dxf.linetype) if layers.has_entry(name) else ""
    return kind.upper().startswith(_CENTRE_LINES)


def _too_large() -> Unsafe:
    return Unsafe(
        "This drawing has far more parts than an outline needs.",
        remedy="Keep only the outline of the container in it.",
    )


def _mm_per_unit(units: int) -> float:
    from ezdxf.enums import InsertUnits  # noqa: PLC0415
    from ezdxf.units import conversion_factor  # noqa: PLC0415

    try:
        factor = float(conversion_factor(InsertUnits(units), InsertUnits.Millimeters))
    except (TypeError, ValueError, LookupError):
        return 0.0
    return factor if math.isfinite(factor) and factor > 0 else 0.0
