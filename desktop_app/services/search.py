"""Searching by picture: from a query to the products that look like it, and why they do."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ChannelWeights, Explanation
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.fusion import LOOK_ALONE, FusionModel
from desktop_app.domain.images import IdArray
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexSnapshot
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import (
    CandidateTable,
    CategoryGuess,
    Hit,
    QueryAnalysis,
    RecentQuery,
    SearchRequest,
    SearchResults,
    SearchTiming,
)
from desktop_app.domain.storage import ContentMap
from desktop_app.services.candidates import Candidates, Proposer
from desktop_app.services.comparing import Comparer, known_scores
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.query_pictures import read_view
from desktop_app.services.query_reading import QueryReader, ReadQuery
from desktop_app.services.ranking import rank
from desktop_app.services.search_scope import SearchScope
from desktop_app.services.searchable import Searchable
from desktop_app.services.stopwatch import Stopwatch

THUMBNAIL_SIDE = 256
KEPT_FILTERS = 8
KEPT_GALLERIES = 2
"""One in use, and one that is compared with it."""

COMPARED = 320
"""Contents compared in every channel; of a longer list the rest follows by LOOK."""

FETCHED = 240
"""Contents fetched by LOOK at the least: the right one is often not among the first few."""

SMALL_GALLERY = 1000
"""Up to so many contents all are compared in every channel."""

FETCH_MARGIN = 16
FETCH_GROWTH = 4
MOST_SKIPPED = 256
"""Up to so many contents that no product shows are fetched along and dropped; beyond, the
search is restricted to the others, which takes longer than searching everything."""


class CategoryPredictor(Protocol):
    """Guesses a category. See :mod:`desktop_app.services.categories`."""

    def predict(self, vector: NDArray[np.float32]) -> tuple[CategoryGuess, ...]:
        """By falling probability; empty where none is likely."""
        ...


class Bonus(Protocol):
    """Log-odds that rules and guessed categories add."""

    def __call__(
        self, product_ids: IdArray, guesses: tuple[CategoryGuess, ...]
    ) -> NDArray[np.float64]:
        """Aligned with ``product_ids``."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Gallery:
    """What can be searched: the contents of ``snapshot`` that a product of the catalogue shows.

    ``unshown`` counts the snapshot's other contents (of removed products and pictures).
    """

    searched: Searchable
    scope: SearchScope
    unshown: int

    @property
    def snapshot(self) -> IndexSnapshot:
        return self.searched.snapshot

    def is_of(self, searched: Searchable) -> bool:
        """Whether this is what can be found in ``searched``."""
        return (
            self.searched.snapshot is searched.snapshot
            and self.searched.content_map is searched.content_map
        )


@dataclass(frozen=True, slots=True, eq=False)
class _FilteredScope:
    """What a filter left of a gallery, at one revision of the catalogue."""

    revision: int
    gallery: _Gallery
    scope: SearchScope


