"""The fifteen categories, what a product is specified by, and how it is assembled."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.designs.bottles import BOTTLES
from desktop_app.infra.rendering.designs.brief import (
    Brief,
    Built,
    Design,
    Proportions,
    nominal_ml,
)
from desktop_app.infra.rendering.designs.cap_designs import (
    GENERAL_CLOSURES,
    ONE_TOUCH_CLOSURES,
    PRESS_CLOSURES,
)
from desktop_app.infra.rendering.designs.compacts import COMPACTS
from desktop_app.infra.rendering.designs.dispenser_designs import DROPPERS, PUMPS, SHARP_CLOSURES
from desktop_app.infra.rendering.designs.jars import JARS
from desktop_app.infra.rendering.designs.palettes import PALETTES
from desktop_app.infra.rendering.designs.powder_jars import POWDERS
from desktop_app.infra.rendering.designs.puffs import PUFFS
from desktop_app.infra.rendering.designs.roll_ons import ROLL_ONS
from desktop_app.infra.rendering.designs.spatulas import SPATULAS
from desktop_app.infra.rendering.designs.sticks import STICKS
from desktop_app.infra.rendering.designs.styles import STYLES
from desktop_app.infra.rendering.engine.scene import Model
from desktop_app.infra.rendering.studio import View

DESIGNS: dict[ContainerClass, dict[str, Design]] = {
    ContainerClass.BOTTLE: BOTTLES,
    ContainerClass.COMPACT: COMPACTS,
    ContainerClass.JAR: JARS,
    ContainerClass.PALETTE: PALETTES,
    ContainerClass.POWDER: POWDERS,
    ContainerClass.ROLL_ON: ROLL_ONS,
    ContainerClass.STICK: STICKS,
    ContainerClass.PUFF: PUFFS,
    ContainerClass.SPATULA: SPATULAS,
    ContainerClass.GENERAL_CLOSURE: GENERAL_CLOSURES,
    ContainerClass.ONE_TOUCH_CLOSURE: ONE_TOUCH_CLOSURES,
    ContainerClass.PRESS_CLOSURE: PRESS_CLOSURES,
    ContainerClass.DROPPER: DROPPERS,
    ContainerClass.SHARP_CLOSURE: SHARP_CLOSURES,
    ContainerClass.PUMP: PUMPS,
}

_ELEVATIONS: dict[ContainerClass, tuple[float, float]] = {
    ContainerClass.COMPACT: (25.0, 46.0),
    ContainerClass.JAR: (9.0, 28.0),
    ContainerClass.PALETTE: (30.0, 50.0),
    ContainerClass.POWDER: (11.0, 30.0),
    ContainerClass.PUFF: (24.0, 46.0),
    ContainerClass.SPATULA: (46.0, 60.0),
    ContainerClass.GENERAL_CLOSURE: (12.0, 34.0),
    ContainerClass.ONE_TOUCH_CLOSURE: (11.0, 30.0),
    ContainerClass.PRESS_CLOSURE: (13.0, 32.0),
    ContainerClass.DROPPER: (8.0, 24.0),
    ContainerClass.PUMP: (8.0, 22.0),
}
_LYING_DESIGNS = frozenset({"lying", "lying-tube"})


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """Everything that determines a product; equal specifications give equal pictures.

    ``design`` is a key of the category's DESIGNS; ``scale`` multiplies every length;
    ``seed`` picks the variation of the shape, ``proportions`` change it. ``version`` is what a
    list calls this shape among its kin, such as ``high closure``.
    """

    category: ContainerClass
    design: str
    brand: str
    colourway: str
    name: str
    scale: float = 1.0
    seed: int = 0
    proportions: Proportions = field(default_factory=Proportions)
    version: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """A product ready to be rendered, with what a list would say about it.

    Lengths are millimetres; ``diameter_mm`` is the width where the product is not round.
    """

    spec: ProductSpec
    model: Model
    noun: str
    material: str
    height_mm: float
    diameter_mm: float
    volume_ml: int | None
    neck_finish: str


def assemble(spec: ProductSpec) -> Product:
    """Build a product. Raises KeyError for an unknown design, brand or colourway."""
    style = STYLES[spec.brand]
    brief = Brief(
        style=style,
        colourway=style.colourway(spec.colourway),
        name=spec.name,
        scale=spec.scale,
        rng=np.random.default_rng(spec.seed),
        proportions=spec.proportions,
    )
    built = DESIGNS[spec.category][spec.design](brief)
    model = Model(built.parts)
    return Product(
        spec=spec,
        model=model,
        noun=built.noun,
        material=built.material,
        height_mm=_height(model),
        diameter_mm=_diameter(built),
        volume_ml=None if built.volume_ml is None else nominal_ml(built.volume_ml),
        neck_finish=built.neck_finish,
    )


def _height(model: Model) -> float:
    """The height as it stands, or the length of what lies flat."""
    points = model.points()
    extent = points.max(axis=0) - points.min(axis=0)
    flat = extent[1] < 0.32 * max(extent[0], extent[2])
    return round(float(extent.max() if flat else extent[1]), 1)


def _diameter(built: Built) -> float:
    """The width of the largest part."""
    extents = [np.ptp(part.mesh.vertices, axis=0) for part in built.parts]
    largest = max(extents, key=lambda extent: float(extent.prod()))
    return round(float(max(largest[0], largest[2])), 1)


def random_spec(category: ContainerClass, seed: int) -> ProductSpec:
    """A product of the category drawn from all designs, brands and colourways."""
    rng = np.random.default_rng([zlib.crc32(category.value.encode()), seed])
    designs = sorted(DESIGNS[category])
    brand = sorted(STYLES)[int(rng.integers(len(STYLES)))]
    ways = STYLES[brand].colourways
    return ProductSpec(
        category=category,
        design=designs[int(rng.integers(len(designs)))],
        brand=brand,
        colourway=ways[int(rng.integers(len(ways)))].name,
        name="Daily care",
        scale=float(rng.uniform(0.8, 1.25)),
        seed=int(rng.integers(1 << 30)),
    )


def elevations(category: ContainerClass, design: str) -> tuple[float, float]:
    """From how high (degrees) a design's packshots are taken, front and three-quarter."""
    if design in _LYING_DESIGNS:
        return 24.0, 42.0
    return _ELEVATIONS.get(category, (7.0, 20.0))


def views(spec: ProductSpec) -> tuple[View, View]:
    """The two packshots of a product: from the front, and turned, seen from higher up."""
    low, high = elevations(spec.category, spec.design)
    fill = float(np.clip(0.80 + 0.22 * np.log(spec.scale), 0.66, 0.88))
    if spec.category is ContainerClass.SPATULA or spec.design in _LYING_DESIGNS:
        fill = 0.88
    turn = 20.0 if spec.category is ContainerClass.SPATULA else -28.0
    return (
        View("front", 0.0, low, fill),
        View("three-quarter", turn, high, fill),
    )
