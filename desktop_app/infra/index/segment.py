"""A run of vectors that never changes: the unit of which snapshots are made."""

from __future__ import annotations

import os
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray

Found = tuple[IdArray, NDArray[np.float32]]
RowMask = NDArray[np.bool_]
Codes = NDArray[np.float16]

GRAPH_NEIGHBOURS = 32
GRAPH_BUILD_EFFORT = 80
GRAPH_SEARCH_EFFORT = 512
"""HNSW's M, efConstruction and efSearch. Measured with 400k clustered 256-d vectors: recall of
the best 60 is 0.999, of the best 100 of a harder set 0.997 at an effort of 512 and 0.98 at 256;
with a build effort of 80 a vector takes 0.6 ms of one core."""

GRAPH_LEAST_SHARE = 0.25
"""Where a filter leaves less than this, scoring what is left costs no more than the graph."""

GRAPH_MOST_FETCHED = 2048
ROWS_AT_ONCE = 16_384
"""Float16 codes that are turned into float32 together, to be multiplied with many queries."""

TIE_MARGIN = 16


class Segment:
    """Contents and their vectors as float16 codes, optionally with an HNSW graph over them.

    Both kinds of FAISS index compute the inner product of the float32 query with the float16
    code, so a score does not depend on the segment a vector lies in, and what the graph finds
    is scored exactly. Safe for searches from many threads at once.
    """

    def __init__(self, ids: IdArray, index: Any) -> None:
        """``index`` is an IndexScalarQuantizer or IndexHNSWSQ whose row i is ``ids[i]``."""
        self.ids = ids
        self.index = index
        self.is_graph = isinstance(index, faiss.IndexHNSW)
        self._exact = faiss.downcast_index(index.storage) if self.is_graph else index
        rising = bool((ids[1:] > ids[:-1]).all())
        self._order = None if rising else np.argsort(ids)
        self._allowed: tuple[IdArray, RowMask] | None = None

    @classmethod
    def exact(cls, ids: IdArray, *codes: Codes) -> Segment:
        """A segment without a graph over the rows of all ``codes``, at least one."""
        index = faiss.IndexScalarQuantizer(
            codes[0].shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        for part in codes:
            if len(part):
                index.add_sa_codes(np.ascontiguousarray(part).view(np.uint8))
        return cls(ids, index)

    @property
    def size(self) -> int:
        return len(self.ids)

    @property
    def codes(self) -> Codes:
        """Shape (size, dimension): the stored vectors themselves, not a copy. They live as
        long as the segment."""
        count = self.size * self._exact.code_size
        if not count:
            return np.empty((0, self._exact.d), np.float16)
        raw = faiss.rev_swig_ptr(self._exact.codes.data(), count)
        codes: Codes = raw.view(np.float16).reshape(self.size, self._exact.d)
        return codes

    def positions(self, content_ids: IdArray) -> NDArray[np.intp]:
        """The row of each content, -1 where it is not here."""
        if not self.size:
            return np.full(len(content_ids), -1, np.intp)
        places = np.searchsorted(self.ids, content_ids, sorter=self._order)
        places = np.minimum(places, self.size - 1)
        rows = places if self._order is None else self._order[places]
        return np.where(self.ids[rows] == content_ids, rows, -1)

    def rows_of(self, allowed: IdArray) -> RowMask:
        """Which rows are among ``allowed``. The last answer is kept for that very array."""
        kept = self._allowed
        if kept is not None and kept[0] is allowed:
            return kept[1]
        mask = np.isin(self.ids, allowed, assume_unique=True)
        self._allowed = (allowed, mask)
        return mask

    def search(self, query: NDArray[np.float32], limit: int, rows: RowMask | None) -> Found:
        """The ``limit`` best of ``rows`` (None: of all), or as many as there are, by falling
        score, ties by id."""
        matching = self.size if rows is None else int(np.count_nonzero(rows))
        limit = min(limit, matching)
        if limit == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # A parallel region for one query gains nothing, and its barrier costs milliseconds
        # on a busy machine. FAISS keeps the number for each calling thread.
        faiss.omp_set_num_threads(1)
        share = matching / self.size
        if self.is_graph and share >= GRAPH_LEAST_SHARE and limit <= GRAPH_MOST_FETCHED:
            found = self._search_graph(query, limit, rows, share)
            if len(found[0]) == limit:
                return found
        return self._search_exact(query, limit, rows, matching)

    def search_many(self, queries: FloatMatrix, limit: int, rows: RowMask | None) -> Found:
        """The ``limit`` best of ``rows`` for each of ``queries`` (n, dimension), as (n, m) ids
        and scores, in any order; m may exceed ``limit``, and -1 fills up."""
        matching = self.size if rows is None else int(np.count_nonzero(rows))
        if not matching or limit < 1:
            return np.empty((len(queries), 0), np.int64), np.empty((len(queries), 0), np.float32)
        faiss.omp_set_num_threads(os.cpu_count() or 1)
        if self.is_graph and matching / self.size >= GRAPH_LEAST_SHARE:
            selector = None if rows is None else _selector(rows)
            effort = max(GRAPH_SEARCH_EFFORT, 2 * limit)
            parameters = faiss.SearchParametersHNSW(efSearch=effort, sel=selector)
            scores, places = self.index.search(
                np.ascontiguousarray(queries), limit, params=parameters
            )
            return self._named(places, scores)
        all_ids, all_scores = [], []
        codes, places = self.codes, np.arange(self.size) if rows is None else np.flatnonzero(rows)
        for start in range(0, matching, ROWS_AT_ONCE):
            chosen = places[start : start + ROWS_AT_ONCE]
            block = codes[chosen] if rows is not None else codes[start : start + ROWS_AT_ONCE]
            # Twice as fast as numpy's conversion; numpy's partition is faster than FAISS's heaps.
            vectors = self._exact.sa_decode(np.ascontiguousarray(block).view(np.uint8))
            scores = queries @ vectors.T
            best = min(limit, len(chosen))
            nearest = np.argpartition(scores, -best, axis=1)[:, -best:]
            scores = np.take_along_axis(scores, nearest, axis=1)
            ids, scores = self._named(chosen[nearest], scores)
            all_ids.append(ids)
            all_scores.append(scores)
        return np.concatenate(all_ids, axis=1), np.concatenate(all_scores, axis=1)

    def _named(self, places: NDArray[np.int64], scores: NDArray[np.float32]) -> Found:
        is_found = places >= 0
        ids = np.where(is_found, self.ids[places], -1)
        return ids, np.where(is_found, np.clip(scores, -1.0, 1.0), np.float32(-1.0))

    def _search_exact(
        self, query: NDArray[np.float32], limit: int, rows: RowMask | None, matching: int
    ) -> Found:
        parameters = None if rows is None else faiss.SearchParameters(sel=_selector(rows))
        fetched = min(limit + TIE_MARGIN, matching)
        while True:
            ids, scores = self._ranked(self._exact, query, fetched, parameters)
            # FAISS cuts among equal scores as it likes: look past them, or there is no order.
            if fetched == matching or scores[limit - 1] > scores[-1]:
                return ids[:limit], scores[:limit]
            fetched = min(fetched * 4, matching)

    def _search_graph(
        self, query: NDArray[np.float32], limit: int, rows: RowMask | None, share: float
    ) -> Found:
        effort = int(max(GRAPH_SEARCH_EFFORT, 2 * limit) / share)
        selector = None if rows is None else _selector(rows)
        parameters = faiss.SearchParametersHNSW(efSearch=effort, sel=selector)
        return self._ranked(self.index, query, limit, parameters)

    def _ranked(self, index: Any, query: NDArray[np.float32], limit: int, parameters: Any) -> Found:
        scores, rows = index.search(query[np.newaxis], limit, params=parameters)
        known = rows[0] >= 0  # FAISS fills up with -1 where it finds fewer
        return ranked(self.ids[rows[0][known]], scores[0][known])


def encoded(vectors: FloatMatrix) -> Codes:
    """Float16 codes as FAISS makes them (round to nearest even)."""
    return vectors.astype(np.float16)


def new_graph(dimension: int) -> Any:
    """An empty HNSW index over float16 codes."""
    graph = faiss.IndexHNSWSQ(
        dimension, faiss.ScalarQuantizer.QT_fp16, GRAPH_NEIGHBOURS, faiss.METRIC_INNER_PRODUCT
    )
    graph.hnsw.efConstruction = GRAPH_BUILD_EFFORT
    return graph


def ranked(ids: IdArray, scores: NDArray[np.float32], limit: int | None = None) -> Found:
    """By falling score, ties by id. Rounding takes a unit vector's product with itself a hair
    past 1; that is cut off."""
    scores = np.clip(scores, -1.0, 1.0)
    order = np.lexsort((ids, -scores))[:limit]
    return ids[order], scores[order]


def _selector(rows: RowMask) -> Any:
    return faiss.IDSelectorBitmap(np.packbits(rows, bitorder="little"))
