"""Nothing is left to show: which filter did it, and a button that lifts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from desktop_app.domain.filters import ProductFilter
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.filters_bar import FilterChip
from desktop_app.ui.product_text import count_text, score_text
from desktop_app.ui.theme import Theme

MAX_OFFERS = 3


class NoResults(EmptyState):
    """Signals: ``filter_chosen`` (the ProductFilter a button offers), ``minimum_lifted``."""

    filter_chosen = Signal(object)
    minimum_lifted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, icon="search", title="", text="", parent=parent)
        self._offers: list[tuple[str, ProductFilter]] = []
        self._choices: dict[QPushButton, ProductFilter] = {}

    def blame_filters(self, chips: Sequence[FilterChip]) -> None:
        """Every chip is suspected until the counts are known."""
        self.set_words(
            self.tr("No products match"),
            self.tr("No product passes all of these filters."),
        )
        self._offers = [(chip.text, chip.without) for chip in chips]
        self._show_offers({})

    def set_counts(self, counts: Mapping[ProductFilter, int]) -> None:
        """How many products each offered filter would leave: those that help come first."""
        if not self._offers:
            return
        helpful = [text for text, left in self._offers if counts.get(left, 0) > 0]
        if len(helpful) == 1:
            self.set_words(
                self.tr("No products match"),
                self.tr("The filter {0} removed them all.").format(_quoted(helpful[0])),
            )
        self._offers.sort(key=lambda offer: -counts.get(offer[1], 0))
        self._show_offers(counts)

    def blame_minimum(self, minimum: float, hidden: int) -> None:
        """The least confidence hides every result."""
        self._offers = []
        self._clear_buttons()
        self.set_words(
            self.tr("No match is that sure"),
            self.tr("All {0} results are less sure than {1}.").format(
                count_text(hidden), score_text(minimum)
            ),
        )
        button = self.add_button(
            self.tr("Show all {0}").format(count_text(hidden)), variant="primary"
        )
        button.clicked.connect(self.minimum_lifted)
        self._choices[button] = ProductFilter()

    def say(self, title: str, text: str) -> None:
        """Nothing to lift: only say why."""
        self._offers = []
        self._clear_buttons()
        self.set_words(title, text)

    def _show_offers(self, counts: Mapping[ProductFilter, int]) -> None:
        self._clear_buttons()
        shown = [offer for offer in self._offers if counts.get(offer[1], 0) > 0] or self._offers
        for place, (text, left) in enumerate(shown[:MAX_OFFERS]):
            words = self.tr("Lift {0}").format(_quoted(text))
            if left in counts:
                words = f"{words}  ({count_text(counts[left])})"
            self._offer(words, left, "primary" if place == 0 else "")
        if len(self._offers) > 1:
            self._offer(self.tr("Clear all filters"), ProductFilter(), "quiet")

    def _offer(self, words: str, left: ProductFilter, variant: str) -> None:
        button = self.add_button(words, variant=variant)
        self._choices[button] = left
        button.clicked.connect(self._chosen)

    def _clear_buttons(self) -> None:
        for button in self._choices:
            self.buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._choices = {}

    @Slot()
    def _chosen(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button in self._choices:
            self.filter_chosen.emit(self._choices[button])


def _quoted(text: str) -> str:
    return text if text.startswith("“") else f"“{text}”"
