"""The capture log: read in the browse lane, changed in the index lane."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.capture_ports import CaptureLog
from desktop_app.domain.capturing import CaptureRecord, StockLine
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.report_ports import Report
from desktop_app.services.capture.reporting import log_report, stock_report
from desktop_app.services.workspace import Workspace
from desktop_app.workers.lane import Lane

PAGE = 100


@dataclass(frozen=True, slots=True)
class LogPage:
    """The newest records, of ``total`` in the log."""

    records: tuple[CaptureRecord, ...]
    total: int


@dataclass(frozen=True, slots=True)
class StockCount:
    """What was counted since ``began_at``, '' where no stock-take was started."""

    lines: tuple[StockLine, ...]
    began_at: str


class LogKeeper(QObject):
    """Lists the captures of one catalogue, counts stock, and takes changes back.

    Signals: ``read`` (LogPage); ``older_read`` (tuple of CaptureRecord); ``changed``
    (CaptureRecord) when one was counted anew; ``removed`` (how many), ``restored``; ``counted``
    (StockCount); ``started`` when a stock-take began; ``exported`` (Path); ``failed``
    (UserFacingError).
    """

    read = Signal(object)
    older_read = Signal(object)
    changed = Signal(object)
    removed = Signal(int)
    restored = Signal()
    counted = Signal(object)
    started = Signal()
    exported = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        *,
        browsing: Lane,
        writing: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._browsing = browsing
        self._writing = writing
        self._removed: tuple[CaptureRecord, ...] = ()

    @property
    def _log(self) -> CaptureLog:
        return self._workspace.capturing.log

    def picture(self, record_id: int) -> bytes:
        """A record's small JPEG; from any thread."""
        return self._log.picture(record_id)

    # Reading

    def load(self) -> None:
        """Ask for ``read`` and ``counted``; the newest wins."""

        def work(_token: CancelToken) -> LogPage:
            return LogPage(self._log.newest(PAGE), self._log.count())

        self._browsing.call(
            work, key="captures", on_done=self.read.emit, on_failed=self.failed.emit
        )
        self.count_stock()

    def load_older(self, before_id: int) -> None:
        """Ask for ``older_read``: those made before this record."""
        self._browsing.call(
            lambda _token: self._log.newest(PAGE, before_id=before_id),
            key="older-captures",
            on_done=self.older_read.emit,
            on_failed=self.failed.emit,
        )

    def count_stock(self) -> None:
        """Ask for ``counted``; the newest wins."""

        def work(_token: CancelToken) -> StockCount:
            return StockCount(self._log.stock(), self._log.stock_take_began())

        self._browsing.call(
            work, key="stock", on_done=self.counted.emit, on_failed=self.failed.emit
        )

    # Changing

    def set_pieces(self, record: CaptureRecord, pieces: int) -> None:
        """Count a capture as so many pieces; ``changed`` follows, unless it is gone."""
        service = self._workspace.capturing

        def work(_token: CancelToken) -> CaptureRecord | None:
            try:
                return service.set_pieces(record, pieces)
            except KeyError:
                return None

        def done(changed: CaptureRecord | None) -> None:
            if changed is not None:
                self.changed.emit(changed)
                self.count_stock()

        self._writing.call(work, on_done=done, on_failed=self.failed.emit)

    def remove(self, record_ids: Sequence[int]) -> None:
        """Delete records; ``removed`` and ``read`` follow. Until others are deleted they can be
        brought back."""
        ids = list(record_ids)

        def done(removed: tuple[CaptureRecord, ...]) -> None:
            self._removed = removed
            self.load()
            self.removed.emit(len(removed))

        self._write(lambda: self._log.remove(ids), done)

    def restore(self) -> None:
        """Bring back what was deleted last; ``restored`` and ``read`` follow."""
        records, self._removed = self._removed, ()
        if not records:
            return

        def done(_none: object) -> None:
            self.load()
            self.restored.emit()

        self._write(lambda: self._log.restore(records), done)

    def start_stock_take(self) -> None:
        """Count from zero; ``started`` and ``counted`` follow."""

        def done(_none: object) -> None:
            self.count_stock()
            self.started.emit()

        self._write(self._log.start_stock_take, done)

    def resume_stock_take(self) -> None:
        """Go on with the stock-take before; ``counted`` follows."""
        self._write(self._log.resume_stock_take, lambda _none: self.count_stock())

    # Exporting

    def export_log(self, path: Path) -> None:
        """Write every capture into a file; ``exported`` or ``failed`` follows."""
        self._export(log_report, path)

    def export_stock(self, path: Path) -> None:
        """Write the count into a file; ``exported`` or ``failed`` follows."""
        self._export(stock_report, path)

    def _export(self, report_of: Callable[..., Report], path: Path) -> None:
        workspace = self._workspace

        def work(token: CancelToken) -> Iterator[Progress]:
            workspace.reports.check(path)
            report = report_of(
                self._log,
                catalogue=workspace.catalogue.name,
                made_at=f"{dt.datetime.now():%Y-%m-%d %H:%M}",
            )
            yield from workspace.reports.write(report, path, token)

        self._browsing.run(
            work,
            on_done=lambda _none: self.exported.emit(path),
            on_failed=self.failed.emit,
        )

    def _write(self, change: Callable[[], object], done: Callable[..., None]) -> None:
        self._writing.call(lambda _token: change(), on_done=done, on_failed=self.failed.emit)
