"""The composition root of the window: the one module that sees every layer.

Start-up, in order: arguments; the single instance (a second start hands over and ends);
logging and crash hooks; settings; Qt and the theme; the window, painted before any engine is
imported; then, in the index lane, the engines and the last catalogue, its index, and whatever
still waits to be read. Shut-down runs backwards: the window stops accepting, the camera stops,
lanes are cancelled and joined, the catalogue closes, the embedders go.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop_app import __version__, paths
from desktop_app.bootstrap import has_display
from desktop_app.capture.cameras import CameraDirectory
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.scorecards import FUSED, Scorecard
from desktop_app.domain.search import SearchResults
from desktop_app.engines import Engines
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings, load_settings, save_settings
from desktop_app.system.logs import install_crash_hooks, start_logging
from desktop_app.system.single_instance import SingleInstance
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.theme import Theme, ThemeMode
from desktop_app.workers.frame_watching import Eyes
from desktop_app.workers.garbage import GarbageKeeper
from desktop_app.workers.session import OpenRequest, Session

log = logging.getLogger(__name__)

DEMO_TIMEOUT_MS = 600_000
SETTLE_MS = 600
SHOWN_HITS = 5
SWITCH_INTERVAL_S = 0.002
"""How long a busy lane may keep the interpreter while the GUI thread waits for it; with the
default of 5 ms and three busy threads, an event would now and then wait for 20 ms."""


class Application:
    """Everything between ``main`` and the window, made in the order told above."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.config = options.config or paths.config_dir()
        self.data = options.data or paths.user_data_dir()
        self.cache = options.cache or paths.cache_dir()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self.qt = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(self.qt, QApplication)
        self.qt.setApplicationName(paths.APPLICATION)
        self.qt.setApplicationDisplayName(paths.APPLICATION)
        self.qt.setApplicationVersion(__version__)
        self.qt.setDesktopFileName("twinshelf")
        self.settings, self.settings_notes = load_settings(self._settings_file)
        icons = paths.resources_dir() / "icons"
        self.qt.setWindowIcon(QIcon(str(icons / "app" / "twinshelf.png")))
        self.theme = Theme(icons, mode=ThemeMode(self.settings.theme))
        self.theme.apply(self.qt)
        self._engines: Engines | None = None
        self._making = threading.Lock()
        self.session = Session(self.open_workspace)
        self.window = MainWindow(
            self.theme,
            self.session,
            self.settings,
            shelf=lambda: self.engines().library,
            make_cameras=_make_cameras,
            make_eyes=self.make_eyes,
            evaluate_list=self.evaluate_list,
            demo_source=paths.resources_dir() / "demo",
            demo_folder=self.data / "Demo range (rendered)",
            first_folder=self.data / "My catalogue",
            geometry_file=self.config / "window.ini",
        )
        self.window.settings_changed.connect(self.keep_settings)
        self.garbage = GarbageKeeper()

    @property
    def _settings_file(self) -> Path:
        return self.config / "settings.toml"

    def engines(self) -> Engines:
        """The engines, made at first use; called in the lanes, never before first paint."""
        with self._making:
            if self._engines is None:
                self._engines = Engines(
                    threads=self.settings.threads, data=self.data, cache=self.cache
                )
            return self._engines

    def open_workspace(self, request: OpenRequest) -> Workspace:
        """The session's way to open a catalogue; called in the index lane."""
        return self.engines().workspace(
            request.folder, create=request.create, name=request.name, model=request.model
        )

    def make_eyes(self) -> Eyes:
        """What looks at a camera's frames; called in the thread that does."""
        engines = self.engines()
        return Eyes(engines.frame_looker(), engines.barcode_reader)

    def evaluate_list(self, manifest: Path, token: CancelToken) -> Scorecard:
        """Measure a list of labelled pictures; called in a lane, takes minutes."""
        report = self.engines().evaluate(manifest, token=token)
        return Scorecard(
            scores={FUSED: report.scores, **report.channels},
            n_queries=report.n_queries,
            n_products=report.n_gallery,
            ms_p50=report.ms_per_query_p50,
            ms_p95=report.ms_per_query_p95,
        )

    def keep_settings(self, settings: Settings) -> None:
        """Save at once, so that a crash loses no preference."""
        self.settings = settings
        self.theme.set_mode(ThemeMode(settings.theme))
        try:
            save_settings(settings, self._settings_file)
        except UserFacingError as error:
            self.window.show_problem(error)

    def show(self) -> None:
        """Show the window; what it opens starts after the first paint."""
        self.window.show()
        for note in self.settings_notes:
            self.window.show_problem(UserFacingError(note))
        QTimer.singleShot(0, self.window, self.open_first)

    @Slot()
    def open_first(self) -> None:
        """Open what was asked for, the demo, or the last catalogue."""
        if self.options.demo:
            self.window.open_demo()
        elif self.options.catalogue is not None:
            self.window.open_catalogue(self.options.catalogue)
        elif self.settings.recent_catalogues:
            self.window.open_catalogue(Path(self.settings.recent_catalogues[0]), quiet=True)

    def run(self) -> int:
        """The event loop, then an orderly end."""
        try:
            return self.qt.exec()
        finally:
            self.shut_down()

    def shut_down(self) -> None:
        """Camera, lanes, catalogue, engines, in this order."""
        self.window.close_down()
        if self._engines is not None:
            self._engines.stop()
        self.session.shut_down()
        if self._engines is not None:
            self._engines.close()
        self.garbage.stop()


