"""What parts are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from desktop_app.infra.rendering.engine.arrays import Colour, FloatArray, normalised
from desktop_app.infra.rendering.engine.noise import layered_noise, value_noise


class Pattern(StrEnum):
    """A solid texture that varies a material's colour and relief."""

    NONE = "none"
    WOOD = "wood"
    CLOTH = "cloth"
    SPONGE = "sponge"
    POWDER = "powder"
    BRUSHED = "brushed"
    SPECKLED = "speckled"


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface answers light.

    ``colour`` is the diffuse reflectance, or the reflectance at normal incidence of a metal.
    ``roughness`` in [0, 1] widens reflections. ``translucency`` in [0, 1] lets light wrap
    round the edges. ``sheen`` brightens grazing views, as velvet does. A material with
    ``absorption`` (per millimetre) is transparent; ``frost`` in [0, 1] blurs what is seen
    through it.
    """

    name: str
    colour: Colour
    roughness: float = 0.25
    metallic: bool = False
    reflectance: float = 0.045
    translucency: float = 0.0
    sheen: float = 0.0
    pattern: Pattern = Pattern.NONE
    absorption: Colour | None = None
    frost: float = 0.0

    @property
    def is_transparent(self) -> bool:
        return self.absorption is not None

    @property
    def is_wooden(self) -> bool:
        return self.pattern is Pattern.WOOD

    def tinted(self, colour: Colour) -> Material:
        return replace(self, colour=colour)


def srgb(code: str) -> Colour:
    """A linear colour from a hexadecimal sRGB code such as ``f4e9e1``."""
    values = np.array([int(code[k : k + 2], 16) for k in (0, 2, 4)]) / 255.0
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear[0]), float(linear[1]), float(linear[2])


def glossy(code: str, *, name: str = "Plastic, glossy") -> Material:
    return Material(name, srgb(code), roughness=0.12, translucency=0.15)


def satin(code: str, *, name: str = "Plastic, satin") -> Material:
    return Material(name, srgb(code), roughness=0.38, translucency=0.15)


def matte(code: str, *, name: str = "Plastic, matte") -> Material:
    return Material(name, srgb(code), roughness=0.62, reflectance=0.035, translucency=0.2)


def rubber(code: str) -> Material:
    return Material("Rubber", srgb(code), roughness=0.55, reflectance=0.03, translucency=0.15)


def wood(code: str, *, name: str = "Wood") -> Material:
    return Material(name, srgb(code), roughness=0.5, reflectance=0.035, pattern=Pattern.WOOD)


def cloth(code: str, *, name: str = "Cotton velour") -> Material:
    return Material(
        name,
        srgb(code),
        roughness=1.0,
        reflectance=0.0,
        translucency=0.35,
        sheen=0.35,
        pattern=Pattern.CLOTH,
    )


def sponge(code: str) -> Material:
    return Material(
        "Foam",
        srgb(code),
        roughness=1.0,
        reflectance=0.0,
        translucency=0.4,
        sheen=0.12,
        pattern=Pattern.SPONGE,
    )


def powder(code: str, *, shimmer: bool = False) -> Material:
    return Material(
        "Pressed powder",
        srgb(code),
        roughness=0.5 if shimmer else 1.0,
        reflectance=0.08 if shimmer else 0.0,
        translucency=0.2,
        pattern=Pattern.SPECKLED if shimmer else Pattern.POWDER,
    )


def cream(code: str, *, name: str = "Cream") -> Material:
    return Material(name, srgb(code), roughness=0.22, translucency=0.35)


def metal(code: str, name: str, *, roughness: float = 0.14, brushed: bool = False) -> Material:
    return Material(
        name,
        srgb(code),
        roughness=roughness,
        metallic=True,
        pattern=Pattern.BRUSHED if brushed else Pattern.NONE,
    )


GOLD = metal("f0cf8e", "Aluminium, gold")
PALE_GOLD = metal("f2deb6", "Aluminium, pale gold", roughness=0.24)
ROSE_GOLD = metal("eebfa6", "Aluminium, rose gold")
CHROME = metal("eceef0", "Aluminium, chrome", roughness=0.07)
SILVER = metal("dfe1e4", "Aluminium, matt silver", roughness=0.34)
GUNMETAL = metal("8b8d94", "Aluminium, gunmetal", roughness=0.22)
MIRROR = Material("Mirror", (0.9, 0.91, 0.92), roughness=0.015, metallic=True)
STEEL = metal("d9dbde", "Steel", roughness=0.05)


def clear_glass(
    absorption: Colour = (0.006, 0.0035, 0.0042), *, name: str = "Glass, clear"
) -> Material:
    return Material(name, (1.0, 1.0, 1.0), roughness=0.03, absorption=absorption)


def coloured_glass(code: str, name: str, *, depth_mm: float = 5.0) -> Material:
    """Glass that shows the colour ``code`` after ``depth_mm`` of it."""
    kept = np.clip(np.array(srgb(code)), 0.004, 0.995)
    absorbed = -np.log(kept) / depth_mm
    return Material(
        name,
        (1.0, 1.0, 1.0),
        roughness=0.03,
        absorption=(float(absorbed[0]), float(absorbed[1]), float(absorbed[2])),
    )


def frosted_glass(code: str = "eef2f1") -> Material:
    return replace(coloured_glass(code, "Glass, frosted", depth_mm=6.0), roughness=0.42, frost=0.55)


def clear_plastic() -> Material:
    return Material(
        "PETG, clear", (1.0, 1.0, 1.0), roughness=0.05, absorption=(0.003, 0.0022, 0.0024)
    )


def patterned(
    material: Material, local: FloatArray, normals: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Colours (n, 3) and normals (n, 3) of a material at points of its part, in millimetres."""
    colour = np.broadcast_to(np.array(material.colour), local.shape)
    if material.pattern in _GRAINS:
        return _rough(colour, local, normals, _GRAINS[material.pattern])
    match material.pattern:
        case Pattern.WOOD:
            return colour * _wood(local)[:, None] ** np.array([0.8, 1.1, 1.4]), normals
        case Pattern.SPECKLED:
            fine = value_noise(local * 4.0)
            sparkle = np.clip(fine - 0.45, 0.0, None) * 1.6
            return colour * (0.95 + 0.05 * fine)[:, None] + sparkle[:, None] * 0.25, normals
        case Pattern.BRUSHED:
            angle = np.arctan2(local[:, 0], local[:, 2])
            stroke = value_noise(
                np.stack([local[:, 1] * 9.0, angle * 1.2, np.full(len(angle), 3.0)], axis=1)
            )
            return colour * (1.0 + 0.035 * stroke)[:, None], normals
        case _:
            return colour, normals


