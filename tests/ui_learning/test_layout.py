"""Words that change in the page cost the window nothing, and it fills its place all the same."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.domain.progress import Progress
from desktop_app.ui.layout_wall import LayoutWall
from desktop_app.ui.learning.page import LearningPage, LearnMode
from desktop_app.ui.learning.words import LearnState
from desktop_app.ui.theme import Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.ui_learning.samples import shown


class Layouts(QObject):
    """Counts how often a widget is asked to lay out what is in it."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(900, 640)
    qtbot.addWidget(made)
    return made


def filled(window: QWidget, inside: QWidget) -> None:
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(inside)
    window.show()


def settled(qtbot: QtBot, layouts: Layouts) -> None:
    """What was asked for when the window was shown is over."""

    def is_quiet() -> bool:
        layouts.count = 0
        QApplication.processEvents()
        return layouts.count == 0

    qtbot.waitUntil(is_quiet, timeout=60_000)


def test_what_is_behind_a_wall_fills_it_and_is_laid_out_alone(
    qtbot: QtBot, window: QWidget
) -> None:
    inside, words = QWidget(), QLabel("a word")
    words.setWordWrap(True)
    QVBoxLayout(inside).addWidget(words)
    wall = LayoutWall(inside)
    filled(window, wall)
    assert inside.size() == wall.size() == window.size()
    outer, inner = Layouts(window), Layouts(inside)
    settled(qtbot, outer)
    words.setText("many words " * 200)
    qtbot.waitUntil(lambda: inner.count > 0, timeout=60_000)
    assert outer.count == 0
    window.resize(700, 500)
    qtbot.waitUntil(lambda: inside.size() == window.size(), timeout=60_000)


def test_progress_and_results_do_not_lay_out_the_window(
    qtbot: QtBot, window: QWidget, theme: Theme, thumbnails: ThumbnailLoader
) -> None:
    page = LearningPage(theme, thumbnails, expected_s=lambda _recipe, _count: 10.0)
    stack = QStackedWidget()
    stack.addWidget(page)
    filled(window, stack)
    result, writable = shown(), {"is_read_only": False}
    page.show_state(LearnState.RUNNING)
    layouts = Layouts(window)
    for mode, change in (
        (LearnMode.LEARN, lambda: page.running.show_progress(Progress("Many words", 4, 10, 9.0))),
        (LearnMode.RESULT, lambda: page.result.show_trial(result, is_active=False, **writable)),
    ):
        page.choose_mode(mode)
        settled(qtbot, layouts)
        change()
        QApplication.processEvents()
        assert layouts.count == 0
