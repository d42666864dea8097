"""What the query pane shows before there is a query: a place to drop, and the other ways in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.theme import RADIUS, Space, Theme

ICON_PX = 32


class QueryDropZone(QWidget):
    """A dashed field with a hint and one button for each of ``ways_in``.

    It only shows; whoever holds it takes the drops.
    """

    def __init__(self, theme: Theme, ways_in: Sequence[QAction]) -> None:
        super().__init__()
        self._theme = theme
        self._lit = False
        self._compact = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Drop a picture here"))

        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._what = QLabel()
        self._what.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = theme.font(semibold=True)
        self._what.setFont(font)
        self._from = QLabel()
        self._from.setProperty("role", "meta")
        self._from.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._from.setWordWrap(True)

        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addStretch()
        words.addWidget(self._what)
        words.addWidget(self._from)
        words.addStretch()

        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        row.addStretch()
        for action in ways_in:
            row.addWidget(self._button(action))
        row.addStretch()

        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self._layout.setSpacing(Space.M)
        self._layout.addStretch(3)
        self._layout.addWidget(self._picture)
        self._layout.addLayout(words, 1)
        self._layout.addStretch(2)
        self._layout.addWidget(self._buttons)
        self._refresh()
        theme.changed.connect(self._refresh)

    def set_lit(self, lit: bool) -> None:
        """Light up while something usable is dragged over the window."""
        if lit != self._lit:
            self._lit = lit
            self._refresh()

    def set_compact(self, compact: bool) -> None:
        """Lie flat, for the strip above the results."""
        self._compact = compact
        self._layout.setDirection(
            QBoxLayout.Direction.LeftToRight if compact else QBoxLayout.Direction.TopToBottom
        )
        sides = Space.L if compact else Space.M
        self._layout.setContentsMargins(sides, Space.S, sides, Space.S if compact else Space.M)
        alignment = Qt.AlignmentFlag.AlignLeft if compact else Qt.AlignmentFlag.AlignHCenter
        for label in (self._what, self._from):
            label.setAlignment(alignment)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(20, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setMinimumWidth(64)
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def _refresh(self) -> None:
        tint = "accent_text" if self._lit else "text_muted"
        self._picture.setPixmap(
            self._theme.icons.pixmap(
                "image-plus", ICON_PX, colour=tint, device_ratio=self.devicePixelRatioF()
            )
        )
        self._what.setText(
            self.tr("Drop to search") if self._lit else self.tr("Drop a picture here")
        )
        self._from.setText(
            self.tr("with this picture")
            if self._lit
            else self.tr("from a folder, a browser or the results")
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self._lit:
            painter.setBrush(colours.selected)
            painter.setPen(QPen(colours.accent, 2))
        else:
            painter.setBrush(colours.content)
            pen = QPen(colours.control, 1)
            pen.setDashPattern([4, 4])
            painter.setPen(pen)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
