"""The open catalogue of a window: its three lanes and what works in them.

Opening and closing happen in the index lane too, so the GUI thread never waits for a disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import CancelToken
from desktop_app.services.workspace import Workspace
from desktop_app.workers.browsing import Browser
from desktop_app.workers.capture_log import LogKeeper
from desktop_app.workers.capturing import Capturer
from desktop_app.workers.drafting import Drafter
from desktop_app.workers.exchanging import Exchanger
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Call, Lane, Receiver
from desktop_app.workers.learning import Learner
from desktop_app.workers.list_comparing import ListComparer
from desktop_app.workers.mapping import Mapper
from desktop_app.workers.measuring import Measurer
from desktop_app.workers.resolving import Resolver
from desktop_app.workers.reviewing import Reviewer
from desktop_app.workers.searching import Searcher
from desktop_app.workers.shaping import Shaper
from desktop_app.workers.station_checking import StationChecker

WRITER_NICENESS = 10
WATCH_INTERVAL_MS = 1500


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Which catalogue to open. With ``create`` it is made where there is none, called ``name``."""

    folder: Path
    create: bool = False
    name: str = ""
    model: str = ""


class WorkspaceOpener(Protocol):
    """Opens catalogues with the engines of this application; called in the index lane."""

    def __call__(self, request: OpenRequest) -> Workspace:
        """Raises CatalogueUnavailable and its kin, ModelUnavailable."""
        ...


