"""Printed faces folded into cartons, filled into pouches, wrapped around bottles and cans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import RgbaArray
from desktop_app.infra.vision.opencv import cv2

_SIDE = 256


def boxed(
    front: RgbArray,
    side: RgbArray,
    top: RgbArray,
    rng: np.random.Generator,
    *,
    spread: float = 1.0,
) -> RgbaArray:
    """A carton seen from about the front: one to three of its faces in perspective.

    ``front`` (h, w, 3), ``side`` (h, d, 3) on either hand, ``top`` (d, w, 3). ``spread`` 0 shows
    the front alone; 1 turns by up to some 40 degrees. The result is cropped to the carton.
    """
    height, width = front.shape[:2]
    depth = side.shape[1]
    yaw = float(np.clip(rng.normal(0.0, 0.42), -0.9, 0.9)) * spread
    pitch = float(np.clip(rng.normal(0.16, 0.2), -0.2, 0.6)) * spread
    w, h, d = width / 2, height / 2, depth / 2
    # x to the right, y down, z away from the viewer.
    quads = {
        "front": [(-w, -h, -d), (w, -h, -d), (w, h, -d), (-w, h, -d)],
        "left": [(-w, -h, d), (-w, -h, -d), (-w, h, -d), (-w, h, d)],
        "right": [(w, -h, -d), (w, -h, d), (w, h, d), (w, h, -d)],
        "top": [(-w, -h, d), (w, -h, d), (w, -h, -d), (-w, -h, -d)],
    }
    faces = {"front": front, "left": side, "right": side, "top": top}
    tone = {"front": 1.0, "left": float(rng.uniform(0.6, 1.0)), "top": float(rng.uniform(0.9, 1.2))}
    tone["right"] = 1.6 - tone["left"]
    distance = float(rng.uniform(3.0, 8.0)) * max(height, width)
    flat = {
        name: _projected(np.array(quad), yaw, pitch, distance=distance)
        for name, quad in quads.items()
    }
    shown = {name: quad for name, quad in flat.items() if name == "front" or _faces_us(quad)}
    points = np.concatenate(list(shown.values()))
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = (_SIDE - 2) / float(extent.max())
    size = int(np.ceil(extent[0] * scale)) + 2, int(np.ceil(extent[1] * scale)) + 2
    picture = np.zeros((size[1], size[0], 4), np.uint8)
    for name in ("top", "left", "right", "front"):
        if name in shown:
            _lay(picture, faces[name], (shown[name] - low) * scale + 1, tone[name])
    return picture


def _projected(
    quad: NDArray[np.float64], yaw: float, pitch: float, *, distance: float
) -> NDArray[np.float64]:
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    )
    turned = quad @ about_y.T @ about_x.T
    projected: NDArray[np.float64] = turned[:, :2] * (distance / (distance + turned[:, 2:3]))
    return projected


def _faces_us(quad: NDArray[np.float64]) -> bool:
    """Whether corners given clockwise from outside are so on the picture, too."""
    x, y = quad[:, 0], quad[:, 1]
    area = float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2
    return area > 2.0


def _lay(picture: RgbaArray, face: RgbArray, quad: NDArray[np.float64], tone: float) -> None:
    height, width = face.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(corners, quad.astype(np.float32))
    size = picture.shape[1], picture.shape[0]
    lit = cv2.convertScaleAbs(face, alpha=tone)
    warped = cv2.warpPerspective(lit, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    stencil = np.zeros(size[::-1], np.uint8)
    fixed = np.round(quad * 16).astype(np.int32)
    cv2.fillConvexPoly(stencil, fixed, 255, cv2.LINE_AA, shift=4)
    share = stencil.astype(np.float32)[:, :, None] / 255
    picture[:, :, :3] = np.where(
        picture[:, :, 3:] == 0, warped, picture[:, :, :3] * (1 - share) + warped * share
    )
    picture[:, :, 3] = np.maximum(picture[:, :, 3], stencil)


def pouched(front: RgbArray, shape: np.random.Generator) -> RgbaArray:
    """A filled bag: bulging light, wavy edges, a crimped seam on top and often below."""
    height, width = front.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    waist = 1.0 - float(shape.uniform(0.0, 0.09)) * (1 - y**2)
    waist += 0.012 * np.sin(y * float(shape.uniform(4, 12)) + float(shape.uniform(0, 6)))
    inside = np.clip((waist - np.abs(x)) * width / 2 + 0.5, 0, 1)
    coarse = shape.normal(0.0, 0.12, (5, 4)).astype(np.float32)
    folds = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    light = 1.0 + folds - 0.22 * np.abs(x) ** 3
    seam = float(shape.uniform(0.04, 0.1))
    crimped = (y < -1 + 2 * seam) | (y > 1 - 2 * seam * float(shape.integers(0, 2)))
    light = light + np.where(crimped, 0.08 * np.sign(np.sin(x * width * 0.6)), 0.0)
    colour = np.clip(front * light[:, :, None], 0, 255)
    return np.dstack([colour, inside * 255]).astype(np.uint8)


def turned_on_a_lathe(
    front: RgbArray,
    side: RgbArray,
    shape: np.random.Generator,
    rng: np.random.Generator,
    *,
    spread: float = 1.0,
) -> RgbaArray:
    """A can, tube, jar or bottle with the print around it.

    ``shape`` fixes the outline; ``rng`` how far the print is turned, times ``spread``. Light
    falls off to the sides and a streak is mirrored in it.
    """
    wrap = np.concatenate([front, side, front[:, ::-1] // 2 + 64], axis=1)
    label_height, around = wrap.shape[:2]
    neck = float(shape.choice([0.0, 0.0, 0.12, 0.3]))
    height = int(label_height * (1 + neck + 0.1))
    # The front's width is a good third of the circumference.
    radius = max(16.0, front.shape[1] / 2 * float(shape.uniform(0.85, 1.1)))
    cap = shape.integers(0, 256, 3).astype(np.float64)
    body = front[0].mean(axis=0) if shape.random() < 0.5 else shape.integers(120, 256, 3)
    profile = _outline(height, neck, shape) * radius
    width = int(2 * radius) + 4
    x = (np.arange(width) - width / 2 + 0.5)[None, :] / profile[:, None]
    inside = np.clip((1 - np.abs(x)) * profile[:, None] + 0.5, 0, 1)
    angle = np.arcsin(np.clip(x, -1, 1))
    turn = float(rng.normal(0.0, 0.3)) * spread
    across = (angle + turn) / np.pi * front.shape[1] * 1.15 + front.shape[1] / 2
    start = height - label_height * 1.04
    down = np.broadcast_to((np.arange(height) - start)[:, None], across.shape)
    printed = cv2.remap(
        wrap,
        np.mod(across, around).astype(np.float32),
        np.clip(down, 0, label_height - 1).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    ).astype(np.float64)
    rows = np.arange(height)
    printed[rows < start] = body
    if neck > 0:
        printed[rows < height * neck * float(shape.uniform(0.4, 0.9))] = cap
    streak = float(shape.uniform(-0.7, 0.7)) + float(rng.normal(0, 0.1))
    light = 0.5 + 0.55 * np.cos(angle) + 0.35 * np.exp(-(((x - streak) / 0.12) ** 2))
    colour = np.clip(printed * light[:, :, None], 0, 255)
    return np.dstack([colour, inside * 255]).astype(np.uint8)


def _outline(height: int, neck: float, shape: np.random.Generator) -> NDArray[np.float64]:
    """The radius at each row, at most 1: a straight body, perhaps waisted, below a neck."""
    y = np.linspace(0, 1, height)
    body = 1.0 - float(shape.uniform(-0.06, 0.12)) * np.sin(np.pi * y)
    body *= 1.0 - float(shape.uniform(0.0, 0.18)) * (1 - y)
    body /= body.max()
    if neck == 0:
        return body
    narrow = float(shape.uniform(0.25, 0.6))
    shoulder = np.clip((y - neck) / float(shape.uniform(0.03, 0.2)), 0, 1)
    rounded = np.sqrt(1 - (1 - shoulder) ** 2)
    outline: NDArray[np.float64] = narrow + (body - narrow) * rounded
    return outline
