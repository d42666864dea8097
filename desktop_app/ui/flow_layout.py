"""Widgets one after another, wrapped like words."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from desktop_app.ui.theme import Space


class FlowLayout(QLayout):
    """Lays its widgets out in lines as wide as there is room; its height follows the width.

    Lines start at the left, or stand in the middle with ``is_centred``.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        spacing: int = Space.XS,
        is_centred: bool = False,
    ) -> None:
        super().__init__(parent)
        self._is_centred = is_centred
        self._items: list[QLayoutItem] = []
        self._gap = spacing
        self.setContentsMargins(0, 0, 0, 0)

    def _place(self, area: QRect, *, apply: bool) -> int:
        """The height the items take in this width; moves them there with ``apply``."""
        lines: list[list[QLayoutItem]] = [[]]
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            width = item.sizeHint().width()
            if lines[-1] and x + width > area.width():
                lines.append([])
                x = 0
            lines[-1].append(item)
            x += width + self._gap
        y = area.y()
        for line in lines:
            height = max((item.sizeHint().height() for item in line), default=0)
            if apply:
                self._set_line(line, QRect(area.x(), y, area.width(), height))
            y += height + self._gap
        return y - self._gap - area.y()

    def _set_line(self, line: list[QLayoutItem], area: QRect) -> None:
        """Side by side, centred on the line."""
        x = area.x()
        if self._is_centred:
            used = sum(item.sizeHint().width() + self._gap for item in line) - self._gap
            x += max(0, area.width() - used) // 2
        for item in line:
            size = item.sizeHint().boundedTo(area.size())
            top = area.y() + (area.height() - size.height()) // 2
            item.setGeometry(QRect(QPoint(x, top), size))
            x += size.width() + self._gap

    # Qt

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), apply=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, apply=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize(0, 0)
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size
