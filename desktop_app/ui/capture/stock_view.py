"""The stock-take: pieces of each SKU counted since it began."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.capturing import StockLine
from desktop_app.ui.capture.log_words import stock_text
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.item_models.stock_model import LINE, StockModel
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.pane_actions import icon_button, make_action, worded_button
from desktop_app.ui.theme import Space, Theme

ROW = 28


class StockView(QWidget):
    """Shows lines; whoever owns it counts.

    Signals: ``start_wanted`` to count from zero; ``resume_wanted`` to take the last start back;
    ``product_wanted`` (product id) to show a product; ``export_wanted``.
    """

    start_wanted = Signal()
    resume_wanted = Signal()
    product_wanted = Signal(object)
    export_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel(self.tr("Stock-take"))
        title.setProperty("role", "title")
        self._title = title
        self._count = QLabel()
        self._count.setProperty("role", "meta")
        self.export_action = make_action(self, theme, self.tr("Export the count…"), icon="download")
        self.export_action.triggered.connect(self.export_wanted)
        self.start_button = worded_button(
            theme.icons.icon("rotate-ccw"), self.tr("Count from zero")
        )
        self.start_button.setProperty("variant", "quiet")
        self.start_button.setToolTip(
            self.tr("Begin a new stock-take; the captures stay in the log")
        )
        self.start_button.clicked.connect(self.start_wanted)
        self.notice = NoticeStrip(theme)
        self.lines = StockModel(self)
        self.table = _StockTable(self.lines, theme)
        self.table.opened.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        self._empty = EmptyState(
            theme,
            icon="boxes",
            title=self.tr("Nothing was counted yet"),
            text=self.tr(
                "With stock-take switched on, every product that is found counts as one piece."
            ),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        self._lay_out()
        self.set_lines((), "")

    def set_lines(self, lines: Sequence[StockLine], began_at: str) -> None:
        """Show these, counted since ``began_at`` ('': since the first capture)."""
        self.lines.set_lines(lines)
        self._stack.setCurrentWidget(self.table if lines else self._empty)
        self._count.setText(stock_text(lines, began_at))
        self.export_action.setEnabled(bool(lines))
        self.start_button.setEnabled(bool(lines))

    def tell_started(self) -> None:
        """A new stock-take began; offer the old one back."""
        self.notice.tell(
            self.tr("Counting from zero. The captures before are still in the log."),
            (self.tr("Undo"), self.resume_wanted.emit),
        )

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        head.setSpacing(Space.S)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.start_button)
        head.addWidget(icon_button(self.export_action))
        words = QHBoxLayout()
        words.setContentsMargins(Space.M, 0, Space.M, Space.S)
        words.addWidget(self._count, 1)
        row = QHBoxLayout()
        row.setContentsMargins(Space.S, 0, Space.S, Space.S)
        row.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(words)
        column.addLayout(row)
        column.addWidget(self._stack, 1)

    @Slot()
    def _open(self) -> None:
        index = self.table.currentIndex()
        line: StockLine | None = index.data(LINE) if index.isValid() else None
        if line is not None and line.product_id is not None:
            self.product_wanted.emit(line.product_id)


class _StockTable(QTableView):
    """Signals: ``opened`` by Enter."""

    opened = Signal()

    def __init__(self, lines: StockModel, theme: Theme) -> None:
        super().__init__()
        self.setModel(lines)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setProperty("surface", "pane")
        self.setAccessibleName(self.tr("Pieces counted of each SKU"))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(False)
        for column in range(lines.columnCount()):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        metrics = self.fontMetrics()
        self.setColumnWidth(0, metrics.horizontalAdvance("MMM-00000") + 2 * Space.M)
        self.setColumnWidth(2, metrics.horizontalAdvance(self.tr("Pieces")) + 2 * Space.L)
        theme.changed.connect(self.viewport().update)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        super().keyPressEvent(event)
