"""The index that proposes pictures by print, against the obvious way of doing it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.evidence import Channel
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.infra.index import print_segment
from desktop_app.infra.index.print_bundle import MANIFEST
from desktop_app.infra.index.print_index import PrintIndex
from desktop_app.infra.index.print_store import FaissPrintIndexStore
from tests.print_channel.prints import (
    DictEvidence,
    described,
    drawn_print,
    reader,
    seen,
    stored,
    tilted,
)

COUNT = 24


@pytest.fixture(scope="module")
def gallery() -> dict[int, PrintFeatures]:
    """Content ids are 10 times the seed."""
    return {10 * seed: stored(described(drawn_print(seed))) for seed in range(1, COUNT + 1)}


@pytest.fixture(scope="module")
def query() -> PrintFeatures:
    """A held pack whose content id is 70."""
    return described(seen(drawn_print(7), tilted(12)))


def index_of(gallery: dict[int, PrintFeatures], batch: int = 10) -> PrintIndex:
    index = PrintIndex(reader().codebook)
    ids = list(gallery)
    for start in range(0, len(ids), batch):
        some = ids[start : start + batch]
        index = index.extended(np.array(some, np.int64), [gallery[i] for i in some])
    return index


@pytest.fixture(scope="module", params=["exact", "inverted"])
def index(request: pytest.FixtureRequest, gallery: dict[int, PrintFeatures]) -> PrintIndex:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "inverted":
            patch.setattr("desktop_app.infra.index.print_index.FLAT_LIMIT", 900)
        return index_of(gallery)


def test_the_held_pack_gets_the_most_votes(index: PrintIndex, query: PrintFeatures) -> None:
    ids, votes = index.propose(query, 5)
    assert ids[0] == 70
    assert votes[0] > 2 * votes[1]
    assert (np.diff(votes) <= 0).all()
    assert votes.dtype == np.float32
    assert index.content_ids.tolist() == [10 * seed for seed in range(1, COUNT + 1)]


def test_only_what_is_allowed_is_proposed(index: PrintIndex, query: PrintFeatures) -> None:
    allowed = np.array([10, 50, 60, 240, 1234], np.int64)
    for _ in range(2):
        ids, _ = index.propose(query, 10, allowed=allowed)
        assert len(ids)
        assert np.isin(ids, allowed).all()
    ids, _ = index.propose(query, 10, allowed=np.array([70], np.int64))
    assert ids.tolist() == [70]
    assert len(index.propose(query, 10, allowed=np.empty(0, np.int64))[0]) == 0


def test_what_was_proposed_is_kept_for_the_same_question_alone(
    index: PrintIndex, query: PrintFeatures
) -> None:
    first = index.propose(query, 5)
    assert index.propose(query, 5) is first
    assert len(index.propose(query, 2)[0]) == 2
    allowed = np.sort(first[0])[:2]
    assert set(index.propose(query, 5, allowed=allowed)[0]) <= set(allowed.tolist())
    same = replace(query, points=query.points.copy())
    again = index.propose(same, 5)
    assert again is not first
    assert again[0].tolist() == first[0].tolist()


def test_what_is_taken_out_is_never_proposed_and_the_old_index_still_has_it(
    index: PrintIndex, query: PrintFeatures
) -> None:
    gone = np.array([70, 80, 90, 5], np.int64)
    without = index.without(gone)
    assert not np.isin(without.propose(query, COUNT)[0], gone).any()
    assert without.size == COUNT - 3
    assert index.propose(query, 1)[0].tolist() == [70]
    assert without.without(gone) is without


def test_replaced_key_points_are_the_ones_found(
    index: PrintIndex, query: PrintFeatures, gallery: dict[int, PrintFeatures]
) -> None:
    swapped = index.extended(np.array([70, 80], np.int64), [gallery[80], gallery[70]])
    assert swapped.propose(query, 1)[0].tolist() == [80]
    assert swapped.size == COUNT
    ids = np.array([60, 70, 80], np.int64)
    assert swapped.holds(ids, [gallery[int(i)] for i in ids]).tolist() == [True, False, False]


def test_an_index_that_lost_most_pictures_is_rewritten_and_still_right(
    index: PrintIndex, query: PrintFeatures, gallery: dict[int, PrintFeatures]
) -> None:
    left = index.without(np.array([i for i in gallery if i % 70], np.int64))
    assert left.size == 3
    assert sum(part.segment.points for part in left.parts) < sum(map(len, gallery.values())) / 2
    assert left.propose(query, 3)[0][0] == 70
    for content_id in left.content_ids.tolist():
        assert left.propose(gallery[content_id], 1)[0].tolist() == [content_id]


def test_an_empty_index_proposes_nothing(query: PrintFeatures) -> None:
    empty = PrintIndex(reader().codebook)
    assert len(empty.propose(query, 5)[0]) == 0
    assert empty.content_ids.dtype == np.int64


def test_ids_must_be_distinct(gallery: dict[int, PrintFeatures]) -> None:
    index = PrintIndex(reader().codebook)
    with pytest.raises(ValueError, match="do not go together"):
        index.extended(np.array([1, 1], np.int64), [gallery[10], gallery[20]])


class Kept:
    """A catalogue's records, and a store that keeps their index."""

    def __init__(self, folder: Path, gallery: dict[int, PrintFeatures]) -> None:
        self.folder = folder
        self.evidence = DictEvidence()
        for content_id, features in gallery.items():
            self.evidence.put(content_id, reader().pack(features))

    def store(self, *, read_only: bool = False) -> FaissPrintIndexStore:
        return FaissPrintIndexStore(self.folder, reader(), reader().codebook, read_only=read_only)


