"""The table in which a person chooses what the kept product says."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.ui.picture_tiles import device_ratio
from desktop_app.ui.resolving.fields_model import FieldRole, FieldsModel
from desktop_app.ui.theme import RADIUS, Space, Theme

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 30
LABEL_WIDTH = 116
COLUMN_WIDTH = 168
MARK = 14


class FieldsTable(QTableView):
    """A click or Enter takes a value. Signals: ``value_chosen`` (column name, product id)."""

    value_chosen = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = FieldsModel(self)
        self.setModel(self.fields)
        self.setItemDelegate(_ValueDelegate(theme, self))
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setAccessibleName(self.tr("Fields of the products; choose what is kept"))
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setFixedWidth(LABEL_WIDTH)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # No lines between the labels where there are none between the values.
        rows.setStyleSheet("QHeaderView::section { border: none; padding-left: 0; }")
        header = self.horizontalHeader()
        header.hide()
        header.setDefaultSectionSize(COLUMN_WIDTH)
        header.setMinimumSectionSize(COLUMN_WIDTH)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(self._choose)
        theme.changed.connect(self.viewport().update)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and index.data(FieldRole.CAN_BE_CHOSEN):
            chosen = self.fields.choice(index)
            if chosen is not None and not index.data(FieldRole.CHOSEN):
                self.value_chosen.emit(*chosen)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
            return
        super().keyPressEvent(event)


class _ValueDelegate(QStyledItemDelegate):
    """The chosen value in strong type with a tick; what can be chosen lights up."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._strong = theme.font(semibold=True)
        self._plain = theme.font()

    # Qt

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = self._theme.colours
        is_chosen = bool(index.data(FieldRole.CHOSEN))
        can_be_chosen = bool(index.data(FieldRole.CAN_BE_CHOSEN))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = option.rect.adjusted(2, 1, -2, -1)
        is_hot = option.state & QStyle.StateFlag.State_MouseOver and can_be_chosen
        ground = colours.selected if is_chosen and can_be_chosen else None
        if is_hot and not is_chosen:
            ground = colours.hover
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colours.accent)
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        words = cell.adjusted(Space.S, 0, -Space.XS, 0)
        if index.data(FieldRole.IS_MARKED):
            mark = self._theme.icons.pixmap(
                "check", MARK, colour="accent_text", device_ratio=device_ratio(painter)
            )
            painter.drawPixmap(QPoint(words.left(), words.center().y() - MARK // 2 + 1), mark)
        words.setLeft(words.left() + MARK + Space.XS)
        painter.setFont(self._strong if is_chosen and can_be_chosen else self._plain)
        painter.setPen(colours.text if is_chosen else colours.text_muted)
        self._text(painter, words, str(index.data()))
        painter.restore()

    @staticmethod
    def _text(painter: QPainter, place: QRect, text: str) -> None:
        line = " ".join(text.split())
        shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
