"""Which pictures a search may find, whose they are, and the products they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray
from desktop_app.domain.storage import ContentMap


@dataclass(frozen=True, slots=True, eq=False)
class SearchScope:
    """Contents and the products that show them.

    ``pairs`` is sorted by content, then product; ``contents`` holds its distinct contents
    and ``starts`` (one longer) where the pairs of each begin.
    """

    pairs: ContentMap
    contents: IdArray
    starts: NDArray[np.intp]
    product_count: int

    @classmethod
    def of(cls, pairs: ContentMap) -> SearchScope:
        ids = pairs.content_ids
        begins = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]])[: len(ids)])
        return cls(
            pairs,
            ids[begins],
            np.append(begins, len(ids)),
            _distinct(pairs.product_ids),
        )

    def with_contents(self, content_ids: IdArray) -> SearchScope:
        """What of it shows these contents; they are distinct."""
        return self._kept(np.isin(self.pairs.content_ids, content_ids))

    def with_products(self, product_ids: IdArray) -> SearchScope:
        """What of it belongs to these products."""
        return self._kept(np.isin(self.pairs.product_ids, product_ids))

    def _kept(self, passing: NDArray[np.bool_]) -> SearchScope:
        if passing.all():
            return self
        pairs = self.pairs
        return SearchScope.of(ContentMap(pairs.content_ids[passing], pairs.product_ids[passing]))

    def products_of(self, content_ids: IdArray) -> tuple[NDArray[np.intp], IdArray]:
        """The products that show these contents, as two aligned arrays: the place in
        ``content_ids``, and the product. Contents outside the scope have none."""
        if not self.contents.size:
            return np.empty(0, np.intp), np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self.contents, content_ids), len(self.contents) - 1)
        known = np.flatnonzero(self.contents[places] == content_ids)
        begins = self.starts[places[known]]
        counts = self.starts[places[known] + 1] - begins
        # Counts 0, 1, 2, ... within each content's run of pairs.
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(known, counts), self.pairs.product_ids[np.repeat(begins, counts) + within]


def _distinct(ids: IdArray) -> int:
    """How many different ids. Several times as fast as numpy.unique, the more so as products
    and their pictures are mostly numbered in the same order."""
    ordered = np.sort(ids, kind="stable")
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(len(ids))


class ProductRanking:
    """Scored (content, product) rows grouped by product: products by falling score of their
    best content, ties by product id; the contents of a product by falling score, ties by
    content id."""

    def __init__(
        self, content_ids: IdArray, product_ids: IdArray, scores: NDArray[np.floating[Any]]
    ) -> None:
        order = np.lexsort((content_ids, -scores, product_ids))
        products = product_ids[order]
        begins = np.flatnonzero(np.diff(products, prepend=-1))
        ends = np.append(begins[1:], len(products))
        rank = np.lexsort((products[begins], -scores[order][begins]))
        self._order = order
        self._begins, self._ends = begins[rank], ends[rank]
        self.best_scores: NDArray[np.floating[Any]] = scores[order][self._begins]

    def __len__(self) -> int:
        return len(self._begins)

    def groups(self, limit: int) -> list[NDArray[np.intp]]:
        """The rows of each of the first ``limit`` products, its best first."""
        return [
            self._order[begin:end]
            for begin, end in zip(self._begins[:limit], self._ends[:limit], strict=True)
        ]
