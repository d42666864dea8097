"""Printed goods that never were: fronts, cartons, pouches, bottles, tubes and cans.

A pack has a layout (what stands where, in which form) and a print (colours, words, pictures).
Packs of one layout and other prints are the near misses a product search must tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.compositing import RgbaArray, random_crop
from desktop_app.infra.training.lettering import (
    Ink,
    barcode,
    font_files,
    random_line,
    set_line,
)
from desktop_app.infra.training.pack_forms import boxed, pouched, turned_on_a_lathe
from desktop_app.infra.vision.opencv import cv2


class Form(StrEnum):
    """What the print is on."""

    FLAT = "flat"
    CARTON = "carton"
    POUCH = "pouch"
    ROUND = "round"


@dataclass(frozen=True, slots=True, eq=False)
class PrintedPack:
    """One identity. ``front`` (h, w, 3), ``side`` (h, d, 3) and ``top`` (d, w, 3) are its faces;
    ``profile_seed`` fixes what else there is to its shape."""

    form: Form
    front: RgbArray
    side: RgbArray
    top: RgbArray
    profile_seed: int


@dataclass(frozen=True, slots=True)
class PackMaker:
    """Draws packs. ``photos`` serve as pictures on them; ``fonts`` may be empty."""

    photos: Sequence[RgbArray]
    fonts: tuple[Path, ...]

    def pack(self, *, layout: int, print_seed: int) -> PrintedPack:
        """The pack of this layout and print; equal numbers give equal packs."""
        plan, content = np.random.default_rng([1, layout]), np.random.default_rng([2, print_seed])
        draw = plan.random()
        form = Form.CARTON if draw < 0.4 else Form.FLAT if draw < 0.65 else Form.ROUND
        if draw > 0.85:
            form = Form.POUCH
        height = int(plan.integers(150, 236))
        width = int(np.clip(height * np.exp(plan.normal(-0.45, 0.35)), 60, 240))
        depth = int(np.clip(width * plan.uniform(0.3, 1.0), 24, 160))
        palette = _palette(plan, content)
        brand = random_line(plan if content.random() < 0.5 else content, words=1)
        front = self._face((height, width), plan, content, palette, brand)
        side_plan = np.random.default_rng([3, layout])
        side = self._back((height, depth), side_plan, content, palette, brand)
        top = np.empty((depth, width, 3), np.uint8)
        top[:] = palette[0]
        if plan.random() < 0.7:
            _put(top, self._line(brand, plan, depth // 3), (0.5, 0.5), palette[2])
        return PrintedPack(form, front, side, top, layout)

    def shown(
        self, pack: PrintedPack, rng: np.random.Generator, *, spread: float = 1.0
    ) -> RgbaArray:
        """A look at the pack from about the front; ``spread`` scales how far from it."""
        shape = np.random.default_rng([4, pack.profile_seed])
        match pack.form:
            case Form.CARTON:
                return boxed(pack.front, pack.side, pack.top, rng, spread=spread)
            case Form.POUCH:
                return pouched(pack.front, shape)
            case Form.ROUND:
                return turned_on_a_lathe(pack.front, pack.side, shape, rng, spread=spread)
            case Form.FLAT:
                opaque = np.full(pack.front.shape[:2], 255, np.uint8)
                return np.dstack([pack.front, opaque])

    def _face(
        self,
        size: tuple[int, int],
        plan: np.random.Generator,
        content: np.random.Generator,
        palette: NDArray[np.uint8],
        brand: str,
    ) -> RgbArray:
        face = self._ground(size, plan, content, palette)
        height, width = size
        for _ in range(int(plan.integers(0, 5))):
            _shape(face, plan, palette[int(plan.integers(1, len(palette)))])
        for _ in range(int(plan.integers(0, 3))):
            self._picture(face, plan, content)
        logo = float(plan.uniform(0.1, 0.35))
        if plan.random() < 0.5:
            _badge(face, (0.5, logo), plan, palette[3])
        big = int(plan.uniform(0.10, 0.24) * min(height, width * 1.4))
        _put(face, self._line(brand, plan, big), (0.5, logo), palette[2])
        down = logo + float(plan.uniform(0.12, 0.22))
        for _ in range(int(plan.integers(1, 4))):
            text = random_line(content, words=int(content.integers(1, 3)))
            ink = self._line(text, plan, int(plan.uniform(0.05, 0.13) * height))
            _put(face, ink, (float(plan.uniform(0.35, 0.65)), min(down, 0.95)), palette[4])
            down += float(plan.uniform(0.08, 0.15))
        for _ in range(int(plan.integers(0, 4))):
            text = random_line(content, words=int(content.integers(2, 6)))
            ink = self._line(text, plan, max(6, int(0.035 * height)))
            _put(face, ink, (float(plan.uniform(0.3, 0.7)), 0.97), palette[4])
            spot = float(plan.uniform(0.2, 0.8)), float(plan.uniform(0.75, 0.97))
            _put(face, ink, spot, palette[2])
        return face

    def _back(
        self,
        size: tuple[int, int],
        plan: np.random.Generator,
        content: np.random.Generator,
        palette: NDArray[np.uint8],
        brand: str,
    ) -> RgbArray:
        """A face of small print, a table and a barcode."""
        face = np.empty((*size, 3), np.uint8)
        face[:] = palette[int(plan.integers(0, 2))]
        height = size[0]
        if plan.random() < 0.4:
            _shape(face, plan, palette[3])
        _put(face, self._line(brand, plan, max(8, size[1] // 4)), (0.5, 0.1), palette[2])
        down = 0.2
        while down < 0.72:
            line = random_line(content, words=int(content.integers(2, 5)))
            _put(face, self._line(line, plan, max(6, height // 32)), (0.5, down), palette[4])
            down += 0.045
        bars = barcode(content, width=max(12, size[1] * 2 // 3), height=max(8, height // 8))
        patch = np.full_like(bars, 255)
        _put(face, patch, (0.5, 0.86), np.array([250, 250, 250], np.uint8))
        _put(face, bars, (0.5, 0.86), np.array([15, 15, 15], np.uint8))
        return face

    def _ground(
        self,
        size: tuple[int, int],
        plan: np.random.Generator,
        content: np.random.Generator,
        palette: NDArray[np.uint8],
    ) -> RgbArray:
        height, width = size
        face = np.empty((height, width, 3), np.uint8)
        face[:] = palette[0]
        kind = plan.random()
        if kind < 0.25:
            ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
            face[:] = palette[0] * (1 - ramp) + palette[1] * ramp
        elif kind < 0.5:
            cut = int(height * plan.uniform(0.3, 0.75))
            face[cut:] = palette[1]
        elif kind < 0.62:
            count, tilt = int(plan.integers(3, 14)), float(plan.uniform(-1, 1))
            x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
            face[(np.floor((x + tilt * y) * count) % 2) > 0] = palette[1]
        elif kind < 0.74 and len(self.photos) > 0:
            photo = self.photos[int(content.integers(len(self.photos)))]
            crop = random_crop(photo, content, side=max(size), least=0.4)[:height, :width]
            face[:] = crop
        return face

    def _picture(
        self, face: RgbArray, plan: np.random.Generator, content: np.random.Generator
    ) -> None:
        """A photo in a rectangle or an ellipse."""
        if len(self.photos) == 0:
            return
        side = int(min(face.shape[:2]) * plan.uniform(0.3, 0.8))
        photo = self.photos[int(content.integers(len(self.photos)))]
        crop = random_crop(photo, content, side=side, least=0.3)
        stencil = np.full((side, side), 255, np.uint8)
        if plan.random() < 0.6:
            stencil[:] = 0
            cv2.circle(stencil, (side // 2, side // 2), side // 2, 255, -1, cv2.LINE_AA)
        _put(face, stencil, (float(plan.uniform(0.3, 0.7)), float(plan.uniform(0.45, 0.8))), crop)

    def _line(self, text: str, plan: np.random.Generator, height: int) -> Ink:
        chosen = int(plan.integers(1 << 30))
        return set_line(
            text, self.fonts[chosen % len(self.fonts)] if self.fonts else None, height=height
        )


def printed_pack(rng: np.random.Generator, photos: Sequence[RgbArray]) -> RgbaArray:
    """A pack nobody has seen before, from about the front, as (h, w, 4)."""
    maker = PackMaker(photos, font_files())
    layout, print_seed = (int(v) for v in rng.integers(1 << 40, size=2))
    return maker.shown(maker.pack(layout=layout, print_seed=print_seed), rng)


def _palette(plan: np.random.Generator, content: np.random.Generator) -> NDArray[np.uint8]:
    """Ground, second ground, headline, accent, text: (5, 3). Text contrasts with the ground."""
    hue, shift = content.uniform(0, 180), content.uniform(15, 165)
    pale = content.random() < 0.45
    saturation = content.uniform(0, 110) if pale else content.uniform(90, 255)
    value = content.uniform(215, 255) if pale else content.uniform(60, 235)
    ground = (hue, saturation, value)
    second = ((hue + shift) % 180, content.uniform(0, 255), content.uniform(80, 255))
    accent = ((hue + content.uniform(0, 180)) % 180, content.uniform(120, 255), 220)
    dark = value * (1 - 0.35 * saturation / 255) > 140
    headline = ((hue + 90) % 180, content.uniform(0, 255), 60 if dark else 245)
    text = (0, 0, content.uniform(10, 70) if dark else content.uniform(225, 255))
    hsv = np.array([[ground, second, headline, accent, text]], np.uint8)
    palette: NDArray[np.uint8] = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0]
    if plan.random() < 0.25:
        palette[0] = 250
    return palette


def _put(
    face: RgbArray,
    stencil: Ink,
    at: tuple[float, float],
    colour: NDArray[np.uint8],
) -> None:
    """Lay ``colour`` (3,) or a picture (as large as the stencil) over the face, centred at a
    place in shares of width and height; what is too wide is shrunk to nine tenths of the width."""
    height, width = face.shape[:2]
    wide = stencil.shape[1] / (0.9 * width)
    if wide > 1:
        to = max(1, int(stencil.shape[1] / wide)), max(1, int(stencil.shape[0] / wide))
        stencil = cv2.resize(stencil, to, interpolation=cv2.INTER_AREA).astype(np.uint8)
        if colour.ndim == 3:
            colour = cv2.resize(colour, to, interpolation=cv2.INTER_AREA).astype(np.uint8)
    h, w = stencil.shape
    left, top = int(at[0] * width - w / 2), int(at[1] * height - h / 2)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + w, width), min(top + h, height)
    if x0 >= x1 or y0 >= y1:
        return
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    share = stencil[part].astype(np.float32)[:, :, None] / 255
    over = colour[part] if colour.ndim == 3 else colour
    face[y0:y1, x0:x1] = face[y0:y1, x0:x1] * (1 - share) + over * share


def _shape(face: RgbArray, plan: np.random.Generator, colour: NDArray[np.uint8]) -> None:
    """An ellipse, a band, or a polygon."""
    height, width = face.shape[:2]
    tone = tuple(int(c) for c in colour)
    centre = int(plan.uniform(0, 1) * width), int(plan.uniform(0, 1) * height)
    kind = plan.random()
    if kind < 0.4:
        axes = int(plan.uniform(0.05, 0.5) * width), int(plan.uniform(0.03, 0.35) * height)
        cv2.ellipse(face, centre, axes, float(plan.uniform(0, 180)), 0, 360, tone, -1, cv2.LINE_AA)
    elif kind < 0.7:
        thick = max(1, int(plan.uniform(0.01, 0.14) * height))
        end = (width, int(centre[1] + plan.normal(0, 0.2) * height))
        cv2.line(face, (0, centre[1]), end, tone, thick, cv2.LINE_AA)
    else:
        count = int(plan.integers(3, 7))
        spread = plan.uniform(0.05, 0.35, (count, 2)) * (width, height)
        turns = np.sort(plan.uniform(0, 2 * np.pi, count))
        corners = np.stack([np.cos(turns), np.sin(turns)], axis=1) * spread + centre
        cv2.fillPoly(face, [corners.astype(np.int32)], tone, cv2.LINE_AA)


def _badge(
    face: RgbArray, at: tuple[float, float], plan: np.random.Generator, colour: NDArray[np.uint8]
) -> None:
    """A ground for a logo: an ellipse or a bar."""
    height, width = face.shape[:2]
    centre = int(at[0] * width), int(at[1] * height)
    axes = int(plan.uniform(0.3, 0.48) * width), int(plan.uniform(0.06, 0.16) * height)
    tone = tuple(int(c) for c in colour)
    if plan.random() < 0.6:
        cv2.ellipse(face, centre, axes, 0, 0, 360, tone, -1, cv2.LINE_AA)
    else:
        low = (centre[0] - axes[0], centre[1] - axes[1])
        cv2.rectangle(face, low, (centre[0] + axes[0], centre[1] + axes[1]), tone, -1)


__all__ = ["Form", "PackMaker", "PrintedPack", "printed_pack"]
