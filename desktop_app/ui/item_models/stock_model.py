"""A stock-take as a table: SKU, title, pieces."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from desktop_app.domain.capturing import StockLine

Index = QModelIndex | QPersistentModelIndex

LINE = Qt.ItemDataRole.UserRole
SKU, TITLE, PIECES = range(3)

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StockModel(QAbstractTableModel):
    """LINE is the StockLine of a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[StockLine, ...] = ()

    def set_lines(self, lines: Sequence[StockLine]) -> None:
        """Show these. Where only figures changed, what is chosen stays chosen."""
        new = tuple(lines)
        if [line.sku for line in new] == [line.sku for line in self._lines]:
            self._lines = new
            if new:
                last = self.index(len(new) - 1, PIECES)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._lines = new
        self.endResetModel()

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == PIECES:
            return _RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            QCoreApplication.translate("Stock", "SKU"),
            QCoreApplication.translate("Stock", "Title"),
            QCoreApplication.translate("Stock", "Pieces"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == PIECES:
            return _RIGHT
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return (line.sku, line.title, QLocale().toString(line.pieces))[index.column()]
        return None
