"""Things shown as rows with some pictures each, which arrive later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QPixmap

from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

THING = Qt.ItemDataRole.UserRole
PICTURES = Qt.ItemDataRole.UserRole + 1

T = TypeVar("T")


class PictureRowsModel(QAbstractListModel, Generic[T]):
    """THING is what a row shows, PICTURES a pair of a content hash and a pixmap (None until it is
    here) for each of ``hashes`` of it, '' where there is no picture; ``words`` tell it to a
    screen reader."""

    def __init__(
        self,
        thumbnails: ThumbnailLoader,
        *,
        hashes: Callable[[T], Sequence[str]],
        words: Callable[[T], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._hashes, self._words = hashes, words
        self._things: tuple[T, ...] = ()
        self._rows: dict[str, set[int]] = {}
        thumbnails.loaded.connect(self._thumbnail_loaded)

    def set_things(self, things: Sequence[T]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self._things = tuple(things)
        self._rows = {}
        for row, thing in enumerate(self._things):
            for content_hash in self._hashes(thing):
                self._rows.setdefault(content_hash, set()).add(row)
        self.endResetModel()

    def thing(self, row: int) -> T:
        """That of a row."""
        return self._things[row]

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        for row in self._rows.get(content_hash, ()):
            index = self.index(row)
            self.dataChanged.emit(index, index, [PICTURES])

    def _pictures(self, thing: T) -> list[tuple[str, QPixmap | None]]:
        found = []
        for content_hash in self._hashes(thing):
            pixmap = self._thumbnails.pixmap(content_hash) if content_hash else None
            if pixmap is None and content_hash:
                self._thumbnails.request(content_hash)
            found.append((content_hash, pixmap))
        return found

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._things)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        thing = self._things[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._words(thing)
            case _ if role == THING:
                return thing
            case _ if role == PICTURES:
                return self._pictures(thing)
        return None
