"""Pairs of views of one thing, and batches of them that are hard to tell apart.

Of every pair the first is how a shop shows the thing, the second how it is looked for: in a hand,
on a photo, or cut out of one by a mask that is not perfect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import RgbaArray, hand_held, studio
from desktop_app.infra.training.cutouts import card_of
from desktop_app.infra.vision.opencv import cv2

OBJECT_MARGIN = 0.06
"""The margin around objects that are cut out, as the look channel has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """One identity. ``looks`` are its cut-outs, or ``photos`` pictures of it without a mask.

    Things of one ``family`` are hard to tell apart. Where ``is_kind`` the family is a kind of
    which each photo shows some specimen: whether two are the same cannot be said, so they are
    neither positives nor negatives.
    """

    looks: tuple[RgbaArray, ...] = ()
    photos: tuple[RgbArray, ...] = ()
    family: int = -1
    is_kind: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """``pixels`` (2n, side, side, 3) uint8: n first views, then the second views of the same
    things; ``things`` (2n,) are numbers of identities, ``kinds`` (2n,) of kinds, -1 for none."""

    pixels: NDArray[np.uint8]
    things: NDArray[np.int64]
    kinds: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Things of one sort, how large a share of a batch they are, and who is like whom.

    ``neighbours`` (n, k) are the things most alike under the network as it is, nearest first.
    """

    name: str
    things: Sequence[Thing]
    share: float
    neighbours: NDArray[np.int64] | None = None


def draw_batch(
    shelves: Sequence[Shelf],
    clutter: Sequence[RgbArray],
    rng: np.random.Generator,
    *,
    pairs: int,
    side: int,
) -> Batch:
    """A batch of ``pairs`` pairs; about half of each shelf's part are families and neighbours."""
    shares = np.array([shelf.share for shelf in shelves if shelf.things])
    filled = [shelf for shelf in shelves if shelf.things]
    counts = rng.multinomial(pairs, shares / shares.sum())
    first, second, things, kinds = [], [], [], []
    offset = 0
    for shelf, count in zip(filled, counts, strict=True):
        for number in chosen(shelf, int(count), rng):
            thing = shelf.things[number]
            a, b = pair_of_views(thing, clutter, rng, side=side)
            first.append(a)
            second.append(b)
            things.append(offset + number)
            kinds.append(offset + thing.family if thing.is_kind else -1)
        offset += len(shelf.things) + 1
    order = rng.permutation(len(first))
    pixels = np.stack([first[k] for k in order] + [second[k] for k in order])
    return Batch(
        pixels,
        np.tile(np.array(things, np.int64)[order], 2),
        np.tile(np.array(kinds, np.int64)[order], 2),
    )


def chosen(shelf: Shelf, count: int, rng: np.random.Generator) -> list[int]:
    """Numbers of ``count`` different things (fewer where the shelf is small): anchors, each
    followed by things of its family or by its neighbours."""
    total = len(shelf.things)
    if count >= total:
        return list(range(total))
    picked: dict[int, None] = {}
    families: dict[int, list[int]] = {}
    for number, thing in enumerate(shelf.things):
        if thing.family >= 0 and not thing.is_kind:
            families.setdefault(thing.family, []).append(number)
    while len(picked) < count:
        anchor = int(rng.integers(total))
        picked[anchor] = None
        if rng.random() < 0.25:
            continue
        alike = families.get(shelf.things[anchor].family, [])
        if shelf.neighbours is not None:
            alike = [int(k) for k in shelf.neighbours[anchor]]
        for number in rng.permutation(np.array(alike, np.int64))[:2]:
            if len(picked) < count:
                picked[int(number)] = None
    return list(picked)


def pair_of_views(
    thing: Thing, clutter: Sequence[RgbArray], rng: np.random.Generator, *, side: int
) -> tuple[RgbArray, RgbArray]:
    """As the shop shows it, and as it is looked for; both (side, side, 3)."""
    if thing.looks:
        shown, held = (thing.looks[int(k)] for k in rng.integers(len(thing.looks), size=2))
        if rng.random() < 0.1:
            return sought(shown, clutter, rng, side=side), sought(held, clutter, rng, side=side)
        return studio(shown, rng, side=side).rgb, sought(held, clutter, rng, side=side)
    shown, held = (thing.photos[int(k)] for k in rng.integers(len(thing.photos), size=2))
    kind = rng.random()
    if kind < 0.2:
        first = studio(card_of(shown, rng), rng, side=side).rgb
    else:
        first = on_paper(_trimmed(shown, rng, least=0.8), side=side)
    if kind < 0.65:
        return first, sought(card_of(held, rng), clutter, rng, side=side)
    return first, taken_again(held, clutter, rng, side=side)


