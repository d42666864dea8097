"""The map of a catalogue: made, kept, brought up to date, stopped and taken up again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.shape_map import LEAST_MAPPED, LayoutDraft, ShapeMap
from desktop_app.infra.learning import shape_layout
from desktop_app.infra.learning.shape_map_files import DRAFT_FILE, MAP_FILE, NpzShapeMapStore
from desktop_app.services.shapes.free_places import MOST_OVERLAP
from desktop_app.services.shapes.mapping import ShapeMapper
from tests.shape_map.families import Range, ring, shape_of, shapes


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape_layout, "EXAGGERATED_ROUNDS", 60)
    monkeypatch.setattr(shape_layout, "ROUNDS", 200)


def _made(mapper: ShapeMapper, *, anew: bool = False) -> ShapeMap | None:
    last = None
    for last in mapper.run(CancelToken(), anew=anew):
        assert last.progress.total
    return None if last is None else last.shape_map


def _same(one: ShapeMap, other: ShapeMap) -> bool:
    return (
        np.array_equal(one.content_ids, other.content_ids)
        and np.array_equal(one.places, other.places)
        and np.array_equal(one.cluster_of, other.cluster_of)
        and one.clusters == other.clusters
        and [(p.x, p.y, p.neighbours, p.nearest) for p in one.free_places]
        == [(p.x, p.y, p.neighbours, p.nearest) for p in other.free_places]
        and (one.laid_out, one.changed) == (other.laid_out, other.changed)
    )


def test_a_map_is_made_kept_and_found_again(outlines: Range) -> None:
    ids = outlines.add(shapes(30)[0])
    mapper = outlines.mapper()
    assert mapper.look().shape_map is None and mapper.look().lacking == 30
    made = _made(mapper)
    assert made is not None and made.content_ids.tolist() == ids
    assert sum(cluster.size for cluster in made.clusters) == 30
    assert {cluster.medoid for cluster in made.clusters} <= set(ids)
    later = outlines.mapper().look()
    assert later.lacking == 0
    assert later.shape_map is not None and _same(later.shape_map, made)
    assert _made(mapper) is None


def test_new_pictures_move_nothing_and_lie_in_their_family(outlines: Range) -> None:
    ids = outlines.add(shapes(40)[0])
    mapper = outlines.mapper()
    before = _made(mapper)
    assert before is not None and not before.is_worn
    (new,) = outlines.add([shape_of(2, np.random.default_rng(9))])
    after = _made(mapper)
    assert after is not None
    stayed = np.isin(after.content_ids, ids)
    assert np.array_equal(after.places[stayed], before.places)
    assert np.array_equal(after.cluster_of[stayed], before.cluster_of)
    assert (after.laid_out, after.changed) == (40, 1)
    like = [i for place, i in enumerate(ids) if place % 5 == 2]
    row = int(np.flatnonzero(after.content_ids == new)[0])
    apart = np.linalg.norm(after.places - after.places[row], axis=1)
    apart[row] = np.inf
    assert int(after.content_ids[apart.argmin()]) in like


def test_a_map_says_when_it_should_be_laid_out_anew(outlines: Range) -> None:
    outlines.add(shapes(20)[0])
    mapper = outlines.mapper()
    _made(mapper)
    outlines.add(shapes(8, seed=3)[0])
    worn = _made(mapper)
    assert worn is not None and worn.is_worn and worn.laid_out == 20
    fresh = _made(mapper, anew=True)
    assert fresh is not None and not fresh.is_worn and fresh.laid_out == 28


def test_a_range_that_doubled_is_laid_out_anew_by_itself(outlines: Range) -> None:
    outlines.add(shapes(6)[0])
    mapper = outlines.mapper()
    _made(mapper)
    outlines.add(shapes(10, seed=3)[0])
    made = _made(mapper)
    assert made is not None and (made.laid_out, made.changed) == (16, 0)


def test_pictures_taken_out_leave_the_map(outlines: Range) -> None:
    ids = outlines.add(shapes(30)[0])
    mapper = outlines.mapper()
    before = _made(mapper)
    assert before is not None
    gone = before.clusters[0].medoid
    shown = outlines.catalogue.pictures.content_map()
    product_id = int(shown.product_ids[shown.content_ids == gone][0])
    outlines.catalogue.products.remove([product_id])
    after = _made(mapper)
    assert after is not None
    assert after.content_ids.tolist() == [i for i in ids if i != gone]
    assert gone not in {cluster.medoid for cluster in after.clusters}
    assert after.changed == 1


@pytest.mark.parametrize("count", [0, LEAST_MAPPED - 1])
def test_too_few_outlines_make_no_map(outlines: Range, count: int) -> None:
    if count:
        outlines.add(shapes(count)[0])
        assert _made(outlines.mapper()) is None
        assert outlines.mapper().look().outlines == count


def test_a_damaged_map_is_made_anew(outlines: Range, tmp_path: Path) -> None:
    outlines.add(shapes(20)[0])
    made = _made(outlines.mapper())
    assert made is not None
    path = tmp_path / "index" / MAP_FILE
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:200] + b"x" * 40 + whole[240:]):
        path.write_bytes(damaged)
        mapper = outlines.mapper()
        assert mapper.look().shape_map is None
    again = _made(mapper)
    assert again is not None and _same(again, made)
    assert outlines.mapper().look().shape_map is not None


def test_a_map_by_another_method_is_made_anew(outlines: Range) -> None:
    outlines.add(shapes(20)[0])
    _made(outlines.mapper())
    assert outlines.mapper(version="drawn-2").look().shape_map is None


def test_a_map_that_does_not_add_up_is_not_there(tmp_path: Path) -> None:
    store = NpzShapeMapStore(tmp_path)
    ids, places = np.arange(4), np.zeros((4, 2), np.float32)
    shape_map = ShapeMap("v", ids, places, np.full(4, -1, np.int32))
    store.save(shape_map)
    assert store.load("v") is not None
    with pytest.raises(ValueError):
        replace(shape_map, content_ids=np.array([1, 1, 2, 3]))
    with pytest.raises(ValueError):
        replace(shape_map, cluster_of=np.zeros(4, np.int32))


def test_a_run_that_was_cancelled_is_taken_up_again(
    outlines: Range, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shape_layout, "ROUNDS", 100_000)
    outlines.add(shapes(40)[0])
    token = CancelToken()
    with pytest.raises(Cancelled):
        for step in outlines.mapper().run(token):
            if step.progress.done > 0:
                token.cancel()
    assert (tmp_path / "index" / DRAFT_FILE).is_file()
    assert outlines.mapper().look().shape_map is None
    draft = outlines.store.load_draft(_version(outlines))
    assert draft is not None and draft.rounds > 0
    monkeypatch.setattr(shape_layout, "ROUNDS", draft.rounds + 20)
    made = _made(outlines.mapper())
    assert made is not None
    assert not (tmp_path / "index" / DRAFT_FILE).exists()


def test_a_run_that_was_closed_keeps_its_draft_and_leaves_no_thread(
    outlines: Range, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    monkeypatch.setattr(shape_layout, "ROUNDS", 100_000)
    outlines.add(shapes(40)[0])
    before = threading.active_count()
    run = outlines.mapper().run(CancelToken())
    while next(run).progress.done == 0:
        pass
    run.close()
    assert threading.active_count() == before
    assert outlines.store.load_draft(_version(outlines)) is not None


def test_a_map_that_cannot_be_kept_is_used_all_the_same(outlines: Range, tmp_path: Path) -> None:
    outlines.add(shapes(20)[0])
    (tmp_path / "index").write_text("a file where the folder should be")
    mapper = outlines.mapper()
    assert _made(mapper) is not None
    assert mapper.shape_map is not None


def test_a_read_only_catalogue_is_mapped_and_nothing_is_written(
    outlines: Range, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlines.add(shapes(20)[0])
    monkeypatch.setattr(outlines.catalogue, "read_only", True)
    assert _made(outlines.mapper()) is not None
    assert not (tmp_path / "index").exists()


def test_free_places_tell_an_outline_that_the_range_lacks(outlines: Range) -> None:
    ids = outlines.add(ring())
    made = _made(outlines.mapper())
    assert made is not None and made.free_places
    overlaps = [place.overlap for place in made.free_places]
    assert overlaps == sorted(overlaps)
    for place in made.free_places:
        assert place.nearest in ids and set(place.neighbours) <= set(ids)
        assert 0 < place.overlap <= MOST_OVERLAP
        apart = np.linalg.norm(made.places - (place.x, place.y), axis=1)
        assert apart.min() >= place.radius - 1e-5


def test_a_draft_that_makes_no_sense_is_not_there(tmp_path: Path) -> None:
    store = NpzShapeMapStore(tmp_path)
    store.save_draft(LayoutDraft("v", np.arange(3), np.zeros((2, 2), np.float32), 5))
    assert store.load_draft("v") is None
    assert store.load_draft("w") is None


def _version(outlines: Range) -> str:
    mapper = outlines.mapper()
    return mapper.version
