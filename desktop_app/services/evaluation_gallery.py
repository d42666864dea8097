"""The labelled pictures that an evaluation searches in, as products of a catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray
from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.services.evaluation_manifest import LabelledPicture

PRODUCTS_PER_BATCH = 500


class MeasuredWorkspace(Protocol):
    """An empty catalogue to measure in. See :class:`desktop_app.services.workspace.Workspace`."""

    catalogue: Catalogue

    @property
    def search(self) -> Any: ...

    def index(self, token: CancelToken) -> Iterator[object]: ...

    def enrich(self, token: CancelToken) -> Iterator[object]: ...

    def publish_contents(self) -> None: ...


class EvaluationGallery:
    """The gallery as products of the workspace; ``product_ids`` (sorted) are those that can be
    found, ``labels`` (as long) theirs."""

    def __init__(self, workspace: MeasuredWorkspace, pictures: Sequence[LabelledPicture]) -> None:
        self._workspace = workspace
        self._pictures = pictures
        self._by_product: dict[int, LabelledPicture] = {}
        self.product_ids: IdArray = np.empty(0, np.int64)
        self.labels: NDArray[np.object_] = np.empty(0, object)
        self.problems: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def read(self, token: CancelToken, *, enrich: bool) -> None:
        """Import and index; raises Cancelled."""
        catalogue = self._workspace.catalogue
        source = catalogue.imports.remember_source(
            ImportRequest(SourceKind.FILES, tuple(picture.path for picture in self._pictures[:1]))
        )
        for start in range(0, len(self._pictures), PRODUCTS_PER_BATCH):
            batch = self._pictures[start : start + PRODUCTS_PER_BATCH]
            catalogue.imports.write_products(
                source,
                [
                    (ProductFields(f"{start + place:08}"), [(picture.path, "", 0, 0)])
                    for place, picture in enumerate(batch)
                ],
            )
        for _step in self._workspace.index(token):
            token.checkpoint()
        self._workspace.publish_contents()
        if enrich:
            for _step in self._workspace.enrich(token):
                token.checkpoint()
        self.problems = {p.path: p.problem for p in catalogue.pictures.problems(limit=10**6)}
        by_sku = catalogue.products.ids_by_sku()
        self._by_product = {
            by_sku[f"{place:08}"]: picture
            for place, picture in enumerate(self._pictures)
            if str(picture.path) not in self.problems
        }
        self.product_ids = np.array(sorted(self._by_product), np.int64)
        self.labels = np.array(
            [self._by_product[product_id].label for product_id in self.product_ids.tolist()],
            dtype=object,
        )
        self._counts = Counter(self.labels.tolist())

    def request(
        self, query: LabelledPicture, *, own_product: int | None = None
    ) -> SearchRequest | None:
        """What to search with a picture, which is not to find ``own_product``; None where it
        has no label, or none of the others has it."""
        if not query.label or self.count_of(query.label) - (own_product is not None) < 1:
            return None
        return SearchRequest(
            QueryPicture(query.path.name, path=query.path),
            limit=len(self.product_ids),
            exclude_products=() if own_product is None else (own_product,),
        )

    def count_of(self, label: str) -> int:
        """How many pictures have the label."""
        return self._counts[label]

    def picture_of(self, product_id: int) -> LabelledPicture:
        return self._by_product[product_id]

    def is_right(self, product_ids: IdArray, label: str) -> NDArray[np.bool_]:
        """Which of these, all of the gallery, have the label."""
        labels = self.labels[np.searchsorted(self.product_ids, product_ids)]
        return np.array(labels == label, np.bool_)
