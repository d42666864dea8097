"""Two outlines in one frame, for drawing and measuring."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.container_parts import parts_of
from desktop_app.domain.evidence import Orientation, ShapeFeatures
from desktop_app.domain.outlines import boxed_outline
from desktop_app.domain.shapes import ContainerParts, LaidShapes, Part
from desktop_app.infra.vision.shape.aligning import inverse_points, laid_on
from desktop_app.infra.vision.shape.distance_field import DistanceField
from desktop_app.infra.vision.shape.frames import framed

_DRAWN_POINTS = 256


def laid_shapes(
    query: ShapeFeatures, orientation: Orientation, hit: ShapeFeatures
) -> LaidShapes | None:
    """The query, changed as ``orientation`` says, laid on the hit."""
    outline = boxed_outline(hit)
    of_query, of_hit = framed([query], orientation), framed([hit])
    if outline is None or not len(of_query) or not len(of_hit):
        return None
    laid = laid_on(DistanceField(of_query.points[0]), of_hit.points.astype(np.float32))
    drawn = framed([query], orientation, _DRAWN_POINTS).points[0]
    # Without the lift: what is drawn is how the outlines lie, not how they would from above.
    back = inverse_points(laid.matrices[0], drawn.astype(np.float32))
    points = of_hit.in_box(0, back.astype(np.float64))
    field = DistanceField(outline)
    deviation = field.sample(points[np.newaxis].astype(np.float32))[0][0]
    parts = parts_of(hit)
    return LaidShapes(
        query=points.astype(np.float32),
        hit=outline.astype(np.float32),
        deviation=deviation.astype(np.float32),
        overlap=field.overlap(field.filled(points)),
        by_part=_by_part(points, deviation, parts),
        query_parts=parts_of(query),
        hit_parts=parts,
    )


def _by_part(
    points: NDArray[np.float64], deviation: NDArray[np.float32], parts: ContainerParts | None
) -> Mapping[Part, float]:
    """The mean absolute deviation in each part of the hit."""
    found: dict[Part, float] = {}
    if parts is None:
        return found
    for part, (top, bottom) in parts.spans.items():
        level = np.clip(points[:, 1] + 1, 0, 1)
        within = (level >= top) & (level <= bottom)
        if within.any():
            found[part] = float(np.abs(deviation[within]).mean())
    return found
