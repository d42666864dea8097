"""A product that was found, beside the picture that was taken of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.products import ProductCard
from desktop_app.ui.capture.fitted_picture import FittedPicture
from desktop_app.ui.capture.lettering import Letter, Lettering
from desktop_app.ui.product_text import price_text
from desktop_app.ui.theme import ICON_SIZE, RADIUS, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

OTHER_SIDE = 88


class FoundView(QWidget):
    """Signals: ``wrong_wanted``, ``other_wanted`` for the product the pictures speak for,
    ``pieces_wanted`` (one more or one less), ``product_wanted`` to see all of it."""

    wrong_wanted = Signal()
    other_wanted = Signal()
    pieces_wanted = Signal(int)
    product_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        lettering: Lettering,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.picture = FittedPicture(theme, thumbnails, caption=self.tr("Catalogue"))
        self.shot = FittedPicture(theme, thumbnails, caption=self.tr("Camera"))
        self.sku = lettering.label(Letter.SKU, is_strong=True)
        self.title = lettering.label(Letter.TITLE)
        self.facts = lettering.label(Letter.TEXT, role="muted")
        self.reasons = lettering.label(Letter.TEXT)
        self.trust = lettering.label(Letter.NOTE, role="muted")
        self._other = _OtherProduct(theme, thumbnails, lettering)
        self._other.chosen.connect(self.other_wanted)
        self._count = lettering.label(Letter.SKU, is_strong=True)
        self._count.setWordWrap(False)
        self._pieces = QWidget()
        self.wrong = QPushButton(self.tr("Not this one (N)"))
        self.wrong.clicked.connect(self.wrong_wanted)
        self.open = QPushButton(self.tr("Show the product"))
        self.open.setProperty("variant", "quiet")
        self.open.clicked.connect(self.product_wanted)
        for button in (self.wrong, self.open):
            lettering.follow(button, Letter.TEXT)
        self._lay_out()

    def show_product(
        self,
        card: ProductCard,
        shot: QImage,
        *,
        reasons: tuple[str, ...],
        trust: str = "",
        can_be_wrong: bool = True,
    ) -> None:
        """Show a product, why it is the one, and how far such answers can be trusted."""
        self.picture.show_card(card)
        self.shot.show_image(shot)
        self.shot.show()
        self.sku.setText(card.sku)
        self.title.setText(card.title)
        self.title.setVisible(bool(card.title))
        facts = " · ".join(part for part in (card.brand, card.size, price_text(card)) if part)
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))
        self.reasons.setText("\n".join(reasons))
        self.reasons.setVisible(bool(reasons))
        self.trust.setText(trust)
        self.trust.setVisible(bool(trust))
        self.wrong.setVisible(can_be_wrong)
        self._other.hide()
        self.setAccessibleName(f"{card.sku} {card.title}".strip())

    def show_other(self, card: ProductCard) -> None:
        """The pictures speak for this one, against the code."""
        self._other.show_product(card)

    def show_pieces(self, pieces: int | None) -> None:
        """How many are counted; None while nothing is."""
        self._pieces.setVisible(pieces is not None)
        if pieces is not None:
            words = self.tr("1 piece") if pieces == 1 else self.tr("{0} pieces").format(pieces)
            self._count.setText(words)

    @property
    def pieces_words(self) -> str:
        """What is told of the count, '' while nothing is counted."""
        return "" if self._pieces.isHidden() else self._count.text()

    @property
    def disagreement(self) -> str:
        """What is told where code and picture disagree, else ''."""
        return "" if self._other.isHidden() else self._other.words

    def _lay_out(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(Space.S)
        pictures.addWidget(self.picture, 3)
        pictures.addWidget(self.shot, 2)
        row = QHBoxLayout(self._pieces)
        row.setContentsMargins(0, Space.XS, 0, Space.XS)
        row.setSpacing(Space.S)
        for icon, words, more in (
            ("minus", self.tr("One piece less (−)"), -1),
            ("plus", self.tr("One piece more (+)"), 1),
        ):
            button = QToolButton()
            button.setProperty("variant", "framed")
            button.setIcon(self._theme.icons.icon(icon))
            button.setIconSize(ICON_SIZE * 1.5)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(self._one_more if more > 0 else self._one_less)
            row.addWidget(button)
            if more < 0:
                row.addWidget(self._count)
        row.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.wrong)
        buttons.addWidget(self.open)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(pictures, 1)
        labels = (self.sku, self.title, self.facts, self.reasons, self.trust)
        for part in (*labels, self._other, self._pieces):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addStretch(0)
        self._pieces.hide()
        self._other.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Pictures are hardly ever taller than wide: what is more would be an empty mat.
        for picture in (self.picture, self.shot):
            picture.setMaximumHeight(max(160, round(0.62 * self.width())))

    @Slot()
    def _one_more(self) -> None:
        self.pieces_wanted.emit(1)

    @Slot()
    def _one_less(self) -> None:
        self.pieces_wanted.emit(-1)


class _OtherProduct(QFrame):
    """What the pictures speak for where the code says something else. Signals: ``chosen``."""

    chosen = Signal()

    def __init__(self, theme: Theme, thumbnails: ThumbnailLoader, lettering: Lettering) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("other")
        self._picture = FittedPicture(theme, thumbnails)
        self._picture.setFixedSize(OTHER_SIDE, OTHER_SIDE)
        self._picture.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._words = lettering.label(Letter.TEXT)
        choose = QPushButton(self.tr("It is this one (2)"))
        choose.clicked.connect(self.chosen)
        lettering.follow(choose, Letter.TEXT)
        text = QVBoxLayout()
        text.addWidget(self._words)
        row = QHBoxLayout()
        row.addWidget(choose)
        row.addStretch(1)
        text.addLayout(row)
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        line.setSpacing(Space.M)
        line.addWidget(self._picture)
        line.addLayout(text, 1)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def words(self) -> str:
        return self._words.text()

    def show_product(self, card: ProductCard) -> None:
        self._picture.show_card(card)
        self._words.setText(
            self.tr("The code and the picture disagree. It looks like {0}.").format(
                f"{card.sku} {card.title}".strip()
            )
        )
        self.show()

    @Slot()
    def _dress(self) -> None:
        ground = self._theme.colours.warn_soft.name()
        self.setStyleSheet(f"#other {{ background: {ground}; border-radius: {RADIUS}px; }}")
