"""A rotating log file and crash hooks, so that a defect leaves a trace a person can send."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

log = logging.getLogger("desktop_app")

FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
MAX_BYTES = 2_000_000
BACKUPS = 3

CrashListener = Callable[[BaseException], None]


def start_logging(folder: Path, *, verbose: bool = False) -> Path | None:
    """Log to ``folder``/twinshelf.log; returns its path, None where it cannot be written."""
    logging.getLogger().setLevel(logging.DEBUG if verbose else logging.INFO)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "twinshelf.log"
        handler = RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", delay=False
        )
    except OSError:
        logging.basicConfig(format=FORMAT)
        log.warning("no log file can be written to %s", folder)
        return None
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(handler)
    return path


def install_crash_hooks(on_crash: CrashListener, *, dump: Path | None = None) -> None:
    """Log every exception nobody caught, in any thread, and tell ``on_crash``.

    ``on_crash`` may be called from any thread. ``dump`` receives the stacks of all threads
    where the interpreter itself dies.
    """
    if dump is not None:
        try:
            # Kept open on purpose: faulthandler writes to the descriptor at the very end.
            faulthandler.enable(dump.open("a", encoding="utf-8"))
        except OSError:
            log.warning("stacks of a crash cannot be written to %s", dump)

    def report(error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            return
        log.critical("unhandled exception", exc_info=error)
        on_crash(error)

    def main_hook(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        report(error)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            report(arguments.exc_value)

    sys.excepthook = main_hook
    threading.excepthook = thread_hook
