"""What is said about the map."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from desktop_app.services.shapes.map_reading import ShownMap
from desktop_app.services.value_groups import OTHERS
from desktop_app.ui.point_map.colours import group_colour
from desktop_app.ui.product_text import count_text, score_text

_MOSTLY = 0.5


class MapPaneState(Enum):
    """What the pane can show: the map, or why there is none."""

    MAP = "map"
    NO_CATALOGUE = "no catalogue"
    OPENING = "opening"
    NOT_DESCRIBED = "not described"
    TOO_FEW = "too few"
    NOT_MADE = "not made"
    MAKING = "making"
    LOADING = "loading"


def _tr(text: str) -> str:
    return QCoreApplication.translate("ShapeMap", text)


def pictures_text(count: int) -> str:
    """``35 pictures``."""
    if not count:
        return _tr("no pictures")
    return _tr("1 picture") if count == 1 else _tr("{0} pictures").format(count_text(count))


def products_text(count: int) -> str:
    """``35 products``."""
    return _tr("1 product") if count == 1 else _tr("{0} products").format(count_text(count))


def group_name(shown: ShownMap, number: int) -> str:
    """What a group is called; the value itself but for none and for the rest."""
    if number == OTHERS:
        return _tr("others")
    return shown.groups[number].name or _tr("no value")


def group_entries(shown: ShownMap, is_dark: bool) -> list[tuple[str, QColor]]:
    """The groups of a map with their colours."""
    numbers = list(range(len(shown.groups)))
    if (shown.group_of == OTHERS).any():
        numbers.append(OTHERS)
    return [(group_name(shown, n), group_colour(n, is_dark=is_dark)) for n in numbers]


def mostly_text(shown: ShownMap, cluster: int) -> str:
    """``mostly Bottles`` where one value has most of a cluster; '' otherwise."""
    groups = shown.group_of[shown.cluster_of == cluster]
    counts = np.bincount(groups[groups != OTHERS], minlength=1)
    number = int(counts.argmax())
    count = int(counts[number])
    name = shown.groups[number].name if shown.groups else ""
    if not name or count < _MOSTLY * len(groups):
        return ""
    return (_tr("all {0}") if count == len(groups) else _tr("mostly {0}")).format(name)


def free_place_text(overlap: float, sku: str) -> str:
    """How near the nearest container is."""
    if not sku:
        return _tr("nearest has {0} overlap").format(score_text(overlap))
    return _tr("nearest: {0}\n{1} overlap").format(sku, score_text(overlap))


def empty_words(state: MapPaneState) -> tuple[str, str]:
    """Why there is no map, and what to do."""
    return {
        MapPaneState.MAP: ("", ""),
        MapPaneState.NO_CATALOGUE: (
            _tr("No catalogue is open"),
            _tr("Open one, and its outlines are laid out here, like near like."),
        ),
        MapPaneState.OPENING: (_tr("Opening the catalogue"), ""),
        MapPaneState.NOT_DESCRIBED: (
            _tr("No outlines are known yet"),
            _tr(
                "Outlines are read when pictures are looked at closer. That goes on by itself "
                "once pictures were imported."
            ),
        ),
        MapPaneState.TOO_FEW: (
            _tr("Too few outlines for a map"),
            _tr("From three pictures on, their outlines are laid out here."),
        ),
        MapPaneState.NOT_MADE: (
            _tr("Lay out the outlines"),
            _tr(
                "Containers of like outline come to lie near each other, and room between them "
                "shows. It can be stopped at any time and goes on where it was."
            ),
        ),
        MapPaneState.MAKING: (
            _tr("Laying out the outlines"),
            _tr("The map appears here once it is done. Go on working meanwhile."),
        ),
        MapPaneState.LOADING: (_tr("Looking for the map"), ""),
    }[state]


def shortcut_entries() -> tuple[tuple[str, str], ...]:
    """What the keyboard and the mouse do on the map: (keys, what)."""
    return (
        ("V", _tr("Dragging moves the map")),
        ("R", _tr("Dragging selects with a rectangle")),
        ("L", _tr("Dragging selects with a lasso")),
        (_tr("Shift, dragging"), _tr("Select with a rectangle")),
        (_tr("Arrows"), _tr("Go to the next picture that way")),
        (_tr("Shift+Arrows"), _tr("Move the map")),
        (_tr("+ and −"), _tr("Nearer and further away")),
        ("0", _tr("Show the whole map")),
        (_tr("Space"), _tr("Add the picture to the selection, or take it out")),
        (_tr("Return"), _tr("Open the product")),
        ("S", _tr("Search with the outline of the picture")),
        ("F", _tr("Show room without outlines")),
    )
