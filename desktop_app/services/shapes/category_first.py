"""Searching category first: the class, the nearest grey pictures of that class, then outlines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.domain.category_first import (
    WHOLE_PIPELINE,
    CategoryFirstResults,
    CategoryFirstTiming,
    PipelineSteps,
)
from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.domain.containers import ContainerReader, ContainerReading
from desktop_app.domain.evidence import SegmentedPicture, ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceChannel
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import READING_SIDE
from desktop_app.domain.masks import Masker
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import DEFAULT_LIMIT, CategoryGuess, QueryPicture
from desktop_app.domain.shape_ports import ShapeComparer
from desktop_app.domain.shapes import DrawnOutline, ShapeHit, ShapeRequest
from desktop_app.domain.storage import ContentMap
from desktop_app.services.comparing import StoredFeatures
from desktop_app.services.query_pictures import read_view
from desktop_app.services.query_reading import mask_of_query
from desktop_app.services.search_scope import ProductRanking, SearchScope
from desktop_app.services.shapes.grey_galleries import GreyGalleries, GreyGallery
from desktop_app.services.stopwatch import Stopwatch

RE_RANKED = 100
"""Products whose silhouettes are laid over the query's: those nearest in grey."""


@dataclass(frozen=True, slots=True)
class _Near:
    """A product by its nearest content; ``distance`` is Euclidean, in [0, 2]."""

    product_id: int
    content_id: int
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    """A picture that was read. ``shape`` has no trust where no object was found."""

    picture: QueryPicture
    reading: ContainerReading
    shape: ShapeFeatures


