"""What two people said of one pair, as a table in which one of them is preferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktop_app.domain.duplicates import PairKey, StoredVerdict, VerdictConflict
from desktop_app.ui.duplicates.words import verdict_word
from desktop_app.ui.product_text import NO_VALUE

Index = QModelIndex | QPersistentModelIndex

USE, PRODUCTS, OWN, OWN_WHEN, OWN_BY, OTHER, OTHER_WHEN, OTHER_BY = range(8)
CHECK = Qt.ItemDataRole.CheckStateRole


class ConflictsModel(QAbstractTableModel):
    """A tick takes the other's word. Signals: ``chosen_changed``."""

    chosen_changed = Signal()

    def __init__(
        self,
        conflicts: Sequence[VerdictConflict],
        skus: Mapping[str, Sequence[str]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._conflicts = tuple(conflicts)
        self._skus = skus
        self._theirs: set[int] = set()

    @property
    def theirs(self) -> tuple[VerdictConflict, ...]:
        """Those in which the other's word counts."""
        return tuple(self._conflicts[row] for row in sorted(self._theirs))

    def take_all(self, theirs: bool) -> None:
        """Prefer the others, or what was said here, in all of them."""
        self._theirs = set(range(len(self._conflicts))) if theirs else set()
        last = self.index(len(self._conflicts) - 1, OTHER_BY)
        self.dataChanged.emit(self.index(0, USE), last)
        self.chosen_changed.emit()

    def _products(self, key: PairKey) -> str:
        if key.sku_a:
            return f"{key.sku_a} · {key.sku_b}"
        return " · ".join(
            ", ".join(self._skus.get(content_hash, ())) or self.tr("no product here")
            for content_hash in (key.hash_a, key.hash_b)
        )

    def _text(self, row: int, column: int) -> str:
        conflict = self._conflicts[row]
        if column == PRODUCTS:
            return self._products(conflict.own.key)
        said = conflict.own if column < OTHER else conflict.other
        if column in (OWN, OTHER):
            return verdict_word(said.verdict)
        if column in (OWN_WHEN, OTHER_WHEN):
            return _when(said)
        return said.decided_by or NO_VALUE

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._conflicts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 8

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        when, by = self.tr("When"), self.tr("By")
        own, other = self.tr("Yours"), self.tr("Theirs")
        return (self.tr("Theirs counts"), self.tr("Products"), own, when, by, other, when, by)[
            section
        ]

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.column() == USE:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == CHECK and column == USE:
            is_theirs = row in self._theirs
            return Qt.CheckState.Checked if is_theirs else Qt.CheckState.Unchecked
        if column != USE and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == USE:
            return self.tr("Theirs counts for {0}").format(self._text(row, PRODUCTS))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != CHECK or index.column() != USE:
            return False
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._theirs.add(index.row())
        else:
            self._theirs.discard(index.row())
        self.dataChanged.emit(index, index)
        self.chosen_changed.emit()
        return True


def _when(said: StoredVerdict) -> str:
    """In the user's time and form."""
    at = QDateTime.fromString(said.decided_at, Qt.DateFormat.ISODateWithMs)
    if not at.isValid():
        return said.decided_at or NO_VALUE
    return QLocale().toString(at.toLocalTime(), QLocale.FormatType.ShortFormat)
