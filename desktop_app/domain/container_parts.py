"""The parts of a container, read off how wide it is from its top down to its base."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.outlines import boxed_outline, extents_at
from desktop_app.domain.shapes import ContainerParts, Part

Widths = NDArray[np.float64]

LEVELS = 200
"""Heights at which the width is read."""
_WINDOW = 3
"""Levels over which a step in width is seen."""
_LEAST_STEP = 0.05
"""Of the body's width: less is a bulge, or the mask's doubt."""
_LEAST_WAIST = 0.05
_LEAST_PART = 0.02
_LEAST_CLOSURE, _LOWEST_CLOSURE = 0.05, 0.85
"""No closure ends higher up, where the slanted top of a carton seen from the side would pass for
one, or reaches further down."""
_FULL, _NARROW = 0.94, 0.9
"""Shares of the body's width from which on the body, and up to which a top, is one."""
_EVEN = 0.06
"""Of its own width a neck may vary."""


def parts_of(shape: ShapeFeatures) -> ContainerParts | None:
    """The parts of an upright container; None where there is no outline.

    The closure ends at a waist, or where the width steps, or where a narrow top of even width
    starts to widen, whichever comes first in this order. Between it and the body, which is as
    wide as the widest of the lower half, lie the neck while it is even and the shoulder while
    it widens. What a silhouette does not show, such as a cap flush with its bottle, is not
    found.
    """
    outline = boxed_outline(shape)
    if outline is None:
        return None
    levels = -1 + (np.arange(LEVELS) + 0.5) / LEVELS
    left, right = extents_at(outline, levels)
    widths = np.nan_to_num(right - left)
    body = float(widths[LEVELS // 2 :].max())
    if body <= 0:
        return None
    spans: dict[Part, tuple[float, float]] = {}
    end = _closure_end(widths, body)
    neck_end = _neck_end(widths, end, body) if end else 0
    full = _first(widths[neck_end:] >= _FULL * body) + neck_end
    if end:
        spans[Part.CLOSURE] = (0.0, end / LEVELS)
        if (neck_end - end) / LEVELS >= _LEAST_PART / 2:
            spans[Part.NECK] = (end / LEVELS, neck_end / LEVELS)
    if (full - neck_end) / LEVELS >= _LEAST_PART / 2 and full < LEVELS:
        spans[Part.SHOULDER] = (neck_end / LEVELS, full / LEVELS)
    else:
        full = neck_end
    spans[Part.BODY] = (full / LEVELS, 1.0)
    closure = float(np.median(widths[:end])) if end else 0.0
    return ContainerParts(
        spans=spans,
        height_to_width=float(shape.aspect),
        closure_height=end / LEVELS,
        closure_to_body=closure / body,
    )


def _closure_end(widths: Widths, body: float) -> int:
    """The level below the closure; 0 without one."""
    first, last = round(_LEAST_CLOSURE * LEVELS), round(_LOWEST_CLOSURE * LEVELS)
    above = np.maximum.accumulate(widths)
    below = np.maximum.accumulate(widths[::-1])[::-1]
    waist = np.minimum(above, below) - widths
    waist[:first] = waist[last:] = 0
    if waist.max() >= _LEAST_WAIST * body:
        deepest = int(waist.argmax())
        # The closure ends where the way into the waist is half done.
        half = above[deepest] - waist[deepest] / 2
        return deepest - _first(widths[deepest::-1] >= half) + 1
    steps = np.zeros(LEVELS)
    steps[_WINDOW:] = np.abs(widths[_WINDOW:] - widths[:-_WINDOW])
    steps[: first + _WINDOW] = steps[last:] = 0
    if steps.max() >= _LEAST_STEP * body and _is_abrupt(steps):
        return int(steps.argmax()) - _WINDOW // 2
    top = float(np.median(widths[first : 2 * first]))
    if top > _NARROW * body:
        return 0
    widening = _first(widths[first:] > top * (1 + _EVEN)) + first
    return widening if 2 * first <= widening < last else 0


def _is_abrupt(steps: Widths) -> bool:
    """Whether the greatest step stands out from what lies on either side of it: a slope is
    none."""
    at = int(steps.argmax())
    around = np.concatenate(
        [steps[max(0, at - 4 * _WINDOW) : max(0, at - _WINDOW)], steps[at + _WINDOW + 1 :][:9]]
    )
    return bool(steps[at] >= 2.5 * np.median(around)) if around.size else False


def _neck_end(widths: Widths, closure_end: int, body: float) -> int:
    """The level down to which the width below the closure stays even; that of the closure's
    end where it is no narrower than the body there."""
    below = widths[closure_end + 1 :]
    narrowest = float(below[: 2 * _WINDOW].min()) if below.size else body
    if narrowest > _NARROW * body:
        return closure_end
    return closure_end + 1 + _first(below > narrowest * (1 + _EVEN))


def _first(claims: NDArray[np.bool_]) -> int:
    """The place of the first that holds; how many there are where none does."""
    return int(claims.argmax()) if claims.any() else len(claims)
