"""The catalogue's tree as it looks: quiet rows, counts at the right, one rounded selection."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QHoverEvent, QIcon, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from desktop_app.ui.item_models.scope_tree_model import CountRole, Index, ScopeRole, ScopeTreeModel
from desktop_app.ui.product_text import count_text
from desktop_app.ui.scopes import Scope, ScopeKind
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme

ROW_PX = 28
ICON_PX = 16
CHEVRON_PX = 12
INDENT_PX = 20


class ScopeTreeView(QTreeView):
    """Signals: ``scopes_chosen`` (list of Scope) when a person selects other lines,
    ``removal_wanted`` (Scope) when one presses Del on a saved filter.
    """

    scopes_chosen = Signal(object)
    removal_wanted = Signal(object)

    def __init__(self, theme: Theme, model: ScopeTreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scopes = model
        self._hovered = QPersistentModelIndex()
        self._told: list[Scope] = []
        self.setModel(model)
        self.setItemDelegate(_ScopeDelegate(self))
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(INDENT_PX)
        self.setUniformRowHeights(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setProperty("surface", "pane")
        self.setAccessibleName(self.tr("Parts of the catalogue"))
        self.clicked.connect(self._use)
        self.activated.connect(self._use)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        theme.changed.connect(self.viewport().update)

    def chosen_scopes(self) -> list[Scope]:
        """The selected lines, from top to bottom."""
        indexes = sorted(self.selectedIndexes(), key=lambda index: self.visualRect(index).top())
        return [index.data(ScopeRole) for index in indexes]

    def choose(self, scope: Scope) -> None:
        """Select one line, opening what holds it."""
        index = self._scopes.index_of(scope)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def edit_scope(self, scope: Scope) -> None:
        """Let a person type a name for this line."""
        index = self._scopes.index_of(scope)
        if index.isValid():
            self.setExpanded(index.parent(), True)
            self.scrollTo(index)
            self.edit(index)

    @Slot(QModelIndex)
    def _use(self, index: QModelIndex) -> None:
        scope = index.data(ScopeRole)
        if scope.kind is ScopeKind.SAVE_CURRENT:
            self.edit(index)
        elif not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            self.setExpanded(index, not self.isExpanded(index))

    @Slot()
    def _tell_selection(self) -> None:
        self.viewport().update()
        chosen = self.chosen_scopes()
        # Lines that only moved are still the same choice.
        if chosen != self._told:
            self._told = chosen
            self.scopes_chosen.emit(chosen)

    # Painting

    def _paint_label(self, painter: QPainter, rect: QRect, index: QModelIndex) -> None:
        colours = self._theme.colours
        scope: Scope = index.data(ScopeRole)
        chosen = self.selectionModel().isSelected(index)
        is_action = scope.kind is ScopeKind.SAVE_CURRENT
        left = rect.left()
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(icon, QIcon):
            place = QRect(left, rect.center().y() - ICON_PX // 2 + 1, ICON_PX, ICON_PX)
            icon.paint(painter, place)
            left += ICON_PX + Space.S
        right = rect.right() - Space.S
        count = index.data(CountRole)
        flags = Qt.AlignmentFlag.AlignVCenter
        if count is not None:
            painter.setFont(self._theme.font(FontSize.META))
            painter.setPen(colours.accent_text if chosen else colours.text_muted)
            words = count_text(count)
            painter.drawText(
                QRect(left, rect.y(), right - left, rect.height()),
                int(flags | Qt.AlignmentFlag.AlignRight),
                words,
            )
            right -= painter.fontMetrics().horizontalAdvance(words) + Space.S
        painter.setFont(self._theme.font())
        nameless = scope.kind in (ScopeKind.CATEGORY, ScopeKind.BRAND) and not scope.key
        muted = is_action or nameless
        painter.setPen(
            colours.accent_text if chosen else colours.text_muted if muted else colours.text
        )
        label = painter.fontMetrics().elidedText(
            index.data(), Qt.TextElideMode.ElideRight, right - left
        )
        painter.drawText(
            QRect(left, rect.y(), right - left, rect.height()),
            int(flags | Qt.AlignmentFlag.AlignLeft),
            label,
        )

    # Qt overrides

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = self._theme.colours
        plain = self._scopes.index(index.row(), 0, index.parent())
        option_rect: QRect = option.rect
        row = QRectF(0, option_rect.y(), self.viewport().width(), option_rect.height())
        row.adjust(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.selectionModel().isSelected(plain):
            painter.setBrush(colours.selected)
            painter.drawRoundedRect(row, RADIUS, RADIUS)
        elif self._hovered == plain:
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(row, RADIUS, RADIUS)
        if self.hasFocus() and self.currentIndex() == plain:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 1))
            painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        rect = self.visualRect(plain)
        if self._scopes.rowCount(plain):
            name = "chevron-down" if self.isExpanded(plain) else "chevron-right"
            pixmap = self._theme.icons.pixmap(
                name, CHEVRON_PX, colour="text_muted", device_ratio=self.devicePixelRatioF()
            )
            x = rect.left() - INDENT_PX + (INDENT_PX - CHEVRON_PX) // 2
            painter.drawPixmap(QPoint(x, rect.center().y() - CHEVRON_PX // 2 + 1), pixmap)
        self._paint_label(painter, rect, plain)
        painter.restore()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        for row in range(start, end + 1):
            index = self._scopes.index(row, 0, parent)
            scope: Scope = index.data(ScopeRole)
            # The line that saves the current filter would not be found in a closed holder.
            if scope.kind is ScopeKind.SAVED_FILTERS:
                self.expand(index)

    def selectionCommand(
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        # What only holds others, and the empty space below, leave the selection alone.
        if not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHoverEvent):
            leaves = event.type() == QEvent.Type.HoverLeave
            over = QModelIndex() if leaves else self.indexAt(event.position().toPoint())
            if self._hovered != over:
                self._hovered = QPersistentModelIndex(over)
                self.viewport().update()
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            scope = self.currentIndex().data(ScopeRole)
            if isinstance(scope, Scope) and scope.kind is ScopeKind.SAVED_FILTER:
                self.removal_wanted.emit(scope)
                return
        super().keyPressEvent(event)


class _ScopeDelegate(QStyledItemDelegate):
    """Gives rows their height; the view paints them."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW_PX)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(-Space.S, 0, -1, 0))
