"""A popup that holds parts of a pane which have no room in it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_app.ui.theme import Space

WIDTH_PX = 340
MOST_PX = 520


class SidePopup(QFrame):
    """Closes at a click elsewhere, and with Esc."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self._column.setSpacing(Space.S)

    def hold(self, *parts: QWidget) -> None:
        """Take these in, one below another."""
        for part in parts:
            self._column.addWidget(part)

    def open_below(self, corner: QPoint) -> None:
        """Open with the upper right corner there, in global coordinates."""
        wanted = self._column.sizeHint().height()
        for area in self.findChildren(QScrollArea):
            # What scrolls would rather be seen whole.
            if (page := area.widget()) is not None:
                wanted += page.sizeHint().height() - area.sizeHint().height()
        self.resize(WIDTH_PX, min(wanted + Space.S, MOST_PX))
        self.move(corner.x() - self.width(), corner.y() + Space.XS)
        self.show()

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
