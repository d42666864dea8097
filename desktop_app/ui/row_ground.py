"""What lies behind a row of a list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop_app.ui.theme import RADIUS, Space, Theme


def paint_row_ground(
    painter: QPainter, option: QStyleOptionViewItem, theme: Theme, *, inset: int = Space.XS
) -> None:
    """Show that a row is chosen or under the mouse; leaves the painter without a pen.

    ``inset`` pixels stay free at the left and right.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(theme.colours.selected)
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(theme.colours.hover)
    else:
        return
    painter.drawRoundedRect(option.rect.adjusted(inset, 1, -inset, -1), RADIUS, RADIUS)
