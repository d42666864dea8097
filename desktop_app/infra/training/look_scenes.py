"""Pictures with a known object made from rendered looks; see :mod:`.rendered_looks`.

Few looks stand for many: the container and its hand are moved, turned and set before other
backgrounds, the skin and the container take other colours, and light, lens and compression differ.
What a hand covers is never the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.light_and_lens import Plane, photographed, random_crop, to_bytes
from desktop_app.infra.training.mask_scenes import even_ground
from desktop_app.infra.training.rendered_looks import Look
from desktop_app.infra.vision.opencv import cv

_T = TypeVar("_T")
_HELD_SHARE = 0.8
_OTHER_ROOM, _OTHER_SKIN, _OTHER_HUE, _PALED = 0.5, 0.75, 0.4, 0.35
_PHOTO = 0.8
_HANDED = 0.01
"""Share of the picture that a hand must take to be one."""


class LookScenes:
    """Draws scenes of ``looks``, some before ``backgrounds`` (h, w, 3) uint8."""

    def __init__(self, looks: Sequence[Look], backgrounds: Sequence[RgbArray]) -> None:
        self._held = [look for look in looks if _has_hand(look)]
        self._alone = [look for look in looks if not _has_hand(look)]
        self._backgrounds = backgrounds

    def draw(self, rng: np.random.Generator, *, side: int) -> tuple[RgbArray, NDArray[np.uint8]]:
        """A picture (side, side, 3) and its object's mask (side, side), 0 to 255."""
        is_held = bool(self._held) and (not self._alone or rng.random() < _HELD_SHARE)
        look = _any(self._held if is_held else self._alone, rng)
        rgb = look.rgb
        if rng.random() < _OTHER_HUE:
            rgb = _blended(rgb, _other_colours(rgb, rng), look.mask)
        if is_held and rng.random() < _OTHER_SKIN:
            rgb = _blended(rgb, _other_skin(rgb, rng), look.hand)
        if not is_held and rng.random() < _PALED:
            rgb = _blended(rgb, _paled(rgb, look.mask, rng), look.mask)
        before_other = is_held and rng.random() < _OTHER_ROOM
        matrix = _movement(rng, side=side, given=rgb.shape[0], larger=is_held)
        mask = _moved(look.mask, matrix, side, cv.BORDER_CONSTANT)
        picture = _moved(rgb, matrix, side, cv.BORDER_REPLICATE).astype(np.float32)
        if before_other:
            front = cv.add(mask, _moved(look.hand, matrix, side, cv.BORDER_CONSTANT))
            # A pixel of the old background is left out all round.
            inner = cv.erode(front, np.ones((3, 3), np.uint8))
            weight = cv.GaussianBlur(inner, (0, 0), 0.7)[:, :, None] / np.float32(255)
            picture = picture * weight + self._background(rng, side=side) * (1 - weight)
        strength = float(rng.uniform(0.0, 0.8)) if is_held else float(rng.uniform(0.0, 0.35))
        made = photographed(picture.astype(np.float32), rng, strength=strength)
        return made, mask

    def _background(self, rng: np.random.Generator, *, side: int) -> Plane:
        if rng.random() < _PHOTO and self._backgrounds:
            ground = random_crop(_any(self._backgrounds, rng), rng, side=side, least=0.35)
        else:
            ground = even_ground(rng, side=side)
        if rng.random() < 0.6:
            ground = cv.GaussianBlur(ground, (0, 0), float(rng.uniform(0.5, 0.02 * side))).astype(
                np.uint8, copy=False
            )
        return ground.astype(np.float32)


def _any(items: Sequence[_T], rng: np.random.Generator) -> _T:
    return items[int(rng.integers(len(items)))]


def _has_hand(look: Look) -> bool:
    return float((look.hand > 127).mean()) >= _HANDED


def _blended(rgb: RgbArray, other: RgbArray, where: NDArray[np.uint8]) -> RgbArray:
    weight = where.astype(np.float32)[:, :, None] / np.float32(255)
    blended: RgbArray = to_bytes(rgb * (1 - weight) + other * weight)
    return blended


def _other_colours(rgb: RgbArray, rng: np.random.Generator) -> RgbArray:
    hsv = cv.cvtColor(rgb, cv.COLOR_RGB2HSV)
    levels = np.arange(256)
    hue = (levels + int(rng.integers(180))) % 180
    saturation = np.clip(levels * float(rng.uniform(0.0, 1.4)), 0, 255)
    value = np.clip(levels * float(np.exp(rng.normal(0.0, 0.25))), 0, 255)
    table = np.stack((hue, saturation, value), axis=1).astype(np.uint8).reshape(256, 1, 3)
    turned: RgbArray = cv.cvtColor(cv.LUT(hsv, table), cv.COLOR_HSV2RGB).astype(np.uint8)
    return turned


def _other_skin(rgb: RgbArray, rng: np.random.Generator) -> RgbArray:
    """Paler, darker, redder or yellower, with pores, veins and creases."""
    side = rgb.shape[0]
    gains = np.exp(rng.normal(0.0, 0.28) + rng.normal(0.0, [0.06, 0.06, 0.1]))
    cells = int(rng.integers(6, side // 2))
    grain = rng.standard_normal((cells, cells)).astype(np.float32) * float(rng.uniform(0.0, 9.0))
    texture = cv.resize(grain, (side, side), interpolation=cv.INTER_CUBIC)[:, :, None]
    return to_bytes(np.maximum(rgb * gains.astype(np.float32) + texture, 0))


def _paled(rgb: RgbArray, mask: NDArray[np.uint8], rng: np.random.Generator) -> RgbArray:
    """Nearly of the colour of what is around the object: white on white, black on black."""
    around = rgb[mask < 16]
    if not len(around):
        return rgb
    ground = np.median(around[::17], axis=0).astype(np.float32)
    lightness = cv.cvtColor(rgb, cv.COLOR_RGB2GRAY).astype(np.float32)[:, :, None]
    inside = lightness[mask > 127]
    level = float(np.median(inside)) if len(inside) else 128.0
    relief = (lightness - level) * float(rng.uniform(0.3, 0.8))
    pale = np.clip(ground + relief + float(rng.normal(0.0, 9.0)), 0, 255)
    share = np.float32(rng.uniform(0.55, 0.95))
    return to_bytes(rgb * (1 - share) + pale * share)


def _movement(
    rng: np.random.Generator, *, side: int, given: int, larger: bool
) -> NDArray[np.float64]:
    """A turn, an enlargement, a shift and often a mirror image, from a picture of ``given``
    pixels to one of ``side``."""
    low, high = (0.85, 1.45) if larger else (0.8, 1.15)
    scale = side / given * float(rng.uniform(low, high))
    turn = np.radians(rng.normal(0.0, 12.0 if larger else 4.0))
    if rng.random() < 0.12:
        turn += np.pi / 2 * int(rng.integers(1, 4))
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    flip = -1.0 if rng.random() < 0.5 else 1.0
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag([flip, 1.0])
    shift = rng.uniform(-0.1, 0.1, 2) * side + (side - 1) / 2
    return np.column_stack([linear, shift - linear @ np.full(2, (given - 1) / 2)])


def _moved(
    picture: NDArray[np.uint8], matrix: NDArray[np.float64], side: int, border: int
) -> NDArray[np.uint8]:
    size = (side, side)
    moved: NDArray[np.uint8] = cv.warpAffine(
        picture, matrix, size, flags=cv.INTER_LINEAR, borderMode=border
    ).astype(np.uint8, copy=False)
    return moved
