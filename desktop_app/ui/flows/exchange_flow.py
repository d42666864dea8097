"""Reports on duplicates, and verdicts to and from others."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Progress
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.ui.duplicates.page import DuplicatesPage
from desktop_app.ui.flows.duplicates_flow import DuplicatesFlow
from desktop_app.ui.flows.edit_flow import reveal
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.product_text import count_text
from desktop_app.ui.resolving.report_dialog import ReportDialog
from desktop_app.ui.resolving.verdicts_dialog import VerdictsDialog
from desktop_app.workers.exchanging import ReportOrder, VerdictPreview
from desktop_app.workers.session import Session


class ExchangeFlow(QObject):
    """Joins what the page of duplicates offers to the session."""

    def __init__(
        self,
        session: Session,
        panes: Panes,
        page: DuplicatesPage,
        reviewing: DuplicatesFlow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._reviewing = reviewing
        self._report: ReportDialog | None = None
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        page.find_bar.report_wanted.connect(self.show_report)
        page.find_bar.export_wanted.connect(self.export_verdicts)
        page.find_bar.import_wanted.connect(self.import_verdicts)

    @property
    def report(self) -> ReportDialog | None:
        """The dialog of reports, once it was opened."""
        return self._report

    @Slot()
    def show_report(self) -> None:
        """Offer a report on what is on view."""
        board, threshold = self._reviewing.board, self._reviewing.threshold
        if board is None:
            return
        if self._report is None:
            self._report = ReportDialog(self._panes.theme, parent=self._panes.window)
            self._report.report_wanted.connect(self._write_report)
            self._report.stop_wanted.connect(self._stop_report)
            self._report.open_wanted.connect(self._open)
            self._report.reveal_wanted.connect(self._reveal)
        self._report.set_worth(threshold, board.count_at(threshold), board.precision_at(threshold))
        self._report.show()
        self._report.raise_()
        self._report.activateWindow()

    @Slot()
    def export_verdicts(self) -> None:
        """Let a person choose a file and write every verdict to it."""
        name, _kind = QFileDialog.getSaveFileName(
            self._panes.window,
            self.tr("Export verdicts"),
            "verdicts.json",
            self.tr("Verdicts (*.json)"),
        )
        if name and (exchanger := self._session.exchanger) is not None:
            exchanger.export_verdicts(Path(name))

    @Slot()
    def import_verdicts(self) -> None:
        """Let a person choose a file of verdicts and show what it would bring."""
        name, _kind = QFileDialog.getOpenFileName(
            self._panes.window, self.tr("Import verdicts"), "", self.tr("Verdicts (*.json)")
        )
        if name and (exchanger := self._session.exchanger) is not None:
            exchanger.read_verdicts(Path(name))

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        exchanger = self._session.exchanger
        assert exchanger is not None
        exchanger.verdicts_written.connect(self._tell_written)
        exchanger.verdicts_read.connect(self._preview)
        exchanger.verdicts_taken.connect(self._tell_taken)
        exchanger.failed.connect(self._panes.show_problem)
        exchanger.report_progressed.connect(self._show_progress)
        exchanger.report_written.connect(self._tell_report)
        exchanger.report_stopped.connect(self._tell_stopped)
        exchanger.report_failed.connect(self._tell_failed)

    @Slot()
    def _detach(self) -> None:
        if self._report is not None:
            self._report.close()
            self._report.deleteLater()
            self._report = None

    # Reports

    @Slot(object)
    def _write_report(self, order: ReportOrder) -> None:
        if (exchanger := self._session.exchanger) is not None:
            self._show_progress(Progress("", 0))
            exchanger.write_report(order, self._reviewing.board)

    @Slot()
    def _stop_report(self) -> None:
        if (exchanger := self._session.exchanger) is not None:
            exchanger.stop_report()

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if self._report is not None:
            self._report.show_progress(progress)

    @Slot(object)
    def _tell_report(self, path: Path) -> None:
        if self._report is not None:
            self._report.show_written(path)
        self._panes.status.show_message(self.tr("Saved {0}").format(path.name))

    @Slot()
    def _tell_stopped(self) -> None:
        if self._report is not None:
            self._report.show_stopped()

    @Slot(object)
    def _tell_failed(self, error: UserFacingError) -> None:
        if self._report is not None:
            self._report.show_problem(error)

    @Slot(object)
    def _open(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    @Slot(object)
    def _reveal(self, path: Path) -> None:
        reveal(str(path))

    # Verdicts

    @Slot(int, object)
    def _tell_written(self, count: int, path: Path) -> None:
        words = (
            self.tr("1 verdict saved in {1}")
            if count == 1
            else self.tr("{0} verdicts saved in {1}")
        )
        self._panes.status.show_message(words.format(count_text(count), path.name))

    @Slot(object)
    def _preview(self, preview: VerdictPreview) -> None:
        exchanger = self._session.exchanger
        if exchanger is None:
            return
        dialog = VerdictsDialog(preview, self._panes.window)
        dialog.confirmed.connect(exchanger.take_verdicts)
        self._session.closed.connect(dialog.reject)
        dialog.show()

    @Slot(object)
    def _tell_taken(self, changes: ChangeSet) -> None:
        if changes == ChangeSet():
            self._panes.status.show_message(self.tr("There was nothing to take over"))
