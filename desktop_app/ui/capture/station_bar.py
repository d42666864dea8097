"""How the station works: by itself or by hand, what it knows of the empty place, how it tells."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.settings import Settings
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.theme import ICON_SIZE, Space, Theme


class StationBar(QWidget):
    """Switches of the station, kept in the preferences.

    Signals: ``settings_changed`` (Settings) when a person switched one, ``learn_wanted`` when
    the empty place should be learned, ``check_wanted`` when the station should be checked.
    """

    settings_changed = Signal(object)
    learn_wanted = Signal()
    check_wanted = Signal()

    def __init__(self, theme: Theme, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.automatic = self._switch(
            theme,
            self.tr("Automatic"),
            "timer",
            "A",
            self.tr("Take a picture when a product is held still"),
        )
        self.learn = make_action(
            self,
            theme,
            self.tr("Empty place"),
            icon="square-dashed",
            shortcut="Ctrl+Shift+E",
            everywhere=True,
        )
        self.learn.setToolTip(
            self.tr("Learn what the place looks like without a product (Ctrl+Shift+E)")
        )
        self.learn.triggered.connect(self.learn_wanted)
        self.large_type = self._switch(
            theme,
            self.tr("Large type"),
            "a-large-small",
            "T",
            self.tr("Letters that are read from two metres away"),
        )
        self.sounds = self._switch(
            theme, self.tr("Sounds"), "volume-2", "U", self.tr("Tell answers by sounds")
        )
        self.colours = self._switch(
            theme, self.tr("Colours"), "palette", "H", self.tr("Tell answers by colours")
        )
        self.check = make_action(self, theme, self.tr("Check this station…"), icon="gauge")
        self.check.setToolTip(
            self.tr("Check this station: how well known products are recognised here")
        )
        self.check.triggered.connect(self.check_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        self._worded = [self._worded_button(self.automatic), self._worded_button(self.learn)]
        for button in self._worded:
            row.addWidget(button)
        for action in (self.large_type, self.sounds, self.colours, self.check):
            row.addWidget(icon_button(action))
        self.use_settings(settings)
        for action in (self.automatic, self.large_type, self.sounds, self.colours):
            action.toggled.connect(self._switched)

    def actions_in_order(self) -> tuple[QAction, ...]:
        """Everything that can be done here, for the list of shortcuts."""
        return (self.automatic, self.learn, self.large_type, self.sounds, self.colours)

    def use_settings(self, settings: Settings) -> None:
        """Show these; nothing is emitted."""
        self._settings, self._is_told = settings, False
        for action, is_on in (
            (self.automatic, settings.station_automatic),
            (self.large_type, settings.station_large_type),
            (self.sounds, settings.station_sounds),
            (self.colours, settings.station_colours),
        ):
            if action.isChecked() != is_on:
                action.setChecked(is_on)
        self._is_told = True

    def set_narrow(self, is_narrow: bool) -> None:
        """Icons alone where there is no room for words."""
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if is_narrow
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for button in self._worded:
            button.setToolButtonStyle(style)

    def _switch(self, theme: Theme, text: str, icon: str, key: str, tip: str) -> QAction:
        keys = f"Ctrl+Shift+{key}"
        action = make_action(self, theme, text, icon=icon, shortcut=keys, everywhere=True)
        action.setToolTip(f"{tip} ({keys})")
        action.setCheckable(True)
        return action

    def _worded_button(self, action: QAction) -> QToolButton:
        button = icon_button(action)
        button.setIconSize(ICON_SIZE)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    @Slot()
    def _switched(self) -> None:
        if not self._is_told:
            return
        self._settings = replace(
            self._settings,
            station_automatic=self.automatic.isChecked(),
            station_large_type=self.large_type.isChecked(),
            station_sounds=self.sounds.isChecked(),
            station_colours=self.colours.isChecked(),
        )
        self.settings_changed.emit(self._settings)
