"""Opens the window as ever, says when it was painted first, and ends: for measuring the start.

Prints ``painted``, the processor time used till then in milliseconds, and the names of the
engines imported by then. Settings are the defaults, in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Slot

from desktop_app.app import Application
from desktop_app.bootstrap import has_display

ENGINES = ("torch", "timm", "openvino", "faiss", "cv2", "PIL", "sqlite_utils", "openpyxl")


class _FirstPaint(QObject):
    """Watches a window's events; after its first paint it reports and quits."""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        self._is_painted = False
        application.window.installEventFilter(self)

    @Slot()
    def report(self) -> None:
        loaded = [name for name in ENGINES if name in sys.modules]
        print("painted", round(time.process_time() * 1e3), *loaded, flush=True)
        self._application.qt.quit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Paint and not self._is_painted:
            self._is_painted = True
            # The loop comes back when the paint is through and the pixels are flushed.
            QTimer.singleShot(0, self, self.report)
        return super().eventFilter(watched, event)


def main() -> int:
    """Open the window with nothing in it, report its first paint, and end."""
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="twinshelf-start-") as name:
        places = {part: Path(name) / part for part in ("config", "data", "cache")}
        application = Application(argparse.Namespace(demo=False, catalogue=None, **places))
        watcher = _FirstPaint(application)
        application.show()
        status = application.run()
        del watcher
    return status
