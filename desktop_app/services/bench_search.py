"""How fast searching is on this machine, with random vectors in place of pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, cast

import numpy as np

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.filters import SKU_ORDER, ProductFilter, SortOrder
from desktop_app.domain.images import READING_SIDE, FloatMatrix, IdArray
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexSnapshot, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import DEFAULT_LIMIT, QueryPicture, SearchRequest
from desktop_app.domain.storage import ContentMap, VectorFingerprint
from desktop_app.services.search import SearchService

MODEL_KEY = "random vectors"
VIEWS = 2
"""Pictures of a product."""

FILTER_SHARES = (0.5, 0.1, 0.001)
ADDED_BATCH = 64


class RandomVectors:
    """The VectorStore port with random directions, clustered as pictures are: around as many
    centres as the square root of their number. ``spread`` is the distance from the centre over
    the centre's from the origin: cosines within a cluster are about 1 / (1 + spread ** 2)."""

    def __init__(
        self,
        count: int,
        dimension: int,
        *,
        model_key: str = MODEL_KEY,
        seed: int = 0,
        spread: float = 1.0,
    ) -> None:
        self._model_key = model_key
        rng = np.random.default_rng(seed)
        centres = rng.standard_normal((max(1, round(count**0.5)), dimension), dtype=np.float32)
        self._rows = np.empty((count, dimension), np.float16)
        for start in range(0, count, 8192):
            batch = self._rows[start : start + 8192]
            rows = rng.standard_normal(batch.shape, dtype=np.float32)
            rows *= spread
            rows += centres[rng.integers(len(centres), size=len(batch))]
            batch[:] = _unit(rows)

    def models(self) -> dict[str, int]:
        return {self._model_key: len(self._rows)}

    def get(self, model_key: str, content_ids: Sequence[int]) -> tuple[IdArray, FloatMatrix]:
        ids = np.array(content_ids if model_key == self._model_key else (), np.int64)
        return ids, _unit(self._rows[ids].astype(np.float32))

    def iterate(
        self, model_key: str, *, batch_size: int = 8192
    ) -> Iterator[tuple[IdArray, FloatMatrix]]:
        count = self.models().get(model_key, 0)
        for start in range(0, count, batch_size):
            ids = np.arange(start, min(start + batch_size, count))
            yield ids, self.get(model_key, ids.tolist())[1]

    def fingerprint(self, model_key: str) -> VectorFingerprint:
        return VectorFingerprint(self.models().get(model_key, 0), "random")


@dataclass(frozen=True, slots=True)
class RandomProducts:
    """Lists the share of the products that a filter's text names, chosen at random."""

    count: int

    def list_ids(self, product_filter: ProductFilter, order: SortOrder = SKU_ORDER) -> IdArray:
        assert order == SKU_ORDER
        chosen = np.random.default_rng(1).random(self.count) < float(product_filter.text)
        return np.flatnonzero(chosen)


@dataclass(frozen=True, slots=True)
class _RandomCatalogue:
    """As much of a catalogue as a search with a stored picture touches."""

    vectors: RandomVectors
    products: RandomProducts
    revision: int = 0


def measure_search(
    store: IndexStore,
    *,
    count: int = 100_000,
    dimension: int = 256,
    queries: int = 100,
    limit: int = DEFAULT_LIMIT,
    optimise: bool = True,
) -> dict[str, Any]:
    """Milliseconds of searches through :class:`SearchService` among ``count`` pictures, each
    query being one of them, so that nothing is decoded or embedded.

    ``store`` should keep an empty folder of its own: the index is built in it. With
    ``optimise`` an index that is large enough is made faster first. JSON-ready.
    """
    vectors = RandomVectors(count, dimension)
    begin = time.perf_counter()
    snapshot = store.open(vectors, MODEL_KEY)
    result: dict[str, Any] = {
        "vectors": count,
        "dimension": dimension,
        "limit": limit,
        "build_s": round(time.perf_counter() - begin, 2),
    }
    exact = snapshot
    if optimise and store.is_slow(snapshot):
        begin = time.perf_counter()
        for step in store.optimise(lambda: exact, CancelToken()):
            snapshot = step.snapshot or snapshot
        result["optimise_s"] = round(time.perf_counter() - begin, 1)
        result["recall_at_limit"] = _recall(exact, snapshot, vectors, queries, limit)
    service = _service(snapshot, vectors, count)
    asked = np.random.default_rng(2).integers(count, size=queries)

    def timed(product_filter: ProductFilter) -> dict[str, float]:
        def search(content_id: int) -> None:
            picture = QueryPicture("", content_id=content_id)
            service.search(SearchRequest(picture, product_filter, limit), CancelToken())

        begin = time.perf_counter()
        search(0)
        first_ms = (time.perf_counter() - begin) * 1e3
        return {"first_ms": round(first_ms, 1), **_percentiles(search, asked.tolist())}

    result["unfiltered"] = timed(ProductFilter())
    for share in FILTER_SHARES:
        result[f"filter_{share:g}"] = timed(ProductFilter(text=str(share)))
    result["add_64"] = _measure_adding(store, exact, count, dimension)
    return result


