"""A sheet on which a label is drawn, measured in millimetres."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from desktop_app.infra.rendering.designs.lettering import Lettering
from desktop_app.infra.rendering.engine.arrays import Colour, FloatArray
from desktop_app.infra.vision.opencv import cv2

_OVERSAMPLING = 3
_Place = Callable[[float, float], tuple[float, float]]
_Paint = Callable[[ImageDraw.ImageDraw, _Place], None]


class Artwork:
    """A transparent sheet of ``width`` by ``height`` millimetres; the origin is its centre,
    y points up. Colours are linear RGB."""

    def __init__(self, width: float, height: float, *, pixels_per_mm: float) -> None:
        self.width = width
        self.height = height
        self._scale = pixels_per_mm
        self._sheet = np.zeros(
            (max(4, round(height * pixels_per_mm)), max(4, round(width * pixels_per_mm)), 4)
        )

    @property
    def texture(self) -> FloatArray:
        """Colour times coverage, and coverage: (rows, columns, 4)."""
        return self._sheet

    def text(
        self,
        words: str,
        lettering: Lettering,
        colour: Colour,
        *,
        y: float,
        height: float,
        x: float = 0.0,
        align: str = "centre",
        max_width: float | None = None,
        quarter_turns: int = 0,
    ) -> float:
        """Set words whose capitals are ``height`` high around ``(x, y)``; shrinks to
        ``max_width``. ``quarter_turns`` turns them anticlockwise. Returns the width used."""
        mask = lettering.mask(words)
        factor = height / 96.0
        limit = max_width if max_width is not None else self.width * 0.92
        factor = min(factor, limit / mask.shape[1])
        rows = max(1, round(mask.shape[0] * factor * self._scale))
        columns = max(1, round(mask.shape[1] * factor * self._scale))
        small = cv2.resize(
            mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA
        ).astype(np.float64)
        width = mask.shape[1] * factor
        small = np.rot90(small, quarter_turns)
        left = {"centre": x - width / 2, "left": x, "right": x - width}[align]
        centre_x = x if quarter_turns % 2 else left + width / 2
        self._stamp(small, colour, centre_x, y)
        return float(width)

    def block(
        self,
        colour: Colour,
        *,
        x: float = 0.0,
        y: float = 0.0,
        width: float | None = None,
        height: float | None = None,
        corner: float = 0.0,
    ) -> None:
        """A filled rectangle centred at ``(x, y)``; the whole sheet by default."""
        w = (self.width if width is None else width) / 2
        h = (self.height if height is None else height) / 2
        self._shape(
            lambda draw, at: draw.rounded_rectangle(
                (*at(x - w, y + h), *at(x + w, y - h)),
                radius=corner * self._scale * _OVERSAMPLING,
                fill=255,
            ),
            colour,
        )

    def rule(
        self, colour: Colour, *, y: float, width: float, thickness: float, x: float = 0.0
    ) -> None:
        """A horizontal line centred at ``(x, y)``."""
        self.block(colour, x=x, y=y, width=width, height=thickness)

    def frame(self, colour: Colour, *, margin: float, thickness: float) -> None:
        """A line around the sheet, ``margin`` inside its edge."""
        w, h = self.width / 2 - margin, self.height / 2 - margin
        self._shape(
            lambda draw, at: draw.rectangle(
                (*at(-w, h), *at(w, -h)), outline=255, width=self._line(thickness)
            ),
            colour,
        )

    def ring(self, colour: Colour, *, x: float, y: float, radius: float, thickness: float) -> None:
        """A circular line."""
        self._shape(
            lambda draw, at: draw.ellipse(
                (*at(x - radius, y + radius), *at(x + radius, y - radius)),
                outline=255,
                width=self._line(thickness),
            ),
            colour,
        )

    def discs(
        self, colour: Colour, centres: Sequence[tuple[float, float]], *, radius: float
    ) -> None:
        """Filled circles of one size."""

        def paint(draw: ImageDraw.ImageDraw, at: _Place) -> None:
            for x, y in centres:
                draw.ellipse((*at(x - radius, y + radius), *at(x + radius, y - radius)), fill=255)

        self._shape(paint, colour)

    def polygons(self, colour: Colour, shapes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Filled shapes."""

        def paint(draw: ImageDraw.ImageDraw, at: _Place) -> None:
            for points in shapes:
                draw.polygon([at(*point) for point in points], fill=255)

        self._shape(paint, colour)

    def sprig(self, colour: Colour, *, x: float, y: float, height: float, leaves: int = 4) -> None:
        """A stem with pairs of leaves."""
        self.block(colour, x=x, y=y, width=height * 0.018, height=height)
        shapes = [_leaf(x, y + height * 0.40, height * 0.22, math.radians(90))]
        for k in range(leaves):
            level = y - height * 0.34 + height * 0.78 * k / leaves
            size = height * (0.30 - 0.045 * k)
            shapes += [_leaf(x, level, size, math.radians(90 - side * 48)) for side in (-1, 1)]
        self.polygons(colour, shapes)

    def sunburst(
        self, colour: Colour, *, x: float, y: float, radius: float, rays: int = 16
    ) -> None:
        """Short rays around a small ring."""
        self.ring(colour, x=x, y=y, radius=radius * 0.42, thickness=radius * 0.07)
        shapes = []
        for k in range(rays):
            angle = 2 * math.pi * k / rays
            c, s = math.cos(angle), math.sin(angle)
            inner, outer = radius * 0.58, radius * (1.0 if k % 2 == 0 else 0.84)
            wide = radius * 0.03
            shapes.append(
                [
                    (x + c * inner - s * wide, y + s * inner + c * wide),
                    (x + c * outer - s * wide, y + s * outer + c * wide),
                    (x + c * outer + s * wide, y + s * outer - c * wide),
                    (x + c * inner + s * wide, y + s * inner - c * wide),
                ]
            )
        self.polygons(colour, shapes)

    def _line(self, thickness: float) -> int:
        return max(1, round(thickness * self._scale * _OVERSAMPLING))

    def _shape(self, paint: _Paint, colour: Colour) -> None:
        rows, columns = self._sheet.shape[:2]
        scale = self._scale * _OVERSAMPLING
        canvas = Image.new("L", (columns * _OVERSAMPLING, rows * _OVERSAMPLING), 0)

        def at(x: float, y: float) -> tuple[float, float]:
            return (x + self.width / 2) * scale, (self.height / 2 - y) * scale

        paint(ImageDraw.Draw(canvas), at)
        painted = canvas.getbbox()
        if painted is None:
            return
        left, top = painted[0] // _OVERSAMPLING, painted[1] // _OVERSAMPLING
        right, bottom = -(-painted[2] // _OVERSAMPLING), -(-painted[3] // _OVERSAMPLING)
        small = canvas.resize(
            (right - left, bottom - top),
            Image.Resampling.BOX,
            (
                left * _OVERSAMPLING,
                top * _OVERSAMPLING,
                right * _OVERSAMPLING,
                bottom * _OVERSAMPLING,
            ),
        )
        self._lay(np.asarray(small, dtype=np.float64) / 255.0, colour, top, left)

    def _stamp(self, mask: FloatArray, colour: Colour, x: float, y: float) -> None:
        """Lay a mask with its middle at ``(x, y)``."""
        column = round((x + self.width / 2) * self._scale - mask.shape[1] / 2)
        row = round((self.height / 2 - y) * self._scale - mask.shape[0] / 2)
        self._lay(mask, colour, row, column)

    def _lay(self, mask: FloatArray, colour: Colour, row: int, column: int) -> None:
        rows, columns = self._sheet.shape[:2]
        top, left = max(row, 0), max(column, 0)
        bottom, right = min(row + mask.shape[0], rows), min(column + mask.shape[1], columns)
        if bottom <= top or right <= left:
            return
        cover = mask[top - row : bottom - row, left - column : right - column, None]
        ink = np.concatenate([np.array(colour), [1.0]])
        target = self._sheet[top:bottom, left:right]
        self._sheet[top:bottom, left:right] = target * (1 - cover) + ink * cover


def _leaf(x: float, y: float, length: float, angle: float) -> list[tuple[float, float]]:
    """A pointed oval from ``(x, y)`` in a direction."""
    c, s = math.cos(angle), math.sin(angle)
    outline: list[tuple[float, float]] = []
    for t in [k / 12 for k in range(13)] + [1 - k / 12 for k in range(1, 12)]:
        side = 1 if len(outline) <= 12 else -1
        along, across = t * length, side * math.sin(math.pi * t**0.8) * length * 0.17
        outline.append((x + c * along - s * across, y + s * along + c * across))
    return outline
