"""A supplier's list held against the catalogue: compared, looked over, imported or exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Progress
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.list_comparison.window import ComparisonWindow
from desktop_app.workers.list_comparing import ComparedList
from desktop_app.workers.session import Session


class ComparisonFlow(QObject):
    """Shows the window of a comparison; products within what is selected in the catalogue are
    expected in the list. Signals: ``products_wanted`` (title, product ids) to be listed."""

    products_wanted = Signal(str, object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        browsing: BrowseFlow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._browsing = browsing
        self._window: ComparisonWindow | None = None
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)

    @property
    def window(self) -> ComparisonWindow | None:
        """The window, once it was opened."""
        return self._window

    @Slot()
    def show(self) -> None:
        """Open the window, with what was compared last."""
        if self._window is None:
            window = ComparisonWindow(
                self._panes.theme, self._panes.thumbnails, parent=self._panes.window
            )
            window.compare_wanted.connect(self.compare)
            window.stop_wanted.connect(self._stop)
            window.import_wanted.connect(self._import)
            window.export_wanted.connect(self._export)
            window.product_wanted.connect(self._open_product)
            self._window = window
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    @Slot(object)
    def compare(self, paths: Sequence[Path]) -> None:
        """Hold a list, a folder or an archive against the catalogue."""
        comparer, window = self._session.comparer, self._window
        if window is None:
            return
        if comparer is None:
            window.show_problem(
                UserFacingError(
                    self.tr("No catalogue is open."),
                    remedy=self.tr("Open one to compare the list with."),
                )
            )
            return
        self._show_progress(Progress(self.tr("Waiting for its turn"), 0))
        comparer.compare(tuple(paths), self._browsing.filter)

    def close_down(self) -> None:
        """Before the session ends."""
        if self._window is not None:
            self._window.close_down()

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        comparer = self._session.comparer
        assert comparer is not None
        comparer.progressed.connect(self._show_progress)
        comparer.compared.connect(self._show_comparison)
        comparer.stopped.connect(self._show_stopped)
        comparer.failed.connect(self._show_problem)
        comparer.exported.connect(self._tell_exported)
        comparer.export_failed.connect(self._show_problem)

    @Slot()
    def _detach(self) -> None:
        if self._window is not None:
            self._window.show_nothing()

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if self._window is not None:
            self._window.show_progress(progress)

    @Slot(object)
    def _show_comparison(self, compared: ComparedList) -> None:
        if self._window is not None:
            self._window.show_comparison(compared)

    @Slot()
    def _show_stopped(self) -> None:
        if self._window is not None:
            self._window.show_stopped()

    @Slot(object)
    def _show_problem(self, error: UserFacingError) -> None:
        if self._window is not None:
            self._window.show_problem(error)

    @Slot()
    def _stop(self) -> None:
        if (comparer := self._session.comparer) is not None:
            comparer.stop()

    @Slot(object)
    def _import(self, places: frozenset[int]) -> None:
        comparer, window = self._session.comparer, self._window
        if comparer is None or window is None or window.compared is None:
            return
        comparer.import_rows(window.compared.diff, places)
        window.show_nothing()
        window.notice.tell(
            self.tr(
                "Importing what you ticked; the line at the bottom of the main window tells "
                "how far it is."
            )
        )

    @Slot(object)
    def _export(self, path: Path) -> None:
        comparer, window = self._session.comparer, self._window
        if comparer is not None and window is not None and window.compared is not None:
            comparer.export(window.compared.diff, path)

    @Slot(object)
    def _tell_exported(self, path: Path) -> None:
        if self._window is not None:
            self._window.notice.tell(
                self.tr("Saved {0}").format(path.name),
                (self.tr("Open"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))),
            )

    @Slot(object, str)
    def _open_product(self, product_id: int, sku: str) -> None:
        self.products_wanted.emit(sku, np.array([product_id], np.int64))
        self._panes.window.raise_()
        self._panes.window.activateWindow()
