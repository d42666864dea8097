"""The prints of a product: word mark, name, size, and each brand's ornaments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_app.infra.rendering.designs.artwork import Artwork
from desktop_app.infra.rendering.designs.lettering import Lettering
from desktop_app.infra.rendering.designs.styles import Colourway, Layout, Style
from desktop_app.infra.rendering.engine.arrays import Colour, FloatArray
from desktop_app.infra.rendering.engine.scene import Decal, Wrap

_SMALL = Lettering(tracking=0.06)


@dataclass(frozen=True, slots=True)
class Field:
    """The place for a label on a part: centre and size in millimetres, and how it lies.

    ``radius`` is the radius of the part for a print that runs round it.
    """

    width: float
    height: float
    y: float
    wrap: Wrap = Wrap.FRONT
    radius: float = 1.0
    x: float = 0.0


def label(
    style: Style, colourway: Colourway, field: Field, *, name: str, size_text: str
) -> tuple[Decal, ...]:
    """The main label of a product in its brand's layout."""
    art = Artwork(field.width, field.height, pixels_per_mm=_density(field))
    ink = colourway.ink
    if colourway.paper is not None and style.layout is not Layout.BOTANICAL:
        art.block(colourway.paper, corner=min(1.2, field.height * 0.04))
    match style.layout:
        case Layout.CLASSIC:
            _classic(art, style, colourway, name, size_text)
        case Layout.MINIMAL:
            _minimal(art, style, ink, name, size_text)
        case Layout.APOTHECARY:
            _apothecary(art, style, colourway, name, size_text)
        case Layout.LUXE:
            _luxe(art, style, ink, name, size_text)
        case Layout.PLAYFUL:
            _playful(art, style, colourway, name, size_text)
        case Layout.BOTANICAL:
            _botanical(art, style, colourway, name, size_text)
    return (_decal(art, field, foil=colourway.foil),)


def mark(
    style: Style,
    colourway: Colourway,
    field: Field,
    *,
    ink: Colour | None = None,
    quarter_turns: int = 0,
) -> Decal:
    """The word mark alone, for caps, lids and small parts; turned anticlockwise."""
    art = Artwork(field.width, field.height, pixels_per_mm=_density(field))
    across, along = (field.height, field.width)
    if quarter_turns % 2:
        across, along = along, across
    art.text(
        style.brand,
        style.mark,
        ink or colourway.ink,
        y=0,
        height=across * 0.5,
        max_width=along * 0.96,
        quarter_turns=quarter_turns,
    )
    return _decal(art, field, foil=colourway.foil)


def embossed_mark(style: Style, *, diameter: float, colour: Colour, depth: float = 0.5) -> Decal:
    """A pressed ring and word mark on a round pan, seen from above."""
    density = 480 / diameter
    art = Artwork(diameter, diameter, pixels_per_mm=density)
    art.ring(colour, x=0, y=0, radius=diameter * 0.40, thickness=diameter * 0.02)
    art.text(
        style.brand, style.mark, colour, y=0, height=diameter * 0.09, max_width=diameter * 0.62
    )
    return relief_decal(art, Wrap.TOP, depth=depth)


def relief_decal(
    art: Artwork, wrap: Wrap, *, depth: float, centre: tuple[float, float] = (0.0, 0.0)
) -> Decal:
    """The artwork pressed into the surface instead of printed."""
    pressed: FloatArray = art.texture[:, :, 3] * -depth
    return Decal(np.zeros_like(art.texture), wrap, centre, (art.width, art.height), relief=pressed)


def _density(field: Field) -> float:
    """Texture pixels per millimetre: enough for the picture, whatever the label's size."""
    return min(24.0, 560.0 / max(field.width, field.height))


def _decal(art: Artwork, field: Field, *, foil: bool) -> Decal:
    return Decal(
        art.texture,
        field.wrap,
        (field.x, field.y),
        (field.width, field.height),
        radius=field.radius,
        foil=foil,
    )


def _small_lines(
    art: Artwork, ink: Colour, *, y: float, height: float, width: float, lines: int = 3
) -> None:
    """Lines of small print, too small to read."""
    rng = np.random.default_rng(round(art.width * 100) + lines)
    for k in range(lines):
        share = float(rng.uniform(0.72, 1.0)) if k < lines - 1 else 0.55
        art.rule(ink, y=y - k * height * 2.1, width=width * share, thickness=height * 0.7)


def _classic(art: Artwork, style: Style, colourway: Colourway, name: str, size_text: str) -> None:
    w, h, ink = art.width, art.height, colourway.ink
    unit = min(w, h)
    art.sunburst(colourway.accent, x=0, y=h * 0.34, radius=unit * 0.10)
    art.text(style.brand, style.mark, ink, y=h * 0.14, height=unit * 0.12)
    art.rule(colourway.accent, y=h * 0.03, width=w * 0.22, thickness=unit * 0.010)
    art.text(name, style.name_lettering, ink, y=-h * 0.07, height=unit * 0.062, max_width=w * 0.8)
    art.text(size_text, _SMALL, ink, y=-h * 0.42, height=unit * 0.042, max_width=w * 0.5)


