"""Chooses a column, then what its values must be."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.filters import Condition, Facet
from desktop_app.domain.products import CORE_COLUMNS, Column
from desktop_app.ui.condition_editor import ConditionEditor
from desktop_app.ui.product_text import column_label
from desktop_app.ui.theme import Space, Theme

WIDTH, HEIGHT = 480, 340
COLUMN_LIST_WIDTH = 150
NOT_FILTERED = ("currency",)


class FilterPopup(QFrame):
    """A popup with the columns on the left and the editor of one on the right.

    Signals: ``applied`` (conditions being replaced, new conditions; both tuples, the new ones
    maybe empty), ``facets_requested`` (column name) answered by :meth:`set_facets`.
    """

    applied = Signal(object, object)
    facets_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.resize(WIDTH, HEIGHT)
        self._replaced: tuple[Condition, ...] = ()
        self._columns: list[Column] = []
        self._list = QListWidget()
        self._list.setFixedWidth(COLUMN_LIST_WIDTH)
        self._list.setAccessibleName(self.tr("Column to filter by"))
        self._list.currentRowChanged.connect(self._column_chosen)
        self._heading = QLabel()
        self._heading.setProperty("role", "title")
        self._editor = ConditionEditor(theme)
        self._editor.facets_requested.connect(self.facets_requested)
        self._editor.submitted.connect(self._apply)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        apply = QPushButton(self.tr("Apply"))
        apply.setProperty("variant", "primary")
        apply.setToolTip(self.tr("Apply the filter (Enter)"))
        apply.clicked.connect(self._apply)

        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(apply)
        right = QVBoxLayout()
        right.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        right.setSpacing(Space.S)
        right.addWidget(self._heading)
        right.addWidget(self._editor, 1)
        right.addLayout(buttons)
        line = QFrame()
        line.setProperty("role", "vertical-hairline")
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        row.addWidget(self._list)
        row.addWidget(line)
        row.addLayout(right, 1)
        self.set_extra_columns(())

    @property
    def editor(self) -> ConditionEditor:
        """What is being edited at the moment."""
        return self._editor

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns, offered after the core ones."""
        core = [column for column in CORE_COLUMNS if column.name not in NOT_FILTERED]
        self._columns = [*core, *columns]
        self._list.blockSignals(True)
        self._list.clear()
        for column in self._columns:
            QListWidgetItem(column_label(column), self._list)
        self._list.blockSignals(False)

    def set_facets(self, column: str, facets: Sequence[Facet]) -> None:
        """The values of a column, by falling count."""
        self._editor.set_facets(column, facets)

    def open_at(self, place: QPoint, conditions: tuple[Condition, ...] = ()) -> None:
        """Show the popup at a global position, for a new filter or to change ``conditions``,
        which are all of one column."""
        self._replaced = conditions
        name = conditions[0].column if conditions else "category"
        row = next((i for i, column in enumerate(self._columns) if column.name == name), 0)
        self._list.blockSignals(True)
        self._list.setCurrentRow(row)
        self._list.blockSignals(False)
        self._show_column(row, conditions)
        screen = self.screen().availableGeometry() if self.screen() else None
        if screen is not None and not screen.isEmpty():
            place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
            place.setY(max(screen.top(), min(place.y(), screen.bottom() - self.height())))
        self.move(place)
        self.show()
        self._editor.focus_first()

    @Slot(int)
    def _column_chosen(self, row: int) -> None:
        if row >= 0:
            self._show_column(row, ())

    def _show_column(self, row: int, conditions: tuple[Condition, ...]) -> None:
        column = self._columns[row]
        self._heading.setText(column_label(column))
        self._editor.edit(column, conditions)

    @Slot()
    def _apply(self) -> None:
        conditions = self._editor.conditions()
        if conditions is None:
            return
        self.close()
        self.applied.emit(self._replaced, conditions)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._apply()
            return
        super().keyPressEvent(event)
