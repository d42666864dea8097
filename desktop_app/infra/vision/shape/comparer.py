"""The ShapeComparer port: silhouettes made, laid on each other and told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import UPRIGHT, Orientation, ShapeFeatures
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.shape_ports import ShapeAgreement
from desktop_app.domain.shapes import DrawnOutline, LaidShapes
from desktop_app.infra.vision.shape.aligning import Alignment, laid_on
from desktop_app.infra.vision.shape.distance_field import DistanceField
from desktop_app.infra.vision.shape.frames import FramedOutline, framed
from desktop_app.infra.vision.shape.laying import laid_shapes
from desktop_app.infra.vision.shape.making import features_of_mask, features_of_outline
from desktop_app.infra.vision.shape.orientations import orientations
from desktop_app.infra.vision.shape.vectors import vector_of_frame

_PREFERRED = 0.01
"""By so much another orientation must be nearer than the one before it."""
_FALL, _STRAIN = 18.0, 0.002


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    """The query in one orientation."""

    orientation: Orientation
    frame: FramedOutline
    vector: NDArray[np.float32]


class OutlineComparer:
    """Implements ShapeComparer; safe from any thread.

    The score is exp(-18 (e + 0.002 s)): e the mean distance between the outlines where they
    were laid, in roots of the area, measured from both sides; s what laying took that a camera
    would hardly have done, see :class:`~desktop_app.infra.vision.shape.aligning.Alignment`.
    """

    def of_mask(self, mask: ObjectMask) -> ShapeFeatures | None:
        return features_of_mask(mask)

    def of_outline(self, outline: DrawnOutline) -> ShapeFeatures:
        return features_of_outline(outline)

    def compare(
        self, query: ShapeFeatures, others: Sequence[ShapeFeatures], *, turns: bool
    ) -> ShapeAgreement:
        count = len(others)
        scores, overlaps, distances = (np.full(count, np.nan, np.float32) for _ in range(3))
        laid_as = [UPRIGHT] * count
        queries = _queries(query, turns=turns)
        frames = [framed(other) for other in others]
        known = [place for place, frame in enumerate(frames) if frame is not None]
        chosen = _nearest(queries, [frame for frame in frames if frame is not None])
        for number, each in enumerate(queries):
            places = [known[row] for row in np.flatnonzero(chosen == number)]
            if not places:
                continue
            of_these = [frame for place in places if (frame := frames[place]) is not None]
            field = DistanceField(each.frame.points)
            laid = laid_on(field, np.stack([f.points for f in of_these]).astype(np.float32))
            apart, overlap = _apart(field, each.frame, laid)
            scores[places] = np.exp(-_FALL * (apart + _STRAIN * laid.strain))
            overlaps[places] = overlap
            heights = np.array([frame.size for frame in of_these], np.float32)
            distances[places] = 100 * apart * heights
            for place in places:
                laid_as[place] = each.orientation
        return ShapeAgreement(scores, overlaps, distances, tuple(laid_as))

    def lay(self, query: ShapeFeatures, hit: ShapeFeatures, *, turns: bool) -> LaidShapes | None:
        queries, frame = _queries(query, turns=turns), framed(hit)
        if frame is None or not queries:
            return None
        best = queries[int(_nearest(queries, [frame])[0])]
        return laid_shapes(query, best.orientation, best.frame, hit, frame)


def _queries(query: ShapeFeatures, *, turns: bool) -> list[_Query]:
    found = []
    for orientation in orientations(turns=turns):
        frame = framed(query, orientation)
        if frame is not None:
            found.append(_Query(orientation, frame, vector_of_frame(frame)))
    return found


def _nearest(queries: Sequence[_Query], frames: Sequence[FramedOutline]) -> NDArray[np.intp]:
    """Which of the queries each outline is nearest to; the first in doubt."""
    if not queries or not frames:
        return np.zeros(len(frames), np.intp)
    vectors = np.stack([vector_of_frame(frame) for frame in frames])
    apart = np.stack([np.linalg.norm(vectors - each.vector, axis=1) for each in queries])
    apart[1:] += _PREFERRED
    return np.asarray(apart.argmin(axis=0), np.intp)


def _apart(
    field: DistanceField, query: FramedOutline, laid: Alignment
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The mean distance between the outlines, from both sides, and the overlap, (b,)."""
    forth = np.abs(laid.distances).mean(axis=1)
    back, overlaps = np.zeros_like(forth), np.zeros_like(forth)
    for row, points in enumerate(laid.points):
        filled = field.filled(points)
        overlaps[row] = field.overlap(filled)
        back[row] = field.from_outline_of(filled, query.points)
    return (forth + np.maximum(back, forth)) / 2, overlaps
