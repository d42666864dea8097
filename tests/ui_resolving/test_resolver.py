"""Plans are made and carried out beside the window: merged, outdated, to the trash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.resolving import KeepRule
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.duplicates.trash_journal import (
    FileEntry,
    FileState,
    PlannedFile,
    TrashJournal,
)
from desktop_app.services.duplicates.trashing import files_to_trash
from desktop_app.workers.resolving import PlanOptions, Proposal, TrashResult
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.ui_resolving.stage import Merging

__all__ = ["catalogue", "empty_catalogue_folder"]


@pytest.fixture
def merging(qtbot: QtBot, catalogue: SqliteCatalogue, tmp_path: Path) -> Iterator[Merging]:
    made = Merging(qtbot, catalogue, tmp_path)
    yield made
    made.close()


def kept_skus(proposal: Proposal) -> set[str]:
    return {proposal.products[group.keep_id].fields.sku for group in proposal.plan.groups}


def test_what_was_said_to_be_the_same_is_planned_by_the_rules(merging: Merging) -> None:
    resolver = merging.resolver
    rules = (KeepRule.LOWEST_SKU,)
    first = merging.proposal(lambda: resolver.propose(PlanOptions(rules)))
    assert kept_skus(first) == {"p3", "copy"}
    rules = (KeepRule.MOST_COMPLETE, KeepRule.LOWEST_SKU)
    second = merging.proposal(lambda: resolver.propose(PlanOptions(rules), fresh=False))
    assert kept_skus(second) == {"twin1", "p7"}


def test_a_product_of_choice_is_kept_and_the_plan_can_be_for_some_groups(
    merging: Merging,
) -> None:
    chosen = merging.id_of("twin2")
    proposal = merging.proposal(
        lambda: merging.resolver.propose(
            PlanOptions(), kept=[merging.id_of("p3"), chosen], product_ids=[chosen]
        )
    )
    assert [group.keep_id for group in proposal.plan.groups] == [chosen]


def test_protected_folders_hold_products_that_stay(merging: Merging) -> None:
    options = PlanOptions(protected=(merging.folder,))
    proposal = merging.proposal(lambda: merging.resolver.propose(options))
    assert not proposal.plan.groups
    assert len(proposal.plan.left_out) == 2


def test_a_plan_is_merged_as_one_change_and_taken_back(qtbot: QtBot, merging: Merging) -> None:
    before = merging.skus()
    proposal = merging.proposal(lambda: merging.resolver.propose(PlanOptions()))
    with qtbot.waitSignals([merging.resolver.merged, merging.keeper.edited]):
        merging.resolver.merge(proposal.plan)
    assert len(merging.skus()) == len(before) - 3
    with qtbot.waitSignal(merging.keeper.undone):
        merging.keeper.undo()
    assert merging.skus() == before


def test_an_outdated_plan_changes_nothing_and_is_no_failure(qtbot: QtBot, merging: Merging) -> None:
    proposal = merging.proposal(lambda: merging.resolver.propose(PlanOptions()))
    with qtbot.waitSignal(merging.keeper.edited):
        merging.keeper.update_fields([merging.id_of("p3")], {"title": "Another"})
    before = merging.skus()
    with qtbot.assertNotEmitted(merging.keeper.failed), qtbot.waitSignal(merging.resolver.outdated):
        merging.resolver.merge(proposal.plan)
    assert merging.skus() == before


def test_files_nobody_needs_go_to_the_trash(qtbot: QtBot, merging: Merging) -> None:
    resolver = merging.resolver
    proposal = merging.proposal(lambda: resolver.propose(PlanOptions()))
    with qtbot.waitSignal(resolver.merged):
        resolver.merge(proposal.plan)
    with qtbot.waitSignal(resolver.trashed) as told:
        resolver.move_to_trash(proposal.plan)
    result: TrashResult = told.args[0]
    assert [Path(entry.file.path).name for entry in result.sent] == merging.trash.names
    assert len(merging.trash.names) == 1


def interrupted(qtbot: QtBot, merging: Merging) -> PlannedFile:
    """Merged, and the power went before the first file did."""
    proposal = merging.proposal(lambda: merging.resolver.propose(PlanOptions()))
    with qtbot.waitSignal(merging.resolver.merged):
        merging.resolver.merge(proposal.plan)
    [file] = files_to_trash(proposal.plan)
    TrashJournal(merging.catalogue.folder).add([FileEntry(file, FileState.PLANNED)])
    return file


def test_what_was_still_to_go_is_told_and_gone_on_with(qtbot: QtBot, merging: Merging) -> None:
    resolver, file = merging.resolver, interrupted(qtbot, merging)
    with qtbot.waitSignal(resolver.unfinished) as told:
        resolver.look_for_unfinished()
    assert told.args[0] == [file]
    with qtbot.waitSignal(resolver.trashed):
        resolver.resume_trash()
    assert merging.trash.names == [Path(file.path).name]


def test_what_was_still_to_go_can_stay(qtbot: QtBot, merging: Merging) -> None:
    resolver, file = merging.resolver, interrupted(qtbot, merging)
    resolver.forget_unfinished()
    resolver.look_for_unfinished()
    with qtbot.assertNotEmitted(resolver.unfinished), qtbot.waitCallback() as answered:
        merging.writing.call(lambda _token: None, on_done=answered)
    assert Path(file.path).exists()
