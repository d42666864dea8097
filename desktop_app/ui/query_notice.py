"""A small strip that says why something was not done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.theme import RADIUS, Space, Theme


class QueryNotice(QWidget):
    """Hidden until it has something to say; goes away when closed or when told.

    Signals: ``shown_changed``.
    """

    shown_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._what = QLabel()
        self._what.setWordWrap(True)
        self._remedy = QLabel()
        self._remedy.setProperty("role", "meta")
        self._remedy.setWordWrap(True)
        close = make_action(self, theme, self.tr("Close this message"), icon="x")
        close.triggered.connect(self.dismiss)

        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.XS, Space.S)
        row.setSpacing(Space.S)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(icon_button(close, size=14), 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def say(self, what: str, remedy: str) -> None:
        """Show what happened and what to do."""
        self._what.setText(what)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self.setAccessibleName(f"{what} {remedy}".strip())
        self.show()
        self.shown_changed.emit()

    @Slot()
    def dismiss(self) -> None:
        """Say nothing any more."""
        if not self.isHidden():
            self.hide()
            self.shown_changed.emit()

    @property
    def words(self) -> str:
        """What is being said, '' where nothing is."""
        return "" if self.isHidden() else self.accessibleName()

    @Slot()
    def _dress(self) -> None:
        colours = self._theme.colours
        self._icon.setPixmap(
            self._theme.icons.pixmap(
                "info", 16, colour="warn", device_ratio=self.devicePixelRatioF()
            )
        )
        self.setStyleSheet(
            f"#notice {{ background: {colours.warn_soft.name()}; border-radius: {RADIUS}px; }}"
        )
