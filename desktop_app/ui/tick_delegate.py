"""Rows with a tick of their own in a list: by mouse, by Space, in the style's looks."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.ui.row_ground import paint_row_ground
from desktop_app.ui.theme import Space, Theme

Index = QModelIndex | QPersistentModelIndex

TICK = 16
CHECK = Qt.ItemDataRole.CheckStateRole
_REACH = 6


class TickDelegate(QStyledItemDelegate):
    """Paints grounds and ticks; whoever inherits paints the rest. A row without a check state
    has no tick."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self.theme = theme
        self.view = view

    def tick_rect(self, row: QRect) -> QRect:
        """Where the tick of a row is."""
        return QRect(row.left() + Space.M, row.top() + Space.S + 1, TICK, TICK)

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Behind a row that is chosen or under the mouse."""
        paint_row_ground(painter, option, self.theme)

    def paint_tick(self, painter: QPainter, option: QStyleOptionViewItem, *, is_on: bool) -> None:
        """The tick of a row."""
        tick = QStyleOptionViewItem(option)
        tick.rect = self.tick_rect(option.rect)
        tick.state = QStyle.StateFlag.State_Enabled
        tick.state |= QStyle.StateFlag.State_On if is_on else QStyle.StateFlag.State_Off
        element = QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck
        self.view.style().drawPrimitive(element, tick, painter, self.view)

    # Qt

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        state = index.data(CHECK)
        if state is None:
            return False
        if isinstance(event, QMouseEvent):
            reach = self.tick_rect(option.rect).adjusted(-_REACH, -_REACH, _REACH, _REACH)
            is_release = event.type() == QEvent.Type.MouseButtonRelease
            is_meant = is_release and reach.contains(event.position().toPoint())
        else:
            is_meant = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if not is_meant:
            return False
        is_on = Qt.CheckState(state) == Qt.CheckState.Checked
        turned = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
        return model.setData(index, turned, CHECK)
