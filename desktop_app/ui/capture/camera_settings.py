"""Setting the camera that is looked through: format, exposure, white balance, mirror."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.capture.camera_feed import CameraFeed, FeedKind
from desktop_app.domain.camera_settings import (
    EXPOSURE_STEPS,
    CameraAbilities,
    CameraFormat,
    CameraSettings,
    WhiteBalance,
)
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.theme import Space, Theme

WIDTH_PX = 340
EXPOSURE_TICKS = 100
USUAL_EXPOSURE_MS = 10.0


class CameraSettingsPopup(QFrame):
    """Every change acts at once and is remembered for this camera; what the camera cannot do is
    not shown. Closes at a click elsewhere, and with Esc."""

    def __init__(self, feed: CameraFeed, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._feed = feed
        self._able = CameraAbilities()
        self.setProperty("surface", "pane")
        self.setProperty("variant", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Camera settings"))
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self.format = QComboBox()
        self.format.activated.connect(self._choose_format)
        self.compensation = QComboBox()
        for step in reversed(EXPOSURE_STEPS):
            self.compensation.addItem(self._step_words(step), step)
        self.compensation.activated.connect(self._choose_compensation)
        self.fixed = QCheckBox(self.tr("Fixed exposure"))
        self.fixed.toggled.connect(self._choose_fixed)
        self.exposure = QSlider(Qt.Orientation.Horizontal)
        self.exposure.setRange(0, EXPOSURE_TICKS)
        self.exposure.setAccessibleName(self.tr("Exposure time"))
        self.exposure.valueChanged.connect(self._choose_exposure)
        self._exposure_words = QLabel()
        self._exposure_words.setProperty("role", "meta")
        self._exposure_row = QWidget()
        row = QHBoxLayout(self._exposure_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.exposure, 1)
        row.addWidget(self._exposure_words)
        self.balance = QComboBox()
        self.balance.activated.connect(self._choose_balance)
        self.mirror = QCheckBox(self.tr("Mirror the preview"))
        self.mirror.toggled.connect(feed.set_mirrored)
        self._note = QLabel()
        self._note.setProperty("role", "meta")
        self._note.setWordWrap(True)

        self._form = QFormLayout()
        self._form.setSpacing(Space.S)
        self._form.addRow(self.tr("&Picture size"), self.format)
        self._form.addRow(self.tr("&Brightness"), self.compensation)
        self._form.addRow("", self.fixed)
        self._form.addRow(self.tr("&Exposure time"), self._exposure_row)
        self._form.addRow(self.tr("&White balance"), self.balance)
        self._form.addRow("", self.mirror)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self._title)
        column.addLayout(self._form)
        column.addWidget(self._note)
        feed.settings_changed.connect(self._show)
        feed.abilities_changed.connect(self._show)
        self._show()

    def open_below(self, corner: QPoint) -> None:
        """Open with the upper right corner there, in global coordinates."""
        self._show()
        self.resize(WIDTH_PX, self.heightForWidth(WIDTH_PX))
        self.move(corner.x() - self.width(), corner.y() + Space.XS)
        self.show()
        self.mirror.setFocus()

    @Slot()
    def _show(self) -> None:
        settings, choice = self._feed.settings, self._feed.current
        able = self._able = self._feed.abilities or CameraAbilities()
        self._title.setText(choice.name if choice is not None else "")
        self.setEnabled(choice is not None)
        is_fixed = settings.exposure_ms is not None and able.exposure_ms is not None
        for part, shown in (
            (self.format, bool(able.formats)),
            (self.compensation, able.has_compensation and not is_fixed),
            (self.fixed, able.exposure_ms is not None),
            (self._exposure_row, is_fixed),
            (self.balance, len(able.white_balances) > 1),
        ):
            self._form.setRowVisible(part, shown)
        self._show_values(settings)
        self._note.setText(self._note_words())
        self._note.setVisible(bool(self._note.text()))
        if self.isVisible():
            self.resize(WIDTH_PX, self.heightForWidth(WIDTH_PX))

    def _show_values(self, settings: CameraSettings) -> None:
        able = self._able
        with (
            QSignalBlocker(self.format),
            QSignalBlocker(self.balance),
            QSignalBlocker(self.fixed),
            QSignalBlocker(self.exposure),
            QSignalBlocker(self.mirror),
        ):
            self.format.clear()
            self.format.addItem(self.tr("Automatic"), None)
            for each in able.formats:
                self.format.addItem(self._format_words(each), each)
            _point_at(self.format, settings.format)
            self.balance.clear()
            for balance in able.white_balances:
                self.balance.addItem(self._balance_words(balance), balance)
            _point_at(self.balance, settings.white_balance)
            nearest = min(EXPOSURE_STEPS, key=lambda step: abs(step - settings.exposure_ev))
            _point_at(self.compensation, nearest)
            self.fixed.setChecked(settings.exposure_ms is not None)
            if settings.exposure_ms is not None and able.exposure_ms is not None:
                self.exposure.setValue(_tick(settings.exposure_ms, able.exposure_ms))
                self._exposure_words.setText(self.tr("{:.1f} ms").format(settings.exposure_ms))
            self.mirror.setChecked(settings.mirrored)

    def _note_words(self) -> str:
        choice = self._feed.current
        if choice is None or choice.kind is not FeedKind.CAMERA:
            return ""
        if self._feed.abilities is None:
            return self.tr("What else can be set shows once the camera runs.")
        able = self._able
        if not able.has_compensation and able.exposure_ms is None and len(able.white_balances) < 2:
            return self.tr("This camera sets exposure and colours by itself.")
        return ""

    def _format_words(self, each: CameraFormat) -> str:
        return self.tr("{} × {}, {:.0f} pictures a second").format(
            each.width, each.height, each.frames_per_s
        )

    def _step_words(self, step: float) -> str:
        if step == 0:
            return self.tr("As the camera judges")
        words = self.tr("Brighter by {:g}") if step > 0 else self.tr("Darker by {:g}")
        return words.format(abs(step))

    def _balance_words(self, balance: WhiteBalance) -> str:
        return {
            WhiteBalance.AUTO: self.tr("Automatic"),
            WhiteBalance.SUNLIGHT: self.tr("Sunlight"),
            WhiteBalance.CLOUDY: self.tr("Cloudy sky"),
            WhiteBalance.SHADE: self.tr("Shade"),
            WhiteBalance.TUNGSTEN: self.tr("Light bulbs"),
            WhiteBalance.FLUORESCENT: self.tr("Fluorescent tubes"),
        }[balance]

    @Slot(int)
    def _choose_format(self, index: int) -> None:
        self._feed.change(replace(self._feed.settings, format=self.format.itemData(index)))

    @Slot(int)
    def _choose_compensation(self, index: int) -> None:
        step = float(self.compensation.itemData(index))
        self._feed.change(replace(self._feed.settings, exposure_ev=step))

    @Slot(bool)
    def _choose_fixed(self, is_fixed: bool) -> None:
        span = self._able.exposure_ms
        exposure_ms = None
        if is_fixed and span is not None:
            exposure_ms = min(max(USUAL_EXPOSURE_MS, span[0]), span[1])
        self._feed.change(replace(self._feed.settings, exposure_ms=exposure_ms))

    @Slot(int)
    def _choose_exposure(self, tick: int) -> None:
        if self._able.exposure_ms is not None:
            exposure_ms = _exposure_at(tick, self._able.exposure_ms)
            self._feed.change(replace(self._feed.settings, exposure_ms=exposure_ms))

    @Slot(int)
    def _choose_balance(self, index: int) -> None:
        balance = WhiteBalance(self.balance.itemData(index))
        self._feed.change(replace(self._feed.settings, white_balance=balance))

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class CameraSettingsButton(QWidget):
    """Opens the settings of what is looked through."""

    def __init__(self, theme: Theme, feed: CameraFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self.action = make_action(self, theme, self.tr("Camera settings…"), icon="sliders")
        self.action.triggered.connect(self.open)
        self._button: QToolButton = icon_button(self.action)
        self.popup = CameraSettingsPopup(feed, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._button)
        feed.settings_changed.connect(self._follow)
        feed.choices_changed.connect(self._follow)
        self._follow()

    @Slot()
    def open(self) -> None:
        """Below the button."""
        self.popup.open_below(self._button.mapToGlobal(self._button.rect().bottomRight()))

    @Slot()
    def _follow(self) -> None:
        self.action.setEnabled(self._feed.current is not None)


def _point_at(box: QComboBox, value: object) -> None:
    for index in range(box.count()):
        if box.itemData(index) == value:
            box.setCurrentIndex(index)
            return
    box.setCurrentIndex(0)


def _tick(exposure_ms: float, span: tuple[float, float]) -> int:
    """The slider is even in stops: every tick makes as much of a difference as any other."""
    low, high = span
    share = math.log(exposure_ms / low) / math.log(high / low)
    return round(min(max(share, 0.0), 1.0) * EXPOSURE_TICKS)


def _exposure_at(tick: int, span: tuple[float, float]) -> float:
    low, high = span
    return float(low * (high / low) ** (tick / EXPOSURE_TICKS))
