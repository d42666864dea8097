"""What stands on a stage whose empty look is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv, cv2

Bits = NDArray[np.uint8]
"""(height, width), 0 or 255."""
Colours = NDArray[np.float32]

_LEAST_SPREAD = 3.0
"""Of 255: noise and compression are never less."""
_FAR = 5.0
"""Spreads of colour from which a pixel is another surface."""
_DARKEST_SHADOW, _BRIGHTEST = 0.5, 1.35
"""Share of the light that a shadow leaves at least, and that a reflection adds at most."""
_LEAST_OBJECT = 0.004
_PIECE = 0.12


class EmptyStage:
    """Background subtraction after Horprasert, Harwood & Davis (1999): a pixel's difference from
    the background is parted into brightness (their eq. 3), where shadows live, and colour
    (eq. 5). Each channel's gain over the whole frame is estimated first, so that light that
    changes, or a camera that adapts to the object, does not count.

    ``frames`` (at least one) of one size show the stage; differing ones tell its noise.
    """

    def __init__(self, frames: Sequence[RgbArray]) -> None:
        stack = np.stack([_smoothed(frame) for frame in frames])
        self._mean: Colours = np.median(stack, axis=0).astype(np.float32)
        spread = 1.4826 * np.median(np.abs(stack - self._mean), axis=0).max(axis=2)
        self._spread: Colours = np.maximum(
            cv.GaussianBlur(spread.astype(np.float32), (0, 0), 2), _LEAST_SPREAD
        )

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the frames."""
        return self._mean.shape[0], self._mean.shape[1]

    def foreground(self, rgb: RgbArray) -> Bits:
        """What is not the stage in a frame of its size: the largest piece and those near its
        size, filled; all 0 where there is nothing. A hand counts, a soft shadow does not."""
        seen = _smoothed(rgb)
        expected = self._mean * self._gain(seen)
        norm = (expected * expected).sum(axis=2) + 1.0
        light = (seen * expected).sum(axis=2) / norm
        colour = np.abs(seen - light[:, :, None] * expected).max(axis=2)
        is_lit_otherwise = (light < _DARKEST_SHADOW) | (light > _BRIGHTEST)
        # In the dark there is no colour to go by: there a ratio means nothing either.
        apart = np.abs(seen - expected).max(axis=2)
        other = (colour > _FAR * self._spread) | (is_lit_otherwise & (apart > 3 * _FAR))
        edges = _slope(seen) - _slope(expected)
        other |= np.abs(edges) > 4 * _FAR
        return _solid(other.astype(np.uint8) * 255)

    def _gain(self, seen: Colours) -> Colours:
        """Of each channel, by the pixels that most agree: the commonest ratio."""
        step = 4
        ratio = (seen[::step, ::step] + 8) / (self._mean[::step, ::step] + 8)
        gains = np.empty(3, np.float32)
        for channel in range(3):
            values = np.log(ratio[:, :, channel].ravel())
            counts, bounds = np.histogram(values, bins=81, range=(-0.81, 0.81))
            smooth = np.convolve(counts, np.ones(5), mode="same")
            peak = int(smooth.argmax())
            near = np.abs(values - (bounds[peak] + bounds[peak + 1]) / 2) < 0.06
            gains[channel] = float(np.exp(np.median(values[near]))) if near.any() else 1.0
        return gains


def _smoothed(rgb: RgbArray) -> Colours:
    blurred: Colours = cv.GaussianBlur(rgb, (5, 5), 0).astype(np.float32)
    return blurred


def _slope(colours: Colours) -> Colours:
    grey = colours.mean(axis=2)
    across, down = cv.Sobel(grey, -1, 1, 0, scale=0.25), cv.Sobel(grey, -1, 0, 1, scale=0.25)
    slope: Colours = cv.magnitude(across, down)
    return slope


def _solid(bits: Bits) -> Bits:
    """Freed of specks, closed, and filled."""
    bits = cv.morphologyEx(bits, cv.MORPH_OPEN, np.ones((3, 3), np.uint8))
    side = max(5, max(bits.shape) // 40) | 1
    disc = cv.getStructuringElement(cv.MORPH_ELLIPSE, (side, side))
    bits = cv.morphologyEx(bits, cv.MORPH_CLOSE, disc)
    pieces, _ = cv2.findContours(bits, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    areas = [float(cv2.contourArea(piece)) for piece in pieces]
    filled = np.zeros_like(bits)
    least = max(_LEAST_OBJECT * bits.size, _PIECE * max(areas, default=0.0))
    kept = [piece for piece, area in zip(pieces, areas, strict=True) if area >= least]
    solid: Bits = cv.drawContours(filled, kept, -1, 255, cv.FILLED)
    return solid
