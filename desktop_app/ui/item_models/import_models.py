"""Tables of an import: its records, its issues, and the head of a product list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.domain.imports import ImportIssue, ImportRecord, IssueKind

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Read-only rows of text under headers."""

    def __init__(self, headers: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headers = tuple(headers)
        self._rows: Sequence[Sequence[str]] = ()

    def set_rows(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._headers = tuple(headers)
        self._rows = rows
        self.endResetModel()

    def text(self, row: int, column: int) -> str:
        """The text of a cell; '' where the row is short."""
        cells = self._rows[row]
        return cells[column] if column < len(cells) else ""

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.text(index.row(), index.column())
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headers[section]
        return None


class RecordsModel(RowsModel):
    """The products an import would write; texts are made only for the rows in view."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self._records: Sequence[ImportRecord] = ()

    def set_records(self, records: Sequence[ImportRecord]) -> None:
        """Show the records of a plan."""
        headers = (
            self.tr("SKU"),
            self.tr("Title"),
            self.tr("Category"),
            self.tr("Pictures"),
            self.tr("Views"),
            self.tr("From"),
        )
        self._records = records
        self.set_rows(headers, ())

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._records)

    def text(self, row: int, column: int) -> str:
        record = self._records[row]
        if column == 3:
            return str(len(record.pictures))
        if column == 4:
            return ", ".join(picture.view for picture in record.pictures if picture.view)
        values = {
            0: record.sku,
            1: record.fields.get("title"),
            2: record.fields.get("category"),
            5: record.origin,
        }
        return str(values[column] or "")


class IssuesModel(RowsModel):
    """What an import left out, could not read, or took with a remark."""

    def set_issues(self, issues: Sequence[ImportIssue]) -> None:
        """Show the issues of a plan or a report."""
        words = {
            IssueKind.SKIPPED: self.tr("Left out"),
            IssueKind.FAILED: self.tr("Failed"),
            IssueKind.NOTE: self.tr("Note"),
        }
        headers = (self.tr("What"), self.tr("Where"), self.tr("Why"))
        self.set_rows(headers, [(words[i.kind], i.origin, i.reason) for i in issues])
