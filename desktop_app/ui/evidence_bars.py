"""A bar and a few words for each channel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.evidence_text import SHOWN_ORDER, ChannelLine
from desktop_app.ui.product_text import rich_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.theme.stylesheet import set_property

BAR = 4
LEAST_BAR = 36
NARROW_BELOW = 230


class EvidenceBars(QWidget):
    """Shows one ChannelLine below another; what does not count is greyed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.S)
        self._grid.setVerticalSpacing(Space.XS)
        self._is_narrow = False
        self._rows: list[tuple[QLabel, ElidedLabel, _Bar]] = []
        for _ in SHOWN_ORDER:
            name, words, bar = QLabel(), ElidedLabel(mode=Qt.TextElideMode.ElideRight), _Bar(theme)
            name.setProperty("role", "meta")
            words.setProperty("role", "")
            self._rows.append((name, words, bar))
        self._arrange()

    def show_lines(self, lines: Sequence[ChannelLine]) -> None:
        """Show these, one for each channel."""
        for (name, words, bar), line in zip(self._rows, lines, strict=True):
            name.setText(line.name)
            words.set_text(line.words)
            role = "" if line.is_counted else "muted"
            if words.property("role") != role:
                set_property(words, "role", role)
            bar.show_strength(line.strength, is_counted=line.is_counted)
            for part in (name, bar):
                part.setToolTip(rich_text(line.explanation))
            words.setToolTip(rich_text(f"{line.words}\n{line.explanation}"))
            bar.setAccessibleName(f"{line.name}: {line.words}")

    def _arrange(self) -> None:
        """Name, bar and words on one line; in a narrow column the words below."""
        grid, is_narrow = self._grid, self._is_narrow
        for row in self._rows:
            for part in row:
                grid.removeWidget(part)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 0 if is_narrow else 12)
        for place, (name, words, bar) in enumerate(self._rows):
            line = 2 * place
            grid.addWidget(name, line, 0)
            if is_narrow:
                grid.addWidget(bar, line, 1, 1, 2)
                grid.addWidget(words, line + 1, 0, 1, 3)
            else:
                grid.addWidget(bar, line, 1)
                grid.addWidget(words, line, 2)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW_BELOW
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._arrange()


class _Bar(QWidget):
    """How alike, from unlike to the same; hollow where nothing was said."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._strength: float | None = None
        self._is_counted = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(LEAST_BAR)
        theme.changed.connect(self.update)

    def show_strength(self, strength: float | None, *, is_counted: bool) -> None:
        self._strength, self._is_counted = strength, is_counted
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST_BAR, BAR + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = self._theme.colours
        track = QRectF(0, 1, self.width(), BAR)
        painter.setBrush(colours.pressed)
        painter.drawRoundedRect(track, BAR / 2, BAR / 2)
        if self._strength is not None and self._strength > 0:
            filled = QRectF(track)
            filled.setWidth(max(BAR, track.width() * self._strength))
            painter.setBrush(colours.accent if self._is_counted else colours.control)
            painter.drawRoundedRect(filled, BAR / 2, BAR / 2)
