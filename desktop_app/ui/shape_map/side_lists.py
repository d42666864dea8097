"""The families of outlines and the free places, beside the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
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

from desktop_app.domain.products import ProductCard
from desktop_app.domain.shapes import OutlinePoints
from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap
from desktop_app.ui.point_map.colours import group_colour
from desktop_app.ui.shape_map.marks import outline_pixmap
from desktop_app.ui.shape_map.words import free_place_text, mostly_text, pictures_text
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
        self._theme = theme
        self._numbers: dict[int, int] = {}
        self._products: dict[int, int] = {}
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

    @property
    def medoids(self) -> list[int]:
        """The contents whose outlines the families show."""
        return list(self._numbers)

    @property
    def nearest_products(self) -> list[int]:
        """The products that the free places name."""
        return list(self._products.values())

    def show_nothing(self) -> None:
        """There is no map."""
        self._numbers, self._products = {}, {}
        self.clusters.set_rows(())
        self._show_free_words(())

    def show_map(self, shown: ShownMap, cards: Mapping[int, ProductCard]) -> None:
        """Its families and free places; ``cards`` are the products known, by id."""
        clusters, free = shown.shape_map.clusters, shown.shape_map.free_places
        self._numbers = {cluster.medoid: number for number, cluster in enumerate(clusters)}
        sizes = np.bincount(shown.cluster_of[shown.cluster_of >= 0], minlength=len(clusters))
        words = []
        for number, size in enumerate(sizes.tolist()):
            mostly = mostly_text(shown, number)
            words.append("\n".join(part for part in (pictures_text(size), mostly) if part))
        self.clusters.set_rows(words)
        rows = np.flatnonzero(np.isin(shown.content_ids, [place.nearest for place in free]))
        ids, products = shown.content_ids[rows].tolist(), shown.product_ids[rows].tolist()
        self._products = dict(zip(ids, products, strict=True))
        self.show_free_places(shown, cards)
        for number, place in enumerate(free):
            colour = self._theme.colours.text_muted
            self.free_places.set_outline(number, place.outline.points, colour)

    def show_free_places(self, shown: ShownMap, cards: Mapping[int, ProductCard]) -> None:
        """Each with the product nearest to it, as far as it is known."""
        words = []
        for place in shown.shape_map.free_places:
            card = cards.get(self._products.get(place.nearest, -1))
            words.append(free_place_text(place.overlap, card.sku if card is not None else ""))
        self._show_free_words(words)

    def show_outlines(self, pictures: Sequence[MappedPicture]) -> None:
        """Those of the families among them."""
        for picture in pictures:
            number = self._numbers.get(picture.content_id)
            if number is not None and picture.outline is not None:
                colour = group_colour(number, is_dark=self._theme.is_dark)
                self.clusters.set_outline(number, picture.outline, colour)

    def _show_free_words(self, words: Sequence[str]) -> None:
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
