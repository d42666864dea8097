"""What stands before a background that is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv, cv2

Bits = NDArray[np.uint8]
"""(height, width), 0 or 255."""
Plane = NDArray[np.float32]
Colours = NDArray[np.float32]
"""(height, width, 3)."""

_LEAST_SPREAD = 3.0
"""Of 255: noise and compression are never less."""
_FAR = 5.0
"""Spreads of colour from which a pixel is another surface."""
_DARKEST_SHADOW, _BRIGHTEST = 0.5, 1.35
"""Share of the light that a shadow leaves at least, and that a reflection adds at most."""
_OTHER_SLOPE = 20.0
_LEAST_OBJECT = 0.004
_PIECE = 0.12
_GHOST = 0.5
_ALONG, _ASIDE = 3, 4.0
_CLOSED_SHARE = 1 / 26


class EmptyStage:
    """Background subtraction after Horprasert, Harwood & Davis (1999): a pixel's difference from
    the background is parted into brightness (their eq. 3), where shadows live, and colour
    (eq. 5); edges that are not the background's count too. Each channel's gain over the whole
    frame is estimated first, so that light that changes, or a camera that adapts to the
    object, does not count.

    ``frames`` (at least one) of one size show the background; differing ones tell its noise.
    """

    def __init__(self, frames: Sequence[RgbArray]) -> None:
        stack = np.stack([_smoothed(frame) for frame in frames])
        self._mean: Colours = np.median(stack, axis=0).astype(np.float32)
        spread = 1.4826 * np.median(np.abs(stack - self._mean), axis=0).max(axis=2)
        self._seen: Colours | None = None
        self._spread: Plane = np.maximum(
            cv.GaussianBlur(spread.astype(np.float32), (0, 0), 2), _LEAST_SPREAD
        )

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the frames."""
        return self._mean.shape[0], self._mean.shape[1]

    def foreground(self, rgb: RgbArray) -> Bits:
        """What is not the background in a frame of its size: the largest piece and those near
        its size, filled; all 0 where there is nothing. A hand counts, a soft shadow does not.
        Where something was taken away that had been learned along with the background, the
        background is mended, once that place has kept still from one call to the next."""
        seen = _smoothed(rgb)
        before, self._seen = self._seen, seen
        expected = self._mean * self._gain(seen)
        other = self._differing(seen, expected)
        found = np.zeros_like(other)
        for piece in _pieces(other):
            drawn: Bits = cv.drawContours(np.zeros_like(other), [piece], -1, 255, cv.FILLED)
            if _is_ghost(piece, seen, expected):
                # What comes in, smeared by its own speed, has as soft an outline.
                if before is None or cv.mean(_largest(cv.absdiff(seen, before)), drawn)[0] > _FAR:
                    continue
                around = cv.dilate(drawn, np.ones((9, 9), np.uint8)) > 0
                self._mean[around] = seen[around]
            else:
                found |= drawn
        return found

    def _differing(self, seen: Colours, expected: Colours) -> Bits:
        """Where the frame is not the background."""
        product, norm = cv.multiply(seen, expected), cv.multiply(expected, expected)
        light = _sum(product) / (_sum(norm) + 1.0)
        colour = _largest(cv.absdiff(seen, expected * light[:, :, None]))
        apart = _largest(cv.absdiff(seen, expected))
        # In the dark there is no colour to go by: there a ratio means nothing either.
        is_lit_otherwise = ((light < _DARKEST_SHADOW) | (light > _BRIGHTEST)) & (apart > 3 * _FAR)
        other = (colour > _FAR * self._spread) | is_lit_otherwise
        other |= cv.absdiff(_slope(seen), _slope(expected)) > _OTHER_SLOPE
        return other.astype(np.uint8) * 255

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


def _sum(colours: Colours) -> Plane:
    total: Plane = cv.transform(colours, np.ones((1, 3), np.float32))
    return total


def _largest(colours: Colours) -> Plane:
    first, second, third = cv.split(colours)
    largest: Plane = cv.max(cv.max(first, second), third)
    return largest


def _slope(colours: Colours) -> Plane:
    grey = cv.transform(colours, np.full((1, 3), 1 / 3, np.float32))
    across, down = cv.Sobel(grey, -1, 1, 0, scale=0.25), cv.Sobel(grey, -1, 0, 1, scale=0.25)
    slope: Plane = cv.magnitude(across, down)
    return slope


def _pieces(bits: Bits) -> list[NDArray[np.int32]]:
    """Outlines of what is left when specks are gone and gaps closed."""
    bits = cv.morphologyEx(bits, cv.MORPH_OPEN, np.ones((3, 3), np.uint8))
    side = max(5, round(max(bits.shape) * _CLOSED_SHARE)) | 1
    disc = cv.getStructuringElement(cv.MORPH_ELLIPSE, (side, side))
    bits = cv.morphologyEx(bits, cv.MORPH_CLOSE, disc)
    outlines, _ = cv2.findContours(bits, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = [np.asarray(outline, np.int32) for outline in outlines]
    areas = [float(cv2.contourArea(outline)) for outline in found]
    least = max(_LEAST_OBJECT * bits.size, _PIECE * max(areas, default=0.0))
    return [outline for outline, area in zip(found, areas, strict=True) if area >= least]


def _is_ghost(outline: NDArray[np.int32], seen: Colours, expected: Colours) -> bool:
    """Whether colours differ across an outline in the background and hardly in the frame: then
    what made it is gone from the frame, not new in it. The median, since a scene has edges of
    its own that cross the outline."""
    points = outline[:, 0].astype(np.float32)
    along = np.roll(points, -_ALONG, axis=0) - np.roll(points, _ALONG, axis=0)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    aside *= _ASIDE / (np.linalg.norm(aside, axis=1, keepdims=True) + 1e-6)
    height, width = seen.shape[:2]
    limits = np.array((width - 1, height - 1), np.float32)
    one, other = (
        np.clip(np.rint(points + way * aside), 0, limits).astype(np.intp) for way in (1, -1)
    )
    steps = [
        float(np.median(np.abs(c[one[:, 1], one[:, 0]] - c[other[:, 1], other[:, 0]]).max(axis=1)))
        for c in (seen, expected)
    ]
    return steps[0] < _GHOST * steps[1]
