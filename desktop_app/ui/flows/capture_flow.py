"""The capture station: frames are watched while the page is in front, pictures looked up."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from desktop_app import paths
from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.domain.capturing import Burst, Outcome, Shot, Stage
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.capture.answer_pane import AnswerState
from desktop_app.ui.capture.page import CapturePage, StationMode
from desktop_app.ui.capture.sounds import Sound, StationSounds
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.capture_answers_flow import CaptureAnswersFlow
from desktop_app.ui.flows.capture_log_flow import CaptureLogFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.station_check_flow import StationCheckFlow
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme.tokens import DARK
from desktop_app.workers.browsing import Overview
from desktop_app.workers.frame_watcher import FrameWatcher
from desktop_app.workers.frame_watching import MakeEyes
from desktop_app.workers.session import Session

_COLOURS = {Outcome.FOUND: "good", Outcome.PERHAPS: "warn", Outcome.NOT_FOUND: "bad"}
_SOUNDS = {
    Outcome.FOUND: Sound.FOUND,
    Outcome.PERHAPS: Sound.PERHAPS,
    Outcome.NOT_FOUND: Sound.NOT_FOUND,
}


class CaptureFlow(QObject):
    """Joins camera, watcher, page and catalogue.

    Signals: ``settings_changed`` (Settings) when a person changed how the station works;
    ``products_wanted`` (title, product ids) to be listed; ``room_changed`` when the page wants
    more or less of the window.
    """

    settings_changed = Signal(object)
    products_wanted = Signal(str, object)
    room_changed = Signal()

    def __init__(
        self,
        session: Session,
        panes: Panes,
        browsing: BrowseFlow,
        page: CapturePage,
        feed: CameraFeed,
        *,
        make_eyes: MakeEyes,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._settings = settings
        self._is_read_only = False
        self._has_told_reading = False
        self.watcher = FrameWatcher(make_eyes, parent=self)
        self.sounds = StationSounds(paths.resources_dir() / "sounds", self)
        self.answering = CaptureAnswersFlow(session, page.answer, feed, self)
        self.logging = CaptureLogFlow(panes.window, page.log, page.stock, self)
        self.checking = StationCheckFlow(panes.window, panes.theme, panes.thumbnails, self)
        self._connect(feed)
        session.opening.connect(self._open)
        session.failed.connect(self._detach)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        browsing.overview_shown.connect(self._show_overview)
        self.logging.told.connect(panes.status.show_message)
        self._outcome: Outcome | None = None
        self.use_settings(settings)

    def use_settings(self, settings: Settings) -> None:
        """Preferences changed."""
        page = self._page
        self._settings = settings
        page.bar.use_settings(settings)
        page.stage.set_automatic(settings.station_automatic)
        self.answering.set_automatic(settings.station_automatic)
        page.answer.strip.set_coloured(settings.station_colours)
        self.sounds.set_on(settings.station_sounds)
        self.watcher.set_automatic(settings.station_automatic)
        if page.lettering.is_large != settings.station_large_type:
            page.set_large(settings.station_large_type)
            self.room_changed.emit()
        self._mark_again()

    @property
    def wants_room(self) -> bool:
        """Whether other panes should give way to large letters."""
        return self._settings.station_large_type

    def close_down(self) -> None:
        """Join the watching thread; for the end of the application."""
        self.watcher.close()
        self.logging.close_down()

    def _connect(self, feed: CameraFeed) -> None:
        page, stage, watcher, answering = self._page, self._page.stage, self.watcher, self.answering
        stage.shown.connect(self._camera_shown)
        stage.source_changed.connect(watcher.reset)
        stage.stage_is_empty.connect(watcher.learn_empty_stage)
        feed.frame_ready.connect(watcher.see)
        watcher.viewed.connect(stage.show_view)
        watcher.stage_changed.connect(stage.show_stage)
        watcher.stage_changed.connect(self._follow_stage)
        watcher.stage_learned.connect(self._stage_learned)
        watcher.failed.connect(page.problem.show_error)
        watcher.failed.connect(stage.show_blind)
        watcher.expected.connect(self._expect)
        watcher.taken.connect(self._take)
        page.take_wanted.connect(self._shoot)
        page.mode_changed.connect(self._mode_changed)
        page.bar.settings_changed.connect(self.settings_changed)
        answering.looking.connect(self._show_looking)
        answering.answered.connect(self._tell)
        page.answer.state_changed.connect(self._follow_answer)
        answering.left.connect(self._free)
        answering.logged.connect(self.logging.put)
        answering.product_wanted.connect(self._list_product)
        answering.failed.connect(page.problem.show_error)
        page.bar.check_wanted.connect(self.checking.show)
        self.checking.take_wanted.connect(watcher.shoot)
        self.checking.asking_changed.connect(self._checking_changed)
        self.checking.failed.connect(page.problem.show_error)
        self.logging.product_wanted.connect(self._list_product)
        self.logging.failed.connect(page.problem.show_error)

    # The catalogue

    @Slot()
    def _open(self) -> None:
        self._page.show_opening()

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        session = self._session
        keeper, log_keeper, checker = session.keeper, session.log_keeper, session.checker
        assert keeper is not None and log_keeper is not None and checker is not None
        self._is_read_only = workspace.catalogue.read_only
        self.logging.attach(log_keeper)
        self.checking.attach(checker, can_use=not self._is_read_only)
        keeper.undone.connect(self._reload_log)
        self._page.problem.clear()
        self._page.notice.clear()
        if self._is_read_only:
            self._page.notice.tell(
                self.tr(
                    "This catalogue can only be read: products are looked up, but nothing is "
                    "enrolled, counted or logged."
                )
            )
        self._page.show_station()

    @Slot()
    def _detach(self) -> None:
        self._has_told_reading = False
        self._mark(None)
        self.logging.detach()
        self.checking.detach()
        self._page.notice.clear()
        self._page.show_nothing_open()

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        """Say that a part cannot be found yet while pictures are read for the first time."""
        self.answering.set_catalogue_empty(overview.products == 0)
        waiting = overview.pictures.pending
        total = waiting + overview.pictures.ready
        notice = self._page.notice
        if waiting and overview.products:
            words = self.tr("Pictures are still being read: {0} of {1} can be found so far.")
            notice.tell(words.format(count_text(overview.pictures.ready), count_text(total)))
            self._has_told_reading = True
        elif self._has_told_reading:
            self._has_told_reading = False
            notice.clear()

    @Slot(object)
    def _reload_log(self, _changes: ChangeSet) -> None:
        self.logging.reload()

    @Slot(object)
    def _list_product(self, product_id: int) -> None:
        self.products_wanted.emit(self.tr("Captured"), np.array([product_id], np.int64))

    # Taking pictures

    @Slot(bool)
    def _camera_shown(self, is_shown: bool) -> None:
        if is_shown:
            self.watcher.start()
        else:
            self.watcher.stop()
            self._expect(None)

    @Slot()
    def _shoot(self) -> None:
        if self._page.answer.state is not AnswerState.ENROLLING and self._page.stage.is_live:
            self.watcher.shoot()

    @Slot(object)
    def _expect(self, shot: Shot | None) -> None:
        """What comes will be asked for: begin with it, unless a form is being filled in."""
        is_busy = self._page.answer.state is AnswerState.ENROLLING or self.checking.is_asking
        if (capturer := self._session.capturer) is not None:
            capturer.look_ahead(None if is_busy else shot)

    @Slot(object)
    def _take(self, burst: Burst) -> None:
        if self.checking.is_asking:
            self.sounds.play(Sound.TAKEN)
            self.checking.take(burst)
            return
        if self._page.answer.state is not AnswerState.ENROLLING:
            self.sounds.play(Sound.TAKEN)
            self._page.problem.clear()
        self.answering.take(burst)

    @Slot(object, float)
    def _follow_stage(self, stage: Stage, _progress: float) -> None:
        if stage not in (Stage.TAKEN, Stage.SHOOTING):
            self.answering.forget_deferred()

    @Slot()
    def _stage_learned(self) -> None:
        self._page.notice.tell(
            self.tr("The empty place is known: what differs from it is the product."),
            (self.tr("Undo"), self.watcher.forget_empty_stage),
        )

    @Slot(bool)
    def _checking_changed(self, is_asking: bool) -> None:
        if is_asking and self._page.answer.state is not AnswerState.WAITING:
            self.answering.leave()

    @Slot(object)
    def _mode_changed(self, mode: StationMode) -> None:
        self.answering.set_counting(mode is StationMode.STOCK_TAKE and not self._is_read_only)

    # Telling

    @Slot(bool)
    def _show_looking(self, is_looking: bool) -> None:
        self._page.stage.set_looking_up(is_looking)
        (self._page.busy.start if is_looking else self._page.busy.stop)()

    @Slot(object)
    def _tell(self, outcome: Outcome) -> None:
        self._mark(outcome)
        self.sounds.play(_SOUNDS[outcome])

    @Slot(object)
    def _follow_answer(self, state: AnswerState) -> None:
        stage = self._page.stage
        stage.set_paused(state is AnswerState.ENROLLING)
        is_open = state is AnswerState.CHOOSING or (
            state is AnswerState.UNKNOWN and not self._is_read_only
        )
        stage.set_undecided(is_open)

    @Slot()
    def _free(self) -> None:
        if self._page.answer.state is AnswerState.WAITING:
            self._mark(None)
        self._page.focus()

    def _mark(self, outcome: Outcome | None) -> None:
        self._outcome = outcome
        self._mark_again()

    def _mark_again(self) -> None:
        colour = None
        if self._outcome is not None and self._settings.station_colours:
            # The preview is a dark room in both themes.
            colour = getattr(DARK, _COLOURS[self._outcome])
        self._page.stage.preview.show_mark(colour)
