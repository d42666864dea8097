"""The import preview shows what would come in and asks again when a rule changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.imports import (
    FolderRules,
    ImportIssue,
    ImportPlan,
    ImportRecord,
    ImportReport,
    ImportRequest,
    IssueKind,
    PictureFile,
    SourceKind,
    TablePreview,
    TableRules,
)
from desktop_app.ui.import_dialog import ImportDialog
from desktop_app.ui.import_report import ImportReportDialog, import_summary

RECORDS = tuple(
    ImportRecord(
        sku=f"A-{number}",
        fields={"title": f"Jar {number}", "category": "Jar"},
        pictures=(PictureFile(Path(f"{number}.jpg"), view="front"),),
        origin=f"row {number}",
    )
    for number in range(3)
)


def folder_plan(**changes: object) -> ImportPlan:
    request = ImportRequest(SourceKind.FOLDER, (Path("/pictures/spring"),), **changes)
    issue = ImportIssue(IssueKind.SKIPPED, "notes.txt", "not a picture")
    return ImportPlan(request, RECORDS, (issue,))


@pytest.fixture
def dialog(qtbot: QtBot) -> ImportDialog:
    made = ImportDialog(folder_plan().request)
    qtbot.addWidget(made)
    return made


def button(dialog: ImportDialog, start: str) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.text().startswith(start))


def test_nothing_can_be_imported_before_the_plan_is_there(dialog: ImportDialog) -> None:
    assert not button(dialog, "Import").isEnabled()


def test_a_plan_is_shown_and_confirmed_as_it_is(qtbot: QtBot, dialog: ImportDialog) -> None:
    plan = folder_plan()
    dialog.set_plan(plan)
    assert button(dialog, "Import").text() == "Import 3 products"
    with qtbot.waitSignal(dialog.confirmed) as confirmed:
        button(dialog, "Import").click()
    assert confirmed.args == [plan]


def test_a_typed_pattern_asks_for_a_new_plan_after_a_pause(
    qtbot: QtBot, dialog: ImportDialog
) -> None:
    dialog.set_plan(folder_plan())
    pattern = next(e for e in dialog.findChildren(QLineEdit) if e.text() == "{sku}")
    with qtbot.waitSignal(dialog.rules_changed) as asked:
        pattern.setText("{sku}_{view}")
        pattern.textEdited.emit("{sku}_{view}")
    assert asked.args[0].folder_rules.name_pattern == "{sku}_{view}"
    assert not button(dialog, "Import").isEnabled()
    dialog.show_problem("The pattern needs {sku}.")
    assert pattern.property("invalid") is True


def test_an_empty_plan_cannot_be_imported(dialog: ImportDialog) -> None:
    dialog.set_plan(ImportPlan(folder_plan().request, ()))
    assert not button(dialog, "Import").isEnabled()


def test_mapping_a_column_differently_asks_for_a_new_plan(qtbot: QtBot) -> None:
    rules = TableRules(mapping={"Artikel": "sku", "Foto": "picture"}, encoding="cp1252")
    request = ImportRequest(SourceKind.TABLE, (Path("/lists/a.csv"),), FolderRules(), rules)
    table = TablePreview(("Artikel", "Foto"), (("A-1", "1.jpg"),), 1, rules)
    dialog = ImportDialog(request)
    qtbot.addWidget(dialog)
    dialog.set_plan(ImportPlan(request, RECORDS, table=table))
    target = next(c for c in dialog.findChildren(QComboBox) if c.currentData() == "picture")
    with qtbot.waitSignal(dialog.rules_changed) as asked:
        index = target.findData("title")
        target.setCurrentIndex(index)
        target.activated.emit(index)
    assert asked.args[0].table_rules.mapping == {"Artikel": "sku", "Foto": "title"}


def test_watching_is_part_of_what_is_confirmed(qtbot: QtBot, dialog: ImportDialog) -> None:
    dialog.set_plan(folder_plan())
    dialog._watch.setChecked(True)
    with qtbot.waitSignal(dialog.confirmed) as confirmed:
        button(dialog, "Import").click()
    assert confirmed.args[0].request.watch is True


def test_the_report_says_what_happened_without_zeros(qtbot: QtBot) -> None:
    report = ImportReport(
        products_added=3, issues=(ImportIssue(IssueKind.FAILED, "row 4", "no SKU"),)
    )
    dialog = ImportReportDialog(report)
    qtbot.addWidget(dialog)
    assert import_summary(dialog, report) == "3 products added · 1 issue"
    assert import_summary(dialog, ImportReport()) == "Nothing to import"
