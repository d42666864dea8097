"""Indexing: reads the pictures that wait, and makes them searchable while it goes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexSnapshot, IndexStore
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.storage import ChangeSet, ContentMap, PendingPicture, ReadPicture
from desktop_app.services.indexing_batches import Batches
from desktop_app.services.indexing_pace import Pace, WorkClock
from desktop_app.services.indexing_reading import Look, PictureLooker, read_ahead

READING = "Reading pictures"
OPTIMISING = "Speeding up the search"

PAGE = 256
READ_AHEAD = 8
"""Pictures a reading thread may be ahead of the embedder."""

PUBLISH_EVERY_S = 1.0
SAVE_EVERY_S = 180.0
MOST_OVERHEAD = 0.05
"""Share of the time that publishing and saving may take while pictures are read; with a very
large catalogue they happen less often than the intervals say."""

NOTHING_CHANGED = ChangeSet()


@dataclass(frozen=True, slots=True, eq=False)
class IndexingStep:
    """One committed batch. ``snapshot`` and ``content_map`` are set together, when more can
    be searched than at the step before that had them."""

    progress: Progress
    changes: ChangeSet = NOTHING_CHANGED
    snapshot: IndexSnapshot | None = None
    content_map: ContentMap | None = None


class IndexingService:
    """Indexes one catalogue with one model. Used by one thread at a time, the index lane.

    ``embedder`` gives the embedder whose key is ``model_key``; it is asked when there is
    something to read for the first time. Whoever provides it closes it. ``threads`` threads
    read and decode. ``replaced`` are contents whose vector took the place of another one in what
    was published, in the order in which that happened; it only ever grows.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        embedder: Callable[[], Embedder],
        index_store: IndexStore,
        *,
        model_key: str,
        threads: int | None = None,
    ) -> None:
        self.model_key = model_key
        self.replaced: list[int] = []
        self._catalogue = catalogue
        self._reader = reader
        self._provide_embedder = embedder
        self._embedder: Embedder | None = None
        self._index = index_store
        self._threads = threads or min(4, max(1, (os.cpu_count() or 1) // 2))
        self._snapshot: IndexSnapshot | None = None
        self._unpublished: dict[int, NDArray[np.float32]] = {}
        self._is_saved = True

    def load(self) -> IndexSnapshot:
        """Open the index, or build it from the catalogue's vectors. See IndexStore.open."""
        self._snapshot = self._index.open(self._catalogue.vectors, self.model_key)
        self._unpublished.clear()
        self._is_saved = True
        return self._snapshot

    def snapshot(self) -> IndexSnapshot:
        """Every committed vector; loads the index where that was not done yet."""
        snapshot = self.load() if self._snapshot is None else self._snapshot
        if self._unpublished:
            content_ids = np.fromiter(self._unpublished, np.int64, len(self._unpublished))
            vectors = np.stack(list(self._unpublished.values()))
            self.replaced += content_ids[np.isin(content_ids, snapshot.content_ids)].tolist()
            self._snapshot = snapshot = self._index.extend(snapshot, content_ids, vectors)
            self._unpublished.clear()
        return snapshot

    def publish(self) -> tuple[IndexSnapshot, ContentMap]:
        """What can be searched now: every committed vector, and which products show it."""
        return self.snapshot(), self._catalogue.pictures.content_map()

    def save(self) -> None:
        """Write the index to disk where it has changed. Raises StorageFull, and
        UserFacingError where its folder cannot be written; the catalogue is not touched."""
        if not self._is_saved and not self._catalogue.read_only:
            fingerprint = self._catalogue.vectors.fingerprint(self.model_key)
            self._index.save(self.snapshot(), fingerprint)
            self._is_saved = True

    def run(self, token: CancelToken) -> Iterator[IndexingStep]:
        """Read the pictures that wait, then those without a vector of this model.

        Yields after each committed batch; between two steps others may write to the
        catalogue. The state is in the catalogue: whether the run was cancelled, closed or
        killed, the next one goes on where it was. Yields nothing where there is nothing to
        do. Its threads end with it. Raises Cancelled, ModelUnavailable, StorageFull and
        CatalogueUnavailable.
        """
        if self._catalogue.read_only:
            return
        if (pictures := self._waiting()) is not None:
            embedder = self._embedder_of_model()
            run = _Run(WorkClock())
            run.expect(self._count_waiting(*self.publish()))
            look = PictureLooker(self._catalogue.pictures, self._reader, self.model_key)
            executor = ThreadPoolExecutor(self._threads, thread_name_prefix="read-picture")
            try:
                while pictures is not None:
                    looks = read_ahead(look, pictures, executor, limit=self._threads * READ_AHEAD)
                    yield from self._index_looks(looks, embedder, token, run)
                    pictures = self._waiting()
            finally:
                executor.shutdown(cancel_futures=True)
            run.expect(0)
            yield IndexingStep(run.progress, NOTHING_CHANGED, *self.publish())
            self.save()
        yield from self._optimise(token)

    def _waiting(self) -> Iterator[PendingPicture] | None:
        """The pictures to read next, None where there are none."""
        pictures = self._catalogue.pictures
        for fetch in (pictures.pending, partial(pictures.lacking_vectors, self.model_key)):
            if fetch(limit=1):
                return _paged(fetch)
        return None

    def _embedder_of_model(self) -> Embedder:
        if self._embedder is None:
            embedder = self._provide_embedder()
            if embedder.key != self.model_key:
                raise ValueError(f"the embedder is {embedder.key}, not {self.model_key}")
            self._embedder = embedder
        return self._embedder

    def _index_looks(
        self, looks: Iterator[Look], embedder: Embedder, token: CancelToken, run: _Run
    ) -> Iterator[IndexingStep]:
        with run.clock.stopped():
            token.checkpoint()
        with closing(iter(Batches(looks, embedder, token))) as batches:
            for batch in batches:
                changes = self._store(batch, run)
                is_stopping = token.is_cancelled or token.is_paused
                step = self._step(run, changes, publish=is_stopping or run.publishing.is_due)
                if run.saving.is_due:
                    with run.saving.working():
                        self.save()
                with run.clock.stopped():
                    yield step
                    token.checkpoint()

    def _store(self, batch: Sequence[ReadPicture], run: _Run) -> ChangeSet:
        pictures = self._catalogue.pictures
        changes = pictures.record_read(self.model_key, batch)
        run.count(batch)
        vectors = {
            read.content.content_hash: read.vector
            for read in batch
            if read.content is not None and read.vector is not None
        }
        if vectors:
            known = pictures.known_contents(list(vectors), self.model_key)
            self._unpublished |= {known[digest].id: row for digest, row in vectors.items()}
            self._is_saved = False
        return changes

    def _step(self, run: _Run, changes: ChangeSet, *, publish: bool) -> IndexingStep:
        if not publish:
            return IndexingStep(run.progress, changes)
        with run.publishing.working():
            snapshot, content_map = self.publish()
            run.expect(self._count_waiting(snapshot, content_map))
        return IndexingStep(run.progress, changes, snapshot, content_map)

    def _count_waiting(self, snapshot: IndexSnapshot, content_map: ContentMap) -> int:
        """About as many as are still to be read: contents without a vector whose files are
        away are counted too."""
        lacking = np.setdiff1d(content_map.content_ids, snapshot.content_ids).size
        return self._catalogue.pictures.counts().pending + int(lacking)

    def _optimise(self, token: CancelToken) -> Iterator[IndexingStep]:
        if self._snapshot is None or not self._index.is_slow(self._snapshot):
            return
        for step in self._index.optimise(self.snapshot, token):
            progress = replace(step.progress, stage=OPTIMISING)
            if step.snapshot is None:
                yield IndexingStep(progress)
            else:
                self._snapshot, self._is_saved = step.snapshot, False
                yield IndexingStep(progress, NOTHING_CHANGED, *self.publish())
        self.save()


class _Run:
    """The account of one run."""

    def __init__(self, clock: WorkClock) -> None:
        self.clock = clock
        self.publishing = Pace(
            clock, every_s=PUBLISH_EVERY_S, most_share=MOST_OVERHEAD, is_due_at_once=True
        )
        self.saving = Pace(clock, every_s=SAVE_EVERY_S, most_share=MOST_OVERHEAD)
        self._done = self._failed = self._total = 0

    @property
    def progress(self) -> Progress:
        return Progress(READING, self._done, self._total, self.clock.elapsed_s, self._failed)

    def expect(self, waiting: int) -> None:
        """So many pictures are still to come."""
        self._total = self._done + waiting

    def count(self, batch: Sequence[ReadPicture]) -> None:
        self._done += len(batch)
        self._total = max(self._total, self._done)
        self._failed += sum(read.state is not PictureState.READY for read in batch)


class _Fetch(Protocol):
    def __call__(self, *, after_id: int = 0, limit: int = 256) -> list[PendingPicture]: ...


def _paged(fetch: _Fetch) -> Iterator[PendingPicture]:
    after_id = 0
    while page := fetch(after_id=after_id, limit=PAGE):
        yield from page
        after_id = page[-1].id
