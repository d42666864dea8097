"""The queries of a scorecard that went wrong; their pictures arrive later."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QPixmap

from desktop_app.ui.product_text import count_text
from desktop_app.workers.measuring import WorstCase
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

translate = QCoreApplication.translate

Index = QModelIndex | QPersistentModelIndex

CASE = Qt.ItemDataRole.UserRole
PICTURES = Qt.ItemDataRole.UserRole + 1


class WorstQueriesModel(QAbstractListModel):
    """The worst first. CASE is the WorstCase, PICTURES three pairs of a content hash and a
    pixmap, None until it is here: searched with, found first, the right one."""

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._cases: tuple[WorstCase, ...] = ()
        self._rows: dict[str, set[int]] = {}
        thumbnails.loaded.connect(self._thumbnail_loaded)

    def set_cases(self, cases: Sequence[WorstCase]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self._cases = tuple(cases)
        self._rows = {}
        for row, case in enumerate(self._cases):
            for content_hash in _hashes(case):
                self._rows.setdefault(content_hash, set()).add(row)
        self.endResetModel()

    def case(self, row: int) -> WorstCase:
        """The case of a row."""
        return self._cases[row]

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        for row in self._rows.get(content_hash, ()):
            index = self.index(row)
            self.dataChanged.emit(index, index, [PICTURES])

    def _pictures(self, case: WorstCase) -> list[tuple[str, QPixmap | None]]:
        found = []
        for content_hash in _hashes(case):
            pixmap = self._thumbnails.pixmap(content_hash)
            if pixmap is None:
                self._thumbnails.request(content_hash)
            found.append((content_hash, pixmap))
        return found

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._cases)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        case = self._cases[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{searched_text(case)}. {rank_text(case)}"
            case _ if role == CASE:
                return case
            case _ if role == PICTURES:
                return self._pictures(case)
        return None


def searched_text(case: WorstCase) -> str:
    """What was searched for."""
    if case.right is None:
        return translate("WorstQueries", "A product that is no longer there")
    return " · ".join(part for part in (case.right.sku, case.right.title) if part)


def rank_text(case: WorstCase) -> str:
    """What came of it: ``Found first: … The right one came 14th.``"""
    if not case.query.first_product_id:
        return translate("WorstQueries", "Nothing was found.")
    first = (
        case.first.sku
        if case.first is not None
        else translate("WorstQueries", "a product no longer there")
    )
    if not case.query.right_rank:
        lost = translate("WorstQueries", "{0} came first; the right one was not found.")
        return lost.format(first)
    late = translate("WorstQueries", "{0} came first; the right one was number {1}.")
    return late.format(first, count_text(case.query.right_rank))


def _hashes(case: WorstCase) -> tuple[str, str, str]:
    first = case.first.thumbnail if case.first is not None else ""
    return case.thumbnail, first, case.right_thumbnail
