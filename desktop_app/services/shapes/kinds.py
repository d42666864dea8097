"""Products of the same kind of shape: by look, grey object and outline together, and by what a
column of the catalogue calls the kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.categories import CategoryHead, CategoryStep
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import DEFAULT_LIMIT, CategoryGuess
from desktop_app.domain.shape_kinds import (
    POSTERIOR_WEIGHT,
    KindHit,
    KindResults,
    KindRows,
    KindSpace,
    by_shared_neighbours,
)
from desktop_app.domain.storage import ContentMap
from desktop_app.services.categories import CategoryService
from desktop_app.services.shapes.kind_rows import KindRowReader, head_rows

KIND_COLUMN = "shape"
KINDS = "shape-kinds"
SHORTLIST = 200
"""Contents whose neighbours are compared."""
SAMPLED = 4096
"""Pictures that the space is made of, where there are more."""
READ_AT_ONCE = 2048


@dataclass(frozen=True, slots=True, eq=False)
class _Gallery:
    """Every content with a vector: ``placed`` (n, k) in ``space``, ``posteriors`` (n, labels)
    by ``head``, aligned with ``content_ids``, which rise."""

    key: tuple[object, ...]
    head: CategoryHead | None
    content_ids: IdArray
    space: KindSpace
    placed: FloatMatrix
    posteriors: NDArray[np.float32] | None


class ShapeKinds:
    """Searches one catalogue by kind. ``categories`` learns a column of the catalogue (named
    ``shape`` unless another was chosen) from the same rows: where it has, the kinds that two
    pictures are judged to be of count beside how alike they are.

    :meth:`use` may be called from any thread, the rest from one at a time; the learning belongs
    to the writing one. The gallery is read at the first search after a change: a few seconds for
    100,000 pictures.
    """

    def __init__(
        self, catalogue: Catalogue, rows: KindRowReader, categories: CategoryService
    ) -> None:
        self.categories = categories
        self._catalogue = catalogue
        self._rows = rows
        self._content_map: ContentMap | None = None
        self._gallery: _Gallery | None = None

    def use(self, content_map: ContentMap) -> None:
        """Search what these products show from the next query on."""
        self._content_map = content_map

    def learn_if_changed(self, token: CancelToken) -> Iterator[CategoryStep]:
        """Learn the column where nothing was learned yet, enough has changed, or more is known
        of the pictures than when it was. The writing thread's. Raises Cancelled."""
        head = self.categories.head
        if head is not None and not self._catalogue.read_only:
            content_map = self._catalogue.pictures.content_map()
            _, rows = self._rows.rows(content_map.content_ids[:READ_AT_ONCE].tolist())
            if len(rows) and head_rows(rows).shape[1] > head.weights.shape[1]:
                yield from self.categories.learn(token)
        yield from self.categories.learn_if_changed(token)

    def search(
        self,
        content_id: int,
        token: CancelToken,
        *,
        product_filter: ProductFilter | None = None,
        limit: int = DEFAULT_LIMIT,
        exclude_products: tuple[int, ...] = (),
    ) -> KindResults:
        """The products whose kind is that of a picture of the catalogue, the picture itself
        left out. Empty where it was not read yet. Raises Cancelled."""
        token.checkpoint()
        gallery, content_map = self._current(token), self._content_map
        if gallery is None or content_map is None:
            return KindResults((), (), 0, 0)
        shown = np.isin(content_map.content_ids, gallery.content_ids)
        contents, products = content_map.content_ids[shown], content_map.product_ids[shown]
        searched = len(np.unique(products))
        if product_filter is not None and not product_filter.is_empty:
            passing = np.isin(products, self._catalogue.products.list_ids(product_filter))
            contents, products = contents[passing], products[passing]
        allowed = len(np.unique(products))
        kept = ~np.isin(products, exclude_products) & (contents != content_id)
        contents, products = contents[kept], products[kept]
        own = int(np.searchsorted(gallery.content_ids, content_id))
        if own == len(gallery.content_ids) or gallery.content_ids[own] != content_id:
            return KindResults((), (), searched, allowed)
        rows = np.searchsorted(gallery.content_ids, np.unique(contents))
        found, scores = _ranked(gallery, own, rows, max(SHORTLIST, 2 * limit))
        score_of = dict(zip(gallery.content_ids[found].tolist(), scores.tolist(), strict=True))
        best: dict[int, KindHit] = {}
        for content, product in zip(contents.tolist(), products.tolist(), strict=True):
            score = score_of.get(content)
            if score is not None and (product not in best or score > best[product].score):
                best[product] = KindHit(product, content, score)
        hits = sorted(best.values(), key=lambda hit: (-hit.score, hit.product_id))[:limit]
        return KindResults(tuple(hits), self._guesses(gallery, content_id), searched, allowed)

    def _guesses(self, gallery: _Gallery, content_id: int) -> tuple[CategoryGuess, ...]:
        if gallery.head is None:
            return ()
        _, rows = self._rows.rows([content_id])
        return gallery.head.guess(head_rows(rows)[0]) if len(rows) else ()

    def _current(self, token: CancelToken) -> _Gallery | None:
        content_map = self._content_map
        if content_map is None or not len(content_map.content_ids):
            return None
        head = self.categories.head
        key = (content_map, self._rows.revision, head)
        kept = self._gallery
        if kept is None or kept.key != key:
            kept = self._gallery = self._read(content_map, head, key, token)
        return kept

    def _read(
        self,
        content_map: ContentMap,
        head: CategoryHead | None,
        key: tuple[object, ...],
        token: CancelToken,
    ) -> _Gallery | None:
        ids = np.unique(content_map.content_ids)
        sample = ids
        if len(ids) > SAMPLED:
            sample = np.sort(np.random.default_rng(0).choice(ids, SAMPLED, replace=False))
        known, rows = self._rows.rows(sample.tolist())
        if not len(known):
            return None
        space = KindSpace.of(rows)
        found, placed, judged = [], [], []
        for start in range(0, len(ids), READ_AT_ONCE):
            token.checkpoint()
            known, rows = self._rows.rows(ids[start : start + READ_AT_ONCE].tolist())
            rows = _as_wide(rows, space)
            found.append(known)
            placed.append(space.place(rows))
            if head is not None:
                judged.append(_posteriors(head, rows))
        posteriors = np.concatenate(judged) if judged else None
        return _Gallery(key, head, np.concatenate(found), space, np.concatenate(placed), posteriors)


