"""A part of a pane under a heading that opens and closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui.theme import Space, Theme


class Section(QWidget):
    """Holds ``body``. Signals: ``opened_changed`` (whether it is open)."""

    opened_changed = Signal(bool)

    def __init__(self, theme: Theme, title: str, body: QWidget, *, is_open: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self.body = body
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setAccessibleName(title)
        self.heading.setCheckable(True)
        self.heading.setProperty("variant", "heading")
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.heading.toggled.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.heading)
        column.addWidget(body)
        self.heading.setChecked(is_open)
        self._open(is_open)

    @property
    def is_open(self) -> bool:
        return self.heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.heading.setChecked(is_open)

    @Slot(bool)
    def _open(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        icon = "chevron-down" if is_open else "chevron-right"
        self.heading.setIcon(self._theme.icons.icon(icon, "text_muted"))
        self.heading.setToolTip(self.tr("Close") if is_open else self.tr("Open"))
        self.opened_changed.emit(is_open)
