"""Design tokens: the only place where sizes and colours are given as figures.

Every text colour reaches a contrast of 4.5:1 on the surfaces it may stand on, every control
and state mark 3:1 (WCAG 2.2, 1.4.3 and 1.4.11); ``CONTRAST_PAIRS`` lists the promises and the
tests measure them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtGui import QColor


class Space(IntEnum):
    """Distances in logical pixels."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24


class FontSize(IntEnum):
    """Font sizes in logical pixels."""

    META = 11
    BASE = 13
    TITLE = 15
    DISPLAY = 20


RADIUS = 6
"""Corner radius of cards and fields in logical pixels."""


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme's colours by their purpose.

    Surfaces: ``content`` (where pictures and lists lie), ``pane`` (side panes, bars), ``raised``
    (menus, popups), ``field`` (inputs), ``mat`` (behind pictures, light in both themes).
    ``hover``, ``pressed``, ``selected`` are fills for rows, cards and quiet buttons.
    """

    content: QColor
    pane: QColor
    raised: QColor
    field: QColor
    hover: QColor
    pressed: QColor
    selected: QColor
    hairline: QColor
    control: QColor
    text: QColor
    text_muted: QColor
    text_disabled: QColor
    accent: QColor
    accent_hover: QColor
    on_accent: QColor
    accent_text: QColor
    good: QColor
    good_soft: QColor
    warn: QColor
    warn_soft: QColor
    bad: QColor
    bad_soft: QColor
    mat: QColor
    on_mat: QColor
    on_mat_muted: QColor
    scroll: QColor


LIGHT = Colours(
    content=QColor("#ffffff"),
    pane=QColor("#f6f6f8"),
    raised=QColor("#ffffff"),
    field=QColor("#ffffff"),
    hover=QColor("#f0f0f4"),
    pressed=QColor("#e6e6ec"),
    selected=QColor("#eae9fb"),
    hairline=QColor("#e3e3e8"),
    control=QColor("#878792"),
    text=QColor("#1d1d22"),
    text_muted=QColor("#61616c"),
    text_disabled=QColor("#a2a2ac"),
    accent=QColor("#5a5ad2"),
    accent_hover=QColor("#4d4dc0"),
    on_accent=QColor("#ffffff"),
    accent_text=QColor("#4b4bbd"),
    good=QColor("#1d7541"),
    good_soft=QColor("#e4f4ea"),
    warn=QColor("#8f5a00"),
    warn_soft=QColor("#fcf1dc"),
    bad=QColor("#b3302b"),
    bad_soft=QColor("#fcebe9"),
    mat=QColor("#f3f3f6"),
    on_mat=QColor("#1d1d22"),
    on_mat_muted=QColor("#61616c"),
    scroll=QColor("#b9b9c2"),
)

DARK = Colours(
    content=QColor("#1a1a1e"),
    pane=QColor("#212126"),
    raised=QColor("#29292f"),
    field=QColor("#17171a"),
    hover=QColor("#2a2a31"),
    pressed=QColor("#34343c"),
    selected=QColor("#302f52"),
    hairline=QColor("#34343b"),
    control=QColor("#81818d"),
    text=QColor("#ececf0"),
    text_muted=QColor("#a8a8b3"),
    text_disabled=QColor("#696973"),
    accent=QColor("#6a65d8"),
    accent_hover=QColor("#5f5acb"),
    on_accent=QColor("#ffffff"),
    accent_text=QColor("#b5b0ff"),
    good=QColor("#6cc98f"),
    good_soft=QColor("#1f3a2b"),
    warn=QColor("#e3b35c"),
    warn_soft=QColor("#3d3119"),
    bad=QColor("#f08b84"),
    bad_soft=QColor("#452523"),
    mat=QColor("#d4d4da"),
    on_mat=QColor("#1d1d22"),
    on_mat_muted=QColor("#4f4f59"),
    scroll=QColor("#55555f"),
)

TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0

_SURFACES = ("content", "pane", "raised", "field")

CONTRAST_PAIRS: tuple[tuple[str, str, float], ...] = (
    *(
        (text, surface, TEXT_CONTRAST)
        for text in ("text", "text_muted", "accent_text", "good", "warn", "bad")
        for surface in (*_SURFACES, "hover", "selected")
    ),
    *(("text", fill, TEXT_CONTRAST) for fill in ("pressed", "good_soft", "warn_soft", "bad_soft")),
    ("good", "good_soft", TEXT_CONTRAST),
    ("warn", "warn_soft", TEXT_CONTRAST),
    ("bad", "bad_soft", TEXT_CONTRAST),
    ("on_accent", "accent", TEXT_CONTRAST),
    ("on_accent", "accent_hover", TEXT_CONTRAST),
    ("on_mat", "mat", TEXT_CONTRAST),
    ("on_mat_muted", "mat", TEXT_CONTRAST),
    *(("control", surface, CONTROL_CONTRAST) for surface in _SURFACES),
    *(("accent", surface, CONTROL_CONTRAST) for surface in (*_SURFACES, "mat")),
)
"""(foreground, background, least ratio): what both themes promise."""


def contrast_ratio(first: QColor, second: QColor) -> float:
    """WCAG contrast of two opaque colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
