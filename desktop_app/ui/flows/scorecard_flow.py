"""The scorecard: measuring, what went wrong, and which categories are taken for which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from desktop_app.domain.categories import CategoryReport
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import IdArray
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.scorecards import Scorecard
from desktop_app.services.workspace import Workspace
from desktop_app.ui.confusion_dialog import ConfusionDialog
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.ui.scorecard_window import ScorecardWindow
from desktop_app.workers.measuring import MeasuredCard
from desktop_app.workers.session import Session

EvaluateList = Callable[[Path, CancelToken], Scorecard]
"""Measures a list of labelled pictures; takes minutes, called in a lane. Raises
UserFacingError."""


@dataclass(frozen=True, slots=True)
class Confused:
    """A cell of the matrix of categories; ``is_to_change`` asks for its products to get the
    category they were taken for."""

    actual: str
    taken_for: str
    is_to_change: bool = False


class ScorecardFlow(QObject):
    """Shows the scorecard window. ``evaluate_list`` is asked for lists of pictures.

    Signals: ``products_wanted`` when the list of products should come to the front,
    ``learning_wanted`` when the catalogue is to be learned.
    """

    products_wanted = Signal()
    learning_wanted = Signal()

    def __init__(
        self,
        session: Session,
        panes: Panes,
        browsing: BrowseFlow,
        searching: SearchFlow,
        *,
        evaluate_list: EvaluateList,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._browsing = browsing
        self._searching = searching
        self._evaluate_list = evaluate_list
        self._window: ScorecardWindow | None = None
        self._dialog: ConfusionDialog | None = None
        self._list_token: CancelToken | None = None
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)

    @property
    def window(self) -> ScorecardWindow | None:
        """The window, once it was opened."""
        return self._window

    @property
    def dialog(self) -> ConfusionDialog | None:
        """The matrix of categories, while it is open."""
        return self._dialog

    @Slot()
    def show(self) -> None:
        """Open the window, with what was measured last."""
        if self._window is None:
            self._window = ScorecardWindow(
                self._panes.theme, self._panes.thumbnails, parent=self._panes.window
            )
            self._window.measure_requested.connect(self._measure)
            self._window.list_requested.connect(self._measure_list)
            self._window.cancelled.connect(self._cancel)
            self._window.export_requested.connect(self._export)
            self._window.confusion_requested.connect(self._show_confusion)
            self._window.learning_requested.connect(self.learning_wanted)
            self._window.query_requested.connect(self._search_with)
            self._window.product_requested.connect(self.open_product)
        self._window.set_confusion_offered(self._has_report)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        measurer, browser = self._session.measurer, self._session.browser
        assert measurer is not None and browser is not None
        browser.products_of_read.connect(self._use_confused)
        if (keeper := self._session.keeper) is not None:
            keeper.learned.connect(self._show_learned)
            keeper.failed.connect(self._stop_learning)
        measurer.progressed.connect(self._show_progress)
        measurer.measured.connect(self._show_card)
        measurer.failed.connect(self._show_problem)
        measurer.stopped.connect(self._show_stopped)
        measurer.saved.connect(self._tell_saved)

    @Slot()
    def _detach(self) -> None:
        self._cancel_list()
        if self._dialog is not None:
            self._dialog.close()
        if self._window is not None:
            self._window.show_nothing()
            self._window.set_confusion_offered(False)

    # Measuring

    @Slot()
    def _measure(self) -> None:
        if (measurer := self._session.measurer) is not None:
            measurer.measure()
            self._show_progress(Progress(self.tr("Preparing"), 0))
        elif self._window is not None:
            self._window.show_problem(
                UserFacingError(
                    self.tr("No catalogue is open."),
                    remedy=self.tr("Open one, or measure a list of pictures."),
                )
            )

    @Slot(object)
    def _measure_list(self, path: Path) -> None:
        token = self._list_token = CancelToken()
        self._show_progress(Progress(self.tr("Measuring {0}").format(path.name), 0))
        self._session.run_aside(
            lambda _token: MeasuredCard(self._evaluate_list(path, token)),
            on_done=self._show_card,
            on_failed=self._show_problem,
            on_cancelled=self._show_stopped,
        )

    @Slot()
    def _cancel(self) -> None:
        self._cancel_list()
        if (measurer := self._session.measurer) is not None:
            measurer.cancel()

    def _cancel_list(self) -> None:
        if self._list_token is not None:
            self._list_token.cancel()
            self._list_token = None

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if self._window is not None:
            self._window.show_progress(progress)

    @Slot(object)
    def _show_card(self, card: MeasuredCard) -> None:
        if self._window is not None:
            self._window.show_card(card)
            self._window.set_confusion_offered(self._has_report)

    @Slot(object)
    def _show_problem(self, error: UserFacingError) -> None:
        if self._window is not None:
            self._window.show_problem(error)

    @Slot()
    def _show_stopped(self) -> None:
        if self._window is not None:
            self._window.stop_progress()

    @Slot(object)
    def _export(self, path: Path) -> None:
        measurer, window = self._session.measurer, self._window
        if measurer is not None and window is not None and window.card is not None:
            measurer.save(window.card, path)

    @Slot(str)
    def _tell_saved(self, name: str) -> None:
        self._panes.status.show_message(self.tr("Saved {0}").format(name))

    # What went wrong

    @Slot(object)
    def _search_with(self, content_id: int) -> None:
        self._searching.query_as_measured(content_id)
        self._panes.window.raise_()
        self._panes.window.activateWindow()

    @Slot(object)
    def open_product(self, product_id: int) -> None:
        """List just this product, with its fields beside it."""
        model = self._panes.results.model
        card = model.known_card(product_id)
        title = card.sku if card is not None else self.tr("Product")
        self._list_only(title, np.array([product_id], np.int64))
        self._panes.results.views.go_to(0)

    def _list_only(self, title: str, product_ids: IdArray) -> None:
        """List just these products, in front."""
        self.products_wanted.emit()
        self._browsing.show_only(title, product_ids)
        self._panes.window.raise_()
        self._panes.window.activateWindow()

    # Categories

    def _report(self) -> CategoryReport | None:
        workspace = self._session.workspace
        return workspace.categories.report if workspace is not None else None

    @property
    def _has_report(self) -> bool:
        workspace = self._session.workspace
        if workspace is None:
            return False
        return workspace.container_report is not None or self._report() is not None

    @Slot()
    def _show_confusion(self) -> None:
        self._open_confusion(self._window)

    @Slot()
    def show_categories(self) -> None:
        """Show which categories are taken for which, over the main window."""
        self._open_confusion(self._panes.window)

    def _open_confusion(self, parent: QWidget | None) -> None:
        workspace = self._session.workspace
        if workspace is None or not self._has_report:
            return
        dialog = ConfusionDialog(
            self._report(),
            self._panes.theme,
            parent,
            shipped=workspace.container_report,
        )
        dialog.cell_chosen.connect(self._list_confused)
        dialog.relabel_requested.connect(self._relabel_confused)
        dialog.learn_requested.connect(self._learn)
        dialog.destroyed.connect(self._forget_dialog)
        self._dialog = dialog
        dialog.show()

    @Slot()
    def _forget_dialog(self) -> None:
        self._dialog = None

    @Slot(str, str)
    def _list_confused(self, actual: str, taken_for: str) -> None:
        self._read_confused(Confused(actual, taken_for))

    @Slot(str, str)
    def _relabel_confused(self, actual: str, taken_for: str) -> None:
        self._read_confused(Confused(actual, taken_for, is_to_change=True))

    def _read_confused(self, cell: Confused) -> None:
        report, browser = self._report(), self._session.browser
        if report is not None and browser is not None:
            contents = report.contents_of(cell.actual, cell.taken_for)
            browser.read_products_of(contents, tag=cell)

    @Slot(object, object)
    def _use_confused(self, cell: object, product_ids: IdArray) -> None:
        """List the products of a cell, or give them the category they were taken for."""
        if not isinstance(cell, Confused):
            return
        report, keeper = self._report(), self._session.keeper
        if cell.is_to_change:
            if report is not None and keeper is not None and len(product_ids):
                keeper.update_fields(product_ids.tolist(), {report.column: cell.taken_for})
            return
        if cell.actual == cell.taken_for:
            title = self.tr("“{0}”, told right").format(cell.actual)
        else:
            title = self.tr("“{0}” taken for “{1}”").format(cell.actual, cell.taken_for)
        self._list_only(title, product_ids)

    @Slot()
    def _learn(self) -> None:
        if (keeper := self._session.keeper) is not None and self._dialog is not None:
            self._dialog.show_learning()
            keeper.learn_categories()

    @Slot(object)
    def _show_learned(self, report: CategoryReport | None) -> None:
        if self._dialog is not None:
            self._dialog.show_own(report)

    @Slot(object)
    def _stop_learning(self, _error: UserFacingError) -> None:
        if self._dialog is not None:
            self._dialog.show_failed()
