"""The middle of the review: one pair of a group in pictures, fields, evidence and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.products import CORE_COLUMNS, Column, ProductCard
from desktop_app.services.pair_details import PairDetails, PlacedBy
from desktop_app.ui.confidence_pill import ConfidenceLabel
from desktop_app.ui.duplicates.mode_bar import ModeBar
from desktop_app.ui.duplicates.overlay_view import Overlay, OverlayView
from desktop_app.ui.duplicates.pair_matrix import Edge, PairMatrix
from desktop_app.ui.duplicates.side_by_side import ShownProduct, SideBySide
from desktop_app.ui.duplicates.verdict_bar import VerdictBar
from desktop_app.ui.duplicates.words import difference_text, placed_text
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.evidence_bars import EvidenceBars
from desktop_app.ui.evidence_text import channel_lines
from desktop_app.ui.fields_grid import FieldsGrid
from desktop_app.ui.product_text import rich_text, score_explanation
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.aligning import Laid

FACTS_WIDTH = 290
LABEL_WIDTH = 72
NARROW_BELOW = 560


@dataclass(frozen=True, slots=True, eq=False)
class PairOnView:
    """A pair of a group. ``products`` are up to four, those of the pair among them, in the
    order of the group; ``first`` and ``second`` their places; ``cards`` are aligned, None until
    they are here. ``place`` tells where in the review this is."""

    pair_row: int
    chance: float
    verdict: Verdict | None
    products: tuple[ShownProduct, ...]
    cards: tuple[ProductCard | None, ...]
    first: int
    second: int
    names: tuple[str, ...]
    edges: tuple[Edge, ...]
    place: str
    said: str = ""


class ReviewPane(QWidget):
    """Signals: ``pair_chosen`` (pair row), ``product_chosen`` (product id); those of the
    verdict bar come from ``verdicts``, ``mode_changed`` (Overlay or None)."""

    pair_chosen = Signal(object)
    product_chosen = Signal(object)
    mode_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._columns: tuple[Column, ...] = CORE_COLUMNS
        self._pair: PairOnView | None = None
        self._pictures: dict[int, QImage] = {}
        self._overlaid: int | None = None
        self._filled: tuple[object, object] | None = None
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._title.setProperty("role", "title")
        self._pill = ConfidenceLabel(theme)
        self._place = QLabel()
        self._place.setProperty("role", "meta")
        self.modes = ModeBar(theme)
        self.modes.mode_chosen.connect(self.set_mode)
        self.pictures = SideBySide(theme)
        self.pictures.product_chosen.connect(self.product_chosen)
        self.overlay = OverlayView(theme)
        self.modes.interval_changed.connect(self.overlay.set_interval)
        self.modes.running_changed.connect(self.overlay.set_running)
        self.modes.fit_wanted.connect(self.fit)
        self._caption = QLabel()
        self._caption.setProperty("role", "meta")
        self._stage = QStackedWidget()
        self._stage.addWidget(self.pictures)
        self._stage.addWidget(self._with_caption())
        self.fields = FieldsGrid(label_width=LABEL_WIDTH)
        self.bars = EvidenceBars(theme)
        self.matrix = PairMatrix(theme)
        self.matrix.pair_chosen.connect(self.pair_chosen)
        self.verdicts = VerdictBar(theme)
        self._lay_out()

    @property
    def pair(self) -> PairOnView | None:
        """What is on view."""
        return self._pair

    @property
    def mode(self) -> Overlay | None:
        """How the pair is looked at; None is side by side."""
        return self.modes.mode

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns, compared after the core ones."""
        self._columns = (*CORE_COLUMNS, *columns)
        if self._pair is not None:
            self._fill_fields(self._pair)

    def show_pair(self, pair: PairOnView) -> None:
        """Show this; evidence and overlays follow by :meth:`show_details` and :meth:`show_laid`
        where it is another pair."""
        before, self._pair = self._pair, pair
        is_same = before is not None and _contents(before) == _contents(pair)
        first, second = pair.products[pair.first], pair.products[pair.second]
        self._title.set_text(self.tr("{0} and {1}").format(first.title, second.title))
        self._pill.set_score(pair.chance, rich_text(score_explanation(pair.chance)))
        self._place.setText(pair.place)
        self.pictures.show_products(pair.products)
        self.overlay.set_names(
            f"{pair.first + 1}  {first.title}", f"{pair.second + 1}  {second.title}"
        )
        if not is_same:
            self._pictures = {
                content: image
                for content, image in self._pictures.items()
                if content in {each.content_id for each in pair.products}
            }
            self._caption.setText(" ")
            self._overlaid = None
            self.overlay.set_second(None)
            self._fill_overlay()
            self.bars.setEnabled(False)
        self._fill_fields(pair)
        self.matrix.show_group(pair.names, pair.edges, pair.pair_row)
        self.matrix.setVisible(len(pair.names) > 2)
        self.verdicts.show_verdict(pair.verdict, pair.said)

    def show_details(self, details: PairDetails) -> None:
        """What speaks for the pair on view."""
        evidence = details.explanation.evidence
        self.bars.show_lines(channel_lines(evidence, details.explanation, is_pair=True))
        self.bars.setEnabled(True)
        if details.placed_by is not PlacedBy.FRAME:
            self.pictures.set_placement(details.content_a, details.content_b, details.placement)
        if self._pair is not None:
            words = score_explanation(self._pair.chance, evidence)
            self._pill.set_score(self._pair.chance, rich_text(words))

    def show_laid(self, laid: Laid) -> None:
        """The first picture laid on the second, of the pair on view."""
        self._fill_overlay()
        self.overlay.set_laid(laid.first, laid.difference)
        self._caption.setText(
            f"{difference_text(laid.share)} · {placed_text(laid.placed_by).lower()}"
        )

    def set_picture(self, content_id: int, image: QImage) -> None:
        """A picture came."""
        self._pictures[content_id] = image
        self.pictures.set_picture(content_id, image)
        self._fill_overlay()

    def set_problem(self, content_id: int, words: str) -> None:
        """A picture cannot be shown."""
        self.pictures.set_problem(content_id, words)
        pair = self._pair
        if pair is not None and content_id in _contents(pair) and not self.overlay.has_picture:
            self.overlay.set_message(words)

    @Slot(object)
    def set_mode(self, mode: Overlay | None) -> None:
        """Look at the pair so."""
        self.modes.show_mode(mode)
        self._stage.setCurrentIndex(0 if mode is None else 1)
        if mode is not None:
            self._fill_overlay()
            self.overlay.set_mode(mode)
        self.mode_changed.emit(mode)

    @Slot()
    def fit(self) -> None:
        """Show the pictures whole."""
        self.pictures.fit()
        self.overlay.fit()

    def clear(self) -> None:
        """No pair is on view."""
        self._pair = None
        self._pictures.clear()
        self._overlaid = None
        self.overlay.set_second(None)
        self.pictures.show_products(())

    def _fill_overlay(self) -> None:
        """The second picture, where somebody looks at overlays; once for each pair."""
        if self._pair is None or self.mode is None:
            return
        content_id = self._pair.products[self._pair.second].content_id
        image = self._pictures.get(content_id)
        if image is not None and self._overlaid != content_id:
            self._overlaid = content_id
            self.overlay.set_second(image)

    def _fill_fields(self, pair: PairOnView) -> None:
        if self._filled == (pair.cards, self._columns):
            return
        self._filled = (pair.cards, self._columns)
        self.fields.clear()
        if any(card is not None for card in pair.cards):
            self.fields.add_products(pair.cards, self._columns)

    def _with_caption(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.overlay, 1)
        column.addWidget(self._caption)
        return page

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        head.addWidget(self._place)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self.modes)
        column.addWidget(self._stage, 1)
        column.addWidget(self.verdicts)
        self._facts = QWidget()
        facts = QVBoxLayout(self._facts)
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setSpacing(Space.M)
        facts.addWidget(self.bars)
        facts.addWidget(self.matrix, 0, Qt.AlignmentFlag.AlignLeft)
        facts.addStretch(1)
        below = QWidget()
        below.setProperty("surface", "content")
        self._below = QHBoxLayout(below)
        self._below.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self._below.setSpacing(Space.L)
        fields = QWidget()
        fields_column = QVBoxLayout(fields)
        fields_column.setContentsMargins(0, 0, 0, 0)
        fields_column.addWidget(self.fields)
        fields_column.addStretch(1)
        self._below.addWidget(fields, 1)
        self._below.addWidget(self._facts)
        self._facts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        area = QScrollArea()
        area.setWidget(below)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(top)
        self.splitter.addWidget(area)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([600, 218])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_BELOW
        direction = (
            QHBoxLayout.Direction.BottomToTop if is_narrow else QHBoxLayout.Direction.LeftToRight
        )
        self._below.setDirection(direction)
        self._facts.setMaximumWidth(16777215 if is_narrow else FACTS_WIDTH + 20)
        self._facts.setMinimumWidth(0 if is_narrow else FACTS_WIDTH)


def _contents(pair: PairOnView) -> tuple[int, int]:
    return pair.products[pair.first].content_id, pair.products[pair.second].content_id
