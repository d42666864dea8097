"""Searches by outline, in the search lane: the newest outline is asked with, and no search is
given up for a newer one, so that results keep coming while an outline is being dragged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.outlines import boxed_outline
from desktop_app.domain.products import Product, ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.shape_kinds import KindShapeResults
from desktop_app.domain.shapes import (
    DrawnOutline,
    LaidShapes,
    ShapeMethod,
    ShapeRequest,
    ShapeResults,
)
from desktop_app.domain.sizes import SizeKind
from desktop_app.domain.sketch_fitting import fitted
from desktop_app.domain.sketching import Sketch
from desktop_app.services.shapes.container_sizes import ContainerSizes
from desktop_app.services.workspace import Workspace
from desktop_app.workers.browsing import card_with_view
from desktop_app.workers.lane import Lane

DEFAULT_LIMIT = 60


@dataclass(frozen=True, slots=True, eq=False)
class ShapeQuery:
    """What is asked with, a drawn ``outline`` or a silhouette that is known, and what narrows
    it; see ShapeRequest. ``picture`` is the one the silhouette is of: only with it can be
    searched CATEGORY_FIRST, and only with one of the catalogue by KIND; else ``method`` is as
    good as OUTLINE."""

    outline: DrawnOutline | None = None
    shape: ShapeFeatures | None = None
    filter: ProductFilter = field(default_factory=ProductFilter)
    limit: int = DEFAULT_LIMIT
    turns: bool = False
    exclude_products: tuple[int, ...] = ()
    picture: QueryPicture | None = None
    method: ShapeMethod = ShapeMethod.OUTLINE

    def __post_init__(self) -> None:
        if (self.outline is None) == (self.shape is None):
            raise ValueError("asked with an outline or with a silhouette")

    @property
    def used_method(self) -> ShapeMethod:
        """What is searched by, given what is asked with."""
        picture, wanted = self.picture, self.method
        if picture is None or (wanted is ShapeMethod.KIND and picture.content_id is None):
            return ShapeMethod.OUTLINE
        return wanted


@dataclass(frozen=True, slots=True, eq=False)
class ProductShape:
    """A product whose outline is to be asked with, and that outline as a ``sketch``; ``shape``
    is None where none of its pictures has one. ``sizes`` are those its columns tell."""

    product: Product
    content_id: int | None
    shape: ShapeFeatures | None
    sketch: Sketch = Sketch()  # noqa: RUF009
    sizes: Mapping[SizeKind, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class PictureShape:
    """The outline of what a picture shows; ``shape`` is None where nothing stands out."""

    picture: QueryPicture
    shape: ShapeFeatures | None
    sketch: Sketch = Sketch()  # noqa: RUF009


@dataclass(frozen=True, slots=True, eq=False)
class LaidProduct:
    """A hit beside the query: ``laid`` is None where they cannot be laid on each other;
    ``height_mm`` is 0 where the product's is not known."""

    results: ShapeResults
    product: Product
    laid: LaidShapes | None
    height_mm: float


