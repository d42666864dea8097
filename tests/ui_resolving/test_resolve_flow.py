"""Merging in the real window: planned, merged, undone, planned again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.resolving import KeepRule, PictureRule
from desktop_app.services.duplicates.trash_journal import FileEntry, FileState, TrashJournal
from desktop_app.services.duplicates.trashing import PlannedFile
from desktop_app.settings import Settings
from desktop_app.ui.resolving.window import ResolveWindow
from tests.app.conftest import Stage
from tests.app.test_duplicates import JudgingEngines, found, twins
from tests.duplicates.test_trashing import FolderTrash
from tests.ui_resolving.test_resolve_window import merge_button

__all__ = ["twins"]


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("tests.app.conftest.QuickEngines", JudgingEngines)
    made = Stage(qtbot, tmp_path / "app", Settings(keep_rules=(KeepRule.LOWEST_SKU,)))
    yield made
    made.close()


def planned(stage: Stage, twins: Path) -> ResolveWindow:
    """The window over the two twins that were said to be the same."""
    found(stage, twins)
    board = stage.window.reviewing.board
    assert board is not None
    rows = [row for group in board.groups_at(0.5) for row in group.pair_rows]
    reviewer = stage.session.reviewer
    assert reviewer is not None
    reviewer.decide(board, rows, Verdict.SAME)
    stage.window.duplicates.find_bar.resolve_wanted.emit()
    window = stage.window.resolving.window
    assert window is not None
    stage.until(lambda: bool(window.plan.groups))
    return window


def merge(stage: Stage, window: ResolveWindow) -> None:
    """Once no plan is being made: a change shortly before may have asked for another."""
    stage.until(merge_button(window).isEnabled)
    merge_button(window).click()


def test_what_was_just_said_is_in_the_plan_merged_and_taken_back(stage: Stage, twins: Path) -> None:
    window = planned(stage, twins)
    before, dropped = stage.products, window.plan.dropped
    assert dropped >= 1
    merge(stage, window)
    stage.until(lambda: "Merged" in window.notice.words)
    stage.until(lambda: not window.plan.groups)
    assert stage.products == before - dropped
    window.notice._buttons[0].click()
    stage.until(lambda: stage.products == before)
    stage.until(lambda: window.plan.dropped == dropped)


def test_undo_is_offered_only_while_the_merge_was_the_last_change(
    stage: Stage, twins: Path
) -> None:
    window, keeper = planned(stage, twins), stage.session.keeper
    assert keeper is not None
    merge(stage, window)
    stage.until(lambda: "Merged" in window.notice.words)
    workspace = stage.session.workspace
    assert workspace is not None
    product = workspace.catalogue.products.find_by_sku("sku-05")
    assert product is not None
    keeper.set_bookmarked([product.id], True)
    stage.until(lambda: not window.notice.isVisible())


def test_a_plan_overtaken_by_an_edit_is_made_again(stage: Stage, twins: Path) -> None:
    window = planned(stage, twins)
    before = stage.products
    keep_id = window.plan.groups[0].keep_id
    workspace = stage.session.workspace
    assert workspace is not None
    # As an edit would that came in between.
    workspace.catalogue.products.update_fields([keep_id], {"title": "Another"})
    merge(stage, window)
    stage.until(lambda: "nothing was merged" in window.notice.words)
    assert stage.products == before
    merge(stage, window)
    stage.until(lambda: stage.products < before)


def test_files_go_to_the_trash_once_merged_where_that_was_ticked(
    stage: Stage, twins: Path, tmp_path: Path
) -> None:
    window = planned(stage, twins)
    workspace = stage.session.workspace
    assert workspace is not None
    workspace.trash = trash = FolderTrash(tmp_path / "trash")
    pictures = window.rules._pictures
    pictures.setCurrentIndex(pictures.findData(PictureRule.NONE))
    pictures.activated.emit(pictures.currentIndex())
    stage.until(window._bar._trash.isVisible)
    dropped, before = window.plan.dropped, len(list(twins.iterdir()))
    window._bar._trash.click()
    merge(stage, window)
    stage.until(lambda: "moved to the trash" in window.notice.words)
    assert len(trash.names) == dropped
    assert len(list(twins.iterdir())) == before - dropped
    assert not window._bar.sends_files


def test_what_was_left_of_a_crash_is_offered(stage: Stage, twins: Path, tmp_path: Path) -> None:
    window = planned(stage, twins)
    workspace = stage.session.workspace
    assert workspace is not None
    workspace.trash = FolderTrash(tmp_path / "trash")
    file = tmp_path / "old.png"
    file.write_bytes(b"gone")
    entry = FileEntry(PlannedFile(str(file), "0" * 32), FileState.PLANNED)
    TrashJournal(workspace.catalogue.folder).add([entry])
    stage.window.resolving.show()
    stage.until(lambda: "still to go to the trash" in window.notice.words)
    window.notice._buttons[0].click()
    stage.until(lambda: "stayed" in window.notice.words)
    assert file.exists()


def test_rules_are_remembered(qtbot: QtBot, stage: Stage, twins: Path) -> None:
    window = planned(stage, twins)
    window.rules._rules.setCurrentRow(1)
    with qtbot.waitSignal(stage.window.settings_changed) as saved:
        window.rules._rules.item(1).setCheckState(window.rules._rules.item(0).checkState())
    assert saved.args[0].keep_rules[0] is KeepRule.LOWEST_SKU
    assert len(saved.args[0].keep_rules) == 2


def test_the_window_empties_with_the_catalogue(stage: Stage, twins: Path) -> None:
    window = planned(stage, twins)
    stage.session.close_catalogue()
    assert not window.plan.groups
    assert not merge_button(window).isEnabled()
