"""Remembers how a person arranged a table's columns, by their names.

Qt's own header state counts columns, which differ from catalogue to catalogue.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QHeaderView

LEAST_WIDTH, MOST_WIDTH = 24, 2000


class TableColumns:
    """Order, widths and visibility of the columns of one header, also of columns that are not
    there at the moment. The header shows and hides those of ``coming_and_going`` by itself.
    """

    def __init__(
        self,
        header: QHeaderView,
        *,
        widths: Mapping[str, int],
        default_width: int,
        coming_and_going: Collection[str],
    ) -> None:
        self._header = header
        self._widths = widths
        self._default = default_width
        self._coming_and_going = coming_and_going
        self._names: tuple[str, ...] = ()
        self._arranged: dict[str, dict[str, Any]] = {}
        self._applied: dict[str, dict[str, Any]] = {}

    def show(self, names: Sequence[str]) -> None:
        """The header has these columns now: arrange them as they were left, or by default."""
        if tuple(names) == self._names:
            return
        self._keep()
        self._names = tuple(names)
        for place, name in enumerate(self._names):
            known = self._arranged.get(name, {})
            self._header.resizeSection(place, known.get("width", self._default_width(name)))
            if name not in self._coming_and_going:
                self._header.setSectionHidden(place, known.get("hidden", False))
        ordered = sorted(
            range(len(self._names)),
            key=lambda place: self._arranged.get(self._names[place], {}).get("place", place),
        )
        for visual, logical in enumerate(ordered):
            self._header.moveSection(self._header.visualIndex(logical), visual)
        self._applied = self._present()

    def state(self) -> dict[str, dict[str, Any]]:
        """A JSON-ready form for :meth:`restore`."""
        self._keep()
        return {name: dict(known) for name, known in self._arranged.items()}

    def restore(self, state: object) -> None:
        """Arrange the columns as :meth:`state` told; what cannot be understood is left out."""
        if not isinstance(state, Mapping):
            return
        names, self._names = self._names, ()
        self._arranged = {str(name): known for name, known in state.items() if _is_sound(known)}
        self.show(names)

    def _keep(self) -> None:
        """Take over what a person changed since the columns were last arranged."""
        present = self._present()
        if present != self._applied:
            self._arranged.update(present)
            self._applied = present

    def _present(self) -> dict[str, dict[str, Any]]:
        found = {}
        for place, name in enumerate(self._names):
            hidden = self._header.isSectionHidden(place)
            known = self._arranged.get(name, {}).get("width", self._default_width(name))
            found[name] = {
                # A hidden section says it is 0 wide.
                "width": known if hidden else self._header.sectionSize(place),
                "hidden": hidden and name not in self._coming_and_going,
                "place": self._header.visualIndex(place),
            }
        return found

    def _default_width(self, name: str) -> int:
        return self._widths.get(name, self._default)


def _is_sound(known: object) -> bool:
    return (
        isinstance(known, dict)
        and isinstance(known.get("width"), int)
        and LEAST_WIDTH <= known["width"] <= MOST_WIDTH
        and isinstance(known.get("hidden"), bool)
        and isinstance(known.get("place"), int)
    )