def sought(
    cutout: RgbaArray, clutter: Sequence[RgbArray], rng: np.random.Generator, *, side: int
) -> RgbArray:
    """The object in a hand; sometimes from close by, sometimes cut out again by a mask."""
    kind = rng.random()
    background = clutter[int(rng.integers(len(clutter)))]
    strength = float(rng.uniform(0.4, 1.25))
    if kind < 0.4:
        larger = side * 5 // 4
        made = hand_held(cutout, background, rng, side=larger, strength=strength, fill=(0.5, 0.95))
        return cut_again(made.rgb, made.mask, rng, side=side)
    fill = (0.7, 1.3) if kind < 0.6 else (0.35, 0.95)
    return hand_held(cutout, background, rng, side=side, strength=strength, fill=fill).rgb


def taken_again(
    photo: RgbArray, clutter: Sequence[RgbArray], rng: np.random.Generator, *, side: int
) -> RgbArray:
    """Another photo of the same scene: from nearby, askew, in other light, partly hidden."""
    whole = np.dstack([photo, np.full(photo.shape[:2], 255, np.uint8)])
    background = clutter[int(rng.integers(len(clutter)))]
    strength = float(rng.uniform(0.5, 1.2))
    return hand_held(whole, background, rng, side=side, strength=strength, fill=(1.05, 1.8)).rgb


def cut_again(
    rgb: RgbArray, mask: NDArray[np.uint8], rng: np.random.Generator, *, side: int
) -> RgbArray:
    """The object on white in the middle of a square, cut out by a mask with faults: too narrow or
    too wide, ragged, with a bite missing or a piece of the background left on it."""
    height, width = mask.shape
    reach = 1 + int(rng.integers(0, max(2, side // 40)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    faulty = mask
    kind = rng.random()
    if kind < 0.35:
        faulty = cv2.dilate(faulty, kernel).astype(np.uint8, copy=False)
    elif kind < 0.6:
        faulty = cv2.erode(faulty, kernel).astype(np.uint8, copy=False)
    if rng.random() < 0.4:
        coarse = rng.normal(0, 60, (8, 8)).astype(np.float32)
        ragged = cv2.GaussianBlur(faulty, (0, 0), 3.0).astype(np.float32)
        ragged += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        faulty = np.where(ragged > 128, 255, 0).astype(np.uint8)
    if rng.random() < 0.3:
        spot = int(rng.integers(width)), int(rng.integers(height))
        radius = int(side * float(rng.uniform(0.04, 0.14)))
        faulty = faulty.copy()
        cv2.circle(faulty, spot, radius, 255 if rng.random() < 0.5 else 0, -1)
    left, top, wide, tall = cv2.boundingRect((faulty > 127).astype(np.uint8))
    if min(wide, tall) < side // 10:
        return cv2.resize(rgb, (side, side), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    share = cv2.GaussianBlur(faulty, (3, 3), 0).astype(np.float32)[:, :, None] / 255
    cut = (rgb * share + 255 * (1 - share))[top : top + tall, left : left + wide]
    return on_paper(cut.astype(np.uint8), side=side, margin=OBJECT_MARGIN)


def on_paper(picture: RgbArray, *, side: int, margin: float = 0.0) -> RgbArray:
    """The whole picture in the middle of a white square, ``margin`` of its longer side around."""
    height, width = picture.shape[:2]
    inner = side / (1 + 2 * margin)
    scale = inner / max(height, width)
    to = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR
    square = np.full((side, side, 3), 255, np.uint8)
    top, left = (side - to[1]) // 2, (side - to[0]) // 2
    resized = cv2.resize(picture, to, interpolation=method)
    square[top : top + to[1], left : left + to[0]] = resized
    return square


def _trimmed(photo: RgbArray, rng: np.random.Generator, *, least: float) -> RgbArray:
    """A part of the photo with at least ``least`` of each side, in slightly other light."""
    height, width = photo.shape[:2]
    tall, wide = (int(v * float(rng.uniform(least, 1.0))) for v in (height, width))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    part = photo[top : top + tall, left : left + wide]
    lit = cv2.convertScaleAbs(part, alpha=float(np.exp(rng.normal(0, 0.08))))
    return lit.astype(np.uint8, copy=False)


__all__ = [
    "Batch",
    "Shelf",
    "Thing",
    "chosen",
    "draw_batch",
    "on_paper",
    "pair_of_views",
    "sought",
    "taken_again",
]
