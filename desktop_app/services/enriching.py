"""Enriching: looks closer at the pictures that were read, for print, shape and colour."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.storage import ChangeSet, PendingPicture
from desktop_app.services.enriching_pictures import Outcome, PictureDescriber
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.indexing_pace import Pace, WorkClock, in_batches
from desktop_app.services.indexing_reading import read_ahead

ENRICHING = "Looking closer at pictures"

PAGE = 256
AHEAD = 3
"""Pictures that may be described ahead of their turn for each thread."""

MAX_PICTURES = 64
MAX_SECONDS = 0.3
"""How long an edit may have to wait for the batch under way."""

COUNT_EVERY_S = 10.0
MOST_COUNTING = 0.02
"""Share of the time that may go into counting how much is left."""

NOTHING_CHANGED = ChangeSet()


@dataclass(frozen=True, slots=True, eq=False)
class EnrichStep:
    """One committed batch. ``described`` counts the pictures described since the start of the
    run, those that failed left out. ``changes`` names pictures that are to be read again
    because their files are not what they were. ``evidence`` is set now and then, and at the
    end, when the search can propose more by it."""

    progress: Progress
    described: int = 0
    changes: ChangeSet = NOTHING_CHANGED
    evidence: EvidenceIndexes | None = None


class EnrichService:
    """Describes the pictures of one catalogue. Used by one thread at a time, the index lane.

    ``channels`` makes the channels one thread works with, and is asked by ``threads`` threads;
    ``publisher`` keeps the indexes.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        channels: Callable[[], EvidenceChannels],
        publisher: EvidencePublisher,
        *,
        threads: int | None = None,
    ) -> None:
        self.publisher = publisher
        self._catalogue = catalogue
        self._reader = reader
        self._provide_channels = channels
        self._threads = threads or max(1, os.cpu_count() or 1)
        self._version = ""

    @property
    def version(self) -> str:
        """See EvidenceChannels.version. Raises ModelUnavailable."""
        if not self._version:
            self._version = self._provide_channels().version
        return self._version

    def is_lacking(self) -> bool:
        """Whether a run would find something to look at, be its file away. Raises
        ModelUnavailable."""
        return bool(self._catalogue.evidence.lacking(self.version, limit=1))

    def run(self, token: CancelToken) -> Iterator[EnrichStep]:
        """Describe every READY picture that was not described in the present version.

        Yields after each committed batch; between two steps others may write to the
        catalogue. The state is in the catalogue: whether the run was cancelled, closed or
        killed, the next one goes on where it was. Yields nothing where there is nothing to
        do. Its threads end with it. Raises Cancelled, ModelUnavailable, StorageFull and
        CatalogueUnavailable.
        """
        if self._catalogue.read_only or not self.is_lacking():
            return
        version, evidence = self.version, self._catalogue.evidence
        run = _Run()
        run.expect(*evidence.count(version))
        describe = PictureDescriber(self._reader, self._provide_channels)
        executor = ThreadPoolExecutor(self._threads, thread_name_prefix="describe-picture")
        try:
            outcomes = read_ahead(
                describe,
                self._lacking(version),
                executor,
                limit=self._threads * AHEAD,
                group_size=1,
            )
            with run.clock.stopped():
                token.checkpoint()
            for batch in in_batches(outcomes, token, most=MAX_PICTURES, most_s=MAX_SECONDS):
                changes = self._store(version, batch)
                run.count(batch)
                indexes = self._publish(token)
                if run.counting.is_due:
                    with run.counting.working():
                        run.expect(*evidence.count(version))
                with run.clock.stopped():
                    yield EnrichStep(run.progress, run.described, changes, indexes)
                    token.checkpoint()
        finally:
            executor.shutdown(cancel_futures=True)
        run.end()
        yield EnrichStep(run.progress, run.described, NOTHING_CHANGED, self.publisher.publish())
        self.publisher.save()

    def _lacking(self, version: str) -> Iterator[tuple[int, PendingPicture]]:
        after_content = 0
        while page := self._catalogue.evidence.lacking(
            version, after_content=after_content, limit=PAGE
        ):
            yield from page
            after_content = page[-1][0]

    def _publish(self, token: CancelToken) -> EvidenceIndexes | None:
        if token.is_cancelled or token.is_paused:
            return self.publisher.publish()
        return self.publisher.publish_when_due()

    def _store(self, version: str, batch: list[Outcome]) -> ChangeSet:
        described = [outcome.described for outcome in batch if outcome.described is not None]
        if described:
            self._catalogue.evidence.record(version, described)
        self.publisher.add({o.content_id: o.print for o in batch if o.described is not None})
        changed = [outcome.picture_id for outcome in batch if outcome.is_changed]
        if not changed:
            return NOTHING_CHANGED
        return self._catalogue.pictures.set_state(changed, PictureState.PENDING)


class _Run:
    """The account of one run."""

    def __init__(self) -> None:
        self.clock = WorkClock()
        self.counting = Pace(self.clock, every_s=COUNT_EVERY_S, most_share=MOST_COUNTING)
        self.described = 0
        self._done = self._failed = self._total = self._passed_over = 0

    @property
    def progress(self) -> Progress:
        return Progress(ENRICHING, self._done, self._total, self.clock.elapsed_s, self._failed)

    def expect(self, described: int, total: int) -> None:
        """So many contents are described, of so many."""
        self._total = self._done + max(0, total - described - self._passed_over)

    def count(self, batch: list[Outcome]) -> None:
        self._done += len(batch)
        self._total = max(self._total, self._done)
        for outcome in batch:
            self.described += outcome.described is not None and not outcome.described.problem
            self._failed += outcome.described is None or bool(outcome.described.problem)
            self._passed_over += outcome.described is None

    def end(self) -> None:
        self._total = self._done