class Session(QObject):
    """At most one open catalogue.

    Signals: ``opening`` (folder), ``opened`` (Workspace), ``closed``, ``failed``
    (OpenRequest, UserFacingError), ``watching`` (how many sources) when some
    are watched from now on. Between ``opened`` and ``closed`` the attributes
    ``browser``, ``searcher``, ``shaper``, ``mapper``, ``drafter``, ``keeper``, ``measurer``,
    ``reviewer``, ``resolver``, ``exchanger``, ``comparer``, ``capturer``, ``log_keeper``,
    ``checker`` and ``learner`` are set. ``is_reopening`` tells those who hear of ``closed``
    whether the same catalogue is about to be opened again.
    """

    opening = Signal(object)
    opened = Signal(object)
    closed = Signal()
    failed = Signal(object, object)
    watching = Signal(int)

    def __init__(self, open_workspace: WorkspaceOpener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_workspace = open_workspace
        self._writing = Lane("index", niceness=WRITER_NICENESS, parent=self)
        self._searching = Lane("search", parent=self)
        self._browsing = Lane("browse", parent=self)
        self._aside: Lane | None = None
        self._request: OpenRequest | None = None
        self._openings = 0
        self.is_reopening = False
        self.workspace: Workspace | None = None
        self.browser: Browser | None = None
        self.searcher: Searcher | None = None
        self.shaper: Shaper | None = None
        self.drafter: Drafter | None = None
        self.mapper: Mapper | None = None
        self.keeper: Keeper | None = None
        self.measurer: Measurer | None = None
        self.reviewer: Reviewer | None = None
        self.resolver: Resolver | None = None
        self.exchanger: Exchanger | None = None
        self.comparer: ListComparer | None = None
        self.capturer: Capturer | None = None
        self.log_keeper: LogKeeper | None = None
        self.checker: StationChecker | None = None
        self.learner: Learner | None = None
        self._watch_timer = QTimer(self)
        self._watch_timer.setInterval(WATCH_INTERVAL_MS)
        self._watch_timer.timeout.connect(self._look_for_changes)

    def open(self, request: OpenRequest) -> None:
        """Close what is open, then open this; ``opened`` or ``failed`` follows."""
        self.close_catalogue()
        self._request = request
        self.opening.emit(request.folder)

        def work(_token: CancelToken) -> Workspace:
            return self._open_workspace(request)

        self._openings += 1
        opening = self._openings

        def fail(error: UserFacingError) -> None:
            # Another catalogue may have been asked for while this one was being opened.
            if opening == self._openings:
                self.failed.emit(request, error)

        self._writing.call(
            work, on_done=lambda workspace: self._use(workspace, opening), on_failed=fail
        )

    def reopen(self, *, model: str) -> None:
        """Open the present catalogue with another model; its vectors are kept."""
        if self._request is not None and self.workspace is not None:
            self.is_reopening = True
            self.open(OpenRequest(self.workspace.catalogue.folder, model=model))
            self.is_reopening = False

    def close_catalogue(self) -> None:
        """Let go of the catalogue; work under way is stopped and can be taken up later."""
        workspace = self.workspace
        if workspace is None:
            return
        self._watch_timer.stop()
        parts = (self.browser, self.searcher, self.shaper, self.mapper, self.keeper, self.measurer)
        others = (self.reviewer, self.resolver, self.exchanger, self.comparer, self.drafter)
        station = (self.capturer, self.log_keeper, self.checker)
        for part in (*parts, *others, *station, self.learner):
            if part is not None:
                part.deleteLater()
        self.workspace = self.browser = self.searcher = self.keeper = None
        self.measurer = self.reviewer = self.resolver = self.exchanger = None
        self.comparer = self.shaper = self.drafter = self.mapper = None
        self.capturer = self.log_keeper = self.checker = self.learner = None
        lanes = (self._browsing, self._searching, self._writing)
        for lane in lanes:
            lane.cancel_all()
        # Each lane has let go of the catalogue once it answers; the writer closes it last.
        # Later jobs of the writer queue behind the closing only if they are for another
        # catalogue, which is all there can be: these attributes are gone.
        self._close_after(workspace, list(lanes[:-1]))
        self.closed.emit()

    def shut_down(self) -> None:
        """Stop everything and join the threads; for the end of the application."""
        self._watch_timer.stop()
        for lane in (self._browsing, self._searching, self._writing, self._aside):
            if lane is not None:
                lane.close()
        if self.workspace is not None:
            self.workspace.close()
            self.workspace = None

    def run_aside(
        self,
        work: Call,
        *,
        on_done: Receiver,
        on_failed: Receiver,
        on_cancelled: Callable[[], None] | None = None,
    ) -> None:
        """Do something that is not about the catalogue, and may take minutes, such as a
        download; the receivers are called in the GUI thread."""
        if self._aside is None:
            self._aside = Lane("aside", niceness=WRITER_NICENESS, parent=self)
        self._aside.call(work, on_done=on_done, on_failed=on_failed, on_cancelled=on_cancelled)

    def _close_after(self, workspace: Workspace, lanes: list[Lane]) -> None:
        if not lanes:
            self._writing.call(lambda _token: workspace.close())
            return
        first, *others = lanes
        first.call(lambda _token: None, on_done=lambda _none: self._close_after(workspace, others))

    def _use(self, workspace: Workspace, opening: int) -> None:
        if opening != self._openings:
            # Another catalogue was asked for while this one was being opened.
            self._writing.call(lambda _token: workspace.close())
            return
        self.workspace = workspace
        self.browser = Browser(self._browsing, workspace.catalogue, workspace.reader, self)
        self.searcher = Searcher(self._searching, workspace.search, self)
        self.shaper = Shaper(
            workspace, searching=self._searching, browsing=self._browsing, parent=self
        )
        self.mapper = Mapper(
            workspace,
            searching=self._searching,
            browsing=self._browsing,
            writing=self._writing,
            parent=self,
        )
        self.keeper = Keeper(self._writing, workspace, self)
        # Between two of its queries those of the person go first.
        self.measurer = Measurer(self._searching, workspace.catalogue, workspace.scorecard, self)
        self.reviewer = Reviewer(
            workspace,
            self.keeper,
            searching=self._searching,
            browsing=self._browsing,
            writing=self._writing,
            parent=self,
        )
        lanes = {"searching": self._searching, "writing": self._writing}
        self.resolver = Resolver(workspace, self.keeper, **lanes, parent=self)
        self.exchanger = Exchanger(workspace, self.keeper, **lanes, parent=self)
        self.comparer = ListComparer(workspace, self.keeper, **lanes, parent=self)
        self.drafter = Drafter(workspace, **lanes, parent=self)
        all_lanes = {**lanes, "browsing": self._browsing}
        self.capturer = Capturer(
            workspace,
            self.keeper,
            searching=self._searching,
            browsing=self._browsing,
            writing=self._writing,
            parent=self,
        )
        self.checker = StationChecker(workspace, **all_lanes, parent=self)
        self.learner = Learner(workspace, self.keeper, **all_lanes, parent=self)
        self.log_keeper = LogKeeper(
            workspace, browsing=self._browsing, writing=self._writing, parent=self
        )
        self.keeper.imported.connect(self.watch_sources)
        self.opened.emit(workspace)
        self.keeper.start()
        self.searcher.warm_up()
        self.watch_sources()

    @Slot()
    def watch_sources(self) -> None:
        """Watch the folders whose import asked for it, in place of those watched before."""
        workspace = self.workspace
        if workspace is None or workspace.catalogue.read_only:
            return

        def work(_token: CancelToken) -> int:
            sources = [s for s in workspace.catalogue.imports.sources() if s.request.watch]
            workspace.watching.start(sources)
            return len(sources)

        self._browsing.call(work, key="watch", on_done=self._tell_watching)
        self._watch_timer.start()

    def _tell_watching(self, count: int) -> None:
        if count:
            self.watching.emit(count)

    @Slot()
    def _look_for_changes(self) -> None:
        workspace = self.workspace
        if workspace is None:
            return
        self._browsing.call(
            lambda _token: workspace.watching.due(), key="due", on_done=self._rescan
        )

    def _rescan(self, source_ids: list[int]) -> None:
        if self.keeper is not None:
            for source_id in source_ids:
                self.keeper.rescan(source_id)
