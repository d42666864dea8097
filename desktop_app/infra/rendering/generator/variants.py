"""Near-variants: containers that differ from another in one measure only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

import numpy as np

from desktop_app.domain.shapes import OutlinePoints
from desktop_app.infra.rendering.designs.brief import Measure
from desktop_app.infra.rendering.generator.recipes import (
    ContainerRecipe,
    measures,
    outline_of,
    with_measure,
)
from desktop_app.infra.vision.opencv import cv2


class VariantKind(StrEnum):
    """What a near-variant changes: its neck is 5 % wider, its shoulder rounder or sharper, its
    closure 12 % higher. Where a design has no such part, the nearest measure that shows."""

    NECK = "neck"
    SHOULDER = "shoulder"
    CAP = "cap"


_CHANGES: Mapping[VariantKind, Mapping[Measure, tuple[float, ...]]] = {
    VariantKind.NECK: {
        Measure.NECK_WIDTH: (1.05,),
        Measure.CLOSURE_WIDTH: (1.05,),
        Measure.BODY_DEPTH: (1.05,),
        Measure.BODY_WIDTH: (1.05,),
    },
    VariantKind.SHOULDER: {
        Measure.SHOULDER_ROUND: (1.6, 0.6, 0.4),
        Measure.SHOULDER_RISE: (1.35, 0.7),
        Measure.CORNER: (1.4, 0.7),
        Measure.BASE_ROUND: (1.6, 0.6),
        Measure.BODY_WIDTH: (1.05,),
        Measure.CLOSURE_WIDTH: (1.05,),
    },
    VariantKind.CAP: {
        Measure.CLOSURE_HEIGHT: (1.12,),
        Measure.REACH: (1.12,),
        Measure.BODY_HEIGHT: (1.06,),
    },
}
"""For each kind its measures, the nearest first, and factors of which the one that shows most
is taken."""
LEAST_SHOWN = 0.0025
"""A change that makes less of a difference than this does not show in a picture."""


def near_variant(recipe: ContainerRecipe, kind: VariantKind) -> ContainerRecipe:
    """The recipe with one measure changed so that it shows in the outline, and nothing else.

    ``changed_measure`` tells which it was. Where no change shows, the one that nearly does.
    """
    outline = outline_of(recipe)
    asked = measures(recipe.container_class, recipe.design)
    best, most = recipe, 0.0
    for measure, factors in _CHANGES[kind].items():
        for factor in factors if measure in asked else ():
            changed = _changed(recipe, measure, factor)
            difference = outline_difference(outline, outline_of(changed))
            if difference > most:
                best, most = changed, difference
        if most >= LEAST_SHOWN:
            return best
    return best


def changed_measure(recipe: ContainerRecipe, variant: ContainerRecipe) -> Measure | None:
    """The measure in which two recipes differ; None where it is none or several."""
    differing = [
        measure
        for measure in Measure
        if getattr(recipe.proportions, measure.value) != getattr(variant.proportions, measure.value)
    ]
    return differing[0] if len(differing) == 1 else None


def outline_difference(first: OutlinePoints, second: OutlinePoints) -> float:
    """The area in which two outlines differ over the area that either fills, both scaled to
    equal height (width where they are broad) and standing on one base: 0 for equal shapes."""
    side = 400
    masks = []
    for points in (first, second):
        width, height = (float(extent) for extent in np.ptp(points, axis=0))
        placed = points / max(height, width / 1.9) * (side - 8.0) + np.array([side, side - 4.0])
        canvas = np.zeros((side, 2 * side), np.uint8)
        fixed = np.round(placed * 16).astype(np.int32)
        cv2.fillPoly(canvas, [fixed[:, None]], 255, cv2.LINE_8, 4)
        masks.append(canvas > 127)
    either = int((masks[0] | masks[1]).sum())
    return float((masks[0] ^ masks[1]).sum()) / max(either, 1)


def _changed(recipe: ContainerRecipe, measure: Measure, factor: float) -> ContainerRecipe:
    before = float(getattr(recipe.proportions, measure.value))
    return replace(recipe, proportions=with_measure(recipe.proportions, measure, before * factor))
