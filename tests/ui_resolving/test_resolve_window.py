"""The window of a plan: rules, groups, fields, and what the button does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.resolving import KeepRule, PictureRule
from desktop_app.services.duplicates.resolving import plan_resolution, protected_products
from desktop_app.ui.resolving.fields_model import FieldRole
from desktop_app.ui.resolving.fields_table import FieldsTable
from desktop_app.ui.resolving.plan_model import CHECK, PlanRole
from desktop_app.ui.resolving.product_heads import LABEL_WIDTH, ProductHeads
from desktop_app.ui.resolving.window import ResolveWindow
from desktop_app.ui.theme import Theme
from desktop_app.workers.resolving import PlanOptions, Proposal
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.duplicates.test_resolving import group, product

PRODUCTS = {
    1: product(1, "JAR-1", title="Jar", brand="A", price=5.0, shown="ab"),
    2: product(2, "JAR-2", title="Tall jar", size="L", shown="ac"),
    3: product(3, "CUP-3", title="Cup", brand="B", size="S"),
    4: product(4, "CUP-4", title="Cup"),
    5: product(5, "MUG-5"),
}
GROUPS = (group(1, 2), group(3, 4), group(5, 6))
RULES = (KeepRule.MOST_COMPLETE, KeepRule.LOWEST_SKU)


def proposal(options: PlanOptions, kept: tuple[int, ...] = ()) -> Proposal:
    places = {i: place for place, each in enumerate(GROUPS) for i in each.product_ids}
    plan = plan_resolution(
        GROUPS,
        PRODUCTS,
        options.rules,
        protected=protected_products(PRODUCTS.values(), options.protected),
        pictures=options.pictures,
        keep={places[i]: i for i in kept},
    )
    return Proposal.of(plan, PRODUCTS, (), options)


@pytest.fixture
def loader(qapp) -> Iterator[ThumbnailLoader]:
    made = ThumbnailLoader(lambda _content_hash: None)
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, loader: ThumbnailLoader) -> ResolveWindow:
    made = ResolveWindow(theme, loader, ask_for_folder=lambda _parent: Path("/p/1"))
    qtbot.addWidget(made)
    made.set_options(PlanOptions(RULES))
    made.plan_wanted.connect(lambda o, kept: made.show_proposal(proposal(o, kept)))
    made.show_proposal(proposal(made.rules.options))
    made.show()
    qtbot.waitExposed(made)
    return made


def merge_button(window: ResolveWindow) -> QPushButton:
    return next(b for b in window.findChildren(QPushButton) if b.text().startswith("Merge"))


def trash_box(window: ResolveWindow) -> QCheckBox:
    return next(b for b in window.findChildren(QCheckBox) if "trash" in b.text())


def cell(window: ResolveWindow, label: str, column: int) -> object:
    model = window.findChild(FieldsTable).fields
    labels = [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())]
    row = next(n for n, each in enumerate(labels) if str(each).endswith(label))
    return model.index(row, column)


def test_groups_and_what_is_left_out_are_listed_with_reasons(window: ResolveWindow) -> None:
    model = window.list.plan
    views = [model.index(row).data(PlanRole.VIEW) for row in range(model.rowCount())]
    assert [view.members[0].card.sku for view in views] == ["JAR-1", "CUP-3", "MUG-5"]
    assert views[2].group is None
    assert "no longer in the catalogue" in views[2].reason
    assert merge_button(window).text() == "Merge 4 products into 2 — files stay on disk"


def test_nothing_goes_to_the_trash_unasked(qtbot: QtBot, window: ResolveWindow) -> None:
    assert not trash_box(window).isChecked()
    assert "(1 file)" in trash_box(window).text()
    with qtbot.waitSignal(window.merge_wanted) as asked:
        merge_button(window).click()
    plan, sends_files = asked.args
    assert len(plan.groups) == 2
    assert sends_files is False
    assert not merge_button(window).isEnabled()
    window.stop_waiting()
    trash_box(window).click()
    assert merge_button(window).text() == "Merge 4 products into 2 — 1 file to the trash"
    with qtbot.waitSignal(window.merge_wanted) as asked:
        merge_button(window).click()
    assert asked.args[1] is True


def test_a_click_takes_the_value_of_another_product(qtbot: QtBot, window: ResolveWindow) -> None:
    table = window.findChild(FieldsTable)
    title = cell(window, "Title", 1)
    assert title.data() == "Tall jar" and not title.data(FieldRole.CHOSEN)
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(title).center()
    )
    assert cell(window, "Title", 1).data(FieldRole.CHOSEN)
    assert window.plan.groups[0].merge.values["title"] == "Tall jar"


def test_what_is_filled_in_is_marked_and_what_all_have_is_not(window: ResolveWindow) -> None:
    assert cell(window, "Size", 1).data(FieldRole.IS_MARKED)
    assert not cell(window, "Brand", 0).data(FieldRole.IS_MARKED)
    assert cell(window, "Size", 0).data() == "–"


def test_another_product_can_be_kept_and_chosen_values_hold(
    qtbot: QtBot, window: ResolveWindow
) -> None:
    window.detail.value_chosen.emit("title", 1)
    heads = window.findChild(ProductHeads)
    heads.setFocus()
    qtbot.keyClick(heads, Qt.Key.Key_Right)
    qtbot.keyClick(heads, Qt.Key.Key_Return)
    assert window.plan.groups[0].keep_id == 2
    assert window.plan.groups[0].merge.values["title"] == "Jar"
    view = window.list.plan.index(0).data(PlanRole.VIEW)
    assert view.is_chosen
    assert heads.width() > LABEL_WIDTH


def test_a_group_can_be_left_alone_by_key(qtbot: QtBot, window: ResolveWindow) -> None:
    window.list.setCurrentIndex(window.list.plan.index(1))
    qtbot.keyClick(window.list, Qt.Key.Key_Space)
    assert window.list.plan.index(1).data(CHECK) == Qt.CheckState.Unchecked
    qtbot.waitUntil(lambda: merge_button(window).text().startswith("Merge 2 products into 1"))
    qtbot.keyClick(window.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: merge_button(window).text().startswith("Merge 4 products into 2"))


def test_a_few_of_many_groups_can_be_merged(qtbot: QtBot, window: ResolveWindow) -> None:
    every = {b.accessibleName(): b for b in window.findChildren(QPushButton)}
    every["Untick all groups"].click()
    qtbot.waitUntil(lambda: not merge_button(window).isEnabled())
    window.list.plan.setData(window.list.plan.index(1), Qt.CheckState.Checked, CHECK)
    qtbot.waitUntil(lambda: merge_button(window).text().startswith("Merge 2 products into 1"))
    assert [group.keep_id for group in window.plan.groups] == [3]
    every["Tick all groups"].click()
    qtbot.waitUntil(lambda: merge_button(window).text().startswith("Merge 4 products into 2"))


def test_rules_are_moved_and_ticked_and_the_plan_follows(
    qtbot: QtBot, window: ResolveWindow
) -> None:
    rules = window.rules._rules
    rules.setCurrentRow(1)
    with qtbot.waitSignal(window.options_chosen) as chosen:
        window.rules.move_up()
    assert chosen.args[0].rules == (KeepRule.LOWEST_SKU, KeepRule.MOST_COMPLETE)
    with qtbot.waitSignal(window.options_chosen) as chosen:
        rules.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert chosen.args[0].rules == (KeepRule.MOST_COMPLETE,)
    assert window.plan.groups[0].decided_by is KeepRule.MOST_COMPLETE


def test_pictures_and_protected_folders_are_chosen(qtbot: QtBot, window: ResolveWindow) -> None:
    window.rules._pictures.setCurrentIndex(window.rules._pictures.findData(PictureRule.ALL))
    window.rules._pictures.activated.emit(0)
    assert len(window.plan.groups[0].moved) == 2
    with qtbot.waitSignal(window.options_chosen) as chosen:
        window.rules._choose_folder()
    assert chosen.args[0].protected == (Path("/p/1"),)
    assert window.plan.groups[0].decided_by is KeepRule.PROTECTED
    window.rules._folders.setCurrentRow(0)
    window.rules._remove_folder()
    assert window.rules.options.protected == ()


def test_only_differences_shows_what_is_to_be_chosen(window: ResolveWindow) -> None:
    model = window.findChild(FieldsTable).fields
    before = model.rowCount()
    window.detail._only.setChecked(True)
    assert model.rowCount() < before


def test_without_anything_said_the_window_tells_where_to_say_it(window: ResolveWindow) -> None:
    window.forget_edits()
    window.show_proposal(Proposal.of(plan_resolution((), {}), {}))
    assert not merge_button(window).isEnabled()
    assert window._stack.currentIndex() == 1


def test_many_groups_are_painted_only_where_they_are_seen(window: ResolveWindow) -> None:
    many = {i: product(i, f"P-{i}") for i in range(1, 20_001)}
    groups = [group(i, i + 1) for i in range(1, 20_001, 2)]
    window.show_proposal(Proposal.of(plan_resolution(groups, many), many))
    assert window.list.plan.rowCount() == 10_000
    window.list.grab()
    assert merge_button(window).text().startswith("Merge 20,000 products into 10,000")
