"""One slider between few sure groups and many doubtful ones, and what it is worth."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from desktop_app.domain.duplicates import SAME_THRESHOLD
from desktop_app.domain.precision import ExpectedPrecision
from desktop_app.ui.duplicates.words import groups_text
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.product_text import count_text, rich_text, score_text
from desktop_app.ui.theme import ICON_SIZE_BESIDE_TEXT, Space, Theme

STEPS = 400
SETTLE_MS = 120
_EDGE = 5e-4


class ThresholdBar(QWidget):
    """Strict on the right. The slider runs over the log-odds of the chance, so that 99 % and
    99.9 % are as far apart as 90 % and 99 %.

    A double click goes to where duplicates are proposed from. Signals: ``moved`` (threshold)
    while it is dragged, ``settled`` (threshold) when it rests.
    """

    moved = Signal(float)
    settled = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bounds = (0.0, 1.0)
        self._wanted = SAME_THRESHOLD
        self._is_told = False
        more, less = QLabel(self.tr("more")), QLabel(self.tr("surer"))
        for label in (more, less):
            label.setProperty("role", "meta")
        self._slider = _Slider()
        self._slider.reset_wanted.connect(self._reset)
        self._slider.setRange(0, STEPS)
        self._slider.setSingleStep(STEPS // 100)
        self._slider.setPageStep(STEPS // 10)
        self._slider.setMinimumWidth(110)
        self._slider.setMaximumWidth(340)
        self._slider.setAccessibleName(self.tr("How sure a pair must be to be shown"))
        self._slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._slider.valueChanged.connect(self._changed)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._slider.sliderReleased.connect(self._settle.start)
        self._count = QLabel()
        self._count.setFont(theme.font(semibold=True))
        self._worth = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._worth.setProperty("role", "muted")
        self.exclusions = QToolButton()
        self.exclusions.setIcon(theme.icons.icon("list-filter"))
        self.exclusions.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self.exclusions.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.exclusions.setText(self.tr("Leave out"))
        self.exclusions.setToolTip(self.tr("Which pairs are never asked about"))
        self.exclusions.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(more)
        row.addWidget(self._slider, 3)
        row.addWidget(less)
        row.addSpacing(Space.S)
        row.addWidget(self._count)
        row.addWidget(self._worth, 2)
        row.addWidget(self.exclusions)

    @property
    def threshold(self) -> float:
        """The chance in [0, 1] from which pairs are shown."""
        low, high = (_log_odds(bound) for bound in self._bounds)
        share = self._slider.value() / STEPS
        if self._slider.value() == 0:
            return self._bounds[0]
        if self._slider.value() == STEPS:
            return self._bounds[1]
        return 1 / (1 + math.exp(-(low + (high - low) * share)))

    @property
    def wanted(self) -> float:
        """The threshold that was asked for, be it within the bounds or not."""
        return self._wanted

    def set_bounds(self, bounds: tuple[float, float], wanted: float | None = None) -> None:
        """The least and the highest useful threshold; it stands at ``wanted``, else where it
        was wanted before, as near as the bounds allow. Nothing is emitted."""
        self._bounds = bounds
        if wanted is not None:
            self._wanted = wanted
        self._is_told = True
        self._slider.setValue(self._place(self._wanted))
        self._is_told = False
        self._slider.setEnabled(bounds[1] > bounds[0])

    def show_worth(self, groups: int, precision: ExpectedPrecision) -> None:
        """How many groups there are at the threshold, and how many of them are expected to be
        duplicates."""
        self._count.setText(groups_text(groups))
        of_hundred = min(99, round(precision.value * 100)) if precision.value < 0.9995 else 100
        words = self.tr("about {0} of 100 are duplicates").format(of_hundred)
        self._worth.set_text(words if groups else "")
        if precision.is_learned:
            rests = self.tr("This rests on your {0} verdicts and on the chances of the pairs.")
            rests = rests.format(count_text(precision.n_verdicts))
        else:
            rests = self.tr(
                "This rests on the chances of the pairs alone. With some verdicts of both "
                "kinds it will rest on those."
            )
        least = self.tr("Pairs from a chance of {0} on.").format(score_text(self.threshold))
        how = self.tr("Double-click the slider for the line that is proposed.")
        tip = rich_text("\n".join((least, f"{words[:1].upper()}{words[1:]}.", rests, how)))
        for part in (self._slider, self._worth, self._count):
            part.setToolTip(tip)
        self._slider.setAccessibleDescription(f"{groups_text(groups)}, {words}")

    def _place(self, threshold: float) -> int:
        low, high = (_log_odds(bound) for bound in self._bounds)
        share = (_log_odds(threshold) - low) / (high - low) if high > low else 0.0
        return round(max(0.0, min(1.0, share)) * STEPS)

    @Slot()
    def _reset(self) -> None:
        self._slider.setValue(self._place(SAME_THRESHOLD))

    @Slot(int)
    def _changed(self, _value: int) -> None:
        if self._is_told:
            return
        self._wanted = self.threshold
        self.moved.emit(self.threshold)
        self._settle.start()

    @Slot()
    def _settled(self) -> None:
        self.settled.emit(self.threshold)


class _Slider(QSlider):
    reset_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self.reset_wanted.emit()


def _log_odds(chance: float) -> float:
    bounded = max(_EDGE, min(1 - _EDGE, chance))
    return math.log(bounded / (1 - bounded))
