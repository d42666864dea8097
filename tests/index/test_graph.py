"""The graph above the exact limit, with tiny limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.index import segment as segment_module
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.index.snapshot import FaissSnapshot
from tests.index.vectors import MODEL, DictVectors, ids, unit_vectors

LIMIT = 1000


@pytest.fixture
def vectors() -> DictVectors:
    store = DictVectors()
    store.put(np.arange(3000), unit_vectors(3000))
    return store


@pytest.fixture
def store(tmp_path: Path) -> FaissIndexStore:
    return FaissIndexStore(tmp_path, exact_limit=LIMIT, build_threads=1)


def optimised(store: FaissIndexStore, snapshot: FaissSnapshot) -> FaissSnapshot:
    *steps, last = store.optimise(lambda: snapshot, CancelToken())
    assert all(step.snapshot is None for step in steps)
    assert last.progress.fraction == 1
    assert isinstance(last.snapshot, FaissSnapshot)
    return last.snapshot


def recall(snapshot: FaissSnapshot, vectors: DictVectors, *, allowed: object = None) -> float:
    reference = NumpyIndexStore().open(vectors, MODEL)
    shares = []
    for query in unit_vectors(20, seed=50):
        found, scores = snapshot.search(query, 50, allowed=allowed)  # type: ignore[arg-type]
        expected, _ = reference.search(query, 50, allowed=allowed)  # type: ignore[arg-type]
        exact = np.stack([vectors.rows[int(number)] for number in found]) @ query
        np.testing.assert_allclose(scores, exact, atol=2e-3)
        shares.append(len(np.intersect1d(found, expected)) / len(expected))
    return float(np.mean(shares))


def test_up_to_the_limit_there_is_no_graph(store: FaissIndexStore) -> None:
    small = DictVectors()
    small.put(np.arange(LIMIT), unit_vectors(LIMIT))
    snapshot = store.open(small, MODEL)
    assert not store.is_slow(snapshot)
    assert list(store.optimise(lambda: snapshot, CancelToken())) == []


def test_the_graph_finds_nearly_everything_of_many_queries(
    store: FaissIndexStore, vectors: DictVectors
) -> None:
    graph = optimised(store, store.open(vectors, MODEL))
    queries = unit_vectors(20, seed=50)
    expected, cosines = NumpyIndexStore().open(vectors, MODEL).search_many(queries, 16)
    found, scores = graph.search_many(queries, 16)
    assert np.mean([np.isin(a, b).mean() for a, b in zip(expected, found, strict=True)]) > 0.98
    np.testing.assert_allclose(scores[:, 0], cosines[:, 0], atol=2e-3)


def test_the_graph_finds_nearly_everything(store: FaissIndexStore, vectors: DictVectors) -> None:
    exact = store.open(vectors, MODEL)
    assert exact.graph is None
    assert store.is_slow(exact)
    snapshot = optimised(store, exact)
    assert snapshot.graph is not None
    assert snapshot.size == 3000
    assert not store.is_slow(snapshot)
    assert recall(snapshot, vectors) > 0.98


@pytest.mark.parametrize("every", [2, 10, 1000])
def test_filters_on_a_graph_still_give_as_many_as_there_are(
    store: FaissIndexStore, vectors: DictVectors, every: int
) -> None:
    snapshot = optimised(store, store.open(vectors, MODEL))
    allowed = np.arange(0, 3000, every)
    assert recall(snapshot, vectors, allowed=allowed) > 0.98
    for query in unit_vectors(5, seed=51):
        found, _ = snapshot.search(query, 50, allowed=allowed)
        assert len(found) == min(50, len(allowed))
        assert np.isin(found, allowed).all()


def test_where_the_graph_comes_short_the_search_is_exact(
    store: FaissIndexStore, vectors: DictVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = optimised(store, store.open(vectors, MODEL))
    monkeypatch.setattr(
        segment_module.Segment,
        "_search_graph",
        lambda *arguments: (np.empty(0, np.int64), np.empty(0, np.float32)),
    )
    assert recall(snapshot, vectors) == 1
    assert len(snapshot.search(unit_vectors(1)[0], 9999)[0]) == 3000


def test_what_is_added_while_the_graph_grows_is_kept(
    store: FaissIndexStore, vectors: DictVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = store.open(vectors, MODEL)
    steps = store.optimise(lambda: published, CancelToken())
    assert next(steps).snapshot is None
    added = unit_vectors(3, seed=60)
    published = published.extended(ids(0, 5000, 5001), added).without(ids(7))
    *_, last = steps
    assert isinstance(last.snapshot, FaissSnapshot)
    assert last.snapshot.size == 3001
    found = [int(last.snapshot.search(row, 1)[0][0]) for row in added]
    assert found == [0, 5000, 5001]
    assert last.snapshot.graph is not None
    assert 7 not in last.snapshot.content_ids


def test_a_grown_graph_takes_in_what_lay_beside_it_and_drops_what_was_replaced(
    store: FaissIndexStore, vectors: DictVectors
) -> None:
    snapshot = optimised(store, store.open(vectors, MODEL))
    changes = unit_vectors(900, seed=61)
    numbers = np.arange(2900, 3800)
    vectors.put(numbers, changes)
    snapshot = snapshot.extended(numbers, changes)
    assert snapshot.size == 3800
    assert store.is_slow(snapshot)
    grown = optimised(store, snapshot)
    assert grown.size == 3800
    assert len(grown.parts) == 1
    assert grown.graph is not None
    assert grown.graph.segment.size == 3900  # the replaced rows stay, masked out
    assert recall(grown, vectors) > 0.98
    assert [int(grown.search(row, 1)[0][0]) for row in changes[:50]] == numbers[:50].tolist()


def test_a_graph_of_many_dead_rows_is_built_anew(
    store: FaissIndexStore, vectors: DictVectors
) -> None:
    snapshot = optimised(store, store.open(vectors, MODEL)).without(np.arange(1500))
    assert store.is_slow(snapshot)
    fresh = optimised(store, snapshot)
    assert fresh.graph is not None
    assert fresh.graph.segment.size == fresh.size == 1500


def test_a_graph_is_saved_with_what_it_lost_and_what_lies_beside_it(
    store: FaissIndexStore, vectors: DictVectors, tmp_path: Path
) -> None:
    snapshot = optimised(store, store.open(vectors, MODEL))
    for number in range(4000, 4010):
        row = unit_vectors(1, seed=number)
        vectors.put(ids(number), row)
        snapshot = snapshot.extended(ids(number), row)
    del vectors.rows[11]
    snapshot = snapshot.without(ids(11))
    store.save(snapshot, vectors.fingerprint(MODEL))
    vectors.batches_read = 0
    again = FaissIndexStore(tmp_path, exact_limit=LIMIT)
    reopened = again.open(vectors, MODEL)
    assert (again.last_problem, vectors.batches_read) == ("", 0)
    assert reopened.graph is not None
    assert (reopened.size, len(reopened.parts)) == (3009, 2)
    assert recall(reopened, vectors) > 0.98


def test_a_stale_graph_is_kept_and_put_right(
    store: FaissIndexStore, vectors: DictVectors, tmp_path: Path
) -> None:
    graph = optimised(store, store.open(vectors, MODEL))
    store.save(graph, vectors.fingerprint(MODEL))
    del vectors.rows[11]
    vectors.put(ids(4, 4000), unit_vectors(2, seed=70))
    reopened = FaissIndexStore(tmp_path, exact_limit=LIMIT).open(vectors, MODEL)
    assert reopened.graph is not None
    assert reopened.content_ids.tolist() == sorted(vectors.rows)
    assert reopened.search(unit_vectors(2, seed=70)[0], 1)[0].tolist() == [4]


def test_building_a_graph_can_be_cancelled(store: FaissIndexStore, vectors: DictVectors) -> None:
    snapshot = store.open(vectors, MODEL)
    token = CancelToken()
    steps = store.optimise(lambda: snapshot, token)
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)
