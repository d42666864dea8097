"""The whole way: found, decided on, merged, taken back, and files to the trash."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktop_app.domain.duplicates import VERDICTS, Verdict
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.resolving import PictureRule
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.duplicates.resolving import apply_plan, plan_resolution, products_of
from desktop_app.services.duplicates.service import DuplicatesService
from desktop_app.services.duplicates.trashing import trash_files
from tests.duplicates.finding_fakes import Stage, write_twin
from tests.duplicates.test_trashing import FolderTrash
from tests.indexing.fakes import write_picture
from tests.sqlite.building import add_product


@pytest.fixture
def stage(catalogue: SqliteCatalogue, tmp_path: Path) -> Stage:
    """Three products alike, one file shown by two, and others; all found."""
    pictures = tmp_path / "pictures"
    for n in range(12):
        add_product(catalogue, f"p{n}", str(write_picture(pictures / f"p{n}.png", n)), size="50 ml")
    for step in (1, 2):
        path = write_twin(pictures / f"twin{step}.png", 3, step=step)
        add_product(catalogue, f"twin{step}", str(path), title="A jar", brand="Alpha")
    copy = shutil.copy(pictures / "p7.png", pictures / "copy.png")
    add_product(catalogue, "copy", str(copy))
    made = Stage(catalogue)
    made.read()
    made.find()
    return made


def skus(catalogue: SqliteCatalogue) -> set[str]:
    cards = catalogue.products.cards(catalogue.products.list_ids(ProductFilter()).tolist())
    return {card.sku for card in cards}


def test_what_was_found_is_decided_merged_and_taken_back(stage: Stage, tmp_path: Path) -> None:
    catalogue = stage.catalogue
    service = DuplicatesService(catalogue, stage.finder)
    board = service.board()
    found = {
        frozenset(catalogue.products.get(i).fields.sku for i in group.product_ids)
        for group in board.groups_at(0.5)
    }
    assert found == {frozenset({"p3", "twin1", "twin2"}), frozenset({"p7", "copy"})}
    assert board.count_at(0.95) == 1

    rows = [row for group in board.groups_at(0.5) for row in group.pair_rows]
    service.decide(board, rows, Verdict.SAME)
    decided = service.board()
    assert {VERDICTS[place] for place in decided.pairs.verdicts.tolist()} == {Verdict.SAME}
    # What no threshold splits any more.
    assert decided.count_at(1.0) == 2

    groups = decided.groups_at(1.0)
    plan = plan_resolution(groups, products_of(catalogue, groups), pictures=PictureRule.NEW)
    before = skus(catalogue)
    apply_plan(catalogue, plan)
    assert len(skus(catalogue)) == len(before) - plan.dropped == len(before) - 3
    kept = catalogue.products.find_by_sku("twin1") or catalogue.products.find_by_sku("twin2")
    assert kept is not None
    assert (kept.fields.title, kept.fields.size) == ("A jar", "50 ml")
    assert len(kept.pictures) == 3
    assert len(service.board().pairs) == 0

    trash = FolderTrash(tmp_path / "trash")
    list(trash_files(catalogue, plan, trash, CancelToken()))
    assert len(trash.names) == 1
    assert trash.names[0] in ("copy.png", "p7.png")

    catalogue.history.undo()
    assert skus(catalogue) == before
    again = service.board()
    assert {VERDICTS[place] for place in again.pairs.verdicts.tolist()} == {Verdict.SAME}


def test_a_third_picture_like_a_settled_pair_is_reported(stage: Stage, tmp_path: Path) -> None:
    catalogue = stage.catalogue
    service = DuplicatesService(catalogue, stage.finder)
    board = service.board()
    service.decide(board, range(len(board.pairs)), Verdict.DIFFERENT)
    assert service.board().count_at(0.1) == 0
    path = write_twin(tmp_path / "pictures" / "third.png", 3, step=4)
    third = add_product(catalogue, "third", str(path))
    stage.read()
    stage.find()
    groups = service.board().groups_at(0.5)
    assert any(third in group.product_ids for group in groups)
