"""Words as coverage masks, drawn from the one typeface that comes with Pillow.

Weight, contrast, width and slant are made from it, so that labels look the same on every
machine whatever fonts are installed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from desktop_app.infra.rendering.engine.arrays import FloatArray
from desktop_app.infra.vision.opencv import cv2

_CAP_HEIGHT_PX = 96


@dataclass(frozen=True, slots=True)
class Lettering:
    """A way to set words.

    ``tracking`` is extra space between letters in letter heights; ``weight`` thickens (or,
    negative, thins) strokes and ``contrast`` thickens upright strokes only, both in letter
    heights; ``stretch`` widens; ``slant`` leans to the right.
    """

    tracking: float = 0.0
    weight: float = 0.0
    contrast: float = 0.0
    stretch: float = 1.0
    slant: float = 0.0
    upper: bool = False

    def mask(self, text: str) -> FloatArray:
        """Coverage (height, width) in [0, 1], trimmed to the ink; the letter height of
        capitals is 96 pixels."""
        words = text.upper() if self.upper else text
        font = ImageFont.load_default(size=round(_CAP_HEIGHT_PX / 0.71))
        gap = self.tracking * _CAP_HEIGHT_PX
        advances = [font.getlength(letter) + gap for letter in words]
        width = int(sum(advances)) + 2 * _CAP_HEIGHT_PX
        canvas = Image.new("L", (width, 3 * _CAP_HEIGHT_PX), 0)
        draw = ImageDraw.Draw(canvas)
        x = float(_CAP_HEIGHT_PX)
        for letter, advance in zip(words, advances, strict=True):
            draw.text((x, _CAP_HEIGHT_PX * 0.6), letter, fill=255, font=font)
            x += advance
        ink = np.asarray(canvas, dtype=np.uint8)
        ink = self._reshaped(ink)
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        if not len(rows):
            return np.zeros((_CAP_HEIGHT_PX, 1))
        trimmed = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return trimmed.astype(np.float64) / 255.0

    def _reshaped(self, ink: np.typing.NDArray[np.uint8]) -> np.typing.NDArray[np.uint8]:
        result = ink
        thick = round(abs(self.weight) * _CAP_HEIGHT_PX)
        if thick:
            brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick + 1, thick + 1))
            operation = cv2.MORPH_DILATE if self.weight > 0 else cv2.MORPH_ERODE
            result = cv2.morphologyEx(result, operation, brush).astype(np.uint8)
        wide = round(self.contrast * _CAP_HEIGHT_PX)
        if wide:
            result = cv2.dilate(result, np.ones((1, wide + 1), np.uint8)).astype(np.uint8)
        if self.slant or self.stretch != 1.0:
            height, width = result.shape
            matrix = np.array([[self.stretch, -self.slant, self.slant * height], [0.0, 1.0, 0.0]])
            target = (int(width * self.stretch + self.slant * height) + 1, height)
            result = cv2.warpAffine(result, matrix, target, flags=cv2.INTER_LINEAR).astype(np.uint8)
        return result
