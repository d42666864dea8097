"""The frame normaliser: casts of colour, dim light, and flat packs seen at a slant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.capturing import FrameView
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.infra.vision.live.rectifying import rectified_front
from desktop_app.infra.vision.opencv import cv

Levels = NDArray[np.float64]

_NORM = 6
"""Minkowski norm of shades of grey; the value that Finlayson & Trezzi found best."""
_STRONG_CAST = 9.0
"""Degrees between the light and grey from which a cast is taken out. Scenes have colours of
their own: of photographs in even light the estimate is off by 5 degrees in the median
(Finlayson & Trezzi 2004), and taking that out would make them worse."""
_KEPT = 0.25
"""Of the cast, since part of it is the scene's own colour."""
_MOST_GAIN = 3.0
"""Between two channels: more of it is noise."""
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_DIM, _GLARING = 0.27, 0.8
"""Lightness of the object (FrameView.lightness) outside which the light is evened out,"""
_AIMED_DIM, _AIMED_GLARING = 0.4, 0.7
"""and what it is brought to."""
_LEAST_GAMMA, _MOST_GAMMA = 0.5, 1.6
_LINEAR = (np.arange(256) / 255.0) ** 2.2


class CameraNormaliser:
    """Implements FrameNormaliser. Pictures in ordinary light come back as they are: evening out
    what is even already takes away what tells products apart."""

    def normalise(self, rgb: RgbArray, view: FrameView) -> RgbArray:
        """See FrameNormaliser."""
        gains = _channel_gains(rgb)
        gamma = _gamma_for(_object_lightness(rgb, view))
        if gains is None and gamma is None:
            return rgb
        levels = np.arange(256) / 255.0
        tables = []
        for channel in range(3):
            light = _LINEAR * (gains[channel] if gains is not None else 1.0)
            shown = np.clip(light, 0.0, 1.0) ** (1 / 2.2) if gains is not None else levels
            tables.append(shown**gamma if gamma is not None else shown)
        table = np.rint(255 * np.stack(tables, axis=-1)).astype(np.uint8)[np.newaxis]
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


def _gamma_for(lightness: float) -> float | None:
    if _DIM <= lightness <= _GLARING or lightness <= 0.01:
        return None
    aimed = _AIMED_DIM if lightness < _DIM else _AIMED_GLARING
    gamma = float(np.log(aimed) / np.log(min(lightness, 0.98)))
    return min(_MOST_GAMMA, max(_LEAST_GAMMA, gamma))


def _object_lightness(rgb: RgbArray, view: FrameView) -> float:
    """The lightness that decides: of the object, but a dark product in a lit room is dark of
    itself, so that the whole frame must be dim as well, and likewise bright."""
    frame = float(rgb[::8, ::8].mean()) / 255
    box = view.box or CropBox()
    if box.is_whole:
        return frame
    if view.lightness < _DIM:
        return max(view.lightness, frame)
    return min(view.lightness, frame) if view.lightness > _GLARING else view.lightness
