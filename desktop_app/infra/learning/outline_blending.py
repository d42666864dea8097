"""The outline between others, by the mean of their signed distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.shapes import LEAST_OUTLINE_POINTS, DrawnOutline
from desktop_app.infra.vision.opencv import cv2

SIDE = 192
_EDGE = 8
_FINE = 3
_SMOOTHED = 1.2
LEAST_COMMON = 0.8
"""What lies between outlines has at least this intersection over union with each of them, all
boxes stretched to one; those that have less in common with the others are left out."""
MOST_STRETCHED = 1.8
"""So are those whose proportions differ by more than this factor from the mean."""
LEAST_KEPT = 0.6
"""What lies between outlines lies between at least this share of them."""


class DistanceBlender:
    """The OutlineBlender port: interpolation by signed distances (Raya and Udupa 1990, shape-based
    interpolation), with each object's box stretched to a square first and the geometric mean of
    the boxes' proportions given back at the end."""

    def blend(self, shapes: Sequence[ShapeFeatures]) -> DrawnOutline | None:
        """See OutlineBlender. None where fewer than two, or LEAST_KEPT of them, are left."""
        filled = [(_filled(s), s.aspect) for s in shapes]
        known = [
            _Shape(picture > 0, _signed_distance(picture), float(np.log(aspect)))
            for picture, aspect in filled
            if picture is not None
        ]
        fewest = max(2, int(np.ceil(LEAST_KEPT * len(known))))
        while len(known) >= fewest:
            field = np.mean([shape.field for shape in known], axis=0)
            elongation = float(np.mean([shape.elongation for shape in known]))
            misfits = [_misfit(shape, field > 0, elongation) for shape in known]
            worst = int(np.argmax(misfits))
            if misfits[worst] <= 1:
                return _outline(field.astype(np.float32), float(np.exp(elongation)))
            known.pop(worst)
        return None


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """Its pixels and signed distances with the box stretched, and the log of the proportions."""

    pixels: NDArray[np.bool_]
    field: NDArray[np.float32]
    elongation: float


def _misfit(shape: _Shape, between: NDArray[np.bool_], elongation: float) -> float:
    """How little it has in common with what lies between, 1 being as little as it may."""
    stretched = abs(shape.elongation - elongation) / np.log(MOST_STRETCHED)
    apart = (1 - _overlap(between, shape.pixels)) / (1 - LEAST_COMMON)
    return float(max(stretched, apart))


def _filled(shape: ShapeFeatures) -> NDArray[np.uint8] | None:
    """(side, side) with the box stretched to what is within the edge; None without extent."""
    contour = np.asarray(shape.contour, np.float64)
    extent = np.ptp(contour, axis=0) if len(contour) >= LEAST_OUTLINE_POINTS else np.zeros(2)
    if not (extent > 0).all() or shape.aspect <= 0:
        return None
    placed = (contour - contour.min(axis=0)) / extent * (SIDE - 1) + _EDGE
    picture = np.zeros((SIDE + 2 * _EDGE,) * 2, np.uint8)
    cv2.fillPoly(picture, [np.rint(placed).astype(np.int32)], 255)
    return picture


def _signed_distance(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Positive inside."""
    inside = cv2.distanceTransform(picture, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform(255 - picture, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(inside - outside, np.float32)


def _overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    union = np.count_nonzero(one | other)
    return float(np.count_nonzero(one & other) / union) if union else 0.0


def _outline(field: NDArray[np.float32], aspect: float) -> DrawnOutline | None:
    """That of the largest piece above 0."""
    smooth = cv2.GaussianBlur(field, (0, 0), _SMOOTHED)
    side = smooth.shape[0] * _FINE
    fine = cv2.resize(smooth, (side, side), interpolation=cv2.INTER_CUBIC)
    found, _ = cv2.findContours(
        (fine > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    if not found:
        return None
    greatest = max(found, key=cv2.contourArea)
    points = cv2.approxPolyDP(greatest, _FINE / 3, closed=True)[:, 0].astype(np.float64)
    extent = np.ptp(points, axis=0)
    if len(points) < LEAST_OUTLINE_POINTS or not (extent > 0).all():
        return None
    box = (points - points.min(axis=0)) / extent
    return DrawnOutline((box * (1 / aspect, 1.0)).astype(np.float32))
