"""Fields are edited in place: valid values go out once, invalid ones are explained."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.domain.products import Column, FieldKind, FieldValue
from desktop_app.ui.field_editors import FieldEditor, format_value

PRICE = Column("price", "Price", FieldKind.NUMBER)
HEIGHT = Column("height_mm", "Height", FieldKind.NUMBER, "mm")
TITLE = Column("title", "Title")


@pytest.fixture(autouse=True)
def _english() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))


def typed(qtbot: QtBot, column: Column, text: str, shown: FieldValue = None) -> list[FieldValue]:
    editor = FieldEditor(column)
    qtbot.addWidget(editor)
    values: list[FieldValue] = []
    editor.committed.connect(values.append)
    editor.show_value(shown)
    editor.findChild(QLineEdit).setText(text)
    editor.commit()
    editor.commit()
    return values


def test_a_new_value_goes_out_once(qtbot: QtBot) -> None:
    assert typed(qtbot, TITLE, "  Night cream ") == ["Night cream"]


def test_the_same_value_does_not_go_out(qtbot: QtBot) -> None:
    assert typed(qtbot, TITLE, "Serum", shown="Serum") == []
    assert typed(qtbot, PRICE, "12.50", shown=12.5) == []
    assert typed(qtbot, TITLE, "", shown="") == []


def test_emptying_a_number_takes_it_away(qtbot: QtBot) -> None:
    assert typed(qtbot, PRICE, "", shown=12.5) == [None]


def test_a_unit_may_be_typed(qtbot: QtBot) -> None:
    assert typed(qtbot, HEIGHT, "120.5 mm") == [120.5]


def test_an_invalid_number_is_explained_and_kept_back(qtbot: QtBot) -> None:
    editor = FieldEditor(PRICE)
    qtbot.addWidget(editor)
    values: list[FieldValue] = []
    editor.committed.connect(values.append)
    line = editor.findChild(QLineEdit)
    line.setText("twelve")
    editor.commit()
    assert values == []
    assert line.property("invalid") is True
    assert "number" in line.toolTip()
    line.setText("12")
    editor.commit()
    assert values == [12.0]
    assert line.property("invalid") is False


def test_a_sku_cannot_be_emptied(qtbot: QtBot) -> None:
    assert typed(qtbot, Column("sku", "SKU"), " ", shown="A-1") == []


def test_a_date_must_be_one(qtbot: QtBot) -> None:
    column = Column("launch", "Launch", FieldKind.DATE)
    assert typed(qtbot, column, "2025-03-31") == ["2025-03-31"]
    assert typed(qtbot, column, "31.3.") == []


def test_leaving_a_mixed_field_untouched_changes_nothing(qtbot: QtBot) -> None:
    editor = FieldEditor(TITLE)
    qtbot.addWidget(editor)
    values: list[FieldValue] = []
    editor.committed.connect(values.append)
    editor.show_value(None, mixed=True)
    editor.commit()
    assert values == []
    assert editor.findChild(QLineEdit).placeholderText()


def test_a_flag_can_be_yes_no_or_unknown(qtbot: QtBot) -> None:
    editor = FieldEditor(Column("vegan", "Vegan", FieldKind.FLAG))
    qtbot.addWidget(editor)
    values: list[FieldValue] = []
    editor.committed.connect(values.append)
    combo = editor.findChild(QComboBox)
    for index in (1, 2, 0):
        combo.setCurrentIndex(index)
        combo.activated.emit(index)
    assert values == [True, False, None]


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (1299.0, PRICE, "1299.00"),
        (120.0, HEIGHT, "120 mm"),
        (None, HEIGHT, ""),
        ("Jar", TITLE, "Jar"),
    ],
)
def test_values_read_like_the_trade_writes_them(
    value: FieldValue, column: Column, text: str
) -> None:
    assert format_value(value, column) == text