def _minimal(art: Artwork, style: Style, ink: Colour, name: str, size_text: str) -> None:
    w, h = art.width, art.height
    unit = min(w, h)
    left = -w * 0.40
    art.text(
        style.brand.lower(),
        style.mark,
        ink,
        x=left,
        y=h * 0.33,
        height=unit * 0.15,
        align="left",
        max_width=w * 0.8,
    )
    art.text(
        name,
        style.name_lettering,
        ink,
        x=left,
        y=-h * 0.20,
        height=unit * 0.07,
        align="left",
        max_width=w * 0.8,
    )
    art.rule(ink, x=left + w * 0.06, y=-h * 0.29, width=w * 0.12, thickness=unit * 0.012)
    art.text(
        size_text,
        _SMALL,
        ink,
        x=left,
        y=-h * 0.39,
        height=unit * 0.05,
        align="left",
        max_width=w * 0.8,
    )


def _apothecary(
    art: Artwork, style: Style, colourway: Colourway, name: str, size_text: str
) -> None:
    w, h, ink = art.width, art.height, colourway.ink
    unit = min(w, h)
    art.frame(ink, margin=unit * 0.045, thickness=unit * 0.010)
    art.text(style.brand, style.mark, ink, y=h * 0.28, height=unit * 0.17, max_width=w * 0.8)
    art.rule(ink, y=h * 0.14, width=w * 0.8, thickness=unit * 0.010)
    art.rule(colourway.accent, y=h * 0.02, width=w * 0.8, thickness=unit * 0.15)
    paper = colourway.paper if colourway.paper is not None else colourway.body.colour
    art.text(name, style.name_lettering, paper, y=h * 0.02, height=unit * 0.068, max_width=w * 0.74)
    _small_lines(art, ink, y=-h * 0.14, height=unit * 0.018, width=w * 0.7, lines=4)
    art.text(size_text, _SMALL, ink, y=-h * 0.38, height=unit * 0.058, max_width=w * 0.6)


def _luxe(art: Artwork, style: Style, ink: Colour, name: str, size_text: str) -> None:
    w, h = art.width, art.height
    unit = min(w, h)
    art.ring(ink, x=0, y=h * 0.26, radius=unit * 0.13, thickness=unit * 0.012)
    art.text(style.brand[0], style.mark, ink, y=h * 0.26, height=unit * 0.12)
    art.text(style.brand, style.mark, ink, y=h * 0.02, height=unit * 0.095)
    art.text(name, style.name_lettering, ink, y=-h * 0.11, height=unit * 0.046, max_width=w * 0.7)
    art.rule(ink, y=-h * 0.30, width=w * 0.09, thickness=unit * 0.012)
    art.text(size_text, _SMALL, ink, y=-h * 0.40, height=unit * 0.042, max_width=w * 0.5)


def _playful(art: Artwork, style: Style, colourway: Colourway, name: str, size_text: str) -> None:
    w, h, ink = art.width, art.height, colourway.ink
    unit = min(w, h)
    art.discs(colourway.accent, [(w * 0.16, -h * 0.14)], radius=unit * 0.30)
    art.text(
        style.brand.lower(), style.mark, ink, y=h * 0.26, height=unit * 0.19, max_width=w * 0.92
    )
    art.text(
        name,
        style.name_lettering,
        ink,
        x=-w * 0.42,
        y=-h * 0.12,
        height=unit * 0.085,
        align="left",
        max_width=w * 0.8,
    )
    art.text(
        size_text,
        _SMALL,
        ink,
        x=-w * 0.42,
        y=-h * 0.38,
        height=unit * 0.06,
        align="left",
        max_width=w * 0.6,
    )


def _botanical(art: Artwork, style: Style, colourway: Colourway, name: str, size_text: str) -> None:
    w, h, ink = art.width, art.height, colourway.ink
    unit = min(w, h)
    if colourway.paper is not None:
        art.block(colourway.paper, corner=unit * 0.08)
    art.sprig(colourway.accent, x=0, y=h * 0.28, height=unit * 0.34)
    art.text(style.brand, style.mark, ink, y=-h * 0.02, height=unit * 0.15, max_width=w * 0.84)
    art.text(name, style.name_lettering, ink, y=-h * 0.18, height=unit * 0.062, max_width=w * 0.8)
    art.rule(colourway.accent, y=-h * 0.27, width=w * 0.5, thickness=unit * 0.010)
    art.text(size_text, _SMALL, ink, y=-h * 0.37, height=unit * 0.05, max_width=w * 0.5)
