"""Laying one picture on another, and showing where they differ. QImage works in any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPolygonF, QTransform

from desktop_app.services.pair_details import PairDetails, PlacedBy, Placement, mapped
from desktop_app.workers.images import to_qimage, to_rgb

DIFFERENCE_SIDE = 640
"""Differences are looked for at this size: finer ones are noise of the encoding."""
NOTHING, STRONG = 0.09, 0.45
"""Differences of brightness or colour (of 1) from which the heat begins, and where it is full."""
PAPER = 236
"""What white becomes: no glare, and the heat stands out."""
SEEN = 0.5
"""The heat from which a place counts as different."""

_HEAT = np.array([[255, 214, 92], [244, 128, 40], [200, 24, 60]], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The first picture of a pair laid on the second.

    ``first`` has the size of the second and is transparent where the first has nothing.
    ``difference`` is the second in grey with what differs in heat colours, and ``share`` how
    much of the object differs, in [0, 1].
    """

    first: QImage
    difference: QImage
    share: float
    placed_by: PlacedBy


def lay(first: QImage, second: QImage, details: PairDetails) -> Laid:
    """Raises ValueError for a null picture."""
    if first.isNull() or second.isNull():
        raise ValueError("a null picture cannot be laid on another")
    laid = _placed(first, second.size(), details.placement)
    side = second.size().scaled(
        QSize(DIFFERENCE_SIDE, DIFFERENCE_SIDE), Qt.AspectRatioMode.KeepAspectRatio
    )
    side = side.boundedTo(second.size()).expandedTo(QSize(8, 8))
    small = _shrunk(second, side)
    other = _shrunk(laid, side)
    inside = _object(details, side) & (_alpha(other) >= 250)
    heat = _heat(to_rgb(other), to_rgb(small), inside)
    share = float((heat[inside] >= SEEN).mean()) if inside.any() else 0.0
    return Laid(laid, _coloured(to_rgb(small), heat, inside), share, details.placed_by)


def _placed(image: QImage, onto: QSize, placement: Placement) -> QImage:
    shrink = np.diag([1 / image.width(), 1 / image.height(), 1.0])
    grow = np.diag([float(onto.width()), float(onto.height()), 1.0])
    matrix = grow @ placement @ shrink
    canvas = QImage(onto, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    # Qt multiplies rows, (x, y, 1) M, and so wants the transpose.
    painter.setTransform(QTransform(*(float(value) for value in matrix.T.ravel())))
    painter.drawImage(0, 0, image)
    painter.end()
    return canvas


def _shrunk(image: QImage, size: QSize) -> QImage:
    return image.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _alpha(image: QImage) -> NDArray[np.uint8]:
    held = image.convertToFormat(QImage.Format.Format_Alpha8)
    rows = np.frombuffer(held.constBits(), np.uint8).reshape(held.height(), -1)
    return np.array(rows[:, : held.width()])


def _object(details: PairDetails, size: QSize) -> NDArray[np.bool_]:
    """Where either outline says there is an object; everywhere where none is known."""
    explanation = details.explanation
    outlines: list[NDArray[np.floating[Any]]] = []
    if (shape := explanation.query.shape) is not None and len(shape.contour) > 2:
        outlines.append(mapped(details.placement, shape.contour))
    if (shape := explanation.hit.shape) is not None and len(shape.contour) > 2:
        outlines.append(shape.contour)
    if not outlines:
        return np.ones((size.height(), size.width()), np.bool_)
    mask = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    mask.fill(Qt.GlobalColor.transparent)
    painter = QPainter(mask)
    for outline in outlines:
        path = QPainterPath()
        corners = [QPointF(x * size.width(), y * size.height()) for x, y in outline.tolist()]
        path.addPolygon(QPolygonF(corners))
        painter.fillPath(path, QColor("white"))
    painter.end()
    return _alpha(mask) >= 128


def _heat(
    first: NDArray[np.uint8], second: NDArray[np.uint8], inside: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """How much differs at each place, in [0, 1]; a pixel's shift and another light are none."""
    one, two = _planes(first), _planes(second)
    if inside.any():
        one = _in_light_of(one, two, inside)
    rows, columns = inside.shape
    padded = np.pad(one, ((0, 0), (1, 1), (1, 1)), mode="edge")
    least = np.full((rows, columns), np.inf, np.float32)
    for down in range(3):
        for across in range(3):
            shifted = padded[:, down : down + rows, across : across + columns]
            np.minimum(least, np.abs(shifted - two).max(axis=0), out=least)
    smooth = _box_mean(_box_mean(least))
    heat: NDArray[np.float32] = np.clip((smooth - NOTHING) / (STRONG - NOTHING), 0, 1)
    return np.where(inside, heat, np.float32(0))


def _planes(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(3, height, width) in [0, 1]: three planes are quicker to compare than pixels of three."""
    return np.ascontiguousarray(rgb.transpose(2, 0, 1)).astype(np.float32) / np.float32(255)


def _in_light_of(
    one: NDArray[np.float32], two: NDArray[np.float32], inside: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The first in the brightness and contrast of the second. One factor for all colours: a
    product of another colour is a difference."""
    own, others = one[:, inside], two[:, inside]
    mean_one, mean_two = float(own.mean()), float(others.mean())
    gain = float(np.clip(others.std() / max(float(own.std()), 1e-3), 0.7, 1.4))
    adjusted: NDArray[np.float32] = np.clip((one - mean_one) * gain + mean_two, 0, 1)
    shift = abs(mean_two - mean_one)
    # A much lighter or darker product is no matter of light.
    return adjusted if shift < 0.15 else one


def _box_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean over 3 by 3 places."""
    padded = np.pad(values, 1, mode="edge")
    rows, columns = values.shape
    total = np.zeros_like(values)
    for down in range(3):
        for across in range(3):
            total += padded[down : down + rows, across : across + columns]
    mean: NDArray[np.float32] = total / np.float32(9)
    return mean


def _coloured(
    second: NDArray[np.uint8], heat: NDArray[np.float32], inside: NDArray[np.bool_]
) -> QImage:
    """The second in pale grey, paler still around the object, with the heat over it."""
    grey = second.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    grey = PAPER - (255 - grey) * np.where(inside, 0.62, 0.2)
    ramp = np.linspace(0, 1, len(_HEAT))
    colours = np.stack([np.interp(heat, ramp, _HEAT[:, c]) for c in range(3)], axis=2)
    weight = np.clip(heat * 1.6, 0, 0.92)[..., np.newaxis]
    blended = grey[..., np.newaxis] * (1 - weight) + colours * weight
    return to_qimage(np.clip(blended, 0, 255).round().astype(np.uint8))
