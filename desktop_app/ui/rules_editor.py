"""Which products a person prefers among equal matches, edited as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.products import Column
from desktop_app.domain.rules import RankingRule, RuleStrength
from desktop_app.ui.item_models.rules_model import (
    COLUMN,
    EDIT,
    STRENGTH,
    VALUE,
    RulesModel,
    strength_text,
)
from desktop_app.ui.theme import Space

Index = QModelIndex | QPersistentModelIndex

ROW = 32


class RulesEditor(QWidget):
    """Add, change, order and remove rules, all by keyboard: Insert adds, F2 edits, Space turns
    one on or off, Alt with an arrow moves, Delete removes.

    ``suggestions`` are known values by column. Signals: ``rules_changed`` (tuple of
    RankingRule).
    """

    rules_changed = Signal(object)

    def __init__(
        self,
        rules: Sequence[RankingRule],
        *,
        extra_columns: Sequence[Column] = (),
        suggestions: Mapping[str, Sequence[str]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._suggestions = dict(suggestions or {})
        self.model = RulesModel(rules, extra_columns, self)
        self.model.rules_changed.connect(self.rules_changed)
        about = QLabel(
            self.tr(
                "Among matches that are about as sure, these products come first. A rule never "
                "lifts what does not match above what does."
            )
        )
        about.setWordWrap(True)
        about.setProperty("role", "meta")
        self.table = self._make_table()
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for text, keys, slot in (
            (self.tr("Prefer &available"), "", self.add_available),
            (self.tr("Prefer a &brand"), "", self.add_brand),
            (self.tr("Prefer &other…"), "Ins", self.add_other),
        ):
            buttons.addWidget(self._button(text, keys, slot))
        buttons.addStretch(1)
        self._row_buttons = [
            self._icon_button(text, keys, slot)
            for text, keys, slot in (
                ("↑", "Alt+Up", self.move_up),
                ("↓", "Alt+Down", self.move_down),
                (self.tr("Remove"), "Del", self.remove),
            )
        ]
        for button, words in zip(
            self._row_buttons,
            (self.tr("Move up (Alt+↑)"), self.tr("Move down (Alt+↓)"), self.tr("Remove (Del)")),
            strict=True,
        ):
            button.setToolTip(words)
            button.setAccessibleName(words)
            buttons.addWidget(button)
        self.table.selectionModel().currentChanged.connect(self._fit_buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.L, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(about)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self._fit_buttons()

    @Slot()
    def add_available(self) -> None:
        """Prefer products that can be had; the value is the catalogue's most common one."""
        self._add("availability", self._first_of("availability"))

    @Slot()
    def add_brand(self) -> None:
        """Prefer a brand, to be chosen."""
        self._add("brand")

    @Slot()
    def add_other(self) -> None:
        """Prefer what has a value in some column, to be chosen."""
        self._add("category")

    @Slot()
    def remove(self) -> None:
        """Take the current rule out."""
        row = self._row
        if row >= 0:
            self.model.remove(row)
            self._go_to(min(row, self.model.rowCount() - 1), self.table.currentIndex().column())

    @Slot()
    def move_up(self) -> None:
        """Move the current rule up."""
        self._move(-1)

    @Slot()
    def move_down(self) -> None:
        """Move the current rule down."""
        self._move(1)

    @property
    def _row(self) -> int:
        return self.table.currentIndex().row()

    def _first_of(self, column: str) -> str:
        return next((value for value in self._suggestions.get(column, ()) if value), "")

    def _add(self, column: str, value: str = "") -> None:
        row = self.model.add(column, value)
        self._go_to(row, VALUE)
        self.table.setFocus()
        if not value:
            self.table.edit(self.model.index(row, VALUE))

    def _move(self, step: int) -> None:
        if self._row >= 0:
            self._go_to(self.model.move(self._row, step), self.table.currentIndex().column())

    def _go_to(self, row: int, column: int) -> None:
        if row >= 0:
            self.table.setCurrentIndex(self.model.index(row, max(0, column)))
        self._fit_buttons()

    @Slot()
    def _fit_buttons(self) -> None:
        row, count = self._row, self.model.rowCount()
        up, down, remove = self._row_buttons
        up.setEnabled(row > 0)
        down.setEnabled(0 <= row < count - 1)
        remove.setEnabled(row >= 0)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setItemDelegate(_RuleDelegate(self.model, self._suggestions, table))
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setAccessibleName(self.tr("Rules for the order of matches"))
        rows = table.verticalHeader()
        rows.setDefaultSectionSize(ROW)
        rows.hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return table

    def _button(self, text: str, keys: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        if keys:
            self._add_key(text, keys, slot)
            button.setToolTip(f"{text.replace('&', '')} ({keys})")
        return button

    def _icon_button(self, text: str, keys: str, slot: object) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.clicked.connect(slot)
        self._add_key(text, keys, slot)
        return button

    def _add_key(self, text: str, keys: str, slot: object) -> None:
        action = QAction(text, self.table)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.table.addAction(action)


class _RuleDelegate(QStyledItemDelegate):
    """Lists for column and strength; a field that suggests known values."""

    def __init__(
        self, model: RulesModel, suggestions: Mapping[str, Sequence[str]], table: QTableView
    ) -> None:
        super().__init__(table)
        self._rules = model
        self._suggestions = suggestions

    # Qt

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        if index.column() == VALUE:
            field = QLineEdit(parent)
            field.setFrame(False)
            about = index.sibling(index.row(), COLUMN).data(EDIT)
            known = [value for value in self._suggestions.get(str(about), ()) if value]
            completer = QCompleter(known, field)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            field.setCompleter(completer)
            return field
        choice = QComboBox(parent)
        if index.column() == STRENGTH:
            for strength in RuleStrength:
                choice.addItem(strength_text(strength), strength.value)
        else:
            for name in self._rules.column_names:
                choice.addItem(self._rules.column_words(name), name)
        return choice

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(EDIT))))
        elif isinstance(editor, QLineEdit):
            editor.setText(str(index.data(EDIT)))

    def setModelData(self, editor: QWidget, _model: object, index: Index) -> None:
        if isinstance(editor, QComboBox):
            self._rules.setData(index, editor.currentData())
        elif isinstance(editor, QLineEdit):
            self._rules.setData(index, editor.text())
