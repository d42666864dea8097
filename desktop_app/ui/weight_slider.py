"""A slider from ignoring a kind of likeness, over as learned, to demanding it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QWidget

from desktop_app.domain.evidence import AS_LEARNED, IGNORE, MUST_MATCH
from desktop_app.ui.theme import Theme

STEPS = 40
_MIDDLE = round(STEPS * (AS_LEARNED - IGNORE) / (MUST_MATCH - IGNORE))
_CATCH = 1
"""While dragged, the handle stays in the middle when it is this near."""


class WeightSlider(QSlider):
    """Its weight lies between IGNORE and MUST_MATCH. Double-click, or Home and End with the
    middle by 0, sets the stops; the wheel moves it only while it has the focus, so that the
    pane can be scrolled past it.

    Signals: ``weight_changed`` (float) when a person moved it.
    """

    weight_changed = Signal(float)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._name = name
        self._is_told = False
        self.setRange(0, STEPS)
        self.setSingleStep(2)
        self.setPageStep(STEPS // 4)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)
        self.setAccessibleName(name)
        # The style draws the handle; the fill runs from the middle here, not from the left.
        clear = "{ background: transparent; }"
        parts = ("groove", "sub-page", "add-page")
        self.setStyleSheet("".join(f"QSlider::{part}:horizontal {clear}" for part in parts))
        self.setValue(_MIDDLE)
        self.valueChanged.connect(self._moved)
        theme.changed.connect(self.update)
        self._describe()

    @property
    def weight(self) -> float:
        return IGNORE + self.value() * (MUST_MATCH - IGNORE) / STEPS

    def set_weight(self, weight: float) -> None:
        """Show a weight set elsewhere; nothing is emitted."""
        self._is_told = True
        self.setValue(round((weight - IGNORE) * STEPS / (MUST_MATCH - IGNORE)))
        self._is_told = False

    def stop_positions(self) -> tuple[int, int, int]:
        """Where the handle's middle is at the three stops, in the slider's coordinates."""
        half = self._handle_rect().width() / 2
        left, right = half, self.width() - half
        return round(left), round((left + right) / 2), round(right)

    def words(self) -> str:
        """What the weight means."""
        if self.value() == 0:
            return self.tr("ignored")
        if self.value() == STEPS:
            return self.tr("must match")
        if self.value() == _MIDDLE:
            return self.tr("as learned")
        words = (
            self.tr("{} % of as learned") if self.value() < _MIDDLE else self.tr("stricter, {} %")
        )
        return words.format(round(self.weight * 100))

    def _describe(self) -> None:
        words = self.words()
        self.setAccessibleDescription(words)
        how = self.tr("Double-click for as learned")
        self.setToolTip(f"{self._name}: {words}\n{how}")

    @Slot(int)
    def _moved(self, value: int) -> None:
        if self.isSliderDown() and value != _MIDDLE and abs(value - _MIDDLE) <= _CATCH:
            self.setValue(_MIDDLE)
            return
        self._describe()
        self.update()
        if not self._is_told:
            self.weight_changed.emit(self.weight)

    def _handle_rect(self) -> QRectF:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return QRectF(
            self.style().subControlRect(
                QStyle.ComplexControl.CC_Slider,
                option,
                QStyle.SubControl.SC_SliderHandle,
                self,
            )
        )

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        handle = self._handle_rect()
        middle = self.height() / 2
        left, centre, right = self.stop_positions()
        painter.setPen(QPen(colours.pressed, 3, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        painter.setPen(QPen(colours.control, 1))
        for stop in (left, centre, right):
            painter.drawLine(QPointF(stop, middle - 4), QPointF(stop, middle + 4))
        if self.isEnabled():
            painter.setPen(QPen(colours.accent, 3, c=Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(centre, middle), QPointF(handle.center().x(), middle))
        painter.end()
        super().paintEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self.setValue(_MIDDLE)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
            event.accept()
        else:
            event.ignore()
