"""A thin line along the top of a pane that says work is under way."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_app.ui.theme import Theme

HEIGHT = 2
APPEARS_AFTER_MS = 150


class BusyLine(QWidget):
    """Always two pixels high, so that nothing jumps; shows only work that lasts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fraction: float | None = None
        self._is_lit = False
        self.setFixedHeight(HEIGHT)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(APPEARS_AFTER_MS)
        self._delay.timeout.connect(self._light)
        theme.changed.connect(self.update)

    @property
    def is_lit(self) -> bool:
        """Whether the line can be seen."""
        return self._is_lit

    def start(self, fraction: float | None = None) -> None:
        """Work is under way: this share of it done, or None where that is not known."""
        self._fraction = fraction
        if self._is_lit:
            self.update()
        elif not self._delay.isActive():
            self._delay.start()

    def stop(self) -> None:
        """The work is over."""
        self._delay.stop()
        self._is_lit = False
        self.setAccessibleName("")
        self.update()

    def _light(self) -> None:
        self._is_lit = True
        self.setAccessibleName(self.tr("Busy"))
        self.update()

    # Qt

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._is_lit:
            return
        painter = QPainter(self)
        accent = QColor(self._theme.colours.accent)
        if self._fraction is not None:
            painter.fillRect(
                QRectF(0, 0, self.width() * min(1.0, max(0.0, self._fraction)), HEIGHT), accent
            )
            accent.setAlphaF(0.2)
        else:
            accent.setAlphaF(0.55)
        painter.fillRect(self.rect(), accent)