class SearchService:
    """Searches one catalogue. The methods ``use...`` and :meth:`remember` may be called from
    any thread, the rest from one thread at a time.

    ``embedder`` gives the embedder of the catalogue's model; it is asked at the first search
    that needs one, in the searching thread, and again when the model has changed; ``channels``
    likewise gives the other channels, None to compare in LOOK alone. Whoever provides them
    closes them. The catalogue's vectors must answer for every model that is searched with,
    learned ones included.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        embedder: Callable[[], Embedder],
        *,
        fusion: FusionModel = LOOK_ALONE,
        channels: Callable[[], EvidenceChannels] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._provide_embedder = embedder
        self._fusion = fusion
        self._embedder: Embedder | None = None
        self._queries = QueryReader(catalogue, reader, channels)
        self._comparer: Comparer | None = None
        self._published: Searchable | None = None
        # How results of each model are weighed, for those whose order changes later.
        self._fusions: dict[str, FusionModel] = {}
        self._indexes = EvidenceIndexes()
        self._categories: CategoryPredictor | None = None
        self._bonus: Bonus | None = None
        self._galleries: list[_Gallery] = []
        self._filtered: OrderedDict[tuple[ProductFilter, str], _FilteredScope] = OrderedDict()

    @property
    def fusion(self) -> FusionModel:
        """How the channels are weighed where nothing was learned of the catalogue."""
        return self._fusion

    def use(
        self,
        snapshot: IndexSnapshot,
        content_map: ContentMap,
        *,
        fusion: FusionModel | None = None,
        projection: Projection | None = None,
    ) -> None:
        """Search these from the next query on. ``projection`` is that of a learned model whose
        vectors ``snapshot`` holds; ``fusion`` weighs them, None for as ever."""
        self._published = Searchable(snapshot, content_map, fusion or self._fusion, projection)

    def use_evidence(self, indexes: EvidenceIndexes) -> None:
        """Let these propose candidates from the next query on."""
        self._indexes = indexes

    def use_categories(self, predictor: CategoryPredictor | None) -> None:
        """Guess the category of queries with this from the next one on."""
        self._categories = predictor

    def use_bonus(self, bonus: Bonus | None) -> None:
        """Add what rules and categories are worth from the next query on."""
        self._bonus = bonus

    def warm_up(self) -> None:
        """Load the models ahead of the first query. Raises ModelUnavailable."""
        if self._embedder is None:
            self._embedder = self._provide_embedder()
        self._queries.warm_up()

    def search(
        self, request: SearchRequest, token: CancelToken, *, within: Searchable | None = None
    ) -> SearchResults:
        """The products most likely to be the item of the query. As many as the limit are found
        whenever the filter leaves as many. Empty before the first :meth:`use`. ``within`` is
        searched in place of what is in use, this time.

        Raises UnreadableImage, ModelUnavailable, ProductNotFound, Cancelled, and
        UserFacingError where the catalogue's pictures were read with another model.
        """
        token.checkpoint()
        watch = Stopwatch()
        searched = within or self._published
        if searched is None:
            return SearchResults(request, (), "", 0, 0)
        gallery = self._gallery_of(searched)
        fusion = searched.fusion
        model_key, base_key = searched.snapshot.model_key, searched.base_key
        self._fusions[model_key] = fusion
        filter_ms = watch.lap_ms()
        query = self._queries.read(
            request,
            model_key=base_key,
            embedder=lambda: self._embedder_of(base_key),
            token=token,
            projection=searched.projection,
        )
        watch.lap_ms()
        scope = self._scope(request.filter, gallery)
        filter_ms += watch.lap_ms()
        candidates = self._candidates(request, query, gallery, scope, token)
        rank_ms = watch.lap_ms()
        analysis = self._analysis(query, request, fusion)
        table = self._table(
            request,
            query,
            candidates,
            scope,
            fusion=fusion,
            guesses=analysis.categories,
            token=token,
        )
        compare_ms = watch.lap_ms()
        hits = _ranked(table, analysis, request, fusion)
        return SearchResults(
            request,
            hits,
            model_key,
            searched_products=gallery.scope.product_count,
            allowed_products=scope.product_count,
            timing=SearchTiming(
                decode_ms=query.decode_ms,
                describe_ms=query.describe_ms,
                embed_ms=query.embed_ms,
                filter_ms=filter_ms,
                rank_ms=rank_ms + watch.lap_ms(),
                compare_ms=compare_ms,
            ),
            analysis=analysis,
            candidates=table,
        )

    def rerank(self, results: SearchResults, weights: ChannelWeights) -> SearchResults:
        """The same candidates in the order of other weights, within milliseconds."""
        request = replace(results.request, weights=weights)
        if results.analysis is None or results.candidates is None:
            return replace(results, request=request)
        fusion = self._fusions.get(results.model_key, self._fusion)
        hits = _ranked(results.candidates, results.analysis, request, fusion)
        return replace(results, request=request, hits=hits)

    def explain(
        self, results: SearchResults, product_id: int, token: CancelToken
    ) -> Explanation | None:
        """Why a product of ``results`` matched; None where it is not among them, or only LOOK
        was compared. Raises UnreadableImage, Cancelled."""
        hit = next((hit for hit in results.hits if hit.product_id == product_id), None)
        comparer = self._comparer
        if hit is None or comparer is None or results.analysis is None:
            return None
        found = comparer.stored(hit.content_id)
        match = None
        query = results.analysis.evidence
        if query.print is not None and found.print is not None:
            token.checkpoint()
            match = comparer.channels.print.match(query.print, found.print)
        return Explanation(product_id, hit.content_id, hit.evidence, query, found, match)

    def remember(self, results: SearchResults) -> RecentQuery | None:
        """Keep the query and what it found among the catalogue's recent queries; None where
        the catalogue is read-only. Raises UnreadableImage where the query is gone."""
        if self._catalogue.read_only:
            return None
        picture = results.request.picture
        view = read_view(
            picture, catalogue=self._catalogue, reader=self._reader, side=THUMBNAIL_SIDE
        )
        thumbnail = self._reader.encode_thumbnail(view, side=THUMBNAIL_SIDE)
        hits = [(hit.product_id, hit.score) for hit in results.hits]
        return self._catalogue.saved.remember_query(picture.label, thumbnail, hits)

    def _gallery_of(self, searched: Searchable) -> _Gallery:
        for gallery in self._galleries:
            if gallery.is_of(searched):
                return gallery
        scope = SearchScope.of(searched.content_map).with_contents(searched.snapshot.content_ids)
        unshown = searched.snapshot.size - len(scope.contents)
        gallery = _Gallery(searched, scope, unshown)
        self._galleries = [gallery, *self._galleries][:KEPT_GALLERIES]
        return gallery

    def _scope(self, product_filter: ProductFilter, gallery: _Gallery) -> SearchScope:
        if product_filter.is_empty:
            return gallery.scope
        # Asked before the list is read, so that a change in between is noticed next time.
        revision = self._catalogue.revision
        place = (product_filter, gallery.snapshot.model_key)
        kept = self._filtered.get(place)
        if kept is None or kept.revision != revision or kept.gallery is not gallery:
            product_ids = self._catalogue.products.list_ids(product_filter)
            kept = _FilteredScope(revision, gallery, gallery.scope.with_products(product_ids))
            self._filtered[place] = kept
        self._filtered.move_to_end(place)
        while len(self._filtered) > KEPT_FILTERS:
            self._filtered.popitem(last=False)
        return kept.scope

    def _candidates(
        self,
        request: SearchRequest,
        query: ReadQuery,
        gallery: _Gallery,
        scope: SearchScope,
        token: CancelToken,
    ) -> Candidates:
        """Fetches contents until they make as many products as asked, or there are no more."""
        allowed: IdArray | None = scope.contents
        available = len(scope.contents)
        fetched = max(FETCHED, 2 * request.limit + FETCH_MARGIN)
        if scope is gallery.scope and gallery.unshown <= MOST_SKIPPED:
            allowed, available = None, gallery.snapshot.size
            fetched += gallery.unshown
        if available <= SMALL_GALLERY:
            fetched = available
        proposer = Proposer(gallery.snapshot, self._indexes, self._catalogue.vectors)
        while True:
            token.checkpoint()
            candidates = proposer.candidates(query, by_look=fetched, allowed=allowed)
            places, products = scope.products_of(candidates.content_ids)
            if fetched >= available:
                return candidates
            best: dict[int, float] = {}
            for product, look in zip(
                products.tolist(), candidates.look[places].tolist(), strict=True
            ):
                best[product] = max(look, best.get(product, 0.0))
            for product in request.exclude_products:
                best.pop(product, None)
            # A product that ties with the last one asked for may come after what was fetched.
            ranked = sorted(best.values(), reverse=True)
            if len(ranked) >= request.limit and ranked[request.limit - 1] > candidates.floor:
                return candidates
            fetched *= FETCH_GROWTH

    def _analysis(
        self, query: ReadQuery, request: SearchRequest, fusion: FusionModel
    ) -> QueryAnalysis:
        first = query.views[0]
        guesses: tuple[CategoryGuess, ...] = ()
        # The categories were learned from the excluded pictures too, so would know too much.
        if self._categories is not None and not request.exclude_contents:
            guesses = self._categories.predict(first.base_vectors[0])
        trust = fusion.trust_in(first.context)
        return QueryAnalysis(first.evidence, first.context, trust, guesses)

    def _table(
        self,
        request: SearchRequest,
        query: ReadQuery,
        candidates: Candidates,
        scope: SearchScope,
        *,
        fusion: FusionModel,
        guesses: tuple[CategoryGuess, ...],
        token: CancelToken,
    ) -> CandidateTable:
        """Candidates of the scope with their products and scores."""
        places, products = scope.products_of(candidates.content_ids)
        kept = ~np.isin(products, np.array(request.exclude_products, np.int64))
        kept &= ~np.isin(
            candidates.content_ids[places], np.array(request.exclude_contents, np.int64)
        )
        places, products = places[kept], products[kept]
        shown = candidates.only(np.unique(places))
        rows = np.searchsorted(shown.content_ids, candidates.content_ids[places])
        scores = known_scores(shown)
        is_compared = np.ones(len(shown), np.bool_)
        if self._queries.channels is not None:
            if self._comparer is None:
                self._comparer = Comparer(self._catalogue, self._queries.channels)
            is_small = len(scope.contents) <= SMALL_GALLERY
            chosen = shown.best(len(shown) if is_small else COMPARED)
            scores[chosen] = self._comparer.compare(query, shown.only(chosen), fusion, token)
            is_compared[:] = False
            is_compared[chosen] = True
        bonus = np.zeros(len(products))
        if self._bonus is not None:
            bonus = self._bonus(products, guesses)
        return CandidateTable(
            shown.content_ids[rows],
            products,
            scores[rows],
            bonus,
            is_compared[rows],
            candidates.orientations,
        )

    def _embedder_of(self, model_key: str) -> Embedder:
        if self._embedder is None or self._embedder.key != model_key:
            self._embedder = self._provide_embedder()
        if self._embedder.key != model_key:
            raise UserFacingError(
                "The pictures of this catalogue were read with another model.",
                remedy="Wait until they are read again, or go back to the former model.",
                details=f"catalogue: {model_key}, chosen: {self._embedder.key}",
            )
        return self._embedder


def _ranked(
    table: CandidateTable, analysis: QueryAnalysis, request: SearchRequest, fusion: FusionModel
) -> tuple[Hit, ...]:
    return rank(
        table,
        analysis,
        fusion,
        request.weights,
        limit=request.limit,
        minimum=request.minimum_score,
    )
