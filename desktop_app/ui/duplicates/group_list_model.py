"""Groups of likely duplicates as a list; cards and thumbnails arrive as they are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPixmap

from desktop_app.domain.duplicates import VERDICTS, DuplicateGroup, Verdict
from desktop_app.domain.products import ProductCard
from desktop_app.ui.duplicates.words import state_word
from desktop_app.ui.item_models.card_cache import CardCache
from desktop_app.ui.product_text import confidence_text
from desktop_app.workers.review_lists import STATES, GroupListing, GroupState, group_states
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

SHOWN_MEMBERS = 4
"""Pictures in a row; a group with more tells how many."""
PAGE = 96
"""Cards asked for at a time."""


class GroupRole(IntEnum):
    """VIEW gives a GroupView."""

    VIEW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True, eq=False)
class GroupView:
    """Everything a row shows. ``members`` are the first products with their card and
    thumbnail, None until they are here; ``verdict`` is the one on all its pairs, None where
    there are several or none."""

    group: DuplicateGroup
    state: GroupState
    verdict: Verdict | None
    members: tuple[tuple[ProductCard | None, QPixmap | None], ...]


class GroupListModel(QAbstractListModel):
    """Signals: ``cards_wanted`` (product ids), answered by :meth:`receive_cards`;
    ``decided_changed`` when :attr:`decided` did."""

    cards_wanted = Signal(object)
    decided_changed = Signal()

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._listing: GroupListing | None = None
        self._verdicts: NDArray[np.int8] = np.zeros(0, np.int8)
        self._states: NDArray[np.int8] = np.zeros(0, np.int8)
        self._decided = 0
        self._cards = CardCache()
        self._rows: dict[int, set[int]] = {}
        self._waiting: dict[int, None] = {}
        self._asked: set[int] = set()
        self._flush = QTimer(self)
        self._flush.setSingleShot(True)
        self._flush.setInterval(0)
        self._flush.timeout.connect(self._ask)
        thumbnails.loaded.connect(self._thumbnail_loaded)

    # What is listed

    @property
    def listing(self) -> GroupListing | None:
        """What was listed last; verdicts given since are in :meth:`verdict_of`."""
        return self._listing

    def set_listing(self, listing: GroupListing | None) -> None:
        """List these groups, None for none."""
        self.beginResetModel()
        self._listing = listing
        self._rows.clear()
        self._waiting.clear()
        self._cards.forget_gone()
        if listing is None:
            self._cards = CardCache()
            self._asked.clear()
            self._verdicts = self._states = np.zeros(0, np.int8)
            self._decided = 0
        else:
            self._verdicts = listing.board.pairs.verdicts.copy()
            self._states = listing.states.copy()
            self._decided = listing.decided
        self.endResetModel()

    @property
    def total(self) -> int:
        """All groups at the threshold, decided ones included."""
        return 0 if self._listing is None else self._listing.total

    @property
    def decided(self) -> int:
        """How many of them are decided by now."""
        return self._decided

    def group(self, row: int) -> DuplicateGroup:
        assert self._listing is not None
        return self._listing.group(row)

    def state(self, row: int) -> GroupState:
        return STATES[self._states[row]]

    def row_of_pair(self, pair_row: int) -> int:
        """The row of the group that holds a product pair, -1 where none listed does."""
        if self._listing is None or not 0 <= pair_row < len(self._listing.group_of_pair):
            return -1
        return int(self._listing.group_of_pair[pair_row])

    def next_row(self, after: int, *, step: int = 1) -> int:
        """The next row that is open, going round once; -1 where none is."""
        is_open = np.flatnonzero(self._states == STATES.index(GroupState.OPEN))
        if not len(is_open):
            return -1
        ahead = is_open[is_open > after] if step > 0 else is_open[is_open < after][::-1]
        return int(ahead[0] if len(ahead) else is_open[0 if step > 0 else -1])

    # Verdicts

    def verdict_of(self, pair_row: int) -> Verdict | None:
        """The verdict on a product pair, as far as it is known here."""
        place = int(self._verdicts[pair_row])
        return VERDICTS[place] if place >= 0 else None

    def set_verdict(self, pair_rows: Iterable[int], verdict: Verdict | None) -> None:
        """A verdict was given: rows stay where they are and tell it."""
        verdicts = self._verdicts.copy()
        verdicts[list(pair_rows)] = -1 if verdict is None else VERDICTS.index(verdict)
        self.take_verdicts(verdicts)

    def take_verdicts(self, verdicts: NDArray[np.int8]) -> None:
        """What is said of each product pair by now; of these same pairs."""
        changed = np.flatnonzero(verdicts != self._verdicts)
        self._verdicts = np.array(verdicts)
        if self._listing is None or not len(changed):
            return
        decided = STATES.index(GroupState.DECIDED)
        rows = set(self._listing.group_of_pair[changed].tolist())
        for row in sorted(rows - {-1}):
            before = int(self._states[row])
            pair_rows = np.array(self.group(row).pair_rows, np.int64)
            runs = np.array([0, len(pair_rows)])
            now = int(group_states(pair_rows, runs, self._verdicts)[0])
            self._states[row] = now
            self._decided += (now == decided) - (before == decided)
            index = self.index(row)
            self.dataChanged.emit(index, index)
        self.decided_changed.emit()

    # Cards

    def known_card(self, product_id: int) -> ProductCard | None:
        """The card if it is here; asks for nothing."""
        return self._cards.peek(product_id)

    def want(self, product_ids: Iterable[int]) -> None:
        """Ask for the cards of these that are not here."""
        for product_id in product_ids:
            if product_id not in self._asked and self._cards.is_wanted(product_id):
                self._waiting.pop(product_id, None)
                self._waiting[product_id] = None
        if self._waiting and not self._flush.isActive():
            self._flush.start()

    def receive_cards(self, cards: Sequence[ProductCard]) -> None:
        """The answer to ``cards_wanted``."""
        came = {card.id for card in cards}
        self._cards.mark_gone(self._asked - came)
        self._asked.clear()
        for product_id in self._cards.store(cards):
            self._tell_rows(product_id)
        if self._waiting:
            self._flush.start()

    def invalidate(self, product_ids: Iterable[int] | None = None) -> None:
        """Cards of these products, or of all, changed in the catalogue."""
        for product_id in self._cards.mark_stale(product_ids):
            self._tell_rows(product_id)

    @Slot()
    def _ask(self) -> None:
        if self._asked or not self._waiting:
            return
        # What was looked at last comes first; what was scrolled past long ago is let go.
        newest = list(self._waiting)[-PAGE:]
        self._waiting.clear()
        self._asked = set(newest)
        self.cards_wanted.emit(tuple(newest))

    def _tell_rows(self, product_id: int) -> None:
        for row in self._rows.get(product_id, ()):
            index = self.index(row)
            self.dataChanged.emit(index, index)

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        for product_id in self._cards.showing(content_hash):
            self._tell_rows(product_id)

    def _view(self, row: int) -> GroupView:
        group = self.group(row)
        shown = group.product_ids[:SHOWN_MEMBERS]
        self.want(shown)
        members = []
        for product_id in shown:
            self._rows.setdefault(product_id, set()).add(row)
            card = self._cards.use(product_id)
            pixmap = None
            if card is not None and card.thumbnail:
                pixmap = self._thumbnails.pixmap(card.thumbnail)
                if pixmap is None:
                    self._thumbnails.request(card.thumbnail)
            members.append((card, pixmap))
        said = {int(self._verdicts[each]) for each in group.pair_rows}
        only = said.pop() if len(said) == 1 else -1
        verdict = VERDICTS[only] if only >= 0 else None
        return GroupView(group, self.state(row), verdict, tuple(members))

    def _spoken(self, row: int) -> str:
        group = self.group(row)
        cards = [self._cards.peek(product_id) for product_id in group.product_ids]
        skus = ", ".join(card.sku for card in cards if card is not None)
        parts = (skus, confidence_text(group.strongest), state_word(self.state(row)))
        return ", ".join(part for part in parts if part)

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        if parent.isValid() or self._listing is None:
            return 0
        return len(self._listing)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == GroupRole.VIEW:
            return self._view(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index.row())
        return None
