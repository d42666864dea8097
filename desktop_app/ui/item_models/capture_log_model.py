"""The capture log as a model, a page at a time; pictures arrive later."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPixmap

from desktop_app.domain.capturing import CaptureRecord
from desktop_app.ui.capture.log_words import line_text, what_text
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

RECORD = Qt.ItemDataRole.UserRole
PICTURE_KEY = Qt.ItemDataRole.UserRole + 1


class CaptureLogModel(QAbstractTableModel):
    """The newest first. RECORD is the CaptureRecord, DecorationRole its picture or None until it
    is here, PICTURE_KEY names the picture.

    Signals: ``more_wanted`` (id of the oldest record that is here) when a view nears the end.
    Call :meth:`close` at the end.
    """

    more_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: list[CaptureRecord] = []
        self._rows: dict[int, int] = {}
        self._total = 0
        self._asked_before: int | None = None
        self._fetch: Callable[[int], bytes] | None = None
        self._thumbnails = ThumbnailLoader(self._picture_of, parent=self)
        self._thumbnails.loaded.connect(self._picture_loaded)

    def use_pictures(self, fetch: Callable[[int], bytes] | None) -> None:
        """Take pictures from here from now on, by record id; called in threads of a pool."""
        self._thumbnails.clear()
        self._fetch = fetch

    def set_records(self, records: Sequence[CaptureRecord], total: int) -> None:
        """Show these, the newest first, of ``total`` in the log."""
        self.beginResetModel()
        self._records = list(records)
        self._total = total
        self._asked_before = None
        self._count_rows()
        self.endResetModel()

    def add_older(self, records: Sequence[CaptureRecord]) -> None:
        """Show these below the others."""
        older = [record for record in records if record.id not in self._rows]
        if not older:
            self._total = len(self._records)
            return
        start = len(self._records)
        self.beginInsertRows(QModelIndex(), start, start + len(older) - 1)
        self._records += older
        self._count_rows()
        self.endInsertRows()

    def put(self, record: CaptureRecord) -> None:
        """Show a new record on top, or one that changed in its place."""
        row = self._rows.get(record.id)
        if row is not None:
            self._records[row] = record
            index = self.index(row, 0)
            self.dataChanged.emit(index, index)
            return
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._records.insert(0, record)
        self._total += 1
        self._count_rows()
        self.endInsertRows()

    def record(self, row: int) -> CaptureRecord:
        """The record of a row."""
        return self._records[row]

    def row_of(self, record_id: int) -> int | None:
        """Where a record is shown, None where it is not."""
        return self._rows.get(record_id)

    @property
    def total(self) -> int:
        """How many records the log has."""
        return self._total

    def close(self) -> None:
        """Wait for the pictures at work."""
        self._thumbnails.close()

    def _count_rows(self) -> None:
        self._rows = {record.id: row for row, record in enumerate(self._records)}

    def _picture_of(self, key: str) -> bytes | None:
        fetch = self._fetch
        return fetch(int(key)) if fetch is not None else None

    def _picture(self, record: CaptureRecord) -> QPixmap | None:
        key = str(record.id)
        found = self._thumbnails.pixmap(key)
        if found is None:
            self._thumbnails.request(key)
        return found

    @Slot(str)
    def _picture_loaded(self, key: str) -> None:
        row = self._rows.get(int(key))
        if row is not None:
            index = self.index(row, 0)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else 1

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self._records) < self._total

    def fetchMore(self, _parent: Index) -> None:
        if self._records and self._asked_before != self._records[-1].id:
            self._asked_before = self._records[-1].id
            self.more_wanted.emit(self._asked_before)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        record = self._records[index.row()]
        found: object = None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                found = what_text(record)
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                told = (what_text(record), line_text(record), record.barcode, record.source)
                found = "\n".join(part for part in told if part)
            case Qt.ItemDataRole.DecorationRole:
                found = self._picture(record)
            case _ if role == RECORD:
                found = record
            case _ if role == PICTURE_KEY:
                found = f"{record.id} {record.taken_at}"
        return found
