"""The catalogue's tree: everything, categories, brands, saved filters, bookmarks, problems."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon

from desktop_app.domain.filters import Facet, ProductFilter, SavedFilter
from desktop_app.ui.product_text import count_text
from desktop_app.ui.scopes import (
    COLUMNS,
    Scope,
    ScopeContents,
    ScopeKind,
    filter_of,
    in_reading_order,
)
from desktop_app.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ScopeRole = Qt.ItemDataRole.UserRole
CountRole = Qt.ItemDataRole.UserRole + 1

_ICONS = {
    ScopeKind.ALL: "package",
    ScopeKind.BRANDS: "tag",
    ScopeKind.SAVED_FILTERS: "filter",
    ScopeKind.SAVE_CURRENT: "plus",
    ScopeKind.BOOKMARKS: "bookmark",
    ScopeKind.PROBLEMS: "triangle-alert",
}
_FIXED = (ScopeKind.ALL, ScopeKind.BOOKMARKS, ScopeKind.UNREADABLE, ScopeKind.OFFLINE)
_HOLDERS = frozenset({ScopeKind.BRANDS, ScopeKind.SAVED_FILTERS, ScopeKind.PROBLEMS})


@dataclass(slots=True, eq=False)
class _Node:
    """A line. ``label`` and ``count`` change; ``scope`` is what it is known by."""

    scope: Scope
    label: str
    count: int | None = None
    children: list[_Node] = field(default_factory=list)
    parent: _Node | None = None
    number: int = -1

    def shows_the_same_as(self, other: _Node) -> bool:
        return (self.label, self.count) == (other.label, other.count)


class ScopeTreeModel(QAbstractItemModel):
    """DisplayRole is the label, CountRole the number of products (or pictures, for problems)
    or None, ScopeRole the Scope.

    New contents are merged in line by line, so selection and expansion stay where they are.
    Signals: ``filter_named`` (SavedFilter, new name), ``current_named`` (name) after a person
    edited the label of a saved filter, or of the line that saves the current one.
    """

    filter_named = Signal(object, str)
    current_named = Signal(str)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[ScopeKind, QIcon] = {
            kind: theme.icons.icon(name, "warn" if kind is ScopeKind.PROBLEMS else "text_muted")
            for kind, name in _ICONS.items()
        }
        self._contents = ScopeContents()
        self._current = ProductFilter()
        self._read_only = False
        self._numbers = itertools.count()
        self._nodes: dict[int, _Node] = {}
        self._root = _Node(Scope(ScopeKind.ALL), "")
        self._merge()

    def set_contents(self, contents: ScopeContents) -> None:
        """Show these."""
        self._contents = contents
        self._merge()

    def set_current_filter(self, product_filter: ProductFilter) -> None:
        """The filter in use, which is offered to be saved unless a line means it already."""
        could_save = self._can_save_current()
        self._current = product_filter
        if self._can_save_current() != could_save:
            self._merge()

    def set_read_only(self, read_only: bool) -> None:
        """Offer no changes."""
        self._read_only = read_only
        self._merge()

    @property
    def contents(self) -> ScopeContents:
        return self._contents

    def index_of(self, scope: Scope) -> QModelIndex:
        """Where ``scope`` is; an invalid index where it is not."""
        for node in self._nodes.values():
            if node.scope == scope:
                return self._index(node)
        return QModelIndex()

    def scope_with_filter(self, product_filter: ProductFilter) -> Scope | None:
        """The line that means exactly this filter."""
        saved = self._contents.saved_filters
        candidates = [
            *(Scope(kind) for kind in _FIXED),
            *(Scope(ScopeKind.SAVED_FILTER, str(each.id)) for each in saved),
            *(
                Scope(kind, str(condition.values[0]))
                for condition in product_filter.conditions
                for kind, column in COLUMNS.items()
                if condition.column == column and len(condition.values) == 1
            ),
        ]
        for scope in candidates:
            if filter_of([scope], saved) == product_filter and self.index_of(scope).isValid():
                return scope
        return None

    def saved_filter(self, scope: Scope) -> SavedFilter | None:
        """The saved filter of this line."""
        if scope.kind is not ScopeKind.SAVED_FILTER:
            return None
        kept = {str(saved.id): saved for saved in self._contents.saved_filters}
        return kept.get(scope.key)

    # What the lines are

    def _wanted(self) -> Iterator[_Node]:
        contents = self._contents
        yield _Node(
            Scope(ScopeKind.ALL),
            self.tr("All products"),
            contents.products,
            self._facets(ScopeKind.CATEGORY, contents.categories, self.tr("No category")),
        )
        brands = self._facets(ScopeKind.BRAND, contents.brands, self.tr("No brand"))
        if any(node.scope.key for node in brands):
            yield _Node(Scope(ScopeKind.BRANDS), self.tr("Brands"), children=brands)
        saved = [
            _Node(Scope(ScopeKind.SAVED_FILTER, str(each.id)), each.name)
            for each in sorted(contents.saved_filters, key=lambda each: each.name.casefold())
        ]
        if self._can_save_current():
            saved.append(_Node(Scope(ScopeKind.SAVE_CURRENT), self.tr("Save this filter…")))
        if saved:
            holder = Scope(ScopeKind.SAVED_FILTERS)
            yield _Node(holder, self.tr("Saved filters"), children=saved)
        yield _Node(Scope(ScopeKind.BOOKMARKS), self.tr("Bookmarks"), contents.bookmarked)
        pictures = contents.pictures
        if pictures.failed or pictures.offline:
            problems = [
                _Node(Scope(kind), label, count)
                for kind, label, count in (
                    (ScopeKind.UNREADABLE, self.tr("Cannot be read"), pictures.failed),
                    (ScopeKind.OFFLINE, self.tr("File not found"), pictures.offline),
                )
                if count
            ]
            total = pictures.failed + pictures.offline
            yield _Node(Scope(ScopeKind.PROBLEMS), self.tr("Problems"), total, problems)

    def _facets(self, kind: ScopeKind, facets: Sequence[Facet], without: str) -> list[_Node]:
        nodes = [
            _Node(Scope(kind, facet.value), facet.value or without, facet.count)
            for facet in in_reading_order(facets)
        ]
        # A catalogue where nothing has a value has no such lines at all.
        return nodes if any(node.scope.key for node in nodes) else []

    def _can_save_current(self) -> bool:
        if self._read_only or self._current.is_empty:
            return False
        return self.scope_with_filter(self._current) is None

    # Merging

    def _merge(self) -> None:
        self._merge_children(self._root, list(self._wanted()))

    def _merge_children(self, parent: _Node, wanted: list[_Node]) -> None:
        scopes = {node.scope for node in wanted}
        at = QModelIndex() if parent is self._root else self._index(parent)
        for row in reversed(range(len(parent.children))):
            if parent.children[row].scope not in scopes:
                self.beginRemoveRows(at, row, row)
                self._forget(parent.children.pop(row))
                self.endRemoveRows()
        for row, node in enumerate(wanted):
            known = self._known(parent, row, node.scope)
            if known is None:
                self.beginInsertRows(at, row, row)
                parent.children.insert(row, node)
                self._adopt(node, parent)
                self.endInsertRows()
                continue
            if parent.children[row] is not known:
                old_row = parent.children.index(known)
                self.beginMoveRows(at, old_row, old_row, at, row)
                parent.children.insert(row, parent.children.pop(old_row))
                self.endMoveRows()
            if not known.shows_the_same_as(node):
                known.label, known.count = node.label, node.count
                index = self._index(known)
                self.dataChanged.emit(index, index, [Qt.ItemDataRole.DisplayRole, CountRole])
            self._merge_children(known, node.children)

    def _known(self, parent: _Node, row: int, scope: Scope) -> _Node | None:
        """The child with this scope at ``row``, where it mostly is, or after it."""
        children = parent.children
        return next(
            (children[i] for i in range(row, len(children)) if children[i].scope == scope), None
        )

    def _adopt(self, node: _Node, parent: _Node) -> None:
        node.parent = parent
        node.number = next(self._numbers)
        self._nodes[node.number] = node
        for child in node.children:
            self._adopt(child, node)

    def _forget(self, node: _Node) -> None:
        for child in node.children:
            self._forget(child)
        del self._nodes[node.number]

    def _index(self, node: _Node) -> QModelIndex:
        assert node.parent is not None
        return self.createIndex(node.parent.children.index(node), 0, node.number)

    def _node(self, index: Index) -> _Node:
        return self._nodes[index.internalId()] if index.isValid() else self._root

    # Qt overrides

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self._node(parent).children
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row].number)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        parent = self._node(index).parent
        if parent is None or parent is self._root:
            return QModelIndex()
        return self._index(parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._node(parent).children)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self._node(index)
        found: object = None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                found = node.label
            case Qt.ItemDataRole.EditRole:
                found = "" if node.scope.kind is ScopeKind.SAVE_CURRENT else node.label
            case Qt.ItemDataRole.DecorationRole:
                found = self._icons.get(node.scope.kind)
            case Qt.ItemDataRole.AccessibleTextRole:
                found = node.label
                if node.count is not None:
                    found = f"{node.label}, {count_text(node.count)}"
            case _ if role == CountRole:
                found = node.count
            case _ if role == ScopeRole:
                found = node.scope
        return found

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or not name:
            return False
        scope = self._node(index).scope
        saved = self.saved_filter(scope)
        if saved is not None and name != saved.name:
            self.filter_named.emit(saved, name)
            return True
        if scope.kind is ScopeKind.SAVE_CURRENT:
            self.current_named.emit(name)
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        kind = self._node(index).scope.kind
        flags = Qt.ItemFlag.ItemIsEnabled
        if kind not in _HOLDERS and kind is not ScopeKind.SAVE_CURRENT:
            flags |= Qt.ItemFlag.ItemIsSelectable
        if kind in (ScopeKind.SAVED_FILTER, ScopeKind.SAVE_CURRENT) and not self._read_only:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags
