"""One group as a table: its products side by side, a row for each field, the chosen marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.domain.products import Column, FieldValue, Product
from desktop_app.domain.resolving import FieldChoice, GroupPlan
from desktop_app.services.duplicates.keeping import field_values
from desktop_app.ui.field_editors import format_value
from desktop_app.ui.product_text import NO_VALUE, column_label, columns_by_name

Index = QModelIndex | QPersistentModelIndex


class FieldRole(IntEnum):
    """What a cell is asked for beside its text."""

    CHOSEN = Qt.ItemDataRole.UserRole + 1
    CAN_BE_CHOSEN = Qt.ItemDataRole.UserRole + 2
    IS_MARKED = Qt.ItemDataRole.UserRole + 3
    """Chosen, and worth telling: there was another value, or the kept product had none."""


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    choice: FieldChoice
    label: str
    texts: tuple[str, ...]
    origins: tuple[int | None, ...]


class FieldsModel(QAbstractTableModel):
    """Columns are products, the kept one first; rows fields that any of them has."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._products: tuple[Product, ...] = ()
        self._rows: list[_Row] = []

    def set_group(
        self,
        group: GroupPlan | None,
        products: Mapping[int, Product],
        columns: Sequence[Column],
        *,
        only_differences: bool = False,
    ) -> None:
        """Show this group, or nothing."""
        self.beginResetModel()
        self._products = ()
        self._rows = []
        if group is not None:
            ids = (group.keep_id, *group.drop_ids)
            self._products = tuple(products[i] for i in ids if i in products)
            known = columns_by_name(columns)
            for choice in group.fields:
                if not only_differences or choice.is_conflict or choice.origin != group.keep_id:
                    self._rows.append(self._row(choice, known))
        self.endResetModel()

    @property
    def products(self) -> tuple[Product, ...]:
        """Those of the columns."""
        return self._products

    def choice(self, index: Index) -> tuple[str, int] | None:
        """The field and the product whose value a cell stands for; None where it has none."""
        row = self._rows[index.row()]
        origin = row.origins[index.column()]
        return None if origin is None else (row.choice.column, origin)

    def _row(self, choice: FieldChoice, columns: Mapping[str, Column]) -> _Row:
        column = columns.get(choice.column, Column(choice.column, choice.column))
        texts, origins = [], []
        for product in self._products:
            value = field_values(product).get(choice.column)
            texts.append(format_value(value, column) or NO_VALUE)
            origins.append(None if value is None else _origin(choice, value))
        return _Row(choice, column_label(column), tuple(texts), tuple(origins))

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._products)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation == Qt.Orientation.Horizontal:
            sku = self._products[section].fields.sku
            return sku if role == Qt.ItemDataRole.DisplayRole else None
        row = self._rows[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"≠  {row.label}" if row.choice.is_conflict else row.label
        if role == Qt.ItemDataRole.ToolTipRole and row.choice.is_conflict:
            return self.tr("The products differ here")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.texts[column]
        has_value = row.origins[column] is not None
        is_chosen = has_value and row.origins[column] == row.choice.origin
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = self.tr("{0}, chosen") if is_chosen else "{0}"
            return f"{row.label}: {words.format(row.texts[column])}"
        is_filled = row.choice.origin != self._products[0].id
        marks: dict[int, bool] = {
            FieldRole.CHOSEN: is_chosen,
            FieldRole.IS_MARKED: is_chosen and (row.choice.is_conflict or is_filled),
            FieldRole.CAN_BE_CHOSEN: has_value and row.choice.is_conflict,
        }
        return marks.get(role)


def _origin(choice: FieldChoice, value: FieldValue) -> int | None:
    """The candidate with this value; spaces around a text make no other value."""
    for origin, candidate in choice.candidates:
        if _compared(candidate) == _compared(value):
            return origin
    return None


def _compared(value: FieldValue) -> FieldValue:
    return value.strip() if isinstance(value, str) else value
