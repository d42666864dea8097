"""What a container is, and the container made of it."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.shapes import OutlinePoints, Part
from desktop_app.infra.rendering.designs.brief import Brief, Built, Measure, Proportions
from desktop_app.infra.rendering.engine.scene import Model
from desktop_app.infra.rendering.generator.dressing import Dressing, random_dressing
from desktop_app.infra.rendering.generator.outline import outline_mm
from desktop_app.infra.rendering.products import DESIGNS, elevations

RANGES: Mapping[Measure, tuple[float, float]] = {
    Measure.BODY_HEIGHT: (0.70, 1.38),
    Measure.BODY_WIDTH: (0.76, 1.30),
    Measure.BODY_DEPTH: (0.78, 1.26),
    Measure.NECK_WIDTH: (0.84, 1.26),
    Measure.SHOULDER_RISE: (0.5, 2.1),
    Measure.SHOULDER_ROUND: (0.3, 1.7),
    Measure.BASE_ROUND: (0.4, 2.6),
    Measure.CORNER: (0.5, 1.8),
    Measure.CLOSURE_HEIGHT: (0.70, 1.42),
    Measure.CLOSURE_WIDTH: (0.88, 1.18),
    Measure.REACH: (0.72, 1.34),
    Measure.WAIST: (-0.10, 0.17),
    Measure.TAPER: (-0.12, 0.16),
}
"""How far random recipes depart from a design: ratios, of the last two shares."""
_OFTEN_PLAIN = (Measure.WAIST, Measure.TAPER)
FLAT_FROM_DEGREES = 20.0
"""What lies flat is seen from at least so high."""

_PLAIN = random_dressing(np.random.default_rng(0))

_CLOSURE_PARTS = frozenset(
    {
        "cap", "lid", "deck", "hinge", "spout", "pin", "disc", "collar", "bulb", "pipette",
        "cone", "tip", "stem", "head", "dip tube", "overcap", "fitment", "ball", "sifter",
        "mirror", "latch", "line", "seam", "knob", "handle", "ribbon", "bullet", "stick",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContainerRecipe:
    """Everything that determines a container; equal recipes give equal containers.

    ``design`` is a key of the class's DESIGNS. The shape is the design in ``proportions``,
    enlarged by ``scale``, with the small variations that ``seed`` picks; ``dressing`` never
    changes it.
    """

    container_class: ContainerClass
    design: str
    proportions: Proportions
    dressing: Dressing
    scale: float = 1.0
    seed: int = 0

    @property
    def elevation_degrees(self) -> float:
        """From how high its packshot is taken."""
        return elevations(self.container_class, self.design)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """A container made of a recipe, standing on the floor, in one piece."""

    recipe: ContainerRecipe
    model: Model
    noun: str

    def outline(self) -> OutlinePoints:
        """Its outline in millimetres, seen level from the front; of what lies flat, seen from
        its packshot's elevation."""
        elevation = self.recipe.elevation_degrees
        return outline_mm(
            self.model, elevation_degrees=elevation if elevation >= FLAT_FROM_DEGREES else 0.0
        )

    def positions(self, part: Part) -> frozenset[int]:
        """Which of the model's parts are the closure or the body; none for other parts."""
        if part not in (Part.CLOSURE, Part.BODY):
            return frozenset()
        return frozenset(
            k
            for k, piece in enumerate(self.model.parts)
            if (piece.name in _CLOSURE_PARTS) == (part is Part.CLOSURE)
        )


def random_recipe(
    container_class: ContainerClass, seed: int, *, design: str | None = None
) -> ContainerRecipe:
    """A container of the class drawn from all designs (or of one), proportions and dressings.

    Raises KeyError for an unknown design.
    """
    rng = np.random.default_rng([zlib.crc32(container_class.value.encode()), seed])
    designs = sorted(DESIGNS[container_class])
    drawn = designs[int(rng.integers(len(designs)))]
    chosen = drawn if design is None else design
    if chosen not in DESIGNS[container_class]:
        raise KeyError(chosen)
    return ContainerRecipe(
        container_class=container_class,
        design=chosen,
        proportions=random_proportions(rng, measures(container_class, chosen)),
        dressing=random_dressing(rng),
        scale=float(rng.uniform(0.82, 1.22)),
        seed=int(rng.integers(1 << 30)),
    )


def random_proportions(rng: np.random.Generator, asked: frozenset[Measure]) -> Proportions:
    """Proportions within RANGES; measures that a design does not ask for keep their default."""
    chosen = Proportions(ribbed=bool(rng.random() < 0.5))
    for measure in Measure:
        low, high = RANGES[measure]
        plain = rng.random() < 0.5
        if measure in _OFTEN_PLAIN:
            value = 0.0 if plain else float(rng.uniform(low, high))
        else:
            value = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        if measure in asked:
            chosen = with_measure(chosen, measure, value)
    return chosen


def with_measure(proportions: Proportions, measure: Measure, value: float) -> Proportions:
    """The proportions with one of them replaced."""
    changed: Proportions = replace(proportions, **{measure.value: value})  # type: ignore[arg-type]
    return changed


def restyled(
    recipe: ContainerRecipe, seed: int, *, unlike: Collection[Dressing] = ()
) -> ContainerRecipe:
    """The same shape in another brand's print and other colours and materials; also of
    another brand and colour than those it is to be ``unlike``."""
    rng = np.random.default_rng([11, seed])
    return replace(recipe, dressing=random_dressing(rng, unlike=(recipe.dressing, *unlike)))


@lru_cache(maxsize=64)
def shape_outline(
    container_class: ContainerClass, design: str, proportions: Proportions, scale: float, seed: int
) -> OutlinePoints:
    """The outline of every container of this shape, whatever it wears."""
    plain = replace(_PLAIN, printed=False)
    return make(ContainerRecipe(container_class, design, proportions, plain, scale, seed)).outline()


def outline_of(recipe: ContainerRecipe) -> OutlinePoints:
    """The outline of the container in millimetres, without making it twice."""
    return shape_outline(
        recipe.container_class, recipe.design, recipe.proportions, recipe.scale, recipe.seed
    )


def make(recipe: ContainerRecipe) -> Container:
    """The container. Raises KeyError for an unknown design or brand."""
    built = _built(recipe)
    return Container(recipe, Model(built.parts).in_one_piece(), built.noun)


@lru_cache(maxsize=256)
def measures(container_class: ContainerClass, design: str) -> frozenset[Measure]:
    """What can be changed of a design's shape. Raises KeyError for an unknown one."""
    brief = _brief(ContainerRecipe(container_class, design, Proportions(), _PLAIN))
    DESIGNS[container_class][design](brief)
    return frozenset(brief.asked)


def _built(recipe: ContainerRecipe) -> Built:
    return DESIGNS[recipe.container_class][recipe.design](_brief(recipe))


def _brief(recipe: ContainerRecipe) -> Brief:
    return Brief(
        style=recipe.dressing.style,
        colourway=recipe.dressing.colourway(),
        name=recipe.dressing.name,
        scale=recipe.scale,
        rng=np.random.default_rng(recipe.seed),
        proportions=recipe.proportions,
        printed=recipe.dressing.printed,
    )
