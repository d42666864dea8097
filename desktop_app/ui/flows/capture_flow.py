"""The capture station: frames are watched while the page is in front, pictures looked up."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.domain.errors import UserFacingError
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.capture.page import CapturePage
from desktop_app.ui.flows.panes import Panes
from desktop_app.workers.capturing import FrameWatcher
from desktop_app.workers.frame_watching import MakeEyes
from desktop_app.workers.session import Session


class CaptureFlow(QObject):
    """Joins camera, watcher, page and catalogue.

    Signals: ``settings_changed`` (Settings) when a person changed how the station works.
    """

    settings_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        page: CapturePage,
        feed: CameraFeed,
        *,
        make_eyes: MakeEyes,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._page = page
        self._feed = feed
        self.watcher = FrameWatcher(make_eyes, parent=self)
        self.watcher.set_automatic(settings.station_automatic)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        stage, watcher = page.stage, self.watcher
        stage.shown.connect(self._camera_shown)
        stage.source_changed.connect(watcher.reset)
        stage.stage_is_empty.connect(watcher.learn_empty_stage)
        feed.frame_ready.connect(watcher.see)
        watcher.viewed.connect(stage.show_view)
        watcher.stage_changed.connect(stage.show_stage)
        watcher.stage_learned.connect(self._stage_learned)
        watcher.failed.connect(self._show_problem)
        page.take_wanted.connect(watcher.shoot)
        page.bar.settings_changed.connect(self.settings_changed)
        self.use_settings(settings)

    def use_settings(self, settings: Settings) -> None:
        """Preferences changed."""
        page = self._page
        page.bar.use_settings(settings)
        page.stage.set_automatic(settings.station_automatic)
        page.stage.preview.set_large(settings.station_large_type)
        self.watcher.set_automatic(settings.station_automatic)

    def close_down(self) -> None:
        """Join the watching thread; for the end of the application."""
        self.watcher.close()

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        self._page.show_station()

    @Slot()
    def _detach(self) -> None:
        self._page.show_nothing_open()

    @Slot(bool)
    def _camera_shown(self, is_shown: bool) -> None:
        if is_shown:
            self.watcher.start()
        else:
            self.watcher.stop()

    @Slot()
    def _stage_learned(self) -> None:
        self._page.notice.tell(
            self.tr("The empty place is known: whatever differs from it is the product."),
            (self.tr("Undo"), self.watcher.forget_empty_stage),
        )

    @Slot(object)
    def _show_problem(self, error: UserFacingError) -> None:
        self._page.problem.show_error(error)
