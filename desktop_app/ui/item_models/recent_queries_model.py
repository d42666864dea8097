"""Recent queries as a list model; their small pictures arrive later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QPixmap

from desktop_app.domain.search import RecentQuery
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex
QueryRole = Qt.ItemDataRole.UserRole
DetailRole = Qt.ItemDataRole.UserRole + 1


class RecentQueriesModel(QAbstractListModel):
    """Newest first. DisplayRole is the label, DetailRole when and how much was found,
    DecorationRole the thumbnail or None until it is decoded. Call :meth:`close` at the end.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queries: tuple[RecentQuery, ...] = ()
        self._rows: dict[str, int] = {}
        self._encoded: dict[str, bytes] = {}
        self._thumbnails = ThumbnailLoader(self._encoded.get, parent=self)
        self._thumbnails.loaded.connect(self._thumbnail_loaded)

    def set_queries(self, queries: Sequence[RecentQuery]) -> None:
        """Show these instead; thumbnails already decoded are kept."""
        if [_key(query) for query in queries] == list(self._rows):
            if queries:
                last = self.index(len(self._queries) - 1)
                self.dataChanged.emit(self.index(0), last, [DetailRole])
            return
        self.beginResetModel()
        self._queries = tuple(queries)
        self._rows = {_key(query): row for row, query in enumerate(self._queries)}
        self._encoded.clear()
        self._encoded.update((_key(query), query.thumbnail) for query in self._queries)
        self.endResetModel()

    def close(self) -> None:
        """Wait for the thumbnails at work."""
        self._thumbnails.close()

    @Slot(str)
    def _thumbnail_loaded(self, key: str) -> None:
        row = self._rows.get(key)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def _thumbnail(self, query: RecentQuery) -> QPixmap | None:
        key = _key(query)
        found = self._thumbnails.pixmap(key)
        if found is None:
            self._thumbnails.request(key)
        return found

    def _detail(self, query: RecentQuery) -> str:
        count = len(query.hits)
        found = self.tr("1 product") if count == 1 else self.tr("{} products").format(count)
        return " · ".join(part for part in (self._age(query.asked_at), found) if part)

    def _age(self, asked_at: str) -> str:
        try:
            asked = datetime.fromisoformat(asked_at)
        except ValueError:
            return ""
        if asked.tzinfo is None:
            asked = asked.replace(tzinfo=UTC)
        minutes = int((datetime.now(UTC) - asked).total_seconds() // 60)
        if minutes < 1:
            return self.tr("just now")
        if minutes < 60:
            return self.tr("{} min ago").format(minutes)
        if minutes < 24 * 60:
            return self.tr("{} h ago").format(minutes // 60)
        if minutes < 7 * 24 * 60:
            return self.tr("{} d ago").format(minutes // (24 * 60))
        return asked.astimezone().strftime("%x")

    # Qt overrides

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._queries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        query = self._queries[index.row()]
        found: object = None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                found = query.label
            case Qt.ItemDataRole.DecorationRole:
                found = self._thumbnail(query)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                found = f"{query.label}\n{self._detail(query)}"
            case _ if role == DetailRole:
                found = self._detail(query)
            case _ if role == QueryRole:
                found = query
        return found


def _key(query: RecentQuery) -> str:
    """Ids begin anew in every catalogue."""
    return f"{query.id} {query.asked_at}"
