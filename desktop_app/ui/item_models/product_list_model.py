"""The products of a listing or a search, for the grid and the table alike.

The model holds every id but only the cards lately looked at: :meth:`ProductListModel.data`
that misses a card asks for its page, and the page arrives later.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPixmap

from desktop_app.domain.evidence import HitEvidence
from desktop_app.domain.images import IdArray
from desktop_app.domain.products import CORE_COLUMNS, Column, FieldKind, ProductCard
from desktop_app.ui.field_editors import format_value
from desktop_app.ui.item_models.card_cache import CardCache
from desktop_app.ui.product_text import (
    accessible_text,
    column_label,
    confidence_text,
    count_text,
    picture_state_text,
    price_text,
)
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

PAGE_SIZE = 64
MAX_OUTSTANDING_PAGES = 2
MAX_WAITING_PAGES = 8

PICTURE = "picture"
MATCH = "match"
PICTURES = "pictures"
LISTED_CORE = ("sku", "title", "brand", "category", "price", "availability")

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What a row can be asked for besides text: its ProductCard (None until it arrives), the
    confidence (None in a listing), the rank by it (from 1), the product id, the HitEvidence
    (None where nothing is known of it), whether sliders moved the confidence."""

    CARD = Qt.ItemDataRole.UserRole + 1
    SCORE = Qt.ItemDataRole.UserRole + 2
    RANK = Qt.ItemDataRole.UserRole + 3
    ID = Qt.ItemDataRole.UserRole + 4
    EVIDENCE = Qt.ItemDataRole.UserRole + 5
    IS_STEERED = Qt.ItemDataRole.UserRole + 6


