"""How long a query takes from its file to ranked and explained products."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.evidence import STORED_CHANNELS, Channel
from desktop_app.domain.evidence_ports import EvidenceChannels, PrintChannel
from desktop_app.domain.fusion import FusionModel
from desktop_app.domain.images import READING_SIDE, IdArray
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexStore
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import DEFAULT_LIMIT, QueryPicture, SearchRequest
from desktop_app.domain.storage import ContentMap
from desktop_app.services.bench_search import VIEWS, RandomProducts, RandomVectors, is_readable
from desktop_app.services.describing import describe_picture, pack_evidence
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.search import SearchService

MOST_ASKED = 200
DESCRIBED = 64
"""Pictures whose evidence the others are made of; where there are more, those are asked for."""


class EvidenceEngines(Protocol):
    """What is measured. See :class:`desktop_app.engines.Engines`."""

    @property
    def reader(self) -> ImageReader: ...

    @property
    def fusion(self) -> FusionModel: ...

    def evidence_channels(self) -> EvidenceChannels: ...

    def evidence_publisher(self, catalogue: Catalogue) -> EvidencePublisher: ...


class MultipliedEvidence:
    """The EvidenceStore port over ``count`` contents, made of a few real ones: silhouettes and
    colours repeat, key points are drawn anew for each content from all there are."""

    def __init__(
        self, records: Sequence[dict[Channel, bytes]], prints: PrintChannel, count: int
    ) -> None:
        self._records = [record for record in records if len(record) == len(STORED_CHANNELS)]
        if not self._records:
            raise UnreadableImage(
                "No picture shows print, shape and colour.", remedy="Choose another folder."
            )
        self._prints = prints
        self._count = count
        features = [prints.unpack(record[Channel.PRINT]) for record in self._records]
        self._numbers = [len(each) for each in features]
        self._pool = replace(
            features[0],
            points=np.concatenate([each.points for each in features]),
            scales=np.concatenate([each.scales for each in features]),
            angles=np.concatenate([each.angles for each in features]),
            codes=np.concatenate([each.codes for each in features]),
        )

    def get(self, channel: Channel, content_ids: Sequence[int]) -> dict[int, bytes]:
        if channel is Channel.PRINT:
            return {i: self._prints.pack(self._print(i)) for i in content_ids}
        return {i: self._records[i % len(self._records)][channel] for i in content_ids}

    def iterate(
        self, channel: Channel, *, after_content: int = -1, batch_size: int = 2048
    ) -> Iterator[tuple[IdArray, list[bytes]]]:
        for start in range(after_content + 1, self._count, batch_size):
            ids = np.arange(start, min(start + batch_size, self._count))
            yield ids, list(self.get(channel, ids.tolist()).values())

    def revision(self, channel: Channel) -> str:
        return f"multiplied {channel}"

    def perceptual_hashes(self) -> tuple[IdArray, NDArray[np.uint64]]:
        rng = np.random.default_rng(0)
        return np.arange(self._count), rng.integers(0, 1 << 63, self._count, np.uint64)

    def _print(self, content_id: int) -> PrintFeatures:
        rng = np.random.default_rng([1, content_id])
        size = self._numbers[content_id % len(self._numbers)]
        rows = rng.integers(len(self._pool), size=size)
        return replace(
            self._pool,
            points=self._pool.points[rows],
            scales=self._pool.scales[rows],
            angles=self._pool.angles[rows],
            codes=self._pool.codes[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _EvidentCatalogue:
    """As much of a catalogue as a search touches."""

    vectors: RandomVectors
    products: RandomProducts
    evidence: MultipliedEvidence
    folder: Path
    revision: int = 0
    read_only: bool = field(default=True)


def measure_explained_queries(
    engines: EvidenceEngines,
    store: IndexStore,
    paths: Sequence[Path],
    *,
    embedder: Embedder,
    count: int = 100_000,
    queries: int = 60,
    limit: int = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Milliseconds of searches with picture files among ``count`` contents in every channel,
    decoding, mask and explanation of the best hit included; by step, and in all. ``store``
    should keep an empty folder of its own. Raises UnreadableImage where no picture serves."""
    paths = [path for path in paths[:MOST_ASKED] if is_readable(path, engines.reader)]
    channels = engines.evidence_channels()
    evidence = MultipliedEvidence(
        described_pictures(paths[:DESCRIBED], channels, engines.reader), channels.print, count
    )
    vectors = RandomVectors(count, embedder.dimension, model_key=embedder.key)
    products = -(-count // VIEWS)
    with tempfile.TemporaryDirectory(prefix="twinshelf-") as folder:
        catalogue = cast(
            Catalogue,
            _EvidentCatalogue(vectors, RandomProducts(products), evidence, Path(folder)),
        )
        begin = time.perf_counter()
        indexes = engines.evidence_publisher(catalogue).load()
        build_s = time.perf_counter() - begin
    service = SearchService(
        catalogue,
        engines.reader,
        lambda: embedder,
        fusion=engines.fusion,
        channels=lambda: channels,
    )
    content_ids = np.arange(count)
    service.use(store.open(vectors, embedder.key), ContentMap(content_ids, content_ids // VIEWS))
    service.use_evidence(indexes)
    others = paths[DESCRIBED:] or paths
    asked = [others[number % len(others)] for number in range(queries + 1)]
    steps: dict[str, list[float]] = {}
    for number, path in enumerate(asked):
        timed = _asked(service, path, limit)
        if number:  # The first query meets cold models.
            for name, ms in timed.items():
                steps.setdefault(name, []).append(ms)
    totals = steps.pop("total")
    return {
        "pictures": count,
        "build_s": round(build_s, 1),
        "p50_ms": round(float(np.percentile(totals, 50)), 1),
        "p95_ms": round(float(np.percentile(totals, 95)), 1),
        "step_p50_ms": {
            name: round(float(np.percentile(times, 50)), 1) for name, times in steps.items()
        },
    }


def _asked(service: SearchService, path: Path, limit: int) -> dict[str, float]:
    begin = time.perf_counter()
    request = SearchRequest(QueryPicture(path.name, path=path), limit=limit)
    results = service.search(request, CancelToken())
    found = time.perf_counter()
    service.explain(results, results.hits[0].product_id, CancelToken())
    end = time.perf_counter()
    timing = results.timing
    return {
        "decode": timing.decode_ms,
        "describe": timing.describe_ms,
        "embed": timing.embed_ms,
        "propose": timing.rank_ms,
        "compare": timing.compare_ms,
        "explain": (end - found) * 1e3,
        "total": (end - begin) * 1e3,
    }


def described_pictures(
    paths: Sequence[Path], channels: EvidenceChannels, reader: ImageReader
) -> list[dict[Channel, bytes]]:
    """The records of each picture. Raises UnreadableImage."""
    records = []
    for path in paths:
        image = reader.decode(path, max_side=READING_SIDE)
        records.append(pack_evidence(describe_picture(image, channels), channels))
    return records
