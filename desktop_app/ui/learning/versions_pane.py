"""The versions of what was learned: use, go back, look, compare, note, export, import, remove."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.learning.versions_model import IS_ACTIVE, NAME, NOTE, STATE, VersionsModel
from desktop_app.ui.learning.words import version_name
from desktop_app.ui.pane_actions import make_action
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.learning import Versions

Index = QModelIndex | QPersistentModelIndex
AskForFile = Callable[[QWidget], Path | None]

ROW = 34
ENDING = ".safetensors"


def ask_where_to_save(parent: QWidget) -> Path | None:
    """Let a person choose a file for a version."""
    name, _ = QFileDialog.getSaveFileName(
        parent,
        parent.tr("Export a version"),
        f"learned{ENDING}",
        parent.tr("Learned models (*.safetensors)"),
    )
    return Path(name) if name else None


def ask_what_to_open(parent: QWidget) -> Path | None:
    """Let a person choose the file of a version."""
    name, _ = QFileDialog.getOpenFileName(
        parent,
        parent.tr("Import a version"),
        "",
        parent.tr("Learned models (*.safetensors)"),
    )
    return Path(name) if name else None


class VersionsPane(QWidget):
    """Signals: ``use_wanted`` (version, '' for the model as it came), ``look_wanted``,
    ``compare_wanted`` and ``removal_wanted`` (version), ``export_wanted`` (version, Path),
    ``import_wanted`` (Path), ``note_edited`` (version, text)."""

    use_wanted = Signal(str)
    look_wanted = Signal(str)
    compare_wanted = Signal(str)
    removal_wanted = Signal(str)
    export_wanted = Signal(str, object)
    import_wanted = Signal(object)
    note_edited = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        *,
        ask_where_to_save: AskForFile = ask_where_to_save,
        ask_what_to_open: AskForFile = ask_what_to_open,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask_where_to_save = ask_where_to_save
        self._ask_what_to_open = ask_what_to_open
        self._versions = Versions()
        self._is_read_only = self._is_busy = False
        self.model = VersionsModel(self)
        self.model.note_edited.connect(self.note_edited)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setItemDelegate(_VersionDelegate(theme, self.table))
        self._dress_table()
        self.use = self._action(theme, self.tr("&Use it"), "check", self._use)
        self.look = self._action(theme, self.tr("&Look at its result"), "gauge", self._look)
        self.compare = self._action(theme, self.tr("&Compare"), "git-compare", self._compare)
        self.export = self._action(theme, self.tr("&Export…"), "upload", self._export)
        self.remove = self._action(theme, self.tr("&Remove"), "trash", self._remove, "Del")
        self.take = self._action(theme, self.tr("&Import…"), "download", self._import)
        self._actions = (self.use, self.look, self.compare, self.export, self.remove)
        self._about = QLabel()
        self._about.setWordWrap(True)
        self._about.setProperty("role", "muted")
        self._lay_out()
        self.show_versions(Versions())

    def show_versions(self, versions: Versions) -> None:
        """Show these; the chosen one stays chosen where it is among them, and where that was the
        one in use, the choice goes with the use."""
        was_active = self.current == self._versions.active
        before = None if was_active or not self._versions.models else self.current
        self._versions = versions
        self.model.set_versions(versions)
        row = self.model.row_of(before) if before is not None else -1
        if row < 0:
            row = max(0, self.model.row_of(versions.active))
        self.table.setCurrentIndex(self.model.index(row, NAME))
        if not versions.models:
            words = self.tr("Nothing was learned yet. Versions are kept here, with their notes.")
        elif versions.active:
            words = self.tr("The search uses {0}. Going back loses nothing.")
        else:
            words = self.tr("The search uses the model as it came.")
        self._about.setText(words.format(version_name(versions.active)))
        self._update_actions()

    @property
    def current(self) -> str | None:
        """The chosen version, '' for the model as it came; None where none is chosen."""
        index = self.table.currentIndex()
        return self.model.version(index.row()) if index.isValid() else None

    def choose(self, version: str) -> None:
        """Choose this one."""
        if (row := self.model.row_of(version)) >= 0:
            self.table.setCurrentIndex(self.model.index(row, NAME))

    def set_state(self, *, is_read_only: bool, is_busy: bool, is_open: bool) -> None:
        """What cannot be changed, what is being taken up, and whether a catalogue is open."""
        self._is_read_only, self._is_busy = is_read_only, is_busy
        self.model.is_read_only = is_read_only
        self.take.setEnabled(is_open and not is_read_only)
        self._update_actions()

    @Slot()
    def _update_actions(self) -> None:
        version = self.current
        model = self._versions.find(version) if version else None
        is_active = version == self._versions.active
        may_change = not self._is_read_only and not self._is_busy
        is_offered = model is None or model.is_offered
        self.use.setEnabled(version is not None and not is_active and may_change and is_offered)
        self.use.setText(self.tr("&Use it") if version else self.tr("&Go back to it"))
        self.look.setEnabled(model is not None)
        self.compare.setEnabled(model is not None)
        self.export.setEnabled(model is not None)
        self.remove.setEnabled(model is not None and not is_active and may_change)
        self.remove.setToolTip(
            self.tr("The version in use cannot be removed; use another one first")
            if model is not None and is_active
            else self.tr("Remove (Del)")
        )

    @Slot()
    def _use(self) -> None:
        if (version := self.current) is not None:
            self.use_wanted.emit(version)

    @Slot()
    def _look(self) -> None:
        if version := self.current:
            self.look_wanted.emit(version)

    @Slot()
    def _compare(self) -> None:
        if version := self.current:
            self.compare_wanted.emit(version)

    @Slot()
    def _remove(self) -> None:
        if version := self.current:
            self.removal_wanted.emit(version)

    @Slot()
    def _export(self) -> None:
        version = self.current
        if version and (path := self._ask_where_to_save(self)) is not None:
            self.export_wanted.emit(version, path)

    @Slot()
    def _import(self) -> None:
        if (path := self._ask_what_to_open(self)) is not None:
            self.import_wanted.emit(path)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        if self.table.indexAt(place).isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions(list(self._actions))
            menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        if index.column() != NOTE:
            self._look()

    def _action(
        self, theme: Theme, words: str, icon: str, slot: Callable[[], None], key: str = ""
    ) -> QAction:
        action = make_action(self, theme, words, icon=icon, shortcut=key)
        action.triggered.connect(slot)
        return action

    def _dress_table(self) -> None:
        table = self.table
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setAccessibleName(self.tr("Versions"))
        table.setTabKeyNavigation(False)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        table.activated.connect(self._activated)
        table.selectionModel().currentChanged.connect(self._update_actions)
        table.verticalHeader().setDefaultSectionSize(ROW)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for action in (*self._actions, self.take):
            button = _ActionButton(action)
            if action is self.use:
                button.setProperty("variant", "primary")
            if action is self.take:
                buttons.addStretch(1)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self._about)
        column.addLayout(buttons)
        column.addWidget(self.table, 1)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and self.table.hasFocus():
            self._look()
            return
        super().keyPressEvent(event)


class _ActionButton(QPushButton):
    """A button for an action: its words, and whether it can be used."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.setText(self._action.text())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())


class _VersionDelegate(QStyledItemDelegate):
    """The version in use in strong type."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(table)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(IS_ACTIVE):
            if index.column() in (NAME, STATE):
                option.font = self._theme.font(semibold=True)
            if index.column() == STATE:
                option.palette.setColor(QPalette.ColorRole.Text, self._theme.colours.good)
        elif index.column() == STATE:
            option.palette.setColor(QPalette.ColorRole.Text, self._theme.colours.text_muted)
