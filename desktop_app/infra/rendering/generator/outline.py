"""The outline of a model, exact to a fraction of a millimetre and free of perspective."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.shapes import OutlinePoints
from desktop_app.infra.rendering.engine.arrays import BoolArray, FloatArray
from desktop_app.infra.rendering.engine.raster import rasterise
from desktop_app.infra.rendering.engine.scene import Model
from desktop_app.infra.vision.opencv import cv2

_SIDE_PX = 512
_MARGIN_PX = 16
_GAP_MM = 1.6
"""Parts no farther apart than this, as a lid above its jar, have one outline."""


def outline_mm(model: Model, *, elevation_degrees: float = 0.0) -> OutlinePoints:
    """The outer outline seen from the front out of infinite distance, from so high.

    Millimetres, x to the right and y down, the box's middle at x 0 and its base at y 0.
    """
    covered, per_mm = _flat(model, elevation_degrees)
    mask = covered.astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if len(contours) > 1:
        side = 2 * round(_GAP_MM * per_mm / 2) + 1
        joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
        contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    ring = max(contours, key=cv2.contourArea)[:, 0].astype(np.float64)
    low, high = ring.min(axis=0), ring.max(axis=0)
    shift = np.array([(low[0] + high[0]) / 2, high[1]])
    points: OutlinePoints = ((ring - shift) / per_mm).astype(np.float32)
    return points


def widths_mm(model: Model, heights_mm: FloatArray) -> FloatArray:
    """Left and right edges (n, 2) at heights above the floor, seen level from the front;
    NaN where there is nothing."""
    mask, per_mm = _flat(model, 0.0)
    points = model.points()
    left, top = float(points[:, 0].min()), float(points[:, 1].max())
    edges = np.full((len(heights_mm), 2), np.nan)
    for k, height in enumerate(heights_mm):
        row = int((top - height) * per_mm) + _MARGIN_PX
        columns = np.flatnonzero(mask[row]) if 0 <= row < len(mask) else np.empty(0, np.int64)
        if len(columns):
            ends = np.array([columns[0], columns[-1] + 1])
            edges[k] = (ends - _MARGIN_PX) / per_mm + left
    return edges


def _flat(model: Model, elevation_degrees: float) -> tuple[BoolArray, float]:
    """What the model covers of a plane in front of it, and pixels per millimetre."""
    c, s = math.cos(math.radians(elevation_degrees)), math.sin(math.radians(elevation_degrees))
    turn = np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])
    placed = [part.pose.points(part.mesh.vertices) @ turn for part in model.parts]
    every = np.concatenate(placed)
    low, high = every.min(axis=0), every.max(axis=0)
    per_mm = (_SIDE_PX - 2 * _MARGIN_PX) / float(max(high[0] - low[0], high[1] - low[1]))
    covered: NDArray[np.bool_] = np.zeros(_SIDE_PX * _SIDE_PX, dtype=bool)
    for part, points in zip(model.parts, placed, strict=True):
        xy = np.stack([points[:, 0] - low[0], high[1] - points[:, 1]], axis=1) * per_mm + _MARGIN_PX
        depth = high[2] - points[:, 2] + 1.0
        layer = rasterise(xy, depth, part.mesh.faces, width=_SIDE_PX, height=_SIDE_PX)
        covered[layer.pixels] = True
    return covered.reshape(_SIDE_PX, _SIDE_PX), per_mm
