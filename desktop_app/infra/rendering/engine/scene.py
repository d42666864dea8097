"""What stands in front of the camera: parts, their prints, and whole models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from desktop_app.infra.rendering.engine.arrays import FloatArray
from desktop_app.infra.rendering.engine.materials import Material
from desktop_app.infra.rendering.engine.mesh import Mesh


class Wrap(StrEnum):
    """How a print lies on a part: round its axis, straight from the front, or on its top."""

    AROUND = "around"
    FRONT = "front"
    TOP = "top"


@dataclass(frozen=True, slots=True, eq=False)
class Decal:
    """A print on a part.

    ``texture`` (height, width, 4) holds linear RGB and coverage in [0, 1]. ``centre`` and
    ``size`` are millimetres in the part's own frame: along the circumference (or x) and up
    (or, on top, away from the viewer). A ``foil`` print reflects like metal. A decal with
    ``relief`` (height, width, millimetres) embosses the surface.
    """

    texture: FloatArray
    wrap: Wrap
    centre: tuple[float, float]
    size: tuple[float, float]
    radius: float = 1.0
    foil: bool = False
    relief: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A turn about the origin followed by a shift."""

    rotation: FloatArray = field(default_factory=lambda: np.eye(3))
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def points(self, local: FloatArray) -> FloatArray:
        placed: FloatArray = local @ self.rotation.T + np.array(self.shift)
        return placed

    def directions(self, local: FloatArray) -> FloatArray:
        turned: FloatArray = local @ self.rotation.T
        return turned

    def then(self, later: Pose) -> Pose:
        return Pose(
            later.rotation @ self.rotation,
            tuple(later.points(np.array(self.shift))),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One piece of a product.

    A transparent part may have a ``hollow`` (its closed inside) and ``contents`` (the filled
    share of it) of material ``contents_material``, in the part's own frame. A ``loose`` part
    lies or stands beside the product, such as a cap taken off.
    """

    name: str
    mesh: Mesh
    material: Material
    decals: tuple[Decal, ...] = ()
    pose: Pose = field(default_factory=Pose)
    hollow: Mesh | None = None
    contents: Mesh | None = None
    contents_material: Material | None = None
    loose: bool = False

    def posed(self, pose: Pose) -> Part:
        return replace(self, pose=self.pose.then(pose))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The parts of a product as it stands on the floor."""

    parts: tuple[Part, ...]

    def posed(self, pose: Pose) -> Model:
        return Model(tuple(part.posed(pose) for part in self.parts))

    def in_one_piece(self) -> Model:
        """Without what lies beside the product."""
        return Model(tuple(part for part in self.parts if not part.loose))

    def points(self) -> FloatArray:
        """The vertices of every part (n, 3)."""
        return np.concatenate([part.pose.points(part.mesh.vertices) for part in self.parts])


def stacked(parts: Sequence[Part], *, shift: tuple[float, float, float]) -> tuple[Part, ...]:
    """Parts moved together."""
    return tuple(part.posed(Pose(shift=shift)) for part in parts)
