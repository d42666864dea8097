"""The index of outlines: exact, incremental, and made anew whenever it is damaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from desktop_app.domain.evidence import Channel
from desktop_app.domain.evidence_ports import EvidenceStore
from desktop_app.domain.images import IdArray
from desktop_app.infra.index.shape_index import ShapeIndex
from desktop_app.infra.index.shape_store import CachedShapeIndexStore
from desktop_app.infra.vision.shape.vectors import query_vectors
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from tests.shapes.drawn import BOTTLE, DROPPER, JAR, STICK, features, jug, symmetric

CHANNEL = SilhouetteShapeChannel()


def record(number: int) -> bytes:
    rng = np.random.default_rng(number)
    profile = (BOTTLE, JAR, STICK, DROPPER)[number % 4]
    widths = rng.uniform(0.7, 1.4, len(profile))
    outline = symmetric([(h, w * share) for (h, w), share in zip(profile, widths, strict=True)])
    return CHANNEL.pack(features(outline))


RECORDS = {number: record(number) for number in range(1, 41)}


class Records:
    """As much of the EvidenceStore port as the index reads."""

    def __init__(self, records: dict[int, bytes]) -> None:
        self.records = records
        self.read = 0
        self.changes = 0

    def revision(self, channel: Channel) -> str:
        assert channel is Channel.SHAPE
        return f"{self.changes}"

    def iterate(
        self, channel: Channel, *, after_content: int = 0, batch_size: int = 2048
    ) -> Iterator[tuple[IdArray, list[bytes]]]:
        assert (channel, after_content, batch_size) == (Channel.SHAPE, 0, 2048)
        self.read += 1
        ids = sorted(self.records)
        for start in range(0, len(ids), 7):
            batch = ids[start : start + 7]
            yield np.array(batch, np.int64), [self.records[each] for each in batch]

    def change(self, records: dict[int, bytes], gone: Sequence[int] = ()) -> None:
        self.records = {k: v for k, v in (self.records | records).items() if k not in gone}
        self.changes += 1

    @property
    def port(self) -> EvidenceStore:
        return cast(EvidenceStore, cast(Any, self))


def same(one: ShapeIndex, other: ShapeIndex) -> bool:
    return bool(
        (one.content_ids == other.content_ids).all() and np.allclose(one.vectors, other.vectors)
    )


def test_what_is_added_bit_by_bit_is_what_is_built_at_once(tmp_path: Path) -> None:
    evidence = Records({k: v for k, v in RECORDS.items() if k % 3 == 0})
    store = CachedShapeIndexStore(tmp_path / "bit", CHANNEL)
    first = store.open(evidence.port)
    assert store.open(evidence.port) is first
    evidence.change({k: v for k, v in RECORDS.items() if k % 3 == 1})
    store.open(evidence.port)
    evidence.change({3: RECORDS[5], **{k: v for k, v in RECORDS.items() if k % 3 == 2}}, gone=[6])
    grown = store.open(evidence.port)
    built = CachedShapeIndexStore(tmp_path / "once", CHANNEL).open(evidence.port)
    assert same(grown, built)
    assert len(grown.content_ids) == len(RECORDS) - 1


def test_a_saved_index_is_loaded_and_brought_up_to_date(tmp_path: Path) -> None:
    evidence = Records(dict(RECORDS))
    store = CachedShapeIndexStore(tmp_path, CHANNEL)
    built = store.open(evidence.port)
    store.save()
    loaded = CachedShapeIndexStore(tmp_path, CHANNEL).open(evidence.port)
    assert same(loaded, built)
    assert evidence.read == 1
    evidence.change({99: RECORDS[1]})
    later = CachedShapeIndexStore(tmp_path, CHANNEL).open(evidence.port)
    assert later.content_ids.tolist() == [*sorted(RECORDS), 99]


@pytest.mark.parametrize("how", ["cut", "other bytes", "gone", "no json", "another format"])
def test_a_damaged_index_is_built_again(tmp_path: Path, how: str) -> None:
    evidence = Records(dict(RECORDS))
    store = CachedShapeIndexStore(tmp_path, CHANNEL)
    built = store.open(evidence.port)
    store.save()
    (vectors,) = tmp_path.glob("shapes-*-vectors.npy")
    manifest = tmp_path / "manifest.json"
    if how == "cut":
        vectors.write_bytes(vectors.read_bytes()[:-40])
    elif how == "other bytes":
        vectors.write_bytes(vectors.read_bytes()[:-4] + b"\0\0\0\1")
    elif how == "gone":
        vectors.unlink()
    elif how == "no json":
        manifest.write_bytes(b"\xff{")
    else:
        manifest.write_text('{"format": 99}', "utf-8")
    again = CachedShapeIndexStore(tmp_path, CHANNEL)
    assert same(again.open(evidence.port), built)
    again.save()
    assert same(CachedShapeIndexStore(tmp_path, CHANNEL).open(evidence.port), built)
    assert evidence.read == 2


def test_a_read_only_catalogue_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "shape"
    store = CachedShapeIndexStore(folder, CHANNEL, read_only=True)
    assert len(store.open(Records(dict(RECORDS)).port).content_ids) == len(RECORDS)
    store.save()
    assert not folder.exists()


def test_records_that_cannot_be_read_are_left_out_and_not_tried_again(tmp_path: Path) -> None:
    evidence = Records({**RECORDS, 77: b"damaged"})
    store = CachedShapeIndexStore(tmp_path, CHANNEL)
    assert 77 not in store.open(evidence.port).content_ids
    store.save()
    evidence.change({77: RECORDS[7]})
    assert 77 in CachedShapeIndexStore(tmp_path, CHANNEL).open(evidence.port).content_ids


def test_the_nearest_are_proposed_and_ties_go_by_id(tmp_path: Path) -> None:
    evidence = Records({**RECORDS, 50: RECORDS[9], 45: RECORDS[9]})
    index = CachedShapeIndexStore(tmp_path, CHANNEL).open(evidence.port)
    query = CHANNEL.unpack(RECORDS[9])
    ids, scores = index.propose(query, 5, turns=False)
    assert ids[:3].tolist() == [9, 45, 50]
    assert scores[0] == pytest.approx(1, abs=0.01)
    assert (np.diff(scores) <= 0).all()
    every, _ = index.propose(query, 1000, turns=False)
    assert sorted(every.tolist()) == index.content_ids.tolist()
    wanted = query_vectors(query, False)
    apart = np.linalg.norm(index.vectors[:, None] - wanted[None], axis=2).min(axis=1)
    assert every[3] == index.content_ids[np.argsort(apart, kind="stable")[3]]
    allowed = np.array([2, 9, 30], np.int64)
    assert set(index.propose(query, 5, turns=False, allowed=allowed)[0].tolist()) == {2, 9, 30}
    nothing = np.empty(0, np.int64)
    assert not len(index.propose(query, 5, turns=False, allowed=nothing)[0])


def test_lying_outlines_are_proposed_where_turns_count(tmp_path: Path) -> None:
    upright = CHANNEL.pack(features(jug()))
    index = CachedShapeIndexStore(tmp_path, CHANNEL).open(Records({**RECORDS, 60: upright}).port)
    lying = features(jug() @ np.array([[0, 1], [-1, 0]], np.float32))
    assert int(index.propose(lying, 1, turns=True)[0][0]) == 60
