"""An immutable index made of segments, so that adding a batch to 100k vectors costs little.

Segments are kept like the runs of a log-structured merge tree: each is more than
``MERGE_RATIO`` times the size of the next, and an added batch is merged with its forerunners
until that holds. A vector is so copied a logarithmic number of times, and snapshots share
every segment that did not change. A removed or replaced vector stays in its segment and is
masked out, until the segment is rewritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.infra.index.checks import require_queries, require_query, require_vectors
from desktop_app.infra.index.segment import Codes, Found, RowMask, Segment, encoded, ranked

MERGE_RATIO = 2
MOST_DEAD_SHARE = 0.5
QUERIES_AT_ONCE = 1024
"""So many share the work of turning float16 codes into float32."""

ROUNDING = 2.5e-3
"""Two roundings to float16 move a unit vector less far than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment and which of its rows still hold; ``alive`` None means all."""

    segment: Segment
    alive: RowMask | None = None

    @property
    def size(self) -> int:
        return self.segment.size if self.alive is None else int(np.count_nonzero(self.alive))

    @property
    def ids(self) -> IdArray:
        return self.segment.ids if self.alive is None else self.segment.ids[self.alive]

    @property
    def codes(self) -> Codes:
        return self.segment.codes if self.alive is None else self.segment.codes[self.alive]

    def positions(self, content_ids: IdArray) -> NDArray[np.intp]:
        """The living row of each content, -1 where there is none."""
        rows = self.segment.positions(content_ids)
        if self.alive is None:
            return rows
        return np.where((rows >= 0) & self.alive[rows], rows, -1)

    def without(self, content_ids: IdArray) -> Part:
        rows = self.positions(content_ids)
        rows = rows[rows >= 0]
        if not rows.size:
            return self
        alive = np.ones(self.segment.size, np.bool_) if self.alive is None else self.alive.copy()
        alive[rows] = False
        return Part(self.segment, alive)

    def search_many(self, queries: FloatMatrix, limit: int) -> Found:
        """As in Segment."""
        return self.segment.search_many(queries, limit, self.alive)

    def search(self, query: NDArray[np.float32], limit: int, allowed: IdArray | None) -> Found:
        rows = self.alive
        if allowed is not None:
            passing = self.segment.rows_of(allowed)
            rows = passing if rows is None else passing & rows
        return self.segment.search(query, limit, rows)


class FaissSnapshot:
    """The IndexSnapshot port over FAISS. ``dimension`` is 0 until there is a vector."""

    def __init__(self, model_key: str, parts: Sequence[Part] = (), *, dimension: int = 0) -> None:
        """At most one part is a graph, the first. No content is alive in two parts."""
        self.model_key = model_key
        self.parts = tuple(parts)
        self.dimension = dimension
        self.size = sum(part.size for part in self.parts)

    @property
    def graph(self) -> Part | None:
        """The part with a graph, if there is one."""
        first = self.parts[:1]
        return first[0] if first and first[0].segment.is_graph else None

    @property
    def exact_parts(self) -> tuple[Part, ...]:
        """The parts that are searched row by row."""
        return self.parts if self.graph is None else self.parts[1:]

    @cached_property
    def content_ids(self) -> IdArray:
        """Sorted."""
        return np.sort(
            np.concatenate([np.empty(0, np.int64), *(part.ids for part in self.parts)]),
            kind="stable",  # merges runs, and the parts are runs
        )

    def search(
        self, query: NDArray[np.float32], limit: int, *, allowed: IdArray | None = None
    ) -> Found:
        """Raises ValueError where ``query`` is not a finite float32 unit vector."""
        require_query(query, self.dimension)
        if limit < 1 or not self.size:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        found = [part.search(query, limit, allowed) for part in self.parts]
        if len(found) == 1:
            return found[0]
        return ranked(
            np.concatenate([ids for ids, _ in found]),
            np.concatenate([scores for _, scores in found]),
            limit,
        )

    def search_many(self, queries: FloatMatrix, limit: int) -> tuple[IdArray, NDArray[np.float32]]:
        """Raises ValueError where ``queries`` are not finite float32 unit rows."""
        require_queries(queries, self.dimension)
        all_ids = np.full((len(queries), limit), -1, np.int64)
        all_scores = np.full((len(queries), limit), -1.0, np.float32)
        for start in range(0, len(queries), QUERIES_AT_ONCE):
            rows = slice(start, start + QUERIES_AT_ONCE)
            found = [part.search_many(queries[rows], limit) for part in self.parts]
            ids = np.concatenate([all_ids[rows], *(ids for ids, _ in found)], axis=1)
            scores = np.concatenate([all_scores[rows], *(scores for _, scores in found)], axis=1)
            # What fills up comes after what scores as low.
            order = np.lexsort((ids, ids < 0, -scores), axis=1)[:, :limit]
            all_ids[rows] = np.take_along_axis(ids, order, axis=1)
            all_scores[rows] = np.take_along_axis(scores, order, axis=1)
        return all_ids, all_scores

    def extended(self, content_ids: IdArray, vectors: FloatMatrix) -> FaissSnapshot:
        """With these vectors added, or put in the place of those the contents had."""
        require_vectors(content_ids, vectors, self.dimension)
        if not len(content_ids):
            return self
        added = Part(Segment.exact(content_ids.copy(), encoded(vectors)))
        parts = [part.without(content_ids) for part in self.parts]
        return FaissSnapshot(self.model_key, _merged([*parts, added]), dimension=vectors.shape[1])

    def without(self, content_ids: IdArray) -> FaissSnapshot:
        """With these contents gone; those that are not here are passed over."""
        parts = [part.without(content_ids) for part in self.parts]
        if all(new is old for new, old in zip(parts, self.parts, strict=True)):
            return self
        return FaissSnapshot(self.model_key, _merged(parts), dimension=self.dimension)

    def holds(self, content_ids: IdArray, vectors: FloatMatrix) -> NDArray[np.bool_]:
        """Which of the contents are here with this very vector, but for rounding."""
        held = np.zeros(len(content_ids), np.bool_)
        for part in self.parts:
            rows = part.positions(content_ids)
            here = np.flatnonzero(rows >= 0)
            difference = part.segment.codes[rows[here]].astype(np.float32) - vectors[here]
            held[here] = np.einsum("ij,ij->i", difference, difference) <= ROUNDING**2
        return held

    def compacted(self) -> FaissSnapshot:
        """The same vectors in at most one part with a graph and one without."""
        graph = self.graph
        parts = [graph] if graph is not None and graph.size else []
        exact = [part for part in self.exact_parts if part.size]
        if len(exact) == 1 and exact[0].alive is None:
            parts += exact
        elif exact:
            parts.append(_merge(exact))
        return FaissSnapshot(self.model_key, parts, dimension=self.dimension)


def rebased(graph: Segment, current: FaissSnapshot) -> FaissSnapshot:
    """The vectors of ``current``, searched through ``graph`` as far as it holds them."""
    alive = np.zeros(graph.size, np.bool_)
    left: list[Part] = []
    for part in current.parts:
        ids, codes = part.ids, part.codes
        rows = graph.positions(ids)
        same = np.flatnonzero(rows >= 0)
        same = same[(graph.codes[rows[same]] == codes[same]).all(axis=1)]
        alive[rows[same]] = True
        other = np.ones(len(ids), np.bool_)
        other[same] = False
        if other.any():
            left.append(Part(Segment.exact(ids[other], codes[other])))
    first = Part(graph, None if alive.all() else alive)
    return FaissSnapshot(current.model_key, _merged([first, *left]), dimension=current.dimension)


def _merged(parts: Sequence[Part]) -> list[Part]:
    """Restores the order of sizes; the graph, if any, is never rewritten here."""
    kept: list[Part] = []
    for part in parts:
        if part.segment.is_graph:
            kept.append(part)
            continue
        size = part.size
        run = [part]
        while kept and not kept[-1].segment.is_graph and kept[-1].size <= MERGE_RATIO * size:
            run.insert(0, kept.pop())
            size += run[0].size
        if len(run) > 1 or size < part.segment.size * MOST_DEAD_SHARE:
            run = [_merge(run)] if size else []
        kept += run
    return kept


def _merge(parts: Sequence[Part]) -> Part:
    ids = np.concatenate([part.ids for part in parts])
    return Part(Segment.exact(ids, *(part.codes for part in parts)))
