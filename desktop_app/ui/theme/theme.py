"""Which theme is on, and how it reaches Qt."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.ui.theme.icons import Icons
from desktop_app.ui.theme.stylesheet import STYLE_ICONS, style_sheet
from desktop_app.ui.theme.tokens import DARK, LIGHT, Colours, FontSize


class ThemeMode(StrEnum):
    """What the user chose in the preferences."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The current colours, fonts and icons.

    ``changed`` follows every switch, after palette and style sheet are in place. GUI thread.
    """

    changed = Signal()

    def __init__(
        self,
        icon_folder: Path,
        *,
        mode: ThemeMode = ThemeMode.SYSTEM,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._app: QApplication | None = None
        self._files = QTemporaryDir()
        self.icons = Icons(icon_folder, lambda: self.colours)
        self._dark = self._wants_dark()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def mode(self) -> ThemeMode:
        return self._mode

    @property
    def is_dark(self) -> bool:
        return self._dark

    @property
    def colours(self) -> Colours:
        return DARK if self._dark else LIGHT

    def apply(self, app: QApplication) -> None:
        """Dress ``app``; later switches follow by themselves."""
        self._app = app
        app.setStyle("Fusion")
        app.setFont(self.font())
        self._tell_platform()
        self._dress()

    def set_mode(self, mode: ThemeMode) -> None:
        """Switch between following the system and a fixed theme, at once."""
        self._mode = mode
        self._tell_platform()
        self._switch_if_needed()

    def font(self, size: FontSize = FontSize.BASE, *, semibold: bool = False) -> QFont:
        """The system font at a size of the scale, with figures of equal width where it has them."""
        font = QFont(QGuiApplication.font())
        font.setPixelSize(int(size))
        font.setWeight(QFont.Weight.DemiBold if semibold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    @Slot()
    def _follow_system(self) -> None:
        self._switch_if_needed()

    def _wants_dark(self) -> bool:
        if self._mode is ThemeMode.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode is ThemeMode.DARK

    def _switch_if_needed(self) -> None:
        if self._wants_dark() == self._dark:
            return
        self._dark = not self._dark
        self._dress()
        self.changed.emit()

    def _tell_platform(self) -> None:
        """Have title bars and native dialogs agree, where the platform can."""
        if self._app is None:
            return
        scheme = {
            ThemeMode.SYSTEM: Qt.ColorScheme.Unknown,
            ThemeMode.LIGHT: Qt.ColorScheme.Light,
            ThemeMode.DARK: Qt.ColorScheme.Dark,
        }[self._mode]
        QGuiApplication.styleHints().setColorScheme(scheme)

    def _dress(self) -> None:
        if self._app is None:
            return
        self._app.setPalette(make_palette(self.colours))
        sheet = style_sheet(self.colours, self._write_style_icons(), dark=self._dark)
        self._app.setStyleSheet(sheet)

    def _write_style_icons(self) -> dict[str, str]:
        """Style sheets name pictures by file only, so the few they need are tinted on disk."""
        folder = Path(self._files.path())
        wanted = {name: (name, self.colours.text_muted) for name in STYLE_ICONS}
        for name in ("check", "minus"):
            wanted[f"{name}-on-accent"] = (name, self.colours.on_accent)
        paths = {}
        for key, (name, colour) in wanted.items():
            path = folder / f"{key}-{'dark' if self._dark else 'light'}.svg"
            if not path.exists():
                path.write_text(self.icons.svg(name, colour, 14), encoding="utf-8")
            paths[key] = path.as_posix()
        return paths


def make_palette(colours: Colours) -> QPalette:
    """The tokens as Qt's palette, for whatever the style sheet leaves to the style."""
    roles = {
        QPalette.ColorRole.Window: colours.pane,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.content,
        QPalette.ColorRole.AlternateBase: colours.pane,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.text_muted,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.bad,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Link: colours.accent_text,
        QPalette.ColorRole.LinkVisited: colours.accent_text,
        QPalette.ColorRole.Light: colours.hover,
        QPalette.ColorRole.Midlight: colours.hover,
        QPalette.ColorRole.Mid: colours.hairline,
        QPalette.ColorRole.Dark: colours.control,
        QPalette.ColorRole.Shadow: QColor("black"),
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, colour)
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colours.text_disabled)
    return palette
