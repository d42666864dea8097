"""Verdicts at rest: given, taken back, and put right by undo and redo."""

from __future__ import annotations

import pytest

from desktop_app.domain.duplicates import PairKey, StoredVerdict, Verdict
from desktop_app.domain.errors import CatalogueReadOnly
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.sqlite.building import add_product

A, B, C = PairKey("0a", "0b"), PairKey("0a", "0c"), PairKey("0d", "0d", "sku 1", "sku 2")


def said(catalogue: SqliteCatalogue) -> dict[PairKey, Verdict]:
    return {stored.key: stored.verdict for stored in catalogue.verdicts.all()}


def test_verdicts_come_back_with_who_and_when(catalogue: SqliteCatalogue) -> None:
    assert catalogue.verdicts.all() == []
    catalogue.verdicts.decide([B, A], Verdict.SAME, by="desk 2")
    catalogue.verdicts.decide([C], Verdict.LATER)
    first, second, third = catalogue.verdicts.all()
    assert (first.key, first.verdict, first.decided_by) == (A, Verdict.SAME, "desk 2")
    assert (second.key, third.key, third.decided_by) == (B, C, "")
    assert first.decided_at == second.decided_at <= third.decided_at
    assert first.decided_at.endswith("+00:00")


def test_a_later_verdict_stands(catalogue: SqliteCatalogue) -> None:
    catalogue.verdicts.decide([A, B], Verdict.SAME)
    catalogue.verdicts.decide([A], Verdict.DIFFERENT)
    assert said(catalogue) == {A: Verdict.DIFFERENT, B: Verdict.SAME}
    catalogue.verdicts.decide([A, B], None)
    assert said(catalogue) == {}


def test_several_pairs_are_one_step_of_undo(catalogue: SqliteCatalogue) -> None:
    catalogue.verdicts.decide([A], Verdict.VARIANT)
    before = catalogue.verdicts.all()
    change = catalogue.verdicts.decide([A, B, C], Verdict.SAME)
    assert change.label == catalogue.history.undo_label() == "Mark 3 pairs as same"
    after = catalogue.verdicts.all()
    catalogue.history.undo()
    assert catalogue.verdicts.all() == before
    catalogue.history.undo()
    assert catalogue.verdicts.all() == []
    catalogue.history.redo()
    catalogue.history.redo()
    assert catalogue.verdicts.all() == after


def test_saying_the_same_again_changes_nothing(catalogue: SqliteCatalogue) -> None:
    catalogue.verdicts.decide([A], Verdict.SAME)
    before, revision = catalogue.verdicts.all(), catalogue.verdicts.revision()
    assert catalogue.verdicts.decide([A], Verdict.SAME) == ChangeSet()
    assert catalogue.verdicts.decide([B], None) == ChangeSet()
    assert catalogue.verdicts.decide([], Verdict.SAME) == ChangeSet()
    assert (catalogue.verdicts.all(), catalogue.verdicts.revision()) == (before, revision)
    assert catalogue.history.undo_label() == "Mark 1 pair as same"


def test_verdicts_are_taken_over_as_they_are(catalogue: SqliteCatalogue) -> None:
    catalogue.verdicts.decide([A], Verdict.SAME)
    taken = [
        StoredVerdict(A, Verdict.DIFFERENT, "2020-01-01T00:00:00+00:00", "desk 3"),
        StoredVerdict(C, Verdict.SAME, "2021-01-01T00:00:00+00:00"),
    ]
    before = catalogue.verdicts.all()
    change = catalogue.verdicts.take_over(taken, label="Take over 2 verdicts")
    assert change.label == catalogue.history.undo_label() == "Take over 2 verdicts"
    assert catalogue.verdicts.all() == taken
    catalogue.history.undo()
    assert catalogue.verdicts.all() == before


def test_the_revision_follows_verdicts_undoing_included(catalogue: SqliteCatalogue) -> None:
    seen = {catalogue.verdicts.revision()}
    catalogue.verdicts.decide([A], Verdict.SAME)
    seen.add(catalogue.verdicts.revision())
    catalogue.history.undo()
    seen.add(catalogue.verdicts.revision())
    catalogue.history.redo()
    seen.add(catalogue.verdicts.revision())
    assert len(seen) == 4
    add_product(catalogue, "A")
    assert catalogue.verdicts.revision() in seen


def test_verdicts_and_edits_share_one_history(catalogue: SqliteCatalogue) -> None:
    product = add_product(catalogue, "A")
    catalogue.verdicts.decide([A], Verdict.SAME)
    catalogue.products.update_fields([product], {"title": "x"})
    catalogue.history.undo()
    assert said(catalogue) == {A: Verdict.SAME}
    catalogue.history.undo()
    assert said(catalogue) == {}
    assert catalogue.products.get(product).fields.title == ""
    catalogue.history.redo()
    assert said(catalogue) == {A: Verdict.SAME}


def test_verdicts_survive_reopening(catalogue: SqliteCatalogue) -> None:
    catalogue.verdicts.decide([A, C], Verdict.DIFFERENT)
    catalogue.verdicts.decide([B], Verdict.SAME)
    catalogue.history.undo()
    catalogue.close()
    opened = open_catalogue(catalogue.folder)
    try:
        assert said(opened) == {A: Verdict.DIFFERENT, C: Verdict.DIFFERENT}
        opened.history.redo()
        assert said(opened)[B] is Verdict.SAME
    finally:
        opened.close()


def test_a_read_only_catalogue_takes_no_verdict(catalogue: SqliteCatalogue) -> None:
    catalogue.verdicts.decide([A], Verdict.SAME)
    catalogue.close()
    opened = open_catalogue(catalogue.folder, read_only=True)
    try:
        with pytest.raises(CatalogueReadOnly):
            opened.verdicts.decide([A], None)
        assert said(opened) == {A: Verdict.SAME}
    finally:
        opened.close()
