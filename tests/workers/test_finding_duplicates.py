"""Looking for duplicates in the index lane: after everything else, steered, taken up again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.products import ProductFields
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.duplicates import finding
from desktop_app.workers.lane import Lane
from desktop_app.workers.long_work import WorkKind
from tests.duplicates.finding_fakes import LookJudge, write_twin
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.indexing.fakes import add_products, write_picture
from tests.workers.test_enriching_unasked import Gate, Steered

__all__ = ["catalogue", "empty_catalogue_folder"]

PICTURES = 12


class Search(Steered):
    """Pictures with one twin among them; while ``judging`` is not set the judge waits after
    ``free`` pairs."""

    def __init__(self, qtbot: QtBot, lane: Lane, catalogue: SqliteCatalogue) -> None:
        self.judging, self.at_work = threading.Event(), threading.Event()
        self.judging.set()
        self.free = 0
        super().__init__(qtbot, lane, catalogue, Gate(), LookJudge(before=self._before))
        self.keeper.compared.connect(lambda: self.order.append("compared"))

    def compared(self) -> int:
        return self.workspace.duplicates.count()[0]

    def pairs(self) -> int:
        return len(self.workspace.duplicates.board().pairs)

    def wait_until(self, last: str) -> None:
        self.wait(lambda: self.order[-1:] == [last])

    def _before(self, _one: int, _other: int) -> None:
        self.free -= 1
        if self.free < 0:
            self.at_work.set()
            assert self.judging.wait(60)


@pytest.fixture
def search(
    qtbot: QtBot, catalogue: SqliteCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Search]:
    monkeypatch.setattr(finding, "MAX_SECONDS", 0.0)  # every content is a step
    paths = [write_picture(tmp_path / "in" / f"{n}.png", n) for n in range(PICTURES - 1)]
    add_products(catalogue, [*paths, write_twin(tmp_path / "in" / "twin.png", 3)])
    lane = Lane("index")
    made = Search(qtbot, lane, catalogue)
    yield made
    made.judging.set()
    lane.close()


def test_duplicates_are_looked_for_when_asked_and_after_all_else(search: Search) -> None:
    search.keeper.idle.connect(search.keeper.find_duplicates)
    search.keeper.start()
    search.wait_until("compared")
    assert search.order == ["idle", "enriched", "compared"]
    assert WorkKind.FIND in {status.kind for status in search.shown if status is not None}
    assert search.shown[-1] is None
    search.keeper.find_duplicates()
    search.wait(lambda: search.order.count("compared") == 2)
    assert search.pairs() == 1


def test_nobody_looks_for_duplicates_unasked(search: Search) -> None:
    search.keeper.start()
    search.wait_until("enriched")
    assert search.compared() == 0


def test_a_cancelled_search_keeps_what_it_did_and_is_taken_up_again(search: Search) -> None:
    search.keeper.start()
    search.wait_until("enriched")
    search.judging.clear()
    search.free = 12
    search.keeper.find_duplicates()
    search.wait(lambda: WorkKind.FIND in {s.kind for s in search.shown if s})
    search.wait(search.at_work.is_set)
    search.keeper.cancel()
    search.judging.set()
    search.wait_until("compared")
    assert 0 < search.compared() < PICTURES
    assert search.shown[-1] is None
    search.order.clear()
    search.keeper.find_duplicates()
    search.wait_until("compared")
    assert search.compared() == PICTURES
    assert search.pairs() == 1


def test_a_search_can_be_paused_and_resumed(search: Search) -> None:
    search.keeper.start()
    search.wait_until("enriched")
    search.keeper.find_duplicates()
    search.wait(lambda: WorkKind.FIND in {s.kind for s in search.shown if s})
    search.keeper.pause()
    assert search.shown[-1] is None or search.shown[-1].paused
    search.keeper.resume()
    search.wait_until("compared")
    assert search.compared() == PICTURES


def test_edits_and_new_pictures_go_before_the_rest_of_a_search(
    search: Search, tmp_path: Path
) -> None:
    search.keeper.start()
    search.wait_until("enriched")
    search.judging.clear()
    search.keeper.find_duplicates()
    search.wait(search.at_work.is_set)
    path = write_twin(tmp_path / "in" / "late.png", 5)
    search.keeper.add_product(ProductFields("late"), [(path, "")])
    search.judging.set()
    search.wait(lambda: "enriched" in search.order and search.order[-1] == "compared")
    search.keeper.find_duplicates()
    search.wait(lambda: search.order.count("compared") == 2)
    assert search.pairs() == 2
    assert search.compared() == PICTURES + 1


def test_asked_twice_it_runs_once(search: Search) -> None:
    search.keeper.start()
    search.wait_until("enriched")
    ask: Callable[[], None] = search.keeper.find_duplicates
    ask()
    ask()
    search.wait_until("compared")
    assert search.order.count("compared") == 1
