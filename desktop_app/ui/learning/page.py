"""The workspace for learning: begin, watch, result, versions, comparison."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.learned_models import Prospects
from desktop_app.domain.metric_learning import Recipe
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.layout_wall import LayoutWall
from desktop_app.ui.learning.compare_pane import ComparePane
from desktop_app.ui.learning.result_pane import ResultPane
from desktop_app.ui.learning.running_pane import RunningPane
from desktop_app.ui.learning.start_pane import StartPane
from desktop_app.ui.learning.versions_pane import VersionsPane
from desktop_app.ui.learning.words import LearnState, lacking_words, state_words
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.pane_actions import mode_button
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


class LearnMode(Enum):
    """What is in front; the value is the icon."""

    LEARN = "graduation-cap"
    RESULT = "gauge"
    VERSIONS = "history"
    COMPARE = "git-compare"


class LearningPage(QWidget):
    """Shows parts; a flow fills them.

    Signals: ``mode_changed`` (LearnMode), ``duplicates_wanted`` where decisions would help,
    ``import_wanted`` where more pictures would, ``categories_wanted`` for the matrix of the
    catalogue's own.
    """

    mode_changed = Signal(object)
    duplicates_wanted = Signal()
    import_wanted = Signal()
    categories_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        *,
        expected_s: Callable[[Recipe, int], float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.problem = ProblemStrip(theme)
        self.notice = NoticeStrip(theme)
        self.start = StartPane(theme, expected_s=expected_s)
        self.running = RunningPane(theme)
        self.result = ResultPane(theme, thumbnails)
        self.result.categories_wanted.connect(self.categories_wanted)
        self.versions = VersionsPane(theme)
        self.compare = ComparePane(theme, thumbnails)
        self._nothing = EmptyState(theme, icon="graduation-cap", title="", text="")
        self._import = self._nothing.add_button(self.tr("Import pictures"), icon="folder-plus")
        self._import.clicked.connect(self.import_wanted)
        self._decide = self._nothing.add_button(self.tr("Find duplicates"), icon="copy")
        self._decide.clicked.connect(self.duplicates_wanted)
        self._state = LearnState.NO_CATALOGUE
        self._first = QStackedWidget()
        self._states = [self.start, self.running, self._nothing]
        for state in self._states:
            self._first.addWidget(LayoutWall(state))
        self._stack = QStackedWidget()
        for part in (self._first, self.result, self.versions, self.compare):
            self._stack.addWidget(LayoutWall(part))
        self._modes = QButtonGroup(self)
        self._buttons: dict[LearnMode, QToolButton] = {}
        for mode, words, tip in (
            (LearnMode.LEARN, self.tr("Learn"), self.tr("Learn from this catalogue")),
            (LearnMode.RESULT, self.tr("Result"), self.tr("What came of it, measured")),
            (LearnMode.VERSIONS, self.tr("Versions"), self.tr("Use one, go back, keep notes")),
            (LearnMode.COMPARE, self.tr("Compare"), self.tr("Two versions on your own queries")),
        ):
            button = mode_button(theme.icons.icon(mode.value), words, tip)
            button.clicked.connect(self._mode_clicked)
            self._modes.addButton(button)
            self._buttons[mode] = button
        self._buttons[LearnMode.LEARN].setChecked(True)
        self._lay_out()
        self.show_state(LearnState.NO_CATALOGUE)

    @property
    def state(self) -> LearnState:
        return self._state

    @property
    def mode(self) -> LearnMode:
        """What is in front."""
        return next(mode for mode, button in self._buttons.items() if button.isChecked())

    def choose_mode(self, mode: LearnMode) -> None:
        """Bring this to the front."""
        is_new = mode is not self.mode
        self._buttons[mode].setChecked(True)
        self._stack.setCurrentIndex(list(LearnMode).index(mode))
        if is_new:
            self.mode_changed.emit(mode)

    def show_state(self, state: LearnState, prospects: Prospects | None = None) -> None:
        """What can be begun, or why nothing; ``prospects`` say how many are lacking."""
        self._state = state
        part = {LearnState.READY: self.start, LearnState.RUNNING: self.running}
        self._first.setCurrentIndex(self._states.index(part.get(state, self._nothing)))
        is_too_few = state is LearnState.TOO_FEW
        self._import.setVisible(is_too_few)
        self._decide.setVisible(is_too_few)
        if is_too_few and prospects is not None:
            self._nothing.set_words(*lacking_words(prospects))
        else:
            self._nothing.set_words(*state_words(state))

    def focus(self) -> None:
        """Take the keyboard to what is in front."""
        if self.mode is LearnMode.VERSIONS:
            self.versions.table.setFocus()
        elif self.mode is LearnMode.COMPARE:
            self.compare.queries.setFocus()
        elif self.mode is LearnMode.LEARN and self._state is LearnState.READY:
            self.start.begin.setFocus()
        else:
            self._buttons[self.mode].setFocus()

    @Slot()
    def _mode_clicked(self) -> None:
        mode = self.mode
        self._stack.setCurrentIndex(list(LearnMode).index(mode))
        self.mode_changed.emit(mode)

    def _lay_out(self) -> None:
        modes = QHBoxLayout()
        modes.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        modes.setSpacing(Space.XS)
        for button in self._buttons.values():
            modes.addWidget(button)
        modes.addStretch(1)
        strips = QVBoxLayout()
        strips.setContentsMargins(Space.M, 0, Space.M, 0)
        strips.setSpacing(Space.XS)
        strips.addWidget(self.problem)
        strips.addWidget(self.notice)
        line = QFrame()
        line.setProperty("role", "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(modes)
        column.addLayout(strips)
        column.addWidget(line)
        column.addWidget(self._stack, 1)
