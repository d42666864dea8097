"""A catalogue of small pictures, some of them there twice, and a judge that counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import FoundPairs, PairJudgement
from desktop_app.domain.evidence import Orientation
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.ports import IndexSnapshot
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.copy_hashes import OrientedCopyHasher
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.duplicates.finding import PairFinder
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.evidence_publishing import EvidencePublisher
from tests.enriching.fakes import DictPrintStore, enricher, fake_channels, read_quickly
from tests.indexing.fakes import GRID

ALIKE = 0.9995
"""The cosine of GridEmbedder's vectors above which pictures are of one seed."""


class LookJudge:
    """The PairJudge port: pictures of one look are the same, with equal key points variants.
    ``before`` is called with each pair first."""

    def __init__(
        self, version: str = "look:1", before: Callable[[int, int], None] | None = None
    ) -> None:
        self.version = version
        self.judged: list[tuple[int, int]] = []
        self.began_with: list[int] = []
        self._before = before
        self._lock = threading.Lock()

    def judge(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[PairJudgement]:
        return [self._of_pair(one, other) for other in others]

    def _of_pair(self, one: ComparedPicture, other: ComparedPicture) -> PairJudgement:
        if self._before is not None:
            self._before(one.content_id, other.content_id)
        with self._lock:
            self.judged.append(_ordered(one.content_id, other.content_id))
            self.began_with.append(one.content_id)
        if one.look is not None and other.look is not None and one.look @ other.look > ALIKE:
            return PairJudgement(0.9, 0.05, orientation=Orientation(quarter_turns=1))
        if one.print is None or other.print is None:
            return PairJudgement(0.01)
        is_label_shared = np.array_equal(one.print.codes, other.print.codes)
        return PairJudgement(0.1, 0.6) if is_label_shared else PairJudgement(0.01)


def hashing_channels() -> EvidenceChannels:
    return replace(fake_channels(), copy=OrientedCopyHasher())


def write_twin(path: Path, seed: int, *, step: int = 1, turned: bool = False) -> Path:
    """The picture of a seed in other bytes: a shade lighter, mirrored where ``turned``."""
    colours = np.random.default_rng(seed).integers(0, 255 - step, (GRID, GRID, 3)).astype(np.uint8)
    colours += np.uint8(step)
    if turned:
        colours = colours[:, ::-1]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(colours).resize((32, 32), Image.Resampling.NEAREST).save(path)
    return path


class Stage:
    """A finder over a catalogue with everything read and described."""

    def __init__(
        self,
        catalogue: SqliteCatalogue,
        judge: LookJudge | None = None,
        *,
        model_key: str = "grid",
    ) -> None:
        self.catalogue = catalogue
        self.model_key = model_key
        self.judge = judge or LookJudge()
        self.finder = PairFinder(
            catalogue,
            PillowImageReader(),
            lambda: self.judge,
            hashing_channels,
            self._indexes,
            model_key=model_key,
            threads=2,
        )

    def read(self, *, described: bool = True) -> None:
        read_quickly(self.catalogue)
        if described:
            for _ in enricher(self.catalogue).run(CancelToken()):
                pass

    def find(self) -> int:
        """How many pairs a whole run gave."""
        found = 0
        for step in self.finder.run(CancelToken()):
            found = step.found
        return found

    @property
    def pairs(self) -> FoundPairs:
        return self.catalogue.pairs.load(self.finder.version)

    @property
    def found(self) -> set[tuple[int, int]]:
        pairs = self.pairs
        return set(zip(pairs.content_a.tolist(), pairs.content_b.tolist(), strict=True))

    def content(self, sku: str, picture: int = 0) -> int:
        product = self.catalogue.products.find_by_sku(sku)
        assert product is not None
        content_id = product.pictures[picture].content_id
        assert content_id is not None
        return content_id

    def pair(self, sku_a: str, sku_b: str) -> tuple[int, int]:
        return _ordered(self.content(sku_a), self.content(sku_b))

    def _indexes(self) -> tuple[IndexSnapshot, EvidenceIndexes]:
        snapshot = NumpyIndexStore().open(self.catalogue.vectors, self.model_key)
        publisher = EvidencePublisher(self.catalogue.evidence, DictPrintStore())
        return snapshot, publisher.load()


def _ordered(a: int, b: int) -> tuple[int, int]:
    return min(a, b), max(a, b)
