"""The narrow rail on the left: one button for each workspace, preferences and help below."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui.theme import Space, Theme

WIDTH = 48
BUTTON = 36
ICON = 20


class Workspaces(Enum):
    """What the window is used for; the value is the icon."""

    SEARCH = "scan-search"
    DUPLICATES = "copy"
    SHAPES = "shapes"
    CAPTURE = "camera"
    PRODUCTS = "library"
    LEARN = "graduation-cap"


class Rail(QWidget):
    """Signals: ``workspace_chosen`` (Workspaces), ``preferences_wanted``, ``help_wanted``."""

    workspace_chosen = Signal(object)
    preferences_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(WIDTH)
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Workspaces"))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[Workspaces, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, Space.S)
        column.setSpacing(Space.XS)
        column.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for workspace, words in (
            (Workspaces.SEARCH, self.tr("Search (Ctrl+1)")),
            (Workspaces.DUPLICATES, self.tr("Duplicates (Ctrl+2)")),
            (Workspaces.SHAPES, self.tr("Shapes (Ctrl+3)")),
            (Workspaces.CAPTURE, self.tr("Capture (Ctrl+4)")),
            (Workspaces.PRODUCTS, self.tr("Products (Ctrl+5)")),
            (Workspaces.LEARN, self.tr("Learn my catalogue (Ctrl+6)")),
        ):
            button = self._button(workspace.value, words)
            button.setCheckable(True)
            button.clicked.connect(self._clicked)
            self._group.addButton(button)
            self._buttons[workspace] = button
            column.addWidget(button)
        column.addStretch()
        settings = self._button("settings", self.tr("Preferences (Ctrl+,)"))
        settings.clicked.connect(self.preferences_wanted)
        help_button = self._button("keyboard", self.tr("Keyboard shortcuts (F1)"))
        help_button.clicked.connect(self.help_wanted)
        column.addWidget(help_button)
        column.addWidget(settings)
        self._buttons[Workspaces.SEARCH].setChecked(True)

    @property
    def current(self) -> Workspaces:
        """The workspace in front."""
        return next(name for name, button in self._buttons.items() if button.isChecked())

    def choose(self, workspace: Workspaces) -> None:
        """Mark a workspace; nothing is emitted."""
        self._buttons[workspace].setChecked(True)

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icons.icon(icon))
        button.setIconSize(QSize(ICON, ICON))
        button.setFixedSize(BUTTON, BUTTON)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button

    @Slot()
    def _clicked(self) -> None:
        self.workspace_chosen.emit(self.current)
