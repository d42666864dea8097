"""The map of a catalogue's silhouettes: made as a long run, kept, and brought up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceChannel
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.shape_map import (
    LEAST_MAPPED,
    LayoutDraft,
    OutlineBlender,
    ShapeLayout,
    ShapeMap,
    ShapeMapStore,
)
from desktop_app.domain.shape_ports import ShapeComparer, ShapeProposals
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.comparing import StoredFeatures
from desktop_app.services.indexing_pace import WorkClock
from desktop_app.services.shapes.free_places import FreePlaceFinder
from desktop_app.services.shapes.map_changes import brought_up_to_date, clusters_of
from desktop_app.services.shapes.map_reading import MapReader
from desktop_app.services.stepped_work import SteppedWork

log = logging.getLogger(__name__)

MAPPING = "Laying out the outlines"
METHOD = 1
"""Raised whenever another map would be made of the same outlines."""

STEPS = 1_000
"""In these the progress is told."""
_LAID, _GROUPED = 0.75, 0.82
"""The share done once all lie, and once all are grouped."""

NOTHING_CHANGED = ChangeSet()


@dataclass(frozen=True, slots=True, eq=False)
class MapStep:
    """A piece of making the map. The last one, and only it, has the map."""

    progress: Progress
    shape_map: ShapeMap | None = None
    changes: ChangeSet = NOTHING_CHANGED


@dataclass(frozen=True, slots=True, eq=False)
class MapState:
    """What there is to map: how many outlines the products show now, and how many of those are
    not on the map yet; ``shape_map`` is None before one was made."""

    outlines: int
    lacking: int
    shape_map: ShapeMap | None


@dataclass(frozen=True, slots=True, eq=False)
class _Mapped:
    """What is shown now and has an outline: (n,) sorted ids and their vectors (n, d)."""

    content_ids: IdArray
    vectors: FloatMatrix


class ShapeMapper:
    """Makes the map of one catalogue. Used by one thread at a time, the index lane, but for
    ``shape_map``, which may be asked from any.

    ``proposals`` gives what is published for the search; ``reader`` is for the lane that shows
    the map. A read-only catalogue is mapped like
    any other, and nothing is written.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        layout: ShapeLayout,
        store: ShapeMapStore,
        *,
        comparer: ShapeComparer,
        blender: OutlineBlender,
        channel: EvidenceChannel[ShapeFeatures],
        proposals: Callable[[], ShapeProposals | None],
        vectors_version: str,
    ) -> None:
        self._catalogue = catalogue
        self._layout = layout
        self._store = store
        self._proposals = proposals
        self._free = FreePlaceFinder(layout, blender, comparer, StoredFeatures(catalogue, channel))
        self.reader = MapReader(catalogue, channel)
        self._version = f"map{METHOD} {layout.version} {vectors_version}"
        self._map: ShapeMap | None = None
        self._is_loaded = False

    @property
    def version(self) -> str:
        """Names all that decides where outlines lie."""
        return self._version

    @property
    def shape_map(self) -> ShapeMap | None:
        """The latest; None before one was made or loaded."""
        return self._map

    def look(self) -> MapState:
        """What there is and what is kept; nothing is computed."""
        self._load()
        mapped = self._mapped()
        known = self._map.content_ids if self._map is not None else np.empty(0, np.int64)
        lacking = np.count_nonzero(~np.isin(mapped.content_ids, known))
        return MapState(len(mapped.content_ids), int(lacking), self._map)

    def run(self, token: CancelToken, *, anew: bool = False) -> Iterator[MapStep]:
        """Bring the map up to date: new outlines are placed among the others, none of which
        moves; with ``anew``, or where more are new than known, all are laid out together.

        Yields every fraction of a second; between two steps others may write to the catalogue.
        A layout that was cancelled, closed or killed goes on where it was, but for its last
        seconds. Yields nothing where nothing is to be done. Its thread ends with it. What cannot
        be written is used all the same. Raises Cancelled.
        """
        token.checkpoint()
        self._load()
        mapped = self._mapped()
        if len(mapped.content_ids) < LEAST_MAPPED:
            return
        known = self._map
        if known is not None and not anew and np.array_equal(known.content_ids, mapped.content_ids):
            return
        clock = WorkClock()
        share = [0.0]
        kept = _LatestDraft()
        proposals = self._proposals()

        def report(done: float) -> None:
            share[0] = max(share[0], done)

        def make(inner: CancelToken) -> ShapeMap:
            if known is None or anew or _mostly_new(mapped.content_ids, known):
                made = self._laid_out(mapped, kept, inner, report)
            else:
                made = self._extended(known, mapped, inner, report)
            free = self._free.find(
                made, proposals, inner, report=lambda done: report(_GROUPED + (1 - _GROUPED) * done)
            )
            return replace(made, free_places=free)

        work = SteppedWork(make)
        try:
            with closing(work.steps(token)) as steps:
                for _ in steps:
                    with clock.stopped():
                        yield MapStep(_progress(share[0], clock))
                    self._keep_draft(kept)
        except BaseException:
            self._keep_draft(kept)
            raise
        self._map = work.result
        self._save(work.result)
        yield MapStep(_progress(1.0, clock), work.result)

    def _laid_out(
        self, mapped: _Mapped, kept: _LatestDraft, token: CancelToken, report: Callable[..., None]
    ) -> ShapeMap:
        ids, vectors = mapped.content_ids, mapped.vectors
        places = self._layout.lay_out(
            ids,
            vectors,
            token,
            report=lambda done: report(_LAID * done),
            begun=self._store.load_draft(self._version),
            keep=kept.put,
        )
        cluster_of, medoids = self._layout.group(
            vectors, token, report=lambda done: report(_LAID + (_GROUPED - _LAID) * done)
        )
        return ShapeMap(
            self._version,
            ids,
            places,
            cluster_of,
            clusters_of(cluster_of, ids[medoids]),
            laid_out=len(ids),
        )

    def _extended(
        self, known: ShapeMap, mapped: _Mapped, token: CancelToken, report: Callable[..., None]
    ) -> ShapeMap:
        return brought_up_to_date(
            known,
            mapped.content_ids,
            mapped.vectors,
            self._layout,
            token,
            report=lambda done: report(_GROUPED * done),
        )

    def _mapped(self) -> _Mapped:
        proposals = self._proposals()
        if proposals is None:
            return _Mapped(np.empty(0, np.int64), np.empty((0, 1), np.float32))
        shown = np.unique(self._catalogue.pictures.content_map().content_ids)
        rows = np.isin(proposals.content_ids, shown, assume_unique=True)
        if rows.all():
            return _Mapped(proposals.content_ids, proposals.vectors)
        return _Mapped(proposals.content_ids[rows], proposals.vectors[rows])

    def _load(self) -> None:
        if not self._is_loaded:
            self._map = self._store.load(self._version)
            self._is_loaded = True

    def _save(self, shape_map: ShapeMap) -> None:
        if self._catalogue.read_only:
            return
        try:
            self._store.save(shape_map)
        except UserFacingError:
            # It is a cache: what could not be kept is made again next time.
            log.warning("the map of outlines was not kept", exc_info=True)

    def _keep_draft(self, kept: _LatestDraft) -> None:
        draft = kept.take()
        if draft is None or self._catalogue.read_only:
            return
        try:
            self._store.save_draft(replace(draft, version=self._version))
        except UserFacingError:
            log.warning("the layout under way was not kept", exc_info=True)


class _LatestDraft:
    """Handed over by the thread that lays out, written by the lane."""

    def __init__(self) -> None:
        self._draft: LayoutDraft | None = None

    def put(self, draft: LayoutDraft) -> None:
        self._draft = draft

    def take(self) -> LayoutDraft | None:
        draft, self._draft = self._draft, None
        return draft


def _mostly_new(content_ids: IdArray, known: ShapeMap) -> bool:
    """Whether there is too little of a map to place the others in."""
    staying = int(np.count_nonzero(np.isin(content_ids, known.content_ids)))
    return staying < max(LEAST_MAPPED, len(content_ids) - staying)


def _progress(share: float, clock: WorkClock) -> Progress:
    return Progress(MAPPING, round(STEPS * min(1.0, share)), STEPS, clock.elapsed_s)
