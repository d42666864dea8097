"""Searching by outline: from a silhouette to the products that have it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceChannel
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import READING_SIDE, IdArray
from desktop_app.domain.masks import Masker
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.shape_kinds import KindHit
from desktop_app.domain.shape_ports import ShapeComparer, ShapeProposals
from desktop_app.domain.shapes import (
    DrawnOutline,
    LaidShapes,
    ShapeHit,
    ShapeRequest,
    ShapeResults,
)
from desktop_app.domain.storage import ContentMap
from desktop_app.services.comparing import StoredFeatures
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.query_pictures import read_view
from desktop_app.services.query_reading import mask_of_query
from desktop_app.services.search_scope import ProductRanking, SearchScope
from desktop_app.services.stopwatch import Stopwatch

COMPARED = 200
"""Contents laid on the query, one by one: those whose vectors are nearest."""
_GROWTH = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Published:
    """What is searched, and ``scope``: the contents with an outline that a product shows."""

    proposals: ShapeProposals
    content_map: ContentMap
    scope: SearchScope


@dataclass(frozen=True, slots=True, eq=False)
class _Filtered:
    """What a filter left at one revision of the catalogue."""

    published: _Published
    filter: ProductFilter
    revision: int
    scope: SearchScope


class ShapeSearch:
    """Searches one catalogue by outline. The methods ``use...`` and ``proposals`` may be called
    from any thread, the rest from one thread at a time.

    ``masker`` makes the masker of the searching thread when a picture is first read;
    ``channel`` unpacks what is stored.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        masker: Callable[[], Masker],
        comparer: ShapeComparer,
        channel: EvidenceChannel[ShapeFeatures],
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._provide_masker = masker
        self._masker: Masker | None = None
        self._comparer = comparer
        self._stored = StoredFeatures(catalogue, channel)
        self._content_map: ContentMap | None = None
        self._proposals: ShapeProposals | None = None
        self._published: _Published | None = None
        self._filtered: _Filtered | None = None

    def use(self, content_map: ContentMap) -> None:
        """Search what these products show from the next query on."""
        self._content_map = content_map

    def use_evidence(self, indexes: EvidenceIndexes) -> None:
        """Let these propose candidates from the next query on."""
        self._proposals = indexes.shapes

    @property
    def proposals(self) -> ShapeProposals | None:
        """What is searched; None where nothing has been published yet."""
        return self._proposals

    def search(self, request: ShapeRequest, token: CancelToken) -> ShapeResults:
        """The products whose outline is most like the one asked for: as many as the limit
        whenever the filter leaves as many. Empty before anything is published. Raises
        Cancelled."""
        token.checkpoint()
        published = self._current()
        if published is None:
            return ShapeResults(request, (), 0, 0)
        scope = self._scope(request.filter, published)
        watch = Stopwatch()
        allowed = None if scope is published.scope else scope.contents
        available = len(scope.contents)
        unshown = len(published.proposals.content_ids) - len(published.scope.contents)
        wanted = max(COMPARED, 2 * request.limit)
        if allowed is None and unshown:
            allowed = scope.contents
        propose_ms = compare_ms = 0.0
        while True:
            token.checkpoint()
            watch.lap_ms()
            ids, _ = published.proposals.propose(
                request.shape, wanted, turns=request.turns, allowed=allowed
            )
            propose_ms += watch.lap_ms()
            _, products = scope.products_of(ids)
            found = np.unique(products[~np.isin(products, request.exclude_products)])
            if len(found) >= request.limit or wanted >= available:
                break
            wanted *= _GROWTH
        hits = self._compared(request, ids, scope, token)
        compare_ms = watch.lap_ms()
        return ShapeResults(
            request,
            hits,
            searched_products=published.scope.product_count,
            allowed_products=scope.product_count,
            propose_ms=propose_ms,
            compare_ms=compare_ms,
        )

    def shape_of(self, content_id: int) -> ShapeFeatures | None:
        """What the catalogue holds of one content; None where it has no outline."""
        return self._stored.get([content_id]).get(content_id)

    def shapes_of(self, content_ids: Sequence[int]) -> dict[int, ShapeFeatures]:
        """By content id; those without an outline are left out."""
        return self._stored.get(content_ids)

    def read(self, picture: QueryPicture, token: CancelToken) -> ShapeFeatures | None:
        """The silhouette of the object in a picture, turned, cropped and marked as it says;
        None where no object is found. Raises UnreadableImage, ModelUnavailable, Cancelled."""
        token.checkpoint()
        image = read_view(
            picture, catalogue=self._catalogue, reader=self._reader, side=READING_SIDE
        )
        token.checkpoint()
        if self._masker is None:
            self._masker = self._provide_masker()
        mask = mask_of_query(image, picture, self._masker)
        return self._comparer.of_mask(mask, image.rgb)

    def of_outline(self, outline: DrawnOutline) -> ShapeFeatures:
        """See ShapeComparer."""
        return self._comparer.of_outline(outline)

    def lay(self, results: ShapeResults, product_id: int) -> LaidShapes | None:
        """The query of ``results`` laid on one of its hits; None where that is not possible, or
        the product is not among them."""
        for hit in results.hits:
            if hit.product_id == product_id:
                found = self.shape_of(hit.content_id)
                if found is None:
                    return None
                request = results.request
                return self._comparer.lay(request.shape, found, turns=request.turns)
        return None

    def laid_on(
        self, request: ShapeRequest, found: Sequence[KindHit], token: CancelToken
    ) -> tuple[ShapeHit, ...]:
        """What was found another way, in its own order and with its own scores, each as its
        outline lies on the one asked for; see KindShapeResults. Raises Cancelled."""
        stored = self._stored.get([hit.content_id for hit in found])
        token.checkpoint()
        known = [content_id for content_id in stored if stored[content_id].trust > 0]
        agreement = self._comparer.compare(
            request.shape, [stored[content_id] for content_id in known], turns=request.turns
        )
        place_of = {content_id: place for place, content_id in enumerate(known)}
        hits = []
        for hit in found:
            place = place_of.get(hit.content_id)
            bare = ShapeHit(hit.product_id, hit.content_id, hit.score, math.nan, math.nan)
            if place is not None and not math.isnan(agreement.scores[place]):
                bare = replace(
                    bare,
                    overlap=float(agreement.overlaps[place]),
                    distance=float(agreement.distances[place]),
                    orientation=agreement.orientations[place],
                )
            hits.append(bare)
        return tuple(hits)

    def _compared(
        self, request: ShapeRequest, ids: IdArray, scope: SearchScope, token: CancelToken
    ) -> tuple[ShapeHit, ...]:
        stored = self._stored.get(ids.tolist())
        token.checkpoint()
        known = np.array([content_id for content_id in ids.tolist() if content_id in stored])
        if not known.size:
            return ()
        found = self._comparer.compare(
            request.shape, [stored[int(content_id)] for content_id in known], turns=request.turns
        )
        token.checkpoint()
        places, products = scope.products_of(known)
        kept = ~np.isin(products, request.exclude_products) & ~np.isnan(found.scores[places])
        places, products = places[kept], products[kept]
        ranking = ProductRanking(known[places], products, found.scores[places])
        hits = []
        for rows in ranking.groups(request.limit):
            place = int(places[rows[0]])
            hits.append(
                ShapeHit(
                    product_id=int(products[rows[0]]),
                    content_id=int(known[place]),
                    score=float(found.scores[place]),
                    overlap=float(found.overlaps[place]),
                    distance=float(found.distances[place]),
                    orientation=found.orientations[place],
                )
            )
        return tuple(hits)

    def _current(self) -> _Published | None:
        proposals, content_map = self._proposals, self._content_map
        if proposals is None or content_map is None:
            return None
        kept = self._published
        if kept is None or kept.proposals is not proposals or kept.content_map is not content_map:
            scope = SearchScope.of(content_map).with_contents(proposals.content_ids)
            kept = self._published = _Published(proposals, content_map, scope)
        return kept

    def _scope(self, product_filter: ProductFilter, published: _Published) -> SearchScope:
        if product_filter.is_empty:
            return published.scope
        # Asked before the list is read, so that a change in between is noticed next time.
        revision = self._catalogue.revision
        kept = self._filtered
        if (
            kept is None
            or kept.published is not published
            or kept.revision != revision
            or kept.filter != product_filter
        ):
            scope = published.scope.with_products(self._catalogue.products.list_ids(product_filter))
            kept = self._filtered = _Filtered(published, product_filter, revision, scope)
        return kept.scope
