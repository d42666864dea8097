"""A widget inside which things are laid out without the window taking part."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

_USUAL, _LEAST = QSize(640, 480), QSize(320, 240)


class LayoutWall(QWidget):
    """Holds one widget, always as large as itself.

    Words that change make Qt ask every layout up to the window for its size again, and where lines
    are wrapped, all that stands beside them too: tens of milliseconds in a window with many pages.
    What is inside a wall is laid out alone. For places whose size does not depend on what is in
    them, such as the pages of a stack.
    """

    def __init__(self, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inside = inside
        inside.setParent(self)

    # Qt

    def sizeHint(self) -> QSize:
        return _USUAL

    def minimumSizeHint(self) -> QSize:
        return _LEAST

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.inside.resize(event.size())
