"""Measuring how well a catalogue's products are found, on its own pictures.

The catalogue is its own ground truth: of a product with several pictures each is searched
with, as if the catalogue did not have it, and the product is the right answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UnreadableImage, UserFacingError
from desktop_app.domain.evidence import CHANNELS
from desktop_app.domain.images import IdArray
from desktop_app.domain.metrics import RankedQuery, RankingScores, score_rankings
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.scorecards import FUSED, Scorecard, ScorecardStep, WorstQuery
from desktop_app.domain.search import QueryPicture, SearchRequest, SearchResults
from desktop_app.services.search import SearchService

MEASURING = "Measuring how well products are found"
MOST_QUERIES = 300
MOST_WORST = 50
LIMIT = 60


@dataclass(frozen=True, slots=True, eq=False)
class ScorecardQuery:
    """A picture to search with. ``excluded`` are the contents the search must not know: the
    picture and its copies among the pictures of its products. ``right`` are those products that
    have others, and ``n_right`` counts the others."""

    content_id: int
    excluded: tuple[int, ...]
    right: frozenset[int]
    n_right: int


class ScorecardService:
    """Asks the search of a catalogue, so it belongs to the thread that searches."""

    def __init__(
        self,
        catalogue: Catalogue,
        search: SearchService,
        *,
        model_key: str,
        most_queries: int = MOST_QUERIES,
    ) -> None:
        self._catalogue = catalogue
        self._search = search
        self._model_key = model_key
        self._most_queries = most_queries

    def measure(self, token: CancelToken) -> Iterator[ScorecardStep]:
        """One step for each query, so that searches can go between; the last one carries the
        scorecard. Of more than ``most_queries`` pictures so many are drawn, always the same.

        Raises Cancelled, and UserFacingError where no product has two pictures that can be
        searched with.
        """
        begun = time.monotonic()
        queries = scorecard_queries(self._catalogue, self._model_key)
        if not queries:
            raise UserFacingError(
                "There is nothing to measure: no product has two different pictures.",
                remedy="Add a second picture to some products; another view of each is best.",
            )
        rng = np.random.default_rng(0)
        drawn = rng.permutation(len(queries))[: self._most_queries]
        tally = _Tally()
        yield ScorecardStep(Progress(MEASURING, 0, len(drawn)))
        for done, place in enumerate(np.sort(drawn).tolist(), start=1):
            token.checkpoint()
            self._ask(queries[place], tally, token)
            elapsed = time.monotonic() - begun
            progress = Progress(MEASURING, done, len(drawn), elapsed, tally.failed)
            if done < len(drawn):
                yield ScorecardStep(progress)
        if not tally.times_ms:
            raise UserFacingError(
                "Nothing could be measured: none of the pictures can be read.",
                remedy="Connect the drive they are on.",
            )
        yield ScorecardStep(progress, tally.scorecard(n_sampled_from=len(queries)))

    def _ask(self, query: ScorecardQuery, tally: _Tally, token: CancelToken) -> None:
        try:
            picture = self._picture(query.content_id)
            begun = time.perf_counter()
            results = self._search.search(
                SearchRequest(picture, limit=LIMIT, exclude_contents=query.excluded), token
            )
        except UnreadableImage:
            tally.failed += 1
            return
        tally.count(query, results, (time.perf_counter() - begun) * 1e3)

    def _picture(self, content_id: int) -> QueryPicture:
        """The file itself where it is there, so that reading it is measured too."""
        pictures = self._catalogue.pictures.get_by_content(content_id)
        for picture in pictures:
            path = Path(picture.path)
            if picture.state is PictureState.READY and path.is_file():
                return QueryPicture(path.name, path=path)
        return QueryPicture(str(content_id), content_id=content_id)


def scorecard_queries(catalogue: Catalogue, model_key: str) -> list[ScorecardQuery]:
    """Every picture whose product has another one that is not a copy of it and can be
    searched for, by content id. Two pictures are copies where their perceptual hashes are
    equal."""
    shown = catalogue.pictures.content_map()
    searchable = [ids for ids, _ in catalogue.vectors.iterate(model_key)]
    usable = np.isin(shown.content_ids, np.concatenate(searchable) if searchable else [])
    contents, products = shown.content_ids[usable], shown.product_ids[usable]
    hashed, hashes = catalogue.evidence.perceptual_hashes()
    hash_of = dict(zip(hashed.tolist(), hashes.tolist(), strict=True))
    contents_of: dict[int, list[int]] = {}
    products_of: dict[int, list[int]] = {}
    for content_id, product_id in zip(contents.tolist(), products.tolist(), strict=True):
        contents_of.setdefault(product_id, []).append(content_id)
        products_of.setdefault(content_id, []).append(product_id)
    queries = []
    for content_id, right in products_of.items():
        own = {other for product_id in right for other in contents_of[product_id]}
        if len(own) < 2:
            continue
        looks = hash_of.get(content_id)
        copies = {
            other
            for other in own
            if other == content_id or (looks is not None and hash_of.get(other) == looks)
        }
        others = {product_id: len(set(contents_of[product_id]) - copies) for product_id in right}
        if n_right := sum(others.values()):
            found_by = frozenset(product_id for product_id, count in others.items() if count)
            queries.append(ScorecardQuery(content_id, tuple(sorted(copies)), found_by, n_right))
    return queries


@dataclass(slots=True)
class _Tally:
    """What the queries found so far."""

    products: dict[str, list[RankedQuery]] = field(default_factory=dict)
    pictures: dict[str, list[RankedQuery]] = field(default_factory=dict)
    times_ms: list[float] = field(default_factory=list)
    wrong: list[WorstQuery] = field(default_factory=list)
    n_products: int = 0
    failed: int = 0

    def count(self, query: ScorecardQuery, results: SearchResults, taken_ms: float) -> None:
        self.times_ms.append(taken_ms)
        self.n_products = results.searched_products
        right = np.array(sorted(query.right), np.int64)
        views = [
            (-view.score, hit.product_id, view.content_id)
            for hit in results.hits
            for view in hit.views
        ]
        found = np.array([hit.product_id for hit in results.hits], np.int64)
        self._add(
            FUSED,
            query,
            np.isin(found, right),
            np.isin(np.array([product_id for _, product_id, _ in sorted(views)], np.int64), right),
        )
        table = results.candidates
        for place, channel in enumerate(CHANNELS):
            empty = np.empty(0, np.int64)
            by_product = by_picture = empty
            if table is not None:
                by_product, by_picture = channel_ranking(
                    table.content_ids, table.product_ids, table.scores[:, place]
                )
            self._add(channel.value, query, np.isin(by_product, right), np.isin(by_picture, right))
        self._judge(query, found)

    def scorecard(self, *, n_sampled_from: int) -> Scorecard:
        spoke = [
            name
            for name, ranked in self.pictures.items()
            if name == FUSED or any(len(query.relevance) for query in ranked)
        ]
        # The worst first: those not found at all, then by how far down they were.
        worst = sorted(
            self.wrong,
            key=lambda query: (query.right_rank > 0, -query.right_rank, query.content_id),
        )
        return Scorecard(
            scores={name: _scores(self.products[name], self.pictures[name]) for name in spoke},
            n_queries=len(self.times_ms),
            n_products=self.n_products,
            ms_p50=float(np.percentile(self.times_ms, 50)),
            ms_p95=float(np.percentile(self.times_ms, 95)),
            worst=tuple(worst[:MOST_WORST]),
            n_sampled_from=n_sampled_from - self.failed,
        )

    def _add(
        self,
        name: str,
        query: ScorecardQuery,
        products: NDArray[np.bool_],
        pictures: NDArray[np.bool_],
    ) -> None:
        label = str(min(query.right))
        self.products.setdefault(name, []).append(RankedQuery(label, products, len(query.right)))
        self.pictures.setdefault(name, []).append(RankedQuery(label, pictures, query.n_right))

    def _judge(self, query: ScorecardQuery, found: IdArray) -> None:
        places = np.flatnonzero(np.isin(found, list(query.right)))
        rank = int(places[0]) + 1 if len(places) else 0
        if rank != 1:
            first = int(found[0]) if len(found) else 0
            self.wrong.append(WorstQuery(query.content_id, min(query.right), first, rank))


def channel_ranking(
    content_ids: IdArray, product_ids: IdArray, scores: NDArray[np.float32]
) -> tuple[IdArray, IdArray]:
    """How one channel alone ranks the candidates: the products by their best picture, each
    once, and the product of every picture; by falling score, ties by id. Pictures it says
    nothing of (NaN) or finds nothing in common with (0) come in neither."""
    said = np.flatnonzero(scores > 0)
    order = said[np.lexsort((content_ids[said], product_ids[said], -scores[said]))]
    by_picture = product_ids[order]
    _, first = np.unique(by_picture, return_index=True)
    return by_picture[np.sort(first)], by_picture


def _scores(products: Sequence[RankedQuery], pictures: Sequence[RankedQuery]) -> RankingScores:
    """Recall counts products, as they are shown; precision and average precision count
    pictures, of which there may be several right ones."""
    by_product, by_picture = score_rankings(products), score_rankings(pictures)
    return replace(
        by_picture,
        recall_at_1=by_product.recall_at_1,
        recall_at_5=by_product.recall_at_5,
        recall_at_10=by_product.recall_at_10,
    )
