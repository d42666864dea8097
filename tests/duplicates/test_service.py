"""Finding, deciding, and exchanging verdicts, with everything the catalogue holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.domain.duplicates import VERDICTS, Exclusions, Verdict
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue
from desktop_app.services.duplicates.service import DuplicatesService
from tests.duplicates.finding_fakes import Stage, write_twin
from tests.sqlite.building import add_product


class Review:
    """A catalogue with ``p1`` and ``p2``, each with a twin ``t1`` and ``t2``, and more."""

    def __init__(self, catalogue: SqliteCatalogue, pictures: Path) -> None:
        self.catalogue = catalogue
        for n in range(1, 6):
            path = write_twin(pictures / f"p{n}.png", n)
            add_product(catalogue, f"p{n}", str(path), brand="Acme" if n == 2 else "")
        for n in (1, 2):
            path = write_twin(pictures / f"t{n}.png", n, step=2)
            add_product(catalogue, f"t{n}", str(path), brand="acme" if n == 2 else "")
        self.stage = Stage(catalogue)
        self.stage.read()
        self.service = DuplicatesService(catalogue, self.stage.finder)

    def find(self) -> None:
        for _ in self.service.find(CancelToken()):
            pass

    def verdicts(self) -> list[str]:
        """Of the board's rows."""
        verdicts = self.service.board().pairs.verdicts.tolist()
        return ["open" if v < 0 else VERDICTS[v].value for v in verdicts]


@pytest.fixture
def review(catalogue: SqliteCatalogue, tmp_path: Path) -> Review:
    made = Review(catalogue, tmp_path / "pictures")
    made.find()
    return made


def test_a_board_shows_what_was_found(review: Review) -> None:
    board = review.service.board()
    assert len(board.pairs) == 2
    assert not review.service.is_lacking()
    assert [len(group.product_ids) for group in board.groups_at(0.5)] == [2, 2]
    assert len(review.service.board(Exclusions(columns=("brand",))).pairs) == 1


def test_a_decision_shows_on_the_next_board_and_is_undone(review: Review) -> None:
    change = review.service.decide(review.service.board(), [0, 1], Verdict.SAME, by="desk 1")
    assert change.label == review.catalogue.history.undo_label() == "Mark 2 pairs as same"
    assert review.verdicts() == ["same", "same"]
    review.service.decide(review.service.board(), [1], None)
    assert review.verdicts() == ["same", "open"]
    review.catalogue.history.undo()
    review.catalogue.history.undo()
    assert review.verdicts() == ["open", "open"]


def test_a_third_picture_that_matches_a_settled_pair_is_still_found(
    review: Review, tmp_path: Path
) -> None:
    review.service.decide(review.service.board(), [0], Verdict.DIFFERENT)
    add_product(review.catalogue, "third", str(write_twin(tmp_path / "third.png", 1, step=3)))
    review.stage.read()
    assert review.service.is_lacking()
    review.find()
    assert sorted(review.verdicts()) == ["different", "open", "open", "open"]


@pytest.fixture
def other(tmp_path: Path) -> Callable[[], SqliteCatalogue]:
    return lambda: create_catalogue(tmp_path / "other", "Other")


def test_verdicts_go_to_another_catalogue_of_the_same_pictures(
    review: Review, tmp_path: Path, other: Callable[[], SqliteCatalogue]
) -> None:
    review.service.decide(review.service.board(), [0], Verdict.SAME, by="desk 1")
    file = tmp_path / "verdicts.json"
    assert review.service.export_verdicts(file) == 1
    assert '"p1"' in file.read_text("utf-8")
    with closing(other()) as catalogue:
        elsewhere = Review(catalogue, tmp_path / "copied")
        elsewhere.find()
        merge = elsewhere.service.read_verdicts(file)
        assert (len(merge.added), len(merge.unchanged), len(merge.conflicts)) == (1, 0, 0)
        assert elsewhere.verdicts() == ["open", "open"]
        elsewhere.service.take_verdicts(merge, prefer_other=False)
        assert elsewhere.verdicts() == ["same", "open"]
        assert catalogue.verdicts.all() == review.catalogue.verdicts.all()
        assert elsewhere.service.take_verdicts(merge, prefer_other=True) == ChangeSet()
        catalogue.history.undo()
        assert elsewhere.verdicts() == ["open", "open"]


def test_a_conflict_is_settled_as_asked(review: Review, tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    review.service.decide(review.service.board(), [0, 1], Verdict.SAME)
    review.service.export_verdicts(file)
    review.service.decide(review.service.board(), [0], Verdict.DIFFERENT)
    merge = review.service.read_verdicts(file)
    (conflict,) = merge.conflicts
    assert (conflict.own.verdict, conflict.other.verdict) == (Verdict.DIFFERENT, Verdict.SAME)
    assert review.service.take_verdicts(merge, prefer_other=False) == ChangeSet()
    assert review.verdicts() == ["different", "same"]
    review.service.take_verdicts(merge, prefer_other=True)
    assert review.verdicts() == ["same", "same"]


def test_what_was_decided_since_a_file_was_read_is_kept(review: Review, tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    review.service.decide(review.service.board(), [0], Verdict.SAME)
    review.service.export_verdicts(file)
    review.catalogue.history.undo()
    merge = review.service.read_verdicts(file)
    assert len(merge.added) == 1
    review.service.decide(review.service.board(), [0], Verdict.DIFFERENT)
    review.service.take_verdicts(merge, prefer_other=False)
    assert review.verdicts() == ["different", "open"]
