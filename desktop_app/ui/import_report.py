"""What an import did, with every issue and its reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.imports import ImportReport
from desktop_app.ui.item_models.import_models import IssuesModel


class ImportReportDialog(QDialog):
    """Shows an ImportReport. Signals: ``export_requested`` (ImportReport, path)."""

    export_requested = Signal(object, str)

    def __init__(self, report: ImportReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self.setWindowTitle(self.tr("Import finished"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 480)
        heading = QLabel(import_summary(self, report))
        heading.setProperty("role", "title")
        heading.setWordWrap(True)
        model = IssuesModel((), self)
        model.set_issues(report.issues)
        view = QTableView()
        view.setModel(model)
        view.setAccessibleName(self.tr("Issues of the import"))
        view.verticalHeader().hide()
        view.setShowGrid(False)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.horizontalHeader().setStretchLastSection(True)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        view.resizeColumnsToContents()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        export = buttons.addButton(
            self.tr("Export issues…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        export.setAutoDefault(False)
        export.setEnabled(bool(report.issues))
        export.clicked.connect(self._export)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(view, 1)
        layout.addWidget(buttons)

    @Slot()
    def _export(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(
            self, self.tr("Export issues"), "import-issues.csv", self.tr("CSV files (*.csv)")
        )
        if path:
            self.export_requested.emit(self._report, path)


def import_summary(translator: QWidget, report: ImportReport) -> str:
    """One line that says what an import did, without the zeros."""
    tr = translator.tr
    counts = (
        (report.products_added, tr("{} product added"), tr("{} products added")),
        (report.products_updated, tr("{} updated"), tr("{} updated")),
        (report.products_unchanged, tr("{} unchanged"), tr("{} unchanged")),
        (report.pictures_added, tr("{} picture added"), tr("{} pictures added")),
        (report.pictures_replaced, tr("{} picture replaced"), tr("{} pictures replaced")),
        (report.pictures_moved, tr("{} picture moved"), tr("{} pictures moved")),
        (report.pictures_offline, tr("{} picture offline"), tr("{} pictures offline")),
        (len(report.issues), tr("{} issue"), tr("{} issues")),
    )
    said = [(one if count == 1 else many).format(count) for count, one, many in counts if count]
    return " · ".join(said) or tr("Nothing to import")
