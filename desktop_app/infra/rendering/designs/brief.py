"""What a design is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.designs.styles import Colourway, Style
from desktop_app.infra.rendering.engine.scene import Part


@dataclass(frozen=True, slots=True)
class Brief:
    """The order for one product: brand look, words, size factor and a source of variation.

    ``scale`` multiplies every length; 1 is the design's usual size.
    """

    style: Style
    colourway: Colourway
    name: str
    scale: float
    rng: np.random.Generator

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