class CategoryFirstSearch:
    """The method of "multimodal fused search for cosmetic packaging", step by step:

    1. the object is found in the picture (saliency network and refined edges) and shown alone,
       in grey, 224 pixels a side;
    2. its class of fifteen is predicted from its features;
    3. the nearest contents of that class by the Euclidean distance of their grey vectors are
       found, as stored with them;
    4. the best RE_RANKED products are put in the order of the intersection over union of their
       silhouettes with the query's, freed of place and size.

    A class predicted wrong finds nothing right: that is how the method is. :meth:`use` may be
    called from any thread, the rest from one at a time. ``masker`` makes that of the searching
    thread when a picture is first read, ``reader`` likewise the reader of classes.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        pictures: ImageReader,
        masker: Callable[[], Masker],
        reader: Callable[[], ContainerReader],
        *,
        comparer: ShapeComparer,
        channel: EvidenceChannel[ShapeFeatures],
    ) -> None:
        self._catalogue = catalogue
        self._pictures = pictures
        self._provide_masker = masker
        self._masker: Masker | None = None
        self._provide_reader = reader
        self._reader: ContainerReader | None = None
        self._comparer = comparer
        self._stored = StoredFeatures(catalogue, channel)
        self._content_map: ContentMap | None = None
        self._galleries = GreyGalleries(catalogue.containers)
        self._scope: tuple[ContentMap, GreyGallery, SearchScope] | None = None
        self._query: _Query | None = None

    def use(self, content_map: ContentMap) -> None:
        """Search what these products show from the next query on."""
        self._content_map = content_map

    def guess(self, picture: QueryPicture, token: CancelToken) -> tuple[CategoryGuess, ...]:
        """The likely classes of the object in a picture, by falling probability. Raises
        UnreadableImage, ModelUnavailable, Cancelled."""
        return self._read(picture, token).reading.guesses()

    def search(
        self,
        picture: QueryPicture,
        token: CancelToken,
        *,
        product_filter: ProductFilter | None = None,
        limit: int = DEFAULT_LIMIT,
        exclude_products: tuple[int, ...] = (),
        steps: PipelineSteps = WHOLE_PIPELINE,
    ) -> CategoryFirstResults:
        """The products of the predicted class most like the picture; fewer than ``limit`` where
        the class has fewer. Raises UnreadableImage, ModelUnavailable, Cancelled."""
        watch = Stopwatch()
        query = self._read(picture, token)
        read_ms = watch.lap_ms()
        request = ShapeRequest(
            query.shape,
            product_filter or ProductFilter(),
            limit,
            exclude_products=exclude_products,
        )
        results = CategoryFirstResults(
            request,
            (),
            0,
            0,
            container=query.reading.container,
            guesses=query.reading.guesses(),
            backbone=self._class_reader.backbone,
        )
        if self._content_map is None:
            return results
        classes = (query.reading.container,) if steps.within_class else CONTAINER_CLASSES
        gallery = self._galleries.of(classes, len(query.reading.vector))
        of_class = self._scope_of(gallery)
        scope = of_class
        if not request.filter.is_empty:
            scope = of_class.with_products(self._catalogue.products.list_ids(request.filter))
        nearest = _nearest(query.reading, gallery, scope, request)
        rank_ms = watch.lap_ms()
        token.checkpoint()
        hits = [_by_distance(near) for near in nearest]
        if steps.by_overlap and query.shape.trust > 0:
            hits = self._re_ranked(query.shape, nearest[:RE_RANKED]) + hits[RE_RANKED:]
        hits = hits[:limit]
        distance_of = {near.product_id: near.distance for near in nearest}
        return replace(
            results,
            hits=tuple(hits),
            searched_products=of_class.product_count,
            allowed_products=scope.product_count,
            grey_distances={hit.product_id: distance_of[hit.product_id] for hit in hits},
            timing=CategoryFirstTiming(read_ms, rank_ms, watch.lap_ms()),
        )

    @property
    def _class_reader(self) -> ContainerReader:
        if self._reader is None:
            self._reader = self._provide_reader()
        return self._reader

    def _read(self, picture: QueryPicture, token: CancelToken) -> _Query:
        """What was read last is kept, so that a filter does not read it again."""
        token.checkpoint()
        if self._query is not None and self._query.picture is picture:
            return self._query
        image = read_view(
            picture, catalogue=self._catalogue, reader=self._pictures, side=READING_SIDE
        )
        token.checkpoint()
        if self._masker is None:
            self._masker = self._provide_masker()
        mask = mask_of_query(image, picture, self._masker)
        token.checkpoint()
        reading = self._class_reader.read(SegmentedPicture(image, mask))
        shape = self._comparer.of_mask(mask, image.rgb)
        if shape is None:
            height, width = image.rgb.shape[:2]
            corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
            shape = replace(self._comparer.of_outline(DrawnOutline(corners)), trust=0.0)
        self._query = _Query(picture, reading, shape)
        return self._query

    def _scope_of(self, gallery: GreyGallery) -> SearchScope:
        """The contents of ``gallery`` that a product shows; kept for the next filter."""
        assert self._content_map is not None
        kept = self._scope
        if kept is None or kept[0] is not self._content_map or kept[1] is not gallery:
            whole = SearchScope.of(self._content_map)
            kept = (self._content_map, gallery, whole.with_contents(gallery.content_ids))
            self._scope = kept
        return kept[2]

    def _re_ranked(self, query: ShapeFeatures, nearest: Sequence[_Near]) -> list[ShapeHit]:
        """By falling overlap, the nearer first where that is equal. What has no silhouette of its
        own overlaps nothing."""
        stored = self._stored.get([near.content_id for near in nearest])
        overlaps = [
            overlap_of(query, stored[near.content_id]) if near.content_id in stored else 0.0
            for near in nearest
        ]
        order = np.argsort(-np.array(overlaps), kind="stable").tolist()
        return [
            ShapeHit(
                nearest[place].product_id,
                nearest[place].content_id,
                score=(1 + overlaps[place]) / 2,
                overlap=overlaps[place],
                distance=math.nan,
            )
            for place in order
        ]


def overlap_of(query: ShapeFeatures, hit: ShapeFeatures) -> float:
    """Intersection over union of two silhouettes, each centred on its centroid and scaled to
    its bounding circle, in [0, 1]."""
    both = np.count_nonzero(query.silhouette & hit.silhouette)
    either = np.count_nonzero(query.silhouette | hit.silhouette)
    return both / either if either else 0.0


def _nearest(
    reading: ContainerReading, gallery: GreyGallery, scope: SearchScope, request: ShapeRequest
) -> list[_Near]:
    """The nearest products by their nearest content, as many as are re-ranked or asked for."""
    places, products = scope.products_of(gallery.content_ids)
    kept = ~np.isin(products, np.array(request.exclude_products, np.int64))
    places, products = places[kept], products[kept]
    if not len(places):
        return []
    distances = gallery.distances(reading.vector)[places]
    content_ids = gallery.content_ids[places]
    ranking = ProductRanking(content_ids, products, -distances)
    best = [rows[0] for rows in ranking.groups(max(request.limit, RE_RANKED))]
    return [_Near(int(products[row]), int(content_ids[row]), float(distances[row])) for row in best]


def _by_distance(near: _Near) -> ShapeHit:
    score = max(0.0, 1 - near.distance / 2) / 2
    return ShapeHit(
        near.product_id, near.content_id, score=score, overlap=math.nan, distance=math.nan
    )
