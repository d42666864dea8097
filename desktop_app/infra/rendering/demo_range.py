"""The demo range: which products it holds.

Every row is a design, a brand with colourway, a product name and a size factor. Rows of one
design and brand share their shape, so that sizes and colours of one item stand beside one
another as they do in a real range. After the rows of a category come its families.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.demo_families import FAMILIES, Family
from desktop_app.infra.rendering.products import ProductSpec

Row = tuple[str, str, str, float]

_ROWS: dict[ContainerClass, tuple[Row, ...]] = {
    ContainerClass.BOTTLE: (
        ("round", "Kolbrynn Amber", "Calming tonic", 1.0),
        ("round", "Kolbrynn Amber", "Calming tonic", 1.28),
        ("round", "Quorvelle Ivory", "Milk cleanser", 1.1),
        ("cylinder", "Pellorque Honey", "Body oil", 1.0),
        ("cylinder", "Oslumae Snow", "Gel cleanser", 1.1),
        ("oval", "Oslumae Sage", "Hair bath", 1.0),
        ("oval", "Jundalise Lagoon", "Shower gel", 1.12),
        ("flacon", "Pellorque Meadow", "Garden water", 1.0),
        ("flacon", "Kolbrynn Cobalt", "Sea water", 0.85),
        ("cone", "Quorvelle Champagne", "Essence lotion", 1.0),
        ("cone", "Jundalise Coral", "Body milk", 1.0),
    ),
    ContainerClass.COMPACT: (
        ("round", "Vessandrine Noir", "Velvet blush", 1.0),
        ("round", "Quorvelle Ivory", "Soft glow powder", 1.0),
        ("round", "Jundalise Lilac", "Cheek colour", 0.92),
        ("closed", "Quorvelle Blush", "Setting powder", 1.0),
        ("closed", "Pellorque Meadow", "Mineral powder", 1.0),
        ("square", "Vessandrine Midnight", "Contour powder", 1.0),
        ("square", "Oslumae Snow", "Skin powder", 1.0),
        ("oval", "Vessandrine Aubergine", "Rouge powder", 1.0),
        ("cushion", "Jundalise Coral", "Cushion foundation", 1.0),
        ("cushion", "Oslumae Sage", "Cushion foundation", 1.0),
    ),
    ContainerClass.JAR: (
        ("low", "Quorvelle Ivory", "Night cream", 1.0),
        ("low", "Quorvelle Ivory", "Night cream", 0.84),
        ("low", "Vessandrine Aubergine", "Rich cream", 1.0),
        ("tall", "Oslumae Frost", "Water gel", 1.0),
        ("tall", "Jundalise Lilac", "Sleep mask", 1.0),
        ("pebble", "Quorvelle Champagne", "Honey balm", 1.0),
        ("pebble", "Vessandrine Midnight", "Eye cream", 0.86),
        ("cone", "Kolbrynn Cobalt", "Day cream", 1.0),
        ("cone", "Pellorque Clay", "Clay mask", 1.0),
        ("open", "Jundalise Coral", "Body butter", 1.0),
        ("open", "Kolbrynn Slate", "Shaving cream", 1.0),
    ),
    ContainerClass.PALETTE: (
        ("quad", "Vessandrine Noir", "Evening eyes", 1.0),
        ("quad", "Quorvelle Blush", "Petal eyes", 1.0),
        ("nine", "Oslumae Snow", "Earth tones", 1.0),
        ("nine", "Jundalise Lagoon", "Bright tones", 1.0),
        ("strip", "Vessandrine Aubergine", "Lip wardrobe", 1.0),
        ("strip", "Pellorque Clay", "Brow and eye", 1.0),
        ("round-pan", "Pellorque Honey", "Six shades", 1.0),
        ("round-pan", "Kolbrynn Slate", "Six shades", 1.0),
        ("duo", "Jundalise Coral", "Sun duo", 1.0),
        ("closed", "Vessandrine Midnight", "Travel palette", 1.0),
    ),
    ContainerClass.POWDER: (
        ("closed", "Quorvelle Ivory", "Loose powder", 1.0),
        ("closed", "Vessandrine Aubergine", "Silk powder", 1.0),
        ("closed", "Vessandrine Aubergine", "Silk powder", 0.82),
        ("sifter", "Pellorque Meadow", "Mineral veil", 1.0),
        ("sifter", "Jundalise Lilac", "Finishing powder", 1.0),
        ("sifter", "Kolbrynn Slate", "Bath powder", 1.12),
        ("dome", "Vessandrine Noir", "Highlight powder", 1.0),
        ("dome", "Quorvelle Champagne", "Highlight powder", 0.9),
        ("pigment", "Kolbrynn Cobalt", "Pure pigment", 1.0),
    ),
    ContainerClass.ROLL_ON: (
        ("vial", "Oslumae Frost", "Pulse point oil", 1.0),
        ("vial", "Pellorque Honey", "Nail oil", 0.92),
        ("vial", "Kolbrynn Amber", "Temple oil", 1.0),
        ("capped", "Pellorque Meadow", "Calm roll-on", 1.0),
        ("capped", "Quorvelle Blush", "Perfume roll-on", 1.0),
        ("deodorant", "Vessandrine Midnight", "Deodorant", 1.0),
        ("deodorant", "Jundalise Lagoon", "Deodorant", 1.0),
        ("oval", "Oslumae Sage", "Deodorant", 1.0),
        ("oval", "Jundalise Coral", "Deodorant", 1.0),
    ),
    ContainerClass.STICK: (
        ("lipstick", "Vessandrine Noir", "Velvet lipstick", 1.0),
        ("lipstick", "Quorvelle Ivory", "Satin lipstick", 1.0),
        ("lipstick", "Jundalise Lilac", "Bright lipstick", 1.0),
        ("square", "Vessandrine Aubergine", "Sculpted lipstick", 1.0),
        ("square", "Kolbrynn Slate", "Lip care", 1.0),
        ("oval", "Oslumae Snow", "Solid deodorant", 1.0),
        ("oval", "Pellorque Clay", "Solid deodorant", 1.0),
        ("balm", "Jundalise Coral", "Cheek balm", 1.0),
        ("balm", "Kolbrynn Amber", "Cleansing balm", 1.0),
        ("slim", "Quorvelle Champagne", "Foundation stick", 1.0),
    ),
    ContainerClass.PUFF: (
        ("round", "Quorvelle Blush", "Powder puff", 1.0),
        ("round", "Vessandrine Noir", "Powder puff", 1.12),
        ("cushion", "Oslumae Sage", "Cushion puff", 1.0),
        ("cushion", "Jundalise Coral", "Cushion puff", 1.0),
        ("drop", "Jundalise Lilac", "Blending drop", 1.0),
        ("drop", "Quorvelle Ivory", "Blending drop", 0.8),
        ("cut", "Jundalise Lagoon", "Angled blender", 1.0),
        ("triangle", "Vessandrine Aubergine", "Corner puff", 1.0),
        ("block", "Oslumae Snow", "Sponge pair", 1.0),
        ("fluffy", "Pellorque Meadow", "Body puff", 1.0),
    ),
    ContainerClass.SPATULA: (
        ("paddle", "Oslumae Snow", "Cream spatula", 1.0),
        ("paddle", "Quorvelle Ivory", "Cream spatula", 1.15),
        ("paddle", "Pellorque Clay", "Balm spatula", 1.0),
        ("spoon", "Pellorque Meadow", "Jar spoon", 1.0),
        ("spoon", "Vessandrine Midnight", "Eye cream spoon", 0.9),
        ("double", "Vessandrine Noir", "Mixing tool", 1.0),
        ("double", "Oslumae Frost", "Mixing tool", 1.0),
        ("wide", "Pellorque Honey", "Mask spatula", 1.0),
        ("wide", "Jundalise Lagoon", "Mask spatula", 1.0),
    ),
    ContainerClass.GENERAL_CLOSURE: (
        ("ribbed", "Kolbrynn Slate", "Ribbed cap", 1.0),
        ("ribbed", "Jundalise Coral", "Ribbed cap", 1.16),
        ("smooth", "Pellorque Honey", "Turned cap", 1.0),
        ("smooth", "Oslumae Frost", "Shell cap", 1.0),
        ("domed", "Vessandrine Aubergine", "Dome cap", 1.0),
        ("domed", "Quorvelle Ivory", "Dome cap", 1.0),
        ("tapered", "Oslumae Sage", "Taper cap", 1.0),
        ("faceted", "Jundalise Lagoon", "Facet cap", 1.0),
        ("stepped", "Kolbrynn Cobalt", "Step cap", 1.0),
        ("flat", "Jundalise Lilac", "Jar lid", 1.0),
    ),
    ContainerClass.ONE_TOUCH_CLOSURE: (
        ("closed", "Oslumae Snow", "Flip cap", 1.0),
        ("closed", "Vessandrine Aubergine", "Flip cap", 1.0),
        ("open", "Jundalise Lilac", "Flip cap", 1.0),
        ("open", "Kolbrynn Slate", "Flip cap", 1.1),
        ("wide", "Jundalise Coral", "Wide flip cap", 1.0),
        ("wide-open", "Oslumae Sage", "Wide flip cap", 1.0),
        ("tube", "Jundalise Lagoon", "Hand cream", 1.0),
        ("tube", "Kolbrynn Slate", "Shave gel", 1.0),
        ("bottle", "Pellorque Clay", "Body wash", 1.0),
    ),
    ContainerClass.PRESS_CLOSURE: (
        ("closed", "Quorvelle Ivory", "Press cap", 1.0),
        ("closed", "Vessandrine Midnight", "Press cap", 1.0),
        ("open", "Jundalise Coral", "Press cap", 1.0),
        ("open", "Oslumae Snow", "Press cap", 1.1),
        ("wide", "Vessandrine Noir", "Wide press cap", 1.0),
        ("bottle", "Kolbrynn Slate", "Hair wash", 1.0),
        ("bottle", "Oslumae Sage", "Micellar water", 1.0),
        ("oval", "Jundalise Lilac", "Conditioner", 1.0),
        ("oval", "Pellorque Clay", "Conditioner", 1.0),
    ),
    ContainerClass.DROPPER: (
        ("round", "Kolbrynn Amber", "Night serum", 1.0),
        ("round", "Kolbrynn Amber", "Night serum", 1.26),
        ("round", "Kolbrynn Cobalt", "Night serum", 1.0),
        ("round", "Vessandrine Noir", "Repair serum", 1.0),
        ("slim", "Oslumae Frost", "Hydra serum", 1.0),
        ("slim", "Pellorque Meadow", "Leaf serum", 1.0),
        ("squat", "Quorvelle Champagne", "Face oil", 1.0),
        ("squat", "Jundalise Lilac", "Scalp serum", 1.0),
        ("lying", "Quorvelle Ivory", "Dropper assembly", 1.0),
        ("lying", "Kolbrynn Slate", "Dropper assembly", 1.0),
    ),
    ContainerClass.SHARP_CLOSURE: (
        ("cone", "Quorvelle Blush", "Colour activator", 1.0),
        ("cone", "Jundalise Lagoon", "Root colour", 1.0),
        ("stepped", "Oslumae Frost", "Scalp tonic", 1.0),
        ("stepped", "Pellorque Meadow", "Leave-in oil", 1.0),
        ("needle", "Vessandrine Aubergine", "Henna liner", 0.9),
        ("needle", "Kolbrynn Amber", "Cuticle fluid", 0.9),
        ("alone", "Kolbrynn Slate", "Nozzle cap", 1.0),
        ("alone", "Pellorque Clay", "Nozzle cap", 1.0),
        ("lying-tube", "Jundalise Coral", "Spot gel", 1.0),
    ),
    ContainerClass.PUMP: (
        ("lotion", "Oslumae Sage", "Hand lotion", 1.0),
        ("lotion", "Quorvelle Ivory", "Body lotion", 1.0),
        ("lotion", "Quorvelle Ivory", "Body lotion", 1.24),
        ("swan", "Pellorque Meadow", "Hand wash", 1.0),
        ("swan", "Kolbrynn Amber", "Hand wash", 1.0),
        ("foam", "Jundalise Lilac", "Foam cleanser", 1.0),
        ("foam", "Quorvelle Champagne", "Foam cleanser", 1.0),
        ("treatment", "Kolbrynn Cobalt", "Eye serum", 1.0),
        ("treatment", "Pellorque Honey", "Hair elixir", 1.0),
        ("airless", "Vessandrine Midnight", "Day fluid", 1.0),
        ("lying", "Oslumae Snow", "Lotion pump", 1.0),
    ),
}

QUERY_ROWS: tuple[tuple[ContainerClass, int], ...] = (
    (ContainerClass.DROPPER, 0),
    (ContainerClass.JAR, 2),
    (ContainerClass.PUMP, 3),
    (ContainerClass.COMPACT, 0),
    (ContainerClass.BOTTLE, 6),
    (ContainerClass.STICK, 1),
    (ContainerClass.PALETTE, 3),
    (ContainerClass.ROLL_ON, 5),
    (ContainerClass.ONE_TOUCH_CLOSURE, 6),
    (ContainerClass.SHARP_CLOSURE, 1),
)
"""Which products the ten photo queries show: a category and the number of its row."""


def demo_specs() -> dict[ContainerClass, tuple[ProductSpec, ...]]:
    """Every product of the demo range, in order, by category."""
    return {
        category: (
            *(_spec(category, row) for row in rows),
            *(spec for family in FAMILIES[category] for spec in _family(category, family)),
        )
        for category, rows in _ROWS.items()
    }


def own_rows(category: ContainerClass) -> int:
    """How many of a category's products are not of its families; these come first."""
    return len(_ROWS[category])


def _family(category: ContainerClass, family: Family) -> Iterator[ProductSpec]:
    """The family in each of its colours, then its near-variant."""
    for colourway in family.colourways:
        row = (family.design, f"{family.brand} {colourway}", family.name, 1.0)
        yield replace(_spec(category, row), proportions=family.proportions)
    row = (family.design, f"{family.brand} {family.colourways[0]}", family.name, 1.0)
    yield replace(
        _spec(category, row),
        proportions=family.variant.of(family.proportions),
        version=family.variant.version,
    )


def _spec(category: ContainerClass, row: Row) -> ProductSpec:
    design, look, name, scale = row
    brand, colourway = look.split(" ")
    return ProductSpec(
        category=category,
        design=design,
        brand=brand,
        colourway=colourway,
        name=name,
        scale=scale,
        seed=zlib.crc32(f"{category.value}/{design}/{brand}".encode()) & 0xFFFF,
    )