def _wood(local: FloatArray) -> FloatArray:
    """Brightness of flat-sawn wood: year rings about a distant axis, pores along the grain (x)."""
    along = np.array([0.014, 0.07, 0.07])
    swirl = layered_noise(local * along, octaves=3)
    distance = np.hypot(local[:, 2] * 0.8 + 46.0, local[:, 1] + 21.0 + local[:, 0] * 0.05)
    phase = distance * 0.62 + swirl * 4.5
    rings = 0.6 * np.sin(phase) + 0.4 * np.sin(phase * 2.7 + 4.0 * swirl)
    pores = layered_noise(local * np.array([0.16, 2.4, 2.4]), octaves=2)
    shade: FloatArray = 0.95 + 0.085 * rings + 0.11 * pores + 0.09 * swirl
    return np.clip(shade, 0.5, 1.2)


@dataclass(frozen=True, slots=True)
class _Grain:
    """A rough surface: grain size in millimetres, strength of shade and of relief."""

    size: float
    shade: float
    relief: float


_GRAINS = {
    Pattern.CLOTH: _Grain(0.55, 0.10, 0.30),
    Pattern.SPONGE: _Grain(0.80, 0.14, 0.28),
    Pattern.POWDER: _Grain(0.50, 0.04, 0.05),
}


def _rough(
    colour: FloatArray, local: FloatArray, normals: FloatArray, grain: _Grain
) -> tuple[FloatArray, FloatArray]:
    scaled = local / grain.size
    bumps = np.stack([value_noise(scaled + offset) for offset in (0.0, 11.7, 23.1)], axis=1)
    bent = normalised(normals + grain.relief * bumps)
    return colour * (1.0 + grain.shade * bumps[:, :1]), bent