def _make_cameras() -> CameraDirectory:
    # Loads the multimedia library, which only those who look for a camera need.
    from desktop_app.capture.qt_camera import QtCameraDirectory  # noqa: PLC0415

    return QtCameraDirectory()


def main(arguments: Sequence[str]) -> int:
    """Open the window, show the demo, or test this installation; returns the exit status."""
    given = ["self-test" if part == "--self-test" else part for part in arguments]
    options = _parse(given)
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.self_test:
        return self_test(options)
    if not has_display():
        if options.demo:
            return show_demo_offscreen(options)
        print("twinshelf: there is no display to open a window on.", file=sys.stderr)
        print("The commands work without one: twinshelf --help", file=sys.stderr)
        return 1
    instance = SingleInstance(str(options.config or ""))
    application = Application(options)
    if instance.hand_over(options.catalogue):
        print("Twinshelf is open already; it was brought to the front.")
        application.shut_down()
        return 0
    instance.listen()
    instance.activated.connect(application.window.activate)
    log_file = start_logging(application.cache / "logs")
    install_crash_hooks(
        application.window.report_crash, dump=log_file and log_file.with_name("crash.txt")
    )
    application.show()
    try:
        return application.run()
    finally:
        instance.close()


def _parse(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="twinshelf", description="The Twinshelf window.")
    parser.add_argument("what", nargs="?", help="a catalogue's folder, demo, or self-test")
    parser.add_argument("--screenshot", type=Path, help="where the demo's screenshot goes")
    parser.add_argument("--config", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(given)
    options.demo = options.what == "demo"
    options.self_test = options.what == "self-test"
    is_folder = options.what and not options.demo and not options.self_test
    options.catalogue = Path(options.what).resolve() if is_folder else None
    return options


class _Wait(QObject):
    """Ends the event loop at the first result, problem, or when the time is up.

    Signals: ``ended``.
    """

    ended = Signal()

    def __init__(self, timeout_ms: int) -> None:
        super().__init__()
        self.results: SearchResults | None = None
        self.problem: UserFacingError | None = None
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._give_up)
        self._limit.start(timeout_ms)

    @Slot(object)
    def take(self, results: SearchResults) -> None:
        self.results = results
        self._limit.stop()
        QTimer.singleShot(SETTLE_MS, self, self._end)

    @Slot(object)
    def fail(self, problem: UserFacingError) -> None:
        self.problem = problem
        self._end()

    @Slot()
    def _give_up(self) -> None:
        self.fail(UserFacingError("The demo did not answer in time."))

    @Slot()
    def _end(self) -> None:
        self.ended.emit()


def show_demo_offscreen(options: argparse.Namespace) -> int:
    """The demo without a display: print the query and its best products, save a screenshot."""
    application = Application(options)
    wait = _Wait(DEMO_TIMEOUT_MS)
    application.window.demo_answered.connect(wait.take)
    application.window.problem_shown.connect(wait.fail)
    wait.ended.connect(application.qt.quit, Qt.ConnectionType.QueuedConnection)
    application.window.resize(1440, 900)
    application.show()
    application.qt.exec()
    picture = options.screenshot or application.cache / "demo.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    is_saved = application.window.grab().save(str(picture))
    lines = application.window.describe_results(wait.results, SHOWN_HITS) if wait.results else []
    application.shut_down()
    if wait.problem is not None:
        print(f"twinshelf: {wait.problem}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    print(f"Screenshot: {picture}" if is_saved else "The screenshot could not be saved.")
    return 0 if wait.results is not None and wait.results.hits else 1


def self_test(options: argparse.Namespace) -> int:
    """Check that every engine of this installation works, on pictures made here."""
    from desktop_app.services.self_test import run_self_test  # noqa: PLC0415

    steps: list[tuple[str, Callable[[], str]]] = [("window", _check_window)]
    engines = Engines(data=options.data, cache=options.cache)
    results = run_self_test(engines, more_checks=steps)
    engines.close()
    for result in results:
        mark = "ok  " if result.passed else "FAIL"
        print(f"{mark} {result.name:<12} {result.seconds:6.2f} s  {result.detail}", flush=True)
    return 0 if all(result.passed for result in results) else 1


def _check_window() -> str:
    started = time.perf_counter()
    icons = paths.resources_dir() / "icons"
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    theme = Theme(icons)
    theme.apply(qt)
    if theme.icons.icon("search").pixmap(16, 16).isNull():
        raise UserFacingError("Icons cannot be drawn.", remedy="Reinstall Twinshelf.")
    name = QLocale().name()
    return f"Qt {qt.platformName()}, {name}, {(time.perf_counter() - started) * 1e3:.0f} ms"
