"""A run of pictures' key points that never changes: the unit of which a print index is made.

A large segment is an inverted file over pairs of half-words whose entries are product codes of
what the word leaves over (Babenko and Lempitsky, "The inverted multi-index", CVPR 2012: the
variant Multi-D-ADC); a small one is searched row by row. Eighteen bytes are held for a key point.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray
from desktop_app.infra.vision.print.codebook import PrintCodebook

FLAT_LIMIT = 24_000
"""Key points up to which every one is compared with: 20 ms for 300 of a query."""
FEW = 64
"""Key points of a query that one thread looks for."""
VISITED, VISITED_BY_FEW = 1000, 200
"""About how many key points of an index a query's key point is compared with; of FEW, which are
the most telling ones and taken from the catalogue as it holds them, each is compared with the
second number. Among 10,584 pictures, every six of them copies of each other, 400 were asked for:
with 32 key points each 94 of 100 proposed a copy either way, with a third less time."""
FEWEST_PROBES, MOST_PROBES = 4, 64
"""Cells. Key points crowd: of a hundred thousand packshots, four hold about 30,000 of them."""

Matrix = NDArray[np.float32]
RowMask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


class Neighbours(NamedTuple):
    """For each of n query key points, k of the segment's: squared ``distances`` (n, k),
    infinite where there are fewer, and ``positions`` (n, k), -1 there."""

    distances: Matrix
    positions: NDArray[np.int64]


class Pictures(NamedTuple):
    """Pictures of a segment. ``ids`` (p,) are content ids, each once; ``marks`` (p,) tell whether
    a picture's key points are still the same; those of ``ids[i]`` are at the positions
    ``starts[i]`` to ``starts[i + 1]``. ``angles`` and ``scales``, by position, are coarse, see
    ``print_voting``."""

    ids: IdArray
    marks: IdArray
    starts: NDArray[np.int64]
    angles: Bytes
    scales: Bytes


class PrintSegment:
    """Pictures and their key points, position by position; safe for searches from many threads.

    ``index`` is an IndexIVFPQ or IndexFlatL2 over the positions; it may lack some that belong
    to pictures that are gone.
    """

    def __init__(self, pictures: Pictures, index: Any) -> None:
        self.pictures = pictures
        self.ids = pictures.ids
        self.starts = pictures.starts
        self.index = index
        self.is_flat = isinstance(index, faiss.IndexFlat)
        self._order = np.argsort(pictures.ids, kind="stable")
        self._selected: tuple[RowMask, Any] | None = None

    @property
    def points(self) -> int:
        """How many key points there are room for, those of gone pictures included."""
        return int(self.starts[-1])

    @property
    def bytes_held(self) -> int:
        """About how much memory is taken."""
        entry = 4 * self.index.d if self.is_flat else self.index.code_size + 8
        beside = sum(array.nbytes for array in self.pictures)
        lists = 0 if self.is_flat else 48 * self.index.nlist
        return int(self.index.ntotal * entry + beside + lists)

    def rows_of(self, content_ids: IdArray) -> NDArray[np.intp]:
        """The row of each content, -1 where it is not here."""
        if not len(self.ids):
            return np.full(len(content_ids), -1, np.intp)
        places = np.searchsorted(self.ids, content_ids, sorter=self._order)
        rows = self._order[np.minimum(places, len(self.ids) - 1)]
        return np.where(self.ids[rows] == content_ids, rows, -1)

    def owners(self, positions: NDArray[np.int64]) -> NDArray[np.intp]:
        """The row each position belongs to."""
        return np.searchsorted(self.starts, positions, side="right") - 1

    def search(self, query: Matrix, count: int, rows: RowMask | None, *, among: int) -> Neighbours:
        """The ``count`` nearest key points of ``rows`` (None: of all) for each of ``query``,
        in as many cells as an index of ``among`` key points has to be searched in: however an
        index is cut into segments, the same is found."""
        # Who asks with few asks for many pictures in several threads, which would wait for each
        # other at every barrier. FAISS keeps the number for each calling thread.
        threads = 1 if len(query) <= FEW else min(2, os.cpu_count() or 1)
        faiss.omp_set_num_threads(threads)
        selector = None if rows is None else self._selector(rows)
        if self.is_flat:
            parameters = None if selector is None else faiss.SearchParameters(sel=selector)
            count = min(count, self.points)
        else:
            visited = VISITED_BY_FEW if len(query) <= FEW else VISITED
            probes = int(visited / max(1, among) * self.index.nlist)
            probes = min(MOST_PROBES, max(FEWEST_PROBES, probes))
            parameters = faiss.SearchParametersIVF(nprobe=probes, sel=selector)
        distances, positions = self.index.search(query, count, params=parameters)
        distances[positions < 0] = np.inf
        return Neighbours(distances, positions)

    def vectors(self) -> Matrix:
        """All key points of a flat segment, (points, d)."""
        found: Matrix = self.index.reconstruct_n(0, self.points)
        return found

    def _selector(self, rows: RowMask) -> Any:
        kept = self._selected
        if kept is not None and kept[0] is rows:
            return kept[1]
        bits = np.packbits(np.repeat(rows, np.diff(self.starts)), bitorder="little")
        selector = faiss.IDSelectorBitmap(bits)
        self._selected = (rows, selector)
        return selector


def flat_index(vectors: Matrix) -> Any:
    """Of (n, d) key points."""
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)
    return index


def add_points(index: Any, codebook: PrintCodebook, vectors: Matrix) -> None:
    """To an inverted index, at the next positions. FAISS's own way takes three times as long."""
    positions = np.arange(index.ntotal, index.ntotal + len(vectors), dtype=np.int64)
    index.add_sa_codes(codebook.index_codes(vectors), positions)


def inverted_index(codebook: PrintCodebook) -> Any:
    """Empty, over the codebook's words and residuals."""
    length, half_words = codebook.length, codebook.words.shape[1]
    quantiser = faiss.MultiIndexQuantizer(length, 2, half_words.bit_length() - 1)
    faiss.copy_array_to_vector(codebook.words.ravel(), quantiser.pq.centroids)
    quantiser.is_trained, quantiser.ntotal = True, half_words**2
    index = faiss.IndexIVFPQ(quantiser, length, half_words**2, codebook.residuals.shape[0], 8)
    quantiser.this.disown()
    index.own_fields = True
    faiss.copy_array_to_vector(codebook.residuals.ravel(), index.pq.centroids)
    index.is_trained = True
    index.precompute_table()
    return index
