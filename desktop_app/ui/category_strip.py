"""A quiet proposal: what the query looks like, and a button to search among those only."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop_app.domain.search import CategoryGuess
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.theme import Space, Theme

SURE = 0.98
"""From here on the strip says that there is hardly a doubt; it still only asks."""
LONGEST_NAME = 12
"""Of a category, for it to be named on the button too."""


class CategoryStrip(QWidget):
    """Hidden while nothing is proposed.

    Signals: ``accepted`` (category) and ``dismissed`` (category).
    """

    accepted = Signal(str)
    dismissed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guess: CategoryGuess | None = None
        self._words = ElidedLabel()
        self._words.setProperty("role", "meta")
        self.accept = QPushButton()
        self.accept.setProperty("variant", "quiet")
        self.accept.setAccessibleName(self.tr("Search in this category only"))
        self.accept.clicked.connect(self._accept)
        self.dismiss = make_action(self, theme, self.tr("Do not propose this"), icon="x")
        self.dismiss.triggered.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        row.addWidget(self._words, 1)
        row.addWidget(self.accept)
        row.addWidget(icon_button(self.dismiss, size=14))
        self.hide()

    @property
    def guess(self) -> CategoryGuess | None:
        """What is proposed now."""
        return self._guess

    @property
    def words(self) -> str:
        """What the strip says, '' where nothing is proposed."""
        return "" if self._guess is None else self._words.whole_text

    def propose(self, guess: CategoryGuess | None) -> None:
        """Offer to search in this category only; None for no proposal."""
        self._guess = guess
        if guess is not None:
            is_sure = guess.probability >= SURE
            words = self.tr("Surely {0} ({1} %)") if is_sure else self.tr("Looks like {0} ({1} %)")
            percent = min(99, round(guess.probability * 100))
            self._words.set_text(words.format(guess.category, percent))
            is_short = len(guess.category) <= LONGEST_NAME
            only = self.tr("Only {}").format(guess.category.replace("&", "&&"))
            self.accept.setText(only if is_short else self.tr("Only these"))
            tip = self.tr("Search only among products of the category {}")
            self.accept.setToolTip(tip.format(f"“{guess.category}”"))
            self.accept.setAccessibleName(self.accept.toolTip())
        self.setVisible(guess is not None)

    @Slot()
    def _accept(self) -> None:
        if self._guess is not None:
            self.accepted.emit(self._guess.category)

    @Slot()
    def _dismiss(self) -> None:
        if (guess := self._guess) is not None:
            self.propose(None)
            self.dismissed.emit(guess.category)
