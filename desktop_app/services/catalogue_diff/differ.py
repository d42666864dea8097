"""Holding a list against the catalogue, row by row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from desktop_app.domain.catalogue_diff import CatalogueDiff, DiffRow, DiffStatus, DiffStep
from desktop_app.domain.duplicate_ports import PairJudge
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.import_ports import ArchiveReader
from desktop_app.domain.imports import ImportPlan, ImportRecord
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexSnapshot
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.catalogue_diff.deciding import SAME_FROM, KnownNumber, decide
from desktop_app.services.catalogue_diff.likeness import LikenessFinder, ShownBy
from desktop_app.services.catalogue_diff.list_pictures import ListPictures
from desktop_app.services.catalogue_diff.looking import Looker, SeenPicture
from desktop_app.services.catalogue_diff.numbers import KnownNumbers
from desktop_app.services.duplicates.compared_pictures import ComparedPictures
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.importing import ImportService

COMPARING = "Comparing with the catalogue"
MOST_VIEWS = 4
"""So many pictures of a row are compared."""
BATCH_RECORDS = 8


class CatalogueDiffer:
    """Compares lists with one catalogue, which it never changes. Belongs to the index lane.

    ``judge``, ``embedder`` and ``channels`` make what is needed when it is; ``indexes`` gives
    what is published for the search.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        importing: ImportService,
        reader: ImageReader,
        *,
        archives: ArchiveReader,
        judge: Callable[[], PairJudge],
        embedder: Callable[[], Embedder],
        channels: Callable[[], EvidenceChannels],
        indexes: Callable[[], tuple[IndexSnapshot, EvidenceIndexes]],
        model_key: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue = catalogue
        self._importing = importing
        self._reader = reader
        self._archives = archives
        self._judge = judge
        self._embedder = embedder
        self._channels = channels
        self._indexes = indexes
        self._model_key = model_key
        self._clock = clock

    def compare(
        self,
        plan: ImportPlan,
        token: CancelToken,
        *,
        scope: ProductFilter | None = None,
        threshold: float = SAME_FROM,
    ) -> Iterator[DiffStep]:
        """Hold everything that importing ``plan`` would bring against the catalogue.

        ``scope`` says which products are expected in the list, all where None: those that it
        lacks are MISSING. Nothing is written but to a temporary folder. Raises Cancelled,
        ModelUnavailable, StorageFull, and UserFacingError where an archive cannot be read.
        """
        run = _Run(
            KnownNumbers(self._catalogue.products),
            self._looker(),
            self._likeness(),
            self._catalogue.products.values("sku"),
            threshold,
        )
        rows: list[DiffRow] = []
        records, started = plan.records, self._clock()
        with ListPictures(
            plan,
            self._reader,
            self._archives,
            catalogue_folder=self._catalogue.folder,
            is_packed=self._importing.holds_pictures(plan),
        ) as pictures:
            for start in range(0, len(records), BATCH_RECORDS):
                token.checkpoint()
                rows.extend(run.rows(records[start : start + BATCH_RECORDS], pictures, token))
                elapsed_s = self._clock() - started
                yield DiffStep(Progress(COMPARING, len(rows), len(records), elapsed_s))
        rows.extend(self._missing(rows, scope))
        progress = Progress(COMPARING, len(records), len(records), self._clock() - started)
        yield DiffStep(progress, CatalogueDiff(plan, tuple(rows), threshold))

    def _looker(self) -> Looker:
        return Looker(
            self._catalogue,
            self._reader,
            self._embedder,
            self._channels,
            model_key=self._model_key,
        )

    def _likeness(self) -> LikenessFinder:
        pictures = ComparedPictures(
            self._catalogue, self._reader, self._channels(), self._model_key
        )
        pictures.refresh()
        shown = ShownBy(self._catalogue.pictures.content_map())
        return LikenessFinder(self._judge(), pictures, *self._indexes(), shown)

    def _missing(self, rows: Sequence[DiffRow], scope: ProductFilter | None) -> Iterator[DiffRow]:
        found = {
            row.product_id
            for row in rows
            if row.status in (DiffStatus.MATCHED, DiffStatus.CHANGED_PICTURE)
        }
        for product_id in self._catalogue.products.list_ids(scope or ProductFilter()).tolist():
            if product_id not in found:
                reason = "The list has neither its number nor a picture that looks the same."
                yield DiffRow(DiffStatus.MISSING, None, product_id, None, reason)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """One comparison."""

    numbers: KnownNumbers
    looker: Looker
    likeness: LikenessFinder
    skus: dict[int, str]
    threshold: float

    def rows(
        self, records: Sequence[ImportRecord], pictures: ListPictures, token: CancelToken
    ) -> Iterator[DiffRow]:
        """Aligned with ``records``."""
        files = [picture for record in records for picture in record.pictures[:MOST_VIEWS]]
        seen = iter(self.looker.look(pictures.read(files)))
        for record in records:
            token.checkpoint()
            yield self._row(record, [next(seen) for _ in record.pictures[:MOST_VIEWS]])

    def _row(self, record: ImportRecord, seen: Sequence[SeenPicture]) -> DiffRow:
        known = self.numbers.find(record)
        shown = [picture for picture in seen if not picture.problem]
        decision = decide(
            known,
            self._compared(known, shown),
            skus=self.skus,
            has_pictures=bool(shown),
            threshold=self.threshold,
        )
        problems = [picture.problem for picture in seen if picture.problem]
        return DiffRow(
            decision.status,
            record,
            decision.product_id,
            decision.judgement,
            " ".join([decision.reason, *dict.fromkeys(problems)]),
            has_known_number=known is not None,
            thumbnail=next((picture.thumbnail for picture in shown), b""),
        )

    def _compared(
        self, known: KnownNumber | None, seen: Sequence[SeenPicture]
    ) -> dict[int, PairJudgement]:
        """A product that is known by number and looks the same is not looked for further."""
        if known is None:
            return self.likeness.with_all(seen)
        own = self.likeness.with_product(seen, known.product_id)
        judgement = own.get(known.product_id)
        if judgement is None or judgement.same >= self.threshold:
            return own
        return self.likeness.with_all(seen) | own
