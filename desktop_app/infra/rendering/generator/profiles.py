"""Containers whose shapes are told apart, and near-variants of some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.shapes import OutlinePoints
from desktop_app.infra.rendering.generator.recipes import (
    ContainerRecipe,
    outline_of,
    random_recipe,
)
from desktop_app.infra.vision.opencv import cv2

SHARES: Mapping[ContainerClass, int] = {
    ContainerClass.BOTTLE: 12,
    ContainerClass.COMPACT: 4,
    ContainerClass.JAR: 8,
    ContainerClass.PALETTE: 3,
    ContainerClass.POWDER: 5,
    ContainerClass.ROLL_ON: 8,
    ContainerClass.STICK: 6,
    ContainerClass.PUFF: 3,
    ContainerClass.SPATULA: 2,
    ContainerClass.GENERAL_CLOSURE: 5,
    ContainerClass.ONE_TOUCH_CLOSURE: 7,
    ContainerClass.PRESS_CLOSURE: 6,
    ContainerClass.DROPPER: 10,
    ContainerClass.SHARP_CLOSURE: 9,
    ContainerClass.PUMP: 12,
}
"""Of every hundred shapes, how many are of a class: more where there is more to vary."""
_APART = 0.04
"""Two shapes differ in at least this share of the area that either fills."""
_TRIES = 40
_SIDE_PX = 128


def distinct_recipes(count: int, seed: int) -> Iterator[tuple[ContainerRecipe, OutlinePoints]]:
    """Recipes with their outlines, which all differ clearly; the classes mixed by SHARES.

    A prefix of a longer run is the shorter run. Fewer than ``count`` where no class has room
    left between the shapes it has.
    """
    order = _order()
    taken: NDArray[np.bool_] = np.zeros((64, _SIDE_PX * _SIDE_PX), dtype=bool)
    found, drawn, refused = 0, 0, 0
    while found < count and refused < len(order):
        container_class = order[(found + refused) % len(order)]
        fresh = False
        for _ in range(_TRIES):
            recipe = random_recipe(container_class, seed * 1_000_000 + drawn)
            drawn += 1
            outline = outline_of(recipe)
            shape = _filled(outline)
            if _apart(shape, taken[:found]):
                fresh = True
                break
        if not fresh:
            refused += 1
            continue
        if found == len(taken):
            taken = np.concatenate([taken, np.zeros_like(taken)])
        taken[found] = shape
        found, refused = found + 1, 0
        yield recipe, outline


def _order() -> tuple[ContainerClass, ...]:
    """A hundred classes in their shares, well mixed (largest remainder first)."""
    due = dict.fromkeys(SHARES, 0.0)
    order = []
    for _ in range(sum(SHARES.values())):
        for container_class, share in SHARES.items():
            due[container_class] += share
        following = max(due, key=lambda each: due[each])
        due[following] -= sum(SHARES.values())
        order.append(following)
    return tuple(order)


def _filled(points: OutlinePoints) -> NDArray[np.bool_]:
    """The outline filled, as large as fits a square, standing in its middle."""
    size = float(np.ptp(points, axis=0).max())
    placed = points / size * (_SIDE_PX - 2.0) + np.array([_SIDE_PX / 2, _SIDE_PX - 1.0])
    canvas = np.zeros((_SIDE_PX, _SIDE_PX), np.uint8)
    cv2.fillPoly(canvas, [np.round(placed * 16).astype(np.int32)[:, None]], 1, cv2.LINE_8, 4)
    filled: NDArray[np.bool_] = canvas.ravel() > 0
    return filled


def _apart(shape: NDArray[np.bool_], others: NDArray[np.bool_]) -> bool:
    if not len(others):
        return True
    differing = (others ^ shape).sum(axis=1)
    either = (others | shape).sum(axis=1)
    return bool((differing / either).min() >= _APART)
