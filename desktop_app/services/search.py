"""Searching by picture: from a query to the products that look like it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import DecodedImage, IdArray
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexSnapshot
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import (
    Hit,
    QueryPicture,
    RecentQuery,
    SearchRequest,
    SearchResults,
    SearchTiming,
)
from desktop_app.domain.storage import ContentMap
from desktop_app.services.query_pictures import read_view
from desktop_app.services.search_scope import ProductRanking, SearchScope

QUERY_SIDE = 768
THUMBNAIL_SIDE = 256
KEPT_FILTERS = 8
FETCH_MARGIN = 16
FETCH_GROWTH = 4
MOST_SKIPPED = 256
"""Up to so many contents that no product shows are fetched along and dropped; beyond, the
search is restricted to the others, which takes longer than searching everything."""


@dataclass(frozen=True, slots=True, eq=False)
class _Gallery:
    """What can be searched: the contents of ``snapshot`` that a product of the catalogue shows.

    ``unshown`` counts the snapshot's other contents (of removed products and pictures).
    """

    snapshot: IndexSnapshot
    content_map: ContentMap
    scope: SearchScope
    unshown: int


@dataclass(frozen=True, slots=True, eq=False)
class _FilteredScope:
    """What a filter left of a gallery, at one revision of the catalogue."""

    revision: int
    gallery: _Gallery
    scope: SearchScope


class _Stopwatch:
    """Milliseconds since the last lap."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def lap_ms(self) -> float:
        since, self._since = self._since, time.perf_counter()
        return (self._since - since) * 1e3


