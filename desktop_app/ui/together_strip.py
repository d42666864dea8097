"""The pictures of one item that are searched with together, as small tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QToolButton, QWidget

from desktop_app.ui.flow_layout import FlowLayout
from desktop_app.ui.theme import Space, Theme

TILE_PX = 52


@dataclass(frozen=True, slots=True, eq=False)
class TogetherTile:
    """One picture; ``image`` is null until it was read."""

    label: str
    image: QImage


class TogetherStrip(QWidget):
    """Hidden while there is nothing to show.

    Signals: ``chosen`` and ``removed`` (place of the picture).
    """

    chosen = Signal(int)
    removed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(self.tr("Pictures searched with together"))
        self._flow = FlowLayout(self)
        self._tiles: list[_Tile] = []
        self.hide()

    @property
    def count(self) -> int:
        return len(self._tiles)

    def set_tiles(self, tiles: Sequence[TogetherTile], current: int) -> None:
        """Show these; ``current`` is the place of the one in view above."""
        if len(tiles) != len(self._tiles):
            self._rebuild(len(tiles))
        for place, (widget, tile) in enumerate(zip(self._tiles, tiles, strict=True)):
            widget.show_tile(tile, is_current=place == current)
        self.setVisible(bool(tiles))
        self.updateGeometry()

    def _rebuild(self, count: int) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._tiles = [_Tile(self._theme, place, self) for place in range(count)]
        for tile in self._tiles:
            self._flow.addWidget(tile)
            tile.chosen.connect(self.chosen)
            tile.removed.connect(self.removed)
            tile.show()

    def click(self, place: int) -> None:
        """As a click on the tile."""
        self._tiles[place].click()


class _Tile(QAbstractButton):
    """A picture with a button to take it away, in a corner.

    Signals: ``chosen`` and ``removed`` (its place).
    """

    chosen = Signal(int)
    removed = Signal(int)

    def __init__(self, theme: Theme, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place = place
        self._image = QImage()
        self._is_current = False
        self.setFixedSize(TILE_PX, TILE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._remove = QToolButton(self)
        self._remove.setIcon(theme.icons.icon("x"))
        self._remove.setIconSize(QSize(10, 10))
        self._remove.setProperty("variant", "framed")
        self._remove.setStyleSheet("padding: 1px; border-radius: 8px;")
        self._remove.setFixedSize(17, 17)
        self._remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        corner = QHBoxLayout(self)
        corner.setContentsMargins(0, 2, 2, 0)
        corner.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self.clicked.connect(self._choose)
        self._remove.clicked.connect(self._tell_removed)
        theme.changed.connect(self.update)

    def show_tile(self, tile: TogetherTile, *, is_current: bool) -> None:
        self._image = tile.image
        self._is_current = is_current
        self.setAccessibleName(tile.label)
        self.setToolTip(tile.label)
        self._remove.setToolTip(self.tr("Take out of the query (Del)"))
        self._remove.setAccessibleName(self.tr("Take {} out of the query").format(tile.label))
        self.update()

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self._place)

    @Slot()
    def _tell_removed(self) -> None:
        self.removed.emit(self._place)

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(TILE_PX, TILE_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._tell_removed()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outer = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(outer, Space.XS, Space.XS)
        painter.fillPath(outline, colours.mat)
        if not self._image.isNull():
            size = QSizeF(self._image.size())
            size.scale(outer.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(outer.topLeft(), size)
            place.moveCenter(outer.center())
            painter.save()
            painter.setClipPath(outline)
            painter.drawImage(place, self._image)
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._is_current or self.hasFocus():
            painter.setPen(QPen(colours.accent, 2.5 if self.hasFocus() else 2))
            painter.drawRoundedRect(outer, Space.XS, Space.XS)
        elif self.underMouse():
            painter.setPen(QPen(colours.control, 1))
            painter.drawRoundedRect(outer, Space.XS, Space.XS)
