"""Six invented brands: how their ranges look. None of the names is a real company's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_app.infra.rendering.designs.lettering import Lettering
from desktop_app.infra.rendering.engine.arrays import Colour
from desktop_app.infra.rendering.engine.materials import (
    CHROME,
    GOLD,
    GUNMETAL,
    PALE_GOLD,
    ROSE_GOLD,
    SILVER,
    Material,
    clear_glass,
    coloured_glass,
    cream,
    frosted_glass,
    glossy,
    matte,
    satin,
    srgb,
    wood,
)


class Layout(StrEnum):
    """The arrangement of a brand's labels."""

    CLASSIC = "classic"
    MINIMAL = "minimal"
    APOTHECARY = "apothecary"
    LUXE = "luxe"
    PLAYFUL = "playful"
    BOTANICAL = "botanical"


@dataclass(frozen=True, slots=True)
class Colourway:
    """The colours of one line of a brand.

    ``body`` is the container, ``closure`` its cap, ``trim`` metal details; ``ink`` and
    ``accent`` print; ``paper`` is a stuck-on label where there is one. ``contents`` fills a
    transparent body and ``shade`` colours make-up.
    """

    name: str
    body: Material
    closure: Material
    trim: Material
    ink: Colour
    accent: Colour
    contents: Material
    shade: str
    paper: Colour | None = None
    foil: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """A brand: its word mark, lettering, label layout and colourways."""

    brand: str
    layout: Layout
    mark: Lettering
    name_lettering: Lettering
    colourways: tuple[Colourway, ...]

    def colourway(self, name: str) -> Colourway:
        """Raises KeyError for an unknown name."""
        for candidate in self.colourways:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


def _liquid(code: str, depth_mm: float = 26.0) -> Material:
    return coloured_glass(code, "Liquid", depth_mm=depth_mm)


_QUORVELLE = Style(
    brand="Quorvelle",
    layout=Layout.CLASSIC,
    mark=Lettering(tracking=0.22, contrast=0.045, weight=-0.02, upper=True),
    name_lettering=Lettering(tracking=0.10, weight=-0.01),
    colourways=(
        Colourway(
            "Ivory",
            glossy("f1e7d9"),
            GOLD,
            GOLD,
            srgb("7d5c2e"),
            srgb("c9a464"),
            cream("f6ecdc"),
            "c98f7a",
        ),
        Colourway(
            "Blush",
            satin("e9c4b8"),
            ROSE_GOLD,
            ROSE_GOLD,
            srgb("6e3d35"),
            srgb("b87462"),
            cream("f4d9cf"),
            "d98880",
        ),
        Colourway(
            "Champagne",
            clear_glass(),
            PALE_GOLD,
            PALE_GOLD,
            srgb("4f3f2a"),
            srgb("b99a63"),
            _liquid("f3dfb2", 32.0),
            "b9795f",
        ),
    ),
)

_OSLUMAE = Style(
    brand="Oslumae",
    layout=Layout.MINIMAL,
    mark=Lettering(tracking=0.06, weight=0.02),
    name_lettering=Lettering(tracking=0.03),
    colourways=(
        Colourway(
            "Snow",
            matte("efefeb"),
            matte("e6e6e1"),
            SILVER,
            srgb("2b3236"),
            srgb("8a979c"),
            cream("f7f6f1"),
            "c79a86",
        ),
        Colourway(
            "Sage",
            matte("9fb09a"),
            wood("dcbc8d", name="Beech"),
            SILVER,
            srgb("f6f6f0"),
            srgb("dfe6da"),
            cream("eef2e8"),
            "b58a78",
        ),
        Colourway(
            "Frost",
            frosted_glass(),
            SILVER,
            SILVER,
            srgb("33424a"),
            srgb("7f949c"),
            _liquid("cfe3e6", 40.0),
            "cfa493",
        ),
    ),
)

