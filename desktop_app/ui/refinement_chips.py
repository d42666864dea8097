"""What was pointed at among the results, as chips that can be taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop_app.ui.flow_layout import FlowLayout
from desktop_app.ui.theme import RADIUS, FontSize, Theme

MOST_PX = 220


@dataclass(frozen=True, slots=True)
class PointedAt:
    """A product, by its SKU, that others should be more like, or less."""

    product_id: int
    sku: str
    is_wanted: bool


class RefinementChips(QWidget):
    """Hidden while nothing was pointed at.

    Signals: ``removed`` (product id).
    """

    removed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(self.tr("Refined by"))
        self._flow = FlowLayout(self)
        self._chips: list[RefinementChip] = []
        self.hide()

    @property
    def chips(self) -> tuple[RefinementChip, ...]:
        return tuple(self._chips)

    def set_refinement(self, pointed_at: Sequence[PointedAt]) -> None:
        """Show these, in this order."""
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._chips = [RefinementChip(self._theme, each, self) for each in pointed_at]
        for chip in self._chips:
            self._flow.addWidget(chip)
            chip.removed.connect(self.removed)
            chip.show()
        self.setVisible(bool(pointed_at))
        self.updateGeometry()


class RefinementChip(QFrame):
    """One of them. Signals: ``removed`` (product id)."""

    removed = Signal(object)

    def __init__(self, theme: Theme, pointed_at: PointedAt, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pointed_at = pointed_at
        words = self.tr("more like {}") if pointed_at.is_wanted else self.tr("less like {}")
        self.text = words.format(pointed_at.sku)
        self.setObjectName("chip")
        self._sign = QLabel()
        label = QLabel()
        label.setText(
            label.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, MOST_PX)
        )
        self.setToolTip(self.text)
        self.close_button = QToolButton()
        self.close_button.setIcon(theme.icons.icon("x", "text_muted"))
        self.close_button.setIconSize(QSize(12, 12))
        self.close_button.setToolTip(self.tr("Take this back (Del)"))
        self.close_button.setAccessibleName(self.tr("Take back: {}").format(self.text))
        self.close_button.clicked.connect(self._remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 1, 2, 1)
        row.setSpacing(4)
        row.addWidget(self._sign)
        row.addWidget(label)
        row.addWidget(self.close_button)
        theme.changed.connect(self._dress)
        self._dress()

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self._pointed_at.product_id)

    @Slot()
    def _dress(self) -> None:
        colours = self._theme.colours
        icon = "thumbs-up" if self._pointed_at.is_wanted else "thumbs-down"
        self._sign.setPixmap(
            self._theme.icons.pixmap(
                icon, 12, colour="accent_text", device_ratio=self.devicePixelRatioF()
            )
        )
        self.setStyleSheet(
            f"#chip {{ background: {colours.selected.name()}; border-radius: {RADIUS}px; }}"
            f"#chip QLabel {{ font-size: {FontSize.BASE - 1}px; color: {colours.text.name()}; }}"
            f"#chip QToolButton {{ padding: 3px; }}"
            f"#chip QToolButton:hover {{ background: {colours.pressed.name()}; }}"
        )

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        else:
            super().keyPressEvent(event)
