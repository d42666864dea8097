"""The sizes of containers as the columns of a catalogue tell them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import Product
from desktop_app.domain.sizes import SizeColumn, SizeKind, find_sizes

SIZES_SETTING = "shape_sizes"


class ContainerSizes:
    """Of one catalogue; any thread that may use it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def columns(self) -> dict[SizeKind, SizeColumn]:
        """Where each kind of size is, as chosen by a person or else by the columns' words."""
        return find_sizes(self._catalogue.products.columns(), self.chosen())

    def chosen(self) -> dict[SizeKind, str]:
        """The columns a person chose, '' where they said that there is none."""
        try:
            stored = json.loads(self._catalogue.saved.setting(SIZES_SETTING) or "{}")
            return {SizeKind(kind): str(column) for kind, column in dict(stored).items()}
        except (ValueError, TypeError):
            return {}

    def choose(self, chosen: Mapping[SizeKind, str]) -> None:
        """Remember these columns in the catalogue; for the writing thread."""
        stored = {kind.value: column for kind, column in chosen.items()}
        self._catalogue.saved.set_setting(SIZES_SETTING, json.dumps(stored))

    def of(self, product: Product) -> dict[SizeKind, float]:
        """The sizes of a product in millimetres and millilitres, as far as they are told."""
        found = {}
        for kind, column in self.columns().items():
            size = column.of(product.fields.value(column.column))
            if size is not None:
                found[kind] = size
        return found
