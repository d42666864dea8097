"""Pictures with a known object, for teaching a network to find it.

A network taught on pasted objects is tempted to look for the pasting: a crisp outline, other
light, another sharpness. So pieces that are no object are pasted in the same way: blurred objects
in the distance, and pieces of other photographs cut out with the outlines of objects. What is left
to learn from is what objects are like.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import (
    RgbaArray,
    compressed,
    hand_held,
    random_crop,
    studio,
)
from desktop_app.infra.vision.opencv import cv

_PHOTO, _STUDIO = 0.72, 0.12
"""Shares of pictures on a photograph and on a studio's paper; the rest is on something even,
a table, a cloth, a gradient."""
_ROOM = 1.25
"""Backgrounds are prepared this much larger than the picture, since only a part is used."""


class MaskScenes:
    """Draws scenes of cut-outs (h, w, 4) before ``backgrounds`` (h, w, 3), all uint8.

    ``groups`` are kinds of cut-outs, each as often used as its weight says, however many.
    """

    def __init__(
        self,
        groups: Sequence[tuple[float, Sequence[RgbaArray]]],
        backgrounds: Sequence[RgbArray],
    ) -> None:
        filled = [(weight, items) for weight, items in groups if items]
        total = sum(weight for weight, _ in filled)
        self._groups = [items for _, items in filled]
        self._shares = [weight / total for weight, _ in filled]
        self._backgrounds = backgrounds

    def draw(self, rng: np.random.Generator, *, side: int) -> tuple[RgbArray, NDArray[np.uint8]]:
        """A picture (side, side, 3) and its object's mask (side, side), 0 to 255."""
        cutout = self._varied(self._any_cutout(rng), rng)
        kind = rng.random()
        if kind < _STUDIO:
            made = studio(cutout, rng, side=side)
        else:
            room = round(side * _ROOM)
            if kind < _STUDIO + _PHOTO:
                scenery = random_crop(self._any(self._backgrounds, rng), rng, side=room, least=0.4)
                strength = float(rng.uniform(0.15, 1.25))
            else:
                scenery = even_ground(rng, side=room)
                strength = float(rng.uniform(0.1, 0.7))
            for _ in range(int(rng.choice((0, 1, 2, 3), p=(0.35, 0.3, 0.2, 0.15)))):
                scenery = self._distracted(scenery, rng)
            made = hand_held(cutout, scenery, rng, side=side, strength=strength)
        if rng.random() < 0.5:
            return np.ascontiguousarray(made.rgb[:, ::-1]), np.ascontiguousarray(made.mask[:, ::-1])
        return made.rgb, made.mask

    def _distracted(self, scenery: RgbArray, rng: np.random.Generator) -> RgbArray:
        """One thing more in the background, pasted with an edge like the object's."""
        side = scenery.shape[0]
        outline = self._any_cutout(rng)
        span = max(6, round(side * rng.uniform(0.12, 0.55)))
        height, width = outline.shape[:2]
        scale = span / max(height, width)
        size = max(3, round(width * scale)), max(3, round(height * scale))
        thing = cv.resize(outline, size, interpolation=cv.INTER_AREA)
        colour, alpha = thing[:, :, :3], thing[:, :, 3]
        is_object = rng.random() < 0.4
        if not is_object:
            texture = random_crop(self._any(self._backgrounds, rng), rng, side=span, least=0.2)
            colour = cv.resize(texture, size, interpolation=cv.INTER_AREA)
            if rng.random() < 0.3:
                colour = cv.GaussianBlur(colour, (0, 0), float(rng.uniform(0.6, 4.0)))
            gain = float(np.exp(rng.normal(0.0, 0.25)))
            colour = cv.convertScaleAbs(colour, alpha=gain)
        # In the distance, at the rim, partly beyond it.
        top = round(rng.uniform(-0.5 * size[1], side - 0.5 * size[1]))
        left = round(rng.uniform(-0.5 * size[0], side - 0.5 * size[0]))
        made: RgbArray = _pasted(scenery, colour, alpha, top=top, left=left)
        if is_object:
            made = cv.GaussianBlur(made, (0, 0), float(rng.uniform(0.012, 0.03)) * side)
        return made

    @staticmethod
    def _varied(cutout: RgbaArray, rng: np.random.Generator) -> RgbaArray:
        """Another hue, saturation or proportion: few objects stand for many."""
        if rng.random() < 0.5:
            hsv = cv.cvtColor(cutout[:, :, :3], cv.COLOR_RGB2HSV)
            hue = (np.arange(256) + int(rng.integers(180))) % 180
            gain = float(rng.uniform(0.1, 1.3))
            saturation = np.clip(np.arange(256) * gain, 0, 255)
            value = np.arange(256)
            table = np.stack((hue, saturation, value), axis=1).astype(np.uint8).reshape(256, 1, 3)
            rgb = cv.cvtColor(cv.LUT(hsv, table), cv.COLOR_HSV2RGB)
            cutout = np.dstack((rgb, cutout[:, :, 3]))
        if rng.random() < 0.3:
            stretch = float(np.exp(rng.normal(0.0, 0.3)))
            height, width = cutout.shape[:2]
            size = max(4, round(width * stretch)), height
            cutout = cv.resize(cutout, size, interpolation=cv.INTER_AREA).astype(np.uint8)
        return cutout

    def _any_cutout(self, rng: np.random.Generator) -> RgbaArray:
        group = int(rng.choice(len(self._groups), p=self._shares))
        return self._any(self._groups[group], rng)

    @staticmethod
    def _any(items: Sequence[NDArray[np.uint8]], rng: np.random.Generator) -> NDArray[np.uint8]:
        return items[int(rng.integers(len(items)))]


