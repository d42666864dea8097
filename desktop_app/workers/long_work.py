"""Imports, indexing passes and enriching in the index lane: their order, progress and steering.

An import or an indexing pass goes before all else. Then comes what a person waits for, learning
in seconds and taking up what was learned; then looking closer at pictures, which goes on whenever
there is nothing to import or to read; that goes before comparing pictures for duplicates and the
map of outlines. Tuning a network, which takes hours, has what they leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.imports import ImportStep
from desktop_app.domain.learned_models import LearnStep
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.finding import FindStep
from desktop_app.services.enriching import EnrichStep
from desktop_app.services.indexing import IndexingStep
from desktop_app.services.shapes.mapping import MapStep
from desktop_app.services.workspace import Workspace
from desktop_app.workers.lane import Job, Lane


class WorkKind(StrEnum):
    """The long work a status line can show."""

    IMPORT = "import"
    INDEX = "index"
    ENRICH = "enrich"
    LEARN = "learn"
    TAKE_UP = "take_up"
    FIND = "find"
    MAP = "map"


_RANKS = {
    WorkKind.LEARN: 1,
    WorkKind.TAKE_UP: 1,
    WorkKind.ENRICH: 2,
    WorkKind.FIND: 3,
    WorkKind.MAP: 4,
}
"""Of what waits for others; see Lane."""
_LAST = 5


class Ending(StrEnum):
    """How a piece of long work ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """What runs in the background, how far it is, and whether it is paused."""

    kind: WorkKind
    progress: Progress
    paused: bool = False


