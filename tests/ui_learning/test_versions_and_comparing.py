"""Versions in a table, and two of them beside each other."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.metric_learning import RECIPES
from desktop_app.domain.search import (
    Hit,
    QueryPicture,
    RecentQuery,
    SearchRequest,
    SearchResults,
    ViewScore,
)
from desktop_app.ui.learning.compare_pane import ComparePane
from desktop_app.ui.learning.versions_model import GAIN, NAME, NOTE, PARENT, STATE
from desktop_app.ui.learning.versions_pane import VersionsPane
from desktop_app.ui.theme import Theme
from desktop_app.workers.learning import SideBySide, Versions
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.ui_learning.samples import card, learned

VERSIONS = Versions(
    (learned("1"), learned("2", is_offered=False, parent="1"), learned("3", parent="1")), "3"
)


@pytest.fixture
def versions(qtbot: QtBot, theme: Theme, tmp_path: Path) -> VersionsPane:
    made = VersionsPane(
        theme,
        ask_where_to_save=lambda _parent: tmp_path / "out.safetensors",
        ask_what_to_open=lambda _parent: tmp_path / "in.safetensors",
    )
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.set_state(is_read_only=False, is_busy=False, is_open=True)
    made.show_versions(VERSIONS)
    return made


def test_the_newest_comes_first_and_the_one_in_use_is_chosen(versions: VersionsPane) -> None:
    model = versions.model
    names = [model.index(row, NAME).data() for row in range(model.rowCount())]
    assert names == ["Version 3", "Version 2", "Version 1", "As it came"]
    assert versions.current == "3"
    assert model.index(0, STATE).data() == "in use"
    assert model.index(1, STATE).data() == "not offered"
    assert model.index(0, GAIN).data() == "+8.0" and model.index(1, GAIN).data() == "−0.3"
    assert model.index(0, PARENT).data() == "Version 1"


def test_what_can_be_done_follows_the_choice(versions: VersionsPane) -> None:
    assert not versions.use.isEnabled() and not versions.remove.isEnabled()
    versions.choose("2")
    assert not versions.use.isEnabled() and versions.remove.isEnabled()  # it was not offered
    versions.choose("1")
    assert versions.use.isEnabled() and versions.export.isEnabled()
    versions.choose("")
    assert versions.use.isEnabled() and "Go back" in versions.use.text()
    assert not versions.export.isEnabled() and not versions.look.isEnabled()


def test_while_one_is_taken_up_no_other_can_be(versions: VersionsPane) -> None:
    versions.choose("1")
    versions.set_state(is_read_only=False, is_busy=True, is_open=True)
    assert not versions.use.isEnabled() and not versions.remove.isEnabled()
    versions.set_state(is_read_only=True, is_busy=False, is_open=True)
    assert not versions.use.isEnabled() and not versions.take.isEnabled()
    assert versions.compare.isEnabled() and versions.export.isEnabled()


def test_a_model_is_a_versions_own_where_no_other_stands_on_it() -> None:
    tuned = replace(learned("4", recipe=RECIPES[-1]), base_name="shop-1")
    assert Versions((*VERSIONS.models, tuned)).has_own_model("4")
    beside = replace(learned("5"), base_name="shop-1")
    both = Versions((tuned, beside))
    assert not both.has_own_model("4") and not both.has_own_model("5")
    assert not VERSIONS.has_own_model("1") and not VERSIONS.has_own_model("9")


def test_using_and_going_back(qtbot: QtBot, versions: VersionsPane) -> None:
    versions.choose("1")
    with qtbot.waitSignal(versions.use_wanted) as used:
        versions.use.trigger()
    assert used.args == ["1"]
    versions.choose("")
    with qtbot.waitSignal(versions.use_wanted) as used:
        versions.use.trigger()
    assert used.args == [""]


def test_export_and_import_ask_for_files(
    qtbot: QtBot, versions: VersionsPane, tmp_path: Path
) -> None:
    with qtbot.waitSignal(versions.export_wanted) as exported:
        versions.export.trigger()
    assert exported.args == ["3", tmp_path / "out.safetensors"]
    with qtbot.waitSignal(versions.import_wanted) as imported:
        versions.take.trigger()
    assert imported.args == [tmp_path / "in.safetensors"]


def test_notes_are_edited_in_the_table(qtbot: QtBot, versions: VersionsPane) -> None:
    model = versions.model
    index = model.index(1, NOTE)
    assert model.flags(index) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(3, NOTE)) & Qt.ItemFlag.ItemIsEditable
    with qtbot.waitSignal(versions.note_edited) as edited:
        model.setData(index, "labels were mixed up")
    assert edited.args == ["2", "labels were mixed up"]
    assert not model.setData(index, "")  # as it is


def test_return_looks_at_the_result(qtbot: QtBot, versions: VersionsPane) -> None:
    versions.choose("2")
    versions.table.setFocus()
    with qtbot.waitSignal(versions.look_wanted) as looked:
        QTest.keyClick(versions.table, Qt.Key.Key_Return)
    assert looked.args == ["2"]


def test_the_choice_stays_when_notes_change(versions: VersionsPane) -> None:
    versions.choose("1")
    versions.show_versions(VERSIONS)
    assert versions.current == "1"
    versions.show_versions(Versions((learned("3"),), "3"))
    assert versions.current == "3"


def test_the_choice_goes_with_the_use(versions: VersionsPane) -> None:
    assert versions.current == "3"
    versions.show_versions(Versions(VERSIONS.models, "1"))
    assert versions.current == "1"
    assert not versions.use.isEnabled()
    versions.show_versions(Versions(VERSIONS.models, ""))
    assert versions.current == ""


# Comparing


@pytest.fixture
def compare(qtbot: QtBot, theme: Theme, thumbnails: ThumbnailLoader) -> Iterator[ComparePane]:
    made = ComparePane(theme, thumbnails)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    yield made
    # The line that shows work may still wait to be lit.
    made.busy.stop()


def recent(count: int = 3) -> tuple[RecentQuery, ...]:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), "blue").save(file, "JPEG")
    return tuple(RecentQuery(i, "", f"q{i}", file.getvalue(), ()) for i in range(count))


def results(picture: QueryPicture, *product_ids: int) -> SearchResults:
    hits = tuple(Hit(i, 0.9 - i / 100, (ViewScore(i, 0.9),)) for i in product_ids)
    return SearchResults(SearchRequest(picture), hits, "", 9, 9)


def test_the_one_in_use_stands_on_the_left(compare: ComparePane) -> None:
    compare.show_versions(VERSIONS)
    # Nothing is compared with itself unasked: the newest is in use here.
    assert compare.chosen == ("", "3")
    compare.compare_with("2")
    assert compare.chosen == ("3", "2")
    compare.compare_with("3")
    assert compare.chosen == ("", "3")


def test_a_query_is_asked_of_both(qtbot: QtBot, compare: ComparePane) -> None:
    compare.show_versions(VERSIONS)
    compare.set_queries(None, recent())
    with qtbot.waitSignal(compare.asked) as asked:
        compare.compare_with("1")
    picture, chosen = asked.args
    assert picture.label == "q0" and chosen == ("3", "1")
    with qtbot.waitSignal(compare.asked) as asked:
        compare.queries.setCurrentRow(2)
    assert asked.args[0].label == "q2"


def test_what_differs_is_told(qtbot: QtBot, compare: ComparePane) -> None:
    compare.show_versions(VERSIONS)
    compare.set_queries(None, recent())
    with qtbot.waitSignal(compare.asked) as asked:
        compare.compare_with("1")
    picture, chosen = asked.args
    both = (results(picture, 1, 2, 3), results(picture, 2, 4, 1))
    compare.show_compared(SideBySide(picture, chosen, both, {i: card(i) for i in range(1, 5)}))
    assert "Another comes first" in compare.words and "2 of 3" in compare.words
    left, right = (found.hits for found in compare.lists)
    assert left.index(2).data().endswith("only here")
    assert right.index(0).data().endswith("number 2 on the other side")
    compare.grab()
    with qtbot.waitSignal(compare.product_wanted) as wanted:
        compare.lists[1].setCurrentIndex(right.index(1))
        QTest.keyClick(compare.lists[1], Qt.Key.Key_Return)
    assert wanted.args == [4]


def test_an_answer_nobody_waits_for_any_more_is_not_shown(
    qtbot: QtBot, compare: ComparePane
) -> None:
    compare.show_versions(VERSIONS)
    compare.set_queries(None, recent())
    with qtbot.waitSignal(compare.asked) as asked:
        compare.compare_with("1")
    picture, chosen = asked.args
    compare.compare_with("2")
    both = (results(picture, 1), results(picture, 2))
    compare.show_compared(SideBySide(picture, chosen, both))
    assert compare.lists[0].hits.rowCount() == 0


def test_why_it_cannot_be_compared(compare: ComparePane) -> None:
    assert compare._nothing.isVisible()
    compare.show_versions(VERSIONS)
    assert compare._nothing.isVisible() and "No query" in compare._nothing._title.text()
    compare.set_queries(None, recent())
    assert not compare._nothing.isVisible()
    compare.show_problem(ModelUnavailable("Its files are damaged.", remedy="Learn again."))
    assert compare.words == "Its files are damaged. Learn again."
