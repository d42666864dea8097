"""The whole way through the real window: import, search, edit, undo, close, open again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.search import QueryPicture, SearchResults
from desktop_app.ui.duplicates.page import PageState
from desktop_app.ui.import_dialog import ImportDialog
from desktop_app.ui.rail import Workspaces
from desktop_app.ui.shape_map.words import MapPaneState
from desktop_app.ui.shapes.page import ShapesState
from desktop_app.workers.session import OpenRequest
from tests.app.conftest import Stage


def search(stage: Stage, path: Path) -> SearchResults:
    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000) as answered:
        stage.window.searching.query_file(QueryPicture(path.name, path=path))
    results: SearchResults = answered.args[0]
    return results


def test_an_imported_folder_is_listed_and_searched(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.import_pictures(pictures)
    stage.until(lambda: len(stage.listed()) == 12)
    assert stage.listed() == [f"sku-{number:02}" for number in range(12)]

    results = search(stage, pictures / "jars" / "sku-03.jpg")
    stage.until(lambda: stage.listed()[:1] == ["sku-03"])
    assert results.hits[0].score == pytest.approx(1, abs=1e-3)
    assert len(results.hits) == 12
    assert stage.window.describe_results(results, 1)[1].endswith("sku-03")
    assert not stage.problems


def test_nothing_is_written_before_the_preview_is_confirmed(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.window.importing.import_paths((pictures,))
    stage.until(lambda: stage.window.findChild(ImportDialog) is not None)
    dialog = stage.window.findChild(ImportDialog)
    stage.until(dialog._import.isEnabled)
    assert stage.products == 0
    dialog._import.click()
    stage.wait_until_idle(lambda: stage.products == 12)


def test_a_first_drop_makes_a_catalogue_by_itself(stage: Stage, pictures: Path) -> None:
    with stage.qtbot.waitSignal(stage.session.opened, timeout=60_000) as opened:
        stage.window.results.files_dropped.emit((pictures,))
    assert opened.args[0].catalogue.name == "My catalogue"
    stage.until(lambda: stage.window.findChild(ImportDialog) is not None)
    dialog = stage.window.findChild(ImportDialog)
    stage.until(dialog._import.isEnabled)
    dialog._import.click()
    stage.wait_until_idle(lambda: stage.products == 12)
    assert not stage.problems


def test_filters_narrow_the_list_and_the_search(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.import_pictures(pictures)
    jars = ProductFilter(conditions=(Condition("category", Operator.ANY_OF, ("jars",)),))
    stage.window.browsing.set_filter(jars)
    stage.until(lambda: len(stage.window.results.model.product_ids) == 6)
    results = search(stage, pictures / "bottles" / "sku-02.jpg")
    assert results.allowed_products == 6
    stage.until(lambda: len(stage.listed()) == 6)
    assert all(int(sku[-2:]) % 2 for sku in stage.listed())

    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000):
        stage.window.browsing.set_filter(ProductFilter())
    stage.until(lambda: stage.listed()[:1] == ["sku-02"])


def test_a_removal_is_undone_and_the_files_stay(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.import_pictures(pictures)
    ids = [int(i) for i in stage.window.results.model.product_ids[:2]]
    stage.window.results.products.remove_requested.emit(tuple(ids))
    stage.until(lambda: stage.products == 10)
    stage.until(lambda: len(stage.window.results.model.product_ids) == 10)
    assert len(search(stage, pictures / "bottles" / "sku-00.jpg").hits) == 10
    assert (pictures / "bottles" / "sku-00.jpg").exists()

    stage.until(stage.window.commands.undo.isEnabled)
    assert stage.window.status.message.startswith("Done: ")
    stage.window.commands.undo.trigger()
    stage.until(lambda: stage.products == 12)
    # What was undone must not offer to undo the change before it.
    stage.until(lambda: stage.window.status.message.startswith("Undone: "))
    stage.wait_until_idle(lambda: True)
    assert search(stage, pictures / "bottles" / "sku-00.jpg").hits[0].product_id == ids[0]


def test_a_field_edited_in_the_inspector_is_found_by_its_words(
    stage: Stage, pictures: Path
) -> None:
    stage.open()
    stage.import_pictures(pictures)
    stage.window.show_workspace(Workspaces.PRODUCTS)
    stage.window.results.views.go_to(4)
    stage.until(lambda: len(stage.window.inspector.product_ids) == 1)
    title = next(
        edit
        for edit in stage.window.inspector.findChildren(QLineEdit)
        if edit.accessibleName() == "Title"
    )
    title.setText("Night cream")
    title.editingFinished.emit()
    workspace = stage.session.workspace
    assert workspace is not None
    stage.until(
        lambda: len(workspace.catalogue.products.list_ids(ProductFilter(text="night cr"))) == 1
    )
    stage.until(
        lambda: (
            stage.window.commands.undo.isEnabled() and "Undo" in stage.window.commands.undo.text()
        )
    )


def test_a_result_becomes_the_query_and_is_left_out(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.import_pictures(pictures)
    product_id = int(stage.window.results.model.product_ids[5])
    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000) as answered:
        stage.window.searching.query_product(product_id)
    found = [hit.product_id for hit in answered.args[0].hits]
    assert len(found) == 11
    assert product_id not in found


def test_a_hit_shows_the_picture_that_matched(
    stage: Stage, pictures: Path, make_picture: Callable[..., Path]
) -> None:
    workspace = stage.open()
    stage.import_pictures(pictures)
    product_id = int(stage.window.results.model.product_ids[3])
    back = make_picture("backs/back.jpg", seed=77)
    stage.session.keeper.add_pictures(product_id, [(back, "back")])
    stage.wait_until_idle(lambda: workspace.catalogue.pictures.counts().ready == 13)
    results = search(stage, back)
    assert results.hits[0].product_id == product_id
    model = stage.window.results.model
    stage.until(
        lambda: (
            (card := model.known_card(product_id)) is not None
            and card.main_picture_path == str(back)
        )
    )
    stage.window.query.clear()
    stage.until(lambda: model.known_card(product_id).main_picture_path.endswith("sku-03.jpg"))


def test_a_query_is_remembered_and_shown_again_without_a_search(
    stage: Stage, pictures: Path
) -> None:
    workspace = stage.open()
    stage.import_pictures(pictures)
    search(stage, pictures / "jars" / "sku-07.jpg")
    stage.until(lambda: bool(workspace.catalogue.saved.recent_queries()))
    recent = workspace.catalogue.saved.recent_queries()[0]
    stage.window.query.clear()
    stage.until(lambda: stage.listed()[:1] == ["sku-00"])
    embedded = sum(each.embedded for each in stage.engines.embedders)
    stage.window.query.recent_chosen.emit(recent)
    stage.until(lambda: stage.listed()[:1] == ["sku-07"])
    assert sum(each.embedded for each in stage.engines.embedders) == embedded


def test_a_catalogue_opens_again_with_its_index_and_finds_moved_files(
    stage: Stage, pictures: Path
) -> None:
    stage.open()
    stage.import_pictures(pictures)
    first = stage.engines.embedders[0].embedded
    (pictures / "moved").mkdir()
    shutil.move(pictures / "jars" / "sku-01.jpg", pictures / "moved" / "renamed.jpg")
    with stage.qtbot.waitSignal(stage.session.opened, timeout=60_000):
        stage.session.open(OpenRequest(stage.folder / "shelf"))
    stage.wait_until_idle(lambda: True)
    with stage.qtbot.waitSignal(stage.session.keeper.imported, timeout=60_000) as imported:
        stage.window.importing.rescan_all()
    assert imported.args[0].pictures_moved == 1
    stage.wait_until_idle(lambda: stage.products == 12)
    assert stage.engines.embedders[0].embedded == first
    assert len(search(stage, pictures / "moved" / "renamed.jpg").hits) == 12


def test_a_watched_folder_takes_new_files_in_by_itself(
    stage: Stage, pictures: Path, make_picture: Callable[..., Path]
) -> None:
    stage.open()
    stage.window.importing.import_paths((pictures,))
    stage.until(lambda: stage.window.findChild(ImportDialog) is not None)
    dialog = stage.window.findChild(ImportDialog)
    stage.until(dialog._import.isEnabled)
    dialog._watch.setChecked(True)
    with stage.qtbot.waitSignal(stage.session.watching, timeout=60_000):
        dialog._import.click()
    stage.wait_until_idle(lambda: stage.products == 12)
    make_picture("range/jars/arrived.jpg", seed=99)
    stage.wait_until_idle(lambda: stage.products == 13)
    assert len(search(stage, pictures / "jars" / "arrived.jpg").hits) == 13


def test_an_unreadable_query_is_told_in_the_query_pane(
    stage: Stage, pictures: Path, tmp_path: Path
) -> None:
    stage.open()
    stage.import_pictures(pictures)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"not a picture")
    searcher = stage.session.searcher
    with stage.qtbot.waitSignal(searcher.failed, timeout=60_000) as failed:
        stage.window.searching.query_file(QueryPicture("broken.jpg", path=broken))
    assert "broken.jpg" in failed.args[1].what
    assert len(search(stage, pictures / "jars" / "sku-01.jpg").hits) == 12


def test_opening_what_is_no_catalogue_is_told_and_the_window_goes_on(
    stage: Stage, tmp_path: Path
) -> None:
    with stage.qtbot.waitSignal(stage.session.failed, timeout=60_000):
        stage.window.open_catalogue(tmp_path)
    assert stage.problems
    stage.open("good")
    assert stage.session.workspace is not None


def said_in(widget: QWidget) -> str:
    """The words of every label in view."""
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_catalogue_on_its_way_is_nowhere_said_to_be_missing(stage: Stage, tmp_path: Path) -> None:
    window = stage.window

    def told() -> str:
        buttons = window.catalogue.header.findChildren(QAbstractButton)
        return " ".join(button.accessibleName() for button in buttons)

    stage.session.open(OpenRequest(tmp_path / "no catalogue"))
    assert "Opening no catalogue" in told()
    assert "Opening" in said_in(window.results)
    assert window.duplicates.state is PageState.OPENING
    assert window.shapes.state is ShapesState.OPENING
    assert window.shape_map.state is MapPaneState.OPENING
    stage.until(lambda: window.duplicates.state is PageState.NO_CATALOGUE)
    assert "No catalogue" in told()
    assert "Add your products" in said_in(window.results)
    assert window.shapes.state is ShapesState.NO_CATALOGUE
    assert window.shape_map.state is MapPaneState.NO_CATALOGUE


def test_nothing_is_told_of_a_catalogue_that_was_closed(
    stage: Stage, pictures: Path, tmp_path: Path
) -> None:
    stage.open()
    stage.import_pictures(pictures)
    status = stage.window.status
    stage.until(lambda: "12 products" in status.counts_text)
    with stage.qtbot.waitSignal(stage.session.failed, timeout=60_000):
        stage.session.open(OpenRequest(tmp_path / "no catalogue"))
    stage.until(lambda: not status.counts_text)


def test_of_two_catalogues_asked_for_at_once_the_last_is_open(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.session.opened, timeout=60_000) as opened:
        for name in ("one", "two"):
            stage.session.open(OpenRequest(stage.folder / name, create=True, name=name))
    assert opened.args[0].catalogue.name == "two"
    assert stage.session.workspace is opened.args[0]


def test_an_edit_does_not_wait_for_a_paused_indexing(
    stage: Stage, pictures: Path, make_picture: Callable[..., Path]
) -> None:
    workspace = stage.open()
    stage.import_pictures(pictures)
    for number in range(40):
        make_picture(f"more/new-{number:02}.jpg", seed=100 + number)
    keeper = stage.session.keeper
    with stage.qtbot.waitSignal(keeper.imported, timeout=60_000):
        stage.window.importing.import_without_asking((pictures.parent / "more",))
        keeper.pause()
    keeper.pause()
    product_id = int(stage.window.results.model.product_ids[0])
    keeper.set_bookmarked((product_id,), True)
    stage.until(lambda: workspace.catalogue.products.get(product_id).bookmarked)
    keeper.resume()
    stage.wait_until_idle(lambda: stage.products == 52)


def test_no_two_commands_of_the_window_share_a_shortcut(stage: Stage) -> None:
    window_wide = [
        action
        for action in stage.window.findChildren(QAction)
        if action.shortcutContext() is Qt.ShortcutContext.WindowShortcut
    ]
    keys = [keys.toString() for action in window_wide for keys in action.shortcuts()]
    assert len(keys) > 15
    assert sorted(set(keys)) == sorted(keys)


def test_a_page_out_of_view_takes_no_room_from_the_query(stage: Stage) -> None:
    window = stage.window
    window.resize(1280, 800)
    assert window.query.width() >= 300
    window.show_workspace(Workspaces.SHAPES)
    window.show_workspace(Workspaces.SEARCH)
    stage.until(lambda: window.query.width() >= 300)


def test_a_narrow_window_folds_the_query_above_the_results(stage: Stage) -> None:
    window = stage.window
    window.resize(1280, 800)
    assert window.query.parentWidget() is not window.results.parentWidget()
    window.resize(950, 700)
    assert window.query.parentWidget() is window.results.parentWidget()
    window.resize(1280, 800)
    assert window.query.parentWidget() is not window.results.parentWidget()
    assert window.query.isVisibleTo(window)


def test_switching_workspaces_keeps_what_was_found(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.import_pictures(pictures)
    search(stage, pictures / "jars" / "sku-09.jpg")
    stage.until(lambda: stage.listed()[:1] == ["sku-09"])
    stage.window.show_workspace(Workspaces.PRODUCTS)
    stage.until(lambda: stage.listed()[:1] == ["sku-00"])
    stage.window.show_workspace(Workspaces.SEARCH)
    stage.until(lambda: stage.listed()[:1] == ["sku-09"])
