"""Where the objects of training pictures come from: cut out, with alpha, or whole photos."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import RgbaArray
from desktop_app.infra.training.printed_packs import printed_pack
from desktop_app.infra.vision.opencv import cv2

LONGEST_SIDE = 256
_PLAIN_TOLERANCE = 6.0
"""How far a plain border may spread in CIE Lab (mean distance to its median)."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A training photo. The rest is as its manifest has it."""

    rgb: RgbArray
    sku: str
    category: str
    source: str


def read_photos(manifest: Path, *, longest: int = LONGEST_SIDE) -> list[Photo]:
    """The photos of a ``manifest.csv`` (path,sku,category,...), beside which they lie; those
    that cannot be read are left out."""
    photos = []
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            data = np.fromfile(manifest.parent / row["path"], np.uint8)
            decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
            if decoded is not None:
                rgb = cv2.cvtColor(_shrunk(decoded, longest), cv2.COLOR_BGR2RGB)
                photos.append(
                    Photo(rgb.astype(np.uint8), row["sku"], row["category"], row["source"])
                )
    return photos


def read_cutouts(folder: Path, *, longest: int = LONGEST_SIDE) -> Iterator[tuple[str, RgbaArray]]:
    """Pictures with alpha below ``folder``, by name, cropped to what is visible; pictures
    without alpha, empty ones and those that cannot be read are left out."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in {".png", ".webp"}:
            continue
        decoded = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded is None or decoded.ndim != 3 or decoded.shape[2] != 4:
            continue
        rgba = cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGBA)
        left, top, width, height = cv2.boundingRect((rgba[:, :, 3] > 8).astype(np.uint8))
        if min(width, height) >= 8:
            cropped = rgba[top : top + height, left : left + width]
            yield path.stem, _shrunk(cropped, longest).astype(np.uint8, copy=False)


def cut_from_plain(rgb: RgbArray, *, tolerance: float = 9.0) -> RgbaArray | None:
    """The object before a plain background, or None where that is not sure.

    The background is what can be reached from the border through pixels within ``tolerance``
    (Euclidean distance in CIE Lab) of the border's median.
    """
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    border = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    ground = np.median(border, axis=0)
    if float(np.linalg.norm(border - ground, axis=1).mean()) > _PLAIN_TOLERANCE:
        return None
    near = (np.linalg.norm(lab - ground, axis=2) < tolerance).astype(np.uint8)
    _, labels = cv2.connectedComponents(near, connectivity=4)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    outside = np.isin(labels, edge[edge > 0])
    inside = cv2.morphologyEx((~outside).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3)))
    if not 0.05 < float(inside.mean()) < 0.9:
        return None
    alpha = cv2.GaussianBlur(inside * 255, (3, 3), 0)
    left, top, width, height = cv2.boundingRect(inside)
    cut: RgbaArray = np.dstack([rgb, alpha])[top : top + height, left : left + width]
    return cut


def card_of(photo: RgbArray, rng: np.random.Generator) -> RgbaArray:
    """A part of a photo as if printed on a card with more or less round corners."""
    height, width = photo.shape[:2]
    tall, wide = (int(v * float(rng.uniform(0.65, 1.0))) for v in (height, width))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    part = photo[top : top + tall, left : left + wide]
    radius = int(min(tall, wide) * float(rng.choice([0.0, 0.0, 0.05, 0.15, 0.5])))
    alpha = np.zeros((tall, wide), np.uint8)
    if radius < 1:
        alpha[:] = 255
    else:
        cv2.rectangle(alpha, (radius, 0), (wide - radius - 1, tall - 1), 255, -1)
        cv2.rectangle(alpha, (0, radius), (wide - 1, tall - radius - 1), 255, -1)
        for x in (radius, wide - radius - 1):
            for y in (radius, tall - radius - 1):
                cv2.circle(alpha, (x, y), radius, 255, -1, cv2.LINE_AA)
    return np.dstack([part, alpha])


def _shrunk(picture: np.ndarray, longest: int) -> np.ndarray:
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    to = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(picture, to, interpolation=cv2.INTER_AREA)


__all__ = ["Photo", "card_of", "cut_from_plain", "printed_pack", "read_cutouts", "read_photos"]
