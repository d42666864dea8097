"""Cyclic garbage, collected in the GUI thread and in no other.

Python collects cycles in whatever thread happens to allocate. Where widgets, models or
connections are among them, a lane would then delete what belongs to the GUI thread, which Qt
forbids, and which ends now and then in a crash (Kovid Goyal met it first: PyQt mailing list,
August 2011).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 200
_OLDEST = 2


class Collector:
    """Python's collector, run by hand where Python would have run it.

    What there is when it begins is taken for lasting and not looked at again: collecting all
    takes half as long without the modules.
    """

    def __init__(self) -> None:
        self._was_automatic = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._lasting = 0
        """Objects that outlived the last collection of all."""

    def stop(self) -> None:
        """Give the collector back."""
        gc.unfreeze()
        if self._was_automatic:
            gc.enable()

    def collect_due(self) -> None:
        """Collect the generations that Python would: above their thresholds, and the oldest
        only where it has grown by a quarter since."""
        is_due = [n > most for n, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if not is_due[0]:
            return
        due = max(generation for generation, is_so in enumerate(is_due) if is_so)
        if due == _OLDEST and 4 * self._oldest() <= 5 * self._lasting:
            due -= 1
        gc.collect(due)
        if due == _OLDEST:
            self._lasting = self._oldest()

    @staticmethod
    def _oldest() -> int:
        return len(gc.get_objects(generation=_OLDEST))


class GarbageKeeper(QObject):
    """Collects in the thread it is made in, which is the GUI thread, as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._collector = Collector()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Give the collector back."""
        self._timer.stop()
        self._collector.stop()

    @Slot()
    def _collect(self) -> None:
        self._collector.collect_due()
