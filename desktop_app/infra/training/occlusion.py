"""Things that come between the camera and an object: fingers, strips, other goods."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.light_and_lens import Plane, random_crop
from desktop_app.infra.vision.opencv import cv2

_SKIN_TONES = ((236, 188, 160), (224, 172, 138), (198, 134, 98), (141, 85, 54), (94, 58, 40))


def occluder(
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
