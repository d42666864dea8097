"""The matrix of categories as a table: its cells are the darker the more often."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.domain.categories import CategoryReport
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import FontSize, Space, Theme
from desktop_app.ui.theme.tokens import contrast_ratio

Index = QModelIndex | QPersistentModelIndex

COUNT = Qt.ItemDataRole.UserRole
SHARE = Qt.ItemDataRole.UserRole + 1
IS_RIGHT = Qt.ItemDataRole.UserRole + 2
MAX_LABEL = 170
FIGURES = 3
CELL, ROW = 44, 32
FIGURE, FIGURE_GAINED = 64, 92


class ConfusionModel(QAbstractTableModel):
    """COUNT is the cell's pictures, SHARE its share of the row in [0, 1], IS_RIGHT whether the
    two categories are one. Figures of a report ``before`` stand beside those of the same label
    as what they gained."""

    def __init__(self, report: CategoryReport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.set_report(report)

    def set_report(self, report: CategoryReport, before: CategoryReport | None = None) -> None:
        """Show this one."""
        self.beginResetModel()
        self._labels = report.labels
        sums = np.maximum(report.matrix.sum(axis=1, keepdims=True), 1)
        self._counts: list[list[int]] = report.matrix.tolist()
        # Once: a matrix has many cells, each asked for much.
        self._texts = [[count_text(n) if n else "" for n in row] for row in self._counts]
        self._shares: list[list[float]] = (report.matrix / sums).tolist()
        self._totals: list[int] = report.matrix.sum(axis=1).tolist()
        self._figures = list(zip(report.precision, report.recall, report.f1, strict=True))
        self._before: dict[str, tuple[float, float, float]] = {}
        if before is not None:
            figures = zip(before.precision, before.recall, before.f1, strict=True)
            self._before = dict(zip(before.labels, figures, strict=True))
        self.endResetModel()

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._labels)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._labels) + FIGURES

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        is_figure = section >= len(self._labels)
        if role == Qt.ItemDataRole.DisplayRole and not is_figure:
            return self._labels[section]
        if orientation == Qt.Orientation.Vertical:
            return None
        headings = (
            (self.tr("precision"), self.tr("How many of those taken for it are it")),
            (self.tr("recall"), self.tr("How many of it were taken for it")),
            (self.tr("F1"), self.tr("The harmonic mean of precision and recall")),
        )
        if is_figure and role == Qt.ItemDataRole.DisplayRole:
            return headings[section - len(self._labels)][0]
        if is_figure and role == Qt.ItemDataRole.ToolTipRole:
            return headings[section - len(self._labels)][1]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if column >= len(self._labels):
            shown = self._figure(row, column - len(self._labels))
            return shown if role == Qt.ItemDataRole.DisplayRole else None
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._words(row, column)
        answers: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: self._texts[row][column],
            COUNT: self._counts[row][column],
            SHARE: self._shares[row][column],
            IS_RIGHT: row == column,
        }
        return answers.get(role)

    def _figure(self, row: int, place: int) -> str:
        value = self._figures[row][place]
        shown = f"{QLocale().toString(value * 100, 'f', 0)} %"
        before = self._before.get(self._labels[row])
        if before is None:
            return shown
        gained = round(value * 100) - round(before[place] * 100)
        return f"{shown} {gained:+}".replace("-", "−") if gained else f"{shown} ="

    def _words(self, row: int, column: int) -> str:
        count, total = self._counts[row][column], self._totals[row]
        if row == column:
            words = self.tr("{0} of {1} “{2}” were told right")
            return words.format(count_text(count), count_text(total), self._labels[row])
        words = self.tr("{0} of {1} “{2}” were taken for “{3}”")
        return words.format(
            count_text(count), count_text(total), self._labels[row], self._labels[column]
        )


class HeatDelegate(QStyledItemDelegate):
    """Right ones in the accent, mistakes in amber; the figure is always there too."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(table)
        self._theme = theme
        self._fonts = [theme.font(FontSize.META, semibold=is_right) for is_right in (False, True)]
        self._inks: dict[tuple[float, bool], tuple[QColor, QColor]] = {}
        theme.changed.connect(self._forget_inks)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        share = index.data(SHARE)
        colours = self._theme.colours
        painter.save()
        cell = option.rect.adjusted(1, 1, -1, -1)
        is_right = bool(index.data(IS_RIGHT))
        ink = colours.text
        if share is not None:
            ground, ink = self._colours_of(float(share), is_right=is_right)
            painter.fillRect(cell, ground)
        marked = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        if share is not None and option.state & marked:
            painter.setPen(colours.accent_text)
            painter.drawRect(cell.adjusted(0, 0, -1, -1))
        painter.setPen(ink)
        if text := str(index.data(Qt.ItemDataRole.DisplayRole) or ""):
            painter.setFont(self._fonts[is_right])
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    @Slot()
    def _forget_inks(self) -> None:
        self._inks.clear()

    def _colours_of(self, share: float, *, is_right: bool) -> tuple[QColor, QColor]:
        """Ground and ink of a cell."""
        if (known := self._inks.get((share, is_right))) is not None:
            return known
        colours = self._theme.colours
        heat = colours.accent if is_right else colours.warn
        ground = _mixed(colours.hover, heat, share**0.6)
        inks = (colours.text, colours.on_accent, colours.content)
        ink = max(inks, key=lambda each: contrast_ratio(each, ground))
        return self._inks.setdefault((share, is_right), (ground, ink))


