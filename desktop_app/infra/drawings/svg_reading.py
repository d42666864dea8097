"""Outlines from SVG 1.1: shapes, paths, groups, transforms, and millimetres where it has any."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from svgelements import Arc, Close, CubicBezier, Matrix, Move, Path, QuadraticBezier

from desktop_app.domain.errors import UserFacingError
from desktop_app.infra.drawings.rings import MOST_POINTS, Points
from desktop_app.infra.drawings.safe_xml import DEEPEST, Element, Unsafe, read_xml

CURVE_STEPS = 48
MOST_PATH_CHARACTERS = 2_000_000
MOST_USES = 2_000
_ELLIPSE_STEPS = 180
_PIXELS_PER_INCH = 96
_MM = {
    "mm": 1.0,
    "cm": 10.0,
    "q": 0.25,
    "in": 25.4,
    "pt": 25.4 / 72,
    "pc": 25.4 / 6,
}
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LENGTH = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([a-zA-Z%]*)\s*")
_STYLE = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_GROUPS = frozenset({"svg", "g", "a", "switch"})


@dataclass(frozen=True, slots=True, eq=False)
class SvgLines:
    """The lines of a drawing, ``frame`` its page as (left, top, right, bottom) where it names
    one; ``mm_per_unit`` is 0 where it has no size."""

    lines: tuple[Points, ...]
    frame: tuple[float, float, float, float] | None
    mm_per_unit: float


def read_svg(data: bytes) -> SvgLines:
    """Raises UserFacingError where it is no SVG, is unsafe, or too large for an outline."""
    try:
        root = read_xml(data)
    except ValueError as error:
        raise UserFacingError(
            "This file is no readable SVG.",
            remedy="Open it in your drawing program and save it as SVG again.",
            details=str(error),
        ) from error
    if root.tag != "svg":
        raise UserFacingError("This file is no SVG.", remedy="Choose an SVG, DXF or picture file.")
    view_box = _numbers(root.get("viewBox"))
    frame = None
    if len(view_box) == 4 and view_box[2] > 0 and view_box[3] > 0:
        left, top, width, height = view_box
        frame = (left, top, left + width, top + height)
    lines = tuple(_Walker(root).lines())
    return SvgLines(lines, frame, _mm_per_unit(root, frame))


class _Walker:
    """Goes through the tree once and flattens what is drawn."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._by_id = {name: element for element in _all(root) if (name := element.get("id"))}
        self._characters = 0
        self._points = 0
        self._uses = 0

    def lines(self) -> Iterator[Points]:
        """Every line that is drawn, in the units of the view box."""
        for child in self._root.children:
            yield from self._drawn(child, np.eye(3), 0)

    def _drawn(self, element: Element, outer: Points, depth: int) -> Iterator[Points]:
        if _is_hidden(element):
            return
        if depth > DEEPEST:
            raise _too_large()
        matrix = outer @ _matrix(element.get("transform"))
        if element.tag in _GROUPS:
            if element.tag == "svg":
                matrix = matrix @ _placed(element)
            for child in element.children:
                yield from self._drawn(child, matrix, depth + 1)
        elif element.tag == "use":
            yield from self._used(element, matrix, depth + 1)
        else:
            for line in self._shape(element):
                self._points += len(line)
                if self._points > MOST_POINTS:
                    raise _too_large()
                with np.errstate(over="ignore", invalid="ignore"):
                    yield (np.column_stack((line, np.ones(len(line)))) @ matrix.T)[:, :2]

    def _used(self, element: Element, matrix: Points, depth: int) -> Iterator[Points]:
        self._uses += 1
        if self._uses > MOST_USES:
            raise _too_large()
        target = self._by_id.get(element.get("href").removeprefix("#"))
        if target is None:
            return
        shift = np.eye(3)
        shift[:2, 2] = _length(element.get("x")), _length(element.get("y"))
        if target.tag == "symbol":
            for child in target.children:
                yield from self._drawn(child, matrix @ shift, depth)
        else:
            yield from self._drawn(target, matrix @ shift, depth)

    def _shape(self, element: Element) -> Iterator[Points]:
        tag = element.tag
        if tag == "path":
            yield from self._path(element.get("d"))
        elif tag in ("polygon", "polyline"):
            numbers = _numbers(element.get("points"))
            points = np.array(numbers[: len(numbers) // 2 * 2], np.float64).reshape(-1, 2)
            is_closed = tag == "polygon" and len(points) > 0
            yield np.vstack((points, points[:1])) if is_closed else points
        elif tag == "line":
            ends = [_length(element.get(name)) for name in ("x1", "y1", "x2", "y2")]
            yield np.array(ends, np.float64).reshape(2, 2)
        elif tag in ("circle", "ellipse"):
            radius = _length(element.get("r"))
            across = radius if tag == "circle" else _length(element.get("rx"))
            along = radius if tag == "circle" else _length(element.get("ry"))
            turn = np.linspace(0, 2 * math.pi, _ELLIPSE_STEPS + 1)
            middle = (_length(element.get("cx")), _length(element.get("cy")))
            yield np.stack((across * np.cos(turn), along * np.sin(turn)), axis=1) + middle
        elif tag == "rect":
            yield _rectangle(element)

    def _path(self, text: str) -> Iterator[Points]:
        self._characters += len(text)
        if self._characters > MOST_PATH_CHARACTERS:
            raise _too_large()
        try:
            segments = list(Path(text))
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, ArithmeticError):
            # A path that cannot be read is left out, as other programs do.
            return
        points: list[Points] = []
        for segment in segments:
            if isinstance(segment, Move):
                if points:
                    yield np.vstack(points)
                points = [_point(segment.end)] if segment.end is not None else []
            elif isinstance(segment, CubicBezier | QuadraticBezier | Arc):
                if segment.start is not None and segment.end is not None:
                    steps = np.linspace(0, 1, CURVE_STEPS + 1)[1:]
                    with np.errstate(all="ignore"):
                        points.append(np.asarray(segment.npoint(steps), np.float64))
            elif segment.end is not None:
                points.append(_point(segment.end))
                if isinstance(segment, Close):
                    yield np.vstack(points)
                    points = [_point(segment.end)]
        if points:
            yield np.vstack(points)


def _mm_per_unit(root: Element, frame: tuple[float, float, float, float] | None) -> float:
    sizes = [_millimetres(root.get(name)) for name in ("width", "height")]
    if frame is None:
        return 25.4 / _PIXELS_PER_INCH if any(sizes) else 0.0
    extents = (frame[2] - frame[0], frame[3] - frame[1])
    scales = [size / extent for size, extent in zip(sizes, extents, strict=True) if size > 0]
    # The drawing is fitted into its page, whole.
    return min(scales, default=0.0)


def _millimetres(text: str) -> float:
    found = _LENGTH.fullmatch(text)
    if found is None:
        return 0.0
    size = float(found[1]) * _MM.get(found[2].lower(), 0.0)
    return size if math.isfinite(size) else 0.0


def _placed(element: Element) -> Points:
    """How an inner ``svg`` lies in the one around it."""
    matrix = np.eye(3)
    matrix[:2, 2] = _length(element.get("x")), _length(element.get("y"))
    box = _numbers(element.get("viewBox"))
    width, height = _length(element.get("width")), _length(element.get("height"))
    if len(box) == 4 and min(box[2], box[3], width, height) > 0:
        scale = min(width / box[2], height / box[3])
        fit = np.diag((scale, scale, 1.0))
        fit[:2, 2] = (
            (width - scale * box[2]) / 2 - scale * box[0],
            (height - scale * box[3]) / 2 - scale * box[1],
        )
        matrix = matrix @ fit
    return matrix


def _rectangle(element: Element) -> Points:
    x, y, width, height = (_length(element.get(name)) for name in ("x", "y", "width", "height"))
    rounds = [_length(element.get(name)) for name in ("rx", "ry")]
    across = min(rounds[0] or rounds[1], width / 2)
    along = min(rounds[1] or rounds[0], height / 2)
    if across <= 0 or along <= 0:
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
        return np.array(corners, np.float64)
    parts = []
    for quarter, (cx, cy) in enumerate(
        (
            (x + width - across, y + along),
            (x + width - across, y + height - along),
            (x + across, y + height - along),
            (x + across, y + along),
        )
    ):
        turn = np.linspace(quarter - 1, quarter, CURVE_STEPS) * math.pi / 2
        parts.append(np.stack((cx + across * np.cos(turn), cy + along * np.sin(turn)), axis=1))
    ring = np.vstack(parts)
    return np.vstack((ring, ring[:1]))


def _is_hidden(element: Element) -> bool:
    style = {**element.attributes, **dict(_STYLE.findall(element.get("style")))}
    if style.get("display", "").strip() == "none":
        return True
    if style.get("visibility", "").strip() in ("hidden", "collapse"):
        return True
    is_clear = style.get("opacity", "").strip() in ("0", "0.0", "0%")
    fill, stroke = style.get("fill", "").strip(), style.get("stroke", "").strip()
    return is_clear or (fill == "none" and stroke == "none")


def _matrix(text: str) -> Points:
    matrix = np.eye(3)
    if text:
        try:
            read = Matrix(text[:4000])
        except (ValueError, TypeError, IndexError, AttributeError, ArithmeticError):
            return matrix
        matrix[:2] = (read.a, read.c, read.e), (read.b, read.d, read.f)
    return matrix


def _length(text: str) -> float:
    """A length in user units; per cents are not known here and count as nothing."""
    found = _LENGTH.fullmatch(text)
    if found is None or found[2] == "%":
        return 0.0
    unit = _MM.get(found[2].lower())
    return float(found[1]) * (1.0 if unit is None else unit * _PIXELS_PER_INCH / 25.4)


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _point(point: object) -> Points:
    return np.array([[float(point.x), float(point.y)]])  # type: ignore[attr-defined]


def _all(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from _all(child)


def _too_large() -> Unsafe:
    return Unsafe(
        "This drawing is far more detailed than an outline needs.",
        remedy="Keep only the outline of the container in it.",
    )
