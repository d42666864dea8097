"""Boards made from few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from desktop_app.domain.duplicates import FoundPairs, PairKey, StoredVerdict, Verdict
from desktop_app.domain.storage import ContentMap
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.pair_table import PairFacts

Chances = Mapping[tuple[int, int], float]
"""By pair of contents, the lower first."""


def content_hash(content_id: int) -> str:
    """That of a content in these boards."""
    return f"{content_id:032x}"


def sku(product_id: int) -> str:
    """That of a product in these boards."""
    return f"SKU-{product_id}"


def found_pairs(chances: Chances) -> FoundPairs:
    """Found pairs with these chances of showing one product."""
    rows = sorted(chances)
    n = len(rows)
    return FoundPairs(
        np.array([a for a, _ in rows], np.int64),
        np.array([b for _, b in rows], np.int64),
        np.array([chances[row] for row in rows], np.float32),
        np.zeros(n, np.float32),
        np.full((n, 5), np.nan, np.float32),
        np.full(n, np.nan, np.float32),
        np.zeros(n, np.int64),
    )


def told(
    verdict: Verdict, content_a: int, content_b: int, *, at: int = 0, products: Sequence[int] = ()
) -> StoredVerdict:
    """A verdict on two contents, or on one that two products show."""
    skus = [sku(product) for product in products] or ["", ""]
    key = PairKey.of(content_hash(content_a), content_hash(content_b), *skus)
    return StoredVerdict(key, verdict, f"2026-03-01T12:00:{at:02d}.000+00:00")


def board_facts(
    shown_by: Mapping[int, Sequence[int]],
    verdicts: Sequence[StoredVerdict] = (),
    excluding: Sequence[tuple[int, int]] = (),
) -> PairFacts:
    """``shown_by`` lists the products of each content, ``excluding`` (product, group)."""
    shown = sorted((content, product) for content, all_ in shown_by.items() for product in all_)
    return PairFacts(
        ContentMap(
            np.array([content for content, _ in shown], np.int64),
            np.array([product for _, product in shown], np.int64),
        ),
        {content: content_hash(content) for content in shown_by},
        {product: sku(product) for _, product in shown},
        verdicts,
        (
            np.array([product for product, _ in excluding], np.int64),
            np.array([group for _, group in excluding], np.int64),
        ),
    )


def one_each(chances: Chances) -> dict[int, list[int]]:
    """Every content shown by the product of its own number."""
    return {content: [content] for pair in chances for content in pair}


def board(
    chances: Chances,
    shown_by: Mapping[int, Sequence[int]] | None = None,
    verdicts: Sequence[StoredVerdict] = (),
    excluding: Sequence[tuple[int, int]] = (),
) -> Board:
    """Each content is shown by the product of its own number unless said otherwise."""
    shown_by = one_each(chances) if shown_by is None else shown_by
    return Board.of(found_pairs(chances), board_facts(shown_by, verdicts, excluding))


def product_pairs(of: Board) -> list[tuple[int, int]]:
    """The products of each row."""
    return list(zip(of.pairs.product_a.tolist(), of.pairs.product_b.tolist(), strict=True))
