"""The measurement of searching: it measures what it says, with a few hundred vectors."""

from __future__ import annotations

import json
from pathlib import Path

from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.services.bench_search import measure_search


def test_every_search_is_timed_and_the_figures_can_be_written() -> None:
    figures = measure_search(NumpyIndexStore(), count=200, dimension=8, queries=5)
    assert json.loads(json.dumps(figures)) == figures
    assert (figures["vectors"], figures["dimension"]) == (200, 8)
    for search in ("unfiltered", "filter_0.5", "filter_0.1", "filter_0.001", "add_64"):
        assert 0 < figures[search]["p50_ms"] <= figures[search]["p95_ms"]
    assert "recall_at_limit" not in figures


def test_a_large_index_is_optimised_first_and_its_recall_told(tmp_path: Path) -> None:
    store = FaissIndexStore(tmp_path, exact_limit=300, build_threads=1)
    figures = measure_search(store, count=500, dimension=8, queries=5, limit=10)
    assert 0.9 <= figures["recall_at_limit"] <= 1
    assert figures["optimise_s"] >= 0
