"""Verdicts in files: written, read back, merged with what is known, and refused where damaged."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.duplicates import PairKey, StoredVerdict, Verdict
from desktop_app.services.duplicates.verdict_files import (
    UnreadableVerdicts,
    VerdictMerge,
    merged,
    read_verdicts,
    write_verdicts,
)

AT = "2026-03-04T05:06:07.891+00:00"
LATER_ON = "2026-03-05T00:00:00.000+00:00"

hashes = st.text("0123456789abcdef", min_size=32, max_size=32)
names = st.text(max_size=20).filter(lambda text: text.isprintable())
keys = st.builds(PairKey.of, hashes, hashes, st.just("a"), st.just("b"))
verdicts = st.builds(
    StoredVerdict, keys, st.sampled_from(Verdict), st.sampled_from([AT, LATER_ON]), names
)


def key(a: int, b: int) -> PairKey:
    return PairKey.of(f"{a:032x}", f"{b:032x}", "", "")


def said(a: int, b: int, verdict: Verdict, at: str = AT, by: str = "") -> StoredVerdict:
    return StoredVerdict(key(a, b), verdict, at, by)


@given(st.lists(verdicts, unique_by=lambda verdict: verdict.key))
def test_what_is_written_is_read_back(stored: list[StoredVerdict]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "verdicts.json"
        write_verdicts(path, stored, catalogue="Jars", skus={})
        assert read_verdicts(path) == stored


def test_a_file_tells_people_which_products_are_meant(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    skus = {f"{1:032x}": ["JAR-1", "Glas-Ä"]}
    write_verdicts(path, [said(1, 2, Verdict.SAME)], catalogue="Jars", skus=skus)
    text = path.read_text("utf-8")
    assert "Glas-Ä" in text
    written = json.loads(text)
    assert written["catalogue"] == "Jars"
    assert written["verdicts"][0]["products_a"] == ["JAR-1", "Glas-Ä"]
    assert written["verdicts"][0]["products_b"] == []


def test_a_pair_of_one_picture_keeps_its_skus(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    stored = StoredVerdict(PairKey.of("0" * 32, "0" * 32, "B", "a"), Verdict.SAME, AT)
    write_verdicts(path, [stored], catalogue="", skus={})
    assert read_verdicts(path) == [stored]


def test_merging_tells_what_is_new_what_is_known_and_what_conflicts() -> None:
    own = [said(1, 2, Verdict.SAME), said(1, 3, Verdict.SAME), said(1, 4, Verdict.LATER)]
    same_again = said(1, 2, Verdict.SAME, LATER_ON, by="desk 2")
    other, decided, new = (
        said(1, 3, Verdict.DIFFERENT),
        said(1, 4, Verdict.VARIANT),
        said(7, 8, Verdict.SAME),
    )
    merge = merged(own, [same_again, other, decided, new])
    assert merge.unchanged == (same_again,)
    assert merge.added == (decided, new)
    assert [(c.own, c.other) for c in merge.conflicts] == [(own[1], other)]
    assert set(merge.others) == {same_again, other, decided, new}


def test_putting_off_does_not_stand_against_a_decision() -> None:
    put_off = said(1, 2, Verdict.LATER, LATER_ON)
    assert merged([said(1, 2, Verdict.SAME)], [put_off]) == VerdictMerge(unchanged=(put_off,))


def test_the_latest_of_several_verdicts_in_a_file_counts() -> None:
    first, last = said(1, 2, Verdict.SAME), said(1, 2, Verdict.DIFFERENT, LATER_ON)
    assert merged([], [last, first]).added == (last,)


@given(st.lists(verdicts), st.lists(verdicts))
def test_every_pair_of_a_file_is_in_one_part_of_the_merge(
    own: list[StoredVerdict], others: list[StoredVerdict]
) -> None:
    merge = merged(own, others)
    parted = [verdict.key for verdict in merge.others]
    assert sorted(parted, key=repr) == sorted({v.key for v in others}, key=repr)


def write(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A whole file, changed."""
    write_verdicts(
        path, [said(1, 2, Verdict.SAME), said(1, 3, Verdict.SAME)], catalogue="", skus={}
    )
    written = json.loads(path.read_text("utf-8"))
    change(written)
    path.write_text(json.dumps(written), "utf-8")
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w["verdicts"][1].update(verdict="maybe"),
        lambda w: w["verdicts"][1].update(verdict=["same"]),
        lambda w: w["verdicts"][1].update(hash_a="0" * 31),
        lambda w: w["verdicts"][1].update(hash_b=7),
        lambda w: w["verdicts"][1].update(hash_b=w["verdicts"][1]["hash_a"]),
        lambda w: w["verdicts"][1].update(decided_at="yesterday"),
        lambda w: w["verdicts"][1].update(decided_at="2026-03-04T05:06:07"),
        lambda w: w["verdicts"][1].update(decided_by="x" * 10_000),
        lambda w: w["verdicts"][1].pop("sku_a"),
        lambda w: w["verdicts"].append(None),
        lambda w: w.update(verdicts={}),
        lambda w: w.pop("verdicts"),
    ],
)
def test_a_damaged_file_is_refused_whole(
    tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    with pytest.raises(UnreadableVerdicts, match="is damaged") as told:
        read_verdicts(write(tmp_path / "verdicts.json", change))
    assert "Nothing was changed" in told.value.remedy


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"sku,title\nA,B\n",
        b"[1, 2]",
        b"{}",
        b'{"format": "other"}',
        b"\xff\xfe\x00",
        b"[" * 9999,
    ],
)
def test_a_foreign_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(data)
    with pytest.raises(UnreadableVerdicts, match="holds no verdicts"):
        read_verdicts(path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "verdicts.json", lambda _: None)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableVerdicts, match="damaged"):
        read_verdicts(path)


def test_a_newer_file_asks_for_an_update(tmp_path: Path) -> None:
    with pytest.raises(UnreadableVerdicts, match="newer version"):
        read_verdicts(write(tmp_path / "verdicts.json", lambda w: w.update(version=2)))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableVerdicts, match="cannot be read"):
        read_verdicts(tmp_path / "none.json")
