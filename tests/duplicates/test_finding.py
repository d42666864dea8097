"""Finding pairs: what is compared with what, once, and taken up where it was left."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from desktop_app.domain.evidence import Orientation
from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.services.duplicates import finding, proposing
from tests.duplicates.finding_fakes import LookJudge, Stage, write_twin
from tests.indexing.fakes import write_picture
from tests.sqlite.building import add_product


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


def stocked(catalogue: SqliteCatalogue, pictures: Path, count: int, *twins: int) -> Stage:
    """Products ``p0`` and on with a picture each, and ``t3`` like ``p3`` for each of the
    twins."""
    for n in range(count):
        add_product(catalogue, f"p{n}", str(write_picture(pictures / f"p{n}.png", n)))
    for n in twins:
        add_product(catalogue, f"t{n}", str(write_twin(pictures / f"t{n}.png", n)))
    stage = Stage(catalogue)
    stage.read()
    return stage


def test_twins_are_found_and_others_are_not(catalogue: SqliteCatalogue, pictures: Path) -> None:
    stage = stocked(catalogue, pictures, 30, 3, 17)
    assert stage.finder.is_lacking()
    assert stage.find() == 2
    assert stage.found == {stage.pair("p3", "t3"), stage.pair("p17", "t17")}
    assert stage.pairs.same.tolist() == pytest.approx([0.9, 0.9])
    assert not stage.finder.is_lacking()
    assert stage.find() == 0


def test_a_pair_is_judged_once_and_few_are(catalogue: SqliteCatalogue, pictures: Path) -> None:
    stage = stocked(catalogue, pictures, 60, 3)
    stage.find()
    judged = stage.judge.judged
    assert len(judged) == len(set(judged))
    assert len(judged) <= 61 * proposing.MOST_TOGETHER


def test_a_new_picture_is_compared_with_all_and_nothing_else_again(
    catalogue: SqliteCatalogue, pictures: Path
) -> None:
    stage = stocked(catalogue, pictures, 20, 3)
    stage.find()
    stage.judge.judged.clear()
    add_product(catalogue, "third", str(write_twin(pictures / "third.png", 3, step=2)))
    stage.read()
    assert stage.find() == 2
    new = stage.content("third")
    assert all(new in pair for pair in stage.judge.judged)
    assert {stage.pair("p3", "third"), stage.pair("t3", "third")} < stage.found
    assert stage.pair("p3", "t3") in stage.found


def test_views_of_one_product_are_no_duplicates(catalogue: SqliteCatalogue, pictures: Path) -> None:
    views = [str(write_twin(pictures / f"{step}.png", 1, step=step)) for step in (1, 2, 3)]
    add_product(catalogue, "one", *views)
    stage = Stage(catalogue)
    stage.read()
    assert stage.find() == 0
    assert stage.judge.judged == []


def test_views_that_become_those_of_two_products_are_compared(
    catalogue: SqliteCatalogue, pictures: Path
) -> None:
    one = add_product(catalogue, "one", str(write_picture(pictures / "1.png", 1)))
    two = add_product(catalogue, "two", str(write_twin(pictures / "2.png", 1)))
    catalogue.products.merge(one, [two], {})
    stage = Stage(catalogue)
    stage.read()
    assert stage.find() == 0
    catalogue.history.undo()
    assert stage.find() == 1
    assert stage.found == {stage.pair("one", "two")}


def test_a_mirrored_copy_is_found_by_its_hash(catalogue: SqliteCatalogue, pictures: Path) -> None:
    stage = stocked(catalogue, pictures, 40)
    add_product(catalogue, "m", str(write_twin(pictures / "m.png", 7, turned=True)))
    stage.read()
    stage.find()
    assert stage.pair("p7", "m") in stage.judge.judged


def test_equal_print_is_a_reason_to_compare(
    catalogue: SqliteCatalogue, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "FEWEST_POINTS", 1)
    monkeypatch.setattr(proposing, "LEAST_LOOK", 2.0)
    monkeypatch.setattr(proposing, "COPY_DISTANCE", -1)
    stage = stocked(catalogue, pictures, 8)
    stage.find()
    assert stage.judge.judged == []
    # The one key point of the fake channel is the colour of the corner.
    with Image.open(pictures / "p5.png") as labelled, Image.open(pictures / "p1.png") as other:
        other.paste(labelled.crop((0, 0, 8, 8)), (0, 0))
        other.save(pictures / "same label.png")
    add_product(catalogue, "same label", str(pictures / "same label.png"))
    stage.read()
    stage.find()
    assert stage.judge.judged[0] == stage.pair("p5", "same label")
    assert stage.pairs.variant[0] == pytest.approx(0.6)


def test_removed_products_are_not_compared_with(catalogue: SqliteCatalogue, pictures: Path) -> None:
    stage = stocked(catalogue, pictures, 10, 4)
    twin = catalogue.products.find_by_sku("t4")
    assert twin is not None
    catalogue.products.remove([twin.id])
    assert stage.find() == 0
    catalogue.history.undo()
    assert stage.find() == 1


def test_what_was_found_before_pictures_were_described_is_judged_again(
    catalogue: SqliteCatalogue, pictures: Path
) -> None:
    add_product(catalogue, "a", str(write_picture(pictures / "a.png", 1)))
    add_product(catalogue, "b", str(write_twin(pictures / "b.png", 1)))
    stage = Stage(catalogue)
    stage.read(described=False)
    assert stage.find() == 1
    stage.read()
    assert stage.finder.is_lacking()
    stage.judge.judged.clear()
    stage.find()
    assert stage.judge.judged == [stage.pair("a", "b")]


def test_a_known_pair_that_is_now_unlikely_loses_its_chance(
    catalogue: SqliteCatalogue, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stocked(catalogue, pictures, 5, 2)
    stage.find()
    monkeypatch.setattr("tests.duplicates.finding_fakes.ALIKE", 2.0)
    catalogue.products.merge(1, [6], {})
    catalogue.history.undo()
    stage.find()
    assert stage.pairs.same.tolist() == pytest.approx([0.01])


def test_another_judge_judges_all_again(catalogue: SqliteCatalogue, pictures: Path) -> None:
    stocked(catalogue, pictures, 10, 4).find()
    again = Stage(catalogue, LookJudge("look:2"))
    assert again.finder.is_lacking()
    assert again.find() == 1
    assert len(catalogue.pairs.load(Stage(catalogue).finder.version)) == 0


def test_pairs_lie_from_the_lower_content_to_the_higher(
    catalogue: SqliteCatalogue, pictures: Path
) -> None:
    stage = stocked(catalogue, pictures, 6, 2)
    stage.find()
    a, b = stage.pair("p2", "t2")
    assert a < b
    first = stage.judge.began_with[stage.judge.judged.index((a, b))]
    expected = Orientation(quarter_turns=1 if first == a else 3)
    assert ORIENTATIONS[int(stage.pairs.orientations[0])] == expected


def test_progress_counts_every_content(catalogue: SqliteCatalogue, pictures: Path) -> None:
    stage = stocked(catalogue, pictures, 20, 3)
    steps = list(stage.finder.run(CancelToken()))
    assert [step.progress.done for step in steps][-1] == 21
    assert all(step.progress.total == 21 for step in steps)
    assert sum(step.new_pairs for step in steps) == steps[-1].found == 1


def test_a_cancelled_run_is_taken_up_again(
    catalogue: SqliteCatalogue, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MAX_CONTENTS", 4)
    stage = stocked(catalogue, pictures, 30, 3, 17)
    token = CancelToken()
    run = stage.finder.run(token)
    first = next(run)
    token.cancel()
    with pytest.raises(Cancelled):
        next(run)
    done, total = catalogue.pairs.count(stage.finder.version)
    assert (done, total) == (first.progress.done, 32)
    stage.find()
    assert stage.found == {stage.pair("p3", "t3"), stage.pair("p17", "t17")}
    assert not stage.finder.is_lacking()


def test_what_comes_in_during_a_run_is_compared_too(
    catalogue: SqliteCatalogue, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MAX_CONTENTS", 4)
    monkeypatch.setattr(finding, "PAGE", 8)
    stage = stocked(catalogue, pictures, 20)
    run = stage.finder.run(CancelToken())
    next(run)
    add_product(catalogue, "late", str(write_twin(pictures / "late.png", 0)))
    stage.read()
    for _ in run:
        pass
    assert stage.found == {stage.pair("p0", "late")}
    assert not stage.finder.is_lacking()


def test_a_picture_that_cannot_be_judged_stops_no_other(
    catalogue: SqliteCatalogue, pictures: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(one: int, other: int) -> None:
        if 5 in (one, other):
            raise ZeroDivisionError

    stocked(catalogue, pictures, 12, 3)
    stage = Stage(catalogue, LookJudge(before=fail))
    stage.find()
    assert stage.pair("p3", "t3") in stage.found
    assert not stage.finder.is_lacking()
    assert "content 5 could not be compared" in caplog.text


def test_a_read_only_catalogue_is_left_alone(catalogue: SqliteCatalogue, pictures: Path) -> None:
    stocked(catalogue, pictures, 4, 1)
    catalogue.close()
    opened = open_catalogue(catalogue.folder, read_only=True)
    try:
        assert Stage(opened).find() == 0
    finally:
        opened.close()


def test_without_thumbnails_twins_are_found_all_the_same(
    catalogue: SqliteCatalogue, pictures: Path
) -> None:
    stage = stocked(catalogue, pictures, 4, 1)
    for thumbnail in catalogue.folder.glob("thumbnails*"):
        thumbnail.unlink()
    assert stage.find() == 1
