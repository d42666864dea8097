"""Chips tell and lift restrictions; the popup makes them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton

from desktop_app.domain.filters import Condition, Facet, Operator, ProductFilter
from desktop_app.domain.products import Column, FieldKind, PictureState
from desktop_app.ui.condition_editor import ConditionEditor
from desktop_app.ui.filters_bar import FiltersBar

JAR = Condition("category", Operator.ANY_OF, ("Jar", "Dropper"))
LEAST = Condition("price", Operator.AT_LEAST, (5.0,))
MOST = Condition("price", Operator.AT_MOST, (20.0,))
WORD = Condition("notes", Operator.CONTAINS, ("matt",))
EMPTY = Condition("barcode", Operator.IS_EMPTY)


@pytest.fixture
def bar(qtbot, theme) -> FiltersBar:
    made = FiltersBar(theme)
    qtbot.addWidget(made)
    made.resize(900, 60)
    made.show()
    return made


@pytest.fixture
def editor(qtbot, theme) -> ConditionEditor:
    made = ConditionEditor(theme)
    qtbot.addWidget(made)
    return made


def words_of(bar: FiltersBar) -> list[str]:
    return [chip.text for chip in bar.chips]


def test_every_part_of_a_filter_has_a_chip_and_bounds_share_one(bar) -> None:
    bar.set_filter(
        ProductFilter(
            text="green jar",
            conditions=(JAR, LEAST, WORD, MOST, EMPTY),
            bookmarked_only=True,
            picture_state=PictureState.OFFLINE,
        )
    )
    assert words_of(bar) == [
        "“green jar”",
        "Bookmarked",
        "File not found",
        "Category: Jar, Dropper",
        "Price: 5–20",
        "Notes contains matt",
        "Barcode is empty",
    ]


def test_one_bound_and_own_columns_are_worded(bar) -> None:
    bar.set_extra_columns((Column("height", "Height", FieldKind.NUMBER, "mm"),))
    height = Condition("height", Operator.AT_LEAST, (42.0,))
    nothing = Condition("brand", Operator.ANY_OF, ("",))
    bar.set_filter(ProductFilter(conditions=(height, nothing)))
    assert words_of(bar) == ["Height at least 42 mm", "Brand: empty"]


@pytest.mark.parametrize("by_key", [False, True])
def test_a_chip_lifts_its_restriction_and_no_other(qtbot, bar, by_key: bool) -> None:
    bar.set_filter(ProductFilter(conditions=(JAR, LEAST, MOST)))
    price = bar.chips[1]
    with qtbot.waitSignal(bar.filter_changed) as changed:
        if by_key:
            qtbot.keyClick(price, Qt.Key.Key_Delete)
        else:
            close = price.findChildren(QToolButton)[1]
            assert close.accessibleName() == "Remove the filter Price: 5–20"
            qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert changed.args == [ProductFilter(conditions=(JAR,))]
    assert words_of(bar) == ["Category: Jar, Dropper"]


def test_setting_a_filter_emits_nothing(qtbot, bar) -> None:
    with qtbot.assertNotEmitted(bar.filter_changed):
        bar.set_filter(ProductFilter(conditions=(JAR,)))


def test_clear_all_is_offered_for_more_than_one(qtbot, bar) -> None:
    bar.set_filter(ProductFilter(text="a", conditions=(JAR,)))
    clear = next(b for b in bar.findChildren(QToolButton) if b.text() == "Clear all")
    assert clear.isVisible()
    with qtbot.waitSignal(bar.filter_changed) as changed:
        clear.click()
    assert changed.args == [ProductFilter()]
    assert not clear.isVisible()


def test_the_popup_asks_for_values_and_applies_those_ticked(qtbot, bar) -> None:
    with qtbot.waitSignal(bar.facets_requested) as asked:
        bar.popup.open_at(QPoint(0, 0))
    assert asked.args == ["category"]
    bar.set_facets("brand", [Facet("late answer", 1)])
    bar.set_facets("category", [Facet("Jar", 12), Facet("", 3)])
    values = bar.popup.editor._values
    assert [values.item(i).text() for i in range(values.count())] == ["Jar  (12)", "empty  (3)"]
    values.item(0).setCheckState(Qt.CheckState.Checked)
    with qtbot.waitSignal(bar.filter_changed) as changed:
        qtbot.keyClick(bar.popup, Qt.Key.Key_Return)
    wanted = Condition("category", Operator.ANY_OF, ("Jar",))
    assert changed.args == [ProductFilter(conditions=(wanted,))]
    assert not bar.popup.isVisible()


def test_changing_a_range_replaces_both_of_its_bounds(qtbot, bar) -> None:
    bar.set_filter(ProductFilter(conditions=(JAR, LEAST, MOST)))
    bar.popup.open_at(QPoint(0, 0), (LEAST, MOST))
    editor = bar.popup.editor
    assert (editor._least.text(), editor._most.text()) == ("5.00", "20.00")
    editor._most.setText("")
    editor._least.setText("7.5")
    with qtbot.waitSignal(bar.filter_changed) as changed:
        qtbot.keyClick(editor._least, Qt.Key.Key_Return)
    bound = Condition("price", Operator.AT_LEAST, (7.5,))
    assert changed.args == [ProductFilter(conditions=(JAR, bound))]


def test_a_value_that_cannot_be_read_is_marked_and_keeps_the_popup_open(qtbot, bar) -> None:
    bar.popup.open_at(QPoint(0, 0), (LEAST,))
    editor = bar.popup.editor
    editor._least.setText("cheap")
    with qtbot.assertNotEmitted(bar.filter_changed):
        qtbot.keyClick(editor._least, Qt.Key.Key_Return)
    assert editor._least.property("invalid") == "true"
    assert editor._problem.text() == "A number is expected here."
    assert bar.popup.isVisible()
    bar.popup.close()


def test_a_flag_is_chosen_by_yes_and_no_as_a_boolean(editor) -> None:
    editor.edit(Column("vegan", "Vegan", FieldKind.FLAG))
    assert [item.text() for item in editor._items()] == ["yes", "no"]
    editor._items()[1].setCheckState(Qt.CheckState.Checked)
    assert editor.conditions() == (Condition("vegan", Operator.ANY_OF, (False,)),)


def test_numbers_chosen_by_value_are_numbers(editor) -> None:
    column = Column("height", "Height", FieldKind.NUMBER)
    editor.edit(column, (Condition("height", Operator.ANY_OF, (42.0,)),))
    editor.set_facets("height", [Facet("42", 3), Facet("50", 1)])
    assert editor.conditions() == (Condition("height", Operator.ANY_OF, (42.0,)),)


def test_a_chosen_value_that_no_product_has_any_more_can_still_be_seen(editor) -> None:
    editor.edit(Column("category", "Category"), (JAR,))
    editor.set_facets("category", [Facet("JAR", 3)])
    ticked = [i.text() for i in editor._items() if i.checkState() == Qt.CheckState.Checked]
    assert ticked == ["JAR  (3)", "Dropper  (0)"]


def test_typing_narrows_the_values_and_enter_takes_the_only_one_left(qtbot, editor) -> None:
    editor.edit(Column("category", "Category"))
    editor.set_facets("category", [Facet("Jar", 3), Facet("Bottle", 1)])
    qtbot.keyClicks(editor._search, "bot")
    assert [item.isHidden() for item in editor._items()] == [True, False]
    with qtbot.waitSignal(editor.submitted):
        qtbot.keyClick(editor._search, Qt.Key.Key_Return)
    assert editor.conditions() == (Condition("category", Operator.ANY_OF, ("Bottle",)),)


def test_nothing_entered_is_no_restriction(editor) -> None:
    for column in (Column("title", "Title"), Column("price", "Price", FieldKind.NUMBER)):
        editor.edit(column)
        assert editor.conditions() == ()
    editor.edit(Column("title", "Title"), (Condition("title", Operator.CONTAINS, ("x",)),))
    editor._word.setText("  ")
    assert editor.conditions() == ()
