"""How fast duplicates are found among many pictures, most of them made of a few real ones."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from desktop_app.domain.duplicate_ports import ComparedPicture, PairJudge
from desktop_app.domain.duplicates import FoundPair, FoundPairs, PairJudgement
from desktop_app.domain.evidence import CHANNELS
from desktop_app.domain.images import READING_SIDE, IdArray
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexStore
from desktop_app.domain.products import Picture, PictureState
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import ContentMap
from desktop_app.services.bench_evidence import (
    DESCRIBED,
    MOST_ASKED,
    EvidenceEngines,
    MultipliedEvidence,
    described_pictures,
)
from desktop_app.services.bench_search import VIEWS, RandomVectors, is_readable
from desktop_app.services.duplicates.finding import PairFinder

SPREAD = 0.5
"""Cosines of 0.8, as between products of one kind: dozens of lookalikes for every picture."""


class FindingEngines(EvidenceEngines, Protocol):
    """What is measured. See :class:`desktop_app.engines.Engines`."""

    @property
    def pair_judge(self) -> PairJudge: ...

    def one_native_thread(self) -> AbstractContextManager[None]: ...


def measure_finding(
    engines: FindingEngines,
    store: IndexStore,
    paths: Sequence[Path],
    *,
    embedder: Embedder,
    count: int,
    most_s: float = 20.0,
) -> dict[str, Any]:
    """How many contents per second are compared with ``count`` others in every channel and
    judged, for at most about ``most_s`` seconds, and how long all of them would take. Vectors
    are random, thumbnails and evidence those of real pictures over and over, so that one
    content in some dozens is said to be another's duplicate. The indexes are ready. ``store``
    should keep an empty folder of its own. Raises UnreadableImage where no picture serves."""
    # Files that lie beside each other often show one product: taken from all over the folder.
    paths = paths[:: max(1, len(paths) // MOST_ASKED)]
    paths = [path for path in paths[:MOST_ASKED] if is_readable(path, engines.reader)]
    channels = engines.evidence_channels()
    records = described_pictures(paths[:DESCRIBED], channels, engines.reader)
    evidence = MultipliedEvidence(records, channels.print, count)
    vectors = RandomVectors(count, embedder.dimension, model_key=embedder.key, spread=SPREAD)
    pairs = _KeptPairs(count)
    judge = _CountingJudge(engines.pair_judge)
    with tempfile.TemporaryDirectory(prefix="twinshelf-") as folder:
        thumbnails = _Thumbnails(paths[:DESCRIBED], engines.reader, count)
        catalogue = cast(
            Catalogue, _ComparedCatalogue(vectors, evidence, thumbnails, pairs, Path(folder))
        )
        indexes = engines.evidence_publisher(catalogue).load()
        snapshot = store.open(vectors, embedder.key)
        finder = PairFinder(
            catalogue,
            engines.reader,
            lambda: judge,
            lambda: channels,
            lambda: (snapshot, indexes),
            model_key=embedder.key,
            alone=engines.one_native_thread,
        )
        begin, processor = time.perf_counter(), time.process_time()
        for _ in finder.run(CancelToken()):
            if time.perf_counter() - begin >= most_s:
                break
        seconds = time.perf_counter() - begin
        processor_s = time.process_time() - processor
    compared = max(1, pairs.compared)
    return {
        "pictures": count,
        "compared": pairs.compared,
        "per_s": round(compared / seconds, 2),
        "all_min": round(count * seconds / compared / 60, 2),
        "processor_ms": round(processor_s / compared * 1e3, 2),
        "judged_per_picture": round(judge.judged / compared, 2),
        "pairs_per_picture": round(pairs.found / compared, 3),
    }


class _CountingJudge:
    """The PairJudge port around another one."""

    def __init__(self, judge: PairJudge) -> None:
        self.judged = 0
        self._judge = judge

    @property
    def version(self) -> str:
        return self._judge.version

    def judge(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[PairJudgement]:
        self.judged += len(others)
        return self._judge.judge(one, others)


class _KeptPairs:
    """The PairStore port; only numbers are kept."""

    def __init__(self, count: int) -> None:
        self.compared = self.found = 0
        self._count = count

    def lacking(self, version: str, *, after_content: int = -1, limit: int = 256) -> IdArray:  # noqa: ARG002
        start = max(after_content + 1, self.compared)
        return np.arange(start, min(self._count, start + limit))

    def count(self, version: str) -> tuple[int, int]:  # noqa: ARG002
        return self.compared, self._count

    def record(self, version: str, compared: Sequence[int], pairs: Sequence[FoundPair]) -> None:  # noqa: ARG002
        self.compared += len(compared)
        self.found += len(pairs)

    def load(self, version: str) -> FoundPairs:  # noqa: ARG002
        ids, chances = np.zeros(0, np.int64), np.zeros(0, np.float32)
        scores = np.zeros((0, len(CHANNELS)), np.float32)
        return FoundPairs(ids, ids, chances, chances, scores, chances, ids)

    def revision(self) -> str:
        return str(self.found)


class _Thumbnails:
    """As much of the PictureStore port as finding touches."""

    def __init__(self, paths: Sequence[Path], reader: ImageReader, count: int) -> None:
        self._count = count
        self._thumbnails = [
            reader.encode_thumbnail(reader.decode(path, max_side=READING_SIDE)) for path in paths
        ]

    def content_map(self) -> ContentMap:
        content_ids = np.arange(self._count)
        return ContentMap(content_ids, content_ids // VIEWS)

    def get_by_content(self, content_id: int) -> list[Picture]:
        product_id = content_id // VIEWS
        return [
            Picture(
                content_id,
                product_id,
                "",
                state=PictureState.READY,
                content_id=content_id,
                content_hash=str(content_id),
            )
        ]

    def thumbnail(self, content_hash: str) -> bytes:
        return self._thumbnails[int(content_hash) % len(self._thumbnails)]


@dataclass(frozen=True, slots=True, eq=False)
class _ComparedCatalogue:
    """As much of a catalogue as finding touches."""

    vectors: RandomVectors
    evidence: MultipliedEvidence
    pictures: _Thumbnails
    pairs: _KeptPairs
    folder: Path
    revision: int = 0
    read_only: bool = field(default=False)
