"""Finding pairs: compares every content with those it is most like, once."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from desktop_app.domain.duplicate_ports import ComparedPicture, PairJudge
from desktop_app.domain.duplicates import FoundPair, PairJudgement
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import Orientation
from desktop_app.domain.evidence_ports import CopyHasher, EvidenceChannels
from desktop_app.domain.ports import Catalogue, ImageReader, IndexSnapshot
from desktop_app.domain.progress import Cancelled, CancelToken, Progress
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.compared_pictures import ComparedPictures
from desktop_app.services.duplicates.open_contents import OpenContents
from desktop_app.services.duplicates.proposing import (
    Gallery,
    Neighbours,
    Proposer,
    ShownContents,
    neighbours,
)
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.indexing_pace import Pace, WorkClock, in_batches
from desktop_app.services.indexing_reading import read_ahead

log = logging.getLogger(__name__)

FINDING = "Looking for duplicates"
METHOD = 1
"""Raised whenever other pairs would be found than before."""

LEAST_CHANCE = 0.2
"""Pairs less likely to be the same or a variant are not kept."""
WORTH_MORE = 0.1
"""Where none of the lookalikes judged together is this likely to be the same, no more are."""

PAGE = 256
AHEAD = 4
MAX_CONTENTS = 128
MAX_SECONDS = 0.3
"""How long an edit may have to wait for the batch under way."""
COUNT_EVERY_S = 10.0
MOST_COUNTING = 0.02

NOTHING_CHANGED = ChangeSet()


@dataclass(frozen=True, slots=True)
class FindStep:
    """One committed batch. ``found`` counts the pairs kept since the start of the run,
    ``new_pairs`` those of this batch; a pair known before counts where it was judged again."""

    progress: Progress
    found: int = 0
    new_pairs: int = 0
    changes: ChangeSet = NOTHING_CHANGED


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The pairs that comparing one content gave."""

    content_id: int
    pairs: tuple[FoundPair, ...] = ()


