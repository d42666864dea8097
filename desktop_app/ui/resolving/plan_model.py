"""A plan as a list: a row for each group that is merged, then what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping
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

from desktop_app.domain.products import PictureState, Product, ProductCard
from desktop_app.domain.resolving import GroupPlan, LeftOut, ResolvePlan
from desktop_app.ui.resolving.plan_edits import PlanEdits, members
from desktop_app.workers.resolving import Proposal
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

SHOWN_MEMBERS = 6
CHECK = Qt.ItemDataRole.CheckStateRole


class PlanRole(IntEnum):
    """What a row is asked for beside the usual."""

    VIEW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A product of a row with its picture, None until that is loaded."""

    card: ProductCard
    picture: QPixmap | None


@dataclass(frozen=True, slots=True, eq=False)
class PlanView:
    """A row as it is painted: the kept product first, then those that go into it. ``group`` is
    None where they are left out, for ``reason``. ``total`` counts all products, of which the
    first few are here."""

    group: GroupPlan | None
    members: tuple[Member, ...]
    total: int
    reason: str = ""
    is_merged: bool = False
    is_chosen: bool = False


def card_of(product: Product) -> ProductCard:
    """What a row shows of a product."""
    fields, main = product.fields, product.pictures[0] if product.pictures else None
    return ProductCard(
        product.id,
        fields.sku,
        fields.title,
        picture_count=len(product.pictures),
        state=PictureState.PENDING if main is None else main.state,
        thumbnail="" if main is None else main.content_hash,
    )


class PlanModel(QAbstractListModel):
    """The groups of a proposal can be ticked off. Signals: ``skipped`` (place of the group, bool)
    by a person."""

    skipped = Signal(int, bool)

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._plan = ResolvePlan(())
        self._products: Mapping[int, Product] = {}
        self._edits = PlanEdits()
        self._rows_by_hash: dict[str, set[int]] = {}
        thumbnails.loaded.connect(self._thumbnail_loaded)

    def set_proposal(self, proposal: Proposal | None, edits: PlanEdits) -> None:
        """Show another plan, or none."""
        self.beginResetModel()
        self._plan = ResolvePlan(()) if proposal is None else proposal.plan
        self._products = {} if proposal is None else proposal.products
        self._edits = edits
        self._rows_by_hash.clear()
        self.endResetModel()

    def set_edits(self, edits: PlanEdits, row: int | None = None) -> None:
        """Of this same plan; only ``row`` changed by it, or all of them."""
        self._edits = edits
        first = 0 if row is None else row
        last = self.rowCount() - 1 if row is None else row
        if last >= 0:
            self.dataChanged.emit(self.index(first), self.index(last))

    def group(self, row: int) -> GroupPlan | None:
        """The group of a row as it was edited; None of what is left out."""
        if not 0 <= row < len(self._plan.groups):
            return None
        return self._edits.on_group(self._plan.groups[row])

    def left_out(self, row: int) -> LeftOut | None:
        """What is left out in a row; None of a group."""
        place = row - len(self._plan.groups)
        return self._plan.left_out[place] if 0 <= place < len(self._plan.left_out) else None

    def is_merged(self, row: int) -> bool:
        """Whether the group of a row is ticked."""
        group = self._plan.groups[row]
        return members(group) not in self._edits.skipped

    def _view(self, row: int) -> PlanView:
        group, left = self.group(row), self.left_out(row)
        if group is not None:
            ids: tuple[int, ...] = (group.keep_id, *group.drop_ids)
        else:
            ids = left.product_ids if left is not None else ()
        shown = tuple(
            self._member(self._products[product_id], row)
            for product_id in ids[:SHOWN_MEMBERS]
            if product_id in self._products
        )
        if group is None:
            return PlanView(None, shown, len(ids), left.reason if left is not None else "")
        key = members(group)
        return PlanView(
            group,
            shown,
            len(ids),
            is_merged=key not in self._edits.skipped,
            is_chosen=self._edits.kept.get(key) == group.keep_id,
        )

    def _member(self, product: Product, row: int) -> Member:
        card = card_of(product)
        pixmap = None
        if card.thumbnail:
            pixmap = self._thumbnails.pixmap(card.thumbnail)
            self._rows_by_hash.setdefault(card.thumbnail, set()).add(row)
            if pixmap is None:
                self._thumbnails.request(card.thumbnail)
        return Member(card, pixmap)

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        for row in self._rows_by_hash.get(content_hash, ()):
            index = self.index(row)
            self.dataChanged.emit(index, index, [PlanRole.VIEW])

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._plan.groups) + len(self._plan.left_out)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.row() < len(self._plan.groups):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = index.row()
        if role == PlanRole.VIEW:
            return self._view(row)
        if role == CHECK and row < len(self._plan.groups):
            return Qt.CheckState.Checked if self.is_merged(row) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != CHECK or index.row() >= len(self._plan.groups):
            return False
        self.skipped.emit(index.row(), Qt.CheckState(value) != Qt.CheckState.Checked)
        return True

    def _spoken(self, row: int) -> str:
        group, left = self.group(row), self.left_out(row)
        if group is not None:
            drops = ", ".join(self._sku(product_id) for product_id in group.drop_ids)
            return self.tr("{0} takes over {1}").format(self._sku(group.keep_id), drops)
        if left is None:
            return ""
        skus = ", ".join(self._sku(product_id) for product_id in left.product_ids)
        return f"{skus}: {left.reason}"

    def _sku(self, product_id: int) -> str:
        product = self._products.get(product_id)
        return product.fields.sku if product is not None else ""