class Shaper(QObject):
    """Asks ShapeSearch.

    Signals: ``found`` (ShapeQuery, ShapeResults), ``failed`` (UserFacingError), ``ready``
    (whether anything is described), ``product_read`` (ProductShape), ``picture_read``
    (PictureShape), ``laid`` (LaidProduct), ``cards_read`` (list of ProductCard).
    """

    found = Signal(object, object)
    failed = Signal(object)
    ready = Signal(bool)
    product_read = Signal(object)
    picture_read = Signal(object)
    laid = Signal(object)
    cards_read = Signal(object)

    def __init__(
        self, workspace: Workspace, *, searching: Lane, browsing: Lane, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._searching = searching
        self._browsing = browsing
        self._sizes = ContainerSizes(workspace.catalogue)
        self._waiting: ShapeQuery | None = None
        self._is_searching = False

    @property
    def is_searching(self) -> bool:
        return self._is_searching

    def look(self) -> None:
        """Ask for ``ready``."""

        def work(_token: CancelToken) -> bool:
            proposals = self._workspace.shapes.proposals
            return proposals is not None and len(proposals.content_ids) > 0

        self._searching.call(
            work, key="shapes-ready", on_done=self.ready.emit, on_failed=self.failed.emit
        )

    def search(self, query: ShapeQuery) -> None:
        """Ask for ``found``; of several waiting the newest is searched with."""
        self._waiting = query
        if not self._is_searching:
            self._search_next()

    def forget(self) -> None:
        """What waits is not wanted any more."""
        self._waiting = None

    def read_product(self, product_id: int) -> None:
        """Ask for ``product_read``; the newest wins."""

        def work(_token: CancelToken) -> ProductShape:
            product = self._workspace.catalogue.products.get(product_id)
            for picture in product.pictures:
                if picture.content_id is None:
                    continue
                shape = self._workspace.shapes.shape_of(picture.content_id)
                if shape is not None:
                    sizes = self._sizes.of(product)
                    sketch = sketch_of(shape, sizes.get(SizeKind.HEIGHT, 0.0))
                    return ProductShape(product, picture.content_id, shape, sketch, sizes)
            return ProductShape(product, None, None)

        self._searching.call(
            work, key="shape-product", on_done=self.product_read.emit, on_failed=self.failed.emit
        )

    def read_content(self, content_id: int) -> None:
        """Ask for ``product_read`` with the outline of one of a product's pictures; the newest
        wins, and nothing comes where no product shows it any more."""

        def work(_token: CancelToken) -> ProductShape | None:
            shown = self._workspace.catalogue.pictures.get_by_content(content_id)
            if not shown:
                return None
            product = self._workspace.catalogue.products.get(shown[0].product_id)
            shape = self._workspace.shapes.shape_of(content_id)
            if shape is None:
                return ProductShape(product, None, None)
            sizes = self._sizes.of(product)
            sketch = sketch_of(shape, sizes.get(SizeKind.HEIGHT, 0.0))
            return ProductShape(product, content_id, shape, sketch, sizes)

        def done(found: ProductShape | None) -> None:
            if found is not None:
                self.product_read.emit(found)

        self._searching.call(work, key="shape-product", on_done=done, on_failed=self.failed.emit)

    def read_picture(self, picture: QueryPicture) -> None:
        """Ask for ``picture_read``: the outline of what a picture shows; the newest wins."""

        def work(token: CancelToken) -> PictureShape:
            shape = self._workspace.shapes.read(picture, token)
            if shape is None:
                return PictureShape(picture, None)
            return PictureShape(picture, shape, sketch_of(shape))

        self._searching.call(
            work,
            key="shape-picture",
            on_done=self.picture_read.emit,
            on_failed=self.failed.emit,
        )

    def lay(self, results: ShapeResults, product_id: int) -> None:
        """Ask for ``laid``; the newest wins."""

        def work(_token: CancelToken) -> LaidProduct:
            laid = self._workspace.shapes.lay(results, product_id)
            product = self._workspace.catalogue.products.get(product_id)
            height_mm = self._sizes.of(product).get(SizeKind.HEIGHT, 0.0)
            return LaidProduct(results, product, laid, height_mm)

        self._searching.call(
            work, key="shape-lay", on_done=self.laid.emit, on_failed=self.failed.emit
        )

    def read_cards(self, product_ids: Sequence[int], shown: Mapping[int, int]) -> None:
        """Ask for ``cards_read``. A product with a content id in ``shown`` shows that picture
        instead of its main one."""
        ids, contents = list(product_ids), dict(shown)

        def work(_token: CancelToken) -> list[ProductCard]:
            catalogue = self._workspace.catalogue
            cards = catalogue.products.cards(ids)
            return [card_with_view(card, contents.get(card.id), catalogue) for card in cards]

        self._browsing.call(work, on_done=self.cards_read.emit, on_failed=self.failed.emit)

    def _search_next(self) -> None:
        query, self._waiting = self._waiting, None
        if query is None:
            return
        self._is_searching = True
        self._searching.call(
            lambda token: self._search(query, token),
            on_done=lambda results: self._tell(query, results),
            on_failed=self._fail,
        )

    def _search(self, query: ShapeQuery, token: CancelToken) -> ShapeResults:
        method, picture = query.used_method, query.picture
        if method is ShapeMethod.CATEGORY_FIRST and picture is not None:
            return self._workspace.category_first.search(
                picture,
                token,
                product_filter=query.filter,
                limit=query.limit,
                exclude_products=query.exclude_products,
            )
        shapes = self._workspace.shapes
        shape = query.shape
        if shape is None:
            assert query.outline is not None
            shape = shapes.of_outline(query.outline)
        request = ShapeRequest(
            shape,
            filter=query.filter,
            limit=query.limit,
            turns=query.turns,
            exclude_products=query.exclude_products,
        )
        if method is ShapeMethod.KIND and picture is not None and picture.content_id is not None:
            return self._of_kind(picture.content_id, request, token)
        return shapes.search(request, token)

    def _of_kind(
        self, content_id: int, request: ShapeRequest, token: CancelToken
    ) -> KindShapeResults:
        found = self._workspace.kinds.search(
            content_id,
            token,
            product_filter=request.filter,
            limit=request.limit,
            exclude_products=request.exclude_products,
        )
        return KindShapeResults(
            request,
            self._workspace.shapes.laid_on(request, found.hits, token),
            found.searched_products,
            found.allowed_products,
            guesses=found.guesses,
        )

    def _tell(self, query: ShapeQuery, results: ShapeResults) -> None:
        self._is_searching = False
        self.found.emit(query, results)
        self._search_next()

    def _fail(self, error: UserFacingError) -> None:
        self._is_searching = False
        self.failed.emit(error)
        self._search_next()


def sketch_of(shape: ShapeFeatures, height_mm: float = 0.0) -> Sketch:
    """A silhouette as nodes; empty where it has no outline."""
    points = boxed_outline(shape)
    if points is None:
        return Sketch()
    return fitted(DrawnOutline(points.astype(np.float32), mm_per_unit=height_mm), is_rough=True)
