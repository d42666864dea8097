"""A strip that tells something and offers what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from desktop_app.ui.theme import RADIUS, Space, Theme


class NoticeStrip(QFrame):
    """Hidden until it has something to tell; goes when it is closed or answered."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("notice")
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons: list[QPushButton] = []
        close = QToolButton()
        close.setIcon(theme.icons.icon("x"))
        close.setToolTip(self.tr("Close this message"))
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.clear)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        self._row.setSpacing(Space.S)
        self._row.addWidget(self._words, 1)
        self._row.addWidget(close)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def words(self) -> str:
        """What is told, '' while nothing is."""
        return self._words.text()

    def tell(self, words: str, *offers: tuple[str, Callable[[], object]]) -> None:
        """Tell this in place of what was told before; ``offers`` are buttons and what they do.
        Pressing one ends the notice."""
        self._drop_buttons()
        self._words.setText(words)
        self.setAccessibleName(words)
        for place, (text, action) in enumerate(offers, start=1):
            button = QPushButton(text)
            button.setProperty("variant", "quiet")
            # What it does may tell something new.
            button.clicked.connect(self.clear)
            button.clicked.connect(action)
            self._row.insertWidget(place, button)
            self._buttons.append(button)
        self.show()

    @Slot()
    def clear(self) -> None:
        """Tell nothing."""
        self._words.setText("")
        self.hide()

    def _drop_buttons(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()

    @Slot()
    def _dress(self) -> None:
        colours = self._theme.colours
        self.setStyleSheet(
            f"#notice {{ background: {colours.selected.name()}; border-radius: {RADIUS}px; }}"
        )
