"""The map of outlines for the window: looked up in the index lane, read in the browse lane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_map import ShapeMap
from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap, located
from desktop_app.services.shapes.mapping import MapState
from desktop_app.services.workspace import Workspace
from desktop_app.workers.lane import Lane


class Mapper(QObject):
    """Reads the map of one catalogue; the Keeper has it made.

    Signals: ``looked`` (MapState), ``shown`` (ShownMap), ``pictures_read`` (list of
    MappedPicture), ``cards_read`` (list of ProductCard), ``located`` ((x, y) or None), ``failed``
    (UserFacingError).
    """

    looked = Signal(object)
    shown = Signal(object)
    pictures_read = Signal(object)
    cards_read = Signal(object)
    located = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        *,
        searching: Lane,
        browsing: Lane,
        writing: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._searching = searching
        self._browsing = browsing
        self._writing = writing

    def look(self) -> None:
        """Ask for ``looked``: what there is to map and what is kept."""

        def work(_token: CancelToken) -> MapState:
            return self._workspace.mapping.look()

        self._writing.call(
            work, key="map-look", on_done=self.looked.emit, on_failed=self.failed.emit
        )

    def show(self, shape_map: ShapeMap, column: str, product_filter: ProductFilter) -> None:
        """Ask for ``shown``, grouped by a column, of the products that pass a filter; the newest
        wins."""

        def work(_token: CancelToken) -> ShownMap:
            return self._workspace.mapping.reader.shown(shape_map, column, product_filter)

        self._browsing.call(
            work, key="map-show", on_done=self.shown.emit, on_failed=self.failed.emit
        )

    def read_pictures(self, content_ids: Sequence[int]) -> None:
        """Ask for ``pictures_read``; what was asked before and not read yet is not wanted any
        more."""
        ids = list(content_ids)

        def work(_token: CancelToken) -> list[MappedPicture]:
            return self._workspace.mapping.reader.pictures(ids)

        self._browsing.call(
            work, key="map-pictures", on_done=self.pictures_read.emit, on_failed=self.failed.emit
        )

    def read_cards(self, product_ids: Sequence[int]) -> None:
        """Ask for ``cards_read``."""
        ids = list(product_ids)

        def work(_token: CancelToken) -> list[ProductCard]:
            return self._workspace.catalogue.products.cards(ids)

        self._browsing.call(work, on_done=self.cards_read.emit, on_failed=self.failed.emit)

    def locate(self, shape: ShapeFeatures) -> None:
        """Ask for ``located``: where an outline would lie; the newest wins."""

        def work(_token: CancelToken) -> tuple[float, float] | None:
            shape_map = self._workspace.mapping.shape_map
            proposals = self._workspace.shapes.proposals
            if shape_map is None or proposals is None:
                return None
            return located(shape, shape_map, proposals)

        self._searching.call(
            work, key="map-locate", on_done=self.located.emit, on_failed=self.failed.emit
        )
