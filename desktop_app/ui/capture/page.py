"""The workspace for products before a camera: what the camera sees, and what it is."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.settings import Settings
from desktop_app.ui.busy_line import BusyLine
from desktop_app.ui.capture.answer_pane import AnswerPane, AnswerState
from desktop_app.ui.capture.camera_stage import CameraStage
from desktop_app.ui.capture.lettering import Lettering
from desktop_app.ui.capture.log_pane import LogPane
from desktop_app.ui.capture.station_bar import StationBar
from desktop_app.ui.capture.stock_view import StockView
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.pane_actions import mode_button
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

WORDS_BELOW = 900
CAMERA_SHARE, ANSWER_SHARE = 560, 440
STAGE_SHARE, STOCK_SHARE = 480, 240

_NO_PEDAL = frozenset(
    {
        *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr),
        *(Qt.Key.Key_Meta, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock),
        *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Menu, Qt.Key.Key_Print),
        *(Qt.Key.Key_VolumeUp, Qt.Key.Key_VolumeDown, Qt.Key.Key_VolumeMute),
        *(Qt.Key.Key_Sleep, Qt.Key.Key_PowerOff, Qt.Key.Key_unknown),
    }
)
"""Keys that take no picture: they belong to the system, to other keys, or to moving about."""


class StationMode(Enum):
    """What the station is used for; the value is the icon."""

    LOOK_UP = "search"
    STOCK_TAKE = "boxes"
    LOG = "history"


class CapturePage(QWidget):
    """Shows parts; flows fill them. All of it works by the keys alone: 1, 2 and 3 choose, N says
    that the answer is wrong, + and - count, Enter and Esc are done with it; any other key
    takes a picture.

    Signals: ``take_wanted`` when a picture should be taken now; ``mode_changed`` (StationMode).
    """

    take_wanted = Signal()
    mode_changed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        feed: CameraFeed,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mode = StationMode.LOOK_UP
        self._is_open = False
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.lettering = Lettering(theme, self)
        self.busy = BusyLine(theme)
        self.problem = ProblemStrip(theme)
        self.notice = NoticeStrip(theme)
        self.bar = StationBar(theme, settings)
        self.stage = CameraStage(theme, feed)
        self.stage.take_wanted.connect(self.take_wanted)
        self.bar.learn_wanted.connect(self.stage.count_down)
        self.answer = AnswerPane(theme, thumbnails, self.lettering)
        self.stock = StockView(theme)
        self.log = LogPane(theme)
        # The count lies below the camera's picture, which is wider than tall.
        self._left = QSplitter(Qt.Orientation.Vertical)
        self._left.addWidget(self.stage)
        self._left.addWidget(self.stock)
        self._left.setSizes([STAGE_SHARE, STOCK_SHARE])
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._left)
        self.splitter.addWidget(self.answer)
        self.splitter.setSizes([CAMERA_SHARE, ANSWER_SHARE])
        for splitter in (self._left, self.splitter):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self._nothing = EmptyState(theme, icon="camera", title="", text="")
        self._stack = QStackedWidget()
        for part in (self.splitter, self.log, self._nothing):
            self._stack.addWidget(part)
        self._modes = QButtonGroup(self)
        self._mode_buttons: dict[StationMode, QToolButton] = {}
        self._lay_out()
        self.show_nothing_open()

    @property
    def mode(self) -> StationMode:
        return self._mode

    def show_nothing_open(self) -> None:
        """No catalogue is open: the camera rests."""
        self._show_nothing(
            self.tr("No catalogue is open"),
            self.tr("Open one, and products held before the camera are looked up in it."),
        )

    def show_opening(self) -> None:
        """A catalogue is on its way."""
        self._show_nothing(self.tr("Opening the catalogue"), "")

    def show_station(self) -> None:
        """A catalogue is open."""
        self._is_open = True
        self._show()

    def choose_mode(self, mode: StationMode) -> None:
        """Use the station for this."""
        self._mode_buttons[mode].setChecked(True)
        if mode is not self._mode:
            self._mode = mode
            self._show()
            self.mode_changed.emit(mode)

    def set_large(self, is_large: bool) -> None:
        """Letters that are read from two metres away."""
        self.lettering.set_large(is_large)
        self.stage.preview.set_large(is_large)

    def focus(self) -> None:
        """Put the keyboard where work goes on."""
        if self._mode is StationMode.LOG:
            self.log.view.setFocus()
        elif self.answer.state is AnswerState.ENROLLING:
            self.answer.form.focus()
        else:
            self.stage.preview.setFocus()

    def _show_nothing(self, title: str, text: str) -> None:
        self._nothing.set_words(title, text)
        self._is_open = False
        self._show()

    def _show(self) -> None:
        is_log = self._mode is StationMode.LOG
        if not self._is_open:
            self._stack.setCurrentWidget(self._nothing)
        else:
            self._stack.setCurrentWidget(self.log if is_log else self.splitter)
        self.stock.setVisible(self._mode is StationMode.STOCK_TAKE)
        self.bar.setVisible(self._is_open and not is_log)
        for button in self._mode_buttons.values():
            button.setEnabled(self._is_open)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        for mode, words, tip in (
            (StationMode.LOOK_UP, self.tr("Look up"), self.tr("What is this product?")),
            (
                StationMode.STOCK_TAKE,
                self.tr("Stock-take"),
                self.tr("Count a piece of every product that is found"),
            ),
            (StationMode.LOG, self.tr("Captures"), self.tr("What was captured, and decided")),
        ):
            button = mode_button(self._theme.icons.icon(mode.value), words, tip)
            button.setChecked(mode is self._mode)
            button.clicked.connect(self._mode_clicked)
            self._modes.addButton(button)
            self._mode_buttons[mode] = button
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.bar)
        head = QVBoxLayout()
        head.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        head.setSpacing(Space.S)
        head.addLayout(row)
        head.addWidget(self.problem)
        head.addWidget(self.notice)
        line = QFrame()
        line.setProperty("role", "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        column.addLayout(head)
        column.addWidget(line)
        column.addWidget(self._stack, 1)

    @Slot()
    def _mode_clicked(self) -> None:
        for mode, button in self._mode_buttons.items():
            if button.isChecked():
                self.choose_mode(mode)
        self.focus()

    def _is_station_key(self, event: QKeyEvent) -> bool:
        """Whether a key is the station's: those with Ctrl or Alt, and the row of F keys, keep
        the meaning they have everywhere."""
        if not self._is_open or self._mode is StationMode.LOG or event.key() in _NO_PEDAL:
            return False
        if self.answer.state is AnswerState.ENROLLING:
            return False
        others = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() & ~others:
            return False
        return not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F12

    def _press(self, key: int) -> None:
        state, answer = self.answer.state, self.answer
        is_answered = state is not AnswerState.WAITING
        place = key - Qt.Key.Key_1
        can_choose = state is AnswerState.CHOOSING or bool(answer.found.disagreement)
        if can_choose and 0 <= place <= 2:
            answer.chosen.emit(place)
        elif key == Qt.Key.Key_N and state in (AnswerState.FOUND, AnswerState.CHOOSING):
            answer.wrong_wanted.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal) and self._mode is StationMode.STOCK_TAKE:
            answer.pieces_wanted.emit(1)
        elif key == Qt.Key.Key_Minus and self._mode is StationMode.STOCK_TAKE:
            answer.pieces_wanted.emit(-1)
        elif key == Qt.Key.Key_Escape:
            if is_answered:
                answer.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_answered:
            if state is not AnswerState.CHOOSING:
                answer.left.emit()
        else:
            self.take_wanted.emit()

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_station_key(event)
        ):
            # Single letters are shortcuts elsewhere; a foot pedal may send any of them.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._is_station_key(event):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._press(event.key())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.bar.set_narrow(self.width() < WORDS_BELOW)
