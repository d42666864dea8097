"""Rules for the order of matches are made, changed, ordered and removed by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from desktop_app.domain.products import Column
from desktop_app.domain.rules import RankingRule, RuleStrength
from desktop_app.settings import Settings
from desktop_app.ui.item_models.rules_model import COLUMN, STRENGTH, VALUE, RulesModel
from desktop_app.ui.preferences import PreferencesDialog
from desktop_app.ui.rules_editor import RulesEditor

Key = Qt.Key
AVAILABLE = RankingRule("availability", "in stock")
BRAND = RankingRule("brand", "Halden", RuleStrength.SLIGHT)


@pytest.fixture
def editor(qtbot) -> RulesEditor:
    made = RulesEditor(
        (AVAILABLE, BRAND),
        extra_columns=(Column("neck", "Neck finish"),),
        suggestions={"availability": ["", "in stock", "sold out"]},
    )
    qtbot.addWidget(made)
    made.resize(560, 360)
    made.show()
    qtbot.waitExposed(made)
    made.table.setFocus()
    return made


def go_to(editor: RulesEditor, row: int, column: int = VALUE) -> None:
    editor.table.setCurrentIndex(editor.model.index(row, column))


def test_the_model_keeps_the_rules_of_qt(qtbot) -> None:
    model = RulesModel((AVAILABLE, BRAND))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert tester.model() is model
    model.move(model.add("sku", "A"), -1)
    model.remove(0)


def test_rules_are_told_in_words(editor: RulesEditor) -> None:
    cells = [editor.model.index(1, column).data() for column in (COLUMN, VALUE, STRENGTH)]
    assert cells == ["Brand", "Halden", "slightly"]


def test_a_rule_is_told_only_once_it_has_a_value(qtbot, editor: RulesEditor) -> None:
    with qtbot.assertNotEmitted(editor.rules_changed):
        qtbot.keyClick(editor.table, Key.Key_Insert)
    assert editor.model.rowCount() == 3
    field = editor.table.findChild(QLineEdit)
    qtbot.keyClicks(field, "Jar")
    with qtbot.waitSignal(editor.rules_changed) as changed:
        qtbot.keyClick(field, Key.Key_Return)
    assert changed.args[0] == (AVAILABLE, BRAND, RankingRule("category", "Jar"))


def test_preferring_the_available_takes_the_catalogue_s_own_word(
    qtbot, editor: RulesEditor
) -> None:
    button = next(b for b in editor.findChildren(QPushButton) if "available" in b.text())
    with qtbot.waitSignal(editor.rules_changed) as changed:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert changed.args[0][-1] == RankingRule("availability", "in stock")


def test_rules_are_ordered_and_removed_by_keyboard(qtbot, editor: RulesEditor) -> None:
    go_to(editor, 1)
    qtbot.keyClick(editor.table, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert editor.model.rules == (BRAND, AVAILABLE)
    assert editor.table.currentIndex().row() == 0
    qtbot.keyClick(editor.table, Key.Key_Delete)
    assert editor.model.rules == (AVAILABLE,)
    qtbot.keyClick(editor.table, Key.Key_Delete)
    qtbot.keyClick(editor.table, Key.Key_Delete)
    assert editor.model.rules == ()


def test_space_turns_a_rule_off_and_keeps_it(qtbot, editor: RulesEditor) -> None:
    go_to(editor, 0, COLUMN)
    qtbot.keyClick(editor.table, Key.Key_Space)
    assert [rule.enabled for rule in editor.model.rules] == [False, True]


def test_column_and_strength_are_chosen_from_lists(qtbot, editor: RulesEditor) -> None:
    for column, wanted in ((COLUMN, "neck"), (STRENGTH, "strong")):
        index = editor.model.index(1, column)
        delegate = editor.table.itemDelegate()
        choice = delegate.createEditor(editor.table, None, index)
        assert isinstance(choice, QComboBox)
        delegate.setEditorData(choice, index)
        choice.setCurrentIndex(choice.findData(wanted))
        delegate.setModelData(choice, editor.model, index)
    assert editor.model.rules[1] == RankingRule("neck", "Halden", RuleStrength.STRONG)


def test_preferences_keep_the_rules(qtbot) -> None:
    dialog = PreferencesDialog(Settings(ranking_rules=(BRAND,)), (), "")
    qtbot.addWidget(dialog)
    model = dialog.findChild(RulesEditor).model
    assert model.rules == (BRAND,)
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        model.add("category", "Jar")
    assert changed.args[0].ranking_rules == (BRAND, RankingRule("category", "Jar"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
