"""The tree merges what is new into what is shown, line by line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop_app.domain.filters import Condition, Facet, Operator, ProductFilter, SavedFilter
from desktop_app.domain.storage import PictureCounts
from desktop_app.ui.item_models.scope_tree_model import CountRole, ScopeTreeModel
from desktop_app.ui.scopes import Scope, ScopeContents, ScopeKind
from desktop_app.ui.theme import Theme
from tests.ui_catalogue.conftest import CHEAP


@pytest.fixture
def model(theme: Theme, contents: ScopeContents) -> ScopeTreeModel:
    made = ScopeTreeModel(theme)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setParent(made)
    made.set_contents(contents)
    return made


def lines(model: ScopeTreeModel, parent: QModelIndex | None = None) -> list[object]:
    """Labels with counts, children nested."""
    at = parent or QModelIndex()
    found: list[object] = []
    for row in range(model.rowCount(at)):
        index = model.index(row, 0, at)
        count = index.data(CountRole)
        found.append(index.data() if count is None else f"{index.data()} {count}")
        children = lines(model, index)
        if children:
            found.append(children)
    return found


def test_everything_a_catalogue_has_is_a_line(model: ScopeTreeModel) -> None:
    assert lines(model) == [
        "All products 9",
        ["Bottles 3", "jars 5", "No category 1"],
        "Brands",
        ["Aurelia 5", "Nordlys 4"],
        "Saved filters",
        ["Cheap"],
        "Bookmarks 2",
        "Problems 3",
        ["Cannot be read 2", "File not found 1"],
    ]


def test_an_empty_catalogue_shows_little(theme: Theme) -> None:
    model = ScopeTreeModel(theme)
    assert lines(model) == ["All products 0", "Bookmarks 0"]
    model.set_contents(
        ScopeContents(products=2, categories=(Facet("", 2),), brands=(Facet("", 2),))
    )
    assert lines(model) == ["All products 2", "Bookmarks 0"]


def test_lines_that_stay_keep_their_place_and_others_come_and_go(
    model: ScopeTreeModel, contents: ScopeContents
) -> None:
    jars = QPersistentModelIndex(model.index_of(Scope(ScopeKind.CATEGORY, "jars")))
    problems = QPersistentModelIndex(model.index_of(Scope(ScopeKind.PROBLEMS)))
    model.set_contents(
        replace(
            contents,
            products=11,
            categories=(Facet("Ampoules", 6), Facet("jars", 4), Facet("Zamak caps", 1)),
            pictures=PictureCounts(ready=10),
        )
    )
    assert jars.isValid()
    assert jars.row() == 1
    assert jars.data(CountRole) == 4
    assert not problems.isValid()
    assert lines(model)[:2] == ["All products 11", ["Ampoules 6", "jars 4", "Zamak caps 1"]]


def test_a_renamed_filter_moves_without_being_lost(
    model: ScopeTreeModel, contents: ScopeContents
) -> None:
    first, second = SavedFilter(4, "A", CHEAP), SavedFilter(5, "B", ProductFilter(text="b"))
    model.set_contents(replace(contents, saved_filters=(first, second)))
    kept = QPersistentModelIndex(model.index_of(Scope(ScopeKind.SAVED_FILTER, "4")))
    model.set_contents(replace(contents, saved_filters=(replace(first, name="Z"), second)))
    assert kept.isValid()
    assert (kept.row(), kept.data()) == (1, "Z")


def test_only_what_changed_is_told(
    model: ScopeTreeModel, contents: ScopeContents, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(model.dataChanged):
        model.set_contents(contents)
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.set_contents(replace(contents, bookmarked=3))
    assert changed.args[0] == model.index_of(Scope(ScopeKind.BOOKMARKS))
    assert CountRole in changed.args[2]


def test_the_filter_in_use_is_offered_until_it_is_kept(
    model: ScopeTreeModel, contents: ScopeContents
) -> None:
    saving = Scope(ScopeKind.SAVE_CURRENT)
    jars = ProductFilter(conditions=(Condition("category", Operator.ANY_OF, ("jars",)),))
    assert not model.index_of(saving).isValid()
    model.set_current_filter(ProductFilter(text="glass"))
    assert model.index_of(saving).isValid()
    for known in (CHEAP, ProductFilter(bookmarked_only=True), jars):
        model.set_current_filter(known)
        assert not model.index_of(saving).isValid()
    model.set_current_filter(ProductFilter(text="glass"))
    model.set_read_only(True)
    assert not model.index_of(saving).isValid()


def test_naming_is_told_and_not_done(model: ScopeTreeModel, qtbot: QtBot) -> None:
    saved = model.index_of(Scope(ScopeKind.SAVED_FILTER, "4"))
    with qtbot.waitSignal(model.filter_named) as named:
        assert model.setData(saved, "  Under 20 ")
    assert named.args[0].id == 4
    assert named.args[1] == "Under 20"
    assert saved.data() == "Cheap"
    for same in ("Cheap", "   "):
        assert not model.setData(saved, same)

    model.set_current_filter(ProductFilter(text="glass"))
    current = model.index_of(Scope(ScopeKind.SAVE_CURRENT))
    assert current.data(Qt.ItemDataRole.EditRole) == ""
    with qtbot.waitSignal(model.current_named) as named:
        assert model.setData(current, "Glass")
    assert named.args == ["Glass"]


def test_holders_cannot_be_selected_and_names_of_others_not_edited(model: ScopeTreeModel) -> None:
    selectable, editable = Qt.ItemFlag.ItemIsSelectable, Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index_of(Scope(ScopeKind.BRANDS))) & selectable
    jars = model.flags(model.index_of(Scope(ScopeKind.CATEGORY, "jars")))
    assert jars & selectable
    assert not jars & editable
    saved = model.index_of(Scope(ScopeKind.SAVED_FILTER, "4"))
    assert model.flags(saved) & editable
    model.set_read_only(True)
    assert not model.flags(saved) & editable


def test_a_line_is_found_by_the_filter_it_means(model: ScopeTreeModel) -> None:
    assert model.scope_with_filter(CHEAP) == Scope(ScopeKind.SAVED_FILTER, "4")
    assert model.scope_with_filter(ProductFilter()) == Scope(ScopeKind.ALL)
    assert model.scope_with_filter(ProductFilter(text="nothing")) is None


def test_counts_are_spoken_with_their_labels(model: ScopeTreeModel) -> None:
    index = model.index_of(Scope(ScopeKind.CATEGORY, "jars"))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "jars, 5"
