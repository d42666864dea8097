"""Snapshots: what they find, compared with plain numpy, and that they never change."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.images import IdArray
from desktop_app.infra.index.numpy_index import NumpySnapshot
from desktop_app.infra.index.segment import Segment, encoded
from desktop_app.infra.index.snapshot import MERGE_RATIO, FaissSnapshot, Part
from tests.index.vectors import MODEL, exact_vector, ids, unit_vectors


def filled(count: int, *, batch: int = 64, dimension: int = 16) -> FaissSnapshot:
    snapshot = FaissSnapshot(MODEL)
    vectors = unit_vectors(count, dimension)
    for start in range(0, count, batch):
        rows = vectors[start : start + batch]
        snapshot = snapshot.extended(np.arange(start, start + len(rows)), rows)
    return snapshot


signs = st.integers(0, 15)
content_ids = st.integers(0, 30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.dictionaries(content_ids, signs, min_size=1, max_size=12)),
        st.tuples(st.just("drop"), st.sets(content_ids, max_size=12)),
        st.tuples(
            st.just("ask"),
            st.tuples(signs, st.integers(1, 40), st.none() | st.sets(content_ids)),
        ),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_finds_what_numpy_finds_in_the_same_order(script: list[tuple[str, object]]) -> None:
    ours, reference = FaissSnapshot(MODEL), NumpySnapshot(MODEL)
    for step, argument in script:
        match step, argument:
            case "put", dict(changes):
                numbers = np.array(list(changes), np.int64)
                rows = np.stack([exact_vector(value) for value in changes.values()])
                ours = ours.extended(numbers, rows)
                reference = reference.extended(numbers, rows)
            case "drop", set(gone):
                numbers = np.array(sorted(gone), np.int64)
                ours, reference = ours.without(numbers), reference.without(numbers)
            case "ask", (query, limit, allowed):
                passing = None if allowed is None else np.array(sorted(allowed), np.int64)
                vector = exact_vector(query)
                found = ours.search(vector, limit, allowed=passing)
                expected = reference.search(vector, limit, allowed=passing)
                assert found[0].tolist() == expected[0].tolist()
                assert found[1].tolist() == expected[1].tolist()
        assert ours.size == reference.size


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(content_ids, st.integers(0, 400), min_size=1), max_size=5),
    st.sets(content_ids, max_size=12),
    st.integers(1, 8),
)
def test_many_queries_at_once_find_what_each_finds(
    puts: list[dict[int, int]], gone: set[int], limit: int
) -> None:
    snapshot = FaissSnapshot(MODEL)
    vectors = unit_vectors(401)
    for put in puts:
        rows = np.stack([vectors[n] for n in put.values()])
        snapshot = snapshot.extended(np.array(list(put), np.int64), rows)
    snapshot = snapshot.without(np.array(sorted(gone), np.int64))
    queries = unit_vectors(5, seed=1)
    found, scores = snapshot.search_many(queries, limit)
    assert found.shape == scores.shape == (5, limit)
    for row, query in enumerate(queries):
        expected, cosines = snapshot.search(query, limit)
        known = len(expected)
        # Contents of one vector tie, and any of them may be left out at the end.
        np.testing.assert_allclose(scores[row, :known], cosines, atol=1e-5)
        assert len(set(found[row, :known].tolist())) == known
        assert np.isin(found[row, :known], snapshot.content_ids).all()
        assert (found[row, known:] == -1).all()


def test_many_queries_of_the_wrong_kind_are_refused() -> None:
    snapshot = filled(10)
    for queries in (
        unit_vectors(2, 8),
        unit_vectors(2, 16).astype(np.float64),
        np.zeros((2, 16), np.float32),
        unit_vectors(1, 16)[0],
    ):
        with pytest.raises(ValueError, match="quer"):
            snapshot.search_many(queries, 3)


def test_scores_are_cosines_to_within_the_rounding_of_float16() -> None:
    vectors = unit_vectors(500, 64)
    snapshot = FaissSnapshot(MODEL).extended(np.arange(500), vectors)
    query = unit_vectors(1, 64, seed=1)[0]
    found, scores = snapshot.search(query, 20)
    np.testing.assert_allclose(scores, vectors[found] @ query, atol=2e-4)
    assert np.all(np.diff(scores) <= 0)


def test_a_vector_finds_itself_with_a_score_of_at_most_one() -> None:
    vectors = unit_vectors(200, 48)
    snapshot = FaissSnapshot(MODEL).extended(np.arange(200), vectors)
    for number, vector in enumerate(vectors):
        found, scores = snapshot.search(vector, 1)
        assert found[0] == number
        assert 0.999 < scores[0] <= 1


def test_asking_for_more_than_there_is_gives_what_there_is() -> None:
    snapshot = filled(10)
    query = unit_vectors(1)[0]
    assert len(snapshot.search(query, 1000)[0]) == 10
    assert len(snapshot.search(query, 1000, allowed=ids(2, 5, 99))[0]) == 2
    assert len(snapshot.search(query, 1000, allowed=ids())[0]) == 0
    assert len(snapshot.search(query, 0)[0]) == 0


def test_an_empty_index_finds_nothing() -> None:
    found, scores = FaissSnapshot(MODEL).search(unit_vectors(1)[0], 5)
    assert (found.size, scores.size) == (0, 0)
    assert (found.dtype, scores.dtype) == (np.int64, np.float32)


def test_a_hundred_equal_vectors_come_by_id_however_few_are_asked() -> None:
    rows = np.repeat(exact_vector(5)[np.newaxis], 100, axis=0)
    numbers = np.random.default_rng(3).permutation(100).astype(np.int64)
    snapshot = FaissSnapshot(MODEL).extended(numbers, rows)
    assert snapshot.search(exact_vector(5), 7)[0].tolist() == list(range(7))


def test_an_older_snapshot_stays_as_it_was() -> None:
    old = filled(300)
    query = unit_vectors(1, seed=9)[0]
    before = old.search(query, 300)
    new = old.extended(np.arange(200, 500), unit_vectors(300, seed=5)).without(np.arange(100))
    after = old.search(query, 300)
    assert (old.size, new.size) == (300, 400)
    np.testing.assert_array_equal(before[0], after[0])
    np.testing.assert_array_equal(before[1], after[1])


def test_adding_batches_shares_the_large_segments_and_keeps_few() -> None:
    snapshot = filled(6400)
    assert len(snapshot.parts) <= 8
    sizes = [part.size for part in snapshot.parts]
    assert all(larger > MERGE_RATIO * smaller for larger, smaller in itertools.pairwise(sizes))
    extended = snapshot.extended(np.arange(6400, 6401), unit_vectors(1, seed=2))
    assert extended.parts[0].segment is snapshot.parts[0].segment


def test_a_segment_of_mostly_replaced_vectors_is_rewritten() -> None:
    snapshot = filled(1000, batch=1000).without(np.arange(600))
    assert [part.segment.size for part in snapshot.parts] == [400]
    assert not filled(100).without(np.arange(100)).parts


def test_the_same_filter_is_worked_out_once_and_another_anew() -> None:
    segment = Segment.exact(ids(1, 2, 3), encoded(unit_vectors(3)))
    allowed = ids(2, 3)
    assert segment.rows_of(allowed) is segment.rows_of(allowed)
    assert segment.rows_of(ids(1)).tolist() == [True, False, False]
    assert segment.rows_of(allowed).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("numbers", "rows"),
    [
        (ids(1, 1), unit_vectors(2)),
        (ids(-1), unit_vectors(1)),
        (ids(1), unit_vectors(2)),
        (np.array([1], np.int32), unit_vectors(1)),
        (ids(1), unit_vectors(1).astype(np.float64)),
        (ids(1), unit_vectors(1, 8)),
        (ids(1), unit_vectors(1) * 2),
        (ids(1), unit_vectors(1) * np.float32("nan")),
        (ids(1), np.full((1, 16), np.inf, np.float32)),
        (ids(1), np.zeros((1, 16), np.float32)),
        (ids(1), unit_vectors(1)[0]),
    ],
    ids=[
        "repeated",
        "negative",
        "count",
        "int32",
        "float64",
        "dimension",
        "norm",
        "nan",
        "inf",
        "zero",
        "flat",
    ],
)
@pytest.mark.parametrize("kind", [FaissSnapshot, NumpySnapshot])
def test_refuses_what_would_spoil_an_index(
    kind: type[FaissSnapshot] | type[NumpySnapshot],
    numbers: IdArray,
    rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    snapshot = kind(MODEL).extended(ids(7), unit_vectors(1))
    with pytest.raises(ValueError):
        snapshot.extended(numbers, rows)


@pytest.mark.parametrize(
    "query",
    [
        unit_vectors(1, 8)[0],
        unit_vectors(1),
        unit_vectors(1)[0].astype(np.float64),
        unit_vectors(1)[0] * 3,
        np.full(16, np.nan, np.float32),
    ],
    ids=["dimension", "matrix", "float64", "norm", "nan"],
)
def test_refuses_a_query_that_cannot_be_compared(
    query: np.ndarray[tuple[int], np.dtype[np.float32]],
) -> None:
    with pytest.raises(ValueError):
        filled(5).search(query, 1)


def test_searching_old_and_new_snapshots_at_once_from_several_threads_agrees() -> None:
    snapshots = [filled(2000)]
    for batch in range(5):
        numbers = np.arange(batch * 50, batch * 50 + 100)
        snapshots.append(snapshots[-1].extended(numbers, unit_vectors(100, seed=batch + 1)))
    queries = unit_vectors(10, seed=77)
    allowed = np.arange(0, 2000, 3)

    def ask(snapshot: FaissSnapshot) -> list[list[int]]:
        return [
            snapshot.search(query, 20, allowed=passing)[0].tolist()
            for query in queries
            for passing in (None, allowed)
        ]

    expected = [ask(snapshot) for snapshot in snapshots]
    answers: dict[int, list[list[list[int]]]] = {}

    def work(number: int) -> None:
        answers[number] = [ask(snapshot) for snapshot in snapshots]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[number] for number in range(4)] == [expected] * 4


def test_a_part_hides_its_dead_rows_from_positions_and_codes() -> None:
    part = Part(Segment.exact(ids(4, 2, 9), encoded(unit_vectors(3)))).without(ids(2, 77))
    assert part.positions(ids(4, 2, 9, 5)).tolist() == [0, -1, 2, -1]
    assert part.ids.tolist() == [4, 9]
    assert part.codes.shape == (2, 16)
