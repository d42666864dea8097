"""Searching by outline: what is asked, what is found, and how two outlines lie on each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import UPRIGHT, Orientation, ShapeFeatures
from desktop_app.domain.filters import ProductFilter

OutlinePoints = NDArray[np.float32]
"""(n, 2), x to the right and y down, a closed ring whose first point is not repeated."""

LEAST_OUTLINE_POINTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class DrawnOutline:
    """An outline that a person drew or that comes from a drawing, in any unit.

    ``mm_per_unit`` is 0 where the drawing does not tell its size. Raises ValueError where the
    points are too few, not finite, or lie on one line.
    """

    points: OutlinePoints
    mm_per_unit: float = 0.0

    def __post_init__(self) -> None:
        shape = self.points.shape
        if len(shape) != 2 or shape[1] != 2 or shape[0] < LEAST_OUTLINE_POINTS:
            raise ValueError(f"not an outline: {shape}")
        if not np.isfinite(self.points).all() or not (np.ptp(self.points, axis=0) > 0).all():
            raise ValueError("an outline without extent")


class ShapeMethod(StrEnum):
    """How shapes are searched: by outlines, by the kind of container that look, grey object and
    outline tell together, or with outlines only to order what the category and the grey picture
    found."""

    OUTLINE = "outline"
    KIND = "kind"
    CATEGORY_FIRST = "category_first"


@dataclass(frozen=True, slots=True, eq=False)
class ShapeRequest:
    """A query by outline with what narrows it. ``limit`` counts products.

    ``turns`` lets an object lie in any of the four quarter turns; mirrored ones always count.
    """

    shape: ShapeFeatures
    filter: ProductFilter = field(default_factory=ProductFilter)
    limit: int = 60
    turns: bool = False
    exclude_products: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ShapeHit:
    """A product found.

    ``score`` in [0, 1] orders hits: 1 is the same outline. ``overlap`` is intersection over
    union of the silhouettes as laid on each other, ``distance`` the mean distance between the
    outlines in hundredths of the hit's height.
    """

    product_id: int
    content_id: int
    score: float
    overlap: float
    distance: float
    orientation: Orientation = UPRIGHT


@dataclass(frozen=True, slots=True, eq=False)
class ShapeResults:
    """Hits by falling score, ties by product id.

    ``searched_products`` have a usable outline; the filter left ``allowed_products`` of them.
    """

    request: ShapeRequest
    hits: tuple[ShapeHit, ...]
    searched_products: int
    allowed_products: int
    propose_ms: float = 0.0
    compare_ms: float = 0.0

    def after(self, listed: ShapeResults) -> Self:
        """These with what was listed of the same query first, in its place: nobody is to lose
        theirs in a list that goes on, though what is looked at closer may change its order."""
        known = {hit.product_id for hit in listed.hits}
        others = [hit for hit in self.hits if hit.product_id not in known]
        return replace(self, hits=(*listed.hits, *others)[: self.request.limit])


class Part(StrEnum):
    """Parts of a container from its top down."""

    CLOSURE = "closure"
    NECK = "neck"
    SHOULDER = "shoulder"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class ContainerParts:
    """A container read off its widths. ``spans`` gives each part that there is as (top,
    bottom), 0 at the object's top and 1 at its base; parts do not overlap.

    ``height_to_width`` is of the whole object, ``closure_height`` the closure's share of the
    height (0 without one), ``closure_to_body`` the closure's width over the body's (0 without).
    """

    spans: Mapping[Part, tuple[float, float]]
    height_to_width: float
    closure_height: float
    closure_to_body: float


@dataclass(frozen=True, slots=True, eq=False)
class LaidShapes:
    """Two outlines in one frame: the unit is the hit's height, its box's middle lies at x 0,
    its base at y 0 and its top at y -1.

    ``deviation`` (n,) is each query point's distance from the hit's outline, negative inside
    it; ``by_part`` their mean absolute value in each part of the hit. In hundredths of the
    hit's height where multiplied by 100, in millimetres where multiplied by its height in mm.
    """

    query: OutlinePoints
    hit: OutlinePoints
    deviation: NDArray[np.float32]
    overlap: float
    by_part: Mapping[Part, float]
    query_parts: ContainerParts | None = None
    hit_parts: ContainerParts | None = None
