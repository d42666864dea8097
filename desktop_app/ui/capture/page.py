"""The workspace for products before a camera: what the camera sees, and what it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.settings import Settings
from desktop_app.ui.busy_line import BusyLine
from desktop_app.ui.capture.camera_stage import CameraStage
from desktop_app.ui.capture.station_bar import StationBar
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.theme import Space, Theme

NARROW_BELOW = 760
WORDS_BELOW = 900


class CapturePage(QWidget):
    """Shows parts; the flow fills them.

    Signals: ``take_wanted`` when a key that means nothing else was pressed.
    """

    take_wanted = Signal()

    def __init__(
        self, theme: Theme, feed: CameraFeed, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.busy = BusyLine(theme)
        self.problem = ProblemStrip(theme)
        self.notice = NoticeStrip(theme)
        self.bar = StationBar(theme, settings)
        self.stage = CameraStage(theme, feed)
        self.stage.take_wanted.connect(self.take_wanted)
        self.bar.learn_wanted.connect(self.stage.count_down)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.stage)
        self._nothing = EmptyState(theme, icon="camera", title="", text="")
        self._nothing.set_words(
            self.tr("No catalogue is open"),
            self.tr("Open one, and products held before the camera are looked up in it."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self._nothing)
        self._lay_out()
        self.show_nothing_open()

    def show_nothing_open(self) -> None:
        """No catalogue is open: the camera rests."""
        self._stack.setCurrentWidget(self._nothing)
        self.bar.setEnabled(False)

    def show_station(self) -> None:
        """A catalogue is open."""
        self._stack.setCurrentWidget(self.splitter)
        self.bar.setEnabled(True)

    def focus(self) -> None:
        """Put the keyboard where it takes pictures."""
        self.stage.preview.setFocus()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
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

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_BELOW
        wanted = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)
        self.bar.set_narrow(self.width() < WORDS_BELOW)