def measure_whole_queries(
    store: IndexStore,
    paths: Sequence[Path],
    *,
    reader: ImageReader,
    embedder: Embedder,
    count: int = 100_000,
    queries: int = 100,
    limit: int = DEFAULT_LIMIT,
) -> dict[str, float]:
    """Milliseconds of searches with picture files, ``paths`` in turn, among ``count`` random
    vectors: decoding, embedding and searching. ``store`` as in :func:`measure_search`.
    Raises UnreadableImage where none of the first pictures can be read."""
    vectors = RandomVectors(count, embedder.dimension, model_key=embedder.key)
    snapshot = store.open(vectors, embedder.key)
    service = _service(snapshot, vectors, count, reader=reader, embedder=embedder)
    readable = [path for path in paths[:queries] if is_readable(path, reader)]
    if not readable:
        raise UnreadableImage(
            "There is no readable picture to search with.", remedy="Choose another folder."
        )
    pictures = list(islice(cycle(readable), queries))

    def search(number: int) -> None:
        picture = QueryPicture("", path=pictures[number])
        service.search(SearchRequest(picture, limit=limit), CancelToken())

    search(0)  # The first query meets a cold model.
    return _percentiles(search, range(queries))


def is_readable(path: Path, reader: ImageReader) -> bool:
    """Whether the picture can be decoded."""
    try:
        reader.decode(path, max_side=READING_SIDE)
    except UnreadableImage:
        return False
    return True


def _service(
    snapshot: IndexSnapshot,
    vectors: RandomVectors,
    count: int,
    *,
    reader: ImageReader | None = None,
    embedder: Embedder | None = None,
) -> SearchService:
    """Without reader and embedder it searches with stored pictures only."""

    def provide() -> Embedder:
        assert embedder is not None, "a stored picture needs no embedder"
        return embedder

    products = -(-count // VIEWS)
    catalogue = cast(Catalogue, _RandomCatalogue(vectors, RandomProducts(products)))
    service = SearchService(catalogue, cast(ImageReader, reader), provide)
    content_ids = np.arange(count)
    service.use(snapshot, ContentMap(content_ids, content_ids // VIEWS))
    return service


def _measure_adding(
    store: IndexStore, snapshot: IndexSnapshot, count: int, dimension: int
) -> dict[str, float]:
    """Milliseconds of publishing a batch of new pictures."""
    rows = _unit(
        np.random.default_rng(3).standard_normal((ADDED_BATCH, dimension), dtype=np.float32)
    )

    def add(number: int) -> None:
        nonlocal snapshot
        first = count + number * ADDED_BATCH
        snapshot = store.extend(snapshot, np.arange(first, first + ADDED_BATCH), rows)

    return _percentiles(add, range(200))


def _recall(
    exact: IndexSnapshot,
    fast: IndexSnapshot,
    vectors: RandomVectors,
    queries: int,
    limit: int,
) -> float:
    """The share of the true best contents that the optimised index finds."""
    asked = np.random.default_rng(2).integers(exact.size, size=queries)
    _, rows = vectors.get(MODEL_KEY, asked.tolist())
    found = [
        len(np.intersect1d(exact.search(row, limit)[0], fast.search(row, limit)[0])) for row in rows
    ]
    return round(float(np.mean(found)) / min(limit, exact.size), 4)


def _percentiles(work: Callable[[int], None], arguments: Sequence[int]) -> dict[str, float]:
    """Wall-clock figures, and the processor time, which other programs disturb less."""
    times_ms, processor_ms = [], []
    for argument in arguments:
        begin, processor_begin = time.perf_counter(), time.thread_time()
        work(argument)
        processor_ms.append((time.thread_time() - processor_begin) * 1e3)
        times_ms.append((time.perf_counter() - begin) * 1e3)
    return {
        "mean_ms": round(float(np.mean(times_ms)), 2),
        "p50_ms": round(float(np.percentile(times_ms, 50)), 2),
        "p95_ms": round(float(np.percentile(times_ms, 95)), 2),
        "processor_p50_ms": round(float(np.percentile(processor_ms, 50)), 2),
    }


def _unit(rows: FloatMatrix) -> FloatMatrix:
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows
