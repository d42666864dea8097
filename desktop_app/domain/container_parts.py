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
_LONGEST_EDGE = 0.06
"""The way from a closure into the waist below it; a longer one is the waist of a body."""
_SHARED = 0.2
"""How much of what one side does the other does at least."""
_FULL, _NARROW = 0.94, 0.9
"""Shares of the body's width from which on the body, and up to which a top, is one."""
_EVEN = 0.06
"""Of its own width a neck may vary."""


def parts_of(shape: ShapeFeatures) -> ContainerParts | None:
    """The parts of an upright container; None where there is no outline.

    The closure ends at a waist, or where the width steps, or where a narrow top of even width
    starts to widen, whichever comes first in this order and is seen on both sides: a nick in one
    side is the mask's. Between it and the body, which is as wide as the widest of the lower half,
    lie the neck while it is even and the shoulder while it widens. What a silhouette does not
    show, such as a cap flush with its bottle, is not found.
    """
    outline = boxed_outline(shape)
    if outline is None:
        return None
    levels = -1 + (np.arange(LEVELS) + 0.5) / LEVELS
    left, right = extents_at(outline, levels)
    left, right = np.nan_to_num(left), np.nan_to_num(right)
    widths = right - left
    body = float(widths[LEVELS // 2 :].max())
    if body <= 0:
        return None
    spans: dict[Part, tuple[float, float]] = {}
    end = _closure_end(left, right, body)
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


def _closure_end(left: Widths, right: Widths, body: float) -> int:
    """The level below the closure; 0 without one."""
    widths = right - left
    first, last = round(_LEAST_CLOSURE * LEVELS), round(_LOWEST_CLOSURE * LEVELS)
    end = _waist_end(left, right, body)
    if end:
        return end
    steps = _steps(widths)
    allowed = np.abs(steps)
    allowed[: first + _WINDOW] = allowed[last:] = 0
    at = int(allowed.argmax())
    if (
        allowed[at] >= _LEAST_STEP * body
        and _is_abrupt(steps, at)
        and _is_shared(*(_step_near(side, at) for side in (-left, right)))
    ):
        return at - _WINDOW // 2
    top = float(np.median(widths[first : 2 * first]))
    if top > _NARROW * body:
        return 0
    widening = _first(widths[first:] > top * (1 + _EVEN)) + first
    if not 2 * first <= widening < last:
        return 0
    grown = (
        float(side[first:].max() - np.median(side[first : 2 * first])) for side in (-left, right)
    )
    return widening if _is_shared(*grown) else 0


def _waist_end(left: Widths, right: Widths, body: float) -> int:
    """The level at which the deepest waist below a closure begins; 0 without one. The long way
    into the waist of a body is none, and what is above it may still have one."""
    widths = right - left
    first, lowest = round(_LEAST_CLOSURE * LEVELS), round(_LOWEST_CLOSURE * LEVELS)
    waist, of_left, of_right = _waist(widths), _waist(-left), _waist(right)
    waist[:first] = 0
    while lowest > first:
        deepest = int(waist[:lowest].argmax())
        depth = float(waist[deepest])
        if depth < _LEAST_WAIST * body:
            return 0
        widest = int(widths[: deepest + 1].argmax())
        begun, half, done = (
            deepest - _first(widths[deepest::-1] >= widths[widest] - share * depth) + 1
            for share in (0.15, 0.5, 0.85)
        )
        is_edge = (done - begun) / LEVELS <= _LONGEST_EDGE
        if is_edge and _is_shared(of_left[deepest], of_right[deepest]):
            # The closure ends where the way into the waist is half done.
            return half
        lowest = widest
    return 0


def _waist(extents: Widths) -> Widths:
    """How far each is below the greatest above it and the greatest below it."""
    above = np.maximum.accumulate(extents)
    below = np.maximum.accumulate(extents[::-1])[::-1]
    return np.asarray(np.minimum(above, below) - extents)


def _steps(extents: Widths) -> Widths:
    """What each is greater than that _WINDOW levels above it."""
    steps = np.zeros(LEVELS)
    steps[_WINDOW:] = extents[_WINDOW:] - extents[:-_WINDOW]
    return steps


def _step_near(side: Widths, at: int) -> float:
    """The step in one side about there: the two do not lie level in a tilted picture."""
    near = _steps(side)[max(0, at - 2 * _WINDOW) : at + 2 * _WINDOW + 1]
    return float(near[np.abs(near).argmax()])


def _is_shared(left: float, right: float) -> bool:
    """Whether both sides do it, and to the same effect."""
    smaller, greater = sorted((left, right), key=abs)
    return smaller * greater > 0 and abs(smaller) >= _SHARED * abs(greater)


def _is_abrupt(steps: Widths, at: int) -> bool:
    """Whether the step there stands out from what lies on either side of it: a slope is none."""
    above = steps[max(0, at - 4 * _WINDOW) : max(0, at - _WINDOW)]
    below = steps[at + _WINDOW + 1 : at + 4 * _WINDOW + 1]
    return all(
        abs(steps[at]) >= 2.5 * float(np.median(np.abs(side)))
        for side in (above, below)
        if side.size
    )


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