def _ranked(
    gallery: _Gallery, own: int, rows: NDArray[np.intp], limit: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The rows most like the ``own`` one, and their scores in [0, 1]."""
    rough = (gallery.placed[rows] @ gallery.placed[own]).astype(np.float64)
    agreement = np.zeros(len(rows))
    weight = 0.0
    if gallery.posteriors is not None:
        weight = POSTERIOR_WEIGHT
        agreement = gallery.posteriors[rows] @ gallery.posteriors[own]
    order = np.argsort(-(rough + weight * agreement), kind="stable")[:limit]
    chosen = np.concatenate([[own], rows[order]]).astype(np.intp)
    placed = gallery.placed[chosen].astype(np.float64)
    alike = by_shared_neighbours(placed @ placed.T)[0, 1:]
    return chosen[1:], (alike + weight * agreement[order]) / (1 + weight)


def _posteriors(head: CategoryHead, rows: KindRows) -> NDArray[np.float32]:
    vectors = head_rows(rows)
    if vectors.shape[1] != head.weights.shape[1]:
        # Learned before the pictures were looked at closer, or with another network.
        return np.full((len(rows), len(head.labels)), 1 / len(head.labels), np.float32)
    return head.probabilities(vectors).astype(np.float32)


def _as_wide(rows: KindRows, space: KindSpace) -> KindRows:
    """Parts that no picture of a batch has are as wide as those of the others."""
    _, grey, outline = space.means
    missing = len(rows), len(grey)
    return KindRows(
        rows.look,
        rows.grey if rows.grey.shape[1] == len(grey) else np.zeros(missing, np.float32),
        rows.outline
        if rows.outline.shape[1] == len(outline)
        else np.full((len(rows), len(outline)), np.nan, np.float32),
    )
