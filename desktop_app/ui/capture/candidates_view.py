"""Products that it may be: chosen by the keys 1, 2 and 3, or a click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.domain.capturing import CANDIDATES
from desktop_app.domain.products import ProductCard
from desktop_app.ui.capture.fitted_picture import FittedPicture
from desktop_app.ui.capture.lettering import Letter, Lettering
from desktop_app.ui.product_text import confidence_text
from desktop_app.ui.theme import RADIUS, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

TALLEST = 240


class CandidatesView(QWidget):
    """Signals: ``chosen`` (place, from 0), ``none_wanted`` where it is none of them."""

    chosen = Signal(int)
    none_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        lettering: Lettering,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows = [_Candidate(theme, thumbnails, lettering, place) for place in range(CANDIDATES)]
        self.none = QPushButton(self.tr("None of these (N)"))
        self.none.clicked.connect(self.none_wanted)
        lettering.follow(self.none, Letter.TEXT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for row in self.rows:
            row.chosen.connect(self.chosen)
            column.addWidget(row, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.none)
        foot.addStretch(1)
        column.addLayout(foot)
        column.addStretch(0)

    def show_candidates(self, candidates: Sequence[tuple[ProductCard, float]]) -> None:
        """Show these with their confidences, at most CANDIDATES."""
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(candidates))
            if place < len(candidates):
                row.show_product(*candidates[place])


class _Candidate(QFrame):
    """Signals: ``chosen`` (its place, from 0)."""

    chosen = Signal(int)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, lettering: Lettering, place: int
    ) -> None:
        super().__init__()
        self._theme = theme
        self._place = place
        self.setObjectName("candidate")
        self.setMaximumHeight(TALLEST)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.key = QPushButton(str(place + 1))
        self.key.setToolTip(self.tr("It is this one ({0})").format(place + 1))
        self.key.clicked.connect(self._choose)
        lettering.follow(self.key, Letter.SKU, is_strong=True)
        self._picture = FittedPicture(theme, thumbnails)
        self.sku = lettering.label(Letter.TITLE, is_strong=True)
        self._title = lettering.label(Letter.TEXT)
        self._confidence = lettering.label(Letter.TEXT, role="muted")
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addStretch(1)
        for label in (self.sku, self._title, self._confidence):
            words.addWidget(label)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        row.setSpacing(Space.M)
        row.addWidget(self.key)
        row.addWidget(self._picture, 2)
        row.addLayout(words, 3)
        theme.changed.connect(self._dress)
        self._dress()

    def show_product(self, card: ProductCard, confidence: float) -> None:
        self._picture.show_card(card)
        self.sku.setText(card.sku)
        self._title.setText(card.title)
        self._title.setVisible(bool(card.title))
        self._confidence.setText(confidence_text(confidence))
        self.key.setAccessibleName(f"{self._place + 1}: {card.sku} {card.title}".strip())

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self._place)

    @Slot()
    def _dress(self) -> None:
        colours = self._theme.colours
        self.setStyleSheet(
            f"#candidate {{ border: 1px solid {colours.hairline.name()};"
            f" border-radius: {RADIUS}px; }}"
            f"#candidate:hover {{ background: {colours.hover.name()}; }}"
        )

    # Qt overrides

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self._choose()
