"""The containers whose outline is like the one asked with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
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
from desktop_app.domain.search import CategoryGuess
from desktop_app.domain.shape_kinds import KindShapeResults
from desktop_app.domain.shapes import ShapeResults
from desktop_app.ui.card_layout import CARD_WIDTHS
from desktop_app.ui.elided_label import ElidedLabel
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

    Signals: ``current_changed`` (product id, or None), ``more_wanted`` where the filter leaves
    more than are listed: by the button, or by scrolling to the end.
    """

    current_changed = Signal(object)
    more_wanted = Signal()

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = QLabel(self.tr("Containers like it"))
        self._title.setProperty("role", "title")
        self._count = QLabel()
        self._count.setProperty("role", "meta")
        self._kind = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._kind.setProperty("role", "meta")
        self._more = QToolButton()
        self._more.setObjectName("show-more")
        self._more.setText(self.tr("Show more"))
        self._more.setIcon(theme.icons.icon("chevron-down"))
        self._more.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setToolTip(self.tr("List the next ones too; so does scrolling to the end"))
        self._more.clicked.connect(self._want_more)
        self._offers_more = False
        self._listed: ShapeResults | None = None
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
        self.views.grid.verticalScrollBar().actionTriggered.connect(self._scrolled)
        self._lay_out()
        self.show_nothing(self.tr("Draw an outline"), "")

    @property
    def current_id(self) -> int | None:
        """The product the keyboard is at."""
        row = self.views.current_row
        return self.views.model.id_at(row) if row >= 0 else None

    def show_results(self, results: ShapeResults) -> None:
        """List what was found, by rising difference; a product that was current stays so. What
        only goes on from what is listed leaves the view where it is."""
        hits = results.hits
        goes_on = self._listed is not None and _goes_on(self._listed, results)
        self._listed = results
        evidence = {
            hit.product_id: HitEvidence({}, hit.orientation)
            for hit in hits
            if not hit.orientation.is_upright
        }
        self.views.set_products(
            np.array([hit.product_id for hit in hits], np.int64),
            np.array([hit.overlap for hit in hits], np.float32),
            evidence,
            is_ranked=True,
            keep_place=goes_on,
        )
        self.offer_more()
        self._count.setText(self._count_words(results))
        kind = self._kind_words(results)
        self._kind.set_text(kind)
        self._kind.setVisible(bool(kind))
        self._stack.setCurrentWidget(self.views if hits else self._nothing)
        if not hits:
            self._nothing.set_words(*self._why_nothing(results))

    def offer_more(self) -> None:
        """Offer the next ones where there are any."""
        self._offers_more = self._listed is not None and _has_more(self._listed)
        self._more.setVisible(self._offers_more)

    def show_nothing(self, title: str, text: str) -> None:
        """Say why there are no results."""
        self._listed = None
        self.offer_more()
        self._kind.hide()
        self.views.set_products(np.empty(0, np.int64))
        self._count.clear()
        self._nothing.set_words(title, text)
        self._stack.setCurrentWidget(self._nothing)

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns."""
        self.views.set_extra_columns(columns)
        self.filters.set_extra_columns(columns)

    def _count_words(self, results: ShapeResults) -> str:
        return self.tr("{0} of {1}").format(
            count_text(len(results.hits)), count_text(results.allowed_products)
        )

    def _why_nothing(self, results: ShapeResults) -> tuple[str, str]:
        if isinstance(results, CategoryFirstResults) and not results.searched_products:
            return (
                self.tr("No container of this kind is known"),
                self.tr(
                    "Kinds are read when pictures are looked at closer. Search by exact outline."
                ),
            )
        if isinstance(results, KindShapeResults) and not results.searched_products:
            return (
                self.tr("No kinds are known yet"),
                self.tr("Kinds are read when pictures are indexed. Search by exact outline."),
            )
        if results.allowed_products == 0 and results.searched_products > 0:
            return (
                self.tr("No product passes the filter"),
                self.tr("Take a filter away above, or choose more on the left."),
            )
        return self.tr("No container like it"), self.tr("Change the outline and look again.")

    def _kind_words(self, results: ShapeResults) -> str:
        kind = _kind_of(results)
        if kind is None:
            return ""
        return self.tr("Taken for: {0} · {1} sure").format(
            kind.category, score_text(kind.probability)
        )

    def _tell_current(self) -> None:
        self.current_changed.emit(self.current_id)

    @Slot()
    def _want_more(self) -> None:
        if self._offers_more:
            # The button stays until the next ones are here, for it to keep the focus and the
            # list its height.
            self._offers_more = False
            self.more_wanted.emit()

    @Slot(int)
    def _scrolled(self, _action: int) -> None:
        """By a person: what moves the bar by itself triggers no action."""
        bar = self.views.grid.verticalScrollBar()
        if bar.maximum() > 0 and bar.sliderPosition() >= bar.maximum():
            self._want_more()

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
        self.head.addWidget(self._kind)
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
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignHCenter)


def _has_more(results: ShapeResults) -> bool:
    count = len(results.hits)
    return results.request.limit <= count < results.allowed_products


def _goes_on(listed: ShapeResults, results: ShapeResults) -> bool:
    """Whether all that is listed is found again, in its place."""
    before = [hit.product_id for hit in listed.hits]
    return before == [hit.product_id for hit in results.hits[: len(before)]]


def _kind_of(results: ShapeResults) -> CategoryGuess | None:
    """What the one asked for was taken for."""
    if isinstance(results, CategoryFirstResults | KindShapeResults):
        return results.guesses[0] if results.guesses else None
    return None


class _OverlapDelegate(ProductDelegate):
    def score_words(self, index: Index, score: float) -> str:  # noqa: ARG002
        """See ProductDelegate."""
        return overlap_explanation(score)