_KOLBRYNN = Style(
    brand="Kolbrynn",
    layout=Layout.APOTHECARY,
    mark=Lettering(tracking=0.04, weight=0.045, stretch=0.82, upper=True),
    name_lettering=Lettering(tracking=0.05, stretch=0.92),
    colourways=(
        Colourway(
            "Amber",
            coloured_glass("8f4a10", "Glass, amber", depth_mm=3.2),
            glossy("17181a"),
            GUNMETAL,
            srgb("261d17"),
            srgb("8c3f22"),
            _liquid("e9c98c", 40.0),
            "a6533d",
            paper=srgb("f1e7d2"),
        ),
        Colourway(
            "Cobalt",
            coloured_glass("1f47a8", "Glass, cobalt", depth_mm=3.2),
            glossy("15161a"),
            GUNMETAL,
            srgb("1c2440"),
            srgb("a8552f"),
            _liquid("dfe8f2", 60.0),
            "8f4a4a",
            paper=srgb("f2efe6"),
        ),
        Colourway(
            "Slate",
            matte("454d54"),
            matte("1d1f22"),
            GUNMETAL,
            srgb("ece6d8"),
            srgb("d9a066"),
            cream("efe9dd"),
            "99584b",
        ),
    ),
)

_VESSANDRINE = Style(
    brand="Vessandrine",
    layout=Layout.LUXE,
    mark=Lettering(tracking=0.34, contrast=0.03, upper=True),
    name_lettering=Lettering(tracking=0.18, upper=True),
    colourways=(
        Colourway(
            "Noir",
            glossy("16161a"),
            GOLD,
            GOLD,
            srgb("e9c27a"),
            srgb("e9c27a"),
            cream("f3ece2"),
            "9c1f2e",
            foil=True,
        ),
        Colourway(
            "Aubergine",
            glossy("43203c"),
            ROSE_GOLD,
            ROSE_GOLD,
            srgb("edb79c"),
            srgb("edb79c"),
            cream("f1e3e0"),
            "7a2448",
            foil=True,
        ),
        Colourway(
            "Midnight",
            satin("1f2d4d"),
            CHROME,
            CHROME,
            srgb("dfe4ea"),
            srgb("dfe4ea"),
            cream("eef0f4"),
            "b03a4a",
            foil=True,
        ),
    ),
)

_JUNDALISE = Style(
    brand="Jundalise",
    layout=Layout.PLAYFUL,
    mark=Lettering(weight=0.075, tracking=0.04),
    name_lettering=Lettering(weight=0.03, tracking=0.03),
    colourways=(
        Colourway(
            "Coral",
            glossy("ee6f5c"),
            glossy("fbf4ea"),
            PALE_GOLD,
            srgb("fff6ea"),
            srgb("f8c64a"),
            cream("fbd9cf"),
            "e8503f",
        ),
        Colourway(
            "Lagoon",
            glossy("2b9f9d"),
            glossy("f6f3e6"),
            SILVER,
            srgb("fdfaf0"),
            srgb("f5b94f"),
            cream("d9efec"),
            "d9604a",
        ),
        Colourway(
            "Lilac",
            glossy("b49ddb"),
            glossy("fdfbf4"),
            SILVER,
            srgb("fffdf8"),
            srgb("f4d35e"),
            cream("ece4f7"),
            "c4487e",
        ),
    ),
)

_PELLORQUE = Style(
    brand="Pellorque",
    layout=Layout.BOTANICAL,
    mark=Lettering(tracking=0.03, contrast=0.05, weight=-0.02, slant=0.18),
    name_lettering=Lettering(tracking=0.06),
    colourways=(
        Colourway(
            "Meadow",
            clear_glass(),
            wood("c99d69", name="Ash"),
            PALE_GOLD,
            srgb("33452a"),
            srgb("6f8a4e"),
            _liquid("b9c766"),
            "b8705a",
            paper=srgb("ece2ca"),
        ),
        Colourway(
            "Honey",
            clear_glass(),
            wood("8a5c37", name="Walnut"),
            GOLD,
            srgb("4a2e17"),
            srgb("b9822f"),
            _liquid("d98e24"),
            "a8583a",
            paper=srgb("f3e8d0"),
        ),
        Colourway(
            "Clay",
            matte("c4856a"),
            wood("e0bf93", name="Beech"),
            PALE_GOLD,
            srgb("fbf1e6"),
            srgb("7a3f2b"),
            cream("f0dccb"),
            "9e4a35",
        ),
    ),
)

STYLES: dict[str, Style] = {
    style.brand: style
    for style in (_QUORVELLE, _OSLUMAE, _KOLBRYNN, _VESSANDRINE, _JUNDALISE, _PELLORQUE)
}
