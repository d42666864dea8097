"""How plans are made: keep rules in order, pictures, and folders whose products stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.resolving import KeepRule, PictureRule
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.resolving.words import picture_rule_word, rule_meaning, rule_word
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.resolving import PlanOptions

RULE_HEIGHT = 28
FOLDERS_HEIGHT = 84
RULE = Qt.ItemDataRole.UserRole

AskForFolder = Callable[[QWidget], Path | None]
ORDERED = tuple(rule for rule in KeepRule if rule is not KeepRule.PROTECTED)


def ask_for_folder(parent: QWidget) -> Path | None:
    """Let a person choose a folder."""
    name = QFileDialog.getExistingDirectory(parent, parent.tr("Folder whose products stay"))
    return Path(name) if name else None


class RulesPanel(QWidget):
    """Signals: ``changed`` (PlanOptions) by a person."""

    changed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        *,
        ask_for_folder: AskForFolder = ask_for_folder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ask_for_folder = ask_for_folder
        self._told = PlanOptions()
        self._rules = self._make_rules()
        self._pictures = QComboBox()
        self._pictures.setAccessibleName(self.tr("Pictures the kept product takes over"))
        for rule in PictureRule:
            self._pictures.addItem(picture_rule_word(rule), rule)
        self._pictures.activated.connect(self._tell)
        self._folders = QListWidget()
        self._folders.setFixedHeight(FOLDERS_HEIGHT)
        self._folders.setIconSize(QSize(14, 14))
        self._folders.setAccessibleName(self.tr("Folders whose products are never dropped"))
        self._folders.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self._folders.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        self.set_options(PlanOptions())

    @property
    def options(self) -> PlanOptions:
        """As they are shown."""
        rules = [
            KeepRule(item.data(RULE))
            for item in map(self._rules.item, range(self._rules.count()))
            if item.checkState() == Qt.CheckState.Checked
        ]
        return PlanOptions(
            tuple(rules),
            PictureRule(self._pictures.currentData()),
            tuple(Path(self._folders.item(n).text()) for n in range(self._folders.count())),
        )

    def set_options(self, options: PlanOptions) -> None:
        """Show these; nothing is emitted. Rules that are off come last."""
        blocked = self._rules.blockSignals(True)
        self._rules.clear()
        off = (rule for rule in ORDERED if rule not in options.rules)
        for rule in (*options.rules, *off):
            item = QListWidgetItem(rule_word(rule))
            item.setData(RULE, rule.value)
            item.setToolTip(rule_meaning(rule))
            item.setSizeHint(QSize(0, RULE_HEIGHT))
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            is_on = rule in options.rules
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
            self._rules.addItem(item)
        self._rules.blockSignals(blocked)
        self._pictures.setCurrentIndex(self._pictures.findData(options.pictures))
        self._folders.clear()
        for folder in options.protected:
            self._add_folder(folder)
        self._told = self.options

    @Slot()
    def move_up(self) -> None:
        """Let the current rule count for more."""
        self._move(-1)

    @Slot()
    def move_down(self) -> None:
        """Let the current rule count for less."""
        self._move(1)

    def _move(self, step: int) -> None:
        row = self._rules.currentRow()
        if row < 0 or not 0 <= row + step < self._rules.count():
            return
        item = self._rules.takeItem(row)
        self._rules.insertItem(row + step, item)
        self._rules.setCurrentRow(row + step)
        self._tell()

    def _make_rules(self) -> QListWidget:
        rules = QListWidget()
        rules.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        rules.setDefaultDropAction(Qt.DropAction.MoveAction)
        rules.setFixedHeight(RULE_HEIGHT * len(ORDERED) + 8)
        rules.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rules.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rules.setAccessibleName(self.tr("Keep rules, the first that tells decides"))
        rules.itemChanged.connect(self._tell)
        rules.model().rowsMoved.connect(self._tell)
        return rules

    def _lay_out(self) -> None:
        theme = self._theme
        up = make_action(
            self, theme, self.tr("Move the rule up"), icon="arrow-up", shortcut="Alt+Up"
        )
        up.triggered.connect(self.move_up)
        down = make_action(
            self, theme, self.tr("Move the rule down"), icon="arrow-down", shortcut="Alt+Down"
        )
        down.triggered.connect(self.move_down)
        add = make_action(self, theme, self.tr("Add a folder…"), icon="plus")
        add.triggered.connect(self._choose_folder)
        remove = make_action(self, theme, self.tr("Take the folder out"), icon="minus")
        remove.triggered.connect(self._remove_folder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(_heading(self.tr("Keep the product that is"), up, down))
        column.addWidget(self._rules)
        column.addWidget(_note(self.tr("The first rule that tells two products apart decides.")))
        column.addSpacing(Space.S)
        column.addLayout(_heading(self.tr("It takes over")))
        column.addWidget(self._pictures)
        column.addSpacing(Space.S)
        column.addLayout(_heading(self.tr("Never drop products from"), add, remove))
        column.addWidget(self._folders)
        column.addStretch(1)

    def _add_folder(self, folder: Path) -> None:
        item = QListWidgetItem(self._theme.icons.icon("lock"), str(folder))
        item.setToolTip(str(folder))
        self._folders.addItem(item)

    @Slot()
    def _choose_folder(self) -> None:
        folder = self._ask_for_folder(self)
        if folder is not None and folder not in self.options.protected:
            self._add_folder(folder)
            self._tell()

    @Slot()
    def _remove_folder(self) -> None:
        row = self._folders.currentRow()
        if row >= 0:
            self._folders.takeItem(row)
            self._tell()

    @Slot()
    def _tell(self) -> None:
        if self.options != self._told:
            self._told = self.options
            self.changed.emit(self._told)


def _heading(words: str, *actions: QAction) -> QHBoxLayout:
    label = QLabel(words)
    label.setProperty("role", "section")
    row = QHBoxLayout()
    row.setSpacing(0)
    row.addWidget(label, 1)
    for action in actions:
        row.addWidget(icon_button(action, size=14))
    return row


def _note(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "meta")
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
