"""Importing: from a drop or a menu to a preview, to a written import and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.imports import ImportPlan, ImportReport, ImportRequest, IssueKind
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.import_dialog import ImportDialog
from desktop_app.ui.import_report import ImportReportDialog, import_summary
from desktop_app.workers.session import Session


class ImportFlow(QObject):
    """Shows every import before it is written, and says afterwards what it did.

    Signals: ``catalogue_wanted`` when something is to be imported and no catalogue is open; it
    goes on once one is.
    """

    catalogue_wanted = Signal()

    def __init__(self, session: Session, panes: Panes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._dialog: ImportDialog | None = None
        self._is_silent = False
        self._was_silent = False
        self._waiting: tuple[Path, ...] = ()
        session.opened.connect(self._attach)
        panes.catalogue.import_requested.connect(self.import_paths)
        panes.results.files_dropped.connect(self.import_paths)
        panes.results.folder_import_requested.connect(self.choose_folder)
        panes.results.table_import_requested.connect(self.choose_table)

    @Slot(object)
    def import_paths(self, paths: Sequence[Path]) -> None:
        """Preview an import of a folder, a table, a ZIP or pictures."""
        self._classify(paths)

    def import_without_asking(self, paths: Sequence[Path]) -> None:
        """Import as the preview would suggest; for the demo's own list."""
        self._is_silent = True
        self._classify(paths)

    @Slot()
    def choose_folder(self) -> None:
        """Let a person choose a folder to import."""
        window = self._panes.window
        if folder := QFileDialog.getExistingDirectory(window, self.tr("Import a folder")):
            self.import_paths((Path(folder),))

    @Slot()
    def choose_table(self) -> None:
        """Let a person choose a table or an archive to import."""
        path, _kind = QFileDialog.getOpenFileName(
            self._panes.window,
            self.tr("Import a table"),
            "",
            self.tr("Product lists (*.csv *.tsv *.txt *.xlsx *.xlsm *.zip)"),
        )
        if path:
            self.import_paths((Path(path),))

    @Slot()
    def rescan_all(self) -> None:
        """Read every remembered source again."""
        if (keeper := self._session.keeper) is not None:
            keeper.rescan_all()

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        keeper = self._session.keeper
        assert keeper is not None
        keeper.classified.connect(self._preview)
        keeper.planned.connect(self._show_plan)
        keeper.plan_failed.connect(self._plan_failed)
        keeper.imported.connect(self._show_report)
        waiting, self._waiting = self._waiting, ()
        if waiting:
            keeper.classify(waiting)

    def _classify(self, paths: Sequence[Path]) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.classify(tuple(paths))
        else:
            self._waiting = tuple(paths)
            self.catalogue_wanted.emit()

    @Slot(object)
    def _preview(self, request: ImportRequest) -> None:
        keeper = self._session.keeper
        if keeper is None:
            return
        if not self._is_silent:
            self._dialog = ImportDialog(request, self._panes.window)
            self._dialog.rules_changed.connect(keeper.plan_import)
            self._dialog.confirmed.connect(self._apply)
            self._dialog.finished.connect(self._dialog_closed)
            self._dialog.open()
        keeper.plan_import(request)

    @Slot(object)
    def _show_plan(self, plan: ImportPlan) -> None:
        if self._is_silent:
            self._is_silent, self._was_silent = False, True
            self._apply(plan)
        elif self._dialog is not None:
            self._dialog.set_plan(plan)

    @Slot(object)
    def _plan_failed(self, error: UserFacingError) -> None:
        self._is_silent = False
        if self._dialog is not None:
            self._dialog.show_problem(str(error))
        else:
            self._panes.show_problem(error)

    @Slot(object)
    def _apply(self, plan: ImportPlan) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.apply_import(plan)

    @Slot()
    def _dialog_closed(self) -> None:
        self._dialog = None

    @Slot(object)
    def _show_report(self, report: ImportReport) -> None:
        has_changed = replace(report, products_unchanged=0, pictures_unchanged=0) != ImportReport()
        if has_changed or not self._was_silent:
            self._panes.status.show_message(import_summary(self._panes.window, report))
        self._was_silent = False
        if any(issue.kind is not IssueKind.SKIPPED for issue in report.issues):
            dialog = ImportReportDialog(report, self._panes.window)
            dialog.export_requested.connect(self._export_issues)
            dialog.open()

    @Slot(object, str)
    def _export_issues(self, report: ImportReport, path: str) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.export_issues(report.issues, Path(path))
