"""Narrowing the containers found by their sizes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from desktop_app.domain.filters import Condition, ProductFilter
from desktop_app.domain.products import Column, FieldValue, Product
from desktop_app.domain.sizes import SizeKind
from desktop_app.domain.sketching import Sketch
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.shapes.size_panel import SizePanel
from desktop_app.workers.browsing import Overview
from desktop_app.workers.drafting import SizesKnown
from desktop_app.workers.session import Session
from desktop_app.workers.shaping import ProductShape


class ShapeSizesFlow(QObject):
    """Keeps the size panel in step with the columns, the filter and what is asked with."""

    def __init__(
        self,
        session: Session,
        browsing: BrowseFlow,
        panel: SizePanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._browsing = browsing
        self._panel = panel
        self._columns: tuple[Column, ...] = ()
        self._chosen: dict[SizeKind, str] = {}
        self._taken: tuple[Sketch, ProductShape] | None = None
        session.opened.connect(self._attach)
        browsing.overview_shown.connect(self._show_overview)
        browsing.filter_changed.connect(panel.show_filter)
        panel.conditions_changed.connect(self._narrow)
        panel.column_chosen.connect(self._choose)

    def take_product(self, found: ProductShape) -> None:
        """The outline of this product is on the board."""
        self._taken = (found.sketch, found)

    def show_sketch(self, sketch: Sketch) -> None:
        """What is asked with now: its sizes are those of the product while it is its outline,
        else those of the drawing."""
        if self._taken is not None and sketch == self._taken[0]:
            found = self._taken[1]
            self._panel.show_own(found.sizes, self._neck_of(found.product))
            return
        size = sketch.size_mm
        own = {} if size is None else {SizeKind.WIDTH: size[0], SizeKind.HEIGHT: size[1]}
        self._panel.show_own({kind: value for kind, value in own.items() if value > 0})

    def _neck_of(self, product: Product) -> FieldValue:
        column = self._panel.columns.get(SizeKind.NECK)
        return None if column is None else product.fields.value(column.column)

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        drafter = self._session.drafter
        assert drafter is not None
        drafter.sizes_read.connect(self._take_sizes)
        self._columns, self._taken = (), None
        self._panel.show_columns({}, ())
        self._panel.show_own({})

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        if overview.columns != self._columns and (drafter := self._session.drafter) is not None:
            self._columns = overview.columns
            drafter.read_sizes()

    @Slot(object)
    def _take_sizes(self, known: SizesKnown) -> None:
        self._chosen = known.chosen
        self._panel.show_columns(known.columns, self._columns)
        self._panel.show_filter(self._browsing.filter)

    @Slot(object, str)
    def _choose(self, kind: SizeKind, column: str) -> None:
        if (drafter := self._session.drafter) is not None:
            drafter.choose_sizes({**self._chosen, kind: column})

    @Slot(str, object)
    def _narrow(self, column: str, conditions: tuple[Condition, ...]) -> None:
        """Put these conditions in place of all others on the column."""
        now: ProductFilter = self._browsing.filter
        kept = tuple(each for each in now.conditions if each.column != column)
        wanted = replace(now, conditions=(*kept, *conditions))
        if wanted != now:
            self._browsing.set_filter(wanted)
