"""The catalogue pane asks for what a person chose, and keeps its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.domain.filters import Condition, Facet, Operator, ProductFilter
from desktop_app.domain.imports import SourceKind
from desktop_app.domain.products import ProductCard
from desktop_app.ui.catalogue_header import OpenCatalogue
from desktop_app.ui.catalogue_pane import CataloguePane
from desktop_app.ui.product_mime import products_to_mime
from desktop_app.ui.scopes import Scope, ScopeContents, ScopeKind
from desktop_app.ui.theme import Theme
from tests.ui_catalogue.conftest import CHEAP

SPRING = OpenCatalogue("Spring range", Path("/data/spring"))
JARS = Scope(ScopeKind.CATEGORY, "jars")
BOTTLES = Scope(ScopeKind.CATEGORY, "Bottles")


def any_of(*categories: str) -> ProductFilter:
    return ProductFilter(conditions=(Condition("category", Operator.ANY_OF, categories),))


@pytest.fixture
def chosen() -> dict[SourceKind, list[Path]]:
    """What the file dialogs answer."""
    return {}


@pytest.fixture
def pane(
    theme: Theme, contents: ScopeContents, chosen: dict[SourceKind, list[Path]], qtbot: QtBot
) -> Iterator[CataloguePane]:
    made = CataloguePane(theme, ask_for_source=lambda _parent, kind: chosen.get(kind, []))
    qtbot.addWidget(made)
    made.resize(260, 700)
    made.show_catalogue(SPRING)
    made.set_contents(contents)
    made.show()
    return made


def click(pane: CataloguePane, qtbot: QtBot, scope: Scope, *, control: bool = False) -> None:
    index = pane._model.index_of(scope)
    pane.tree.scrollTo(index)
    keys = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(
        pane.tree.viewport(),
        Qt.MouseButton.LeftButton,
        keys,
        pane.tree.visualRect(index).center(),
    )


def editor(pane: CataloguePane) -> QLineEdit:
    found = pane.tree.viewport().findChild(QLineEdit)
    assert found is not None
    return found


def test_it_begins_with_all_products_without_asking_for_them(
    theme: Theme, contents: ScopeContents, qtbot: QtBot
) -> None:
    pane = CataloguePane(theme)
    qtbot.addWidget(pane)
    pane.show_catalogue(SPRING)
    with qtbot.assertNotEmitted(pane.scope_changed):
        pane.set_contents(contents)
    assert pane.tree.chosen_scopes() == [Scope(ScopeKind.ALL)]
    assert pane.tree.isExpanded(pane._model.index_of(Scope(ScopeKind.ALL)))
    assert not pane.tree.isExpanded(pane._model.index_of(Scope(ScopeKind.BRANDS)))


def test_a_category_is_chosen(pane: CataloguePane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.scope_changed) as changed:
        click(pane, qtbot, JARS)
    assert changed.args == [any_of("jars")]


def test_a_second_one_is_added_with_control(pane: CataloguePane, qtbot: QtBot) -> None:
    click(pane, qtbot, JARS)
    with qtbot.waitSignal(pane.scope_changed) as changed:
        click(pane, qtbot, BOTTLES, control=True)
    assert changed.args == [any_of("Bottles", "jars")]


def test_the_arrow_keys_choose_too(pane: CataloguePane, qtbot: QtBot) -> None:
    pane.tree.setFocus()
    with qtbot.waitSignal(pane.scope_changed) as changed:
        qtbot.keyClick(pane.tree, Qt.Key.Key_Down)
    assert changed.args == [any_of("Bottles")]


def test_a_holder_opens_and_closes_and_chooses_nothing(pane: CataloguePane, qtbot: QtBot) -> None:
    brands = Scope(ScopeKind.BRANDS)
    with qtbot.assertNotEmitted(pane.scope_changed):
        click(pane, qtbot, brands)
    assert pane.tree.isExpanded(pane._model.index_of(brands))
    click(pane, qtbot, brands)
    assert not pane.tree.isExpanded(pane._model.index_of(brands))
    assert pane.tree.chosen_scopes() == [Scope(ScopeKind.ALL)]


def test_new_contents_keep_selection_and_expansion(
    pane: CataloguePane, contents: ScopeContents, qtbot: QtBot
) -> None:
    click(pane, qtbot, JARS)
    click(pane, qtbot, Scope(ScopeKind.BRANDS))
    with qtbot.assertNotEmitted(pane.scope_changed):
        pane.set_contents(
            replace(contents, products=10, categories=(Facet("Ampoules", 1), *contents.categories))
        )
    assert pane.tree.chosen_scopes() == [JARS]
    assert pane.tree.isExpanded(pane._model.index_of(Scope(ScopeKind.BRANDS)))


def test_when_the_chosen_category_is_gone_all_products_are_chosen(
    pane: CataloguePane, contents: ScopeContents, qtbot: QtBot
) -> None:
    click(pane, qtbot, JARS)
    with qtbot.waitSignal(pane.scope_changed) as changed:
        pane.set_contents(replace(contents, categories=(Facet("Bottles", 3),)))
    assert changed.args[0].is_empty
    assert pane.tree.chosen_scopes() == [Scope(ScopeKind.ALL)]


def test_typing_asks_once_after_a_pause(pane: CataloguePane, qtbot: QtBot) -> None:
    click(pane, qtbot, JARS)
    asked: list[ProductFilter] = []
    pane.scope_changed.connect(asked.append)
    pane._typing.setInterval(30)
    with qtbot.waitSignal(pane.scope_changed):
        qtbot.keyClicks(pane.search, "glass")
        assert not asked
    assert asked == [replace(any_of("jars"), text="glass")]


def test_enter_asks_at_once_and_escape_takes_the_words_away(
    pane: CataloguePane, qtbot: QtBot
) -> None:
    pane._typing.setInterval(60_000)
    qtbot.keyClicks(pane.search, "glass")
    with qtbot.waitSignal(pane.scope_changed) as changed:
        qtbot.keyClick(pane.search, Qt.Key.Key_Return)
    assert changed.args[0].text == "glass"
    with qtbot.waitSignal(pane.scope_changed) as changed:
        qtbot.keyClick(pane.search, Qt.Key.Key_Escape)
    assert changed.args[0].is_empty
    with qtbot.waitSignal(pane.search.left):
        qtbot.keyClick(pane.search, Qt.Key.Key_Down)


def test_the_tree_follows_a_filter_made_elsewhere(pane: CataloguePane, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pane.scope_changed):
        pane.set_current_filter(CHEAP)
        assert pane.tree.chosen_scopes() == [Scope(ScopeKind.SAVED_FILTER, "4")]
        pane.set_current_filter(ProductFilter(text="unknown to the tree"))
        assert pane.tree.chosen_scopes() == [Scope(ScopeKind.ALL)]


def test_a_filter_narrowed_elsewhere_leaves_its_category_chosen(
    pane: CataloguePane, qtbot: QtBot
) -> None:
    click(pane, qtbot, JARS)
    pane.set_current_filter(any_of("jars").with_condition(CHEAP.conditions[0]))
    assert pane.tree.chosen_scopes() == [JARS]
    pane.set_current_filter(ProductFilter())
    assert pane.tree.chosen_scopes() == [Scope(ScopeKind.ALL)]


def test_words_taken_away_elsewhere_leave_the_search_field(
    pane: CataloguePane, qtbot: QtBot
) -> None:
    click(pane, qtbot, JARS)
    qtbot.keyClicks(pane.search, "glass")
    qtbot.keyClick(pane.search, Qt.Key.Key_Return)
    pane.set_current_filter(replace(any_of("jars"), text="glass"))
    assert pane.search.text() == "glass"
    pane.set_current_filter(any_of("jars"))
    assert pane.search.text() == ""
    assert pane.tree.chosen_scopes() == [JARS]


def test_another_catalogue_begins_afresh(
    pane: CataloguePane, contents: ScopeContents, qtbot: QtBot
) -> None:
    click(pane, qtbot, JARS)
    pane.search.setText("glass")
    with qtbot.assertNotEmitted(pane.scope_changed):
        pane.show_catalogue(OpenCatalogue("Winter", Path("/data/winter")))
        pane.set_contents(contents)
    assert pane.tree.chosen_scopes() == [Scope(ScopeKind.ALL)]
    assert pane.search.text() == ""


def test_a_new_name_disturbs_nothing(pane: CataloguePane, qtbot: QtBot) -> None:
    click(pane, qtbot, JARS)
    pane.show_catalogue(replace(SPRING, name="Summer range"))
    assert pane.tree.chosen_scopes() == [JARS]


def test_the_offer_to_save_a_filter_is_in_sight(
    pane: CataloguePane, contents: ScopeContents
) -> None:
    pane.set_contents(replace(contents, saved_filters=()))
    pane.set_current_filter(ProductFilter(text="glass"))
    offer = pane._model.index_of(Scope(ScopeKind.SAVE_CURRENT))
    assert not pane.tree.visualRect(offer).isEmpty()


def test_the_filter_in_use_is_saved_under_a_typed_name(pane: CataloguePane, qtbot: QtBot) -> None:
    current = ProductFilter(text="glass")
    pane.set_current_filter(current)
    click(pane, qtbot, Scope(ScopeKind.SAVE_CURRENT))
    qtbot.keyClicks(editor(pane), "Glass things")
    with qtbot.waitSignal(pane.save_filter_requested) as asked:
        qtbot.keyClick(editor(pane), Qt.Key.Key_Return)
    assert asked.args == ["Glass things", current]


def test_a_saved_filter_is_renamed_and_deleted(
    pane: CataloguePane, contents: ScopeContents, qtbot: QtBot
) -> None:
    saved = contents.saved_filters[0]
    click(pane, qtbot, Scope(ScopeKind.SAVED_FILTER, "4"))
    qtbot.keyClick(pane.tree, Qt.Key.Key_F2)
    editor(pane).selectAll()
    qtbot.keyClicks(editor(pane), "Under 20")
    with qtbot.waitSignal(pane.filter_rename_requested) as asked:
        qtbot.keyClick(editor(pane), Qt.Key.Key_Return)
    assert asked.args == [saved, "Under 20"]
    with qtbot.waitSignal(pane.filter_delete_requested) as asked:
        qtbot.keyClick(pane.tree, Qt.Key.Key_Delete)
    assert asked.args == [saved]
    menu = pane.filter_menu(saved)
    with qtbot.waitSignal(pane.filter_delete_requested):
        menu.actions()[1].trigger()
    menu.close()


def test_problems_are_chosen_for_the_status_line(pane: CataloguePane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.scope_changed):
        pane.show_problems()
    assert pane.tree.chosen_scopes() == [Scope(ScopeKind.UNREADABLE)]


def drop(pane: CataloguePane, mime: QMimeData) -> bool:
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(pane, enter)
    if not enter.isAccepted():
        return False
    assert pane._drop_hint.isVisible()
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(pane, event)
    assert not pane._drop_hint.isVisible()
    return True


def folder() -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/data/supplier"), QUrl.fromLocalFile("/data/list.xlsx")])
    return mime


def test_dropped_folders_and_files_are_to_be_imported(pane: CataloguePane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.import_requested) as asked:
        assert drop(pane, folder())
    assert asked.args == [(Path("/data/supplier"), Path("/data/list.xlsx"))]


def test_results_are_not_imported(pane: CataloguePane) -> None:
    card = ProductCard(1, "A-1", main_picture_path="/data/a.jpg")
    assert not drop(pane, products_to_mime([card]))


def test_a_read_only_catalogue_says_why_and_takes_nothing(pane: CataloguePane) -> None:
    pane.show_catalogue(replace(SPRING, read_only_reason="The folder cannot be written."))
    assert not drop(pane, folder())
    assert not pane.import_button.isEnabled()
    assert "cannot be written" in pane.import_button.toolTip()
    assert "cannot be written" in pane.header._reason.whole_text
    assert not pane.header.rename_action.isEnabled()
    pane.set_drag_active(True)
    assert not pane._drop_hint.isVisible()


def test_the_import_menu_asks_what_to_import(
    pane: CataloguePane, chosen: dict[SourceKind, list[Path]], qtbot: QtBot
) -> None:
    actions = {action.data(): action for action in pane.import_button.menu().actions()}
    assert set(actions) == set(SourceKind)
    with qtbot.assertNotEmitted(pane.import_requested):
        actions[SourceKind.ZIP].trigger()
    chosen[SourceKind.ZIP] = [Path("/data/range.zip")]
    with qtbot.waitSignal(pane.import_requested) as asked:
        actions[SourceKind.ZIP].trigger()
    assert asked.args == [(Path("/data/range.zip"),)]


def test_the_menu_lists_the_other_catalogues_and_what_can_be_done(
    pane: CataloguePane, qtbot: QtBot
) -> None:
    pane.set_recent_catalogues([Path("/data/spring"), Path("/data/winter")])
    pane.header.menu.aboutToShow.emit()
    words = [action.text() for action in pane.header.menu.actions() if action.text()]
    assert words[0] == "winter"
    assert "spring" not in words
    with qtbot.waitSignal(pane.catalogue_chosen) as asked:
        pane.header.menu.actions()[0].trigger()
    assert asked.args == [Path("/data/winter")]
    for action, signal in (
        (pane.header.new_action, pane.new_catalogue_requested),
        (pane.header.open_action, pane.open_catalogue_requested),
        (pane.header.close_action, pane.close_catalogue_requested),
        (pane.header.reveal_action, pane.reveal_requested),
        (pane.header.reindex_action, pane.reindex_requested),
    ):
        with qtbot.waitSignal(signal):
            action.trigger()


def test_the_catalogue_is_renamed_in_place(pane: CataloguePane, qtbot: QtBot) -> None:
    field = pane.header._name
    pane.header.rename_action.trigger()
    assert field.text() == "Spring range"
    qtbot.keyClicks(field, "Summer range")
    with qtbot.waitSignal(pane.rename_requested) as asked:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked.args == ["Summer range"]
    assert not field.isVisible()


def test_escape_keeps_the_name(pane: CataloguePane, qtbot: QtBot) -> None:
    pane.header.rename_action.trigger()
    qtbot.keyClicks(pane.header._name, "Nonsense")
    with qtbot.assertNotEmitted(pane.rename_requested):
        qtbot.keyClick(pane.header._name, Qt.Key.Key_Escape)
    assert not pane.header._name.isVisible()


def test_without_a_catalogue_one_can_be_opened_or_begun_by_an_import(pane: CataloguePane) -> None:
    pane.show_catalogue(None)
    assert not pane.tree.isVisible()
    assert not pane.search.isEnabled()
    assert pane.import_button.isEnabled()
    assert not pane.header.close_action.isEnabled()
    assert pane.header.open_action.isEnabled()


def test_every_control_has_a_name(pane: CataloguePane) -> None:
    for button in pane.findChildren(QAbstractButton):
        if not isinstance(button.parent(), QLineEdit):
            assert button.accessibleName() or button.text()
    assert pane.search.accessibleName()
    assert pane.tree.accessibleName()


def test_it_is_no_wider_than_its_place(pane: CataloguePane) -> None:
    pane.show_catalogue(
        OpenCatalogue("A name as long as a whole sentence " * 4, Path("/x"), "why " * 99)
    )
    assert pane.minimumSizeHint().width() <= 220
