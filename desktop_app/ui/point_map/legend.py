"""Which colour is which group, over a corner of the map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme

_DOT, _ROW = 9, 18
_WIDEST = 180


class Legend(QWidget):
    """A list of names with their colours; hidden while it has none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: tuple[tuple[str, QColor], ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the colours mean"))
        self.hide()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self._entries)

    def set_entries(self, entries: Sequence[tuple[str, QColor]]) -> None:
        """These names with their colours; none for colours that need no telling."""
        self._entries = tuple(entries)
        self.setAccessibleDescription(", ".join(self.names))
        self.setVisible(bool(entries))
        self.resize(self.sizeHint())
        self.update()

    # Qt

    def sizeHint(self) -> QSize:
        self.setFont(self._theme.font(FontSize.META))
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in self.names), default=0)
        width = 2 * Space.S + _DOT + Space.S + min(widest, _WIDEST)
        return QSize(width, 2 * Space.XS + _ROW * len(self._entries))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(FontSize.META))
        colours = self._theme.colours
        ground = QColor(colours.raised)
        ground.setAlphaF(0.9)
        painter.setPen(colours.hairline)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)
        left = Space.S + _DOT + Space.S
        metrics = painter.fontMetrics()
        for place, (name, colour) in enumerate(self._entries):
            top = Space.XS + place * _ROW
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(Space.S, top + (_ROW - _DOT) // 2, _DOT, _DOT)
            painter.setPen(colours.text)
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self.width() - left - 4)
            painter.drawText(
                left, top, self.width() - left, _ROW, Qt.AlignmentFlag.AlignVCenter, words
            )
