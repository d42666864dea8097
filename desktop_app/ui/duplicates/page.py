"""The workspace for duplicates: find, threshold, groups, review, or why there is nothing."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.ui.busy_line import BusyLine
from desktop_app.ui.duplicates.exclusions_menu import ExclusionsMenu
from desktop_app.ui.duplicates.find_bar import FindBar
from desktop_app.ui.duplicates.groups_pane import GroupsPane
from desktop_app.ui.duplicates.review_actions import ReviewActions
from desktop_app.ui.duplicates.review_pane import ReviewPane
from desktop_app.ui.duplicates.threshold_bar import ThresholdBar
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.review_lists import Shown
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

GROUPS_WIDTH = 316
_STEPS: dict[int, int] = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
_GROUP_STEPS: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class PageState(Enum):
    """What the page can show: groups, or why there are none."""

    REVIEW = "review"
    NO_CATALOGUE = "no catalogue"
    OPENING = "opening"
    NO_PICTURES = "no pictures"
    NOT_COMPARED = "not compared"
    FINDING = "finding"
    LOADING = "loading"
    NO_PAIRS = "no pairs"
    PROBLEM = "problem"


class DuplicatesPage(QWidget):
    """Shows parts; flows fill them.

    Signals: ``stepped`` (1 or -1) by pairs and ``group_stepped`` (1 or -1), by arrow keys that
    nothing else took; those of ``keys`` come from other keys.
    """

    stepped = Signal(int)
    group_stepped = Signal(int)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.busy = BusyLine(theme)
        self.find_bar = FindBar(theme)
        self.threshold = ThresholdBar(theme)
        self.exclusions = ExclusionsMenu(self)
        self.threshold.exclusions.setMenu(self.exclusions)
        self.problem = ProblemStrip(theme)
        self.groups = GroupsPane(theme, thumbnails)
        self.review = ReviewPane(theme)
        self.keys = ReviewActions(self)
        self.keys.find_text_wanted.connect(self.groups.focus_text)
        self._nothing = EmptyState(theme, icon="copy", title="", text="")
        self._find: QPushButton = self._nothing.add_button(
            self.tr("Find duplicates"), icon="scan-search", variant="primary"
        )
        self._find.clicked.connect(self.find_bar.find_wanted)
        self._no_group = EmptyState(theme, icon="circle-check", title="", text="")
        self._middle = QStackedWidget()
        self._middle.addWidget(self.review)
        self._middle.addWidget(self._no_group)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.groups)
        self.splitter.addWidget(self._middle)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([GROUPS_WIDTH, 3 * GROUPS_WIDTH])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self._nothing)
        self._state = PageState.NO_CATALOGUE
        self._is_read_only = False
        self._lay_out()
        self.show_state(PageState.NO_CATALOGUE)

    @property
    def state(self) -> PageState:
        return self._state

    def show_state(self, state: PageState) -> None:
        """Show the review, or why there is nothing to review."""
        self._state = state
        is_review = state is PageState.REVIEW
        self._stack.setCurrentIndex(0 if is_review else 1)
        self.threshold.setVisible(is_review)
        self._find.setVisible(state is PageState.NOT_COMPARED and not self._is_read_only)
        title, text = self._words(state)
        self._nothing.set_words(title, text)

    def set_read_only(self, is_read_only: bool) -> None:
        """Verdicts cannot be given in a catalogue that cannot be written."""
        self._is_read_only = is_read_only
        self.find_bar.set_read_only(is_read_only)
        self.review.verdicts.setEnabled(not is_read_only)

    def show_group_or_words(self, shown: Shown, *, is_filtered: bool, total: int) -> None:
        """After a listing: the review where there is a group, else why there is none."""
        has_groups = self.groups.model.rowCount() > 0
        self._middle.setCurrentIndex(0 if has_groups else 1)
        if has_groups:
            return
        title, text = self._list_words(shown, is_filtered, total)
        self._no_group.set_words(title, text)
        self.groups.set_empty_words(title)
        self.review.clear()

    def _list_words(self, shown: Shown, is_filtered: bool, total: int) -> tuple[str, str]:
        if is_filtered:
            return (
                self.tr("No group matches"),
                self.tr("Clear the words above the list, or choose more on the left."),
            )
        if total == 0 and shown is not Shown.USEFUL:
            return (
                self.tr("Nothing above this line"),
                self.tr("Move the slider towards “more” to see less certain pairs."),
            )
        return {
            Shown.TO_DECIDE: (
                self.tr("All decided"),
                self.tr(
                    "Every group above this line has its verdicts. “Resolve…” merges what is "
                    "the same; “Decided” lists what was said."
                ),
            ),
            Shown.LATER: (self.tr("Nothing was put off"), ""),
            Shown.DECIDED: (
                self.tr("Nothing decided yet"),
                self.tr("Verdicts appear here and can be taken back."),
            ),
            Shown.ALL: (self.tr("No groups"), ""),
            Shown.USEFUL: (
                self.tr("No useful pair is left"),
                self.tr("Your verdicts tell what can be told. Go on with the groups."),
            ),
        }[shown]

    def _words(self, state: PageState) -> tuple[str, str]:
        return {
            PageState.REVIEW: ("", ""),
            PageState.NO_CATALOGUE: (
                self.tr("No catalogue is open"),
                self.tr("Open one, and the products that are listed twice are found here."),
            ),
            PageState.OPENING: (self.tr("Opening the catalogue"), ""),
            PageState.NO_PICTURES: (
                self.tr("No pictures have been read yet"),
                self.tr("Import products with pictures; they are compared once they are read."),
            ),
            PageState.NOT_COMPARED: (
                self.tr("Find products that are listed twice"),
                self.tr(
                    "All pictures are compared with one another. It can be stopped at any time "
                    "and goes on where it was. Nothing is changed before you decide."
                ),
            ),
            PageState.FINDING: (
                self.tr("Comparing pictures"),
                self.tr("The first groups appear as soon as they are found."),
            ),
            PageState.LOADING: (self.tr("Putting groups together"), ""),
            PageState.PROBLEM: (
                self.tr("Duplicates cannot be looked at now"),
                self.tr("What happened, and what to do, is told above."),
            ),
            PageState.NO_PAIRS: (
                self.tr("No duplicates found"),
                self.tr("No two products of this catalogue look alike enough to ask about."),
            ),
        }[state]

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        head.setSpacing(Space.S)
        head.addWidget(self.find_bar)
        head.addWidget(self.threshold)
        head.addWidget(self.problem)
        line = QFrame()
        line.setProperty("role", "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        column.addLayout(head)
        column.addWidget(line)
        column.addWidget(self._stack, 1)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in _GROUP_STEPS:
            self.group_stepped.emit(_GROUP_STEPS[key])
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.review.overlay.hold(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.review.overlay.hold(False)
            return
        super().keyReleaseEvent(event)
