"""What rows of a comparison are, as chips with counts that narrow the list down."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.domain.catalogue_diff import DiffStatus
from desktop_app.ui.list_comparison.words import ICONS, TONES, status_meaning, status_word
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import Space, Theme

ORDER = (
    DiffStatus.NEW,
    DiffStatus.VARIANT,
    DiffStatus.CHANGED_PICTURE,
    DiffStatus.MATCHED,
    DiffStatus.MISSING,
)
"""What asks for a decision comes first."""


class StatusChips(QWidget):
    """With none pressed all rows are shown. Signals: ``changed`` (frozenset of DiffStatus that
    are shown) by a person."""

    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: dict[DiffStatus, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for status in ORDER:
            chip = QToolButton()
            chip.setProperty("variant", "chip")
            chip.setCheckable(True)
            chip.setIcon(theme.icons.icon(ICONS[status], TONES[status]))
            chip.setIconSize(QSize(14, 14))
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.setToolTip(status_meaning(status))
            chip.toggled.connect(self._tell)
            self._chips[status] = chip
            row.addWidget(chip)
        row.addStretch(1)

    @property
    def shown(self) -> frozenset[DiffStatus]:
        """The states whose rows are shown."""
        pressed = frozenset(status for status, chip in self._chips.items() if chip.isChecked())
        return pressed or frozenset(DiffStatus)

    def chip(self, status: DiffStatus) -> QToolButton:
        return self._chips[status]

    def set_counts(self, counts: Mapping[DiffStatus, int]) -> None:
        """Of another comparison: no chip is pressed."""
        for status, chip in self._chips.items():
            count = counts.get(status, 0)
            blocked = chip.blockSignals(True)
            chip.setChecked(False)
            chip.blockSignals(blocked)
            chip.setText(f" {status_word(status)}  {count_text(count)}")
            chip.setAccessibleName(f"{status_word(status)}: {count}")
            chip.setEnabled(count > 0)

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.shown)
