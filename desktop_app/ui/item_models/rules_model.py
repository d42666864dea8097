"""Ranking rules as an editable table; a rule without a value is a draft and not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktop_app.domain.products import Column
from desktop_app.domain.rules import RankingRule, RuleStrength
from desktop_app.ui.product_text import column_label, columns_by_name

translate = QCoreApplication.translate

Index = QModelIndex | QPersistentModelIndex

COLUMN, VALUE, STRENGTH = range(3)
EDIT = Qt.ItemDataRole.EditRole
CHECK = Qt.ItemDataRole.CheckStateRole


@dataclass(frozen=True, slots=True)
class _Draft:
    column: str
    value: str
    strength: RuleStrength = RuleStrength.CLEAR
    enabled: bool = True

    @property
    def rule(self) -> RankingRule | None:
        if not self.column.strip() or not self.value.strip():
            return None
        return RankingRule(self.column, self.value.strip(), self.strength, self.enabled)


class RulesModel(QAbstractTableModel):
    """Signals: ``rules_changed`` (tuple of RankingRule) after every edit that changes them."""

    rules_changed = Signal(object)

    def __init__(
        self,
        rules: Sequence[RankingRule],
        extra_columns: Sequence[Column] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns: Mapping[str, Column] = columns_by_name(extra_columns)
        self._drafts = [_Draft(r.column, r.value, r.strength, r.enabled) for r in rules]
        self._told = self.rules

    @property
    def rules(self) -> tuple[RankingRule, ...]:
        """The complete ones, in order."""
        made = (draft.rule for draft in self._drafts)
        return tuple(rule for rule in made if rule is not None)

    @property
    def column_names(self) -> tuple[str, ...]:
        """What a rule can be about."""
        return tuple(self._columns)

    def column_words(self, name: str) -> str:
        """The heading of a column, its name where the catalogue lacks it."""
        column = self._columns.get(name)
        return column_label(column) if column is not None else name

    def add(self, column: str, value: str = "") -> int:
        """Append a rule; the row it got."""
        row = len(self._drafts)
        self.beginInsertRows(QModelIndex(), row, row)
        self._drafts.append(_Draft(column, value))
        self.endInsertRows()
        self._tell()
        return row

    def remove(self, row: int) -> None:
        """Take a rule out."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._drafts[row]
        self.endRemoveRows()
        self._tell()

    def move(self, row: int, step: int) -> int:
        """Move a rule up (-1) or down (1); the row it has then."""
        target = row + step
        if not 0 <= target < len(self._drafts):
            return row
        above = target if step < 0 else target + 1
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), above)
        self._drafts.insert(target, self._drafts.pop(row))
        self.endMoveRows()
        self._tell()
        return target

    def _tell(self) -> None:
        if self.rules != self._told:
            self._told = self.rules
            self.rules_changed.emit(self._told)

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._drafts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Prefer where"), self.tr("is"), self.tr("how much"))[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        flags |= Qt.ItemFlag.ItemIsEditable
        if index.column() == COLUMN:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        draft, column = self._drafts[index.row()], index.column()
        if role == CHECK and column == COLUMN:
            return Qt.CheckState.Checked if draft.enabled else Qt.CheckState.Unchecked
        if role == EDIT:
            return (draft.column, draft.value, draft.strength.value)[column]
        if role == Qt.ItemDataRole.DisplayRole:
            shown = draft.value or self.tr("choose a value…")
            return (self.column_words(draft.column), shown, strength_text(draft.strength))[column]
        return None

    def setData(self, index: Index, value: object, role: int = EDIT) -> bool:
        draft = self._drafts[index.row()]
        if role == CHECK:
            changed = replace(draft, enabled=Qt.CheckState(value) == Qt.CheckState.Checked)
        elif role == EDIT and index.column() == COLUMN:
            changed = replace(draft, column=str(value))
        elif role == EDIT and index.column() == VALUE:
            changed = replace(draft, value=str(value).strip())
        elif role == EDIT:
            changed = replace(draft, strength=RuleStrength(str(value)))
        else:
            return False
        self._drafts[index.row()] = changed
        self.dataChanged.emit(index, index)
        self._tell()
        return True


def strength_text(strength: RuleStrength) -> str:
    """How much a rule counts, in a word."""
    return {
        RuleStrength.SLIGHT: translate("RankingRules", "slightly"),
        RuleStrength.CLEAR: translate("RankingRules", "clearly"),
        RuleStrength.STRONG: translate("RankingRules", "strongly"),
    }[strength]
