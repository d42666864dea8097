"""Held-out figures before and after, with their confidence intervals drawn beside them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.domain.learned_models import Comparison, Interval
from desktop_app.ui.learning.words import FIGURES, figure_name, figure_term, interval_text
from desktop_app.ui.theme import Space, Theme

Index = QModelIndex | QPersistentModelIndex

INTERVALS = Qt.ItemDataRole.UserRole
"""(before, after) as Intervals, in the last column."""
NAME, BEFORE, AFTER, DRAWN = range(4)
ROW = 34


@dataclass(frozen=True, slots=True)
class _Row:
    """One figure before and after; what is told of it by column, for a table asks many times."""

    intervals: tuple[Interval, Interval]
    texts: tuple[str, str, str, str]
    term: str

    @classmethod
    def of(cls, comparison: Comparison, name: str) -> _Row:
        before, after = intervals = _intervals(comparison, name)
        told = interval_text(before), interval_text(after)
        texts = (figure_name(name), *told, " → ".join(told))
        return cls(intervals, texts, figure_term(name))


class FiguresModel(QAbstractTableModel):
    """One row for each of FIGURES."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self.least = 0.0
        """Where the drawn axis begins; it ends at 1."""

    def set_comparison(self, comparison: Comparison | None, least: float) -> None:
        """Show this one; None for nothing."""
        self.beginResetModel()
        self._rows = [_Row.of(comparison, name) for name in FIGURES] if comparison else []
        self.least = least
        self.endResetModel()

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ("", self.tr("Before"), self.tr("After"), self.tr("95 % confidence"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == INTERVALS:
            return row.intervals if column == DRAWN else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.term}\n{row.texts[DRAWN]}"
        if role == Qt.ItemDataRole.DisplayRole and column != DRAWN:
            return row.texts[column]
        if role == Qt.ItemDataRole.AccessibleTextRole and column == DRAWN:
            return row.texts[DRAWN]
        return None


class FiguresTable(QTableView):
    """Shows a Comparison; as high as its rows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = FiguresModel(self)
        self.setModel(self.figures)
        self.setItemDelegate(_FiguresDelegate(theme, self))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Figures before and after"))
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (NAME, BEFORE, AFTER):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.figures.modelReset.connect(self._fit)
        theme.changed.connect(self.viewport().update)
        self._fit()

    def show_comparison(self, comparison: Comparison | None, *, least: float = 0.0) -> None:
        """Show this one, drawn from ``least`` to 1; None for nothing."""
        self.figures.set_comparison(comparison, least)

    @Slot()
    def _fit(self) -> None:
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + ROW * len(FIGURES) + 2)


class _FiguresDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, table: FiguresTable) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + Space.L, ROW)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == AFTER:
            option.font = self._theme.font(semibold=True)
        elif index.column() == BEFORE:
            muted = self._theme.colours.text_muted
            option.palette.setColor(QPalette.ColorRole.Text, muted)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        intervals = index.data(INTERVALS)
        if intervals is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        room = option.rect.adjusted(Space.L, 0, -Space.L, 0)
        middle = room.center().y() + 0.5
        painter.setPen(QPen(colours.hairline, 1))
        painter.drawLine(QPointF(room.left(), middle), QPointF(room.right(), middle))
        before, after = intervals
        self._paint_interval(painter, room, before, middle - 5, colours.control)
        self._paint_interval(painter, room, after, middle + 5, colours.accent)
        painter.restore()

    def _paint_interval(
        self, painter: QPainter, room: QRect, interval: Interval, y: float, ink: QColor
    ) -> None:
        """A dot at the value with its interval as a line."""
        least = self._table.figures.least

        def x(value: float) -> float:
            return room.left() + room.width() * (value - least) / max(1 - least, 1e-9)

        painter.setPen(QPen(ink, 2, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(x(interval.low), y), QPointF(x(interval.high), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x(interval.value), y), 4, 4)


def least_of(comparison: Comparison) -> float:
    """Where an axis may begin: below every interval, in steps of a tenth."""
    lows = [each.low for name in FIGURES for each in _intervals(comparison, name)]
    return max(0.0, int((min(lows) - 0.02) * 10) / 10)


def _intervals(comparison: Comparison, name: str) -> tuple[Interval, Interval]:
    before: Interval = getattr(comparison.before, name)
    after: Interval = getattr(comparison.after, name)
    return before, after
