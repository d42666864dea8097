"""What a container wears: materials, colours and print, apart from its shape."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import numpy as np

from desktop_app.infra.rendering.designs.styles import STYLES, Colourway, Style
from desktop_app.infra.rendering.engine.arrays import Colour
from desktop_app.infra.rendering.engine.materials import (
    Material,
    clear_glass,
    coloured_glass,
    cream,
    glossy,
    matte,
    metal,
    satin,
    srgb,
    wood,
)

_T = TypeVar("_T")


class Finish(StrEnum):
    """How a surface is finished."""

    GLASS = "glass"
    FROSTED = "frosted glass"
    GLOSSY = "glossy plastic"
    SATIN = "satin plastic"
    MATTE = "matte plastic"
    METAL = "metal"
    WOOD = "wood"


@dataclass(frozen=True, slots=True)
class Coat:
    """A finish in a colour, an sRGB code such as ``f4e9e1``."""

    finish: Finish
    colour: str

    def material(self) -> Material:
        match self.finish:
            case Finish.GLASS if self.colour == CLEAR:
                made = clear_glass()
            case Finish.GLASS:
                made = coloured_glass(self.colour, "Glass, coloured")
            case Finish.FROSTED:
                glass = coloured_glass(self.colour, "Glass, frosted", depth_mm=6.0)
                made = replace(glass, roughness=0.42, frost=0.55)
            case Finish.METAL:
                made = metal(self.colour, "Aluminium", roughness=0.18)
            case _:
                made = _PLAIN[self.finish](self.colour)
        return made


@dataclass(frozen=True, slots=True)
class Dressing:
    """The materials, colours and print of one container; colours are sRGB codes.

    ``brand`` is a key of STYLES and gives word mark and label layout. ``liquid`` contents are
    clear, others creamy. ``shade`` colours make-up. ``paper`` is a stuck-on label's colour, ''
    for a print on the container itself; without ``printed`` there is no label.
    """

    brand: str
    name: str
    body: Coat
    closure: Coat
    trim: Coat
    ink: str
    accent: str
    contents: str
    liquid: bool
    shade: str
    paper: str = ""
    foil: bool = False
    printed: bool = True

    @property
    def style(self) -> Style:
        return STYLES[self.brand]

    def colourway(self) -> Colourway:
        """As the designs take it."""
        contents = (
            coloured_glass(self.contents, "Liquid", depth_mm=26.0)
            if self.liquid
            else cream(self.contents)
        )
        return Colourway(
            name=self.body.colour,
            body=self.body.material(),
            closure=self.closure.material(),
            trim=self.trim.material(),
            ink=srgb(self.ink),
            accent=srgb(self.accent),
            contents=contents,
            shade=self.shade,
            paper=srgb(self.paper) if self.paper else None,
            foil=self.foil,
        )


CLEAR = "ffffff"
_PLAIN: Mapping[Finish, Callable[[str], Material]] = {
    Finish.GLOSSY: glossy,
    Finish.SATIN: satin,
    Finish.MATTE: matte,
    Finish.WOOD: wood,
}
_NEUTRALS = ("f6f5f1", "efe7da", "e3e0da", "bdbab4", "77787b", "3a3b3f", "1b1b1e", "101012")
_GLASSES = (CLEAR, CLEAR, "8f4a10", "6b3410", "1f4f9a", "2f6b3c", "8a8f94", "c77b8a", "5a3a7a")
_FROSTS = ("eef2f1", "dfe9ea", "f0dcd6", "cfe0d4", "d8d2ea", "f2e6c8")
_METALS = ("f0cf8e", "f2deb6", "eebfa6", "eceef0", "dfe1e4", "8b8d94", "b08d57", "3c3d42")
_WOODS = ("8a5c37", "e0bf93", "caa06a", "5b3a24")
_SHADES = ("c98f7a", "d98880", "a8454f", "7a2f3d", "e0a184", "b9795f", "8a5a44", "d05a6e")
_NAMES = (
    "Toner", "Day cream", "Night oil", "Clear skin", "Hand care", "Soft glow", "Repair serum",
    "Body milk", "Calming gel", "Sun fluid", "Lip care", "Scalp tonic", "Rose water", "Clay mask",
)  # fmt: skip


def random_dressing(rng: np.random.Generator, *, unlike: Collection[Dressing] = ()) -> Dressing:
    """A dressing drawn from everything there is, of another brand and body colour than any of
    ``unlike`` (fewer than there are brands)."""
    worn = {dressing.brand for dressing in unlike}
    brands = [brand for brand in sorted(STYLES) if brand not in worn]
    body = _body(rng)
    while any(body.colour == dressing.body.colour for dressing in unlike):
        body = _body(rng)
    see_through = body.finish in (Finish.GLASS, Finish.FROSTED)
    liquid = bool(rng.random() < 0.6)
    contents = (
        _hue(rng, (0.15, 0.6), (0.75, 0.98)) if liquid else _hue(rng, (0.03, 0.25), (0.85, 0.98))
    )
    paper = ""
    if rng.random() < (0.7 if see_through else 0.25):
        paper = _pick(
            rng, ("ffffff", "f6f1e7", "efe6d6", "1d1d20", _hue(rng, (0.1, 0.5), (0.6, 0.95)))
        )
    ground = paper or (contents if see_through else body.colour)
    light = _brightness(srgb(ground)) > 0.3
    ink = _pick(rng, ("2b2622", "1f2a35", "5a3a22")) if light else _pick(rng, ("fbf6ec", "f0dfc0"))
    return Dressing(
        brand=_pick(rng, tuple(brands)),
        name=_pick(rng, _NAMES),
        body=body,
        closure=_closure(rng),
        trim=Coat(Finish.METAL, _pick(rng, _METALS)),
        ink=ink,
        accent=_hue(rng, (0.3, 0.8), (0.35, 0.85)),
        contents=contents,
        liquid=liquid,
        shade=_pick(rng, _SHADES),
        paper=paper,
        foil=bool(rng.random() < 0.15) and not paper,
        printed=bool(rng.random() > 0.12),
    )


def _body(rng: np.random.Generator) -> Coat:
    finish = _pick(
        rng,
        (Finish.GLASS, Finish.GLASS, Finish.FROSTED, Finish.GLOSSY, Finish.GLOSSY, Finish.SATIN,
         Finish.MATTE, Finish.MATTE, Finish.METAL),
    )  # fmt: skip
    match finish:
        case Finish.GLASS:
            return Coat(finish, _pick(rng, _GLASSES))
        case Finish.FROSTED:
            return Coat(finish, _pick(rng, _FROSTS))
        case Finish.METAL:
            return Coat(finish, _pick(rng, _METALS))
        case _:
            return Coat(finish, _plastic(rng))


def _closure(rng: np.random.Generator) -> Coat:
    finish = _pick(
        rng,
        (Finish.GLOSSY, Finish.GLOSSY, Finish.SATIN, Finish.MATTE, Finish.METAL, Finish.METAL,
         Finish.WOOD),
    )  # fmt: skip
    match finish:
        case Finish.METAL:
            return Coat(finish, _pick(rng, _METALS))
        case Finish.WOOD:
            return Coat(finish, _pick(rng, _WOODS))
        case _:
            return Coat(finish, _plastic(rng))


def _plastic(rng: np.random.Generator) -> str:
    if rng.random() < 0.42:
        return _pick(rng, _NEUTRALS)
    return _hue(rng, (0.12, 0.75), (0.3, 0.95))


def _hue(
    rng: np.random.Generator, saturation: tuple[float, float], value: tuple[float, float]
) -> str:
    parts = colorsys.hsv_to_rgb(
        float(rng.random()), float(rng.uniform(*saturation)), float(rng.uniform(*value))
    )
    return "".join(f"{round(part * 255):02x}" for part in parts)


def _pick(rng: np.random.Generator, choices: tuple[_T, ...]) -> _T:
    return choices[int(rng.integers(len(choices)))]


def _brightness(colour: Colour) -> float:
    return sum(colour) / 3
