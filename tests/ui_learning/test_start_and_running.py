"""Beginning to learn, and watching it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from desktop_app.domain.metric_learning import RECIPES
from desktop_app.domain.progress import Progress
from desktop_app.ui.learning.expected_time import expected_s
from desktop_app.ui.learning.page import LearningPage, LearnMode
from desktop_app.ui.learning.running_pane import RunningPane
from desktop_app.ui.learning.start_pane import StartPane
from desktop_app.ui.learning.words import LearnState
from desktop_app.ui.theme import Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.ui_learning.samples import PROSPECTS, TOO_FEW, curve


@pytest.fixture
def start(qtbot: QtBot, theme: Theme) -> StartPane:
    made = StartPane(theme, expected_s=expected_s)
    qtbot.addWidget(made)
    made.resize(800, 640)
    made.show()
    made.show_prospects(PROSPECTS, {"size": "Size"})
    return made


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, thumbnails: ThumbnailLoader) -> LearningPage:
    made = LearningPage(theme, thumbnails, expected_s=expected_s)
    qtbot.addWidget(made)
    made.resize(800, 640)
    made.show()
    return made


def test_the_first_recipe_is_learned_with_at_once(qtbot: QtBot, start: StartPane) -> None:
    with qtbot.waitSignal(start.learn_wanted) as asked:
        start.begin.click()
    assert asked.args == [RECIPES[0], False]


def test_what_was_stopped_goes_on_or_begins_anew(qtbot: QtBot, start: StartPane) -> None:
    start.show_prospects(PROSPECTS, {}, frozenset({"fine-tune"}))
    assert not start.anew.isVisible()
    start.recipes.choose("fine-tune")
    assert start.begin.text() == "&Go on" and start.anew.isVisible()
    with qtbot.waitSignal(start.learn_wanted) as asked:
        start.begin.click()
    assert asked.args[0].name == "fine-tune" and asked.args[1] is False
    with qtbot.waitSignal(start.learn_wanted) as asked:
        start.anew.click()
    assert asked.args[1] is True


def test_columns_are_offered_only_where_a_recipe_uses_them(qtbot: QtBot, start: StartPane) -> None:
    assert not start._columns.isVisible()
    start.recipes.choose("adapter-granularity")
    assert start._columns.isVisible()
    start.tick("brand", "Material")
    with qtbot.waitSignal(start.learn_wanted) as asked:
        start.begin.click()
    assert asked.args[0].attributes == ("brand", "Material")
    start.recipes.choose("adapter")
    with qtbot.waitSignal(start.learn_wanted) as asked:
        start.begin.click()
    assert asked.args[0].attributes == ()


def test_the_columns_that_are_advised_are_ticked_at_first(start: StartPane) -> None:
    assert start.ticked == ("brand", "Colour")


def test_without_a_ticked_column_nothing_is_learned_from_columns(start: StartPane) -> None:
    start.recipes.choose("adapter-granularity")
    start.tick()
    assert not start.begin.isEnabled() and start.begin.toolTip()
    start.tick("size")
    assert start.begin.isEnabled()


def test_ticks_stay_when_what_there_is_changes(start: StartPane) -> None:
    start.recipes.choose("adapter-granularity")
    start.tick("size")
    fewer = type(PROSPECTS)(200, 650, attributes={"brand": 9, "size": 11})
    start.show_prospects(fewer, {})
    assert start.ticked == ("size",)


def test_recipes_with_columns_need_columns(start: StartPane) -> None:
    start.recipes.choose("fine-tune-granularity")
    start.show_prospects(type(PROSPECTS)(200, 650), {})
    assert start.recipes.current.name == "adapter"
    rows = {row.recipe.name: row.button.isEnabled() for row in start.recipes._rows}
    assert rows["adapter"] and rows["fine-tune"]
    assert not rows["adapter-granularity"] and not rows["fine-tune-granularity"]


def test_clicking_anywhere_on_a_recipe_chooses_it(qtbot: QtBot, start: StartPane) -> None:
    row = start.recipes._rows[3]
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert start.recipes.current.name == "triplet-128"


def test_tuning_takes_longer_with_more_pictures() -> None:
    adapter, tuned = RECIPES[0], next(each for each in RECIPES if each.name == "fine-tune")
    assert expected_s(adapter, 100) == expected_s(adapter, 100_000) >= adapter.most_s
    times = [expected_s(tuned, count) for count in (50, 150, 600, 2_000, 10_000, 100_000)]
    assert times == sorted(times) and times[0] > adapter.most_s
    # As it was measured on 156 pictures, and what larger catalogues make of that.
    assert 150 < expected_s(tuned, 156) < 300
    assert 3_600 < expected_s(tuned, 10_000) < 4 * 3_600
    # Told to end sooner it does.
    assert expected_s(replace(tuned, most_s=600.0), 10_000) < expected_s(tuned, 10_000) - 3_600


def test_too_few_say_how_many_are_lacking_and_what_helps(qtbot: QtBot, page: LearningPage) -> None:
    page.show_state(LearnState.TOO_FEW, TOO_FEW)
    assert "13 more products" in page._nothing._title.text()
    with qtbot.waitSignal(page.import_wanted):
        page._import.click()
    with qtbot.waitSignal(page.duplicates_wanted):
        page._decide.click()
    page.show_state(LearnState.READ_ONLY)
    assert not page._import.isVisible() and not page._decide.isVisible()


@pytest.mark.parametrize("state", list(LearnState))
def test_every_state_says_something(page: LearningPage, state: LearnState) -> None:
    page.show_state(state, TOO_FEW)
    front = {LearnState.READY: page.start, LearnState.RUNNING: page.running}.get(
        state, page._nothing
    )
    for part in (page.start, page.running, page._nothing):
        assert part.isVisible() is (part is front)
    assert front is not page._nothing or page._nothing._title.text()


def test_other_parts_can_be_looked_at_while_it_learns(qtbot: QtBot, page: LearningPage) -> None:
    page.show_state(LearnState.RUNNING)
    with qtbot.waitSignal(page.mode_changed) as changed:
        page._buttons[LearnMode.VERSIONS].click()
    assert changed.args == [LearnMode.VERSIONS] and page.versions.isVisible()


def test_the_curve_grows_and_marks_its_best_point(qtbot: QtBot, theme: Theme) -> None:
    pane = RunningPane(theme)
    qtbot.addWidget(pane)
    pane.resize(700, 500)
    pane.show()
    pane.begin(RECIPES[0])
    points = curve(12)
    for point in points:
        pane.add_point(point)
    assert pane.chart.points == points
    assert pane.chart.best == max(points, key=lambda point: point.recall_at_1)
    assert "%" in pane.chart.accessibleDescription()
    pane.grab()
    qtbot.mouseMove(pane.chart, QPointF(300, 90).toPoint())
    pane.begin(RECIPES[1])
    assert pane.chart.points == () and pane.chart.best is None
    pane.grab()


def test_what_runs_can_be_paused_and_stopped(qtbot: QtBot, theme: Theme) -> None:
    pane = RunningPane(theme)
    qtbot.addWidget(pane)
    pane.begin(RECIPES[0])
    pane.show_progress(Progress("Learning", 20, 100, 10.0))
    assert pane.words == "Learning · up to 0:40 left"
    with qtbot.waitSignal(pane.pause_wanted):
        pane.pause.click()
    pane.set_paused(True)
    assert pane.words == "Paused"
    with qtbot.waitSignal(pane.resume_wanted):
        pane.pause.click()
    pane.show_waiting()
    assert "Waits" in pane.words
    with qtbot.waitSignal(pane.stop_wanted):
        pane.stop.click()
    # What is being done is brought to an end; nothing else can be asked meanwhile.
    assert pane.words == "Stopping"
    assert not pane.stop.isEnabled() and not pane.pause.isEnabled()
    pane.show_progress(Progress("Learning", 30, 100, 11.0))
    pane.set_paused(True)
    assert pane.words == "Stopping"
    pane.begin(RECIPES[0])
    assert pane.stop.isEnabled() and pane.pause.isEnabled() and pane.words == "Getting ready"
