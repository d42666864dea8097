"""The rows of a comparison, narrowed down to some states; what is ticked is to be imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPixmap

from desktop_app.domain.catalogue_diff import DiffRow, DiffStatus
from desktop_app.domain.products import ProductCard
from desktop_app.services.catalogue_diff.selecting import PROPOSED
from desktop_app.ui.list_comparison.words import status_word
from desktop_app.workers.list_comparing import ComparedList
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

CHECK = Qt.ItemDataRole.CheckStateRole


class RowRole(IntEnum):
    """What a row is asked for beside the usual."""

    VIEW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True, eq=False)
class RowView:
    """A row as it is painted: the list's product with its picture, and the catalogue's."""

    row: DiffRow
    card: ProductCard | None
    list_picture: QPixmap | None
    list_key: str
    picture: QPixmap | None
    is_ticked: bool
    can_be_ticked: bool


class ComparisonModel(QAbstractListModel):
    """Signals: ``ticks_changed``."""

    ticks_changed = Signal()

    def __init__(
        self,
        thumbnails: ThumbnailLoader,
        list_pictures: ThumbnailLoader,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._list_pictures = list_pictures
        self._rows: tuple[DiffRow, ...] = ()
        self._cards: Mapping[int, ProductCard] = {}
        self._shown: list[int] = []
        self._statuses: Set[DiffStatus] = frozenset(DiffStatus)
        self._ticked: set[int] = set()
        self._row_of_place: dict[int, int] = {}
        self._waiting: dict[str, set[int]] = {}
        self._generation = 0
        thumbnails.loaded.connect(self._picture_loaded)
        list_pictures.loaded.connect(self._list_picture_loaded)

    def set_comparison(self, compared: ComparedList | None) -> None:
        """Show another comparison; what the catalogue lacks is ticked."""
        # Pictures of another list must not be taken for those of this one.
        self._generation += 1
        self._list_pictures.clear()
        self._rows = () if compared is None else compared.diff.rows
        self._cards = {} if compared is None else compared.cards
        self._ticked = {n for n, row in enumerate(self._rows) if row.status in PROPOSED}
        self._narrow()
        self.ticks_changed.emit()

    def set_statuses(self, statuses: Set[DiffStatus]) -> None:
        """Show rows with these states only."""
        self._statuses = statuses
        self._narrow()

    @property
    def ticked(self) -> frozenset[int]:
        """Places in the comparison, shown or not."""
        return frozenset(self._ticked)

    @property
    def ticked_statuses(self) -> list[DiffStatus]:
        return [self._rows[place].status for place in self._ticked]

    def tick_shown(self, is_ticked: bool) -> None:
        """Tick every row that is shown, or none of them."""
        places = [p for p in self._shown if self._rows[p].record is not None]
        if is_ticked:
            self._ticked.update(places)
        else:
            self._ticked.difference_update(places)
        self._tell_rows(range(len(self._shown)))
        self.ticks_changed.emit()

    def row_at(self, row: int) -> DiffRow:
        return self._rows[self._shown[row]]

    def list_thumbnail(self, key: str) -> bytes | None:
        """The encoded picture of the list for a key that came from here; from any thread."""
        rows, place = self._rows, _place(key)
        return rows[place].thumbnail or None if place < len(rows) else None

    def _narrow(self) -> None:
        self.beginResetModel()
        self._shown = [n for n, row in enumerate(self._rows) if row.status in self._statuses]
        self._row_of_place = {place: row for row, place in enumerate(self._shown)}
        self._waiting.clear()
        self.endResetModel()

    def _view(self, row: int) -> RowView:
        place = self._shown[row]
        found = self._rows[place]
        card = self._cards.get(found.product_id) if found.product_id is not None else None
        own, key = None, f"{self._generation}/{place}"
        if found.thumbnail:
            own = self._list_pictures.pixmap(key)
            if own is None:
                self._list_pictures.request(key)
        picture = None
        if card is not None and card.thumbnail:
            picture = self._thumbnails.pixmap(card.thumbnail)
            if picture is None:
                self._waiting.setdefault(card.thumbnail, set()).add(row)
                self._thumbnails.request(card.thumbnail)
        return RowView(
            found,
            card,
            own,
            key,
            picture,
            place in self._ticked,
            found.record is not None,
        )

    def _tell_rows(self, rows: Iterable[int]) -> None:
        found = list(rows)
        if found:
            self.dataChanged.emit(self.index(min(found)), self.index(max(found)))

    @Slot(str)
    def _picture_loaded(self, content_hash: str) -> None:
        for row in self._waiting.pop(content_hash, ()):
            self._tell_rows((row,))

    @Slot(str)
    def _list_picture_loaded(self, key: str) -> None:
        row = self._row_of_place.get(_place(key))
        if row is not None:
            self._tell_rows((row,))

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.row_at(index.row()).record is not None:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        place = self._shown[index.row()]
        if role == RowRole.VIEW:
            return self._view(index.row())
        if role == CHECK and self._rows[place].record is not None:
            is_ticked = place in self._ticked
            return Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._spoken(place)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != CHECK or self.row_at(index.row()).record is None:
            return False
        place = self._shown[index.row()]
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._ticked.add(place)
        else:
            self._ticked.discard(place)
        self._tell_rows((index.row(),))
        self.ticks_changed.emit()
        return True

    def _spoken(self, place: int) -> str:
        row = self._rows[place]
        card = self._cards.get(row.product_id) if row.product_id is not None else None
        sku = row.record.sku if row.record is not None else card.sku if card is not None else ""
        return f"{sku}, {status_word(row.status)}: {row.reason}"


def _place(key: str) -> int:
    """Of the row a picture belongs to."""
    return int(key.partition("/")[2])
