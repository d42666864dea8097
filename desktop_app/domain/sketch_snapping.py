"""Where a dragged node wants to be: in line with others, on the axis, or on a grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

from desktop_app.domain.sketching import Sketch


@dataclass(frozen=True, slots=True)
class Snapped:
    """A place, and the line it was drawn to each way: a guide through x, through y, or None."""

    x: float
    y: float
    guide_x: float | None = None
    guide_y: float | None = None


def snapped(
    sketch: Sketch, index: int, x: float, y: float, *, reach: float, step: float
) -> Snapped:
    """Where node ``index`` goes that is dragged to (x, y): to the axis or level with another
    node where that is within ``reach``, else onto the grid of ``step`` (0: none)."""
    others = [node for place, node in enumerate(sketch.nodes) if place != index]
    columns = [0.0, *(node.x for node in others)]
    rows = [node.y for node in others]
    guide_x, guide_y = _nearest(columns, x, reach), _nearest(rows, y, reach)
    return Snapped(
        _on_grid(x, step) if guide_x is None else guide_x,
        _on_grid(y, step) if guide_y is None else guide_y,
        guide_x,
        guide_y,
    )


def grid_step(units_per_pixel: float, mm_per_unit: float) -> float:
    """A step of the grid of at least eight pixels: 1, 2 or 5 of a power of ten, in millimetres
    where their scale is known, else in units; given in units."""
    scale = mm_per_unit or 1.0
    least = 8 * units_per_pixel * scale
    if least <= 0 or not math.isfinite(least):
        return 0.0
    power = 10.0 ** math.floor(math.log10(least))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
    return step / scale


def _nearest(lines: list[float], at: float, reach: float) -> float | None:
    best = min(lines, key=lambda line: abs(line - at), default=None)
    return best if best is not None and abs(best - at) <= reach else None


def _on_grid(at: float, step: float) -> float:
    return round(at / step) * step if step > 0 else at