class SearchService:
    """Searches one catalogue. :meth:`use` and :meth:`remember` may be called from any thread,
    the rest from one thread at a time.

    ``embedder`` gives the embedder of the catalogue's model; it is asked at the first search
    that needs one, in the searching thread, and again when the model has changed. Whoever
    provides it closes it.
    """

    def __init__(
        self, catalogue: Catalogue, reader: ImageReader, embedder: Callable[[], Embedder]
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._provide_embedder = embedder
        self._embedder: Embedder | None = None
        self._published: tuple[IndexSnapshot, ContentMap] | None = None
        self._gallery: _Gallery | None = None
        self._filtered: OrderedDict[ProductFilter, _FilteredScope] = OrderedDict()

    def use(self, snapshot: IndexSnapshot, content_map: ContentMap) -> None:
        """Search these from the next query on."""
        self._published = (snapshot, content_map)

    def warm_up(self) -> None:
        """Load the model ahead of the first query. Raises ModelUnavailable."""
        if self._embedder is None:
            self._embedder = self._provide_embedder()

    def search(self, request: SearchRequest, token: CancelToken) -> SearchResults:
        """The products most like the query. As many as the limit are found whenever the
        filter leaves as many. Empty before the first :meth:`use`.

        Raises UnreadableImage, ModelUnavailable, Cancelled, and UserFacingError where the
        catalogue's pictures were read with another model.
        """
        token.checkpoint()
        watch = _Stopwatch()
        gallery = self._current_gallery()
        if gallery is None:
            return SearchResults(request, (), "", 0, 0)
        filter_ms = watch.lap_ms()
        query, decode_ms, embed_ms = self._query_vector(request.picture, gallery, token)
        watch.lap_ms()
        scope = self._scope(request.filter, gallery)
        filter_ms += watch.lap_ms()
        hits = _find(request, query, gallery, scope, token)
        return SearchResults(
            request,
            hits,
            gallery.snapshot.model_key,
            searched_products=gallery.scope.product_count,
            allowed_products=scope.product_count,
            timing=SearchTiming(decode_ms, embed_ms, filter_ms, watch.lap_ms()),
        )

    def remember(self, results: SearchResults) -> RecentQuery | None:
        """Keep the query and what it found among the catalogue's recent queries; None where
        the catalogue is read-only. Raises UnreadableImage where the query is gone."""
        if self._catalogue.read_only:
            return None
        picture = results.request.picture
        rgb = read_view(
            picture, catalogue=self._catalogue, reader=self._reader, side=THUMBNAIL_SIDE
        )
        height, width = rgb.shape[:2]
        thumbnail = self._reader.encode_thumbnail(
            DecodedImage(rgb, None, width, height), side=THUMBNAIL_SIDE
        )
        hits = [(hit.product_id, hit.score) for hit in results.hits]
        return self._catalogue.saved.remember_query(picture.label, thumbnail, hits)

    def _current_gallery(self) -> _Gallery | None:
        if self._published is None:
            return None
        snapshot, content_map = self._published
        gallery = self._gallery
        if (
            gallery is None
            or gallery.snapshot is not snapshot
            or gallery.content_map is not content_map
        ):
            scope = SearchScope.of(content_map).with_contents(snapshot.content_ids)
            unshown = snapshot.size - len(scope.contents)
            gallery = self._gallery = _Gallery(snapshot, content_map, scope, unshown)
        return gallery

    def _scope(self, product_filter: ProductFilter, gallery: _Gallery) -> SearchScope:
        if product_filter.is_empty:
            return gallery.scope
        # Asked before the list is read, so that a change in between is noticed next time.
        revision = self._catalogue.revision
        kept = self._filtered.get(product_filter)
        if kept is None or kept.revision != revision or kept.gallery is not gallery:
            product_ids = self._catalogue.products.list_ids(product_filter)
            kept = _FilteredScope(revision, gallery, gallery.scope.with_products(product_ids))
            self._filtered[product_filter] = kept
        self._filtered.move_to_end(product_filter)
        while len(self._filtered) > KEPT_FILTERS:
            self._filtered.popitem(last=False)
        return kept.scope

    def _query_vector(
        self, picture: QueryPicture, gallery: _Gallery, token: CancelToken
    ) -> tuple[NDArray[np.float32], float, float]:
        """The vector, and the milliseconds of decoding and of embedding."""
        watch = _Stopwatch()
        model_key = gallery.snapshot.model_key
        as_stored = picture.crop.is_whole and picture.quarter_turns % 4 == 0
        if picture.content_id is not None and as_stored:
            _, stored = self._catalogue.vectors.get(model_key, [picture.content_id])
            if stored.any():  # a damaged vector may be stored as zeros
                return stored[0], watch.lap_ms(), 0.0
        rgb = read_view(picture, catalogue=self._catalogue, reader=self._reader, side=QUERY_SIDE)
        decode_ms = watch.lap_ms()
        token.checkpoint()
        vector = self._embedder_of(model_key).embed([rgb])[0]
        return vector, decode_ms, watch.lap_ms()

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


def _find(
    request: SearchRequest,
    query: NDArray[np.float32],
    gallery: _Gallery,
    scope: SearchScope,
    token: CancelToken,
) -> tuple[Hit, ...]:
    """Fetches contents until they make as many products as asked, or there are no more."""
    allowed: IdArray | None = scope.contents
    available = len(scope.contents)
    fetched = 2 * request.limit + FETCH_MARGIN
    if scope is gallery.scope and gallery.unshown <= MOST_SKIPPED:
        allowed, available = None, gallery.snapshot.size
        fetched += gallery.unshown
    while True:
        token.checkpoint()
        content_ids, scores = gallery.snapshot.search(query, fetched, allowed=allowed)
        ranking = ProductRanking(scope, content_ids, scores, excluded=request.exclude_products)
        if len(content_ids) < fetched or fetched >= available:
            break
        # A product that ties with the last one asked for may come after what was fetched.
        worst = scores[-1]
        if worst < request.minimum_score or (
            len(ranking) >= request.limit and ranking.best_scores[request.limit - 1] > worst
        ):
            break
        fetched *= FETCH_GROWTH
    return ranking.hits(request.limit, request.minimum_score)