class ProductListModel(QAbstractTableModel):
    """Rows are products; columns are the picture, the match and the fields.

    ``page_requested`` (tuple of product ids): answer each with one :meth:`receive_cards`, also
    when it is empty. At most two pages are outstanding; the newest wish goes first.
    ``score_words`` says a score in words, a confidence unless it is replaced.
    """

    page_requested = Signal(object)

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.score_words: Callable[[float], str] = confidence_text
        self._ids: IdArray = np.empty(0, np.int64)
        self._scores: NDArray[np.float32] | None = None
        self._ranks: IdArray | None = None
        self._evidence: Mapping[int, HitEvidence] = {}
        self._is_steered = False
        self._by_id: tuple[IdArray, IdArray] | None = None
        # Rows of the pages asked for, which need no search among half a million ids.
        self._seen_rows: dict[int, int] = {}
        self._cards = CardCache()
        self._waiting: OrderedDict[int, None] = OrderedDict()
        self._outstanding: list[tuple[int, ...]] = []
        self._asked_thumbnails: set[str] = set()
        self._columns: list[Column] = []
        self._flush = QTimer(self)
        self._flush.setSingleShot(True)
        self._flush.setInterval(0)
        self._flush.timeout.connect(self._request_pages)
        self._answers: dict[int, Callable[[int, Column], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.DecorationRole: self._picture,
            Qt.ItemDataRole.TextAlignmentRole: lambda _row, column: _alignment(column),
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Role.CARD: lambda row, _column: self.card(row),
            Role.SCORE: lambda row, _column: self._score(row),
            Role.RANK: lambda row, _column: self._rank(row),
            Role.ID: lambda row, _column: self.id_at(row),
            Role.EVIDENCE: lambda row, _column: self._evidence.get(self.id_at(row)),
            Role.IS_STEERED: lambda _row, _column: self._is_steered,
        }
        thumbnails.loaded.connect(self._thumbnail_loaded)
        self.set_extra_columns(())

    # What is listed

    def set_products(
        self,
        product_ids: IdArray,
        scores: NDArray[np.float32] | None = None,
        evidence: Mapping[int, HitEvidence] | None = None,
        *,
        is_steered: bool = False,
        is_ranked: bool = False,
    ) -> None:
        """List these products (distinct ids). ``scores`` (aligned; NaN where a product has none)
        makes it a search result,
        ``evidence`` by product id says what speaks for each, and ``is_steered`` that sliders
        moved the scores. They rank the products, unless the order given does (``is_ranked``).

        Cards known already are kept, except by an empty list: what follows may be another
        catalogue with the same ids.
        """
        ids = np.ascontiguousarray(product_ids, dtype=np.int64)
        if not len(ids):
            self._cards = CardCache()
        same = np.array_equal(ids, self._ids)
        evidence = evidence or {}
        if (
            same
            and _same_scores(scores, self._scores)
            and (evidence, is_steered) == (self._evidence, self._is_steered)
        ):
            return
        self._evidence, self._is_steered = evidence, is_steered
        known = len(self._ids)
        goes_on = 0 < known < len(ids) and np.array_equal(ids[:known], self._ids)
        if goes_on:
            # Views stay where they are, which a reset would not let them.
            self.beginInsertRows(QModelIndex(), known, len(ids) - 1)
            self._ids = ids
            self._by_id = None
        elif not same:
            self.beginResetModel()
            self._ids = ids
            self._by_id = None
            self._seen_rows.clear()
            self._waiting.clear()
            self._outstanding.clear()
            self._cards.forget_gone()
        self._scores = None if scores is None else np.asarray(scores, dtype=np.float32)
        self._ranks = None
        if self._scores is not None:
            order = np.arange(len(ids)) if is_ranked else np.argsort(-self._scores, kind="stable")
            self._ranks = np.empty(len(ids), np.int64)
            self._ranks[order] = np.arange(1, len(ids) + 1)
        if goes_on:
            self.endInsertRows()
            self._rows_changed(0, known - 1)
        elif not same:
            self.endResetModel()
        elif len(ids):
            self._rows_changed(0, len(ids) - 1)

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns, shown after the core ones."""
        core = {column.name: column for column in CORE_COLUMNS}
        wanted = [
            Column(PICTURE, ""),
            Column(MATCH, self.tr("Match"), FieldKind.NUMBER),
            *(core[name] for name in LISTED_CORE),
            Column(PICTURES, self.tr("Pictures")),
            *columns,
        ]
        if wanted == self._columns:
            return
        self.beginResetModel()
        self._columns = wanted
        self.endResetModel()

    @property
    def product_ids(self) -> IdArray:
        """All listed ids, in order. Not to be written to."""
        return self._ids

    @property
    def has_scores(self) -> bool:
        return self._scores is not None

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(self._columns)

    def column_of(self, name: str) -> int:
        """The place of a column; raises ValueError for an unknown one."""
        return [column.name for column in self._columns].index(name)

    def id_at(self, row: int) -> int:
        return int(self._ids[row])

    def row_of(self, product_id: int) -> int:
        """The row of a product, -1 where it is not listed."""
        rows = self.rows_of([product_id])
        return int(rows[0]) if len(rows) else -1

    def rows_of(self, product_ids: Iterable[int]) -> IdArray:
        """The rows of those of these products that are listed, ascending."""
        ids = list(product_ids)
        seen = [self._seen_rows.get(product_id, -1) for product_id in ids]
        if -1 not in seen:
            return np.sort(np.array(seen, np.int64))
        return self._sought_rows(np.array(ids, np.int64))

    def _sought_rows(self, wanted: IdArray) -> IdArray:
        if not len(self._ids):
            return np.empty(0, np.int64)
        if self._by_id is None:
            order = np.argsort(self._ids)
            self._by_id = (self._ids[order], order)
        ids, rows = self._by_id
        places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        return np.sort(rows[places[ids[places] == wanted]])

    # Cards

    def card(self, row: int) -> ProductCard | None:
        """The card of a row; None, and asked for, while it is not here."""
        product_id = self.id_at(row)
        if self._cards.is_wanted(product_id):
            self._want_page(row // PAGE_SIZE)
        return self._cards.use(product_id)

    def known_card(self, product_id: int) -> ProductCard | None:
        """The card if it is here; asks for nothing."""
        return self._cards.peek(product_id)

    def receive_cards(self, cards: Sequence[ProductCard]) -> None:
        """The answer to ``page_requested``; ids left out are taken for removed products."""
        self._settle({card.id for card in cards})
        rows = self.rows_of(self._cards.store(cards))
        for run in np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1):
            if len(run):
                self._rows_changed(int(run[0]), int(run[-1]))
        if self._waiting:
            self._flush.start()

    def invalidate(self, product_ids: Iterable[int] | None = None) -> None:
        """Cards of these products (or all) changed in the catalogue. They stay on view until
        the new ones come, which are asked for as they are looked at."""
        rows = self.rows_of(self._cards.mark_stale(product_ids))
        if len(rows):
            self._rows_changed(int(rows[0]), int(rows[-1]))

    def keep_thumbnails(self, first: int, last: int) -> None:
        """Only rows ``first`` to ``last`` are in view; other thumbnails need not be fetched."""
        ids = self._ids[first : last + 1].tolist()
        in_view = {card.thumbnail for i in ids if (card := self._cards.peek(i)) is not None}
        self._thumbnails.cancel(self._asked_thumbnails - in_view)
        self._asked_thumbnails &= in_view

    def _settle(self, received: set[int]) -> None:
        """Find which request this answers."""
        for place, asked in enumerate(self._outstanding):
            if received.intersection(asked):
                self._cards.mark_gone(set(asked) - received)
                del self._outstanding[place]
                return
        if not received and self._outstanding:
            del self._outstanding[0]

    def _want_page(self, page: int) -> None:
        self._waiting[page] = None
        self._waiting.move_to_end(page)
        if not self._flush.isActive() and len(self._outstanding) < MAX_OUTSTANDING_PAGES:
            self._flush.start()

    @Slot()
    def _request_pages(self) -> None:
        under_way = {product_id for asked in self._outstanding for product_id in asked}
        while self._waiting and len(self._outstanding) < MAX_OUTSTANDING_PAGES:
            page, _ = self._waiting.popitem(last=True)
            first = page * PAGE_SIZE
            ids = self._ids[first : first + PAGE_SIZE].tolist()
            self._seen_rows.update(zip(ids, itertools.count(first), strict=False))
            asked = tuple(i for i in ids if i not in under_way and self._cards.is_wanted(i))
            if asked:
                self._outstanding.append(asked)
                under_way.update(asked)
                self.page_requested.emit(asked)
        # Pages scrolled past long ago are asked for again when they are looked at again.
        while len(self._waiting) > MAX_WAITING_PAGES:
            self._waiting.popitem(last=False)

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        for row in self.rows_of(self._cards.showing(content_hash)).tolist():
            index = self.index(row, 0)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def _rows_changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column_label(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        answer = self._answers.get(role)
        if answer is None or not index.isValid():
            return None
        return answer(index.row(), self._columns[index.column()])

    def _score(self, row: int) -> float | None:
        if self._scores is None or np.isnan(self._scores[row]):
            return None
        return float(self._scores[row])

    def _score_text(self, row: int) -> str:
        score = self._score(row)
        return "" if score is None else self.score_words(score)

    def _rank(self, row: int) -> int | None:
        return None if self._ranks is None else int(self._ranks[row])

    def _spoken(self, row: int, column: Column) -> str:
        if column.name != PICTURE:
            return self._text(row, column)
        card = self.card(row)
        if card is None:
            return ""
        return accessible_text(
            card,
            rank=self._rank(row),
            score=self._score_text(row),
            evidence=self._evidence.get(card.id),
        )

    def _picture(self, row: int, column: Column) -> QPixmap | None:
        card = self.card(row) if column.name == PICTURE else None
        if card is None or not card.thumbnail:
            return None
        pixmap = self._thumbnails.pixmap(card.thumbnail)
        if pixmap is None:
            self._asked_thumbnails.add(card.thumbnail)
            self._thumbnails.request(card.thumbnail)
        return pixmap

    def _text(self, row: int, column: Column) -> str:
        if column.name == PICTURE:
            return ""
        if column.name == MATCH:
            return self._score_text(row)
        card = self.card(row)
        if card is None:
            return ""
        if column.name == PICTURES:
            return f"{count_text(card.picture_count)} · {picture_state_text(card.state)}"
        if column.name == "price":
            return price_text(card)
        return format_value(card.value(column.name), column)


def _same_scores(first: NDArray[np.float32] | None, second: NDArray[np.float32] | None) -> bool:
    if first is None or second is None:
        return first is second
    return np.array_equal(first, second, equal_nan=True)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = (
        Qt.AlignmentFlag.AlignRight
        if column.kind is FieldKind.NUMBER
        else Qt.AlignmentFlag.AlignLeft
    )
    return side | Qt.AlignmentFlag.AlignVCenter