class PairFinder:
    """Finds the pairs of one catalogue. Used by one thread at a time, the index lane.

    ``judge`` and ``channels`` make what is needed when it is; ``indexes`` gives what is
    published for the search, vectors and evidence; ``threads`` judge, and what they do is
    wrapped in ``alone``, which may keep libraries from starting threads of their own.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        judge: Callable[[], PairJudge],
        channels: Callable[[], EvidenceChannels],
        indexes: Callable[[], tuple[IndexSnapshot, EvidenceIndexes]],
        *,
        model_key: str,
        threads: int | None = None,
        alone: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._provide_judge = judge
        self._provide_channels = channels
        self._provide_indexes = indexes
        self._model_key = model_key
        self._threads = threads or max(1, os.cpu_count() or 1)
        self._alone = alone
        self._judge: PairJudge | None = None
        self._shown: tuple[int, ShownContents] | None = None

    @property
    def version(self) -> str:
        """Names all that decides which pairs are found. Raises ModelUnavailable."""
        return f"find{METHOD} {self._judge_of_pairs().version} {self._model_key}"

    def is_lacking(self) -> bool:
        """Whether a run would find something to compare. Raises ModelUnavailable."""
        return bool(len(self._catalogue.pairs.lacking(self.version, limit=1)))

    def run(self, token: CancelToken) -> Iterator[FindStep]:
        """Compare every content of a READY picture that was not compared in this version
        with all others.

        Yields after each committed batch; between two steps others may write to the
        catalogue. The state is in the catalogue: whether the run was cancelled, closed or
        killed, the next one goes on where it was. Yields nothing where there is nothing to
        do. Its threads end with it. Raises Cancelled, ModelUnavailable, StorageFull and
        CatalogueUnavailable.
        """
        if not self._catalogue.read_only and self.is_lacking():
            with self._alone():
                yield from self._run(token)

    def _run(self, token: CancelToken) -> Iterator[FindStep]:
        version, pairs = self.version, self._catalogue.pairs
        account = _Account()
        account.expect(*pairs.count(version))
        channels = self._provide_channels()
        pictures = ComparedPictures(self._catalogue, self._reader, channels, self._model_key)
        waiting = pairs.lacking(version, limit=2**40)
        opened = OpenContents(waiting, pairs.load(version))
        executor = ThreadPoolExecutor(self._threads, thread_name_prefix="compare-picture")
        try:
            results = read_ahead(
                _Comparing(self._judge_of_pairs(), pictures, opened),
                self._to_compare(version, pictures, opened, channels.copy),
                executor,
                limit=self._threads * AHEAD,
                group_size=1,
            )
            with account.clock.stopped():
                token.checkpoint()
            for batch in in_batches(results, token, most=MAX_CONTENTS, most_s=MAX_SECONDS):
                found = [pair for compared in batch for pair in compared.pairs]
                pairs.record(version, [compared.content_id for compared in batch], found)
                account.count(batch)
                if account.counting.is_due:
                    with account.counting.working():
                        account.expect(*pairs.count(version))
                with account.clock.stopped():
                    yield FindStep(account.progress, account.found, len(found))
                    token.checkpoint()
        finally:
            executor.shutdown(cancel_futures=True)
        account.end()
        yield FindStep(account.progress, account.found)

    def _judge_of_pairs(self) -> PairJudge:
        if self._judge is None:
            self._judge = self._provide_judge()
        return self._judge

    def _to_compare(
        self,
        version: str,
        pictures: ComparedPictures,
        opened: OpenContents,
        hasher: CopyHasher,
    ) -> Iterator[tuple[Neighbours, Proposer]]:
        after_content = 0
        while True:
            page = self._catalogue.pairs.lacking(version, after_content=after_content, limit=PAGE)
            if not len(page):
                return
            after_content = int(page[-1])
            content_ids = page.tolist()
            opened.add(content_ids)
            pictures.refresh()
            gallery = self._gallery()
            proposer = Proposer(pictures, hasher, gallery)
            for near in neighbours(content_ids, pictures, gallery):
                yield near, proposer

    def _gallery(self) -> Gallery:
        snapshot, indexes = self._provide_indexes()
        # Asked before the contents are read: what is written meanwhile is noticed next time.
        revision = self._catalogue.revision
        if self._shown is None or self._shown[0] != revision:
            self._shown = revision, ShownContents(self._catalogue.pictures.content_map())
        return Gallery(snapshot, indexes, self._shown[1])


class _Comparing:
    """Compares one content; may be called from several threads."""

    def __init__(self, judge: PairJudge, pictures: ComparedPictures, opened: OpenContents) -> None:
        self._judge = judge
        self._pictures = pictures
        self._opened = opened

    def __call__(self, item: tuple[Neighbours, Proposer]) -> Compared:
        """Raises UserFacingError and Cancelled; a picture that cannot be compared for any other
        reason has no pairs."""
        near, proposer = item
        try:
            return self._compared(near, proposer)
        except (UserFacingError, Cancelled):
            raise
        except Exception:
            # Of a hundred thousand pictures one that a method fails on must not stop the others.
            log.exception("content %d could not be compared", near.content_id)
            return Compared(near.content_id)
        finally:
            self._opened.close(near.content_id)

    def _compared(self, near: Neighbours, proposer: Proposer) -> Compared:
        known = self._opened.known(near.content_id)
        proposals = proposer.proposals(near, known)
        (one,) = self._pictures.get([near.content_id])
        kept = self._judged(one, proposals.certain, known) or []
        for run in proposals.alike:
            pairs = self._judged(one, run, known)
            if pairs is None:
                continue
            kept += pairs
            if max((pair.judgement.same for pair in pairs), default=0.0) < WORTH_MORE:
                break
        return Compared(near.content_id, tuple(kept))

    def _judged(
        self, one: ComparedPicture, content_ids: Sequence[int], known: Sequence[int]
    ) -> list[FoundPair] | None:
        """The pairs to keep, None where all of them were taken on from the other side."""
        wanted = [i for i in content_ids if self._opened.claim(one.content_id, i)]
        if not wanted:
            return None
        judgements = self._judge.judge(one, self._pictures.get(wanted))
        return [
            _pair(one.content_id, other, judgement)
            for other, judgement in zip(wanted, judgements, strict=True)
            # What was known is replaced by what is thought now, be that little.
            if judgement.same + judgement.variant >= LEAST_CHANCE or other in known
        ]


def _pair(first: int, second: int, judgement: PairJudgement) -> FoundPair:
    """In order."""
    if first < second:
        return FoundPair(first, second, judgement)
    orientation = judgement.orientation
    if not orientation.mirrored:  # a mirroring and a turn undo themselves
        orientation = Orientation(quarter_turns=-orientation.quarter_turns % 4)
    return FoundPair(second, first, replace(judgement, orientation=orientation))


class _Account:
    """The account of one run."""

    def __init__(self) -> None:
        self.clock = WorkClock()
        self.counting = Pace(self.clock, every_s=COUNT_EVERY_S, most_share=MOST_COUNTING)
        self.found = 0
        self._done = self._total = 0

    @property
    def progress(self) -> Progress:
        return Progress(FINDING, self._done, self._total, self.clock.elapsed_s)

    def expect(self, compared: int, total: int) -> None:
        """So many contents are compared, of so many."""
        self._total = self._done + max(0, total - compared)

    def count(self, batch: Sequence[Compared]) -> None:
        self._done += len(batch)
        self._total = max(self._total, self._done)
        self.found += sum(len(compared.pairs) for compared in batch)

    def end(self) -> None:
        self._total = self._done