class LongWork(QObject):
    """Everything of one catalogue that takes longer than a moment.

    Signals: ``changed`` (ChangeSet) after a step that wrote something a view shows;
    ``status_changed`` (WorkStatus, or None where nothing is worth showing); ``idle`` when the
    last import or indexing pass ended; ``enriched`` when there was no picture left to look
    closer at; ``can_enrich`` (bool) whether there are such pictures and nobody looks at them;
    ``compared`` when comparing pictures for duplicates ended, by itself or not; ``mapped``
    likewise of the map of outlines; ``imported`` (ImportReport); ``learn_stepped`` (LearnStep),
    and ``learn_ended`` (Ending) after the last; ``take_up_ended`` (version, Ending);
    ``failed`` (UserFacingError).
    """

    changed = Signal(object)
    status_changed = Signal(object)
    idle = Signal()
    enriched = Signal()
    can_enrich = Signal(bool)
    compared = Signal()
    mapped = Signal()
    imported = Signal(object)
    learn_stepped = Signal(object)
    learn_ended = Signal(object)
    take_up_ended = Signal(str, object)
    failed = Signal(object)

    def __init__(self, lane: Lane, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._workspace = workspace
        self._jobs: dict[WorkKind, Job] = {}
        self._status: dict[WorkKind, WorkStatus] = {}
        self._enriches_unasked = True
        self._is_enriching_held = False
        self._enriches_again = False
        self._taking_up = ""

    def run_import(self, run: Callable[[CancelToken], Iterator[ImportStep]]) -> None:
        """Import; then the new pictures are read."""
        self._start(WorkKind.IMPORT, run)

    def index(self) -> None:
        """Read pictures that are waiting; does nothing while that already runs."""
        if self._workspace.catalogue.read_only or WorkKind.INDEX in self._jobs:
            return
        self._start(WorkKind.INDEX, self._workspace.index)

    def enrich(self) -> None:
        """Look closer at the pictures that were read, after what is under way."""
        if not self._workspace.catalogue.read_only and WorkKind.ENRICH not in self._jobs:
            self._is_enriching_held = self._enriches_again = False
            self._start(WorkKind.ENRICH, self._workspace.enrich)
            self.can_enrich.emit(False)

    def find_duplicates(self) -> None:
        """Compare the pictures that were not compared yet, after what is under way; does
        nothing while that already runs."""
        if not self._workspace.catalogue.read_only and WorkKind.FIND not in self._jobs:
            self._start(WorkKind.FIND, self._workspace.duplicates.find)

    @property
    def is_finding(self) -> bool:
        """Whether pictures are compared for duplicates, or will be once nothing goes before."""
        return WorkKind.FIND in self._jobs

    def stop_finding(self) -> None:
        """Compare no more; what was compared is kept."""
        if (job := self._jobs.get(WorkKind.FIND)) is not None:
            self._lane.cancel(job)

    def map_shapes(self, *, anew: bool = False) -> None:
        """Bring the map of outlines up to date after what is under way, or lay all out
        ``anew``; does nothing while that already runs."""
        if WorkKind.MAP not in self._jobs:
            self._start(WorkKind.MAP, lambda token: self._workspace.mapping.run(token, anew=anew))

    @property
    def is_mapping(self) -> bool:
        """Whether the map of outlines is made, or will be once nothing goes before."""
        return WorkKind.MAP in self._jobs

    def stop_mapping(self) -> None:
        """Make the map no further for now; it goes on where it was when asked again."""
        if (job := self._jobs.get(WorkKind.MAP)) is not None:
            self._lane.cancel(job)

    def learn(
        self, run: Callable[[CancelToken], Iterator[LearnStep]], *, takes_hours: bool = False
    ) -> None:
        """Learn the catalogue after what goes before, or after all else where it
        ``takes_hours``; does nothing while that already runs."""
        if WorkKind.LEARN not in self._jobs:
            self._start(WorkKind.LEARN, run, rank=_LAST if takes_hours else None)

    def take_up(self, version: str, run: Callable[[CancelToken], Iterator[IndexingStep]]) -> None:
        """Have the search use a learned version, '' for none; does nothing while one is being
        taken up."""
        if WorkKind.TAKE_UP not in self._jobs:
            self._taking_up = version
            self._start(WorkKind.TAKE_UP, run)

    def is_under_way(self, kind: WorkKind) -> bool:
        """Whether this runs, or will once nothing goes before."""
        return kind in self._jobs

    def stop(self, kind: WorkKind) -> None:
        """Go no further with this; what was done is kept."""
        if (job := self._jobs.get(kind)) is not None:
            self._lane.cancel(job)

    def enrich_unasked(self, wanted: bool) -> None:
        """Whether to look closer whenever pictures were read. Stops it where not."""
        if wanted == self._enriches_unasked:
            return
        self._enriches_unasked = wanted
        if not wanted and (job := self._jobs.get(WorkKind.ENRICH)) is not None:
            self._lane.cancel(job)
        elif wanted and self.is_idle:
            self.enrich()

    @property
    def status(self) -> WorkStatus | None:
        """What runs now; an import goes before an indexing pass, and that before the rest."""
        return next((self._status[kind] for kind in WorkKind if kind in self._status), None)

    def pause(self) -> None:
        """Pause what runs; searching and editing go on."""
        self._set_paused(True)

    def resume(self) -> None:
        """Go on with what was paused."""
        self._set_paused(False)

    @property
    def is_idle(self) -> bool:
        """Whether neither an import nor an indexing pass is under way."""
        return not self._jobs.keys() - _RANKS.keys()

    def cancel(self) -> None:
        """Stop what runs; what was done is kept and can be taken up later. Looking closer then
        waits until it is asked for."""
        if (status := self.status) is not None:
            if status.kind is WorkKind.ENRICH:
                self._is_enriching_held = True
            self._lane.cancel(self._jobs[status.kind])

    def _set_paused(self, paused: bool) -> None:
        for job in self._jobs.values():
            (self._lane.pause if paused else self._lane.resume)(job)
        for kind, status in self._status.items():
            self._status[kind] = WorkStatus(kind, status.progress, paused)
        self.status_changed.emit(self.status)

    def _start(
        self,
        kind: WorkKind,
        run: Callable[[CancelToken], Iterator[Any]],
        *,
        rank: int | None = None,
    ) -> None:
        def step(
            value: ImportStep | IndexingStep | EnrichStep | FindStep | MapStep | LearnStep,
        ) -> None:
            paused = self._jobs[kind].paused if kind in self._jobs else False
            self._status[kind] = WorkStatus(kind, value.progress, paused)
            if isinstance(value, LearnStep):
                self.learn_stepped.emit(value)
            elif value.changes != ChangeSet():
                self.changed.emit(value.changes)
                if kind is WorkKind.ENRICH:
                    self.index()
            if isinstance(value, ImportStep) and value.report is not None:
                self.imported.emit(value.report)
            self.status_changed.emit(self.status)

        def done(_result: object) -> None:
            self._end(kind, Ending.DONE)
            if kind is WorkKind.INDEX:
                self._enrich_next()
            elif kind is WorkKind.ENRICH and self._enriches_again:
                self.enrich()
            elif kind is WorkKind.ENRICH:
                self.enriched.emit()

        def stop(ending: Ending = Ending.CANCELLED) -> None:
            self._end(kind, ending)
            if kind in (WorkKind.INDEX, WorkKind.ENRICH):
                self._offer_to_enrich()

        def fail(error: UserFacingError) -> None:
            self._is_enriching_held |= kind is WorkKind.ENRICH
            stop(Ending.FAILED)
            self.failed.emit(error)

        self._jobs[kind] = self._lane.run(
            run,
            on_step=step,
            on_done=done,
            on_cancelled=stop,
            on_failed=fail,
            rank=_RANKS.get(kind, 0) if rank is None else rank,
        )
        if kind in (WorkKind.IMPORT, WorkKind.LEARN, WorkKind.TAKE_UP):
            # The others show themselves at their first step: most find nothing to do.
            self._status[kind] = WorkStatus(kind, Progress("", 0))
            self.status_changed.emit(self.status)

    def _end(self, kind: WorkKind, ending: Ending) -> None:
        self._jobs.pop(kind, None)
        self._status.pop(kind, None)
        if kind is WorkKind.IMPORT:
            self._lane.call(lambda _token: self._workspace.publish_contents())
            self.index()
        self.status_changed.emit(self.status)
        if kind is WorkKind.FIND:
            self.compared.emit()
        elif kind is WorkKind.MAP:
            self.mapped.emit()
        elif kind is WorkKind.LEARN:
            self.learn_ended.emit(ending)
        elif kind is WorkKind.TAKE_UP:
            self.take_up_ended.emit(self._taking_up, ending)
        elif kind is not WorkKind.ENRICH and self.is_idle:
            self.idle.emit()

    def _enrich_next(self) -> None:
        """Pictures were read, perhaps."""
        if WorkKind.ENRICH in self._jobs:
            self._enriches_again = True
        elif self._enriches_unasked and not self._is_enriching_held:
            self.enrich()
        else:
            self._offer_to_enrich()

    def _offer_to_enrich(self) -> None:
        if self._workspace.catalogue.read_only or WorkKind.ENRICH in self._jobs:
            return
        self._lane.call(
            lambda _token: self._workspace.enriching.is_lacking(),
            key="can enrich",
            on_done=self.can_enrich.emit,
        )
