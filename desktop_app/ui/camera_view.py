"""Choosing a camera, looking through it, taking its picture, and what to do without one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.capture.frame_source import FrameState, FrameStatus
from desktop_app.domain.camera_settings import CameraSettings
from desktop_app.domain.images import RgbArray
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.again_words import again_words
from desktop_app.ui.camera_chooser import AskForVideo, CameraChooser, ask_for_video
from desktop_app.ui.camera_preview import CameraPreview
from desktop_app.ui.no_camera_page import NoCameraPage
from desktop_app.ui.pane_actions import icon_button, make_action, reword, worded_button
from desktop_app.ui.theme import Space, Theme

QWIDGETSIZE_MAX = 16777215
VIEWER = "query pane"


class CameraView(QWidget):
    """The camera while it is looked at; hidden, it stops.

    Signals: ``picture_taken`` (QueryPicture), ``left`` when a person closes the camera,
    ``open_wanted`` when they would rather open a picture.
    """

    picture_taken = Signal(object)
    left = Signal()
    open_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        feed: CameraFeed,
        *,
        ask_for_video: AskForVideo = ask_for_video,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._feed = feed
        self._compact = False

        self.preview = CameraPreview(theme)
        self.preview.taken.connect(self.take_picture)
        self.no_camera = NoCameraPage(theme)
        self.no_camera.retry_wanted.connect(feed.retry)
        self.chooser = CameraChooser(theme, feed, ask_for_video=ask_for_video)
        self.cameras, self.address = self.chooser.cameras, self.chooser.address
        self.no_camera.network_wanted.connect(self.chooser.ask_for_address)
        self.no_camera.video_wanted.connect(self.chooser.choose_video)
        self.no_camera.open_wanted.connect(self.open_wanted)
        self.no_camera.left.connect(self.left)

        self.mirror = make_action(
            self, theme, self.tr("Mirror the preview"), icon="flip", shortcut="M"
        )
        self.mirror.setCheckable(True)
        self.mirror.toggled.connect(feed.set_mirrored)
        self.take = worded_button(theme.icons.icon("camera", "on_accent"), self.tr("Take picture"))
        self.take.setProperty("variant", "primary")
        self.take.setToolTip(self.tr("Search with what the camera sees (Space)"))
        self.take.clicked.connect(self.take_picture)
        self.again = worded_button(theme.icons.icon("refresh-cw"), again_words(feed))
        self.again.clicked.connect(feed.retry)
        self.cancel = QPushButton(self.tr("Close"))
        self.cancel.setToolTip(self.tr("Back to the query (Esc)"))
        self.cancel.clicked.connect(self.left)
        self.chooser.chosen.connect(self.take.setFocus)
        self.chooser.row.addWidget(icon_button(self.mirror))

        self._hint = QLabel(self.tr("Space takes the picture and searches with it."))
        self._hint.setProperty("role", "meta")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)

        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.take, 1)
        buttons.addWidget(self.again, 1)
        buttons.addWidget(self.cancel)
        self._controls = QWidget()
        column = QVBoxLayout(self._controls)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.chooser)
        column.addLayout(buttons)
        column.addWidget(self._hint)
        column.addStretch()

        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(Space.S)
        self._layout.addWidget(self.preview, 1)
        self._layout.addWidget(self.no_camera, 1)
        self._layout.addWidget(self._controls)

        feed.frame_ready.connect(self._show_frame)
        feed.state_changed.connect(self._show_state)
        feed.settings_changed.connect(self._show_settings)
        self._show_settings(feed.settings)
        self._show_state(feed.state)

    def set_compact(self, compact: bool) -> None:
        """Controls beside the picture instead of below it."""
        self._compact = compact
        self._show_hint()
        self._controls.setMaximumWidth(260 if compact else QWIDGETSIZE_MAX)
        self._layout.setDirection(
            QBoxLayout.Direction.LeftToRight if compact else QBoxLayout.Direction.TopToBottom
        )
        self.no_camera.set_compact(compact)

    def set_picture_height(self, height: int) -> None:
        """How tall the live picture is; the words without a camera take what they need."""
        self.preview.setFixedHeight(height)

    @Slot()
    def take_picture(self) -> None:
        """Search with the frame now on show; without one nothing happens."""
        frame, source = self._feed.newest_frame, self._feed.current
        if frame is not None and source is not None:
            label = self.tr("Picture from {}").format(source.name)
            self.picture_taken.emit(QueryPicture(label, rgb=frame))

    @Slot(object)
    def _show_frame(self, frame: RgbArray) -> None:
        self.preview.show_frame(frame)
        self.take.setEnabled(True)

    @Slot(object)
    def _show_settings(self, settings: CameraSettings) -> None:
        self.preview.set_mirrored(settings.mirrored)
        self.mirror.setChecked(settings.mirrored)

    @Slot(object)
    def _show_state(self, state: FrameState) -> None:
        absence = self._feed.absence() if state.status is FrameStatus.FAILED else None
        if absence is not None:
            self.no_camera.show_absence(absence)
        self.preview.setVisible(absence is None)
        self.no_camera.setVisible(absence is not None)
        has_frame = self._feed.newest_frame is not None
        ended = state.status in (FrameStatus.FAILED, FrameStatus.STOPPED)
        for part in (self.chooser.choice_row, self.cancel):
            part.setVisible(absence is None)
        self.take.setVisible(absence is None and (has_frame or not ended))
        self.again.setVisible(absence is None and ended)
        reword(self.again, again_words(self._feed))
        self.take.setEnabled(has_frame)
        self._show_hint()
        self.preview.show_state(state)

    def _show_hint(self) -> None:
        self._hint.setVisible(not self._compact and not self.take.isHidden())

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._feed.set_running(True, viewer=VIEWER)

    def hideEvent(self, event: QHideEvent) -> None:
        self._feed.set_running(False, viewer=VIEWER)
        super().hideEvent(event)
