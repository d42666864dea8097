"""The map of what was learned, with its slider from before to after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEasingCurve, QPoint, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.products import ProductCard
from desktop_app.services.learning.looking import BY_VERDICT, ShownEmbedding
from desktop_app.services.value_groups import OTHERS
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.learning.embedding_view import EmbeddingView
from desktop_app.ui.learning.words import group_name
from desktop_app.ui.pane_actions import icon_button, make_action, worded_button
from desktop_app.ui.point_map.colours import group_colour
from desktop_app.ui.point_map.hover_card import HoverCard
from desktop_app.ui.point_map.legend import Legend
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

STEPS = 100
PLAY_MS = 1600
"""Long for a motion: it is what is to be seen."""


class EmbeddingPane(QWidget):
    """Signals: ``grouping_chosen`` (column or BY_VERDICT), ``product_wanted`` (product id) to be
    opened, ``cards_wanted`` (product ids), answered with :meth:`take_cards`."""

    grouping_chosen = Signal(str)
    product_wanted = Signal(object)
    cards_wanted = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._cards: dict[int, ProductCard] = {}
        self._chosen = ""
        self.view = EmbeddingView(theme, thumbnail=self._thumbnail)
        self.legend = Legend(theme, self.view)
        self.hover_card = HoverCard(theme, self.view, thumbnail=self._thumbnail)
        self.grouping = QComboBox()
        self.grouping.setAccessibleName(self.tr("What the colours tell"))
        self.grouping.activated.connect(self._grouping_activated)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setAccessibleName(self.tr("From before to after learning"))
        self.slider.setToolTip(self.tr("Drag from before to after learning"))
        self.slider.valueChanged.connect(self._slid)
        self.play = worded_button(theme.icons.icon("play"), self.tr("Play"))
        self.play.setToolTip(self.tr("Watch the pictures go from before to after"))
        self.play.clicked.connect(self.start_playing)
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(PLAY_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.Linear)
        self._animation.setStartValue(0)
        self._animation.setEndValue(STEPS)
        self._animation.valueChanged.connect(self._played)
        self._nothing = EmptyState(theme, icon="map", title="", text="")
        self._nothing.set_words(
            self.tr("There is no map of this version"),
            self.tr("It was imported, or learned from too few pictures to lay out."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing)
        self._zooms = (
            make_action(self, theme, self.tr("Further away (−)"), icon="zoom-out"),
            make_action(self, theme, self.tr("Nearer (+)"), icon="zoom-in"),
            make_action(self, theme, self.tr("Show the whole map (0)"), icon="maximize"),
        )
        for action, slot in zip(
            self._zooms, (self.view.zoom_out, self.view.zoom_in, self.view.fit), strict=True
        ):
            action.triggered.connect(slot)
        self._lay_out()
        self.view.opened.connect(self._open)
        self.view.hovered.connect(self._hovers)
        self.view.current_changed.connect(self._current_changed)
        self.view.moved.connect(self.hover_card.dismiss)
        self.view.resized.connect(self._place_legend)
        self.hover_card.card_wanted.connect(self._ask_for_card)
        thumbnails.loaded.connect(self._thumbnail_loaded)
        theme.changed.connect(self._show_legend)
        self.set_columns(())
        self.show_embedding(None)

    @property
    def column(self) -> str:
        """What the colours tell: a column of the products, or BY_VERDICT."""
        return str(self.grouping.currentData())

    def set_columns(self, columns: Sequence[tuple[str, str]]) -> None:
        """Names and headings of columns that can be told by colour; verdicts always can."""
        self.grouping.clear()
        for name, heading in columns:
            self.grouping.addItem(heading, name)
        self.grouping.addItem(self.tr("Verdict"), BY_VERDICT)
        self.grouping.setCurrentIndex(max(0, self.grouping.findData(self._chosen)))

    def show_embedding(self, shown: ShownEmbedding | None) -> None:
        """Show this one; None where there is no map."""
        before = self.view.shown
        self.hover_card.dismiss()
        self.view.show_embedding(shown)
        self._stack.setCurrentIndex(0 if shown is not None and len(shown) else 1)
        self._tools.setVisible(shown is not None)
        is_new = before is None or shown is None or not np.array_equal(before.after, shown.after)
        if is_new:
            self._animation.stop()
            self.slider.setValue(STEPS)
        self._show_legend()

    def take_cards(self, cards: Sequence[ProductCard]) -> None:
        """Products that were asked for."""
        self._cards.update((card.id, card) for card in cards)
        self.hover_card.take_cards(cards)
        self._describe_current()

    def forget(self) -> None:
        """Products were changed, or the catalogue closed."""
        self._cards.clear()

    @Slot()
    def start_playing(self) -> None:
        """From before to after."""
        self._animation.stop()
        self._animation.start()

    @Slot(object)
    def _played(self, step: int) -> None:
        self.slider.setValue(int(step))

    @Slot(int)
    def _slid(self, step: int) -> None:
        self.hover_card.dismiss()
        self.view.set_share(step / STEPS)

    @Slot()
    def _grouping_activated(self) -> None:
        self._chosen = self.column
        self.grouping_chosen.emit(self.column)

    @Slot()
    def _show_legend(self) -> None:
        shown = self.view.shown
        if shown is None:
            self.legend.set_entries(())
            return
        is_dark, is_verdict = self._theme.is_dark, shown.column == BY_VERDICT
        entries = [
            (group_name(group.name, is_verdict=is_verdict), group_colour(n, is_dark=is_dark))
            for n, group in enumerate(shown.groups)
        ]
        if (shown.group_of == OTHERS).any():
            entries.append((self.tr("others"), group_colour(OTHERS, is_dark=is_dark)))
        self.legend.set_entries(entries)
        self._place_legend()

    @Slot()
    def _place_legend(self) -> None:
        self.legend.move(Space.M, self.view.height() - self.legend.height() - Space.M)

    @Slot(int)
    def _open(self, row: int) -> None:
        if self.view.shown is not None:
            self.product_wanted.emit(int(self.view.shown.product_ids[row]))

    @Slot(int, QPoint)
    def _hovers(self, row: int, at: QPoint) -> None:
        shown = self.view.shown
        is_known = shown is not None and 0 <= row < len(shown)
        product_id = int(shown.product_ids[row]) if shown is not None and is_known else -1
        self.hover_card.point_at(product_id, at)

    @Slot(int)
    def _current_changed(self, row: int) -> None:
        shown = self.view.shown
        if shown is None or row < 0:
            self.view.setAccessibleDescription("")
            return
        self._describe_current()
        self._ask_for_card(int(shown.product_ids[row]))

    def _describe_current(self) -> None:
        shown, row = self.view.shown, self.view.current_row
        if shown is None or not 0 <= row < len(shown):
            return
        card = self._cards.get(int(shown.product_ids[row]))
        if card is not None:
            self.view.setAccessibleDescription(f"{card.sku} {card.title}".strip())

    @Slot(int)
    def _ask_for_card(self, product_id: int) -> None:
        if (card := self._cards.get(product_id)) is not None:
            self.hover_card.take_cards([card])
        else:
            self.cards_wanted.emit((product_id,))

    def _thumbnail(self, content_hash: str) -> QPixmap | None:
        pixmap = self._thumbnails.pixmap(content_hash)
        if pixmap is None:
            self._thumbnails.request(content_hash)
        return pixmap

    @Slot(str)
    def _thumbnail_loaded(self, content_hash: str) -> None:
        self.view.update()
        self.hover_card.show_loaded(content_hash)

    def _lay_out(self) -> None:
        before, after = QLabel(self.tr("Before")), QLabel(self.tr("After"))
        colour = QLabel(self.tr("Colour"))
        for label in (before, after, colour):
            label.setProperty("role", "muted")
        colour.setBuddy(self.grouping)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.play)
        row.addWidget(before)
        row.addWidget(self.slider, 1)
        row.addWidget(after)
        row.addSpacing(Space.S)
        row.addWidget(colour)
        row.addWidget(self.grouping)
        for action in self._zooms:
            row.addWidget(icon_button(action))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._tools)
        column.addWidget(self._stack, 1)
