"""The frame normaliser: casts of colour, dim light, and flat packs seen at a slant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.capturing import FrameView
from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.live.rectifying import rectified_front
from desktop_app.infra.vision.opencv import cv

Levels = NDArray[np.float64]

_NORM = 6
"""Minkowski norm of shades of grey; the value that Finlayson & Trezzi found best."""
_STRONG_CAST = 9.0
"""Degrees between the light and grey from which a cast is taken out. Scenes have colours of
their own, which is no cast: taking every estimate out loses products. From here on none were
lost (cartons photographed in a shop, 50 queries: the right one first for 0.96, against 0.94 as
they are; under a light as warm as a candle's 0.90 against 0.86, in dim light 0.92 against 0.90).
"""
_KEPT = 0.25
"""Of the cast, since part of it is the scene's own colour."""
_MOST_GAIN = 3.0
"""Between two channels: more of it is noise."""
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_DIM, _AIMED = 0.27, 0.4
"""Lightness of the object (FrameView.lightness) below which a picture is exposed anew, and what it
is brought to. What is too bright has lost its drawing; nothing brings that back."""
_MOST_EXPOSED, _WORTH_WHILE = 8.0, 1.1
_WHITE = 0.9
_LINEAR = (np.arange(256) / 255.0) ** 2.2


class CameraNormaliser:
    """Implements FrameNormaliser. Pictures in ordinary light come back as they are: evening out
    what is even already takes away what tells products apart."""

    def normalise(self, rgb: RgbArray, view: FrameView) -> RgbArray:
        """See FrameNormaliser."""
        gains = _channel_gains(rgb)
        exposure = _exposure_for(rgb, view)
        if gains is None and exposure is None:
            return rgb
        factors = (np.ones(3) if gains is None else gains) * (exposure or 1.0)
        shown = np.clip(_LINEAR[:, np.newaxis] * factors, 0.0, 1.0) ** (1 / 2.2)
        table = np.rint(255 * shown).astype(np.uint8)[np.newaxis]
        evened: RgbArray = cv.LUT(np.ascontiguousarray(rgb), table)
        return evened

    def rectified(self, rgb: RgbArray, view: FrameView) -> RgbArray | None:
        """See FrameNormaliser."""
        return None if view.alpha is None else rectified_front(rgb, view.alpha)


def cast_of(rgb: RgbArray) -> tuple[Levels, float]:
    """The colour of the light, (3,) of unit length, and its angle to grey in degrees.

    Shades of grey (Finlayson & Trezzi, "Shades of gray and colour constancy", CIC 2004): the
    Minkowski mean of each channel of linear light is grey. Clipped pixels are left out.
    """
    step = max(1, max(rgb.shape[:2]) // 128)
    sample = rgb[::step, ::step].reshape(-1, 3)
    kept = sample[(sample.max(axis=1) < 250) & (sample.max(axis=1) > 8)]
    if len(kept) < 64:
        return np.full(3, 3**-0.5), 0.0
    light: Levels = (_LINEAR[kept] ** _NORM).mean(axis=0) ** (1 / _NORM)
    light = light / np.linalg.norm(light)
    return light, float(np.degrees(np.arccos(np.clip(light.sum() * 3**-0.5, -1, 1))))


def _channel_gains(rgb: RgbArray) -> Levels | None:
    light, angle = cast_of(rgb)
    if angle < _STRONG_CAST:
        return None
    # Von Kries: each channel by itself, and the light keeps its brightness.
    gains = np.clip((light.max() / np.maximum(light, 1e-3)) ** (1 - _KEPT), 1.0, _MOST_GAIN)
    return np.asarray(gains * (light @ _LUMINANCE) / ((light * gains) @ _LUMINANCE))


def _exposure_for(rgb: RgbArray, view: FrameView) -> float | None:
    """Times how much light a dim picture is shown, None for others. A dark product in a lit room
    is dark of itself, so that the whole frame must be dim as well; what is bright in it stays
    below white. Linear light, as the shutter has it: a gamma would change contrasts too."""
    sample = rgb[::8, ::8]
    frame = float(sample.mean()) / 255
    lightness = frame if view.box is None else max(view.lightness, frame)
    if not 0.01 < lightness < _DIM:
        return None
    brightest = max(0.01, float(np.percentile(_LINEAR[sample.max(axis=2)], 98)))
    wanted = (_AIMED / lightness) ** 2.2
    exposure = float(min(wanted, _WHITE / brightest, _MOST_EXPOSED))
    return exposure if exposure > _WORTH_WHILE else None
