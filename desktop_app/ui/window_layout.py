"""Where the panes of the window are, how they fold, and that they stay so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.capture.page import CapturePage
from desktop_app.ui.catalogue_pane import CataloguePane
from desktop_app.ui.duplicates.page import DuplicatesPage
from desktop_app.ui.evidence_panel import EvidencePanel
from desktop_app.ui.learning.page import LearningPage
from desktop_app.ui.product_inspector import ProductInspector
from desktop_app.ui.query_pane import QueryPane
from desktop_app.ui.rail import Rail, Workspaces
from desktop_app.ui.results_pane import ResultsPane
from desktop_app.ui.shapes.page import ShapesPage
from desktop_app.ui.side_column import SideColumn
from desktop_app.ui.status_line import StatusLine

FIRST_SIZE = QSize(1440, 900)
CATALOGUE_WIDTH = 260
QUERY_WIDTH = 320
COMPACT_BELOW = 1100
NARROWEST_PANE = 200
WIDEST_PANE = 520


class _Pages(QStackedWidget):
    """Needs the room of the page in view, not of the widest there is: that would take it from
    the panes beside."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return QSize() if page is None else page.minimumSizeHint()


class WindowLayout:
    """Arranges the panes in ``window``. Sizes are kept in ``geometry_file``."""

    def __init__(
        self,
        window: QMainWindow,
        *,
        rail: Rail,
        catalogue: CataloguePane,
        results: ResultsPane,
        duplicates: DuplicatesPage,
        shapes: ShapesPage,
        capture: CapturePage,
        learning: LearningPage,
        query: QueryPane,
        inspector: ProductInspector,
        evidence: EvidencePanel,
        status: StatusLine,
        geometry_file: Path,
    ) -> None:
        self._window = window
        self._catalogue = catalogue
        self._results = results
        self._duplicates = duplicates
        self._shapes = shapes
        self._capture = capture
        self._learning = learning
        self._query = query
        self._inspector = inspector
        self._geometry = QSettings(str(geometry_file), QSettings.Format.IniFormat)
        self.side = SideColumn((query, inspector), evidence)
        self._listed = QWidget()
        self._listed_column = QVBoxLayout(self._listed)
        self._listed_column.setContentsMargins(0, 0, 0, 0)
        self._listed_column.setSpacing(0)
        self._listed_column.addWidget(results, 1)
        self._centre = _Pages()
        self._centre.addWidget(self._listed)
        self._centre.addWidget(duplicates)
        self._centre.addWidget(shapes)
        self._centre.addWidget(capture)
        self._centre.addWidget(learning)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for pane in (catalogue, self._centre, self.side):
            self.splitter.addWidget(pane)
        for pane in (catalogue, self.side):
            pane.setMinimumWidth(NARROWEST_PANE)
            pane.setMaximumWidth(WIDEST_PANE)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([CATALOGUE_WIDTH, FIRST_SIZE.width(), QUERY_WIDTH])
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(rail)
        body.addWidget(self.splitter, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(status)
        window.setCentralWidget(whole)

    def fold(self, workspace: Workspaces, *, has_evidence: bool, wants_side: bool) -> None:
        """Fit the panes to the workspace and the width of the window: in a narrow one the query
        pane is a strip above the results."""
        is_narrow = self._window.width() < COMPACT_BELOW
        is_search = workspace is Workspaces.SEARCH
        whole = {
            Workspaces.DUPLICATES: self._duplicates,
            Workspaces.SHAPES: self._shapes,
            Workspaces.CAPTURE: self._capture,
            Workspaces.LEARN: self._learning,
        }
        self._centre.setCurrentWidget(whole.get(workspace, self._listed))
        query = self._query
        query.set_compact(is_narrow)
        if is_narrow and query.parentWidget() is not self._listed:
            self._listed_column.insertWidget(0, query)
        elif not is_narrow and query.parentWidget() is self._listed:
            self.side.pages.insertWidget(0, query)
        if not (is_narrow and is_search):
            self.side.pages.setCurrentWidget(query if is_search else self._inspector)
        query.setVisible(is_search)
        has_content = self.side.fit(
            is_search=is_search, is_narrow=is_narrow, has_evidence=has_evidence
        )
        self.side.setVisible(has_content and wants_side and workspace not in whole)

    def restore(self) -> None:
        """As it was left, or as at first."""
        stored = self._geometry
        geometry = stored.value("geometry")
        if not (isinstance(geometry, QByteArray) and self._window.restoreGeometry(geometry)):
            self._window.resize(FIRST_SIZE)
        for key, splitter in self._splitters():
            state = stored.value(key)
            if isinstance(state, QByteArray):
                splitter.restoreState(state)
        why = stored.value("why", True, type=bool)
        self.side.restore(stored.value("side"), is_why_wanted=bool(why))
        view = stored.value("view")
        if isinstance(view, str):
            self._results.restore_view_state(view)

    def save(self) -> None:
        """Keep all of it for the next start."""
        stored = self._geometry
        stored.setValue("geometry", self._window.saveGeometry())
        for key, splitter in self._splitters():
            stored.setValue(key, splitter.saveState())
        stored.setValue("side", self.side.state())
        stored.setValue("why", self.side.is_wanted_when_wide)
        stored.setValue("view", self._results.view_state())
        stored.sync()

    def _splitters(self) -> tuple[tuple[str, QSplitter], ...]:
        review = self._duplicates.review.splitter
        return (
            ("panes", self.splitter),
            ("duplicates", self._duplicates.splitter),
            ("review", review),
            ("shapes", self._shapes.splitter),
            ("capture", self._capture.splitter),
        )
