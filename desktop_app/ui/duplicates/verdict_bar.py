"""The four verdicts as buttons below the pictures, and what is said of the pair by now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop_app.domain.duplicates import VERDICTS, Verdict
from desktop_app.ui.duplicates.words import (
    VERDICT_ICONS,
    VERDICT_KEYS,
    verdict_meaning,
    verdict_word,
)
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.product_text import rich_text
from desktop_app.ui.theme import ICON_SIZE, ICON_SIZE_BESIDE_TEXT, Space, Theme

NARROW_BELOW = 620


class VerdictBar(QWidget):
    """Signals: ``verdict_given`` (Verdict), ``taken_back`` where that of the pair is to be
    forgotten, ``previous_wanted``, ``next_wanted`` (of the pairs)."""

    verdict_given = Signal(object)
    taken_back = Signal()
    previous_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[Verdict, QPushButton] = {}
        self._icons = {each: theme.icons.icon(icon) for each, icon in VERDICT_ICONS.items()}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        self._arrow(theme, row, "chevron-left", self.tr("Pair before (K)"), self.previous_wanted)
        for verdict in VERDICTS:
            button = QPushButton(f"{verdict_word(verdict)}  {VERDICT_KEYS[verdict]}")
            button.setIcon(self._icons[verdict])
            button.setIconSize(ICON_SIZE_BESIDE_TEXT)
            button.setCheckable(True)
            button.setToolTip(
                rich_text(
                    f"{verdict_word(verdict)} ({VERDICT_KEYS[verdict]})\n{verdict_meaning(verdict)}"
                )
            )
            button.setAccessibleName(verdict_word(verdict))
            button.setAccessibleDescription(verdict_meaning(verdict))
            button.clicked.connect(self._clicked)
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self._buttons[verdict] = button
            row.addWidget(button)
        self._arrow(theme, row, "chevron-right", self.tr("Next pair (J)"), self.next_wanted)
        self._said = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._said.setProperty("role", "meta")
        row.addSpacing(Space.XS)
        row.addWidget(self._said, 1)

    def show_verdict(self, verdict: Verdict | None, words: str = "") -> None:
        """What is said of the pair on view, None for nothing; ``words`` stand beside."""
        for each, button in self._buttons.items():
            button.setChecked(each is verdict)
        self._said.set_text(words)

    def button(self, verdict: Verdict) -> QPushButton:
        """The button of a verdict."""
        return self._buttons[verdict]

    def _arrow(
        self, theme: Theme, row: QHBoxLayout, icon: str, words: str, wanted: SignalInstance
    ) -> None:
        button = QToolButton()
        button.setIcon(theme.icons.icon(icon))
        button.setIconSize(ICON_SIZE)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(wanted)
        row.addWidget(button)

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        for verdict, each in self._buttons.items():
            if each is button:
                if each.isChecked():
                    self.verdict_given.emit(verdict)
                else:
                    self.taken_back.emit()

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_BELOW
        for verdict, button in self._buttons.items():
            words = verdict_word(verdict)
            button.setText(words if is_narrow else f"{words}  {VERDICT_KEYS[verdict]}")
            button.setIcon(QIcon() if is_narrow else self._icons[verdict])
        self._said.setVisible(not is_narrow)
