"""The containers whose outline is like the one asked with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from desktop_app.domain.category_first import CategoryFirstResults
from desktop_app.domain.evidence import HitEvidence
from desktop_app.domain.products import Column
from desktop_app.domain.shapes import ShapeResults
from desktop_app.ui.card_layout import CARD_WIDTHS
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.filters_bar import FiltersBar
from desktop_app.ui.product_delegate import ProductDelegate
from desktop_app.ui.product_intents import ProductIntents
from desktop_app.ui.product_text import count_text, score_text
from desktop_app.ui.product_views import ProductViews
from desktop_app.ui.shapes.size_panel import SizePanel
from desktop_app.ui.shapes.words import OverlapPill, overlap_explanation, overlap_text
from desktop_app.ui.theme import ICON_SIZE_BESIDE_TEXT, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

FIRST_CARD_WIDTH = 144

Index = QModelIndex | QPersistentModelIndex


class ShapeResultsPane(QWidget):
    """Shows ShapeResults as cards; what is to be done with products comes from ``products``.

    Cards: answer ``views.model.page_requested`` with ``views.model.receive_cards``.

    Signals: ``current_changed`` (product id, or None).
    """

    current_changed = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = QLabel(self.tr("Containers like it"))
        self._title.setProperty("role", "title")
        self._count = QLabel()
        self._count.setProperty("role", "meta")
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._size.setRange(CARD_WIDTHS.start, CARD_WIDTHS.stop - 1)
        self._size.setPageStep(24)
        self._size.setValue(FIRST_CARD_WIDTH)
        self._size.setFixedWidth(72)
        self._size.setToolTip(self.tr("Size of the pictures (Ctrl+wheel)"))
        self._size.setAccessibleName(self.tr("Size of the pictures"))
        self.filters = FiltersBar(theme)
        self.sizes = SizePanel(theme)
        self._size_button = QToolButton()
        self._size_button.setText(self.tr("Size"))
        self._size_button.setIcon(theme.icons.icon("scaling"))
        self._size_button.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self._size_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._size_button.setToolTip(self.tr("Narrow by height, diameter, volume and neck"))
        self._size_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        panel = QWidgetAction(self)
        panel.setDefaultWidget(self.sizes)
        popup = QMenu(self)
        popup.addAction(panel)
        self._size_button.setMenu(popup)
        self.views = ProductViews(
            theme, thumbnails, delegate=_OverlapDelegate(theme, pill=OverlapPill(theme))
        )
        self.views.model.score_words = overlap_text
        self.views.grid.set_card_width(FIRST_CARD_WIDTH)
        self.products = ProductIntents(theme, self.views, self)
        self._nothing = EmptyState(theme, icon="shapes", title="", text="")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.views)
        self._stack.addWidget(self._nothing)
        self._size.valueChanged.connect(self.views.grid.set_card_width)
        self.views.card_width_changed.connect(self._size.setValue)
        self.views.selection.currentRowChanged.connect(self._tell_current)
        self._lay_out()
        self.show_nothing(self.tr("Draw an outline"), "")

    @property
    def current_id(self) -> int | None:
        """The product the keyboard is at."""
        row = self.views.current_row
        return self.views.model.id_at(row) if row >= 0 else None

    def show_results(self, results: ShapeResults) -> None:
        """List what was found, by rising difference; a product that was current stays so."""
        hits = results.hits
        evidence = {
            hit.product_id: HitEvidence({}, hit.orientation)
            for hit in hits
            if not hit.orientation.is_upright
        }
        self.views.set_products(
            np.array([hit.product_id for hit in hits], np.int64),
            np.nan_to_num(np.array([hit.overlap for hit in hits], np.float32)),
            evidence,
            is_ranked=True,
        )
        self._count.setText(self._count_words(results))
        self._stack.setCurrentWidget(self.views if hits else self._nothing)
        if not hits:
            self._nothing.set_words(*self._why_nothing(results))

    def show_nothing(self, title: str, text: str) -> None:
        """Say why there are no results."""
        self.views.set_products(np.empty(0, np.int64))
        self._count.clear()
        self._nothing.set_words(title, text)
        self._stack.setCurrentWidget(self._nothing)

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns."""
        self.views.set_extra_columns(columns)
        self.filters.set_extra_columns(columns)

    def _count_words(self, results: ShapeResults) -> str:
        words = self.tr("{0} of {1}").format(
            count_text(len(results.hits)), count_text(results.allowed_products)
        )
        if isinstance(results, CategoryFirstResults) and results.container is not None:
            sure = score_text(results.guesses[0].probability) if results.guesses else ""
            words += self.tr(" · taken for {0} {1}").format(results.container.value, sure).rstrip()
        return words

    def _why_nothing(self, results: ShapeResults) -> tuple[str, str]:
        if isinstance(results, CategoryFirstResults) and not results.searched_products:
            return (
                self.tr("No container of this kind is known"),
                self.tr("Kinds are read when pictures are looked at closer. Search by outline."),
            )
        if results.allowed_products == 0 and results.searched_products > 0:
            return (
                self.tr("No product passes the filter"),
                self.tr("Take a filter away above, or choose more on the left."),
            )
        return self.tr("No container like it"), self.tr("Change the outline and look again.")

    def _tell_current(self) -> None:
        self.current_changed.emit(self.current_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._size)
        self.head = QVBoxLayout()
        self.head.setContentsMargins(Space.M, Space.S, Space.M, Space.XS)
        self.head.setSpacing(Space.XS)
        self.head.addLayout(head)
        narrowing = QHBoxLayout()
        narrowing.setSpacing(Space.XS)
        narrowing.addWidget(self.filters, 1)
        narrowing.addWidget(self._size_button, 0, Qt.AlignmentFlag.AlignTop)
        self.head.addLayout(narrowing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addWidget(self._stack, 1)


class _OverlapDelegate(ProductDelegate):
    def score_words(self, index: Index, score: float) -> str:  # noqa: ARG002
        """See ProductDelegate."""
        return overlap_explanation(score)
