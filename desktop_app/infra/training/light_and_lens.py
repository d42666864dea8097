"""What light, lens, sensor and compression do to a picture.

Everything is in 8-bit sRGB with display values treated as light.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv2

Plane = NDArray[np.float32]
"""(height, width) in [0, 1] unless said otherwise."""


def compressed(rgb: RgbArray, *, quality: int) -> RgbArray:
    """The picture after JPEG compression of ``quality`` 1 to 100."""
    _, data = cv2.imencode(".jpg", rgb[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def random_crop(
    picture: RgbArray, rng: np.random.Generator, *, side: int, least: float, may_flip: bool = True
) -> RgbArray:
    """A square part of ``picture``, at least ``least`` of its shorter side, as (side, side, 3)."""
    height, width = picture.shape[:2]
    edge = max(2, int(min(height, width) * rng.uniform(least, 1.0)))
    top, left = int(rng.integers(height - edge + 1)), int(rng.integers(width - edge + 1))
    part = picture[top : top + edge, left : left + edge]
    method = cv2.INTER_AREA if edge > 2 * side else cv2.INTER_LINEAR
    resized = cv2.resize(part, (side, side), interpolation=method)
    if may_flip and rng.random() < 0.5:
        resized = cv2.flip(resized, 1)
    return resized.astype(np.uint8, copy=False)


def photographed(picture: Plane, rng: np.random.Generator, *, strength: float) -> RgbArray:
    """What light, lens, sensor and compression make of the scene (side, side, 3) in 0..255."""
    if strength <= 0.0:
        return to_bytes(picture)
    side = picture.shape[0]
    picture = dimmed(picture, _light_field(rng, side=side, strength=strength))
    rgb = toned(
        to_bytes(_unsharp_by_hand(picture, rng, strength=strength)),
        gamma=float(np.exp(rng.normal(0.0, 0.20 * strength))),
        gains=np.exp(rng.normal(0.0, 0.07 * strength, 3) + rng.normal(0.0, 0.12 * strength)),
    )
    if rng.random() < 0.7:
        level = float(rng.uniform(1.0, 9.0)) * strength
        grain = rng.standard_normal((side, side), np.float32) * np.float32(level)
        grey = cv2.merge((grain, grain, grain))
        rgb = cv2.add(rgb, grey, dtype=cv2.CV_8U).astype(np.uint8, copy=False)
    if rng.random() < 0.85:
        rgb = compressed(rgb, quality=int(rng.integers(max(10, int(60 - 35 * strength)), 93)))
    return rgb


def _light_field(rng: np.random.Generator, *, side: int, strength: float) -> Plane:
    """A slant of light over the frame, around 1."""
    corners = np.exp(rng.normal(0.0, 0.16 * strength, (2, 2))).astype(np.float32)
    field = cv2.resize(corners, (side, side), interpolation=cv2.INTER_LINEAR)
    return field.astype(np.float32, copy=False)


def _unsharp_by_hand(picture: Plane, rng: np.random.Generator, *, strength: float) -> Plane:
    """Blur by movement, by focus or by too few pixels, or none."""
    side = picture.shape[0]
    kind = rng.random()
    if kind < 0.22 * strength:
        kernel = _shake(float(rng.uniform(0.01, 0.035)) * side, rng)
        return cv2.filter2D(picture, -1, kernel).astype(np.float32, copy=False)
    if kind < 0.44 * strength:
        spread = float(rng.uniform(0.4, 1.6)) * side / 192
        return cv2.GaussianBlur(picture, (0, 0), spread).astype(np.float32, copy=False)
    if kind < 0.60 * strength:
        few = max(8, int(side * rng.uniform(0.4, 0.85)))
        small = cv2.resize(picture, (few, few), interpolation=cv2.INTER_LINEAR)
        again = cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
        return again.astype(np.float32, copy=False)
    return picture


def _shake(length: float, rng: np.random.Generator) -> Plane:
    """The blur of a straight movement over ``length`` pixels in some direction."""
    radius = int(length / 2) + 1
    kernel = np.zeros((2 * radius + 1, 2 * radius + 1), np.float32)
    angle = float(rng.uniform(0, np.pi))
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    ends = np.stack([radius - reach, radius + reach])
    a, b = (tuple(int(v) for v in end * 16) for end in ends)
    cv2.line(kernel, a, b, 1.0, 1, cv2.LINE_AA, shift=4)
    kernel[radius, radius] = max(kernel[radius, radius], 1.0)
    normalised: Plane = (kernel / kernel.sum()).astype(np.float32)
    return normalised


def toned(rgb: RgbArray, *, gamma: float, gains: Sequence[float] | NDArray[np.float64]) -> RgbArray:
    """Each channel to the power ``gamma`` (of 0..1), then times its gain."""
    curve = (np.arange(256) / 255.0) ** gamma * 255.0
    table = np.clip(curve[:, None] * np.asarray(gains)[None, :], 0, 255).astype(np.uint8)
    return cv2.LUT(rgb, table.reshape(256, 1, 3)).astype(np.uint8, copy=False)


def to_bytes(values: Plane) -> NDArray[np.uint8]:
    """Rounded and kept to at most 255; ``values`` are not negative."""
    return cv2.convertScaleAbs(values).astype(np.uint8, copy=False)


def dimmed(picture: Plane, factor: Plane) -> Plane:
    """A picture (side, side, 3) times a plane (side, side)."""
    product = cv2.multiply(picture, cv2.merge((factor, factor, factor)))
    return product.astype(np.float32, copy=False)


def shadow(alpha: Plane, rng: np.random.Generator, *, depth: float) -> Plane:
    """What is left of the light (side, side) beside the object."""
    side = alpha.shape[0]
    small = cv2.resize(alpha, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
    drop, drift = rng.uniform(0.0, 0.05) * side / 4, rng.uniform(-0.05, 0.05) * side / 4
    shift = np.array([[1, 0, drift], [0, 1, drop]], np.float32)
    moved = cv2.warpAffine(small, shift, small.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), float(rng.uniform(0.008, 0.045)) * side / 4 + 0.3)
    full = cv2.resize(soft, (side, side), interpolation=cv2.INTER_LINEAR)
    left: Plane = 1.0 - np.float32(depth) * full
    return left


def with_glare(colour: Plane, alpha: Plane, rng: np.random.Generator) -> Plane:
    """A lamp mirrored in the object, an elliptic spot or a streak, added to its colour."""
    side = alpha.shape[0]
    rows, columns = np.nonzero(alpha[2::4, 2::4] > 0.5)
    if len(rows) == 0:
        return colour
    spot = np.zeros((side // 4, side // 4), np.float32)
    pick = int(rng.integers(len(rows)))
    axes = (1 + int(rng.integers(side // 24 + 1)), 1 + int(rng.integers(side // 12 + 1)))
    centre = (int(columns[pick]), int(rows[pick]))
    cv2.ellipse(spot, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    spot = cv2.GaussianBlur(spot, (0, 0), float(rng.uniform(1.0, 4.0)))
    full = cv2.resize(spot, (side, side), interpolation=cv2.INTER_LINEAR)
    share = full * np.float32(rng.uniform(0.3, 0.9))
    lamp = alpha * share * np.float32(255.0)
    lit = cv2.add(dimmed(colour, 1.0 - share), cv2.merge((lamp, lamp, lamp)))
    return lit.astype(np.float32, copy=False)
