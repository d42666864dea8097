"""Writing a report into a file of a person's choice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.report_ports import Report, ReportWriter
from desktop_app.services.exporting import written_whole

REPORT_SUFFIXES = (".xlsx", ".csv", ".html", ".pdf")


class ReportFiles:
    """Writes reports. ``writers`` makes the writer for each of REPORT_SUFFIXES when first
    needed, since the libraries behind them take a while to load."""

    def __init__(
        self,
        writers: Mapping[str, Callable[[], ReportWriter]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writers = writers
        self._clock = clock

    def check(self, path: Path) -> None:
        """Raises UserFacingError where the ending of ``path`` names no format."""
        if path.suffix.lower() not in self._writers:
            raise UserFacingError(
                f"“{path.name}” names no format that a report can have.",
                remedy="End the name with " + ", ".join(self._writers) + ".",
            )

    def write(self, report: Report, path: Path, token: CancelToken) -> Iterator[Progress]:
        """Write the report in the format that the ending of ``path`` names; the file appears
        whole or not at all: it is there once there are no more steps, and whoever stops before
        finds what was there.

        Raises Cancelled, UserFacingError, StorageFull on a full disk.
        """
        self.check(path)
        writer = self._writers[path.suffix.lower()]()
        started = self._clock()
        total = max(1, writer.steps(report))
        with written_whole(path) as temporary, closing(writer.write(report, temporary)) as steps:
            for done in steps:
                token.checkpoint()
                yield Progress("Writing the report", min(done, total), total, self._passed(started))
            token.checkpoint()
            # Nothing comes after the file is in its place: a stop asked for then comes too late.
            yield Progress("Writing the report", total, total, self._passed(started))

    def _passed(self, started: float) -> float:
        return self._clock() - started
