"""The fifteen kinds of cosmetic packaging that pictures are sorted into."""

from __future__ import annotations

from enum import StrEnum


class ContainerClass(StrEnum):
    """The kinds of cosmetic packaging; the value is what a list calls them."""

    BOTTLE = "Bottles"
    COMPACT = "Compacts"
    JAR = "Jars"
    PALETTE = "Palettes"
    POWDER = "Powder jars"
    ROLL_ON = "Roll-ons"
    STICK = "Sticks"
    PUFF = "Puffs"
    SPATULA = "Spatulas"
    GENERAL_CLOSURE = "Closures, general"
    ONE_TOUCH_CLOSURE = "Closures, one-touch"
    PRESS_CLOSURE = "Closures, press"
    DROPPER = "Closures, dropper"
    SHARP_CLOSURE = "Closures, sharp"
    PUMP = "Closures, pump"


CONTAINER_CLASSES: tuple[ContainerClass, ...] = tuple(ContainerClass)
"""The order of classes in arrays."""
