"""Which categories a learned version takes for which, on products it never saw."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.learned_models import CategoryTrial
from desktop_app.ui.confusion_table import ConfusionTable
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.learning.words import category_cell_text, told_right_text
from desktop_app.ui.pane_actions import mode_button
from desktop_app.ui.theme import Space, Theme


class CategoriesPane(QWidget):
    """Signals: ``products_wanted`` (title, product ids) of a cell, ``own_wanted`` for the matrix of
    the catalogue's own categories."""

    products_wanted = Signal(str, object)
    own_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: CategoryTrial | None = None
        self.table: ConfusionTable | None = None
        self.after = mode_button(
            theme.icons.icon("graduation-cap"), self.tr("After"), self.tr("As the version tells")
        )
        self.before = mode_button(
            theme.icons.icon("history"), self.tr("Before"), self.tr("As it was before learning")
        )
        self._sides = QButtonGroup(self)
        for button in (self.after, self.before):
            self._sides.addButton(button)
            button.clicked.connect(self._fill)
        self.after.setChecked(True)
        self.own = QPushButton(self.tr("Categories of the &catalogue…"))
        self.own.setToolTip(self.tr("How well the catalogue's own categories are told"))
        self.own.clicked.connect(self.own_wanted)
        self._headline = QLabel()
        self._headline.setProperty("role", "title")
        self._about = QLabel(
            self.tr(
                "Each picture of a product it never saw is taken for the category of the most "
                "alike picture of another product. Rows: what the pictures are of. Columns: what "
                "they were taken for. Click a figure to see its products."
            )
        )
        self._about.setWordWrap(True)
        self._about.setProperty("role", "meta")
        self._none = EmptyState(theme, icon="gauge", title="", text="")
        self._none.set_words(
            self.tr("No categories to tell apart"),
            self.tr(
                "The products that were held back are of one category or of none. Versions of "
                "before, and imported ones, were not tried on them."
            ),
        )
        self._place = QVBoxLayout()
        self._stack = QStackedWidget()
        self._lay_out()
        self.show_categories(None)

    @property
    def words(self) -> str:
        """How many are told right."""
        return self._headline.text()

    def show_categories(self, shown: CategoryTrial | None) -> None:
        """Show these; None where there are none."""
        self._shown = shown
        self._stack.setCurrentIndex(0 if shown is not None else 1)
        for button in (self.after, self.before):
            button.setEnabled(shown is not None)
        if self.isVisible():
            self._fill()

    @Slot()
    def _fill(self) -> None:
        if self._shown is None:
            return
        before, after = (self._shown.report(is_after=is_after) for is_after in (False, True))
        self._headline.setText(told_right_text(before.accuracy, after.accuracy))
        is_after = self.after.isChecked()
        report = after if is_after else before
        if self.table is None:
            self.table = ConfusionTable(report, self._theme)
            self.table.cell_chosen.connect(self._choose_cell)
            self._place.addWidget(self.table, 1)
        self.table.show_report(report, before if is_after else None)

    @Slot(str, str)
    def _choose_cell(self, actual: str, taken_for: str) -> None:
        if self._shown is not None:
            is_after = self.after.isChecked()
            ids = self._shown.products_of(actual, taken_for, is_after=is_after)
            self.products_wanted.emit(category_cell_text(actual, taken_for), ids)

    def _lay_out(self) -> None:
        modes = QHBoxLayout()
        modes.setSpacing(Space.XS)
        for button in (self.after, self.before):
            modes.addWidget(button)
        modes.addStretch(1)
        modes.addWidget(self.own)
        shown = QWidget()
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.setSpacing(Space.S)
        self._place.addWidget(self._headline)
        self._place.addWidget(self._about)
        shown.setLayout(self._place)
        self._stack.addWidget(shown)
        self._stack.addWidget(self._none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(modes)
        column.addWidget(self._stack, 1)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        # Not before: most results are looked at without it.
        self._fill()
        super().showEvent(event)
