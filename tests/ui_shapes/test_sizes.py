"""Narrowing by size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import Column, FieldKind
from desktop_app.domain.sizes import SizeColumn, SizeKind
from desktop_app.ui.shapes.size_panel import SizePanel
from desktop_app.ui.theme import Theme

COLUMNS = {
    SizeKind.HEIGHT: SizeColumn(SizeKind.HEIGHT, "height_cm", 10.0),
    SizeKind.NECK: SizeColumn(SizeKind.NECK, "neck", 1.0, False),
}
OFFERED = (
    Column("height_cm", "Height", FieldKind.NUMBER, "cm"),
    Column("width", "Width", FieldKind.NUMBER, "mm"),
    Column("neck", "Neck finish"),
)
LEAST, MOST = Operator.AT_LEAST, Operator.AT_MOST


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> Iterator[SizePanel]:
    made = SizePanel(theme)
    qtbot.addWidget(made)
    made.show_columns(COLUMNS, OFFERED)
    made.show()
    yield made


def changes(panel: SizePanel) -> list[tuple[str, tuple[Condition, ...]]]:
    told: list[tuple[str, tuple[Condition, ...]]] = []
    panel.conditions_changed.connect(lambda *change: told.append(change))
    return told


def test_ones_own_size_plus_and_minus(panel: SizePanel) -> None:
    told = changes(panel)
    row = panel.row(SizeKind.HEIGHT)
    assert not row.around.isVisible()
    panel.show_own({SizeKind.HEIGHT: 120.0})
    assert row.around.isVisible() and row.around.text() == "Around 120 mm"
    row.plus_minus.setValue(8)
    row.around.click()
    assert told == [
        (
            "height_cm",
            (Condition("height_cm", LEAST, (11.2,)), Condition("height_cm", MOST, (12.8,))),
        )
    ]


def test_a_range_may_be_open_on_one_side(panel: SizePanel) -> None:
    told = changes(panel)
    row = panel.row(SizeKind.HEIGHT)
    row.least.setValue(100)
    assert told[-1] == ("height_cm", (Condition("height_cm", LEAST, (10.0,)),))
    row.most.setValue(150)
    assert told[-1][1] == (
        Condition("height_cm", LEAST, (10.0,)),
        Condition("height_cm", MOST, (15.0,)),
    )
    row.least.setValue(0)
    row.most.setValue(0)
    assert told[-1] == ("height_cm", ())


def test_a_filter_set_elsewhere_is_shown_and_not_told_again(panel: SizePanel) -> None:
    told = changes(panel)
    panel.show_filter(ProductFilter(conditions=(Condition("height_cm", MOST, (14.0,)),)))
    row = panel.row(SizeKind.HEIGHT)
    assert (row.least.value(), row.most.value()) == (0, 140)
    panel.show_filter(ProductFilter())
    assert row.most.value() == 0
    assert not told


def test_a_neck_written_as_text_is_matched_as_it_is(panel: SizePanel) -> None:
    told = changes(panel)
    panel.show_own({}, "24/410")
    row = panel.row(SizeKind.NECK)
    assert row.around.text() == "Same: 24/410" and not row.least.isVisible()
    row.around.click()
    assert told == [("neck", (Condition("neck", Operator.ANY_OF, ("24/410",)),))]


def test_where_a_size_is_can_be_said(panel: SizePanel) -> None:
    chosen: list[tuple[object, str]] = []
    panel.column_chosen.connect(lambda *choice: chosen.append(choice))
    menu = panel.row(SizeKind.WIDTH).menu
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Height",
        "Width",
        "No column",
    ]
    next(action for action in menu.actions() if action.text() == "Width").trigger()
    assert chosen == [(SizeKind.WIDTH, "width")]
    checked = [a.text() for a in panel.row(SizeKind.HEIGHT).menu.actions() if a.isChecked()]
    assert checked == ["Height"]
