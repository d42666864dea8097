"""Letters of the station: for arm's length, or large enough to be read two metres away."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.theme.stylesheet import set_property


class Letter(Enum):
    """Font sizes in logical pixels: at arm's length, and from afar. The eye tells letters
    whose small ones are 1/300 of the distance high: 40 px on a usual screen at two metres."""

    OUTCOME = (22, 48)
    SKU = (24, 56)
    TITLE = (17, 40)
    TEXT = (13, 26)
    NOTE = (11, 20)


class Lettering(QObject):
    """Makes labels and keeps their size. Signals: ``changed`` (whether they are large)."""

    changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_large = False
        self._lettered: list[tuple[QWidget, Letter, bool]] = []

    @property
    def is_large(self) -> bool:
        return self._is_large

    def set_large(self, is_large: bool) -> None:
        """Write everything in the other size."""
        if is_large == self._is_large:
            return
        self._is_large = is_large
        for widget, letter, is_strong in self._lettered:
            self._write(widget, letter, is_strong)
        self.changed.emit(is_large)

    def label(self, letter: Letter, *, is_strong: bool = False, role: str = "") -> QLabel:
        """An empty label that wraps; ``role`` gives it a colour of the style sheet."""
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            set_property(label, "role", role)
        self.follow(label, letter, is_strong=is_strong)
        return label

    def follow(self, widget: QWidget, letter: Letter, *, is_strong: bool = False) -> None:
        """Write this widget in the size of the letters, too."""
        self._lettered.append((widget, letter, is_strong))
        self._write(widget, letter, is_strong)

    def pixels(self, letter: Letter) -> int:
        """The size now."""
        return letter.value[self._is_large]

    def _write(self, widget: QWidget, letter: Letter, is_strong: bool) -> None:
        # By style sheet: a font set otherwise is lost when the theme dresses the window anew.
        weight = "font-weight: 600;" if is_strong else ""
        widget.setStyleSheet(f"font-size: {self.pixels(letter)}px; {weight}")
