"""Hard pairs as rows; their pictures arrive later."""

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

from desktop_app.domain.products import ProductCard
from desktop_app.services.learning.looking import Riddle
from desktop_app.ui.duplicates.words import verdict_word
from desktop_app.ui.product_text import score_text
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

RIDDLE = Qt.ItemDataRole.UserRole
PICTURES = Qt.ItemDataRole.UserRole + 1


class RiddlesModel(QAbstractListModel):
    """The hardest first. RIDDLE is the Riddle, PICTURES two pairs of a content hash and a
    pixmap, None until it is here."""

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._riddles: tuple[Riddle, ...] = ()
        self._rows: dict[str, set[int]] = {}
        thumbnails.loaded.connect(self._thumbnail_loaded)

    def set_riddles(self, riddles: Sequence[Riddle]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self._riddles = tuple(riddles)
        self._rows = {}
        for row, riddle in enumerate(self._riddles):
            for content_hash in (riddle.hash_a, riddle.hash_b):
                self._rows.setdefault(content_hash, set()).add(row)
        self.endResetModel()

    def riddle(self, row: int) -> Riddle:
        """That of a row."""
        return self._riddles[row]

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        for row in self._rows.get(content_hash, ()):
            index = self.index(row)
            self.dataChanged.emit(index, index, [PICTURES])

    def _pictures(self, riddle: Riddle) -> list[tuple[str, QPixmap | None]]:
        found = []
        for content_hash in (riddle.hash_a, riddle.hash_b):
            pixmap = self._thumbnails.pixmap(content_hash) if content_hash else None
            if pixmap is None:
                self._thumbnails.request(content_hash)
            found.append((content_hash, pixmap))
        return found

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._riddles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        riddle = self._riddles[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                parts = (*product_lines(riddle), likeness_text(riddle), said_text(riddle))
                return ". ".join(parts)
            case _ if role == RIDDLE:
                return riddle
            case _ if role == PICTURES:
                return self._pictures(riddle)
        return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Learning", text)


def card_text(card: ProductCard | None) -> str:
    """SKU and title of a product."""
    if card is None:
        return _tr("a product that is no longer there")
    return " · ".join(part for part in (card.sku, card.title) if part)


def product_lines(riddle: Riddle) -> tuple[str, ...]:
    """Which product, or which two, the pictures are of."""
    if riddle.pair.product_a == riddle.pair.product_b:
        return (card_text(riddle.card_a),)
    return card_text(riddle.card_a), card_text(riddle.card_b)


def likeness_text(riddle: Riddle) -> str:
    """How alike the two look, after and before learning."""
    words = _tr("{0} alike, {1} before")
    pair = riddle.pair
    return words.format(score_text(pair.likeness), score_text(pair.likeness_before))


def said_text(riddle: Riddle) -> str:
    """What is known of the pair."""
    if riddle.verdict is not None:
        return _tr("You said: {0}").format(verdict_word(riddle.verdict).lower())
    if riddle.pair.is_same:
        return _tr("Two pictures of one product")
    return _tr("Two products")
