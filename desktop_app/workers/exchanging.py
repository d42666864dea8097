"""What leaves a review and comes into it: reports, and verdicts in files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from desktop_app.domain.duplicates import VerdictConflict
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.reports import IncludedGroups
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.report_words import duplicate_pages
from desktop_app.services.duplicates.reporting import duplicate_report
from desktop_app.services.duplicates.verdict_files import VerdictMerge
from desktop_app.services.workspace import Workspace
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Job, Lane


@dataclass(frozen=True, slots=True, eq=False)
class VerdictPreview:
    """What taking over the verdicts of a file would do. ``skus`` are those of the products that
    show a content now, by its hash, for what conflicts."""

    path: Path
    merge: VerdictMerge
    skus: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """A report to be written: of the groups at ``threshold`` that are ``included``, in the
    format that the ending of ``path`` names."""

    path: Path
    threshold: float
    included: IncludedGroups = IncludedGroups.ALL


class Exchanger(QObject):
    """Reports in the search lane, between whose steps searches go; verdicts in the index lane.

    Signals: ``verdicts_read`` (VerdictPreview); ``verdicts_taken`` (ChangeSet);
    ``verdicts_written`` (how many, Path); ``report_progressed`` (Progress); ``report_written``
    (Path); ``report_stopped``; ``report_failed`` and ``failed`` (UserFacingError).
    """

    verdicts_read = Signal(object)
    verdicts_taken = Signal(object)
    verdicts_written = Signal(int, object)
    report_progressed = Signal(object)
    report_written = Signal(object)
    report_stopped = Signal()
    report_failed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        keeper: Keeper,
        *,
        searching: Lane,
        writing: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._keeper = keeper
        self._searching = searching
        self._writing = writing
        self._report: Job | None = None

    # Verdicts

    def export_verdicts(self, path: Path) -> None:
        """Write every verdict to a file; ``verdicts_written`` or ``failed`` follows. After what
        is on its way into the catalogue."""
        self._writing.call(
            lambda _token: self._workspace.duplicates.export_verdicts(path),
            on_done=lambda count: self.verdicts_written.emit(count, path),
            on_failed=self.failed.emit,
        )

    def read_verdicts(self, path: Path) -> None:
        """Ask for ``verdicts_read`` or ``failed``; nothing is changed."""
        duplicates = self._workspace.duplicates

        def work(_token: CancelToken) -> VerdictPreview:
            merge = duplicates.read_verdicts(path)
            named = {key for c in merge.conflicts for key in (c.own.key.hash_a, c.own.key.hash_b)}
            skus = duplicates.skus_by_hash() if named else {}
            return VerdictPreview(path, merge, {h: skus[h] for h in named if h in skus})

        self._writing.call(
            work,
            key="verdicts-read",
            on_done=self.verdicts_read.emit,
            on_failed=self.failed.emit,
        )

    def take_verdicts(self, merge: VerdictMerge, theirs: Sequence[VerdictConflict]) -> None:
        """Take over what is new, and the others' word in these conflicts, as one change;
        ``verdicts_taken`` or the keeper's ``failed`` follows. Undoable."""
        chosen = replace(merge, unchanged=(), conflicts=tuple(theirs))

        def change() -> ChangeSet:
            return self._workspace.duplicates.take_verdicts(chosen, prefer_other=bool(theirs))

        def then(changes: ChangeSet | None) -> None:
            if changes is not None:
                self.verdicts_taken.emit(changes)

        self._keeper.edit(change, then=then)

    # Reports

    def write_report(self, order: ReportOrder, board: Board | None = None) -> None:
        """Ask for ``report_written``, ``report_stopped`` or ``report_failed``; one at a time.
        ``board`` is what is on view, None for all there is."""
        if self._report is not None:
            return
        workspace, preparing = self._workspace, self.tr("Putting groups together")

        def work(token: CancelToken) -> Iterator[Progress]:
            workspace.reports.check(order.path)
            yield Progress(preparing, 0)
            token.checkpoint()
            report = duplicate_report(
                board if board is not None else workspace.duplicates.board(),
                order.threshold,
                catalogue=workspace.catalogue,
                model=workspace.model_name,
                made_at=f"{dt.datetime.now():%Y-%m-%d %H:%M}",
                included=order.included,
            )
            yield from workspace.reports.write(duplicate_pages(report), order.path, token)

        self._report = self._searching.run(
            work,
            on_step=self.report_progressed.emit,
            on_done=lambda _none: self._end(self.report_written, order.path),
            on_failed=lambda error: self._end(self.report_failed, error),
            on_cancelled=lambda: self._end(self.report_stopped),
        )

    def stop_report(self) -> None:
        """Give the report up; what was there before stays."""
        if self._report is not None:
            self._searching.cancel(self._report)

    def _end(self, signal: SignalInstance, *values: object) -> None:
        self._report = None
        signal.emit(*values)
