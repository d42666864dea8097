"""Measure searching: ``python -m tests.benchmarks.bench_search --help``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from desktop_app.infra.index.faiss_index import EXACT_LIMIT, FaissIndexStore
from desktop_app.services.bench_search import measure_search


def main() -> None:
    """Print one line of JSON for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[100_000, 300_000])
    parser.add_argument("--dimensions", type=int, nargs="+", default=[256, 384, 512, 768])
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--exact", action="store_true", help="build no graph, however many")
    options = parser.parse_args()
    for count in options.counts:
        for dimension in options.dimensions:
            with tempfile.TemporaryDirectory() as folder:
                store = FaissIndexStore(
                    Path(folder), exact_limit=count if options.exact else EXACT_LIMIT
                )
                figures = measure_search(
                    store, count=count, dimension=dimension, queries=options.queries
                )
            json.dump(figures, sys.stdout)
            print(flush=True)


if __name__ == "__main__":
    main()
