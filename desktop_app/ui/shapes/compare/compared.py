"""What the comparison shows: two outlines in one frame, and in which unit they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PySide6.QtCore import QCoreApplication, QLocale, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from desktop_app.domain.shapes import LaidShapes, OutlinePoints, Part


class CompareMode(Enum):
    """How two outlines are looked at; the value is the icon."""

    OUTLINES = "shapes"
    FILLED = "layers"
    DIFFERENCE = "focus"


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """``unit`` times a length in the frame of ``laid`` is what is shown, in millimetres where
    ``height_mm`` is known, else in hundredths of the hit's height."""

    laid: LaidShapes
    name: str
    height_mm: float = 0.0

    @property
    def unit(self) -> float:
        return self.height_mm or 100.0

    @property
    def unit_name(self) -> str:
        if self.height_mm:
            return "mm"
        return QCoreApplication.translate("Compared", "% of height")

    def figure(self, length: float, *, is_signed: bool = False) -> str:
        """A length of the frame in words: ``+1.2 mm``."""
        value = length * self.unit
        words = QLocale().toString(abs(float(value)), "f", 1 if abs(value) < 99.95 else 0)
        sign = "" if not is_signed or words.strip("0.,") == "" else ("+" if value > 0 else "−")
        return f"{sign}{words} {self.unit_name}"

    @property
    def scale(self) -> float:
        """The deviation, in the frame, at which colours are strongest: a round figure that
        nearly all of the query's points keep within."""
        strays = np.abs(self.laid.deviation[np.isfinite(self.laid.deviation)])
        most = float(np.percentile(strays, 98)) * self.unit if len(strays) else 0.0
        if most <= 0:
            return 1.0 / self.unit
        power = 10.0 ** math.floor(math.log10(most))
        return next(f * power for f in (1, 2, 5, 10) if f * power >= most) / self.unit

    @property
    def box(self) -> QRectF:
        """Around both outlines."""
        return polygon(self.laid.query).boundingRect().united(polygon(self.laid.hit).boundingRect())


def polygon(points: OutlinePoints) -> QPolygonF:
    """The points as Qt has them."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def path_of(points: OutlinePoints) -> QPainterPath:
    """A closed outline as a path."""
    path = QPainterPath()
    path.addPolygon(polygon(points))
    path.closeSubpath()
    return path


def part_name(part: Part) -> str:
    """What a part of a container is called."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Parts", text)

    return {
        Part.CLOSURE: tr("Closure"),
        Part.NECK: tr("Neck"),
        Part.SHOULDER: tr("Shoulder"),
        Part.BODY: tr("Body"),
    }[part]
