"""Cut-out objects set into pictures: as a hand-held phone takes them, or as a studio does.

Both views know where the object is and how it got there, so that a network can be taught to find
it, to know it again, or to match its print. Everything is in 8-bit sRGB with display values
treated as light, which is what makes a composite of 192 pixels cost about 2 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv2

RgbaArray = NDArray[np.uint8]
"""(height, width, 4), red, green, blue, alpha; colour is not multiplied by alpha."""
Plane = NDArray[np.float32]
"""(height, width) in [0, 1] unless said otherwise."""
Homography = NDArray[np.float64]
"""(3, 3): maps (x, y, 1) in pixels, the centre of the first pixel being (0, 0)."""

_DOUBLED = np.array([[2.0, 0, 0.5], [0, 2.0, 0.5], [0, 0, 1]])
"""From the pixels of a halved picture to those of the whole one."""
_SKIN_TONES = ((236, 188, 160), (224, 172, 138), (198, 134, 98), (141, 85, 54), (94, 58, 40))


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
) -> Composite:
    """The object as a phone in a hand would take it, before a random part of ``background``.

    ``cutout_rgba`` is (h, w, 4) with some alpha; ``background`` is of any size. Position, size,
    turn, perspective, occlusion by fingers or things, shadow, light, blur, noise and compression
    are drawn from ``rng``: equal seeds give equal pictures. ``strength`` from 0 (object at a
    random place and size, upright, nothing else done to it) over 1 (what phones do) to 1.5
    scales it. Raises ValueError where the cut-out has no visible pixel.
    """
    homography = _placement(cutout_rgba[:, :, 3], rng, side=side, strength=strength)
    scene = _scenery(background, rng, side=side, strength=strength)
    colour, alpha = _warped(cutout_rgba, homography, side=side)
    colour, alpha = _feathered(colour, alpha, float(rng.uniform(0.0, 2.0)) * min(strength, 1.0))
    if rng.random() < 0.7 * strength:
        scene = _dimmed(scene, _shadow(alpha, rng, depth=float(rng.uniform(0.15, 0.6))))
    if rng.random() < 0.35 * strength:
        colour = _with_glare(colour, alpha, rng)
    picture = cv2.add(colour, _dimmed(scene, 1.0 - alpha))
    visible = alpha
    if rng.random() < 0.6 * strength:
        cover, hidden = _occluder(alpha, background, rng, side=side)
        picture = cv2.blendLinear(cover, picture, hidden, 1.0 - hidden)
        visible = alpha * (1.0 - hidden)
    rgb = _photographed(picture, rng, strength=strength)
    return Composite(rgb, _to_bytes(visible * 255.0), homography)


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
        scene = _dimmed(scene, _shadow(alpha, rng, depth=float(rng.uniform(0.05, 0.3))))
    picture = cv2.add(colour, _dimmed(scene, 1.0 - alpha))
    gamma, gain = float(np.exp(rng.normal(0.0, 0.08))), np.exp(rng.normal(0.0, 0.025, 3))
    rgb = _toned(_to_bytes(picture), gamma=gamma, gains=gain)
    if rng.random() < 0.7:
        rgb = compressed(rgb, quality=int(rng.integers(55, 96)))
    return Composite(rgb, _to_bytes(alpha * 255.0), homography)


def compressed(rgb: RgbArray, *, quality: int) -> RgbArray:
    """The picture after JPEG compression of ``quality`` 1 to 100."""
    _, data = cv2.imencode(".jpg", rgb[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
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


def _placement(
    alpha: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    side: int,
    strength: float,
    fill: tuple[float, float] = (0.30, 0.95),
    overhang: float = 0.08,
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
    found: Homography = cv2.getPerspectiveTransform(
        source.astype(np.float32), placed.astype(np.float32)
    )
    return found


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
    return _dimmed(colour, kept), kept * alpha


def _scenery(
    background: RgbArray, rng: np.random.Generator, *, side: int, strength: float
) -> Plane:
    part = random_crop(background, rng, side=side, least=0.35)
    if rng.random() < 0.4 * strength:
        part = cv2.GaussianBlur(part, (0, 0), float(rng.uniform(0.6, 0.012 * side + 0.7)))
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


def _shadow(alpha: Plane, rng: np.random.Generator, *, depth: float) -> Plane:
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


def _dimmed(picture: Plane, factor: Plane) -> Plane:
    """A picture (side, side, 3) times a plane (side, side)."""
    dimmed: Plane = cv2.multiply(picture, cv2.merge((factor, factor, factor)))
    return dimmed


def _with_glare(colour: Plane, alpha: Plane, rng: np.random.Generator) -> Plane:
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
    return cv2.add(_dimmed(colour, 1.0 - share), cv2.merge((lamp, lamp, lamp)))


def _occluder(
    alpha: Plane, background: RgbArray, rng: np.random.Generator, *, side: int
) -> tuple[Plane, Plane]:
    """Something before the object: colour (side, side, 3) and coverage (side, side).

    At most some two fifths of the object are covered; an occluder that would hide more is
    drawn in part only.
    """
    kind = rng.random()
    if kind < 0.65:
        cover, hidden = _fingers(alpha, rng, side=side)
    else:
        hidden = _patch(alpha, rng, side=side)
        cover = random_crop(background, rng, side=side, least=0.2).astype(np.float32)
    if float((hidden * alpha).sum()) > 0.4 * float(alpha.sum()):
        hidden = hidden * _half(rng, side=side)
        if float((hidden * alpha).sum()) > 0.5 * float(alpha.sum()):
            hidden = np.zeros_like(hidden)
    return cover, hidden


def _half(rng: np.random.Generator, *, side: int) -> Plane:
    """1 on one side of a line near the middle, 0 on the other."""
    plane = np.zeros((side, side), np.float32)
    cut = int(side * rng.uniform(0.3, 0.7))
    plane[:, :cut] = 1.0
    return np.ascontiguousarray(np.rot90(plane, int(rng.integers(4))))


def _fingers(alpha: Plane, rng: np.random.Generator, *, side: int) -> tuple[Plane, Plane]:
    """One to four capsules of a skin tone, reaching into the object from its edge."""
    left, top, width, height = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    tone = np.array(_SKIN_TONES[int(rng.integers(len(_SKIN_TONES)))], np.float32)
    tone = np.clip(tone * float(rng.uniform(0.8, 1.1)) + rng.normal(0, 6, 3), 0, 255)
    hidden = np.zeros((side, side), np.uint8)
    shade = np.zeros((side, side), np.uint8)
    thick = max(3, int(max(width, height) * rng.uniform(0.08, 0.17)))
    from_left, count = rng.random() < 0.5, int(rng.integers(1, 5))
    upright = rng.random() < 0.35
    start = float(rng.uniform(0.1, 0.9))
    for k in range(count):
        along = start + (k - count / 2) * (thick * 1.05) / max(height, 1)
        reach = float(rng.uniform(0.08, 0.42))
        near, far = (reach, -0.6) if from_left else (1 - reach, 1.6)
        lean = float(rng.normal(0.0, 0.12))
        tip, root = np.array([near, along]), np.array([far, along + lean])
        if upright:
            tip, root = tip[::-1], root[::-1]
        scale = np.array([width, height])
        a = tuple(int(v) for v in tip * scale + (left, top))
        b = tuple(int(v) for v in root * scale + (left, top))
        cv2.line(hidden, a, b, 255, thick, cv2.LINE_AA)
        cv2.line(shade, a, b, 255, max(1, int(thick * 0.45)), cv2.LINE_AA)
    soft = cv2.GaussianBlur(hidden, (0, 0), 0.8).astype(np.float32) / 255.0
    round_light = cv2.blur(shade, (thick | 1, thick | 1)).astype(np.float32) / 255.0
    light = 0.72 + 0.45 * round_light
    cover = cv2.merge([light * level for level in tone.astype(np.float32)])
    return cover, soft


def _patch(alpha: Plane, rng: np.random.Generator, *, side: int) -> Plane:
    """Coverage of a strip or an odd quadrilateral over a border of the object."""
    left, top, width, height = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    turn = float(rng.uniform(0, 2 * np.pi))
    middle = np.array([left + width / 2, top + height / 2])
    reach = np.array([width, height]) * 0.5 * float(rng.uniform(0.55, 1.0))
    centre = middle + reach * (np.cos(turn), np.sin(turn))
    half = np.array([width, height]) * rng.uniform(0.10, 0.38, 2)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners = corners * rng.uniform(0.7, 1.3, (4, 2))
    angle = float(rng.uniform(0, np.pi))
    cos, sin = np.cos(angle), np.sin(angle)
    corners = corners @ np.array([[cos, sin], [-sin, cos]]) + centre
    plane = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(plane, corners.astype(np.int32), 255, cv2.LINE_AA)
    soft: Plane = cv2.GaussianBlur(plane, (0, 0), 0.7).astype(np.float32) / 255.0
    return soft


def _photographed(picture: Plane, rng: np.random.Generator, *, strength: float) -> RgbArray:
    """What light, lens, sensor and compression make of the scene (side, side, 3) in 0..255."""
    if strength <= 0.0:
        return _to_bytes(picture)
    side = picture.shape[0]
    picture = _dimmed(picture, _light_field(rng, side=side, strength=strength))
    rgb = _toned(
        _to_bytes(_unsharp_by_hand(picture, rng, strength=strength)),
        gamma=float(np.exp(rng.normal(0.0, 0.20 * strength))),
        gains=np.exp(rng.normal(0.0, 0.07 * strength, 3) + rng.normal(0.0, 0.12 * strength)),
    )
    if rng.random() < 0.7:
        level = float(rng.uniform(1.0, 9.0)) * strength
        grain = rng.standard_normal((side, side), np.float32) * np.float32(level)
        rgb = cv2.add(rgb, cv2.merge((grain, grain, grain)), dtype=cv2.CV_8U)
    if rng.random() < 0.85:
        rgb = compressed(rgb, quality=int(rng.integers(max(10, int(60 - 35 * strength)), 93)))
    return rgb


def _light_field(rng: np.random.Generator, *, side: int, strength: float) -> Plane:
    """A slant of light over the frame, around 1."""
    corners = np.exp(rng.normal(0.0, 0.16 * strength, (2, 2))).astype(np.float32)
    field: Plane = cv2.resize(corners, (side, side), interpolation=cv2.INTER_LINEAR)
    return field


def _unsharp_by_hand(picture: Plane, rng: np.random.Generator, *, strength: float) -> Plane:
    """Blur by movement, by focus or by too few pixels, or none."""
    side = picture.shape[0]
    kind = rng.random()
    if kind < 0.22 * strength:
        return cv2.filter2D(picture, -1, _shake(float(rng.uniform(0.01, 0.035)) * side, rng))
    if kind < 0.44 * strength:
        return cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.6)) * side / 192)
    if kind < 0.60 * strength:
        few = max(8, int(side * rng.uniform(0.4, 0.85)))
        small = cv2.resize(picture, (few, few), interpolation=cv2.INTER_LINEAR)
        return cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
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
    return kernel / kernel.sum()


def _toned(
    rgb: RgbArray, *, gamma: float, gains: Sequence[float] | NDArray[np.float64]
) -> RgbArray:
    """Each channel to the power ``gamma`` (of 0..1), then times its gain."""
    curve = (np.arange(256) / 255.0) ** gamma * 255.0
    table = np.clip(curve[:, None] * np.asarray(gains)[None, :], 0, 255).astype(np.uint8)
    toned: RgbArray = cv2.LUT(rgb, table.reshape(256, 1, 3))
    return toned


def _to_bytes(values: Plane) -> NDArray[np.uint8]:
    """Rounded and kept to at most 255; ``values`` are not negative."""
    rounded: NDArray[np.uint8] = cv2.convertScaleAbs(values)
    return rounded
