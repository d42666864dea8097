"""Where a range has no container: room on the map, told by the outline that would lie there."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_map import (
    EmptyCircle,
    FreePlace,
    OutlineBlender,
    Report,
    ShapeLayout,
    ShapeMap,
)
from desktop_app.domain.shape_ports import ShapeComparer, ShapeProposals
from desktop_app.services.comparing import StoredFeatures

MOST = 12
LOOKED_AT = 100
"""So many of the largest circles are looked at: room on a map need not be room among outlines,
since two dimensions cannot hold what outlines differ by."""
MOST_OVERLAP = 0.96
"""An outline is missing where none overlaps more with it; above lie those that are called the
same."""
_COMPARED = 10


class FreePlaceFinder:
    """Finds the free places of a map; from one thread at a time."""

    def __init__(
        self,
        layout: ShapeLayout,
        blender: OutlineBlender,
        comparer: ShapeComparer,
        stored: StoredFeatures[ShapeFeatures],
    ) -> None:
        self._layout = layout
        self._blender = blender
        self._comparer = comparer
        self._stored = stored

    def find(
        self,
        shape_map: ShapeMap,
        proposals: ShapeProposals | None,
        token: CancelToken,
        *,
        report: Report,
    ) -> tuple[FreePlace, ...]:
        """Those whose outline no picture of the map has, nor a larger free place; the one least
        like all others first. Raises Cancelled."""
        token.checkpoint()
        circles = self._layout.empty_circles(shape_map.places, LOOKED_AT)
        found: list[FreePlace] = []
        shapes: list[ShapeFeatures] = []
        for number, circle in enumerate(circles):
            token.checkpoint()
            report(number / len(circles))
            if proposals is None:
                break
            place = self._told(circle, shape_map, proposals, shapes)
            if place is not None:
                found.append(place)
        return tuple(sorted(found, key=lambda place: place.overlap)[:MOST])

    def _told(
        self,
        circle: EmptyCircle,
        shape_map: ShapeMap,
        proposals: ShapeProposals,
        before: list[ShapeFeatures],
    ) -> FreePlace | None:
        around = [int(shape_map.content_ids[row]) for row in circle.around]
        stored = self._stored.get(around)
        outline = self._blender.blend([stored[i] for i in around if i in stored])
        if outline is None:
            return None
        try:
            shape = self._comparer.of_outline(outline)
        except UserFacingError:  # it crosses itself
            return None
        ids, _ = proposals.propose(shape, _COMPARED, turns=False, allowed=shape_map.content_ids)
        alike = self._stored.get(ids.tolist())
        known = [content_id for content_id in ids.tolist() if content_id in alike]
        others = [*(alike[content_id] for content_id in known), *before]
        if not known:
            return None
        overlaps = np.nan_to_num(self._comparer.compare(shape, others, turns=False).overlaps)
        if overlaps.max() > MOST_OVERLAP:
            return None
        before.append(shape)
        best = int(overlaps[: len(known)].argmax())
        return FreePlace(
            circle.x,
            circle.y,
            circle.radius,
            outline,
            tuple(around),
            nearest=known[best],
            overlap=float(overlaps[best]),
        )