def even_ground(rng: np.random.Generator, *, side: int) -> RgbArray:
    """A table, a wall or a cloth (side, side, 3): one colour, with a slant of light, and often
    a fine or coarse texture, or the edge between a table and a wall."""
    ground = np.empty((side, side, 3), np.float32)
    ground[:] = _material(rng)
    if rng.random() < 0.35:
        edge = round(side * rng.uniform(0.3, 0.8))
        ground[edge:] = _material(rng)
    if rng.random() < 0.6:
        cells = int(rng.integers(2, max(3, side // 2)))
        stretch = int(rng.integers(1, 12))
        grain = rng.standard_normal((max(1, cells // stretch), cells)).astype(np.float32)
        texture = cv.resize(grain, (side, side), interpolation=cv.INTER_CUBIC)
        if rng.random() < 0.5:
            texture = np.ascontiguousarray(texture.T)
        ground += (texture * float(rng.uniform(1, 22)))[:, :, None]
    corners = np.exp(rng.normal(0.0, 0.2, (2, 2))).astype(np.float32)
    ground *= cv.resize(corners, (side, side), interpolation=cv.INTER_LINEAR)[:, :, None]
    made = np.clip(ground, 0, 255).astype(np.uint8)
    return compressed(made, quality=80) if rng.random() < 0.3 else made


def _material(rng: np.random.Generator) -> NDArray[np.float32]:
    """A colour; pale and grey ones are likelier, as on walls, tables and cloths."""
    level = float(rng.uniform(20, 250))
    tint = rng.normal(0.0, 30.0 if rng.random() < 0.5 else 5.0, 3)
    return np.clip(level + tint, 0, 255).astype(np.float32)


def _pasted(
    scenery: RgbArray, colour: RgbArray, alpha: NDArray[np.uint8], *, top: int, left: int
) -> RgbArray:
    """``colour`` over ``scenery`` where ``alpha`` says so; what lies beyond is cut off."""
    side_y, side_x = scenery.shape[:2]
    rows = slice(max(0, top), min(side_y, top + alpha.shape[0]))
    columns = slice(max(0, left), min(side_x, left + alpha.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return scenery
    inner = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    weight = alpha[inner].astype(np.float32)[:, :, None] / np.float32(255)
    made = scenery.copy()
    made[rows, columns] = colour[inner] * weight + made[rows, columns] * (1 - weight)
    return made
