"""What a person does in the results becomes intents, and every state is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import Condition, Operator, ProductFilter, SortOrder
from desktop_app.domain.products import Column, FieldKind
from desktop_app.domain.search import Hit, QueryPicture, SearchRequest, SearchResults, ViewScore
from desktop_app.ui.empty_state import EmptyCatalogue
from desktop_app.ui.item_models.selection import select_rows
from desktop_app.ui.no_results import NoResults
from desktop_app.ui.product_mime import PRODUCTS_MIME, product_ids_in_mime, products_to_mime
from desktop_app.ui.results_pane import ResultsPane
from tests.ui_results.conftest import Store, ids_of, make_card

Key, Modifier = Qt.Key, Qt.KeyboardModifier
JAR = Condition("category", Operator.ANY_OF, ("Jar",))
CHEAP = Condition("price", Operator.AT_MOST, (5.0,))


@pytest.fixture
def pane(qtbot, theme, loader) -> ResultsPane:
    made = ResultsPane(theme, loader)
    qtbot.addWidget(made)
    made.resize(900, 640)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def store(pane) -> Store:
    return Store(
        pane.model, make=lambda i: make_card(i, url="https://example.test/p", picture_count=2)
    )


@pytest.fixture
def filled(qtbot, pane, store) -> ResultsPane:
    """Sixty results, the second one current."""
    scores = np.linspace(0.95, 0.36, 60, dtype=np.float32)
    pane.show_products("Results", ids_of(60), scores=scores, order=None, total=1204)
    pane.views.go_to(1)
    pane.views.setFocus()
    qtbot.waitUntil(lambda: pane.views.current_card is not None)
    return pane


def texts_of(widget) -> list[str]:
    QApplication.processEvents()
    return [b.text() for b in widget.findChildren(QPushButton) if b.isVisibleTo(widget)]


# Keys


@pytest.mark.parametrize(
    ("signal", "keys"),
    [
        ("open_requested", (Key.Key_Return, Modifier.NoModifier)),
        ("open_requested", (Key.Key_Enter, Modifier.KeypadModifier)),
        ("query_requested", (Key.Key_Return, Modifier.ShiftModifier)),
        ("edit_requested", (Key.Key_F2, Modifier.NoModifier)),
        ("remove_requested", (Key.Key_Delete, Modifier.NoModifier)),
        ("compare_requested", (Key.Key_C, Modifier.NoModifier)),
        ("bookmark_requested", (Key.Key_B, Modifier.NoModifier)),
        ("page_open_requested", (Key.Key_Return, Modifier.ControlModifier)),
    ],
)
@pytest.mark.parametrize("is_table", [False, True], ids=["grid", "table"])
def test_keys_become_intents_about_the_current_product(
    qtbot, filled, signal: str, keys: tuple[Qt.Key, Qt.KeyboardModifier], is_table: bool
) -> None:
    filled.header.set_table_mode(is_table)
    filled.views.setFocus()
    wanted = int(ids_of(60)[1])
    with qtbot.waitSignal(getattr(filled.products, signal)) as intent:
        qtbot.keyClick(filled.views.view, *keys)
    said = intent.args[0]
    if signal == "page_open_requested":
        assert said == "https://example.test/p"
    elif signal in ("open_requested", "query_requested"):
        assert said.id == wanted
    elif signal == "compare_requested":
        assert [card.id for card in said] == [wanted]
    else:
        assert said == (wanted,)


def test_bookmarking_several_sets_what_the_current_one_lacks(qtbot, filled) -> None:
    select_rows(filled.views.selection, np.array([1, 2, 5]))
    with qtbot.waitSignal(filled.products.bookmark_requested) as intent:
        qtbot.keyClick(filled.views.view, Key.Key_B)
    assert intent.args == [tuple(ids_of(60)[[1, 2, 5]].tolist()), True]


def test_at_most_three_are_compared_with_the_query(qtbot, filled) -> None:
    select_rows(filled.views.selection, np.arange(10))
    with qtbot.waitSignal(filled.products.compare_requested) as intent:
        qtbot.keyClick(filled.views.view, Key.Key_C)
    assert [card.id for card in intent.args[0]] == ids_of(60)[:3].tolist()


def test_skus_are_copied_at_once_or_asked_for_when_unknown(qtbot, filled, store) -> None:
    qtbot.keyClick(filled.views.view, Key.Key_C, Modifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"SKU-{ids_of(60)[1]}"
    store.is_prompt = False
    filled.show_products("All", ids_of(500) + 1)
    filled.views.view.selectAll()
    with qtbot.waitSignal(filled.products.copy_requested) as intent:
        qtbot.keyClick(filled.views.view, Key.Key_C, Modifier.ControlModifier)
    assert len(intent.args[0]) == 500


def test_a_read_only_catalogue_offers_no_changes(qtbot, filled) -> None:
    filled.products.set_read_only(True)
    with qtbot.assertNotEmitted(filled.products.bookmark_requested):
        qtbot.keyClick(filled.views.view, Key.Key_B)
        filled.views.bookmark_clicked.emit(0)
    actions = filled.products.actions
    assert not actions.remove.isEnabled()
    assert actions.copy.isEnabled()


def test_every_action_tells_its_shortcut_and_nothing_is_offered_for_nothing(pane) -> None:
    for action in pane.products.actions.all():
        assert not action.isEnabled()
        keys = action.shortcut().toString()
        assert not keys or keys in action.toolTip()


def test_letters_in_the_filter_search_are_not_shortcuts(qtbot, filled) -> None:
    field = filled.filters.popup.editor._search
    filled.filters.add_filter()
    with qtbot.assertNotEmitted(filled.products.bookmark_requested):
        qtbot.keyClicks(field, "bc")
    assert field.text() == "bc"
    filled.filters.popup.close()


# The list


def test_the_least_similarity_filters_live_and_is_lifted_from_the_empty_state(
    qtbot, filled
) -> None:
    filled.match.set_minimum(0.90)
    assert filled.model.rowCount() == 6
    assert filled.header._count.text() == "6 of 60 shown"
    filled.match.set_minimum(0.99)
    said = filled.findChild(NoResults)
    assert said.isVisible()
    assert "Show all 60" in texts_of(said)
    next(b for b in said.findChildren(QPushButton) if b.text() == "Show all 60").click()
    assert filled.model.rowCount() == 60
    assert filled.match.minimum == 0


def test_search_results_are_listed_best_first_with_their_totals(pane, store) -> None:
    hits = tuple(Hit(i, 0.9 - i / 100, (ViewScore(i, 0.9),)) for i in (4, 7, 9))
    request = SearchRequest(QueryPicture("q", content_id=1))
    pane.show_results(
        SearchResults(request, hits, "m", searched_products=5000, allowed_products=1204)
    )
    assert pane.model.product_ids.tolist() == [4, 7, 9]
    assert pane.header._count.text() == "best 3 of 1,204 products"
    assert pane.match.isVisible()
    assert pane.header.order is None


def test_a_listing_has_no_similarity(pane, store) -> None:
    pane.show_products("Spring range", ids_of(1))
    assert not pane.match.isVisible()
    assert pane.header._count.text() == "1 product"
    assert pane.header._sort.findText("Best match") == -1


def test_the_selection_follows_its_products_to_a_new_list(qtbot, filled) -> None:
    select_rows(filled.views.selection, np.array([1, 30]))
    kept = ids_of(60)[[1, 30]]
    with qtbot.waitSignal(filled.products.selection_changed):
        filled.show_products("Results", ids_of(60)[::-1][:45])
    assert filled.views.selected_ids.tolist() == [kept[1]]
    filled.views.go_to(3)
    current = filled.model.id_at(3)
    filled.show_products("Results", ids_of(60))
    assert filled.model.id_at(filled.views.current_row) == current


def test_reading_the_same_products_anew_disturbs_nobody(qtbot, filled) -> None:
    filled.header._sort.showPopup()
    with (
        qtbot.assertNotEmitted(filled.products.selection_changed),
        qtbot.assertNotEmitted(filled.model.dataChanged),
        qtbot.assertNotEmitted(filled.model.modelReset),
    ):
        filled.set_catalogue_empty(False)
        filled.set_extra_columns(())
        scores = np.linspace(0.95, 0.36, 60, dtype=np.float32)
        filled.show_products("Results", ids_of(60), scores=scores, order=None, total=1204)
    with qtbot.assertNotEmitted(filled.products.selection_changed):
        filled.show_products("More", np.append(ids_of(60), 5))
    assert filled.model.id_at(filled.views.current_row) == ids_of(60)[1]
    filled.header._sort.hidePopup()


def test_an_empty_list_forgets_the_cards_since_another_catalogue_may_follow(filled) -> None:
    filled.show_products("", ids_of(0))
    assert filled.model.known_card(int(ids_of(60)[1])) is None


def test_the_same_list_read_anew_keeps_its_place(filled) -> None:
    filled.show_products("All", ids_of(5000))
    bar = filled.views.view.verticalScrollBar()
    bar.setValue(4000)
    filled.show_products("All", np.append(ids_of(5000), 7), keep_place=True)
    assert bar.value() == 4000
    filled.show_products("Others", ids_of(4000))
    assert bar.value() == 0


def test_sorting_is_asked_for_not_done(qtbot, filled) -> None:
    with qtbot.waitSignal(filled.sort_requested) as by_combo:
        combo = filled.header._sort
        combo.setCurrentIndex(combo.findData("price"))
        combo.activated.emit(combo.currentIndex())
    with qtbot.waitSignal(filled.sort_requested) as turned:
        filled.header._direction.click()
    assert by_combo.args == [SortOrder("price")]
    assert turned.args == [SortOrder("price", descending=True)]
    filled.show_products("All", ids_of(60), order=SortOrder("sku"))
    header = filled.views.table.horizontalHeader()
    with qtbot.waitSignal(filled.sort_requested) as by_heading:
        header.sectionClicked.emit(filled.model.column_of("sku"))
    assert by_heading.args == [SortOrder("sku", descending=True)]


def test_the_number_of_results_is_asked_for(qtbot, filled) -> None:
    with qtbot.waitSignal(filled.limit_changed) as changed:
        filled.match._limit.setValue(300)
    assert changed.args == [300]
    with qtbot.assertNotEmitted(filled.limit_changed):
        filled.match.set_limit(60)


def test_grid_and_table_share_the_selection_and_the_size_follows_the_wheel(qtbot, filled) -> None:
    filled.header.set_table_mode(True)
    assert filled.views.is_table
    assert filled.views.table.selectionModel().isRowSelected(1)
    filled.views.grid.card_width_changed.emit(250)
    assert filled.header._size.value() == 250


def test_the_arrangement_of_the_list_is_remembered_by_name(qtbot, theme, loader, filled) -> None:
    height = Column("height", "Height", FieldKind.NUMBER)
    filled.set_extra_columns((height,))
    filled.header.set_table_mode(True)
    filled.views.grid.set_card_width(240)
    table, model = filled.views.table, filled.model
    header = table.horizontalHeader()
    header.resizeSection(model.column_of("title"), 333)
    table.setColumnHidden(model.column_of("brand"), True)
    header.moveSection(header.visualIndex(model.column_of("height")), 2)
    state = filled.view_state()

    again = ResultsPane(theme, loader)
    qtbot.addWidget(again)
    again.restore_view_state(state)
    assert again.header.is_table
    assert again.header._size.value() == again.views.grid.card_width == 240
    assert again.views.table.isColumnHidden(again.model.column_of("brand"))
    again.set_extra_columns((Column("vegan", "Vegan"), height))
    table, model = again.views.table, again.model
    assert table.columnWidth(model.column_of("title")) == 333
    assert table.horizontalHeader().visualIndex(model.column_of("height")) == 2
    assert not table.isColumnHidden(model.column_of("vegan"))


@pytest.mark.parametrize("state", ["", "[]", "{", '{"card_width": "x", "columns": {"sku": 1}}'])
def test_a_state_that_cannot_be_understood_changes_nothing(pane, state: str) -> None:
    before = pane.view_state()
    pane.restore_view_state(state)
    assert pane.view_state() == before


# States


def test_no_results_names_the_filter_that_did_it_and_lifts_it(qtbot, pane, store) -> None:
    asked: list[tuple[ProductFilter, ...]] = []
    pane.relief_requested.connect(asked.append)
    pane.set_filter(ProductFilter(conditions=(JAR, CHEAP)))
    pane.show_products("All", ids_of(0))
    said = pane.findChild(NoResults)
    without_jar, without_cheap = asked[0]
    assert without_jar == ProductFilter(conditions=(CHEAP,))
    assert texts_of(said)[:2] == ["Lift “Category: Jar”", "Lift “Price at most 5”"]
    pane.set_relief({without_jar: 0, without_cheap: 12})
    assert texts_of(said) == ["Lift “Price at most 5”  (12)", "Clear all filters"]
    assert "The filter “Price at most 5” removed them all." in said._text.text()
    with qtbot.waitSignal(pane.filter_changed) as changed:
        said.findChildren(QPushButton)[-2].click()
    assert changed.args == [without_cheap]
    assert pane.filters.product_filter == without_cheap


def test_an_empty_catalogue_offers_three_ways_in_and_takes_drops(qtbot, theme, pane) -> None:
    pane.set_catalogue_empty(True)
    empty = pane.findChild(EmptyCatalogue)
    assert empty.isVisible()
    assert not pane.header.isVisible()
    for words, signal in (
        ("Import a folder", pane.folder_import_requested),
        ("Import a table", pane.table_import_requested),
        ("Open the demo", pane.demo_requested),
    ):
        button = next(b for b in empty.findChildren(QPushButton) if b.text() == words)
        with qtbot.waitSignal(signal):
            button.click()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/range/jars")])
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Modifier.NoModifier)
    QApplication.sendEvent(empty, QDragEnterEvent(QPoint(9, 9), *how))
    assert empty.grab().toImage().pixelColor(60, 60) == theme.colours.selected
    drop = QDropEvent(QPointF(9, 9), *how)
    with qtbot.waitSignal(pane.files_dropped) as dropped:
        QApplication.sendEvent(empty, drop)
    assert dropped.args == [(Path("/range/jars"),)]
    pane.set_catalogue_empty(False)
    assert pane.header.isVisible()


def test_busy_keeps_the_content_and_appears_only_when_it_lasts(qtbot, filled) -> None:
    filled.set_busy(True)
    filled.set_busy(False)
    assert not filled._busy.is_lit
    filled.set_busy(True, 0.5)
    qtbot.waitUntil(lambda: filled._busy.is_lit)
    assert filled.views.isVisible()
    filled.set_busy(False)
    assert not filled._busy.is_lit


def test_a_problem_is_told_with_remedy_and_details_and_can_be_copied(qtbot, filled) -> None:
    error = UserFacingError("The drive is away.", remedy="Plug it in.", details="Errno 2")
    filled.show_problem(error)
    strip = filled.problem
    assert strip.isVisible()
    assert filled.views.isVisible()
    assert not strip._details.isVisible()
    strip._show_details.click()
    assert strip._details.toPlainText() == "Errno 2"
    strip._copy.click()
    assert QGuiApplication.clipboard().text() == "The drive is away.\nPlug it in.\nErrno 2"
    strip.clear()
    assert strip.error is None


# Quick look


def test_quick_look_covers_the_window_and_walks_through_the_list(qtbot, filled) -> None:
    asked: list[tuple[str, int]] = []
    filled.products.picture_requested.connect(lambda path, side: asked.append((path, side)))
    qtbot.keyClick(filled.views.view, Key.Key_Space)
    look = filled.products.quick_look
    assert look.isVisible()
    assert look.geometry() == filled.rect()
    assert look._place.text() == "2 of 60"
    qtbot.keyClick(look, Key.Key_Right)
    assert filled.views.current_row == 2
    assert [Path(path).stem for path, _ in asked] == [str(i) for i in ids_of(60)[1:3]]
    filled.resize(700, 500)
    assert look.geometry() == filled.rect()
    with qtbot.assertNotEmitted(filled.products.bookmark_requested):
        qtbot.keyClick(look, Key.Key_B)
    qtbot.keyClick(look, Key.Key_Space)
    assert not look.isVisible()
    assert filled.views.view.hasFocus()


def test_a_late_picture_of_another_product_is_not_shown(qtbot, filled) -> None:
    from PySide6.QtGui import QImage

    filled.products.actions.quick_look.trigger()
    look = filled.products.quick_look
    look._view.set_picture(None)
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    filled.products.set_picture("/pictures/other.jpg", image)
    assert not look._view.has_picture
    filled.products.set_picture(f"/pictures/{ids_of(60)[1]}.jpg", image)
    assert look._view.has_picture
    look.close()


def test_a_picture_that_cannot_be_had_is_told_in_the_quick_look(qtbot, filled) -> None:
    filled.products.actions.quick_look.trigger()
    look = filled.products.quick_look
    look._view.set_picture(None)
    filled.products.set_picture_problem("/pictures/other.jpg", "Not this one.")
    filled.products.set_picture_problem(f"/pictures/{ids_of(60)[1]}.jpg", "The file is away.")
    assert look._view._message == "The file is away."
    look.close()


# Dragging


@pytest.mark.parametrize("is_table", [False, True], ids=["grid", "table"])
def test_dragging_takes_the_selected_products_along(filled, monkeypatch, is_table: bool) -> None:
    dragged: list[QMimeData] = []

    class Drag(QDrag):
        def exec(self, *_actions: Qt.DropAction) -> Qt.DropAction:
            dragged.append(self.mimeData())
            return Qt.DropAction.CopyAction

    monkeypatch.setattr("desktop_app.ui.product_drag.QDrag", Drag)
    filled.header.set_table_mode(is_table)
    select_rows(filled.views.selection, np.array([1, 3]))
    filled.views.view.startDrag(Qt.DropAction.CopyAction)
    assert product_ids_in_mime(dragged[0]) == tuple(ids_of(60)[[1, 3]].tolist())


def test_dragged_products_name_themselves_their_files_and_their_skus() -> None:
    mime = products_to_mime([make_card(2**40), make_card(5, main_picture_path="")])
    assert product_ids_in_mime(mime) == (2**40, 5)
    assert [url.toLocalFile() for url in mime.urls()] == [f"/pictures/{2**40}.jpg"]
    assert mime.text() == f"SKU-{2**40}\nSKU-5"


@pytest.mark.parametrize("data", [b"", b"{", b'"1"', b'["1"]'])
def test_foreign_data_under_our_name_is_no_product(data: bytes) -> None:
    mime = QMimeData()
    mime.setData(PRODUCTS_MIME, data)
    assert product_ids_in_mime(mime) == ()


def test_the_context_menu_holds_every_action_once(qtbot, filled) -> None:
    menu = filled.products.actions.menu(filled)
    shown = [action for action in menu.actions() if not action.isSeparator()]
    assert shown == filled.products.actions.all()
    filled.views.menu_requested.emit(QPoint(5, 5))
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()
    menu.deleteLater()
