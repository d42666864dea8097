"""The name of the open catalogue, and the menu of what can be done with catalogues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.pane_actions import make_action
from desktop_app.ui.theme import FontSize, Space, Theme


@dataclass(frozen=True, slots=True)
class OpenCatalogue:
    """The catalogue that is open. ``read_only_reason`` is '' where it can be changed."""

    name: str
    folder: Path
    read_only_reason: str = ""


class CatalogueHeader(QWidget):
    """Signals: ``chosen`` (folder of a recent catalogue), ``new_wanted``, ``open_wanted``,
    ``close_wanted``, ``reveal_wanted``, ``reindex_wanted``, ``renamed`` (new name).
    """

    chosen = Signal(object)
    new_wanted = Signal()
    open_wanted = Signal()
    close_wanted = Signal()
    reveal_wanted = Signal()
    reindex_wanted = Signal()
    renamed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._catalogue: OpenCatalogue | None = None
        self._recent: tuple[Path, ...] = ()

        self._button = _TitleButton(theme)
        self._name = QLineEdit()
        self._name.setFont(theme.font(FontSize.TITLE, semibold=True))
        self._name.setAccessibleName(self.tr("Name of the catalogue"))
        self._name.editingFinished.connect(self._finish_renaming)
        self._name.hide()
        self._lock = QLabel()
        self._reason = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._reason.setProperty("role", "meta")
        self._read_only = QWidget()
        line = QHBoxLayout(self._read_only)
        line.setContentsMargins(Space.S, 0, Space.S, 0)
        line.setSpacing(Space.XS)
        line.addWidget(self._lock)
        line.addWidget(self._reason, 1)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        # Absolute, because the button itself runs from right to left.
        column.addWidget(
            self._button, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        )
        column.addWidget(self._name)
        column.addWidget(self._read_only)

        self.new_action = self._action("plus", self.tr("New catalogue…"), "Ctrl+N")
        self.new_action.triggered.connect(self.new_wanted)
        self.open_action = self._action("folder-open", self.tr("Open catalogue…"), "Ctrl+Shift+O")
        self.open_action.triggered.connect(self.open_wanted)
        self.rename_action = self._action("pencil", self.tr("Rename…"))
        self.rename_action.triggered.connect(self.start_renaming)
        self.reveal_action = self._action("folder", self.tr("Show its folder"))
        self.reveal_action.triggered.connect(self.reveal_wanted)
        self.reindex_action = self._action("refresh-cw", self.tr("Read all pictures again"))
        self.reindex_action.triggered.connect(self.reindex_wanted)
        self.close_action = self._action("x", self.tr("Close catalogue"), "Ctrl+W")
        self.close_action.triggered.connect(self.close_wanted)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._button.setMenu(self._menu)
        theme.changed.connect(self._tint)
        self._tint()
        self.show_catalogue(None)

    def show_catalogue(self, catalogue: OpenCatalogue | None) -> None:
        """Show which catalogue is open; None where none is."""
        self._catalogue = catalogue
        self._end_renaming()
        name = catalogue.name if catalogue else self.tr("No catalogue")
        self._button.set_words(name)
        self._button.setToolTip(str(catalogue.folder) if catalogue else "")
        reason = catalogue.read_only_reason if catalogue else ""
        self._reason.set_text(self.tr("Read-only: {}").format(reason) if reason else "")
        self._read_only.setVisible(bool(reason))
        for action in (self.reveal_action, self.close_action):
            action.setEnabled(catalogue is not None)
        for action in (self.rename_action, self.reindex_action):
            action.setEnabled(catalogue is not None and not reason)

    def show_opening(self, folder: Path) -> None:
        """A catalogue is on its way."""
        self.show_catalogue(None)
        self._button.set_words(self.tr("Opening {}…").format(folder.name))

    def set_recent(self, folders: Sequence[Path]) -> None:
        """Catalogues opened lately, newest first."""
        self._recent = tuple(folders)

    @property
    def menu(self) -> QMenu:
        """What can be done, filled when it is about to be shown."""
        return self._menu

    @Slot()
    def start_renaming(self) -> None:
        """Turn the name into a field."""
        if self._catalogue is not None:
            self._name.setText(self._catalogue.name)
            self._button.hide()
            self._name.show()
            self._name.setFocus()
            self._name.selectAll()

    def _action(self, icon: str, text: str, shortcut: str = "") -> QAction:
        return make_action(self, self._theme, text, icon=icon, shortcut=shortcut, everywhere=True)

    @Slot()
    def _finish_renaming(self) -> None:
        if self._name.isHidden():
            return
        name = self._name.text().strip()
        self._end_renaming()
        if self._catalogue is not None and name and name != self._catalogue.name:
            self.renamed.emit(name)

    def _end_renaming(self) -> None:
        self._name.hide()
        self._button.show()

    @Slot()
    def _fill_menu(self) -> None:
        menu = self._menu
        menu.clear()
        current = self._catalogue.folder if self._catalogue else None
        others = [folder for folder in self._recent if folder != current]
        if others:
            for folder in others:
                action = menu.addAction(self._theme.icons.icon("library"), folder.name)
                action.setToolTip(str(folder))
                action.setData(folder)
                action.triggered.connect(self._choose_recent)
            menu.addSeparator()
        menu.addActions([self.new_action, self.open_action])
        menu.addSeparator()
        menu.addActions([self.rename_action, self.reveal_action, self.reindex_action])
        menu.addSeparator()
        menu.addAction(self.close_action)

    @Slot()
    def _choose_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.chosen.emit(action.data())

    @Slot()
    def _tint(self) -> None:
        self._lock.setPixmap(
            self._theme.icons.pixmap(
                "lock", 12, colour="text_muted", device_ratio=self.devicePixelRatioF()
            )
        )

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._button.fit(self.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._name.isHidden():
            self._end_renaming()
            self._button.setFocus()
        else:
            super().keyPressEvent(event)


class _TitleButton(QToolButton):
    """The name with a chevron after it, shortened to the room there is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._words = ""
        self.setFont(theme.font(FontSize.TITLE, semibold=True))
        self.setIcon(theme.icons.icon("chevron-down", "text_muted"))
        self.setIconSize(QSize(14, 14))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # Puts the chevron after the words.
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(self.tr("Catalogue {}").format(words))
        self.fit(self.maximumWidth())

    def fit(self, room: int) -> None:
        """Be no wider than ``room`` pixels."""
        self.setMaximumWidth(room)
        for_words = room - self.iconSize().width() - Space.XL
        self.setText(
            self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, for_words)
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())
