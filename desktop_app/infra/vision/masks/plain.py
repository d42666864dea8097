"""The object before an even background, found without a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import INSIDE, MaskSource, ObjectMask
from desktop_app.infra.vision.masks.backdrop import Backdrop, fit_backdrop
from desktop_app.infra.vision.masks.clutter import clutter_outside, gradient_of
from desktop_app.infra.vision.opencv import cv

Bits = NDArray[np.uint8]
"""(height, width), 0 or 255."""
Plane = NDArray[np.float32]

LEAST_SIDE = 8
MAX_SPREAD = 7.0
"""A border that varies more around its smooth model is no even background."""
MIN_INLIERS = 0.55
_SHADOW_CHROMA, _SHADOW_DEPTH = 9, 130
_SHADOW_SLOPE = 2700.0
"""Change of lightness across the whole picture as steep as a shadow's edge may be."""
_RINGS, _RINGING = np.ones((13, 13), np.uint8), 0.05
_SOFT = 0.45
_PARTS = 6
LEAST_DISTANCE = 3.0
_PIECE = 0.02
"""Pieces smaller than this share of the largest are dirt."""
_BAND = 3
"""Pixels on either side of the outline in which coverage is estimated."""


def plain_background_mask(rgb: RgbArray) -> ObjectMask | None:
    """The object's mask where the border of ``rgb`` shows an even background, else None.

    Background is what can be reached from the border without crossing a change of colour, so
    that parts of the object in the background's own colour stay part of it. A shadow (darker,
    same chroma, soft) is crossed where the object's outline is sharper than the shadow's.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < LEAST_SIDE:
        return None
    lab = cv.cvtColor(rgb, cv.COLOR_RGB2LAB)
    backdrop = fit_backdrop(lab)
    if backdrop.spread > MAX_SPREAD or backdrop.inliers < MIN_INLIERS:
        return None
    distance = colour_distance(lab, backdrop)
    slope = gradient_of(cv.extractChannel(lab, 0))
    threshold = max(LEAST_DISTANCE, 4.0 * backdrop.spread)
    # Compression rings around strong edges: beside them a difference must be larger to count.
    ringing = cv.convertScaleAbs(cv.dilate(distance, _RINGS), alpha=_RINGING)
    differing = cv.compare(distance, cv.max(ringing, np.full_like(ringing, threshold)), cv.CMP_GT)
    found = _enclosed(differing)
    shadow = _shadow_like(lab, backdrop, slope)
    lit = _enclosed(cv.subtract(differing, shadow))
    found = _largest_pieces(_without_shadow(found, lit, distance, slope))
    if not found.any():
        return None
    alpha = _coverage(found, distance)
    confidence = _confidence(alpha, distance, backdrop, threshold)
    clutter = clutter_outside(slope, alpha)
    return ObjectMask(alpha, MaskSource.PLAIN_BACKGROUND, confidence, clutter)


def colour_distance(lab: NDArray[np.uint8], backdrop: Backdrop) -> NDArray[np.uint8]:
    """How far every pixel is from the background: the largest difference of a channel."""
    differences = cv.split(cv.absdiff(lab, backdrop.lab))
    largest: NDArray[np.uint8] = cv.max(cv.max(differences[0], differences[1]), differences[2])
    return largest


def _enclosed(barrier: Bits) -> Bits:
    """What cannot be reached from outside the picture without stepping on ``barrier``."""
    # Closing first: an outline with gaps of a pixel or two still holds.
    closed = cv.morphologyEx(barrier, cv.MORPH_CLOSE, _disc(3))
    framed = cv.copyMakeBorder(closed, 1, 1, 1, 1, cv.BORDER_CONSTANT, value=0)
    cv.floodFill(framed, None, (0, 0), 128)
    enclosed: Bits = cv.compare(framed[1:-1, 1:-1], 128, cv.CMP_NE)
    return enclosed


def _shadow_like(lab: NDArray[np.uint8], backdrop: Backdrop, slope: NDArray[np.uint8]) -> Bits:
    """Darker than the background but not black, of its chroma, and without edges."""
    lightness, green_red, blue_yellow = cv.split(lab)
    base, base_a, base_b = cv.split(backdrop.lab)
    chroma = cv.max(cv.absdiff(green_red, base_a), cv.absdiff(blue_yellow, base_b))
    darker = cv.subtract(base, lightness)
    allowed: Bits = cv.compare(chroma, _SHADOW_CHROMA, cv.CMP_LT)
    allowed &= cv.compare(darker, 0, cv.CMP_GT)
    allowed &= cv.compare(darker, _SHADOW_DEPTH, cv.CMP_LT)
    steepest = min(20.0, _SHADOW_SLOPE / max(slope.shape))
    allowed &= cv.compare(slope, steepest, cv.CMP_LT)
    return allowed


def _without_shadow(
    found: Bits, lit: Bits, distance: NDArray[np.uint8], slope: NDArray[np.uint8]
) -> Bits:
    """``found`` less those parts that ``lit`` lacks and whose outer edge is as soft as a
    shadow's: over a few pixels it gains little, where an object's edge gains nearly all."""
    taken = cv.morphologyEx(cv.subtract(found, lit), cv.MORPH_OPEN, _disc(3))
    area = cv.countNonZero(found)
    if not cv.countNonZero(taken):
        return found
    _, labels, stats, _ = cv.connectedComponentsWithStats(taken, connectivity=4)
    outline, reached = _outline(found), cv.dilate(distance, _disc(9))
    sharp = cv.dilate(slope, _disc(3))
    kept = found
    for part in np.argsort(-stats[1:, cv.CC_STAT_AREA])[:_PARTS] + 1:
        if not _PIECE * area < stats[part, cv.CC_STAT_AREA] < 0.6 * area:
            continue
        piece = cv.compare(labels.astype(np.uint16), int(part), cv.CMP_EQ)
        rim = cv.dilate(piece, _disc(5)) & outline
        if not cv.countNonZero(rim):
            continue
        if cv.mean(sharp, rim)[0] < _SOFT * cv.mean(reached, rim)[0]:
            kept = cv.subtract(kept, piece)
    return kept


def _largest_pieces(found: Bits) -> Bits:
    """Without specks and dirt."""
    opened: Bits = cv.morphologyEx(found, cv.MORPH_OPEN, _disc(3))
    count, labels, stats, _ = cv.connectedComponentsWithStats(opened, connectivity=8)
    if count <= 1:
        return np.zeros_like(found)
    areas = stats[:, cv.CC_STAT_AREA].copy()
    areas[0] = 0
    keep: Bits = np.where(areas >= max(_PIECE * areas.max(), 4), 255, 0).astype(np.uint8)
    if int((keep > 0).sum()) == count - 1:
        return opened
    kept: Bits = keep[labels]
    return kept


def _coverage(found: Bits, distance: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Soft alpha: in a band around the outline a pixel's distance from the background over
    that of the object nearby, which is its coverage where both are of one colour each."""
    reach = _disc(2 * _BAND + 1)
    core = cv.erode(found, reach)
    rim = cv.dilate(found, _disc(3)) & ~core
    strongest = cv.dilate(distance & found, reach)
    share = cv.divide(distance, cv.max(strongest, 1), scale=255)
    alpha = np.where(rim, share, core)
    # Only from outside inwards: what is pale within an outline stays object.
    inside = _enclosed(cv.compare(alpha, INSIDE, cv.CMP_GE))
    deep = cv.erode(inside, _disc(3))
    soft: NDArray[np.uint8] = cv.max(cv.min(alpha, inside | rim), deep | (inside & ~rim))
    return soft


def _confidence(
    alpha: NDArray[np.uint8], distance: NDArray[np.uint8], backdrop: Backdrop, threshold: float
) -> float:
    """High where the border is even and explained, and the outline clearly off the background."""
    solid = cv.compare(alpha, INSIDE, cv.CMP_GE)
    outline = _outline(solid)
    if not cv.countNonZero(outline):
        return 0.0
    strong = cv.dilate(distance, _disc(5))[outline > 0]
    contrast = float(np.mean(strong > 2 * threshold))
    even = 1.0 - 0.6 * min(1.0, backdrop.spread / MAX_SPREAD)
    explained = min(1.0, (backdrop.inliers - MIN_INLIERS) / (0.85 - MIN_INLIERS) * 0.5 + 0.5)
    return float(np.clip(even * explained * (0.35 + 0.65 * contrast), 0.0, 1.0))


def _outline(solid: Bits) -> Bits:
    line: Bits = cv.subtract(solid, cv.erode(solid, _disc(3)))
    return line


def _disc(size: int) -> Bits:
    disc: Bits = cv.getStructuringElement(cv.MORPH_ELLIPSE, (size, size))
    return disc
