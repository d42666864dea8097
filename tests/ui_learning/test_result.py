"""What came of learning: told, offered or refused, hard pairs, the map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.learned_models import Held, Refusal
from desktop_app.services.learning.looking import BY_VERDICT
from desktop_app.ui.confusion_table import COUNT
from desktop_app.ui.learning.figures_table import AFTER, DRAWN, INTERVALS
from desktop_app.ui.learning.result_pane import ResultPane, ResultPart
from desktop_app.ui.learning.words import FIGURES, more_text
from desktop_app.ui.theme import Theme
from desktop_app.workers.learning import ShownTrial
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.ui_learning.samples import card, categories, embedding, learned, riddle, shown, trial


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, thumbnails: ThumbnailLoader) -> ResultPane:
    made = ResultPane(theme, thumbnails)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def show(
    pane: ResultPane,
    result: ShownTrial | None,
    *,
    is_active: bool = False,
    is_read_only: bool = False,
) -> None:
    pane.show_trial(result, is_active=is_active, is_read_only=is_read_only)


def test_a_better_one_is_offered_in_words(qtbot: QtBot, pane: ResultPane) -> None:
    show(pane, shown())
    headline, reason = pane.outcome.words
    assert headline == "Finds 8 of 100 more" and reason == trial().reason
    assert pane.outcome.use.isVisible() and pane.outcome.later.isVisible()
    assert not pane.outcome.back.isVisible() and not pane.outcome.again.isVisible()
    with qtbot.waitSignal(pane.outcome.use_wanted):
        pane.outcome.use.click()


def test_categories_are_told_as_the_version_tells_them(qtbot: QtBot, pane: ResultPane) -> None:
    result = shown()
    assert result.trial is not None
    show(pane, replace(result, trial=replace(result.trial, categories=categories())))
    pane.choose_part(ResultPart.CATEGORIES)
    told = pane.categories
    assert told.words == "80 % of pictures are taken for what they are, 60 % before"
    assert told.table is not None
    model = told.table.model()
    assert [[model.index(r, c).data(COUNT) for c in range(2)] for r in range(2)] == [[5, 1], [1, 3]]
    with qtbot.waitSignal(told.products_wanted) as wanted:
        told.table.activated.emit(model.index(0, 1))
    assert wanted.args[0] == "“Jars” taken for “Tubes”" and wanted.args[1].tolist() == [41]
    told.before.click()
    assert [model.index(r, 1).data(COUNT) for r in range(2)] == [2, 2]
    with qtbot.waitSignal(pane.categories_wanted):
        told.own.click()


def test_without_categories_it_is_said_why(pane: ResultPane) -> None:
    show(pane, shown())
    pane.choose_part(ResultPart.CATEGORIES)
    assert pane.categories._none.isVisible() and not pane.categories.after.isEnabled()
    assert "categories" in pane.categories._none._title.text()


def test_one_that_is_no_better_is_refused_with_its_reason(pane: ResultPane) -> None:
    show(pane, shown(refusal=Refusal.NO_BETTER))
    headline, reason = pane.outcome.words
    assert headline == "Not offered" and "no better" in reason
    assert not pane.outcome.use.isVisible() and pane.outcome.again.isVisible()
    assert pane.outcome.compare.isVisible()


def test_the_one_in_use_can_be_left(pane: ResultPane) -> None:
    show(pane, shown(), is_active=True)
    assert pane.outcome.back.isVisible() and not pane.outcome.use.isVisible()


def test_one_learned_elsewhere_has_no_figures(pane: ResultPane) -> None:
    show(pane, ShownTrial(learned(), None))
    assert pane.outcome.words[0] == "Learned elsewhere"
    assert not any(table.isVisible() for table in pane._tables.values())
    assert not pane.chart.isVisible()


def test_figures_stand_with_their_intervals(pane: ResultPane) -> None:
    show(pane, shown())
    for held, table in pane._tables.items():
        model = table.figures
        assert model.rowCount() == len(FIGURES)
        before, after = model.index(0, DRAWN).data(INTERVALS)
        compared = trial().comparisons[held]
        assert (before, after) == (compared.before.recall_at_1, compared.after.recall_at_1)
        assert model.least <= before.low
    unseen = pane._tables[Held.UNSEEN].figures
    assert str(unseen.index(0, AFTER).data()).startswith("84.0 %")
    assert len({table.figures.least for table in pane._tables.values()}) == 1
    pane.grab()


@pytest.mark.parametrize(
    ("gain", "words"),
    [(0.081, "8 of 100 more"), (0.002, "nearer to the front"), (-0.03, "3 of 100 fewer")],
)
def test_gains_in_words(gain: float, words: str) -> None:
    assert words in more_text(gain)


def test_a_note_is_kept_when_the_field_is_left(qtbot: QtBot, pane: ResultPane) -> None:
    show(pane, shown())
    pane.outcome.note.setText("with spring range")
    with qtbot.waitSignal(pane.outcome.note_changed) as changed:
        QTest.keyClick(pane.outcome.note, Qt.Key.Key_Return)
    assert changed.args == ["with spring range"]


def test_nothing_can_be_changed_in_a_catalogue_for_reading(pane: ResultPane) -> None:
    show(pane, shown(riddle(1, 2)), is_read_only=True)
    assert not pane.outcome.use.isEnabled() and pane.outcome.note.isReadOnly()
    assert not pane.riddles.fix.isEnabled()


# Hard pairs


def test_pairs_come_in_two_sorts(pane: ResultPane) -> None:
    show(pane, shown(riddle(1, 1), riddle(2, 3), riddle(4, 5)))
    pane.choose_part(ResultPart.RIDDLES)
    assert "(1)" in pane.riddles.far.text() and "(2)" in pane.riddles.near.text()
    assert pane.riddles.view.riddles.rowCount() == 1
    pane.riddles.near.click()
    assert pane.riddles.view.riddles.rowCount() == 2
    pane.grab()


def test_a_pair_opens_both_products(qtbot: QtBot, pane: ResultPane) -> None:
    show(pane, shown(riddle(2, 3)))
    with qtbot.waitSignal(pane.riddles.products_wanted) as wanted:
        QTest.keyClick(pane.riddles.view, Qt.Key.Key_Return)
    assert wanted.args == [(2, 3)]


def test_a_wrong_label_is_put_right_by_a_key(qtbot: QtBot, pane: ResultPane) -> None:
    pair = riddle(2, 3)
    show(pane, shown(pair))
    pane.choose_part(ResultPart.RIDDLES)
    with qtbot.waitSignal(pane.riddles.verdict_given) as given:
        pane.riddles._say_of_current(Verdict.VARIANT)
    assert given.args == [pair, Verdict.VARIANT]


def test_what_was_said_is_told_and_can_be_taken_back(qtbot: QtBot, pane: ResultPane) -> None:
    pair = riddle(2, 3, verdict=Verdict.SAME)
    show(pane, shown(pair))
    assert "You said: same product" in pane.riddles.view.riddles.index(0).data()
    menu = pane.riddles.menu(pair)
    back = next(action for action in menu.actions() if "Take back" in action.text())
    with qtbot.waitSignal(pane.riddles.verdict_given) as given:
        back.trigger()
    assert given.args == [pair, None]
    menu.close()


def test_a_picture_in_the_wrong_product_is_taken_out(qtbot: QtBot, pane: ResultPane) -> None:
    pair = riddle(4, 4)
    show(pane, shown(pair))
    menu = pane.riddles.menu(pair)
    words = [action.text() for action in menu.actions()]
    assert not any("Variant" in each for each in words)
    out = next(
        action for action in menu.actions() if "second picture out of BTL-4" in action.text()
    )
    with qtbot.waitSignal(pane.riddles.removal_wanted) as wanted:
        out.trigger()
    assert wanted.args == [104]
    menu.close()


def test_the_chosen_pair_stays_when_something_was_said_of_it(pane: ResultPane) -> None:
    pairs = [riddle(i, i + 1) for i in range(2, 8)]
    show(pane, shown(*pairs))
    pane.riddles.view.setCurrentIndex(pane.riddles.view.riddles.index(3))
    pairs[3] = riddle(5, 6, verdict=Verdict.DIFFERENT)
    show(pane, shown(*pairs))
    current = pane.riddles.view.current
    assert current is not None and current.verdict is Verdict.DIFFERENT


# The map


def test_the_slider_goes_from_before_to_after(pane: ResultPane) -> None:
    layout = embedding()
    show(pane, shown())
    pane.choose_part(ResultPart.MAP)
    pane.embedding.show_embedding(layout)
    view = pane.embedding.view
    assert np.allclose(view.places, layout.after, atol=1e-6)
    pane.embedding.slider.setValue(0)
    assert np.array_equal(view.places, layout.before)
    pane.embedding.slider.setValue(50)
    assert np.allclose(view.places, (layout.before + layout.after) / 2, atol=1e-6)
    pane.grab()


def test_it_can_be_played(qtbot: QtBot, pane: ResultPane) -> None:
    show(pane, shown())
    pane.choose_part(ResultPart.MAP)
    pane.embedding.show_embedding(embedding())
    pane.embedding._animation.setDuration(20)
    with qtbot.waitSignal(pane.embedding._animation.finished, timeout=60_000):
        pane.embedding.play.click()
    assert pane.embedding.slider.value() == pane.embedding.slider.maximum()


def test_another_colouring_leaves_the_view_where_it_was(pane: ResultPane) -> None:
    show(pane, shown())
    pane.choose_part(ResultPart.MAP)
    pane.embedding.show_embedding(embedding())
    pane.embedding.view.zoom_in()
    pane.embedding.slider.setValue(30)
    camera = pane.embedding.view.camera
    pane.embedding.show_embedding(embedding(column=BY_VERDICT))
    assert pane.embedding.view.camera == camera and pane.embedding.slider.value() == 30
    assert pane.embedding.legend.names


def test_a_picture_of_the_map_opens_its_product(qtbot: QtBot, pane: ResultPane) -> None:
    layout = embedding()
    show(pane, shown())
    pane.choose_part(ResultPart.MAP)
    pane.embedding.show_embedding(layout)
    view = pane.embedding.view
    x, y = view.camera.point(*map(float, view.places[7]))
    with qtbot.waitSignal(pane.embedding.cards_wanted) as cards:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    row = view.current_row
    assert row >= 0 and cards.args == [(int(layout.product_ids[row]),)]
    pane.embedding.take_cards([card(int(layout.product_ids[row]))])
    assert "BTL-" in view.accessibleDescription()
    with qtbot.waitSignal(pane.embedding.product_wanted) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [int(layout.product_ids[row])]
    pane.grab()


def test_the_map_is_walked_with_arrow_keys(pane: ResultPane) -> None:
    show(pane, shown())
    pane.choose_part(ResultPart.MAP)
    pane.embedding.show_embedding(embedding())
    view = pane.embedding.view
    QTest.keyClick(view, Qt.Key.Key_Right)
    first = view.current_row
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert first >= 0 and view.current_row != first
    assert view.places[view.current_row, 0] > view.places[first, 0]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.current_row == -1


def test_without_a_map_it_is_said(pane: ResultPane) -> None:
    show(pane, shown())
    pane.choose_part(ResultPart.MAP)
    pane.embedding.show_embedding(None)
    assert pane.embedding._nothing.isVisible() and not pane.embedding.view.isVisible()
