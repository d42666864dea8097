"""Dialogs of verdicts and reports: shown before, told after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import PairKey, StoredVerdict, Verdict, VerdictConflict
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.precision import ExpectedPrecision
from desktop_app.domain.progress import Progress
from desktop_app.domain.reports import IncludedGroups
from desktop_app.services.duplicates.verdict_files import VerdictMerge
from desktop_app.settings import Settings
from desktop_app.ui.resolving.conflicts_model import OTHER_BY, OWN, PRODUCTS, USE
from desktop_app.ui.resolving.report_dialog import ReportDialog
from desktop_app.ui.resolving.verdicts_dialog import VerdictsDialog
from desktop_app.ui.theme import Theme
from desktop_app.workers.exchanging import ReportOrder, VerdictPreview
from tests.app.conftest import Stage
from tests.app.test_duplicates import JudgingEngines, found, twins

__all__ = ["twins"]


def verdict(seed: int, said: Verdict, by: str = "") -> StoredVerdict:
    key = PairKey(f"{seed:032x}", f"{seed + 1:032x}")
    return StoredVerdict(key, said, "2026-11-20T09:12:13.500+00:00", by)


CONFLICTS = tuple(
    VerdictConflict(verdict(n, Verdict.SAME), verdict(n, Verdict.DIFFERENT, "Other"))
    for n in (1, 3)
)
PREVIEW = VerdictPreview(
    Path("theirs.json"),
    VerdictMerge((verdict(7, Verdict.SAME),), (verdict(9, Verdict.SAME),), CONFLICTS),
    {f"{1:032x}": ["JAR-1"], f"{2:032x}": ["JAR-2", "JAR-3"]},
)


def button(parent: QWidget, words: str) -> QPushButton:
    found = (b for b in parent.findChildren(QPushButton) if words in b.text().replace("&", ""))
    return next(found)


def test_conflicts_are_told_with_who_said_what(qtbot: QtBot, theme: Theme) -> None:
    dialog = VerdictsDialog(PREVIEW)
    qtbot.addWidget(dialog)
    model = dialog.conflicts
    assert model.index(0, PRODUCTS).data() == "JAR-1 · JAR-2, JAR-3"
    assert model.index(1, PRODUCTS).data() == "no product here · no product here"
    assert model.index(0, OWN).data() == "Same product"
    assert model.index(0, OTHER_BY).data() == "Other"


def test_yours_counts_unless_theirs_is_ticked(qtbot: QtBot, theme: Theme) -> None:
    dialog = VerdictsDialog(PREVIEW)
    qtbot.addWidget(dialog)
    assert button(dialog, "Take over").text() == "Take over 1 verdict"
    button(dialog, "Take all theirs").click()
    assert button(dialog, "Take over").text() == "Take over 3 verdicts"
    button(dialog, "Keep all yours").click()
    dialog.conflicts.setData(
        dialog.conflicts.index(1, USE), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
    )
    with qtbot.waitSignal(dialog.confirmed) as confirmed:
        button(dialog, "Take over").click()
    assert confirmed.args == [PREVIEW.merge, (CONFLICTS[1],)]


def test_a_file_that_brings_nothing_can_only_be_closed(qtbot: QtBot, theme: Theme) -> None:
    dialog = VerdictsDialog(VerdictPreview(Path("old.json"), VerdictMerge(), {}))
    qtbot.addWidget(dialog)
    assert not button(dialog, "Take over").isEnabled()


@pytest.fixture
def report(qtbot: QtBot, theme: Theme, tmp_path: Path) -> ReportDialog:
    made = ReportDialog(theme, ask_for_report=lambda _parent, suffix: tmp_path / f"r{suffix}")
    qtbot.addWidget(made)
    made.set_worth(0.62, 340, ExpectedPrecision(0.951, True, 80))
    made.show()
    return made


def test_a_report_is_for_what_is_on_view_in_the_chosen_form(
    qtbot: QtBot, report: ReportDialog, tmp_path: Path
) -> None:
    assert "340 groups from 62 % on" in report._worth.text()
    assert "95 of 100" in report._worth.text()
    report._format.setCurrentIndex(report._format.findData(".pdf"))
    report._included.setCurrentIndex(report._included.findData(IncludedGroups.DECIDED))
    with qtbot.waitSignal(report.report_wanted) as wanted:
        button(report, "Save").click()
    assert wanted.args == [ReportOrder(tmp_path / "r.pdf", 0.62, IncludedGroups.DECIDED)]


def test_a_report_under_way_can_be_stopped_and_one_that_is_there_opened(
    qtbot: QtBot, report: ReportDialog
) -> None:
    report.show_progress(Progress("Writing the report", 1, 4, 1.0))
    assert not button(report, "Save").isEnabled()
    with qtbot.waitSignal(report.stop_wanted):
        button(report, "Stop").click()
    report.show_stopped()
    assert "No report" in report.notice.words
    report.show_written(Path("r.pdf"))
    with qtbot.waitSignal(report.open_wanted) as opened:
        button(report, "Open").click()
    assert opened.args == [Path("r.pdf")]
    report.show_problem(UserFacingError("The disk is full."))
    assert report.problem.error is not None
    assert button(report, "Save").isEnabled()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("tests.app.conftest.QuickEngines", JudgingEngines)
    made = Stage(qtbot, tmp_path / "app", Settings())
    yield made
    made.close()


def test_reports_and_verdicts_go_out_and_in_through_the_window(
    stage: Stage, twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(stage, twins)
    flow, page = stage.window.exchanging, stage.window.duplicates
    page.find_bar.report_action.trigger()
    report = flow.report
    assert report is not None
    path = tmp_path / "report.html"
    report.report_wanted.emit(ReportOrder(path, 0.5))
    stage.until(lambda: "Saved report.html" in report.notice.words)
    assert "sku-00" in path.read_text("utf-8")

    board, reviewer = stage.window.reviewing.board, stage.session.reviewer
    assert board is not None and reviewer is not None
    reviewer.decide(board, [0], Verdict.SAME)
    file = tmp_path / "verdicts.json"
    chooser = "desktop_app.ui.flows.exchange_flow.QFileDialog"
    monkeypatch.setattr(f"{chooser}.getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(f"{chooser}.getOpenFileName", lambda *_: (str(file), ""))
    page.find_bar.export_action.trigger()
    stage.until(file.exists)
    assert len(json.loads(file.read_text("utf-8"))["verdicts"]) == 1
    reviewer.decide(board, [0], None)
    page.find_bar.import_action.trigger()
    stage.until(lambda: bool(stage.window.findChildren(VerdictsDialog)))
    [dialog] = stage.window.findChildren(VerdictsDialog)
    button(dialog, "Take over 1 verdict").click()
    workspace = stage.session.workspace
    assert workspace is not None
    stage.until(lambda: len(workspace.catalogue.verdicts.all()) == 1)
