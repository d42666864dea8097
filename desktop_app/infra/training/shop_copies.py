"""What happens to a picture on its way through shops: copies, other colours, small changes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.lettering import random_line, set_line
from desktop_app.infra.vision.opencv import cv

Where = NDArray[np.uint8]
"""(height, width), 255 where a picture shows the object."""

COPY_SIDES = (40, 1200)
_LEAST_CHANGE = 9.0
"""In levels of 8-bit Lab: what a person sees at a glance."""
_LEAST_CHANGED_PIXELS = 24
_SEEN_AT = 256
_RESAMPLING = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BOX,
)


def shop_copy(rgb: RgbArray, rng: np.random.Generator, *, least_side: int = 40) -> RgbArray:
    """The same picture as software hands it on: another size and format, now and then cropped,
    padded, stretched, mirrored, turned, sharpened or a little brighter."""
    picture = rgb
    kind = rng.random()
    if kind < 0.12:
        picture = _cropped(picture, rng, most=0.06)
    elif kind < 0.20:
        picture = _cropped(picture, rng, most=0.13)
    elif kind < 0.30:
        picture = _padded(picture, rng)
    elif kind < 0.38:
        picture = _to_its_content(picture, rng)
    turn = rng.random()
    if turn < 0.10:
        picture = picture[:, ::-1]
    elif turn < 0.14:
        picture = picture[::-1]
    elif turn < 0.20:
        picture = np.rot90(picture, int(rng.integers(1, 4)))
    elif turn < 0.28:
        picture = turned(picture, float(rng.uniform(-30, 30)), rng)
    stretch = float(np.exp(rng.uniform(-0.4, 0.4))) if rng.random() < 0.08 else 1.0
    picture = _resampled(np.ascontiguousarray(picture), rng, stretch, least_side)
    if rng.random() < 0.15:
        soft = cv.GaussianBlur(picture, (0, 0), float(rng.uniform(0.6, 1.4)))
        picture = cv.addWeighted(picture, 1.5, soft, -0.5, 0)
    if rng.random() < 0.08:
        gain = float(rng.uniform(0.95, 1.05))
        picture = cv.convertScaleAbs(picture, alpha=gain, beta=float(rng.uniform(0, 4)))
    return _written(picture, rng)


def recoloured(rgb: RgbArray, where: Where, rng: np.random.Generator) -> RgbArray:
    """The object, or a part of it, in another colour; the light on it stays."""
    return _until_seen(rgb, lambda: _recoloured(rgb, _part_of(rgb, where, rng), rng))


def edited(
    rgb: RgbArray, where: Where, rng: np.random.Generator, fonts: Sequence[Path]
) -> RgbArray:
    """The object with something small on it changed: a word, a badge, a cap."""

    def draw() -> RgbArray:
        kind = rng.random()
        if kind < 0.55:
            return _other_words(rgb, where, rng, fonts)
        if kind < 0.75:
            return _other_badge(rgb, where, rng)
        return _recoloured(rgb, _end_of(where, rng), rng)

    return _until_seen(rgb, draw)


def without_contrast(rgb: RgbArray, where: Where, rng: np.random.Generator) -> RgbArray:
    """The object nearly white or nearly black, most often without colour, on a ground that is
    nearly white."""
    shown: NDArray[np.floating] = rgb.astype(np.float32)
    if rng.random() < 0.7:
        grey = shown.mean(axis=2, keepdims=True)
        shown = grey + (shown - grey) * float(rng.uniform(0, 0.2))
    if rng.random() < 0.7:
        shown = 255 - (255 - shown) * float(rng.uniform(0.04, 0.25))
    else:
        share = where[:, :, np.newaxis].astype(np.float32) / 255
        dark = shown * float(rng.uniform(0.1, 0.3))
        shown = dark * share + (255 - (255 - shown) * 0.2) * (1 - share)
    return np.clip(np.rint(shown), 0, 255).astype(np.uint8)


def turned(rgb: RgbArray, degrees: float, rng: np.random.Generator) -> RgbArray:
    """Turned within its frame, what comes in from outside black, white or of the border's
    colour."""
    height, width = rgb.shape[:2]
    matrix = cv.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), degrees, 1.0)
    fill = ((0, 0, 0), (255, 255, 255), _border(rgb))[int(rng.integers(3))]
    return np.asarray(
        cv.warpAffine(np.ascontiguousarray(rgb), matrix, (width, height), borderValue=fill),
        np.uint8,
    )


def content_of(rgb: RgbArray) -> Where:
    """Where a picture differs from the colour of its border."""
    lab = cv.cvtColor(rgb, cv.COLOR_RGB2Lab).astype(np.int16)
    ground = np.median(np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]]), axis=0)
    apart = (np.abs(lab - ground).max(axis=2) > 8).astype(np.uint8)
    closed: Where = cv.morphologyEx(apart * 255, cv.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return closed


def _border(rgb: RgbArray) -> tuple[int, ...]:
    edge = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    return tuple(int(c) for c in np.median(edge, axis=0))


def _cropped(rgb: RgbArray, rng: np.random.Generator, *, most: float) -> RgbArray:
    height, width = rgb.shape[:2]
    left, top, right, bottom = rng.uniform(0, most, 4)
    return rgb[
        int(top * height) : height - int(bottom * height),
        int(left * width) : width - int(right * width),
    ]


def _padded(rgb: RgbArray, rng: np.random.Generator) -> RgbArray:
    height, width = rgb.shape[:2]
    fill = (255, 255, 255) if rng.random() < 0.5 else _border(rgb)
    if rng.random() < 0.6:  # to a square
        side = max(height, width)
        across, down = (side - width) // 2, (side - height) // 2
    else:
        across, down = (int(v) for v in rng.uniform(0.02, 0.25, 2) * (width, height))
    return np.asarray(
        cv.copyMakeBorder(rgb, down, down, across, across, cv.BORDER_CONSTANT, value=fill),
        np.uint8,
    )


def _to_its_content(rgb: RgbArray, rng: np.random.Generator) -> RgbArray:
    left, top, width, height = cv.boundingRect(content_of(rgb))
    if width < 24 or height < 24:
        return rgb
    margin = int(rng.uniform(0, 0.08) * max(width, height))
    return rgb[
        max(0, top - margin) : top + height + margin, max(0, left - margin) : left + width + margin
    ]


def _resampled(
    rgb: RgbArray, rng: np.random.Generator, stretch: float, least_side: int
) -> RgbArray:
    height, width = rgb.shape[:2]
    low, high = np.log(max(least_side, COPY_SIDES[0])), np.log(COPY_SIDES[1])
    scale = float(np.exp(rng.uniform(low, high))) / max(height, width)
    scale = min(scale, 2.5)
    size = max(16, round(width * scale * stretch)), max(16, round(height * scale))
    method = _RESAMPLING[int(rng.integers(len(_RESAMPLING)))]
    return np.asarray(Image.fromarray(rgb).resize(size, method), np.uint8)


def _written(rgb: RgbArray, rng: np.random.Generator) -> RgbArray:
    """Through a file format and back."""
    kind = rng.random()
    if kind < 0.15:
        return rgb
    data = io.BytesIO()
    quality = int(rng.integers(45, 96))
    Image.fromarray(rgb).save(data, "JPEG" if kind < 0.7 else "WEBP", quality=quality)
    return np.asarray(Image.open(data).convert("RGB"), np.uint8)


def _part_of(rgb: RgbArray, where: Where, rng: np.random.Generator) -> Where:
    """All of the object, one end of it, or what is of one colour."""
    kind = rng.random()
    if kind < 0.4:
        return where
    if kind < 0.6:
        return _end_of(where, rng)
    lab = cv.cvtColor(rgb, cv.COLOR_RGB2Lab)
    pixels = lab[where > 127].astype(np.float32)
    if len(pixels) < 64:
        return where
    cv.setRNGSeed(int(rng.integers(1 << 30)))
    stop = (cv.TERM_CRITERIA_EPS | cv.TERM_CRITERIA_COUNT, 10, 1.0)
    some = pixels[rng.integers(len(pixels), size=min(2000, len(pixels)))]
    _, _, centres = cv.kmeans(some, 4, None, stop, 1, cv.KMEANS_PP_CENTERS)
    nearest = np.linalg.norm(lab[:, :, np.newaxis].astype(np.float32) - centres, axis=3)
    chosen = (nearest.argmin(axis=2) == int(rng.integers(4))) & (where > 127)
    return np.asarray(cv.GaussianBlur(chosen.astype(np.uint8) * 255, (3, 3), 0), np.uint8)


def _end_of(where: Where, rng: np.random.Generator) -> Where:
    """The upper or lower end, or a band."""
    left, top, width, height = cv.boundingRect((where > 127).astype(np.uint8))
    share = float(rng.uniform(0.08, 0.3))
    start = float(rng.choice([0.0, 1 - share, rng.uniform(0, 1 - share)]))
    part = np.zeros_like(where)
    rows = slice(top + int(start * height), top + max(int((start + share) * height), 1))
    part[rows, left : left + width] = where[rows, left : left + width]
    return part


def _recoloured(rgb: RgbArray, part: Where, rng: np.random.Generator) -> RgbArray:
    lab = cv.cvtColor(rgb.astype(np.float32) / 255, cv.COLOR_RGB2Lab)
    inside = part > 127
    mean = lab[inside].mean(axis=0) if inside.any() else np.array([50.0, 0, 0], np.float32)
    hue, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 70)
    target = np.array([rng.uniform(15, 92), strength * np.cos(hue), strength * np.sin(hue)])
    if rng.random() < 0.35:  # a shade next to it
        target = mean + rng.normal(0, 1, 3) * (9, 12, 12)
    moved = lab + (target - mean)
    if target[0] < mean[0]:
        moved[:, :, 0] = lab[:, :, 0] * (max(target[0], 5) / max(mean[0], 5))
    share = part[:, :, np.newaxis].astype(np.float32) / 255
    mixed = (lab * (1 - share) + moved * share).astype(np.float32)
    mixed[:, :, 0] = np.clip(mixed[:, :, 0], 0, 100)
    changed = np.clip(cv.cvtColor(mixed, cv.COLOR_Lab2RGB) * 255, 0, 255)
    return np.where(share > 0, changed, rgb).astype(np.uint8)


def _other_words(
    rgb: RgbArray, where: Where, rng: np.random.Generator, fonts: Sequence[Path]
) -> RgbArray:
    changed = rgb.copy()
    left, top, width, height = cv.boundingRect((where > 127).astype(np.uint8))
    tall = int(np.clip(rng.uniform(0.03, 0.09) * max(rgb.shape[:2]), 7, 60))
    font = fonts[int(rng.integers(len(fonts)))] if fonts else None
    ink = set_line(random_line(rng, words=int(rng.integers(1, 3))), font, height=tall)
    ink = ink[:, : max(8, int(width * 0.8))]
    h, w = ink.shape
    x = left + int(rng.uniform(0.05, 0.95) * max(1, width - w))
    y = top + int(rng.uniform(0.05, 0.95) * max(1, height - h))
    x, y = max(0, min(x, rgb.shape[1] - w)), max(0, min(y, rgb.shape[0] - h))
    place = changed[y : y + h, x : x + w]
    ink = ink[: place.shape[0], : place.shape[1]]
    ground = np.median(place.reshape(-1, 3), axis=0)
    if rng.random() < 0.5:  # in the place of what stood there
        place[:] = ground
    tone = np.full(3, 20.0 if ground.mean() > 127 else 235.0)
    if rng.random() < 0.4:
        tone = rng.uniform(0, 255, 3)
    share = ink[:, :, np.newaxis].astype(np.float32) / 255
    place[:] = (place * (1 - share) + tone * share).astype(np.uint8)
    return changed


def _other_badge(rgb: RgbArray, where: Where, rng: np.random.Generator) -> RgbArray:
    changed = rgb.copy()
    left, top, width, height = cv.boundingRect((where > 127).astype(np.uint8))
    side = max(3, int(rng.uniform(0.02, 0.07) * max(rgb.shape[:2])))
    centre = (
        left + int(rng.uniform(0.2, 0.8) * width),
        top + int(rng.uniform(0.2, 0.8) * height),
    )
    tone = tuple(int(c) for c in rng.integers(0, 256, 3))
    if rng.random() < 0.5:
        cv.circle(changed, centre, side, tone, -1, cv.LINE_AA)
    else:
        far = (centre[0] + 2 * side, centre[1] + side)
        cv.rectangle(changed, centre, far, tone, -1)
    return changed


def _until_seen(rgb: RgbArray, draw: object) -> RgbArray:
    """Drawn again until the change can be seen in a thumbnail; the last try after some."""
    assert callable(draw)
    scale = min(1.0, _SEEN_AT / max(rgb.shape[:2]))
    changed = rgb
    for _ in range(6):
        changed = draw()
        apart = cv.absdiff(
            cv.cvtColor(rgb, cv.COLOR_RGB2Lab), cv.cvtColor(changed, cv.COLOR_RGB2Lab)
        )
        small = cv.resize(apart, None, fx=scale, fy=scale, interpolation=cv.INTER_AREA)
        seen = cv.GaussianBlur(small, (3, 3), 0).max(axis=2) >= _LEAST_CHANGE
        if np.count_nonzero(seen) >= _LEAST_CHANGED_PIXELS:
            break
    return changed
