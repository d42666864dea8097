"""What the window shows of a catalogue, fetched in the browse lane: lists, cards, pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import Facet, ProductFilter, SavedFilter, SortOrder
from desktop_app.domain.images import IdArray
from desktop_app.domain.imports import Source
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.products import Column, Picture, Product, ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, RecentQuery
from desktop_app.domain.storage import PictureCounts
from desktop_app.services.query_pictures import load_query_picture, query_of_product
from desktop_app.workers.images import to_qimage
from desktop_app.workers.lane import Lane

PREVIEW_SIDE = 1024
TILE_SIDE = 128
FACET_COLUMNS = ("category", "brand", "availability", "size")


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Ids of the products a filter lets through, in order."""

    filter: ProductFilter
    order: SortOrder
    product_ids: IdArray


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The values of a column and how many products have each."""

    column: str
    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """The shape of a catalogue: what the tree, the filter bar and the status line show."""

    name: str
    products: int
    bookmarked: int
    pictures: PictureCounts
    facets: dict[str, tuple[Facet, ...]]
    columns: tuple[Column, ...]
    saved_filters: tuple[SavedFilter, ...]
    recent_queries: tuple[RecentQuery, ...]
    sources: tuple[Source, ...]
    undo_label: str
    redo_label: str


class Browser(QObject):
    """Reads in the browse lane; never writes.

    Signals: ``listed`` (Listing), ``sorted`` (ids, SortOrder), ``cards_read`` (list of
    ProductCard), ``overview_read``
    (Overview), ``facets_read`` (FacetCounts), ``relief_read`` (dict of ProductFilter to
    count), ``product_read`` (Product), ``skus_read`` (text, one a line), ``query_made``
    (QueryPicture, product id), ``problems_read`` (list of Picture),
    ``picture_read`` (path, QImage), ``picture_failed`` (path, UserFacingError),
    ``content_read`` (content id, QImage), ``products_of_read`` (what was asked with, product
    ids),
    ``query_previewed`` (QueryPicture, QImage), ``query_failed`` (QueryPicture,
    UserFacingError), ``tile_read`` (QueryPicture, QImage), ``more_queries_made`` (tuple of
    QueryPicture, tuple of product ids), ``failed`` (UserFacingError).
    """

    listed = Signal(object)
    sorted = Signal(object, object)
    cards_read = Signal(object)
    overview_read = Signal(object)
    facets_read = Signal(object)
    relief_read = Signal(object)
    product_read = Signal(object)
    skus_read = Signal(str)
    query_made = Signal(object, int)
    problems_read = Signal(object)
    picture_read = Signal(str, QImage)
    picture_failed = Signal(str, object)
    content_read = Signal(object, QImage)
    products_of_read = Signal(object, object)
    query_previewed = Signal(object, QImage)
    query_failed = Signal(object, object)
    tile_read = Signal(object, QImage)
    more_queries_made = Signal(object, object)
    failed = Signal(object)

    def __init__(
        self, lane: Lane, catalogue: Catalogue, reader: ImageReader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._lane = lane
        self._catalogue = catalogue
        self._reader = reader

    def list_products(self, product_filter: ProductFilter, order: SortOrder) -> None:
        """Ask for ``listed``; a newer listing supersedes an older one."""

        def work(_token: CancelToken) -> Listing:
            ids = self._catalogue.products.list_ids(product_filter, order)
            return Listing(product_filter, order, np.asarray(ids, dtype=np.int64))

        self._lane.call(work, key="list", on_done=self.listed.emit, on_failed=self.failed.emit)

    def sort_products(self, product_ids: IdArray, order: SortOrder) -> None:
        """Ask for ``sorted`` (ids, SortOrder): these products in the order of a column."""

        def work(_token: CancelToken) -> IdArray:
            every = self._catalogue.products.list_ids(ProductFilter(), order)
            return every[np.isin(every, product_ids)]

        self._lane.call(
            work,
            key="sort",
            on_done=lambda ids: self.sorted.emit(ids, order),
            on_failed=self.failed.emit,
        )

    def read_cards(self, product_ids: Sequence[int], best_views: Mapping[int, int]) -> None:
        """Ask for ``cards_read``. A product with a content id in ``best_views`` shows that
        picture instead of its main one."""
        ids = list(product_ids)

        def work(_token: CancelToken) -> list[ProductCard]:
            cards = self._catalogue.products.cards(ids)
            return [
                card_with_view(card, best_views.get(card.id), self._catalogue) for card in cards
            ]

        self._lane.call(work, on_done=self.cards_read.emit, on_failed=self.failed.emit)

    def read_overview(self) -> None:
        """Ask for ``overview_read``."""
        self._lane.call(
            lambda _token: self._overview(),
            key="overview",
            on_done=self.overview_read.emit,
            on_failed=self.failed.emit,
        )

    def read_product(self, product_id: int) -> None:
        """Ask for ``product_read``."""

        def work(_token: CancelToken) -> Product:
            return self._catalogue.products.get(product_id)

        self._lane.call(
            work, key="product", on_done=self.product_read.emit, on_failed=self.failed.emit
        )

    def read_facets(self, column: str) -> None:
        """Ask for ``facets_read``."""

        def work(_token: CancelToken) -> FacetCounts:
            return FacetCounts(column, tuple(self._catalogue.products.facets(column)))

        self._lane.call(
            work, key="facets", on_done=self.facets_read.emit, on_failed=self.failed.emit
        )

    def count_relief(self, filters: Sequence[ProductFilter]) -> None:
        """Ask for ``relief_read``: how many products each filter would leave."""
        wanted = tuple(filters)

        def work(_token: CancelToken) -> dict[ProductFilter, int]:
            return {each: len(self._catalogue.products.list_ids(each)) for each in wanted}

        self._lane.call(
            work, key="relief", on_done=self.relief_read.emit, on_failed=self.failed.emit
        )

    def read_skus(self, product_ids: Sequence[int]) -> None:
        """Ask for ``skus_read``."""
        ids = list(product_ids)

        def work(_token: CancelToken) -> str:
            return "\n".join(card.sku for card in self._catalogue.products.cards(ids))

        self._lane.call(work, on_done=self.skus_read.emit, on_failed=self.failed.emit)

    def make_query(self, product_id: int) -> None:
        """Ask for ``query_made``: a product's main picture as a query."""

        def work(_token: CancelToken) -> QueryPicture:
            return query_of_product(self._catalogue.products.get(product_id))

        self._lane.call(
            work,
            key="make-query",
            on_done=lambda picture: self.query_made.emit(picture, product_id),
            on_failed=self.failed.emit,
        )

    def read_problems(self) -> None:
        """Ask for ``problems_read``."""

        def work(_token: CancelToken) -> list[Picture]:
            return self._catalogue.pictures.problems()

        self._lane.call(
            work, key="problems", on_done=self.problems_read.emit, on_failed=self.failed.emit
        )

    def read_picture(self, path: str, max_side: int) -> None:
        """Ask for ``picture_read`` or ``picture_failed``."""

        def fail(error: UserFacingError) -> None:
            self.picture_failed.emit(path, error)

        self._lane.call(
            lambda _token: to_qimage(self._reader.decode(Path(path), max_side=max_side).rgb),
            on_done=lambda image: self.picture_read.emit(path, image),
            on_failed=fail,
        )

    def read_products_of(self, content_ids: IdArray, *, tag: object) -> None:
        """Ask for ``products_of_read`` (``tag``, ids): the products that show these pictures,
        by id."""

        def work(_token: CancelToken) -> IdArray:
            shown = self._catalogue.pictures.content_map()
            return np.unique(shown.product_ids[np.isin(shown.content_ids, content_ids)])

        self._lane.call(
            work,
            key="products-of",
            on_done=lambda ids: self.products_of_read.emit(tag, ids),
            on_failed=self.failed.emit,
        )

    def read_content(self, content_id: int) -> None:
        """Ask for ``content_read``: a picture of the catalogue of about PREVIEW_SIDE pixels,
        from its thumbnail where no file is at hand. The newest wins; nothing comes where it
        cannot be read."""
        picture = QueryPicture("", content_id=content_id)

        def work(_token: CancelToken) -> QImage:
            image = load_query_picture(
                picture, catalogue=self._catalogue, reader=self._reader, max_side=PREVIEW_SIDE
            )
            return to_qimage(image.rgb)

        self._lane.call(
            work, key="content", on_done=lambda image: self.content_read.emit(content_id, image)
        )

    def preview_query(self, picture: QueryPicture) -> None:
        """Ask for ``query_previewed``: the picture before turning and cropping."""

        def work(_token: CancelToken) -> QImage:
            image = load_query_picture(
                picture, catalogue=self._catalogue, reader=self._reader, max_side=PREVIEW_SIDE
            )
            return to_qimage(image.rgb)

        self._lane.call(
            work,
            key="preview",
            on_done=lambda image: self.query_previewed.emit(picture, image),
            on_failed=lambda error: self.query_failed.emit(picture, error),
        )

    def make_more_queries(self, product_ids: Sequence[int]) -> None:
        """Ask for ``more_queries_made``: the main pictures of products, to join a query."""
        ids = tuple(product_ids)

        def work(_token: CancelToken) -> tuple[QueryPicture, ...]:
            return tuple(query_of_product(self._catalogue.products.get(each)) for each in ids)

        self._lane.call(
            work,
            on_done=lambda pictures: self.more_queries_made.emit(pictures, ids),
            on_failed=self.failed.emit,
        )

    def read_tile(self, picture: QueryPicture) -> None:
        """Ask for ``tile_read``: a small one of the picture before turning and cropping. One
        that cannot be read is told when it is searched with."""

        def work(_token: CancelToken) -> QImage:
            image = load_query_picture(
                picture, catalogue=self._catalogue, reader=self._reader, max_side=TILE_SIDE
            )
            return to_qimage(image.rgb)

        self._lane.call(
            work,
            on_done=lambda image: self.tile_read.emit(picture, image),
            on_failed=lambda _error: None,
        )

    def _overview(self) -> Overview:
        catalogue = self._catalogue
        bookmarked = catalogue.products.list_ids(ProductFilter(bookmarked_only=True))
        return Overview(
            name=catalogue.name,
            products=catalogue.products.count(),
            bookmarked=len(bookmarked),
            pictures=catalogue.pictures.counts(),
            facets={name: tuple(catalogue.products.facets(name)) for name in FACET_COLUMNS},
            columns=catalogue.products.columns(),
            saved_filters=tuple(catalogue.saved.filters()),
            recent_queries=tuple(catalogue.saved.recent_queries()),
            sources=tuple(catalogue.imports.sources()),
            undo_label=catalogue.history.undo_label(),
            redo_label=catalogue.history.redo_label(),
        )


def card_with_view(card: ProductCard, content_id: int | None, catalogue: Catalogue) -> ProductCard:
    """The card with another picture of its product on it, where there is such a one."""
    if content_id is None:
        return card
    for picture in catalogue.pictures.get_by_content(content_id):
        if picture.product_id == card.id and picture.content_hash != card.thumbnail:
            return replace(
                card,
                thumbnail=picture.content_hash,
                main_picture_path=picture.path,
                is_other_view=True,
                view=picture.view,
            )
    return card
