"""Plain profiles to start from, of the common classes of containers."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.sketch_curves import NodeKind, SketchNode
from desktop_app.domain.sketching import Sketch

Node = tuple[float, float, float] | tuple[float, float]
"""(x, y) of a smooth node, (x, y, radius) of a corner; 100 units of height."""


@dataclass(frozen=True, slots=True)
class SketchTemplate:
    """``key`` names it among its kin, such as two bottles."""

    key: str
    kind: ContainerClass
    sketch: Sketch


def _made(
    key: str, kind: ContainerClass, *nodes: Node, is_symmetric: bool = True
) -> SketchTemplate:
    return SketchTemplate(
        key,
        kind,
        Sketch(
            tuple(
                SketchNode(node[0], node[1], NodeKind.CORNER, node[2])
                if len(node) == 3
                else SketchNode(*node)
                for node in nodes
            ),
            is_symmetric,
        ),
    )


TEMPLATES: tuple[SketchTemplate, ...] = (
    _made(
        "round_shoulder",
        ContainerClass.BOTTLE,
        (8.5, -100, 1),
        (8.5, -84, 0),
        (7, -84, 0),
        (7, -79, 1),
        (20, -74, 11),
        (20, 0, 3),
    ),
    _made(
        "straight_shoulder",
        ContainerClass.BOTTLE,
        (9, -100, 0.5),
        (9, -80, 0),
        (7, -80, 0),
        (7, -76, 0),
        (22, -68, 1.5),
        (22, 0, 1.5),
    ),
    _made(
        "waisted",
        ContainerClass.BOTTLE,
        (9, -100, 1),
        (9, -82, 0),
        (12, -76),
        (20, -64),
        (16.5, -38),
        (20.5, -12),
        (17, 0, 4),
    ),
    _made(
        "straight",
        ContainerClass.JAR,
        (58, -100, 3),
        (58, -68, 0),
        (54, -68, 0),
        (54, -64, 0),
        (60, -64, 4),
        (60, 0, 6),
    ),
    _made(
        "round",
        ContainerClass.JAR,
        (46, -100, 4),
        (46, -70, 0),
        (43, -70, 0),
        (58, -52),
        (62, -32),
        (52, -6),
        (40, 0, 3),
    ),
    _made(
        "flat",
        ContainerClass.POWDER,
        (110, -100, 8),
        (110, -48, 0),
        (106, -48, 0),
        (106, 0, 10),
    ),
    _made(
        "round",
        ContainerClass.COMPACT,
        (150, -100, 26),
        (150, -52, 0),
        (147, -52, 0),
        (147, -48, 0),
        (150, -48, 0),
        (150, 0, 26),
    ),
    _made(
        "straight",
        ContainerClass.STICK,
        (11, -100, 2),
        (11, -46, 0),
        (9.5, -46, 0),
        (9.5, -42, 0),
        (11, -42, 0.5),
        (11, 0, 1),
    ),
    _made(
        "round_cap",
        ContainerClass.ROLL_ON,
        (0, -100),
        (11, -95),
        (15, -84),
        (15, -62, 0),
        (16.5, -62, 0),
        (21, -44),
        (20, -16),
        (15, 0, 3),
    ),
    _made(
        "bulb",
        ContainerClass.DROPPER,
        (0, -100),
        (4, -97),
        (5.2, -90),
        (5.2, -80, 0),
        (9, -80, 0.5),
        (9, -66, 0),
        (7.5, -66, 0),
        (7.5, -63, 1),
        (19, -57, 8),
        (19, 0, 3),
    ),
    _made(
        "nozzle_left",
        ContainerClass.PUMP,
        (7, -100, 1.5),
        (7, -91, 0),
        (2, -91, 0),
        (2, -82, 0),
        (9, -82, 0.5),
        (9, -72, 0),
        (20, -66, 8),
        (20, 0, 3),
        (-20, 0, 3),
        (-20, -66, 8),
        (-9, -72, 0),
        (-9, -82, 0.5),
        (-2, -82, 0),
        (-2, -91, 0),
        (-7, -91, 0),
        (-20, -90, 0.5),
        (-20, -94, 0.5),
        (-7, -100, 1.5),
        is_symmetric=False,
    ),
)
