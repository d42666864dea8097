"""The figures of a scorecard as a table with bars."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desktop_app.ui.item_models.score_table_model import IS_BEST, VALUE, ScoreTableModel
from desktop_app.ui.theme import Space, Theme

Index = QModelIndex | QPersistentModelIndex

SCORE_ROW = 32
BAR = 3


def score_table(model: ScoreTableModel, theme: Theme) -> QTableView:
    """A table of rankings, to be looked at only."""
    table = QTableView()
    table.setModel(model)
    table.setItemDelegate(_ShareDelegate(theme, table))
    table.setShowGrid(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setAccessibleName(table.tr("Figures of each ranking"))
    rows = table.verticalHeader()
    rows.setDefaultSectionSize(SCORE_ROW)
    rows.setMinimumSectionSize(SCORE_ROW)
    rows.hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    header.setHighlightSections(False)
    return table


class _ShareDelegate(QStyledItemDelegate):
    """A figure over a thin bar as long as it is large; the best of a column in strong type."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(table)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(IS_BEST):
            option.font = self._theme.font(semibold=True)
            option.palette.setColor(QPalette.ColorRole.Text, self._theme.colours.text)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        value = index.data(VALUE)
        if value is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        room = option.rect.adjusted(Space.L, 0, -Space.S, 0)
        track = QRect(room.left(), room.bottom() - BAR - 1, room.width(), BAR)
        painter.setBrush(self._theme.colours.pressed)
        painter.drawRoundedRect(track, 1, 1)
        track.setWidth(round(track.width() * value))
        painter.setBrush(self._theme.colours.accent)
        painter.drawRoundedRect(track, 1, 1)
        painter.restore()
