"""How fast likely duplicates are reviewed: 100,000 products, 300,000 pairs.

``python -m tests.benchmarks.bench_board [--products N] [--pairs N]`` prints milliseconds and
MiB as JSON, once for small families of near copies and once for pairs at random, which connect
nearly all products and are the worst there is.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from desktop_app.domain.duplicates import VERDICTS, FoundPairs, PairKey, StoredVerdict, Verdict
from desktop_app.domain.images import IdArray
from desktop_app.domain.storage import ContentMap
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.pair_table import PairFacts

T = TypeVar("T")

FAMILY = 5
DECIDED = 50
"""Every so many pairs one has a verdict."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=300_000)
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    report = {
        name: measure(*drawn(rng, asked.products, asked.pairs, is_near=is_near))
        for name, is_near in (("families", True), ("random", False))
    }
    json.dump(report, sys.stdout, indent=1)
    print()


def drawn(
    rng: np.random.Generator, n_products: int, n_pairs: int, *, is_near: bool
) -> tuple[FoundPairs, PairFacts]:
    """Distinct pairs of products with one picture each, and verdicts on some."""
    a, b = rng.integers(0, n_products, (2, 2 * n_pairs))
    if is_near:
        b = np.minimum(a - a % FAMILY + rng.integers(0, FAMILY, len(a)), n_products - 1)
    low, high = np.minimum(a, b), np.maximum(a, b)
    keys = np.unique((low * n_products + high)[low != high])
    keys = np.sort(rng.permutation(keys)[:n_pairs])
    first, second = keys // n_products + 1, keys % n_products + 1
    ids: IdArray = np.arange(1, n_products + 1)
    n = len(keys)
    found = FoundPairs(
        first,
        second,
        rng.beta(2, 2, n).astype(np.float32),
        np.zeros(n, np.float32),
        np.zeros((n, 5), np.float32),
        np.zeros(n, np.float32),
        np.zeros(n, np.int64),
    )
    rows = range(0, n, DECIDED)
    verdicts = [
        StoredVerdict(
            PairKey.of(f"{first[row]:032x}", f"{second[row]:032x}", "", ""),
            VERDICTS[int(rng.integers(len(VERDICTS)))],
            "2026-03-01T12:00:00.000+00:00",
        )
        for row in rows
    ]
    hashes = {i: f"{i:032x}" for i in ids.tolist()}
    skus = {i: f"SKU-{i}" for i in ids.tolist()}
    return found, PairFacts(ContentMap(ids, ids), hashes, skus, verdicts)


def measure(found: FoundPairs, facts: PairFacts) -> dict[str, float]:
    """Milliseconds by what was measured, and the highest use of memory so far."""
    report: dict[str, float] = {"pairs": len(found)}

    def timed(name: str, act: Callable[[], T]) -> T:
        begun = time.perf_counter()
        result = act()
        report[f"{name}_ms"] = round(1000 * (time.perf_counter() - begun), 3)
        return result

    board = timed("build", lambda: Board.of(found, facts))
    board.count_at(0.4)
    report["groups"] = timed("count", lambda: board.count_at(0.5))
    timed("group_table", lambda: board.table_at(0.5))
    timed("groups", lambda: board.groups_at(0.5))
    timed("first_precision", lambda: board.precision_at(0.5))
    timed("precision", lambda: board.precision_at(0.6))
    timed("most_useful_200", lambda: board.most_useful(200))
    timed("missing_edges_100", lambda: board.missing_edges(0.5, 100))
    timed("verdict", lambda: board.with_verdicts([len(board.pairs) // 2], Verdict.DIFFERENT))
    hundred = np.linspace(0, len(board.pairs) - 1, 100).astype(int).tolist()
    timed("hundred_verdicts_at_once", lambda: board.with_verdicts(hundred, Verdict.SAME))
    report["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return report


if __name__ == "__main__":
    main()
