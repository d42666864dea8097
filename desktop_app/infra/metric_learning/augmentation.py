"""Product photos changed as the world changes them, so that a network learns to see through it.

A product is photographed once for the shop and looked for in a hand, on a counter, askew, in poor
light. What the catalogue has of it is turned into such views: cropped, turned, mirrored, zoomed,
lit otherwise, blurred, set before other backgrounds where a mask says what the object is, and
warped as a hand-held camera warps it. All of it is drawn from one generator: equal seeds give
equal pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import (
    INSIDE,
    MAX_COVERAGE,
    MIN_COVERAGE,
    MaskSource,
    ObjectMask,
    object_view,
)
from desktop_app.domain.model_cards import Preprocessing
from desktop_app.infra.training.compositing import RgbaArray, hand_held
from desktop_app.infra.training.light_and_lens import Plane, to_bytes
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.preprocess import letterboxed

NEAR, AFAR, FROM_CLOSE_BY = (0.60, 1.00), (0.35, 0.75), (0.90, 1.40)
"""Shares of the side that an object before another background takes."""
AGAIN, ENLARGED = (1.00, 1.35), (1.35, 1.90)
"""The same of a whole picture that is taken again, without and with zoom."""


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A picture that is learned from. ``alpha`` (height, width), uint8, says what is object, or
    is None where that is not known."""

    rgb: RgbArray
    alpha: NDArray[np.uint8] | None = None

    @property
    def has_object(self) -> bool:
        """Whether the object can be set before another background."""
        if self.alpha is None:
            return False
        coverage = float((self.alpha >= INSIDE).mean())
        return MIN_COVERAGE <= coverage <= MAX_COVERAGE


@dataclass(frozen=True, slots=True)
class PhotoChanges:
    """How far pictures are changed. Shares are in [0, 1] of the pictures changed so.

    ``strength`` scales turn, perspective, occlusion, light, blur, noise and compression: 0 none, 1
    as a phone in a hand does it. ``mirrored`` stays low: a mirrored print is another print.
    ``before_another`` is the share of objects with a mask that are set before another background;
    ``cut_out`` the share of those that a mask cuts out again, as the search does it to a query;
    ``close_up`` the share seen from close by, partly outside the frame.
    """

    strength: float = 1.0
    mirrored: float = 0.1
    before_another: float = 0.7
    cut_out: float = 0.15
    close_up: float = 0.3


def plain(plate: Plate, preprocessing: Preprocessing, *, side: int) -> RgbArray:
    """The picture as the catalogue is indexed with it, but (side, side, 3)."""
    return letterboxed(plate.rgb, _of_side(preprocessing, side))


def sought(
    plate: Plate,
    backgrounds: Sequence[Plate],
    rng: np.random.Generator,
    preprocessing: Preprocessing,
    *,
    side: int,
    changes: PhotoChanges = PhotoChanges(),
) -> RgbArray:
    """The product as it may be looked for, (side, side, 3). ``backgrounds`` are other pictures, of
    which parts may lie behind or before it; plain surfaces do without them."""
    if rng.random() < changes.mirrored:
        plate = _mirrored(plate)
    strength = float(rng.uniform(0.4, 1.25)) * changes.strength
    behind = _background(backgrounds, rng, side=side)
    if plate.alpha is None or not plate.has_object or rng.random() >= changes.before_another:
        whole = np.dstack([plate.rgb, np.full(plate.rgb.shape[:2], 255, np.uint8)])
        fill = ENLARGED if rng.random() < changes.close_up else AGAIN
        return hand_held(whole, behind, rng, side=side, strength=strength, fill=fill).rgb
    cutout = _cropped(np.dstack([plate.rgb, plate.alpha]))
    if rng.random() < changes.cut_out:
        larger = side * 5 // 4
        made = hand_held(cutout, behind, rng, side=larger, strength=strength, fill=NEAR)
        mask = _as_found(made.mask, rng)
        if mask is not None:
            return letterboxed(object_view(made.rgb, mask), _of_side(preprocessing, side))
    if rng.random() < changes.close_up:
        fill = FROM_CLOSE_BY
    else:
        fill = NEAR if rng.random() < 0.6 else AFAR
    return hand_held(cutout, behind, rng, side=side, strength=strength, fill=fill).rgb


def _of_side(preprocessing: Preprocessing, side: int) -> Preprocessing:
    return Preprocessing(side, preprocessing.mean, preprocessing.std, preprocessing.pad)


def _mirrored(plate: Plate) -> Plate:
    alpha = None if plate.alpha is None else np.ascontiguousarray(plate.alpha[:, ::-1])
    return Plate(np.ascontiguousarray(plate.rgb[:, ::-1]), alpha)


def _cropped(rgba: RgbaArray) -> RgbaArray:
    """What is seen of the object; at least one pixel is of it."""
    left, top, width, height = cv2.boundingRect((rgba[:, :, 3] >= INSIDE).astype(np.uint8))
    return np.ascontiguousarray(rgba[top : top + height, left : left + width])


def _as_found(alpha: NDArray[np.uint8], rng: np.random.Generator) -> ObjectMask | None:
    """The mask with the faults that masks have: too narrow, too wide, or a bite out of it. None
    where too little of the object is left."""
    side = alpha.shape[0]
    reach = 1 + int(rng.integers(0, max(2, side // 40)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    kind = rng.random()
    if kind < 0.35:
        alpha = cv2.dilate(alpha, kernel).astype(np.uint8, copy=False)
    elif kind < 0.6:
        alpha = cv2.erode(alpha, kernel).astype(np.uint8, copy=False)
    if rng.random() < 0.25:
        spot = int(rng.integers(side)), int(rng.integers(side))
        alpha = alpha.copy()
        cv2.circle(alpha, spot, int(side * float(rng.uniform(0.04, 0.14))), 0, -1)
    _, _, width, height = cv2.boundingRect((alpha >= INSIDE).astype(np.uint8))
    if min(width, height) < side // 8:
        return None
    return ObjectMask(alpha, MaskSource.NETWORK, confidence=1.0, clutter=0.5)


def _background(backgrounds: Sequence[Plate], rng: np.random.Generator, *, side: int) -> RgbArray:
    """Another picture, or a surface of one colour with some grain and a slant of light."""
    if backgrounds and rng.random() < 0.6:
        picture = backgrounds[int(rng.integers(len(backgrounds)))].rgb
        if min(picture.shape[:2]) >= 8:
            return picture
    colour = rng.uniform(30, 250) + rng.normal(0, 18, 3)
    ramp = np.linspace(1.0, float(rng.uniform(0.65, 1.0)), side, dtype=np.float32)
    slant = ramp[:, None] if rng.random() < 0.5 else ramp[None, :]
    coarse = rng.normal(0, float(rng.uniform(0, 14)), (side // 4, side // 4)).astype(np.float32)
    grain: Plane = cv2.resize(coarse, (side, side)).astype(np.float32, copy=False)
    planes = [np.clip(slant * float(level) + grain, 0, 255) for level in colour]
    return to_bytes(np.ascontiguousarray(np.dstack(planes), np.float32))
