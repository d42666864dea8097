"""The window's own commands: menu bar, shortcuts, and when each can be used."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QWidget

from desktop_app.ui.capture.station_bar import StationBar
from desktop_app.ui.capture.words import key_entries
from desktop_app.ui.catalogue_header import CatalogueHeader
from desktop_app.ui.duplicates.page import DuplicatesPage
from desktop_app.ui.learning.words import shortcut_entries as learning_entries
from desktop_app.ui.rail import Workspaces
from desktop_app.ui.results_pane import ResultsPane
from desktop_app.ui.shape_map.words import shortcut_entries
from desktop_app.ui.shapes.sketch.keys import key_words
from desktop_app.ui.shortcuts_dialog import ShortcutGroup
from desktop_app.ui.theme import Theme
from desktop_app.workers.browsing import Overview


class WindowActions:
    """Makes the menu bar of ``window``; the actions are attributes to connect to; those of
    ``workspaces`` have one of Workspaces as data. Those of the catalogue's ``header`` stand in
    the menu too."""

    def __init__(self, window: QMainWindow, theme: Theme, header: CatalogueHeader) -> None:
        self._window = window
        self._theme = theme
        tr = window.tr
        self.new_catalogue = header.new_action
        self.open_catalogue = header.open_action
        self.close_catalogue = header.close_action
        self.open_demo = self._action(tr("Open the &demo"), "package", "")
        self.import_folder = self._action(tr("Import a &folder…"), "folder", "Ctrl+I")
        self.import_table = self._action(tr("Import a &table…"), "file-spreadsheet", "Ctrl+Shift+I")
        self.compare_list = self._action(tr("Compare with a &list…"), "list-checks", "Ctrl+Shift+L")
        self.rescan = self._action(tr("&Read sources again"), "refresh-cw", "F5")
        self.enrich = self._action(tr("Continue &looking closer"), "scan-text", "")
        self.export = self._action(tr("&Export listed products…"), "upload", "Ctrl+E")
        self.scorecard = self._action(tr("&Scorecard…"), "gauge", "Ctrl+Shift+S")
        self.learn_catalogue = self._action(tr("&Learn my catalogue"), "graduation-cap", "")
        self.quit = self._action(tr("&Quit"), "log-out", "Ctrl+Q")
        self.undo = self._action(tr("&Undo"), "undo", QKeySequence.StandardKey.Undo)
        self.redo = self._action(tr("&Redo"), "redo", QKeySequence.StandardKey.Redo)
        self.add_product = self._action(tr("&New product…"), "plus", "Ctrl+Shift+N")
        self.merge = self._action(tr("&Merge selected products"), "layers", "Ctrl+M")
        self.preferences = self._action(tr("&Preferences…"), "settings", "Ctrl+,")
        self.workspaces = QActionGroup(window)
        self.workspaces.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        self.search = self._workspace(tr("&Search"), Workspaces.SEARCH, "Ctrl+1")
        self.duplicates = self._workspace(tr("&Duplicates"), Workspaces.DUPLICATES, "Ctrl+2")
        self.shapes = self._workspace(tr("S&hapes"), Workspaces.SHAPES, "Ctrl+3")
        self.capture = self._workspace(tr("C&apture"), Workspaces.CAPTURE, "Ctrl+4")
        self.products = self._workspace(tr("&Products"), Workspaces.PRODUCTS, "Ctrl+5")
        self.learn = self._workspace(tr("&Learn"), Workspaces.LEARN, "Ctrl+6")
        self.show_catalogue = self._toggle(tr("&Catalogue pane"), "panel-left", "F9")
        self.show_side = self._toggle(tr("&Query or product pane"), "panel-right", "F10")
        self.show_why = self._toggle(tr("&Why a result matched"), "lightbulb", "W")
        self.shortcuts = self._action(tr("&Keyboard shortcuts"), "keyboard", "F1")
        self._fill_menus()
        self._undo_label = self._first_undo_label = ""
        self.show_nothing_open()

    def all(self) -> list[QAction]:
        """Every command, in the order of the menus."""
        return [value for value in vars(self).values() if isinstance(value, QAction)]

    @Slot(object)
    def show_overview(self, overview: Overview) -> None:
        """A catalogue is open: what can be undone, and what needs products."""
        self._for_open(True)
        self._undo_label = overview.undo_label
        self._word_undo()
        self._word(self.redo, self._window.tr("&Redo"), overview.redo_label)
        self.export.setEnabled(overview.products > 0)
        self.rescan.setEnabled(bool(overview.sources))

    @Slot(str)
    def offer_undo_first(self, label: str) -> None:
        """What of the query is undone before any edit of the catalogue; '' for nothing."""
        self._first_undo_label = label
        self._word_undo()

    @Slot(bool)
    def offer_to_enrich(self, is_offered: bool) -> None:
        """Whether there are pictures to look closer at and nobody does."""
        self.enrich.setEnabled(is_offered)

    @Slot()
    def show_nothing_open(self) -> None:
        """No catalogue is open."""
        self._for_open(False)
        self.enrich.setEnabled(False)
        self._undo_label = ""
        self._word_undo()
        self.redo.setEnabled(False)

    def _word_undo(self) -> None:
        label = self._first_undo_label or self._undo_label
        self._word(self.undo, self._window.tr("&Undo"), label)

    def _for_open(self, is_open: bool) -> None:
        for action in (
            self.rescan,
            self.compare_list,
            self.export,
            self.add_product,
            self.merge,
        ):
            action.setEnabled(is_open)

    @staticmethod
    def _word(action: QAction, words: str, label: str) -> None:
        action.setEnabled(bool(label))
        action.setText(f"{words}: {label}" if label else words)

    def _action(self, text: str, icon: str, keys: str | QKeySequence.StandardKey) -> QAction:
        action = QAction(self._theme.icons.icon(icon), text, self._window)
        action.setShortcut(QKeySequence(keys))
        self._window.addAction(action)
        return action

    def _workspace(self, text: str, workspace: Workspaces, keys: str) -> QAction:
        action = self._action(text, workspace.value, keys)
        action.setData(workspace)
        self.workspaces.addAction(action)
        return action

    def _toggle(self, text: str, icon: str, keys: str) -> QAction:
        action = self._action(text, icon, keys)
        action.setCheckable(True)
        action.setChecked(True)
        return action

    def _fill_menus(self) -> None:
        tr, bar = self._window.tr, self._window.menuBar()
        for title, groups in (
            (
                tr("&Catalogue"),
                (
                    (self.new_catalogue, self.open_catalogue, self.open_demo),
                    (self.import_folder, self.import_table, self.compare_list),
                    (self.rescan, self.enrich),
                    (self.export, self.scorecard, self.learn_catalogue),
                    (self.close_catalogue, self.quit),
                ),
            ),
            (
                tr("&Edit"),
                ((self.undo, self.redo), (self.add_product, self.merge), (self.preferences,)),
            ),
            (
                tr("&View"),
                (
                    (
                        self.search,
                        self.duplicates,
                        self.shapes,
                        self.capture,
                        self.products,
                        self.learn,
                    ),
                    (self.show_catalogue, self.show_side, self.show_why),
                ),
            ),
            (tr("&Help"), ((self.shortcuts,),)),
        ):
            menu = bar.addMenu(title)
            for place, group in enumerate(groups):
                if place:
                    menu.addSeparator()
                menu.addActions(list(group))


def shortcut_groups(
    owner: QWidget,
    commands: WindowActions,
    query: Sequence[QAction],
    results: ResultsPane,
    *,
    duplicates: DuplicatesPage,
    station: StationBar,
) -> list[ShortcutGroup]:
    """Everything the keyboard can do, read from the actions."""
    arrows = (
        (QCoreApplication.translate("Shortcuts", "Arrows"), owner.tr("Move through the products")),
        ("Ctrl+F", owner.tr("Find products by words")),
        ("Ctrl+Shift+1", owner.tr("Cards")),
        ("Ctrl+Shift+2", owner.tr("Table")),
    )
    brush = (
        (owner.tr("Mouse wheel"), owner.tr("Size of the brush, over the picture while painting")),
        (owner.tr("Right button"), owner.tr("Erase while painting")),
    )
    products = ShortcutGroup.from_actions(owner.tr("Products"), results.products.actions.all())
    asked = ShortcutGroup.from_actions(owner.tr("Query"), query)
    review = ShortcutGroup.from_actions(owner.tr("Duplicates"), duplicates.keys.all())
    capture = ShortcutGroup.from_actions(owner.tr("Capture"), station.actions_in_order())
    hold = (
        (owner.tr("1 to 9"), owner.tr("Compare with that picture of the group")),
        (owner.tr("Space, held"), owner.tr("The other picture, while flickering")),
    )
    return [
        ShortcutGroup.from_actions(owner.tr("Window"), commands.all()),
        ShortcutGroup(asked.title, (*asked.entries, *brush)),
        ShortcutGroup(products.title, (*arrows, *products.entries)),
        ShortcutGroup(review.title, (*review.entries, *hold)),
        ShortcutGroup(owner.tr("Drawing board"), key_words()),
        ShortcutGroup(owner.tr("Map of outlines"), shortcut_entries()),
        ShortcutGroup(capture.title, (*key_entries(), *capture.entries)),
        ShortcutGroup(owner.tr("Learn"), learning_entries()),
    ]
