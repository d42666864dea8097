"""The catalogue pane: which catalogue, which part of it, and what comes into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.filters import ProductFilter, SavedFilter
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.imports import SourceKind
from desktop_app.ui.catalogue_header import CatalogueHeader, OpenCatalogue
from desktop_app.ui.drag_and_drop import DropPlace, ImportFiles, can_take, intent_of
from desktop_app.ui.item_models.scope_tree_model import ScopeRole, ScopeTreeModel
from desktop_app.ui.pane_actions import worded_button
from desktop_app.ui.scope_tree_view import ScopeTreeView
from desktop_app.ui.scopes import (
    Scope,
    ScopeContents,
    ScopeKind,
    filter_of,
    is_part_of,
    with_text,
)
from desktop_app.ui.theme import RADIUS, Space, Theme

TYPING_PAUSE_MS = 200

AskForSource = Callable[[QWidget, SourceKind], Sequence[Path]]


def ask_for_source(parent: QWidget, kind: SourceKind) -> Sequence[Path]:
    """Let a person choose what to import."""
    if kind is SourceKind.FOLDER:
        folder = QFileDialog.getExistingDirectory(parent, parent.tr("Import a folder"))
        return [Path(folder)] if folder else []
    if kind is SourceKind.FILES:
        endings = " ".join(f"*{ending}" for ending in sorted(PICTURE_SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(
            parent, parent.tr("Import pictures"), "", f"{parent.tr('Pictures')} ({endings})"
        )
        return [Path(name) for name in names]
    endings = "*.zip" if kind is SourceKind.ZIP else "*.csv *.tsv *.txt *.xlsx *.xlsm"
    words = parent.tr("ZIP archives") if kind is SourceKind.ZIP else parent.tr("Tables")
    name, _ = QFileDialog.getOpenFileName(parent, parent.tr("Import"), "", f"{words} ({endings})")
    return [Path(name)] if name else []


class CataloguePane(QWidget):
    """Shows the open catalogue and lets a person choose the part of it to work in.

    Signals: ``scope_changed`` (ProductFilter) when another part is chosen or a word is typed;
    ``import_requested`` (tuple of paths) from the menu or a drop; ``save_filter_requested``
    (name, ProductFilter), ``filter_rename_requested`` (SavedFilter, new name),
    ``filter_delete_requested`` (SavedFilter); ``catalogue_chosen`` (folder),
    ``new_catalogue_requested``, ``open_catalogue_requested``, ``close_catalogue_requested``,
    ``reveal_requested``, ``reindex_requested``, ``rename_requested`` (new name).
    """

    scope_changed = Signal(object)
    import_requested = Signal(object)
    save_filter_requested = Signal(str, object)
    filter_rename_requested = Signal(object, str)
    filter_delete_requested = Signal(object)
    catalogue_chosen = Signal(object)
    new_catalogue_requested = Signal()
    open_catalogue_requested = Signal()
    close_catalogue_requested = Signal()
    reveal_requested = Signal()
    reindex_requested = Signal()
    rename_requested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        *,
        ask_for_source: AskForSource = ask_for_source,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ask_for_source = ask_for_source
        self._current = ProductFilter()
        self._folder: Path | None = None
        self._is_fresh = True
        self._can_import = False
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Catalogue"))

        self.header = CatalogueHeader(theme)
        self.search = _SearchField()
        self.search.setPlaceholderText(self.tr("Find products"))
        self.search.setAccessibleName(self.tr("Find products"))
        self.search.setToolTip(self.tr("Words that occur in any field (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            theme.icons.icon("search", "text_muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._tell_scope)
        self._model = ScopeTreeModel(theme, self)
        self.tree = ScopeTreeView(theme, self._model)
        self._blank = QWidget()
        self.import_button = worded_button(theme.icons.icon("plus"), self.tr("&Import"))
        self.import_button.setAccessibleName(self.tr("Import"))
        self.import_button.setMenu(self._make_import_menu())

        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        column.setSpacing(Space.S)
        column.addWidget(self.header)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addWidget(self._blank, 1)
        column.addWidget(self.import_button)
        self._drop_hint = _DropHint(theme, self)
        self._connect()
        self.show_catalogue(None)

    def _make_import_menu(self) -> QMenu:
        menu = QMenu(self)
        for words, icon, kind in (
            (self.tr("&Folder…"), "folder", SourceKind.FOLDER),
            (self.tr("&Table…"), "table", SourceKind.TABLE),
            (self.tr("&ZIP archive…"), "file-archive", SourceKind.ZIP),
            (self.tr("&Pictures…"), "images", SourceKind.FILES),
        ):
            action = menu.addAction(self._theme.icons.icon(icon), words)
            action.setData(kind)
            action.triggered.connect(self._choose_source)
        return menu

    def _connect(self) -> None:
        header = self.header
        header.chosen.connect(self.catalogue_chosen)
        header.new_wanted.connect(self.new_catalogue_requested)
        header.open_wanted.connect(self.open_catalogue_requested)
        header.close_wanted.connect(self.close_catalogue_requested)
        header.reveal_wanted.connect(self.reveal_requested)
        header.reindex_wanted.connect(self.reindex_requested)
        header.renamed.connect(self.rename_requested)
        self.search.textEdited.connect(self._typing.start)
        self.search.returnPressed.connect(self._search_now)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self._focus_search)
        self.search.left.connect(self.tree.setFocus)
        self.search.cleared.connect(self._tell_scope)
        self.tree.scopes_chosen.connect(self._scopes_chosen)
        self.tree.removal_wanted.connect(self._remove_filter)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self._model.filter_named.connect(self.filter_rename_requested)
        self._model.current_named.connect(self._save_current)

    # What the window tells

    def show_catalogue(self, catalogue: OpenCatalogue | None) -> None:
        """Show which catalogue is open; None where none is."""
        self.header.show_catalogue(catalogue)
        is_open = catalogue is not None
        folder = catalogue.folder if catalogue else None
        if folder != self._folder:
            self._folder = folder
            self._forget()
        why = catalogue.read_only_reason if catalogue else ""
        self._can_import = not why
        self._model.set_read_only(not is_open or bool(why))
        self.search.setEnabled(is_open)
        self.tree.setVisible(is_open)
        self._blank.setVisible(not is_open)
        self.import_button.setEnabled(self._can_import)
        self.import_button.setToolTip(
            why or self.tr("A folder, a table, a ZIP archive or pictures; they can be dropped here")
        )

    def set_recent_catalogues(self, folders: Sequence[Path]) -> None:
        """Catalogues opened lately, newest first."""
        self.header.set_recent(folders)

    def set_contents(self, contents: ScopeContents) -> None:
        """What the tree shows; what is selected and opened stays."""
        self._model.set_contents(contents)
        if self._is_fresh:
            self._is_fresh = False
            self.tree.expand(self._model.index_of(Scope(ScopeKind.ALL)))
            with QSignalBlocker(self.tree):
                self.tree.choose(Scope(ScopeKind.ALL))

    def _forget(self) -> None:
        """Nothing of one catalogue is carried over to another."""
        self._typing.stop()
        self.search.clear()
        self._is_fresh = True
        with QSignalBlocker(self.tree):
            self.tree.clearSelection()
            self._model.set_current_filter(ProductFilter())
            self._model.set_contents(ScopeContents())

    def set_current_filter(self, product_filter: ProductFilter) -> None:
        """The filter now in use, wherever it was made; the tree points at the part it is in."""
        self._current = product_filter
        self._model.set_current_filter(product_filter)
        typed = set(self.search.text().split())
        if not self._typing.isActive() and not typed <= set(product_filter.text.split()):
            self.search.clear()
        chosen = self._chosen_filter()
        if is_part_of(chosen, product_filter) and not chosen.is_empty:
            return
        exact = self._model.scope_with_filter(product_filter)
        with QSignalBlocker(self.tree):
            self.tree.choose(exact or Scope(ScopeKind.ALL))

    @Slot(bool)
    def set_drag_active(self, active: bool) -> None:
        """Light up while something that can be imported is dragged over the window."""
        self._drop_hint.setVisible(active and self._can_import)
        self._drop_hint.raise_()

    @Slot()
    def show_problems(self) -> None:
        """Choose the products whose pictures cannot be used, the unreadable ones first."""
        for kind in (ScopeKind.UNREADABLE, ScopeKind.OFFLINE):
            if self._model.index_of(Scope(kind)).isValid():
                self.tree.choose(Scope(kind))
                return

    # What a person does

    def _chosen_filter(self) -> ProductFilter:
        return filter_of(self.tree.chosen_scopes(), self._model.contents.saved_filters)

    @Slot()
    def _tell_scope(self) -> None:
        self._typing.stop()
        self.scope_changed.emit(with_text(self._chosen_filter(), self.search.text()))

    @Slot(object)
    def _scopes_chosen(self, scopes: Sequence[Scope]) -> None:
        if scopes:
            self._tell_scope()
        else:
            # What was chosen is gone.
            self.tree.choose(Scope(ScopeKind.ALL))

    @Slot()
    def _search_now(self) -> None:
        if self._typing.isActive():
            self._tell_scope()

    @Slot()
    def _focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def _choose_source(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            # Qt keeps the kind as a plain text.
            paths = tuple(self._ask_for_source(self, SourceKind(action.data())))
            if paths:
                self.import_requested.emit(paths)

    @Slot(str)
    def _save_current(self, name: str) -> None:
        self.save_filter_requested.emit(name, self._current)

    @Slot(object)
    def _remove_filter(self, scope: Scope) -> None:
        saved = self._model.saved_filter(scope)
        if saved is not None and self._can_import:
            self.filter_delete_requested.emit(saved)

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        index = self.tree.indexAt(position)
        scope = index.data(ScopeRole)
        saved = self._model.saved_filter(scope) if isinstance(scope, Scope) else None
        if saved is None or not self._can_import:
            return
        menu = self.filter_menu(saved)
        menu.popup(self.tree.viewport().mapToGlobal(position))

    def filter_menu(self, saved: SavedFilter) -> QMenu:
        """What can be done with a saved filter."""
        scope = Scope(ScopeKind.SAVED_FILTER, str(saved.id))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rename = menu.addAction(self._theme.icons.icon("pencil"), self.tr("Rename"))
        rename.triggered.connect(lambda: self.tree.edit_scope(scope))
        delete = menu.addAction(self._theme.icons.icon("trash"), self.tr("Delete this filter"))
        delete.triggered.connect(lambda: self.filter_delete_requested.emit(saved))
        return menu

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drop_hint.setGeometry(self.rect())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._can_import and can_take(event.mimeData(), DropPlace.CATALOGUE):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.set_drag_active(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.set_drag_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_drag_active(False)
        intent = intent_of(event.mimeData(), DropPlace.CATALOGUE)
        if isinstance(intent, ImportFiles):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.import_requested.emit(intent.paths)


class _SearchField(QLineEdit):
    """Signals: ``cleared`` when Esc took the words away, ``left`` for the list below on Down,
    and on Esc where there were none.
    """

    cleared = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.cleared.emit()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _DropHint(QWidget):
    """Lies over the pane while something can be dropped on it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.selected)
        veil.setAlpha(240)
        rect = QRectF(self.rect()).adjusted(Space.XS, Space.XS, -Space.XS, -Space.XS)
        painter.setBrush(veil)
        painter.setPen(QPen(colours.accent, 2))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        painter.setPen(colours.accent_text)
        painter.setFont(self._theme.font(semibold=True))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.tr("Drop to import"))