@pytest.fixture
def kept(tmp_path: Path, gallery: dict[int, PrintFeatures]) -> Kept:
    return Kept(tmp_path / "print", gallery)


def opened(kept: Kept) -> PrintIndex:
    store = kept.store()
    return store.open(kept.evidence)  # type: ignore[arg-type]


@pytest.mark.parametrize("flat_limit", [900, print_segment.FLAT_LIMIT])
def test_the_index_is_read_from_disk_without_the_records(
    kept: Kept, query: PrintFeatures, monkeypatch: pytest.MonkeyPatch, flat_limit: int
) -> None:
    monkeypatch.setattr("desktop_app.infra.index.print_index.FLAT_LIMIT", flat_limit)
    first = opened(kept).without(np.array([90], np.int64))
    kept.store().save(first, kept.evidence.revision(Channel.PRINT))
    kept.evidence.batches_read = 0
    again = opened(kept)
    assert kept.evidence.batches_read == 0
    assert again.content_ids.tolist() == first.content_ids.tolist()
    for found, expected in zip(again.propose(query, 9), first.propose(query, 9), strict=True):
        assert np.array_equal(found, expected)


def test_what_changed_meanwhile_is_brought_up_to_date(
    kept: Kept, query: PrintFeatures, gallery: dict[int, PrintFeatures]
) -> None:
    opened(kept)
    kept.evidence.put(70, None)
    kept.evidence.put(1, reader().pack(gallery[70]))
    kept.evidence.put(80, reader().pack(gallery[90]))
    kept.evidence.put(100, b"damaged")
    index = opened(kept)
    assert index.propose(query, 1)[0].tolist() == [1]
    assert not np.isin([70, 100], index.content_ids).any()
    assert index.holds(np.array([80], np.int64), [gallery[90]]).all()


@pytest.mark.parametrize("damage", ["shortened", "flipped", "missing", "description"])
def test_a_damaged_index_is_told_of_and_built_again(
    kept: Kept, query: PrintFeatures, damage: str
) -> None:
    opened(kept)
    path = next(p for p in kept.folder.iterdir() if p.suffix == ".faiss")
    data = bytearray(path.read_bytes())
    if damage == "shortened":
        path.write_bytes(data[:-10])
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "missing":
        path.unlink()
    else:
        (kept.folder / MANIFEST).write_text("{", "utf-8")
    store = kept.store()
    index = store.open(kept.evidence)  # type: ignore[arg-type]
    assert "damaged" in store.last_problem
    assert index.propose(query, 1)[0].tolist() == [70]
    assert store.open(kept.evidence).size == COUNT  # type: ignore[arg-type]
    assert not store.last_problem


def test_older_generations_are_cleared_away(kept: Kept) -> None:
    opened(kept)
    before = set(kept.folder.iterdir())
    kept.evidence.put(70, None)
    opened(kept)
    after = set(kept.folder.iterdir())
    assert {p.name for p in before & after} == {MANIFEST}


def test_a_read_only_catalogue_is_left_alone(kept: Kept, query: PrintFeatures) -> None:
    store = kept.store(read_only=True)
    assert store.open(kept.evidence).propose(query, 1)[0].tolist() == [70]  # type: ignore[arg-type]
    assert not kept.folder.exists()


def test_extending_takes_out_what_has_no_key_points(
    kept: Kept, gallery: dict[int, PrintFeatures]
) -> None:
    store = kept.store()
    index = store.open(kept.evidence)  # type: ignore[arg-type]
    extended = store.extend(index, [70, 1000], [None, gallery[80]])
    assert 70 not in extended.content_ids
    assert 1000 in extended.content_ids
