"""Two to four pictures side by side, zoomed and moved as one; two of them are the pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.services.pair_details import Placement, mapped
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.picture_view import PictureView, ViewPosition
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.theme.stylesheet import set_property

MOST = 4
STEP = 0.01
"""Of the width, over which it is seen how much larger the product is in another picture."""


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """One column: the product, which of its pictures, and its number in the group;
    ``is_of_pair`` where it is one of the two that the verdict is about."""

    product_id: int
    content_id: int
    number: int
    title: str
    is_of_pair: bool


class SideBySide(QWidget):
    """Signals: ``product_chosen`` (product id) when a heading was clicked."""

    product_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[ShownProduct, ...] = ()
        self._columns = [_Column(theme) for _ in range(MOST)]
        self._placements: dict[tuple[int, int], Placement] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for place, column in enumerate(self._columns):
            column.view.position_changed.connect(self._follow)
            column.chosen.connect(self.product_chosen)
            column.setVisible(place < 2)
            row.addWidget(column, 1)

    @property
    def shown(self) -> Sequence[ShownProduct]:
        return self._shown

    @property
    def views(self) -> Sequence[PictureView]:
        """Those in use, left to right."""
        return [column.view for column in self._columns[: len(self._shown)]]

    def show_products(self, shown: Sequence[ShownProduct]) -> None:
        """Show these, at most four. The pictures of those that stay are kept."""
        before = {(each.product_id, each.content_id) for each in self._shown}
        is_same_set = before == {(each.product_id, each.content_id) for each in shown}
        if not is_same_set:
            self._placements.clear()
        old = [(each.product_id, each.content_id) for each in self._shown]
        self._shown = tuple(shown[:MOST])
        for place, column in enumerate(self._columns):
            column.setVisible(place < len(self._shown))
            if place >= len(self._shown):
                column.view.set_picture(None)
                continue
            each = self._shown[place]
            column.show_product(each, is_one_of_several=len(self._shown) > 2)
            is_kept = place < len(old) and old[place] == (each.product_id, each.content_id)
            if not is_kept:
                column.view.set_picture(None, keep_position=is_same_set)

    def set_picture(self, content_id: int, image: QImage) -> None:
        """The picture of every column that shows this content."""
        for each, column in zip(self._shown, self._columns, strict=False):
            if each.content_id == content_id:
                column.view.set_picture(image, keep_position=True)

    def set_problem(self, content_id: int, words: str) -> None:
        """Why a picture cannot be shown."""
        for each, column in zip(self._shown, self._columns, strict=False):
            if each.content_id == content_id and not column.view.has_picture:
                column.view.set_message(words)

    def set_placement(self, first: int, second: int, placement: Placement) -> None:
        """How the picture of content ``first`` lies on that of ``second``: from now on both
        show the same place of the product, wherever it is in either picture."""
        self._placements[first, second] = placement
        self._placements[second, first] = np.linalg.inv(placement).astype(np.float64)

    @Slot()
    def fit(self) -> None:
        """Show all pictures whole."""
        for view in self.views:
            view.fit()

    @Slot(object)
    def _follow(self, position: ViewPosition) -> None:
        views = self.views
        leader = next(place for place, view in enumerate(views) if view is self.sender())
        for place, view in enumerate(views):
            if place != leader:
                view.set_position(self._followed(position, leader, place))

    def _followed(self, position: ViewPosition, leader: int, place: int) -> ViewPosition:
        """Where another view has to look to show what the leader shows."""
        ends = self._shown[leader].content_id, self._shown[place].content_id
        placement = self._placements.get(ends)
        if placement is None or position.zoom <= 1.0:
            return position
        here = np.array([[position.x, position.y], [position.x + STEP, position.y]])
        there = mapped(placement, here)
        own, others = self.views[leader].fitted_size, self.views[place].fitted_size
        across, down = there[1] - there[0]
        length = float(np.hypot(across * others.width(), down * others.height()))
        zoom = position.zoom * STEP * own.width() / max(1e-6, length)
        return ViewPosition(max(1.0, zoom), float(there[0, 0]), float(there[0, 1]))


class _Column(QWidget):
    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._product_id = 0
        self._mark = QLabel()
        self._mark.setFixedWidth(16)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.view = PictureView(theme)
        self._line = _Line(theme)
        heading = _Heading()
        heading.clicked.connect(self._clicked)
        row = QHBoxLayout(heading)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        row.addWidget(self._mark)
        row.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(heading)
        column.addWidget(self._line)
        column.addWidget(self.view, 1)

    def show_product(self, shown: ShownProduct, *, is_one_of_several: bool) -> None:
        self._product_id = shown.product_id
        self._mark.setText(str(shown.number))
        self._title.set_text(shown.title)
        set_property(self._title, "role", "strong" if shown.is_of_pair else "muted")
        set_property(self._mark, "role", "" if shown.is_of_pair else "meta")
        self._line.setVisible(shown.is_of_pair and is_one_of_several)
        self.view.setAccessibleName(shown.title)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self._product_id)


class _Heading(QWidget):
    clicked = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()
            return
        super().mousePressEvent(event)


class _Line(QWidget):
    """Below the headings of the pair, where there are others beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(2)
        # Keeps its place, so that the pictures stay at one height.
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.colours.accent)