class TiltedHeader(QHeaderView):
    """Column headings written upwards, so that narrow columns can have long names."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._theme = theme
        self._font = theme.font(FontSize.META, semibold=True)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font)
        model = self.model()
        widest = max(
            (
                metrics.horizontalAdvance(str(model.headerData(i, Qt.Orientation.Horizontal)))
                for i in range(model.columnCount())
            ),
            default=0,
        )
        hint = super().sizeHint()
        hint.setHeight(min(MAX_LABEL, widest) + 2 * Space.S)
        return hint

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        painter.setFont(self._font)
        painter.setPen(self._theme.colours.text_muted)
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        metrics = QFontMetrics(self._font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.height() - Space.S)
        painter.translate(rect.center().x() + metrics.ascent() // 2, rect.bottom() - Space.S)
        painter.rotate(-90)
        painter.drawText(0, 0, shown)
        painter.restore()


class ConfusionTable(QTableView):
    """The matrix of categories: rows are what pictures are of, columns what they were taken for;
    precision, recall and F1 of each category stand at the end of its row.

    Signals: ``cell_chosen`` (category the pictures are of, category they were taken for) of a
    cell with pictures.
    """

    cell_chosen = Signal(str, str)

    def __init__(self, report: CategoryReport, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self._matrix = ConfusionModel(report, self)
        self.setModel(self._matrix)
        self.setItemDelegate(HeatDelegate(theme, self))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Categories and what they were taken for"))
        self.activated.connect(self._activated)
        self.clicked.connect(self._activated)
        header = TiltedHeader(theme, self)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(28)
        header.setDefaultSectionSize(CELL)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        rows.setMaximumWidth(MAX_LABEL)
        theme.changed.connect(self.viewport().update)
        self._fit(is_gained=False)

    @property
    def report(self) -> CategoryReport:
        """What is on view."""
        return self._report

    def show_report(self, report: CategoryReport, before: CategoryReport | None = None) -> None:
        """Show this one, beside its figures what they gained over ``before``."""
        self._report = report
        self._matrix.set_report(report, before)
        self._fit(is_gained=before is not None)

    def _fit(self, *, is_gained: bool) -> None:
        for place in range(self._matrix.columnCount()):
            is_figure = place >= len(self._report.labels)
            figure = FIGURE_GAINED if is_gained else FIGURE
            self.setColumnWidth(place, figure if is_figure else CELL)

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        labels = self._report.labels
        if index.column() < len(labels) and index.data(COUNT):
            self.cell_chosen.emit(labels[index.row()], labels[index.column()])


def _mixed(ground: QColor, ink: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        ground.redF() + (ink.redF() - ground.redF()) * share,
        ground.greenF() + (ink.greenF() - ground.greenF()) * share,
        ground.blueF() + (ink.blueF() - ground.blueF()) * share,
    )
