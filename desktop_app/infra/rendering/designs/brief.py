"""What a design is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from desktop_app.infra.rendering.designs.styles import Colourway, Style
from desktop_app.infra.rendering.engine.scene import Part


class Measure(StrEnum):
    """What can be changed of a design's shape; the value is the field of Proportions."""

    BODY_HEIGHT = "body_height"
    BODY_WIDTH = "body_width"
    BODY_DEPTH = "body_depth"
    NECK_WIDTH = "neck_width"
    SHOULDER_RISE = "shoulder_rise"
    SHOULDER_ROUND = "shoulder_round"
    BASE_ROUND = "base_round"
    CORNER = "corner"
    CLOSURE_HEIGHT = "closure_height"
    CLOSURE_WIDTH = "closure_width"
    REACH = "reach"
    WAIST = "waist"
    TAPER = "taper"


@dataclass(frozen=True, slots=True)
class Proportions:
    """How a product departs from its design; the default is the design itself.

    Ratios to the design's own measure, 1 keeps it: height, width and depth of the body, the
    width of its neck, height and radius of its shoulder, radius of its base edge, roundness of
    its plan (``corner``; more is rounder for boxes and squarer for ovals), height and width of
    the closure, and ``reach`` of a spout. Shares of the body's radius, 0 keeps the design:
    ``waist`` narrows it half way up and ``taper`` at its top; negative ones widen.
    ``ribbed`` says whether a cap has ribs; None leaves that to its material.
    """

    body_height: float = 1.0
    body_width: float = 1.0
    body_depth: float = 1.0
    neck_width: float = 1.0
    shoulder_rise: float = 1.0
    shoulder_round: float = 1.0
    base_round: float = 1.0
    corner: float = 1.0
    closure_height: float = 1.0
    closure_width: float = 1.0
    reach: float = 1.0
    waist: float = 0.0
    taper: float = 0.0
    ribbed: bool | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """The order for one product: brand look, words, size, shape and a source of variation.

    ``scale`` multiplies every length; 1 is the design's usual size. ``printed`` is whether it
    carries a label. ``asked`` fills with the measures that the design reads.
    """

    style: Style
    colourway: Colourway
    name: str
    scale: float
    rng: np.random.Generator
    proportions: Proportions = field(default_factory=Proportions)
    printed: bool = True
    asked: set[Measure] = field(default_factory=set)

    def ratio(self, measure: Measure) -> float:
        """The product's ratio (or share) of a measure."""
        self.asked.add(measure)
        return float(getattr(self.proportions, measure.value))

    def sized(self, length: float, measure: Measure) -> float:
        """A length of the design in this product's size and proportion, millimetres."""
        return length * self.scale * self.ratio(measure)

    def vary(self, low: float, high: float) -> float:
        """A number between the bounds, the next of this product's seed."""
        return float(self.rng.uniform(low, high))


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """The parts of a product, standing on the floor, and what a list says about it.

    ``volume_ml`` is the brimful volume, None for what holds nothing; ``neck_finish`` such as
    ``24/410`` ('' where there is none); ``noun`` names the kind of pack.
    """

    parts: tuple[Part, ...]
    noun: str
    material: str
    volume_ml: float | None = None
    neck_finish: str = ""


Design = Callable[[Brief], Built]
NOMINAL_ML = (
    1,
    2,
    3,
    5,
    7,
    8,
    10,
    12,
    15,
    20,
    25,
    30,
    40,
    50,
    60,
    75,
    100,
    125,
    150,
    200,
    250,
    300,
    400,
    500,
)


def nominal_ml(brimful: float) -> int:
    """The volume printed on a pack that holds ``brimful`` millilitres to the brim."""
    fitting = [volume for volume in NOMINAL_ML if volume <= brimful * 0.97]
    return fitting[-1] if fitting else NOMINAL_ML[0]
