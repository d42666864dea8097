"""What a list of products asks for beside its cards: whole pictures, and the values of a column."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage

from desktop_app.services.workspace import Workspace
from desktop_app.ui.compare_window import CompareWindow
from desktop_app.ui.filters_bar import FiltersBar
from desktop_app.ui.product_intents import ProductIntents
from desktop_app.ui.results_pane import ResultsPane
from desktop_app.workers.browsing import FacetCounts
from desktop_app.workers.session import Session


class _ShowsPictures(Protocol):
    def set_picture(self, path: str, image: QImage) -> None: ...

    def set_picture_problem(self, path: str, problem: str) -> None: ...


class ListDetailsFlow(QObject):
    """Answers ``products``, which ask for pictures, and ``narrowing``, which asks for facets."""

    def __init__(
        self,
        session: Session,
        products: ProductIntents,
        narrowing: ResultsPane | FiltersBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._narrowing = narrowing
        self._shown_by: list[_ShowsPictures] = [products]
        products.picture_requested.connect(self._read_picture)
        narrowing.facets_requested.connect(self._read_facets)
        session.opened.connect(self._attach)

    def follow(self, window: CompareWindow) -> None:
        """Bring pictures there, too."""
        self._shown_by.append(window)
        window.picture_requested.connect(self._read_picture)

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        browser = self._session.browser
        assert browser is not None
        browser.facets_read.connect(self._show_facets)
        browser.picture_read.connect(self._show_picture)
        browser.picture_failed.connect(self._picture_failed)

    @Slot(str)
    def _read_facets(self, column: str) -> None:
        if (browser := self._session.browser) is not None:
            browser.read_facets(column)

    @Slot(object)
    def _show_facets(self, counts: FacetCounts) -> None:
        self._narrowing.set_facets(counts.column, counts.facets)

    @Slot(str, int)
    def _read_picture(self, path: str, max_side: int) -> None:
        if (browser := self._session.browser) is not None:
            browser.read_picture(path, max_side)

    @Slot(str, QImage)
    def _show_picture(self, path: str, image: QImage) -> None:
        for shown_by in self._shown_by:
            shown_by.set_picture(path, image)

    @Slot(str, object)
    def _picture_failed(self, path: str, error: object) -> None:
        for shown_by in self._shown_by:
            shown_by.set_picture_problem(path, str(error))
