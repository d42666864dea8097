"""Verdicts and reports go in and out beside the window."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.reports import IncludedGroups
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.duplicates.verdict_files import VerdictMerge
from desktop_app.workers.exchanging import ReportOrder, VerdictPreview
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.ui_resolving.stage import Merging

__all__ = ["catalogue", "empty_catalogue_folder"]


@pytest.fixture
def merging(qtbot: QtBot, catalogue: SqliteCatalogue, tmp_path: Path) -> Iterator[Merging]:
    made = Merging(qtbot, catalogue, tmp_path)
    yield made
    made.close()


def verdicts(merging: Merging) -> dict[object, Verdict]:
    return {each.key: each.verdict for each in merging.catalogue.verdicts.all()}


def read(qtbot: QtBot, merging: Merging, path: Path) -> VerdictPreview:
    with qtbot.waitSignal(merging.exchanger.verdicts_read) as came:
        merging.exchanger.read_verdicts(path)
    preview: VerdictPreview = came.args[0]
    return preview


def disagreeing(qtbot: QtBot, merging: Merging, path: Path) -> VerdictPreview:
    """A file of what was said, after all of it but one was said otherwise and one taken back."""
    with qtbot.waitSignal(merging.exchanger.verdicts_written) as told:
        merging.exchanger.export_verdicts(path)
    assert told.args == [len(verdicts(merging)), path]
    keys = list(verdicts(merging))
    merging.catalogue.verdicts.decide(keys[1:], Verdict.DIFFERENT)
    merging.catalogue.verdicts.decide(keys[:1], None)
    return read(qtbot, merging, path)


def test_a_file_of_verdicts_is_shown_before_anything_is_taken_over(
    qtbot: QtBot, merging: Merging, tmp_path: Path
) -> None:
    preview = disagreeing(qtbot, merging, tmp_path / "verdicts.json")
    before = verdicts(merging)
    assert len(preview.merge.added) == 1
    assert len(preview.merge.conflicts) == len(before) >= 2
    named = {sku for skus in preview.skus.values() for sku in skus}
    assert named & {"p3", "twin1", "twin2"}
    assert Verdict.SAME not in before.values()


def test_single_conflicts_are_settled_for_the_others_as_one_change(
    qtbot: QtBot, merging: Merging, tmp_path: Path
) -> None:
    preview = disagreeing(qtbot, merging, tmp_path / "verdicts.json")
    before, chosen = verdicts(merging), preview.merge.conflicts[0]
    with qtbot.waitSignal(merging.exchanger.verdicts_taken):
        merging.exchanger.take_verdicts(preview.merge, [chosen])
    after = verdicts(merging)
    assert after[chosen.own.key] is Verdict.SAME
    others = [each.own.key for each in preview.merge.conflicts[1:]]
    assert {after[key] for key in others} == {Verdict.DIFFERENT}
    assert after[preview.merge.added[0].key] is Verdict.SAME
    with qtbot.waitSignal(merging.keeper.undone):
        merging.keeper.undo()
    assert verdicts(merging) == before


def test_a_damaged_file_is_told_and_changes_nothing(
    qtbot: QtBot, merging: Merging, tmp_path: Path
) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    with qtbot.waitSignal(merging.exchanger.failed) as told:
        merging.exchanger.read_verdicts(path)
    assert "broken.json" in told.args[0].what


def test_taking_over_nothing_is_no_change(qtbot: QtBot, merging: Merging) -> None:
    with (
        qtbot.assertNotEmitted(merging.keeper.edited),
        qtbot.waitSignal(merging.exchanger.verdicts_taken),
    ):
        merging.exchanger.take_verdicts(VerdictMerge(), [])


def test_a_report_is_written_with_what_was_asked_for(
    qtbot: QtBot, merging: Merging, tmp_path: Path
) -> None:
    path = tmp_path / "report.csv"
    with qtbot.waitSignal(merging.exchanger.report_written) as told:
        merging.exchanger.write_report(ReportOrder(path, 0.5))
    assert told.args == [path]
    assert "twin1" in path.read_text("utf-8-sig")
    with qtbot.waitSignal(merging.exchanger.report_written):
        merging.exchanger.write_report(ReportOrder(path, 0.5, IncludedGroups.OPEN))
    assert "twin1" not in path.read_text("utf-8-sig")


def test_a_report_can_be_given_up_and_what_was_there_stays(
    qtbot: QtBot, merging: Merging, tmp_path: Path
) -> None:
    path = tmp_path / "report.csv"
    path.write_text("before", encoding="utf-8")
    # Else the report could be whole before it is given up.
    may_begin = threading.Event()
    merging.searching.call(lambda _token: may_begin.wait(10))
    with qtbot.waitSignal(merging.exchanger.report_stopped, timeout=30_000):
        merging.exchanger.write_report(ReportOrder(path, 0.5))
        merging.exchanger.stop_report()
        may_begin.set()
    assert path.read_text("utf-8") == "before"
    with qtbot.waitSignal(merging.exchanger.report_failed) as told:
        merging.exchanger.write_report(ReportOrder(tmp_path / "report.odt", 0.5))
    assert "no format" in told.args[0].what
