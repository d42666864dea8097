"""A popup that holds a part of a pane which has no room in it."""

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
        self._area: QScrollArea | None = None
        self.setProperty("surface", "pane")
        self.setProperty("variant", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)

    def hold(self, area: QScrollArea) -> None:
        """Take this in."""
        self._area = area
        self._column.addWidget(area)

    def open_below(self, corner: QPoint) -> None:
        """Open with the upper right corner there, in global coordinates, high enough to see
        everything where that is not too much."""
        page = self._area.widget() if self._area is not None else None
        height = 0 if page is None else page.heightForWidth(WIDTH_PX - 2 * Space.M)
        self.resize(WIDTH_PX, min(height + 2 * Space.M + Space.XS, MOST_PX))
        self.move(corner.x() - self.width(), corner.y() + Space.XS)
        self.show()

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
