"""The list of shortcuts under F1, read from the actions themselves so that it cannot go stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """A titled list of (key sequence text, what it does)."""

    title: str
    entries: tuple[tuple[str, str], ...]

    @classmethod
    def from_actions(cls, title: str, actions: Sequence[QAction]) -> ShortcutGroup:
        """Those of the actions that have a shortcut."""
        native = QKeySequence.SequenceFormat.NativeText
        entries = tuple(
            (action.shortcut().toString(native), action.text().replace("&", "").rstrip("…"))
            for action in actions
            if not action.shortcut().isEmpty()
        )
        return cls(title, entries)


class ShortcutsDialog(QDialog):
    """Shows groups of shortcuts in two columns."""

    def __init__(self, groups: Sequence[ShortcutGroup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 560)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        row = 0
        for group in groups:
            title = QLabel(group.title)
            title.setProperty("role", "title")
            title.setContentsMargins(0, 12 if row else 0, 0, 4)
            grid.addWidget(title, row, 0, 1, 2)
            row += 1
            for keys, meaning in group.entries:
                key = QLabel(keys)
                key.setProperty("role", "key")
                grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(QLabel(meaning), row, 1)
                row += 1
        grid.setRowStretch(row, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
