"""The camera of the station: the live picture, choosing what to look through, taking pictures."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.capture.frame_source import FrameState, FrameStatus
from desktop_app.domain.camera_settings import CameraSettings
from desktop_app.domain.capturing import FrameView, Stage
from desktop_app.domain.images import RgbArray
from desktop_app.ui.again_words import again_words
from desktop_app.ui.camera_chooser import AskForVideo, CameraChooser, ask_for_video
from desktop_app.ui.capture.preview import StationPreview
from desktop_app.ui.capture.words import stage_words
from desktop_app.ui.no_camera_page import NoCameraPage
from desktop_app.ui.pane_actions import reword, worded_button
from desktop_app.ui.theme import Space, Theme

VIEWER = "capture station"
COUNTDOWN_S = 3
TICK_MS = 1000


class CameraStage(QWidget):
    """Runs the feed while it can be seen.

    Signals: ``shown`` (whether it can be seen), ``take_wanted``, ``stage_is_empty`` at the end
    of a countdown, ``source_changed`` when something else is looked through.
    """

    shown = Signal(bool)
    take_wanted = Signal()
    stage_is_empty = Signal()
    source_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        feed: CameraFeed,
        *,
        ask_for_video: AskForVideo = ask_for_video,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed = feed
        self._source = feed.current
        self._stage = Stage.EMPTY
        self._view: FrameView | None = None
        self._is_automatic = True
        self._is_looking_up = False
        self._is_paused = self._is_undecided = False
        self._is_blind = False
        self._left_s = 0
        self.preview = StationPreview(theme)
        self.preview.taken.connect(self.take_wanted)
        self.chooser = CameraChooser(theme, feed, ask_for_video=ask_for_video)
        self.no_camera = NoCameraPage(theme, is_closable=False)
        self.no_camera.retry_wanted.connect(feed.retry)
        self.no_camera.network_wanted.connect(self.chooser.ask_for_address)
        self.no_camera.video_wanted.connect(self.chooser.choose_video)
        self.no_camera.folder_wanted.connect(self.chooser.choose_folder)
        self.take = worded_button(theme.icons.icon("camera", "on_accent"), self.tr("Take picture"))
        self.take.setProperty("variant", "primary")
        self.take.setToolTip(self.tr("Look up what the camera sees now (Space, or a foot pedal)"))
        self.take.clicked.connect(self.take_wanted)
        self.again = worded_button(theme.icons.icon("refresh-cw"), again_words(feed))
        self.again.clicked.connect(feed.retry)
        self._countdown = QTimer(self)
        self._countdown.setInterval(TICK_MS)
        self._countdown.timeout.connect(self._count_down)
        self.chooser.chosen.connect(self.preview.setFocus)

        self.controls = QHBoxLayout()
        self.controls.setSpacing(Space.S)
        self.controls.addWidget(self.chooser, 1)
        self.controls.addWidget(self.take)
        self.controls.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self.preview, 1)
        column.addWidget(self.no_camera, 1)
        column.addLayout(self.controls)
        feed.frame_ready.connect(self._show_frame)
        feed.state_changed.connect(self._show_state)
        feed.choices_changed.connect(self._follow_source)
        feed.settings_changed.connect(self._show_settings)
        self._show_settings(feed.settings)
        self._show_state(feed.state)

    @property
    def is_live(self) -> bool:
        """Whether there is something to take a picture of; not while a lost connection is sought
        again."""
        is_sought = self._feed.state.status is FrameStatus.STARTING
        return self._feed.newest_frame is not None and not is_sought

    @property
    def source_name(self) -> str:
        """What is looked through, '' for nothing."""
        return self._source.name if self._source is not None else ""

    @Slot(object)
    def show_view(self, view: FrameView) -> None:
        """Draw what was seen in a frame."""
        self._view = view
        self.preview.show_view(view)

    @Slot(object, float)
    def show_stage(self, stage: Stage, progress: float) -> None:
        """Draw how far an object has settled, and say what to do."""
        self._stage = stage
        self.preview.show_stage(stage, 0.0 if self._is_paused else progress)
        self._tell()

    @Slot(bool)
    def set_automatic(self, is_automatic: bool) -> None:
        """Whether pictures are taken by themselves."""
        self._is_automatic = is_automatic
        self._tell()

    def set_looking_up(self, is_looking_up: bool) -> None:
        """Whether a picture is being looked up."""
        self._is_looking_up = is_looking_up
        self._tell()

    def set_paused(self, is_paused: bool) -> None:
        """Whether nothing is asked of a person before the camera."""
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            self._tell()

    def set_undecided(self, is_undecided: bool) -> None:
        """Whether somebody has still to say what the product that was taken is."""
        if is_undecided != self._is_undecided:
            self._is_undecided = is_undecided
            self._tell()

    @Slot()
    def show_blind(self) -> None:
        """Nobody looks at what the camera shows: pictures are taken by hand alone."""
        self._is_blind = True
        self._tell()

    @Slot()
    def count_down(self) -> None:
        """Give a person time to clear the stage; ``stage_is_empty`` follows."""
        if self.is_live and not self._countdown.isActive():
            self._left_s = COUNTDOWN_S
            self._countdown.start()
            self._tell()

    @Slot()
    def _count_down(self) -> None:
        self._left_s -= 1
        if self._left_s <= 0:
            self._countdown.stop()
            self.stage_is_empty.emit()
        self._tell()

    def _tell(self) -> None:
        if not self.is_live or self._is_paused:
            words = ""
        elif self._countdown.isActive():
            words = self.tr("Clear the place: {0}").format(self._left_s)
        elif self._is_looking_up:
            words = self.tr("Looking it up…")
        elif self._is_blind:
            words = self.tr("Press Space to take the picture")
        elif self._view is None:
            words = self.tr("Getting ready…")
        else:
            words = stage_words(
                self._stage,
                self._view,
                is_automatic=self._is_automatic,
                is_undecided=self._is_undecided,
            )
        self.preview.show_words(words)

    def _forget(self) -> None:
        self._countdown.stop()
        self._is_blind = False
        self._view = None
        self._stage = Stage.EMPTY
        self.preview.forget_view()

    @Slot(object)
    def _show_frame(self, frame: RgbArray) -> None:
        if not self.isVisible():
            return
        self.preview.show_frame(frame)
        if not self.take.isEnabled():
            self.take.setEnabled(True)
            self._tell()

    @Slot(object)
    def _show_state(self, state: FrameState) -> None:
        absence = self._feed.absence() if state.status is FrameStatus.FAILED else None
        if absence is not None:
            self.no_camera.show_absence(absence)
        self.preview.setVisible(absence is None)
        self.no_camera.setVisible(absence is not None)
        ended = state.status in (FrameStatus.FAILED, FrameStatus.STOPPED)
        self.again.setVisible(absence is None and ended)
        reword(self.again, again_words(self._feed))
        self.take.setVisible(absence is None and (self.is_live or not ended))
        self.take.setEnabled(self.is_live)
        if state.status is not FrameStatus.LIVE:
            self._forget()
        self.preview.show_state(state)
        self._tell()

    @Slot(object)
    def _show_settings(self, settings: CameraSettings) -> None:
        self.preview.set_mirrored(settings.mirrored)

    @Slot()
    def _follow_source(self) -> None:
        if self._feed.current != self._source:
            self._source = self._feed.current
            self._forget()
            self.preview.forget_frame()
            self.source_changed.emit()

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._feed.set_running(True, viewer=VIEWER)
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self._forget()
        self.shown.emit(False)
        self._feed.set_running(False, viewer=VIEWER)
        super().hideEvent(event)
