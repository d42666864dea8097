"""Cut-out objects set into pictures: as a hand-held phone takes them, or as a studio does.

Both views know where the object is and how it got there, so that a network can be taught to find
it, to know it again, or to match its print. Everything is in 8-bit sRGB with display values
treated as light, which is what makes a composite of 192 pixels cost about 2 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.light_and_lens import (
    Plane,
    compressed,
    dimmed,
    photographed,
    random_crop,
    shadow,
    to_bytes,
    toned,
    with_glare,
)
from desktop_app.infra.training.occlusion import occluder
from desktop_app.infra.vision.opencv import cv2

RgbaArray = NDArray[np.uint8]
"""(height, width, 4), red, green, blue, alpha; colour is not multiplied by alpha."""
Homography = NDArray[np.float64]
"""(3, 3): maps (x, y, 1) in pixels, the centre of the first pixel being (0, 0)."""

HELD_FILL = (0.30, 0.95)
_DOUBLED = np.array([[2.0, 0, 0.5], [0, 2.0, 0.5], [0, 0, 1]])
"""From the pixels of a halved picture to those of the whole one."""


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """An object in a picture.

    ``rgb`` is (side, side, 3) uint8; ``mask`` (side, side) uint8 is 255 where the object is all
    that is seen, 0 where it is not seen; ``homography`` maps cut-out pixels to picture pixels.
    """

    rgb: RgbArray
    mask: NDArray[np.uint8]
    homography: Homography


def hand_held(
    cutout_rgba: RgbaArray,
    background: RgbArray,
    rng: np.random.Generator,
    *,
    side: int,
    strength: float = 1.0,
    fill: tuple[float, float] = HELD_FILL,
) -> Composite:
    """The object as a phone in a hand would take it, before a random part of ``background``.

    ``cutout_rgba`` is (h, w, 4) with some alpha; ``background`` is of any size. Position, size,
    turn, perspective, occlusion by fingers or things, shadow, light, blur, noise and compression
    are drawn from ``rng``: equal seeds give equal pictures. ``strength`` from 0 (object at a
    random place and size, upright, nothing else done to it) over 1 (what phones do) to 1.5
    scales it. ``fill`` bounds the share of the side that the object's larger extent takes; above
    1 only a part of it is seen. Raises ValueError where the cut-out has no visible pixel.
    """
    homography = _placement(
        cutout_rgba[:, :, 3], rng, side=side, strength=strength, fill=fill, overhang=0.08
    )
    scene = _scenery(background, rng, side=side, strength=strength)
    colour, alpha = _warped(cutout_rgba, homography, side=side)
    colour, alpha = _feathered(colour, alpha, float(rng.uniform(0.0, 2.0)) * min(strength, 1.0))
    if rng.random() < 0.7 * strength:
        scene = dimmed(scene, shadow(alpha, rng, depth=float(rng.uniform(0.15, 0.6))))
    if rng.random() < 0.35 * strength:
        colour = with_glare(colour, alpha, rng)
    picture = _added(colour, dimmed(scene, 1.0 - alpha))
    visible = alpha
    if rng.random() < 0.6 * strength:
        cover, hidden = occluder(alpha, background, rng, side=side)
        picture = _added(dimmed(cover, hidden), dimmed(picture, 1.0 - hidden))
        visible = alpha * (1.0 - hidden)
    rgb = photographed(picture, rng, strength=strength)
    return Composite(rgb, to_bytes(visible * 255.0), homography)


def studio(cutout_rgba: RgbaArray, rng: np.random.Generator, *, side: int) -> Composite:
    """The object as a shop shows it: upright, unhidden, on white, pale grey or a soft gradient.

    Never mirrored: a mirrored print is another print. Arguments and errors as
    :func:`hand_held`.
    """
    homography = _placement(
        cutout_rgba[:, :, 3], rng, side=side, strength=0.12, fill=(0.62, 1.0), overhang=0.0
    )
    colour, alpha = _warped(cutout_rgba, homography, side=side)
    scene = _paper(rng, side=side)
    if rng.random() < 0.4:
        scene = dimmed(scene, shadow(alpha, rng, depth=float(rng.uniform(0.05, 0.3))))
    picture = _added(colour, dimmed(scene, 1.0 - alpha))
    gamma, gain = float(np.exp(rng.normal(0.0, 0.08))), np.exp(rng.normal(0.0, 0.025, 3))
    rgb = toned(to_bytes(picture), gamma=gamma, gains=gain)
    if rng.random() < 0.7:
        rgb = compressed(rgb, quality=int(rng.integers(55, 96)))
    return Composite(rgb, to_bytes(alpha * 255.0), homography)


def _placement(
    alpha: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    side: int,
    strength: float,
    fill: tuple[float, float],
    overhang: float,
) -> Homography:
    """Where the object goes: its larger extent fills a share of the side within ``fill``, and
    at most ``overhang`` of the side lies beyond the frame."""
    left, top, width, height = cv2.boundingRect(alpha)
    if width == 0 or height == 0:
        raise ValueError("The cut-out has no visible pixel.")
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    corners = box - (width / 2, height / 2)
    corners /= max(width, height)
    corners += rng.uniform(-0.10, 0.10, (4, 2)) * min(strength, 1.5)
    wide = rng.random() < 0.08 * strength
    turn = np.radians(rng.uniform(-70, 70) if wide else rng.normal(0.0, 9.0)) * strength
    cos, sin = np.cos(turn), np.sin(turn)
    corners = corners @ np.array([[cos, sin], [-sin, cos]])
    low, high = corners.min(axis=0), corners.max(axis=0)
    share = float(rng.uniform(*fill)) / float((high - low).max())
    spread = (high - low) * share
    middle = (low + high) / 2
    slack = np.maximum((1.0 - spread) / 2, 0.0) + overhang * strength
    # Most people put the object near the middle: a triangular distribution.
    offset = (rng.uniform(-0.5, 0.5, 2) + rng.uniform(-0.5, 0.5, 2)) * slack
    placed = ((corners - middle) * share + 0.5 + offset) * side - 0.5
    source = box + np.array([left - 0.5, top - 0.5])
    found = cv2.getPerspectiveTransform(source.astype(np.float32), placed.astype(np.float32))
    return found.astype(np.float64, copy=False)


def _added(one: Plane, other: Plane) -> Plane:
    return cv2.add(one, other).astype(np.float32, copy=False)


def _warped(cutout: RgbaArray, homography: Homography, *, side: int) -> tuple[Plane, Plane]:
    """Colour times alpha (side, side, 3) in 0..255, and alpha (side, side) in 0..1.

    A large cut-out is first halved by averaging, so that fine print does not alias.
    """
    scale = _enlargement(homography, cutout)
    matrix = homography
    while scale < 0.6 and min(cutout.shape[:2]) >= 4:
        height, width = (extent // 2 * 2 for extent in cutout.shape[:2])
        half = cv2.resize(
            cutout[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA
        )
        cutout = half.astype(np.uint8, copy=False)
        matrix = matrix @ _DOUBLED
        scale *= 2
    red, green, blue, alpha = cv2.split(cutout)
    premultiplied = cv2.merge(
        [*(cv2.multiply(plane, alpha, scale=1 / 255) for plane in (red, green, blue)), alpha]
    )
    warped = cv2.warpPerspective(premultiplied, matrix, (side, side), flags=cv2.INTER_LINEAR)
    colour = cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB).astype(np.float32)
    return colour, cv2.extractChannel(warped, 3).astype(np.float32) / np.float32(255.0)


def _enlargement(homography: Homography, cutout: RgbaArray) -> float:
    """By how much lengths near the middle of the cut-out grow."""
    height, width = cutout.shape[:2]
    here = np.array([[[width / 2, height / 2], [width / 2 + 1, height / 2 + 1]]], np.float64)
    there = cv2.perspectiveTransform(here, homography)[0]
    return float(np.linalg.norm(there[1] - there[0])) / 2**0.5


def _feathered(colour: Plane, alpha: Plane, pixels: float) -> tuple[Plane, Plane]:
    """The outline softened inwards over about ``pixels``; below half a pixel it stays as is."""
    if pixels < 0.5:
        return colour, alpha
    soft = cv2.GaussianBlur(alpha, (0, 0), pixels / 2)
    kept = np.clip(soft * 2.0 - 1.0, 0.0, 1.0)
    return dimmed(colour, kept), kept * alpha


def _scenery(
    background: RgbArray, rng: np.random.Generator, *, side: int, strength: float
) -> Plane:
    part = random_crop(background, rng, side=side, least=0.35)
    if rng.random() < 0.4 * strength:
        spread = float(rng.uniform(0.6, 0.012 * side + 0.7))
        part = cv2.GaussianBlur(part, (0, 0), spread).astype(np.uint8, copy=False)
    return part.astype(np.float32)


def _paper(rng: np.random.Generator, *, side: int) -> Plane:
    """White, near white, pale grey or a soft gradient (side, side, 3) in 0..255."""
    kind = rng.random()
    if kind < 0.5:
        return np.full((side, side, 3), 255.0, np.float32)
    level = float(rng.uniform(225, 255))
    tint = np.clip(level + rng.normal(0.0, 2.5, 3), 0, 255).astype(np.float32)
    if kind < 0.75:
        return np.broadcast_to(tint, (side, side, 3)).copy()
    ramp = np.linspace(1.0, float(rng.uniform(0.78, 0.97)), side, dtype=np.float32)
    plane = ramp[:, None] if rng.random() < 0.7 else ramp[None, :]
    return np.broadcast_to(plane, (side, side))[:, :, None] * tint


__all__ = [
    "Composite",
    "Homography",
    "RgbaArray",
    "compressed",
    "hand_held",
    "random_crop",
    "studio",
]
