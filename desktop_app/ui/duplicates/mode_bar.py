"""How the pair is looked at: side by side, one after the other, split, or their difference."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QSlider, QToolButton, QWidget

from desktop_app.ui.duplicates.overlay_view import QUICKEST_MS, SLOWEST_MS, USUAL_MS, Overlay
from desktop_app.ui.theme import ICON_SIZE, Space, Theme

NARROW_BELOW = 430


class ModeBar(QWidget):
    """Signals: ``mode_chosen`` (Overlay, or None for side by side), ``interval_changed`` (ms),
    ``running_changed`` (whether it flickers by itself), ``fit_wanted``."""

    mode_chosen = Signal(object)
    interval_changed = Signal(int)
    running_changed = Signal(bool)
    fit_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[Overlay | None, QToolButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        for mode, icon, words, tip in (
            (None, "columns-2", self.tr("Side by side"), self.tr("Side by side (B)")),
            (Overlay.FLICKER, "layers", self.tr("Flicker"), self.tr("One after the other (F)")),
            (Overlay.SPLIT, "flip", self.tr("Split"), self.tr("Split by a line to drag (X)")),
            (
                Overlay.DIFFERENCE,
                "focus",
                self.tr("Difference"),
                self.tr("What differs once one is laid on the other (A)"),
            ),
        ):
            button = QToolButton()
            button.setText(words)
            button.setIcon(theme.icons.icon(icon))
            button.setIconSize(ICON_SIZE)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setToolTip(tip)
            button.setAccessibleName(words)
            button.clicked.connect(self._clicked)
            self._group.addButton(button)
            self._buttons[mode] = button
            row.addWidget(button)
        self._run = QToolButton()
        self._run.setIconSize(ICON_SIZE)
        self._run.setIcon(theme.icons.icon("pause"))
        self._run.setCheckable(True)
        self._run.setToolTip(self.tr("Stand still; hold Space to see the other"))
        self._run.setAccessibleName(self.tr("Stand still"))
        self._run.toggled.connect(self._run_toggled)
        self._speed = QSlider(Qt.Orientation.Horizontal)
        self._speed.setRange(QUICKEST_MS, SLOWEST_MS)
        self._speed.setInvertedAppearance(True)
        self._speed.setValue(USUAL_MS)
        self._speed.setFixedWidth(72)
        self._speed.setToolTip(self.tr("How quickly it changes"))
        self._speed.setAccessibleName(self.tr("How quickly it changes"))
        self._speed.valueChanged.connect(self.interval_changed)
        self._speed.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        fit = QToolButton()
        fit.setIcon(theme.icons.icon("maximize"))
        fit.setIconSize(ICON_SIZE)
        fit.setToolTip(self.tr("Show the whole pictures (0)"))
        fit.setAccessibleName(self.tr("Show the whole pictures"))
        fit.clicked.connect(self.fit_wanted)
        row.addWidget(self._run)
        row.addWidget(self._speed)
        row.addStretch(1)
        row.addWidget(fit)
        self.show_mode(None)

    def show_mode(self, mode: Overlay | None) -> None:
        """Mark a mode; nothing is emitted."""
        self._buttons[mode].setChecked(True)
        for part in (self._run, self._speed):
            part.setVisible(mode is Overlay.FLICKER)

    @property
    def mode(self) -> Overlay | None:
        return next(mode for mode, button in self._buttons.items() if button.isChecked())

    @Slot()
    def _clicked(self) -> None:
        self.show_mode(self.mode)
        self.mode_chosen.emit(self.mode)

    @Slot(bool)
    def _run_toggled(self, stands_still: bool) -> None:
        self.running_changed.emit(not stands_still)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if self.width() < NARROW_BELOW
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for button in self._buttons.values():
            button.setToolButtonStyle(style)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        hint.setWidth(160)
        return hint
