"""The parts of the window that flows join to the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow

from desktop_app.domain.errors import UserFacingError
from desktop_app.ui.catalogue_pane import CataloguePane
from desktop_app.ui.product_inspector import ProductInspector
from desktop_app.ui.query_pane import QueryPane
from desktop_app.ui.results_pane import ResultsPane
from desktop_app.ui.status_line import StatusLine
from desktop_app.ui.theme import Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


@dataclass(frozen=True, slots=True, eq=False)
class Panes:
    """``show_problem`` tells a UserFacingError above the list."""

    window: QMainWindow
    theme: Theme
    thumbnails: ThumbnailLoader
    catalogue: CataloguePane
    results: ResultsPane
    query: QueryPane
    inspector: ProductInspector
    status: StatusLine
    show_problem: Callable[[UserFacingError], None]
