"""The front of a flat pack, straightened."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import INSIDE
from desktop_app.infra.vision.opencv import cv, cv2

Points = NDArray[np.float64]
"""(n, 2), x and y."""

_LEAST_COVERAGE = 0.02
_LEAST_FILL = 0.93
"""Share of the quadrilateral that the object fills, and of the object that lies in it: rounded
bottles and hands do not pass."""
_LEAST_ANGLE, _MOST_ANGLE = 50.0, 130.0
_SLANT_DEGREES, _SLANT_RATIO = 4.0, 0.94
"""Seen at a slant: a side leans by more than the first, or is shorter than the opposite one by
more than the second."""
_NEAR_CORNER = 0.15
_LONGEST = 1024


def rectified_front(rgb: RgbArray, alpha: NDArray[np.uint8]) -> RgbArray | None:
    """The object of a mask (at any scale of the picture) as seen from its front, upright, with
    its own proportions; None where it is not a quadrilateral, or not at a slant."""
    corners = quadrilateral_of(alpha)
    if corners is None or not is_slanted(corners):
        return None
    height, width = rgb.shape[:2]
    corners = corners * (width / alpha.shape[1], height / alpha.shape[0])
    wide, high = _proportions(corners, width, height)
    scale = min(1.0, _LONGEST / max(wide, high))
    size = max(8, round(wide * scale)), max(8, round(high * scale))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    matrix = cv.getPerspectiveTransform(corners.astype(np.float32), target)
    front: RgbArray = cv.warpPerspective(rgb, matrix, size, flags=cv.INTER_AREA)
    return front


def quadrilateral_of(alpha: NDArray[np.uint8]) -> Points | None:
    """The four corners of a mask, clockwise from the top left, in its pixels; None where it is
    no quadrilateral. The hull's polygon (Douglas & Peucker 1973) tells the sides; lines fitted
    to the outline along them meet in the corners, which are then good to parts of a pixel."""
    inside = (alpha >= INSIDE).astype(np.uint8)
    pieces, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not pieces:
        return None
    outline = max(pieces, key=cv2.contourArea)
    area = float(cv2.contourArea(outline))
    if area < _LEAST_COVERAGE * inside.size:
        return None
    rough = _four_corners(np.asarray(outline))
    if rough is None:
        return None
    corners = _sharpened(np.asarray(outline)[:, 0].astype(float), _ordered(rough))
    if corners is None or not _has_right_angles(corners):
        return None
    drawn = cv.fillPoly(np.zeros_like(inside), [np.rint(corners).astype(np.int32)], 1)
    both = float(np.count_nonzero(drawn & inside))
    in_quad, in_mask = both / max(1, int(drawn.sum())), both / max(1, int(inside.sum()))
    height, width = inside.shape
    is_cut = (corners < 1).any() or (corners > (width - 2, height - 2)).any()
    return None if is_cut or min(in_quad, in_mask) < _LEAST_FILL else corners


def is_slanted(corners: Points) -> bool:
    """Whether a quadrilateral differs visibly from an upright rectangle."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    lean = np.degrees(np.arctan2(np.abs(sides).min(axis=1), np.abs(sides).max(axis=1)))
    ratios = [min(a, b) / max(a, b) for a, b in (lengths[[0, 2]], lengths[[1, 3]])]
    return bool(lean.max() > _SLANT_DEGREES or min(ratios) < _SLANT_RATIO)


def _four_corners(outline: NDArray[np.int32]) -> Points | None:
    hull = cv.convexHull(outline)
    length = cv.arcLength(hull, True)
    for share in (0.02, 0.03, 0.04, 0.055, 0.07):
        polygon = cv.approxPolyDP(hull, share * length, True)
        if len(polygon) == 4:
            corners: Points = polygon[:, 0].astype(float)
            return corners
    return None


def _ordered(corners: Points) -> Points:
    """Clockwise on the screen from the top left one."""
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    clockwise = corners[np.argsort(angles)]
    first = int(clockwise.sum(axis=1).argmin())
    return np.roll(clockwise, -first, axis=0)


def _sharpened(outline: Points, corners: Points) -> Points | None:
    lines = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - start
        length = float(np.linalg.norm(along))
        if length < 8:
            return None
        unit = along / length
        offset = outline - start
        place = offset @ unit / length
        aside = np.abs(offset @ np.array((-unit[1], unit[0])))
        near = (place > _NEAR_CORNER) & (place < 1 - _NEAR_CORNER) & (aside < 0.04 * length + 2)
        if np.count_nonzero(near) < 5:
            return None
        points = outline[near].astype(np.float32)
        vx, vy, x, y = cv.fitLine(points, cv.DIST_HUBER, 0, 0.01, 0.01).ravel()
        # The line a x + b y = c.
        lines.append((-vy, vx, -vy * x + vx * y))
    met = []
    for one, other in zip(np.roll(lines, 1, axis=0), lines, strict=True):
        matrix = np.array([one[:2], other[:2]], float)
        if abs(np.linalg.det(matrix)) < 1e-3:
            return None
        met.append(np.linalg.solve(matrix, np.array([one[2], other[2]], float)))
    return np.asarray(met)


def _has_right_angles(corners: Points) -> bool:
    """Roughly: what a rectangle looks like from somewhere in front of it."""
    before, after = np.roll(corners, 1, axis=0) - corners, np.roll(corners, -1, axis=0) - corners
    cosines = (before * after).sum(axis=1) / (
        np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    )
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    return bool((angles > _LEAST_ANGLE).all() and (angles < _MOST_ANGLE).all())


def _proportions(corners: Points, width: int, height: int) -> tuple[float, float]:
    """Width and height of the rectangle in pixels, undoing the foreshortening after Zhang & He,
    "Whiteboard scanning and image enhancement" (2007), equations 11, 12, 14, 20 and 21, for a
    camera whose axis goes through the picture's middle; from the sides where that is not
    defined (seen from the front)."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    wide, high = float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))
    centred = np.hstack([corners - (width / 2, height / 2), np.ones((4, 1))])
    m1, m2, m4, m3 = centred
    k2 = np.cross(m1, m4) @ m3 / (np.cross(m2, m4) @ m3)
    k3 = np.cross(m1, m4) @ m2 / (np.cross(m3, m4) @ m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if abs(n2[2]) < 1e-4 or abs(n3[2]) < 1e-4:
        return wide, high
    focal_squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    longest = max(width, height)
    if not (0.5 * longest) ** 2 < focal_squared < (4 * longest) ** 2:
        return wide, high
    weights = np.array([1 / focal_squared, 1 / focal_squared, 1.0])
    ratio = float(np.sqrt((n2 * n2 @ weights) / (n3 * n3 @ weights)))
    return (high * ratio, high) if high * ratio >= wide else (wide, wide / ratio)
