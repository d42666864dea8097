"""Outline icons from ``resources/icons``, drawn in the theme's colours.

An icon asks for its colour whenever it is painted, so it follows a change of theme without
being set again. Rendered pixmaps are kept by name, colour and device size.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_app.ui.theme.tokens import Colours

STROKE_PX = 1.5
ICON_SIZE = QSize(16, 16)
ICON_SIZE_BESIDE_TEXT = QSize(20, 16)
"""Keeps two more pixels between the icon and the words of a button."""

_VIEW_BOX = 24
_STROKE_WIDTH = re.compile(r'stroke-width="[\d.]+"')

ALIASES = {
    "grid": "layout-grid",
    "rows": "rows-3",
    "compare": "columns-2",
    "flip": "flip-horizontal-2",
    "sliders": "sliders-horizontal",
    "filter": "funnel",
    "help": "circle-help",
    "stop": "square",
    "undo": "undo-2",
    "redo": "redo-2",
    "trash": "trash-2",
    "more": "ellipsis",
    "more-horizontal": "ellipsis",
}
"""Names of the trade for files that keep the set's own names."""


class Icons:
    """Finds and tints icons. GUI thread only.

    ``colours`` gives the current theme's colours, asked at every painting.
    """

    def __init__(self, folder: Path, colours: Callable[[], Colours]) -> None:
        self._folder = folder
        self._colours = colours
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, int, int], QPixmap] = {}

    def icon(self, name: str, colour: str = "text") -> QIcon:
        """An icon in the colour token ``colour``; ``text_disabled`` while disabled and
        ``accent_text`` while checked. Raises FileNotFoundError for an unknown name."""
        self.svg(name, QColor("black"), 16)
        return QIcon(_ThemedIconEngine(self, name, colour))

    def pixmap(
        self, name: str, size: int, *, colour: str | QColor = "text", device_ratio: float = 1.0
    ) -> QPixmap:
        """A square pixmap of ``size`` logical pixels, in a colour token or a colour."""
        tint = colour if isinstance(colour, QColor) else self.colour(colour)
        side = max(1, round(size * device_ratio))
        key = (name, tint.rgba(), side)
        found = self._pixmaps.get(key)
        if found is None:
            found = QPixmap(side, side)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            svg = QByteArray(self.svg(name, tint, size).encode())
            QSvgRenderer(svg).render(painter, QRectF(0, 0, side, side))
            painter.end()
            self._pixmaps[key] = found
        if found.devicePixelRatio() != device_ratio:
            found = QPixmap(found)
            found.setDevicePixelRatio(device_ratio)
        return found

    def colour(self, token: str) -> QColor:
        """The current theme's colour of this name."""
        return QColor(getattr(self._colours(), token))

    def svg(self, name: str, colour: QColor, size: int) -> str:
        """The icon's SVG text in this colour, its stroke STROKE_PX wide when drawn ``size``
        logical pixels large."""
        if name.endswith("-filled"):
            return self._coloured(name, colour, width=1.0)
        width = STROKE_PX * _VIEW_BOX / max(1, size)
        # Above 24 px the stroke grows with the picture, but slower.
        if size > _VIEW_BOX:
            width *= (size / _VIEW_BOX) ** 0.5
        return self._coloured(name, colour, width=width)

    def _coloured(self, name: str, colour: QColor, *, width: float) -> str:
        text = _STROKE_WIDTH.sub(f'stroke-width="{width:.2f}"', self._source(name), count=1)
        return text.replace("currentColor", colour.name())

    def names(self) -> list[str]:
        """Every icon there is, without aliases."""
        return sorted(path.stem for path in self._folder.glob("*.svg"))

    def _source(self, name: str) -> str:
        if name not in self._sources:
            path = self._folder / f"{ALIASES.get(name, name)}.svg"
            self._sources[name] = path.read_text(encoding="utf-8")
        return self._sources[name]


class _ThemedIconEngine(QIconEngine):
    """Draws one icon in the colour the theme has now."""

    def __init__(self, icons: Icons, name: str, colour: str) -> None:
        super().__init__()
        self._icons = icons
        self._name = name
        self._colour = colour

    def _tint(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        if mode == QIcon.Mode.Disabled:
            return self._icons.colour("text_disabled")
        if state == QIcon.State.On:
            return self._icons.colour("accent_text")
        return self._icons.colour(self._colour)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        drawn = self._icons.pixmap(
            self._name, side, colour=self._tint(mode, state), device_ratio=ratio
        )
        left = rect.x() + (rect.width() - side) // 2
        top = rect.y() + (rect.height() - side) // 2
        painter.drawPixmap(left, top, drawn)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        side = min(size.width(), size.height())
        drawn = self._icons.pixmap(
            self._name, side, colour=self._tint(mode, state), device_ratio=scale
        )
        if size.width() == size.height():
            return drawn
        whole = QPixmap(size * scale)
        whole.setDevicePixelRatio(scale)
        whole.fill(Qt.GlobalColor.transparent)
        painter = QPainter(whole)
        painter.drawPixmap((size.width() - side) // 2, (size.height() - side) // 2, drawn)
        painter.end()
        return whole
