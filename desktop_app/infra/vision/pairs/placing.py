"""Ways of laying one picture on another, as affine maps of fractions of width and height."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Orientation
from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.pairs.small_picture import TINY_SIDE, Box, SmallPicture

Affine = NDArray[np.float64]
"""(2, 3): maps (x, y, 1), fractions of the first picture's width and height, to those of the
second."""

LEAST_TINY_AGREEMENT = 0.35
MOST_CANDIDATES = 4
LEAST_POINTS, POINTS_FOR_AFFINE = 4, 7

_MIRROR = np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
_QUARTER_TURN = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, 0.0]])
"""Clockwise."""
UNMOVED: Affine = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def after(second: Affine, first: Affine) -> Affine:
    """The map that does ``first``, then ``second``."""
    joined: Affine = second[:, :2] @ first
    joined[:, 2] += second[:, 2]
    return joined


def determinant(matrix: NDArray[np.float64]) -> float:
    """Of the first two columns: how many times larger areas become, less than 0 where
    mirrored."""
    (a, b), (c, d) = matrix[:, :2].tolist()
    return float(a * d - b * c)


def inverse(affine: Affine) -> Affine:
    """Raises ZeroDivisionError where the map is flat."""
    (a, b, x), (c, d, y) = affine.tolist()
    scale = 1 / (a * d - b * c)
    a, b, c, d = d * scale, -b * scale, -c * scale, a * scale
    return np.array([[a, b, -(a * x + b * y)], [c, d, -(c * x + d * y)]])


def oriented(orientation: Orientation) -> Affine:
    """Where the points of a picture changed so come to lie."""
    affine = _MIRROR if orientation.mirrored else UNMOVED
    for _ in range(orientation.quarter_turns % 4):
        affine = after(_QUARTER_TURN, affine)
    return affine


_ORIENTED: tuple[Affine, ...] = tuple(map(oriented, ORIENTATIONS))


def orientation_of(affine: Affine) -> Orientation:
    """The flip and quarter turn that come nearest to the map."""
    alike = [float((affine[:, :2] * turned[:, :2]).sum()) for turned in _ORIENTED]
    return ORIENTATIONS[int(np.argmax(alike))]


def candidates(first: SmallPicture, second: SmallPicture) -> list[Affine]:
    """Frame on frame and content on content, in those of the eight flips and quarter turns
    under which the pictures agree when tiny; the most promising first."""
    found = []
    are_boxed = first.is_plain and second.is_plain
    for agreement, place in _agreements(first.tiny_frame, second.tiny_frame):
        found.append((agreement, place, False))
    if are_boxed:
        for agreement, place in _agreements(first.tiny_box, second.tiny_box):
            found.append((agreement, place, True))
    found = [each for each in found if each[0] >= LEAST_TINY_AGREEMENT]
    # Frame before content and upright before turned where they agree alike.
    found.sort(key=lambda each: (-round(each[0], 2), each[2], each[1]))
    placings = []
    for _, place, is_boxed in found[:MOST_CANDIDATES]:
        affine = _ORIENTED[place]
        if is_boxed:
            affine = after(_from_box(second.box), after(affine, inverse(_from_box(first.box))))
        placings.append(affine)
    return placings


def _from_box(box: Box) -> Affine:
    """Maps fractions of the box to fractions of the picture."""
    left, top, right, bottom = box
    return np.array([[right - left, 0.0, left], [0.0, bottom - top, top]])


def _agreements(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> Iterator[tuple[float, int]]:
    """By orientation of the first."""
    agreements = first.ravel()[_TURNED_PLACES] @ second.ravel()
    return ((agreement, place) for place, agreement in enumerate(agreements.tolist()))


def _turned_places() -> NDArray[np.intp]:
    """For each of ORIENTATIONS, where the pixels of the changed tiny picture come from."""
    places = np.arange(TINY_SIDE * TINY_SIDE).reshape(TINY_SIDE, TINY_SIDE)
    return np.stack(
        [
            np.rot90(places[:, ::-1] if each.mirrored else places, -each.quarter_turns).ravel()
            for each in ORIENTATIONS
        ]
    )


_TURNED_PLACES = _turned_places()


def from_points(
    first: SmallPicture,
    second: SmallPicture,
    points: NDArray[np.float32],
    partners: NDArray[np.float32],
) -> Affine | None:
    """The map that takes most of the points (n, 2) of the first picture, in fractions, to their
    partners in the second; None where they fix none."""
    if len(points) < LEAST_POINTS:
        return None
    # Few points fix no more than how a picture is moved, turned and enlarged.
    are_many = len(points) >= POINTS_FOR_AFFINE
    estimate = cv.estimateAffine2D if are_many else cv.estimateAffinePartial2D
    matrix, inliers = estimate(
        points * np.array(first.size, np.float32),
        partners * np.array(second.size, np.float32),
        method=cv.RANSAC,
        ransacReprojThreshold=2.0,
        maxIters=300,
    )
    if matrix is None or inliers.sum() < LEAST_POINTS:
        return None
    scale = matrix[:, :2] * np.outer(1 / np.array(second.size, float), first.size)
    affine: Affine = np.column_stack([scale, matrix[:, 2] / second.size])
    return affine if is_sound(affine, first, second) else None


def in_pixels(affine: Affine, first: SmallPicture, second: SmallPicture) -> NDArray[np.float64]:
    """How steps between pixels of the first picture become steps in the second, (2, 2)."""
    (a, b), (c, d) = affine[:, :2].tolist()
    (width, height), (other_width, other_height) = first.size, second.size
    return np.array(
        [
            [a * other_width / width, b * other_width / height],
            [c * other_height / width, d * other_height / height],
        ]
    )


def is_sound(affine: Affine, first: SmallPicture, second: SmallPicture) -> bool:
    """Whether the map neither flattens the picture nor blows it up."""
    if not np.isfinite(affine).all():
        return False
    largest, smallest = np.linalg.svd(in_pixels(affine, first, second), compute_uv=False)
    return bool(smallest > 0.1 and largest < 10 and largest < 3 * smallest)


def stretch(affine: Affine, first: SmallPicture, second: SmallPicture) -> float:
    """How much more one direction is enlarged than the other, as a natural logarithm, 0 or
    more; in pixels, so that a picture shown wider than it is counts."""
    largest, smallest = np.linalg.svd(in_pixels(affine, first, second), compute_uv=False)
    return float(np.log(largest / max(smallest, 1e-9)))
