"""A table's headings, with the mark of the order beside the word it belongs to.

The style sheet's own headings cut a right-aligned word short to make room for the mark.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop_app.ui.theme import FontSize, Theme

HEIGHT = 32
LEFT, RIGHT = 11, 11
MARK = 12


class TableHeading(QHeaderView):
    """Paints every section itself; behaves as any horizontal header."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._font = theme.font(FontSize.META, semibold=True)
        self._metrics = QFontMetrics(self._font)
        self.setFixedHeight(HEIGHT)
        self.setSectionsClickable(True)
        self.setSortIndicatorShown(True)

    # Qt

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803
        colours = self._theme.colours
        painter.fillRect(rect, colours.content)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colours.hairline)
        model = self.model()
        role = Qt.ItemDataRole
        words = str(model.headerData(logicalIndex, self.orientation(), role.DisplayRole) or "")
        alignment = model.headerData(logicalIndex, self.orientation(), role.TextAlignmentRole)
        is_right = bool(Qt.AlignmentFlag(alignment or 0) & Qt.AlignmentFlag.AlignRight)
        is_sorted = self.sortIndicatorSection() == logicalIndex and bool(words)
        room = rect.adjusted(LEFT, 0, -RIGHT, 0)
        reserved = MARK + 4 if is_sorted else 0
        shown = self._metrics.elidedText(
            words, Qt.TextElideMode.ElideRight, room.width() - reserved
        )
        width = self._metrics.horizontalAdvance(shown)
        left = room.right() - width + 1 if is_right else room.left()
        painter.setFont(self._font)
        painter.setPen(colours.text if is_sorted else colours.text_muted)
        place = QRect(left, room.top(), width + 2, room.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        if is_sorted:
            is_descending = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            mark = self._theme.icons.pixmap(
                "arrow-down" if is_descending else "arrow-up",
                MARK,
                colour="text_muted",
                device_ratio=self.devicePixelRatioF(),
            )
            x = left - MARK - 4 if is_right else left + width + 4
            painter.drawPixmap(QPoint(x, room.center().y() - MARK // 2 + 1), mark)
