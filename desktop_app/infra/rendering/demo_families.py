"""Families of the demo range: one shape in several colours, and a near-variant of it.

They are what searching by shape is tried with: pictures that differ in everything but the
outline, and pictures that differ in one measure of it only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.designs.brief import Measure, Proportions


@dataclass(frozen=True, slots=True)
class NearVariant:
    """A shape with one measure multiplied by ``factor``; ``version`` is what a list calls it."""

    version: str
    measure: Measure
    factor: float

    def of(self, proportions: Proportions) -> Proportions:
        value = float(getattr(proportions, self.measure.value)) * self.factor
        changed: Proportions = replace(
            proportions,
            **{self.measure.value: value},  # type: ignore[arg-type]
        )
        return changed


@dataclass(frozen=True, slots=True)
class Family:
    """A design of a brand in proportions of its own, in some of its colourways. The near-variant
    comes in the first of them."""

    design: str
    brand: str
    name: str
    proportions: Proportions
    colourways: tuple[str, ...]
    variant: NearVariant


# fmt: off
FAMILIES: dict[ContainerClass, tuple[Family, ...]] = {
    ContainerClass.BOTTLE: (
        Family("round", "Oslumae", "Rose toner",
               Proportions(body_width=0.95, neck_width=1.1, shoulder_rise=0.99,
                           shoulder_round=1.15, base_round=1.03, closure_height=1.02,
                           closure_width=0.93, waist=-0.06),
               ("Snow", "Sage", "Frost"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
        Family("cylinder", "Jundalise", "Bath milk",
               Proportions(body_height=1.08, neck_width=0.97, shoulder_rise=0.69,
                           shoulder_round=1.05, base_round=1.43, closure_height=0.86,
                           closure_width=1.06),
               ("Coral", "Lagoon", "Lilac"),
               NearVariant("short shoulder", Measure.SHOULDER_RISE, 0.7)),
        Family("cone", "Kolbrynn", "Hair tonic",
               Proportions(body_height=0.8, body_width=1.14, neck_width=1.15,
                           shoulder_rise=1.16, shoulder_round=1.35, base_round=1.32,
                           closure_height=1.07, closure_width=1.06, waist=0.04),
               ("Cobalt", "Slate"), NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
    ),
    ContainerClass.COMPACT: (
        Family("round", "Pellorque", "Rice powder",
               Proportions(body_height=1.04, body_width=0.98, body_depth=0.92,
                           corner=0.76, closure_height=1.05),
               ("Meadow", "Honey", "Clay"), NearVariant("round corners", Measure.CORNER, 1.4)),
        Family("square", "Jundalise", "Matte powder",
               Proportions(body_height=1.02, body_width=1.15, body_depth=1.05,
                           corner=0.68, closure_height=0.91),
               ("Coral", "Lagoon", "Lilac"), NearVariant("tall", Measure.BODY_HEIGHT, 1.06)),
        Family("cushion", "Kolbrynn", "Tinted cushion",
               Proportions(body_height=1.1, body_width=0.82, corner=0.68,
                           closure_height=0.84),
               ("Cobalt", "Slate"), NearVariant("deep", Measure.BODY_DEPTH, 1.05)),
    ),
    ContainerClass.JAR: (
        Family("low", "Pellorque", "Fig butter",
               Proportions(body_height=0.86, body_width=1.11, shoulder_round=1.03,
                           base_round=1.76, closure_height=0.77, closure_width=1.08, taper=0.07),
               ("Meadow", "Honey", "Clay"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("tall", "Kolbrynn", "Shave soap",
               Proportions(body_height=0.92, body_width=1.1, shoulder_round=1.38,
                           base_round=0.52, closure_height=1.14, closure_width=0.96, waist=0.08),
               ("Amber", "Cobalt", "Slate"),
               NearVariant("wide closure", Measure.CLOSURE_WIDTH, 1.05)),
        Family("pebble", "Oslumae", "Lip mask",
               Proportions(body_height=0.79, body_width=0.96, shoulder_round=1.05,
                           base_round=1.41, closure_height=0.93, waist=0.05, taper=0.03),
               ("Sage", "Frost"), NearVariant("wide", Measure.BODY_WIDTH, 1.05)),
    ),
    ContainerClass.PALETTE: (
        Family("quad", "Oslumae", "Four tones",
               Proportions(body_height=0.97, body_width=0.93, body_depth=0.99,
                           corner=0.62, closure_height=1.3),
               ("Snow", "Sage", "Frost"), NearVariant("deep", Measure.BODY_DEPTH, 1.05)),
        Family("strip", "Jundalise", "Five brights",
               Proportions(body_height=0.83, body_width=0.96, body_depth=1.12,
                           corner=1.04, closure_height=1.01),
               ("Coral", "Lagoon", "Lilac"), NearVariant("round corners", Measure.CORNER, 1.4)),
        Family("closed", "Pellorque", "Slim palette",
               Proportions(body_height=1.07, body_width=0.89, body_depth=1.09,
                           corner=0.89, closure_height=0.96),
               ("Honey", "Clay"), NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
    ),
    ContainerClass.POWDER: (
        Family("closed", "Jundalise", "Dry shampoo",
               Proportions(body_height=0.85, body_width=1.04, shoulder_round=1.04,
                           base_round=0.62, closure_height=1.09, closure_width=1.05),
               ("Coral", "Lagoon", "Lilac"), NearVariant("wide", Measure.BODY_WIDTH, 1.05)),
        Family("dome", "Pellorque", "Body shimmer",
               Proportions(body_height=0.81, body_width=0.88, shoulder_round=1.3,
                           base_round=1.5, closure_height=1.21, closure_width=0.93),
               ("Meadow", "Honey", "Clay"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("pigment", "Vessandrine", "Loose pigment",
               Proportions(body_height=1.06, body_width=0.83, shoulder_round=0.56,
                           base_round=1.08, closure_height=0.78, closure_width=1.12, taper=0.01),
               ("Aubergine", "Midnight"), NearVariant("wide closure", Measure.CLOSURE_WIDTH, 1.05)),
    ),
    ContainerClass.ROLL_ON: (
        Family("capped", "Oslumae", "Eye roll-on",
               Proportions(body_height=0.98, body_width=0.84, neck_width=1.09,
                           shoulder_rise=0.69, shoulder_round=1.1, base_round=0.79,
                           closure_height=0.91, closure_width=1.13, taper=0.13),
               ("Snow", "Sage", "Frost"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("oval", "Kolbrynn", "Fresh deodorant",
               Proportions(body_height=0.78, body_width=0.94, body_depth=1.05,
                           neck_width=1.04, shoulder_rise=0.69, corner=0.74, closure_height=0.85,
                           closure_width=1.02),
               ("Amber", "Cobalt", "Slate"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
        Family("deodorant", "Quorvelle", "Soft deodorant",
               Proportions(body_height=0.82, body_width=0.86, closure_height=0.79,
                           closure_width=1.07, waist=-0.05),
               ("Blush", "Champagne"), NearVariant("wide", Measure.BODY_WIDTH, 1.05)),
    ),
    ContainerClass.STICK: (
        Family("lipstick", "Pellorque", "Tinted balm",
               Proportions(body_height=0.79, body_width=1.13, neck_width=1.08,
                           closure_height=0.81, reach=0.8),
               ("Meadow", "Honey", "Clay"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
        Family("square", "Quorvelle", "Matte lipstick",
               Proportions(body_height=0.94, body_width=1.01, neck_width=1.06,
                           shoulder_round=1.27, corner=0.68, closure_height=0.94),
               ("Ivory", "Blush", "Champagne"), NearVariant("wide", Measure.BODY_WIDTH, 1.05)),
        Family("slim", "Oslumae", "Cover stick",
               Proportions(body_height=1.12, body_width=1.12, neck_width=1.03,
                           shoulder_round=0.75, closure_height=0.9, closure_width=0.95),
               ("Sage", "Frost"), NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
    ),
    ContainerClass.PUFF: (
        Family("round", "Oslumae", "Dusting puff",
               Proportions(body_height=1.27, body_depth=0.87, reach=1.11),
               ("Snow", "Sage", "Frost"), NearVariant("wide", Measure.BODY_WIDTH, 1.05)),
        Family("drop", "Kolbrynn", "Base blender",
               Proportions(body_height=1.15, body_width=1.11, neck_width=1.02,
                           shoulder_round=0.58),
               ("Amber", "Cobalt", "Slate"), NearVariant("tall", Measure.BODY_HEIGHT, 1.06)),
        Family("block", "Jundalise", "Face sponges",
               Proportions(body_height=0.95, body_width=0.89, body_depth=1.18,
                           corner=0.69, closure_height=0.79),
               ("Lagoon", "Lilac"), NearVariant("deep", Measure.BODY_DEPTH, 1.05)),
    ),
    ContainerClass.SPATULA: (
        Family("paddle", "Quorvelle", "Wax spatula",
               Proportions(body_height=1.13, body_width=0.92, neck_width=0.98,
                           shoulder_round=0.82, closure_width=1.1),
               ("Ivory", "Blush", "Champagne"), NearVariant("long", Measure.BODY_HEIGHT, 1.06)),
        Family("spoon", "Quorvelle", "Cream scoop",
               Proportions(body_height=0.86, body_width=0.99, neck_width=0.97,
                           shoulder_round=0.6, closure_width=0.98),
               ("Ivory", "Blush", "Champagne"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
        Family("wide", "Oslumae", "Clay spatula",
               Proportions(body_height=0.87, body_width=0.98, neck_width=1.12,
                           shoulder_round=0.51, closure_width=1.12),
               ("Sage", "Frost"), NearVariant("tight shoulder", Measure.SHOULDER_ROUND, 0.4)),
    ),
    ContainerClass.GENERAL_CLOSURE: (
        Family("ribbed", "Quorvelle", "Grip cap",
               Proportions(shoulder_round=0.5, closure_height=0.87,
                           closure_width=0.98),
               ("Ivory", "Blush", "Champagne"),
               NearVariant("wide closure", Measure.CLOSURE_WIDTH, 1.05)),
        Family("stepped", "Pellorque", "Collar cap",
               Proportions(shoulder_round=0.93, closure_height=1.05),
               ("Meadow", "Honey", "Clay"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("domed", "Oslumae", "Round cap",
               Proportions(shoulder_round=0.9, closure_height=0.85, closure_width=0.99,
                           taper=-0.09),
               ("Sage", "Frost"), NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
    ),
    ContainerClass.ONE_TOUCH_CLOSURE: (
        Family("bottle", "Quorvelle", "Body wash",
               Proportions(body_height=1.27, body_width=0.93, body_depth=1.09,
                           neck_width=0.92, shoulder_rise=0.66, corner=1.04, closure_height=0.88,
                           closure_width=0.91, waist=0.02),
               ("Ivory", "Blush", "Champagne"),
               NearVariant("long shoulder", Measure.SHOULDER_RISE, 1.35)),
        Family("tube", "Pellorque", "Foot cream",
               Proportions(body_height=1.05, body_width=1.19, closure_height=0.78,
                           closure_width=0.96),
               ("Meadow", "Honey", "Clay"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("closed", "Oslumae", "Snap cap",
               Proportions(body_height=1.03, shoulder_round=0.49, closure_height=0.88,
                           closure_width=1.03),
               ("Sage", "Frost"), NearVariant("wide closure", Measure.CLOSURE_WIDTH, 1.05)),
    ),
    ContainerClass.PRESS_CLOSURE: (
        Family("bottle", "Vessandrine", "Oil cleanser",
               Proportions(body_height=1.06, body_width=1.11, neck_width=0.98,
                           shoulder_rise=0.72, shoulder_round=0.8, base_round=0.55,
                           closure_height=1.29, closure_width=1.04, taper=-0.06),
               ("Noir", "Aubergine", "Midnight"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("oval", "Quorvelle", "Hair milk",
               Proportions(body_height=1.18, body_width=1.14, neck_width=1.07,
                           shoulder_rise=0.8, corner=1.22, closure_height=0.88, closure_width=0.92,
                           waist=-0.04),
               ("Ivory", "Blush", "Champagne"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
        Family("closed", "Pellorque", "Disc cap",
               Proportions(shoulder_round=0.9, closure_height=0.99, closure_width=1.02,
                           taper=0.04),
               ("Honey", "Clay"), NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
    ),
    ContainerClass.DROPPER: (
        Family("round", "Jundalise", "Glow serum",
               Proportions(body_height=1.19, neck_width=0.98, shoulder_rise=0.86,
                           shoulder_round=0.45, base_round=1.21, closure_height=0.86,
                           closure_width=1.05, waist=-0.08, taper=-0.05),
               ("Coral", "Lagoon", "Lilac"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
        Family("slim", "Vessandrine", "Brow serum",
               Proportions(body_height=1.06, body_width=0.84, neck_width=0.92,
                           shoulder_rise=1.36, shoulder_round=0.86, base_round=1.28,
                           closure_height=0.98, closure_width=1.09, waist=-0.07),
               ("Noir", "Aubergine", "Midnight"),
               NearVariant("short shoulder", Measure.SHOULDER_RISE, 0.7)),
        Family("squat", "Pellorque", "Beard oil",
               Proportions(body_height=1.25, body_width=0.97, neck_width=1.11,
                           shoulder_rise=1.58, shoulder_round=1.16, base_round=0.89,
                           closure_height=0.85, waist=0.07),
               ("Honey", "Clay"), NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
    ),
    ContainerClass.SHARP_CLOSURE: (
        Family("cone", "Kolbrynn", "Parting tonic",
               Proportions(body_height=0.86, body_width=1.06, neck_width=1.14,
                           shoulder_rise=1.22, shoulder_round=1.29, base_round=0.9,
                           closure_height=1.14, closure_width=0.98),
               ("Amber", "Cobalt", "Slate"),
               NearVariant("long shoulder", Measure.SHOULDER_RISE, 1.35)),
        Family("stepped", "Quorvelle", "Colour remover",
               Proportions(body_height=1.24, body_width=0.91, neck_width=0.93,
                           shoulder_rise=0.75, shoulder_round=0.78, base_round=0.59,
                           closure_height=0.9, waist=0.08, taper=0.07),
               ("Ivory", "Blush", "Champagne"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("needle", "Oslumae", "Scalp drops",
               Proportions(body_height=1.16, body_width=0.95, neck_width=1.12,
                           shoulder_rise=0.8, shoulder_round=0.91, base_round=0.82,
                           closure_height=1.01, closure_width=0.99, waist=0.04),
               ("Sage", "Frost"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
    ),
    ContainerClass.PUMP: (
        Family("lotion", "Kolbrynn", "Shower oil",
               Proportions(body_height=1.13, body_width=0.87, neck_width=0.91,
                           shoulder_rise=1.46, shoulder_round=0.67, base_round=1.94,
                           closure_height=1.13, closure_width=0.95, reach=0.89, taper=0.07),
               ("Amber", "Cobalt", "Slate"),
               NearVariant("high closure", Measure.CLOSURE_HEIGHT, 1.12)),
        Family("swan", "Quorvelle", "Hand soap",
               Proportions(body_height=1.24, body_width=1.05, neck_width=1.11,
                           shoulder_rise=0.92, shoulder_round=0.55, base_round=1.53,
                           closure_height=1.03, closure_width=0.96, reach=0.96, waist=0.07,
                           taper=0.12),
               ("Ivory", "Blush", "Champagne"), NearVariant("wide neck", Measure.NECK_WIDTH, 1.05)),
        Family("treatment", "Jundalise", "Tinted fluid",
               Proportions(body_height=1.04, body_width=0.84, neck_width=1.14,
                           shoulder_rise=0.87, shoulder_round=1.37, base_round=1.3,
                           closure_height=0.99, closure_width=1.09, waist=-0.05),
               ("Lagoon", "Lilac"), NearVariant("long shoulder", Measure.SHOULDER_RISE, 1.35)),
    ),
}
# fmt: on
