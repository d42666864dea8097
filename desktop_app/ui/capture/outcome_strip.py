"""The answer in a word, on its colour where colours are wanted, with a sign beside it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desktop_app.domain.capturing import Outcome
from desktop_app.ui.capture.lettering import Letter, Lettering
from desktop_app.ui.capture.words import outcome_words
from desktop_app.ui.product_text import Confidence, confidence_text, score_text
from desktop_app.ui.theme import RADIUS, Space, Theme

_ICONS = {
    Outcome.FOUND: "circle-check",
    Outcome.PERHAPS: "circle-help",
    Outcome.NOT_FOUND: "circle-x",
}
_COLOURS = {
    Outcome.FOUND: ("good", "good_soft"),
    Outcome.PERHAPS: ("warn", "warn_soft"),
    Outcome.NOT_FOUND: ("bad", "bad_soft"),
}


class OutcomeStrip(QFrame):
    """Hidden until there is an answer."""

    def __init__(self, theme: Theme, lettering: Lettering, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lettering = lettering
        self._outcome: Outcome | None = None
        self._is_coloured = True
        self.setObjectName("outcome")
        self._icon = QLabel()
        self._word = lettering.label(Letter.OUTCOME, is_strong=True)
        self._word.setWordWrap(False)
        self._confidence = lettering.label(Letter.TITLE)
        self._confidence.setWordWrap(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        row.setSpacing(Space.S)
        row.addWidget(self._icon)
        row.addWidget(self._word, 1)
        row.addWidget(self._confidence)
        theme.changed.connect(self._dress)
        lettering.changed.connect(self._dress)
        self.hide()

    @property
    def word(self) -> str:
        """What is told, '' for nothing."""
        return self._word.text() if self._outcome is not None else ""

    @property
    def confidence(self) -> str:
        """The confidence in words and figure, '' for none."""
        return self._confidence.text()

    def show_outcome(
        self, outcome: Outcome, *, word: str = "", confidence: float | None = None, tip: str = ""
    ) -> None:
        """Tell an answer, in other words where given; ``tip`` says what the figure means."""
        self._outcome = outcome
        self._word.setText(word or outcome_words(outcome))
        words = "" if confidence is None else _confidence_words(outcome, confidence)
        self._confidence.setText(words)
        self._confidence.setToolTip(tip)
        self.setAccessibleName(f"{self._word.text()} {words}".strip())
        self._dress()
        self.show()

    def clear(self) -> None:
        """Tell nothing."""
        self._outcome = None
        self.hide()

    def set_coloured(self, is_coloured: bool) -> None:
        """Whether the answer is told by a colour too."""
        self._is_coloured = is_coloured
        self._dress()

    @Slot()
    def _dress(self) -> None:
        if self._outcome is None:
            return
        colours = self._theme.colours
        ink, ground = (getattr(colours, name) for name in _COLOURS[self._outcome])
        if not self._is_coloured:
            ink, ground = colours.text, colours.hover
        side = self._lettering.pixels(Letter.OUTCOME)
        self._icon.setPixmap(
            self._theme.icons.pixmap(
                _ICONS[self._outcome], side, colour=ink, device_ratio=self.devicePixelRatioF()
            )
        )
        self.setStyleSheet(
            f"#outcome {{ background: {ground.name()}; border-radius: {RADIUS}px; }}"
            f"#outcome QLabel {{ color: {ink.name()}; }}"
        )


def _confidence_words(outcome: Outcome, confidence: float) -> str:
    """The figure alone where its word would say less than the answer."""
    is_weaker = Confidence.of(confidence) in (Confidence.PERHAPS, Confidence.UNLIKELY)
    if outcome is Outcome.FOUND and is_weaker:
        return score_text(confidence)
    return confidence_text(confidence)
