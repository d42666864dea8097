"""An outline as a person draws it: nodes, the curve through them, and what can be done to them.

A symmetric sketch holds the right half of a container, from its top down to its base, and the
left half mirrors it; a free one holds the whole ring.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.domain.shapes import LEAST_OUTLINE_POINTS, DrawnOutline
from desktop_app.domain.sketch_curves import (
    COINCIDENT,
    NodeKind,
    Points,
    SketchNode,
    nearest_on,
    pieces_of,
    points_of,
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Nodes of an outline; see the module. In a symmetric one the axis is at x 0 and no node
    lies left of it. ``mm_per_unit`` is 0 where the size is not known."""

    nodes: tuple[SketchNode, ...] = ()
    is_symmetric: bool = True
    mm_per_unit: float = 0.0

    def __post_init__(self) -> None:
        if self.mm_per_unit < 0 or not math.isfinite(self.mm_per_unit):
            raise ValueError(f"not a scale: {self.mm_per_unit}")
        if self.is_symmetric and any(node.x < 0 for node in self.nodes):
            object.__setattr__(self, "nodes", tuple(n.at(max(0.0, n.x), n.y) for n in self.nodes))

    # What it looks like

    @property
    def ring(self) -> tuple[SketchNode, ...]:
        """All nodes round the outline. Those of a symmetric sketch come first, then the
        mirrored ones from the base up; nodes at the ends of the axis are not doubled."""
        if not self.is_symmetric:
            return self.nodes
        count, sources = len(self.nodes), self._sources
        mirrored = (self.nodes[place] for place in sources[count:])
        return (*self.nodes, *(node.at(-node.x, node.y) for node in mirrored))

    @property
    def pieces(self) -> tuple[Points, ...]:
        """The curve from each node of the ring to the next, corners not rounded yet."""
        return pieces_of(self.ring)

    @property
    def points(self) -> Points:
        """The closed outline, its first point not repeated; fewer than three points where
        there is none yet."""
        return points_of(self.ring)

    @property
    def outline(self) -> DrawnOutline | None:
        """What is searched with; None where the nodes do not enclose anything yet."""
        points = self.points
        if len(points) < LEAST_OUTLINE_POINTS or not (np.ptp(points, axis=0) > COINCIDENT).all():
            return None
        return DrawnOutline(points.astype(np.float32), self.mm_per_unit)

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the outline in its unit, 0 where there is none."""
        points = self.points
        if not len(points):
            return 0.0, 0.0
        width, height = np.ptp(points, axis=0)
        return float(width), float(height)

    def nearest(self, x: float, y: float) -> tuple[int, float, float, float]:
        """The piece of the ring that passes nearest, where, and how far from (x, y)."""
        best = (0, x, y, math.inf)
        for place, piece in enumerate(self.pieces):
            foot, distance = nearest_on(piece, np.array((x, y)))
            if distance < best[3]:
                best = (place, float(foot[0]), float(foot[1]), distance)
        return best

    # What is done to it

    def moved(self, index: int, x: float, y: float) -> Sketch:
        """With a node in another place; never across the axis."""
        return self._with(index, self.nodes[index].at(x, y))

    def changed(
        self, index: int, *, kind: NodeKind | None = None, radius: float | None = None
    ) -> Sketch:
        """With another kind or radius of a node; a radius makes it a corner."""
        node = self.nodes[index]
        if radius is not None:
            node = replace(node, kind=NodeKind.CORNER, radius=max(0.0, radius))
        if kind is not None:
            node = replace(node, kind=kind)
        return self._with(index, node)

    def inserted(self, piece: int, x: float, y: float) -> tuple[Sketch, int]:
        """With a node in a piece of the ring, and the node's index. One on the mirrored side is
        put on the side that is drawn; one across the axis goes to the nearer end."""
        sources = self._sources
        first, second = sources[piece], sources[(piece + 1) % len(sources)]
        if not self.is_symmetric:
            place = piece + 1
        elif first == second:
            x, place = abs(x), len(self.nodes) if piece == len(self.nodes) - 1 else 0
        else:
            x, place = abs(x), max(first, second)
        count = len(self.nodes)
        near = [self.nodes[i] for i in (place - 1, place) if 0 <= i < count]
        is_straight = bool(near) and all(node.kind is NodeKind.CORNER for node in near)
        node = SketchNode(x, y, NodeKind.CORNER if is_straight else NodeKind.SMOOTH)
        return replace(self, nodes=(*self.nodes[:place], node, *self.nodes[place:])), place

    def appended(self, node: SketchNode) -> Sketch:
        """With a further node at the end."""
        return replace(self, nodes=(*self.nodes, node))

    def removed(self, index: int) -> Sketch:
        """Without a node."""
        return replace(self, nodes=(*self.nodes[:index], *self.nodes[index + 1 :]))

    def scaled(self, across: float, along: float) -> Sketch:
        """Wider and higher by these factors, about the axis and the base."""
        base = max((node.y for node in self.nodes), default=0.0)
        radius = math.sqrt(abs(across * along))
        return replace(
            self,
            nodes=tuple(
                replace(
                    node,
                    x=node.x * across,
                    y=base + (node.y - base) * along,
                    radius=node.radius * radius,
                )
                for node in self.nodes
            ),
        )

    def freed(self) -> Sketch:
        """The whole ring, each side to be changed by itself."""
        return Sketch(self.ring, False, self.mm_per_unit)

    def mapped(self, change: Callable[[float, float], tuple[float, float]]) -> Sketch:
        """With every node where ``change`` puts it."""
        return replace(self, nodes=tuple(node.at(*change(node.x, node.y)) for node in self.nodes))

    # Its size

    @property
    def size_mm(self) -> tuple[float, float] | None:
        """Width and height in millimetres, None where the size is not known."""
        if not self.mm_per_unit:
            return None
        width, height = self.extent
        return width * self.mm_per_unit, height * self.mm_per_unit

    def sized(
        self, *, width_mm: float = 0.0, height_mm: float = 0.0, keeps_form: bool = True
    ) -> Sketch:
        """Of this width or height. Where the form is kept, or no size was known before, only
        the scale changes; else the outline is stretched that way. 0 of both forgets the size."""
        width, height = self.extent
        wanted, now = (height_mm, height) if height_mm else (width_mm, width)
        if not wanted or now <= COINCIDENT:
            return replace(self, mm_per_unit=0.0)
        if keeps_form or not self.mm_per_unit:
            return replace(self, mm_per_unit=wanted / now)
        factor = wanted / (now * self.mm_per_unit)
        return self.scaled(1.0, factor) if height_mm else self.scaled(factor, 1.0)

    @property
    def _sources(self) -> list[int]:
        """For each node of the ring the index of the one it is or mirrors."""
        places = list(range(len(self.nodes)))
        if not self.is_symmetric:
            return places
        ends = (0, len(self.nodes) - 1)
        return places + [
            place
            for place in reversed(places)
            if self.nodes[place].x > COINCIDENT or place not in ends
        ]

    def _with(self, index: int, node: SketchNode) -> Sketch:
        return replace(self, nodes=(*self.nodes[:index], node, *self.nodes[index + 1 :]))
