"""The families of outlines and the free places, beside the map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.shapes import OutlinePoints
from desktop_app.ui.shape_map.marks import outline_pixmap
from desktop_app.ui.theme import Space, Theme

ICON = 44
ROW = 54


class OutlineList(QListWidget):
    """Rows of an outline and two lines of words.

    Signals: ``chosen`` (number) at a click, Return, or when the keyboard goes there.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setIconSize(QSize(ICON, ICON))
        self.setProperty("surface", "pane")
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.itemClicked.connect(self._tell)
        self.itemActivated.connect(self._tell)

    def set_rows(self, words: Sequence[str]) -> None:
        """Show these; outlines follow."""
        kept = self.currentRow()
        if len(words) != self.count():
            self.clear()
            for _ in words:
                item = QListWidgetItem()
                item.setSizeHint(QSize(0, ROW))
                self.addItem(item)
        for row, text in enumerate(words):
            self.item(row).setText(text)
            self.item(row).setToolTip(text)
        if kept < self.count():
            self.setCurrentRow(kept)

    def set_outline(self, row: int, outline: OutlinePoints, colour: QColor) -> None:
        """Drawn once for each call."""
        pixmap = outline_pixmap(outline, ICON, colour, self.devicePixelRatioF())
        self.item(row).setIcon(QIcon(pixmap))

    @Slot(QListWidgetItem)
    def _tell(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.row(item))


class SideLists(QWidget):
    """Both lists, each under its heading.

    Signals: ``cluster_chosen`` and ``free_place_chosen`` (number), ``sketch_wanted`` when the
    outline of the current free place is to be searched with.
    """

    cluster_chosen = Signal(int)
    free_place_chosen = Signal(int)
    sketch_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.clusters = OutlineList(theme, self.tr("Families of like outline"))
        self.free_places = OutlineList(theme, self.tr("Outlines that the range lacks"))
        self._free_title = _section(self.tr("Outlines that the range lacks"))
        self._sketch = QPushButton(self.tr("Search with this outline"))
        self._sketch.setToolTip(
            self.tr("Take the outline of the free place chosen to the drawing board")
        )
        self._sketch.setEnabled(False)
        self._none = QLabel(self.tr("No room was found between the outlines."))
        self._none.setProperty("role", "meta")
        self._none.setWordWrap(True)
        self.clusters.chosen.connect(self.cluster_chosen)
        self.free_places.chosen.connect(self.free_place_chosen)
        self.free_places.currentRowChanged.connect(self._current_changed)
        self._sketch.clicked.connect(self.sketch_wanted)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(Space.M, Space.XS, Space.M, Space.S)
        buttons.addWidget(self._sketch)
        self._none.setContentsMargins(Space.M, 0, Space.M, Space.S)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(_section(self.tr("Families of like outline")))
        column.addWidget(self.clusters, 3)
        column.addWidget(self._free_title)
        column.addWidget(self._none)
        column.addWidget(self.free_places, 2)
        column.addLayout(buttons)

    def show_free_places(self, words: Sequence[str]) -> None:
        """One row each, or why there is none."""
        self.free_places.set_rows(words)
        self.free_places.setVisible(bool(words))
        self._sketch.setVisible(bool(words))
        self._none.setVisible(not words)

    @Slot(int)
    def _current_changed(self, row: int) -> None:
        self._sketch.setEnabled(row >= 0)


def _section(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "section")
    label.setContentsMargins(Space.M, 0, Space.M, 0)
    return label
