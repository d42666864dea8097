"""Imports, indexes and enriches a folder in the real window and tells how long its event loop
was held up: for measuring that the window stays usable.

Prints one line of JSON: for each phase the longest gap between two beats, in milliseconds and
less the beat's own interval, the beats counted, and the seconds it took. Settings are the
defaults, in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from desktop_app.app import Application
from desktop_app.bootstrap import has_display
from desktop_app.services.workspace import Workspace
from desktop_app.workers.session import OpenRequest

INTERVAL_MS = 5
SETTLE_MS = 1000


class _Beats:
    """The gaps between beats of one phase."""

    def __init__(self) -> None:
        self.worst_ms = 0.0
        self.late = 0
        self.count = 0
        self.seconds = 0.0

    def add(self, gap_ms: float) -> None:
        self.count += 1
        self.seconds += (gap_ms + INTERVAL_MS) / 1e3
        self.worst_ms = max(self.worst_ms, gap_ms)
        self.late += gap_ms > 50


class Heartbeat(QObject):
    """Beats every INTERVAL_MS in the GUI thread while ``application`` imports ``folder``."""

    def __init__(self, application: Application, folder: Path) -> None:
        super().__init__()
        self._application = application
        self._folder = folder
        self._phases: dict[str, _Beats] = {}
        self._phase = "opening"
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        application.session.opened.connect(self._opened)

    def start(self, catalogue: Path) -> None:
        """Open a new catalogue and begin to count."""
        self._last = time.perf_counter()
        self._timer.start(INTERVAL_MS)
        self._application.session.open(OpenRequest(catalogue, create=True, name="Heartbeat"))

    def report(self) -> dict[str, dict[str, float]]:
        """What was counted, by phase."""
        return {
            name: {
                "worst_gap_ms": round(beats.worst_ms, 1),
                "gaps_over_50_ms": beats.late,
                "beats": beats.count,
                "seconds": round(beats.seconds, 2),
            }
            for name, beats in self._phases.items()
        }

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        gap_ms = (now - self._last) * 1e3 - INTERVAL_MS
        self._last = now
        self._phases.setdefault(self._phase, _Beats()).add(gap_ms)

    @Slot(object)
    def _opened(self, _workspace: Workspace) -> None:
        keeper = self._application.session.keeper
        assert keeper is not None
        keeper.imported.connect(self._imported)
        keeper.idle.connect(self._idle)
        keeper.enriched.connect(self._enriched)
        keeper.can_enrich.connect(self._enriching_ended)
        self._phase = "importing"
        self._application.window.importing.import_without_asking((self._folder,))

    @Slot()
    def _imported(self) -> None:
        self._phase = "indexing"

    @Slot()
    def _idle(self) -> None:
        if self._phase == "indexing":
            self._phase = "enriching"

    @Slot()
    def _enriched(self) -> None:
        if self._phase == "enriching":
            self._phase = "resting"
            QTimer.singleShot(SETTLE_MS, self._application.qt.quit)

    @Slot(bool)
    def _enriching_ended(self, is_left: bool) -> None:
        """It failed, where something is left."""
        if is_left:
            self._enriched()


def main(arguments: list[str]) -> int:
    """Measure with the pictures of the folder given."""
    parser = argparse.ArgumentParser(prog="twinshelf --heartbeat", description=__doc__)
    parser.add_argument("folder", type=Path, help="pictures to import")
    folder = parser.parse_args(arguments).folder.resolve()
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="twinshelf-heartbeat-") as name:
        places = {part: Path(name) / part for part in ("config", "data", "cache")}
        application = Application(argparse.Namespace(demo=False, catalogue=None, **places))
        heartbeat = Heartbeat(application, folder)
        application.show()
        QTimer.singleShot(0, lambda: heartbeat.start(Path(name) / "catalogue"))
        status = application.run()
        print(json.dumps(heartbeat.report()), flush=True)
    return status
