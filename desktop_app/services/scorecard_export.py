"""A scorecard as a table for other programs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from desktop_app.domain.metrics import RankingScores
from desktop_app.domain.scorecards import Scorecard
from desktop_app.services.exporting import written_whole

_FIGURES = tuple(RankingScores.__dataclass_fields__)


def write_scorecard_csv(card: Scorecard, skus: Mapping[int, str], path: Path) -> None:
    """One line for each ranking measured, then one for each of the worst queries, as UTF-8
    with byte order mark. ``skus`` names the products of the worst queries by id. Raises
    UserFacingError, StorageFull on a full disk."""
    with (
        written_whole(path) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as f,
    ):
        writer = csv.writer(f)
        writer.writerow(["ranking", *_FIGURES, "n_queries", "n_products", "ms_p50", "ms_p95"])
        for name, scores in card.scores.items():
            figures = [f"{value:.4f}" for value in asdict(scores).values()]
            times = (f"{card.ms_p50:.1f}", f"{card.ms_p95:.1f}")
            writer.writerow([name, *figures, card.n_queries, card.n_products, *times])
        writer.writerow([])
        writer.writerow(["searched_for", "found_first", "rank_of_the_right_one"])
        for query in card.worst:
            right, first = skus.get(query.product_id, ""), skus.get(query.first_product_id, "")
            writer.writerow([_tame(right), _tame(first), query.right_rank or ""])


def _tame(sku: str) -> str:
    """A number that a spreadsheet program would not run as a formula."""
    return f"'{sku}" if sku[:1] in "=+-@\t\r" and sku else sku
