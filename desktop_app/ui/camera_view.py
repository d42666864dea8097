"""Choosing a camera, looking through it, taking its picture, and what to do without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.capture.camera_feed import (
    CameraFeed,
    FeedChoice,
    FeedKind,
    network_choice,
    video_choice,
)
from desktop_app.capture.frame_source import FrameState, FrameStatus
from desktop_app.capture.stream import is_stream_address
from desktop_app.domain.images import RgbArray
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.camera_preview import CameraPreview
from desktop_app.ui.no_camera_page import NoCameraPage
from desktop_app.ui.pane_actions import icon_button, make_action, worded_button
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.theme.stylesheet import set_property

_ICONS = {
    FeedKind.CAMERA: "camera",
    FeedKind.NETWORK: "link",
    FeedKind.VIDEO_FILE: "play",
}
QWIDGETSIZE_MAX = 16777215
_NETWORK = "network"
_VIDEO = "video"

AskForVideo = Callable[[QWidget], Path | None]


def ask_for_video(parent: QWidget) -> Path | None:
    """Let a person choose a video file."""
    name, _ = QFileDialog.getOpenFileName(
        parent,
        parent.tr("Video file"),
        "",
        parent.tr("Videos") + " (*.mp4 *.mov *.avi *.mkv *.webm *.m4v *.mpg *.mpeg *.wmv);;*",
    )
    return Path(name) if name else None


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
        self._ask_for_video = ask_for_video
        self._compact = False

        self.preview = CameraPreview(theme)
        self.preview.taken.connect(self.take_picture)
        self.no_camera = NoCameraPage(theme)
        self.no_camera.retry_wanted.connect(feed.retry)
        self.no_camera.network_wanted.connect(self._ask_for_address)
        self.no_camera.video_wanted.connect(self._choose_video)
        self.no_camera.open_wanted.connect(self.open_wanted)
        self.no_camera.left.connect(self.left)

        self.cameras = QComboBox()
        self.cameras.setAccessibleName(self.tr("Camera"))
        self.cameras.setToolTip(self.tr("Which camera to look through"))
        self.cameras.setIconSize(QSize(16, 16))
        self.cameras.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.cameras.activated.connect(self._choose)

        self.mirror = make_action(
            self, theme, self.tr("Mirror the preview"), icon="flip", shortcut="M"
        )
        self.mirror.setCheckable(True)
        self.mirror.toggled.connect(self.preview.set_mirrored)
        self.take = worded_button(theme.icons.icon("camera", "on_accent"), self.tr("Take picture"))
        self.take.setProperty("variant", "primary")
        self.take.setToolTip(self.tr("Search with what the camera sees (Space)"))
        self.take.clicked.connect(self.take_picture)
        self.again = worded_button(theme.icons.icon("refresh-cw"), self.tr("Try again"))
        self.again.clicked.connect(feed.retry)
        self.cancel = QPushButton(self.tr("Close"))
        self.cancel.setToolTip(self.tr("Back to the query (Esc)"))
        self.cancel.clicked.connect(self.left)

        self.address = QLineEdit()
        self.address.setPlaceholderText("rtsp://192.168.1.20/stream")
        self.address.setAccessibleName(self.tr("Address of the network camera"))
        self.address.setClearButtonEnabled(True)
        self.address.textEdited.connect(self._forgive_address)
        self.address.returnPressed.connect(self._use_address)
        self._connect = QPushButton(self.tr("Connect"))
        self._connect.clicked.connect(self._use_address)
        self._address_row = QWidget()
        row = QHBoxLayout(self._address_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.address, 1)
        row.addWidget(self._connect)
        self._address_row.hide()

        self._hint = QLabel(self.tr("Space takes the picture and searches with it."))
        self._hint.setProperty("role", "meta")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)

        self._choice_row = QWidget()
        choice = QHBoxLayout(self._choice_row)
        choice.setContentsMargins(0, 0, 0, 0)
        choice.setSpacing(Space.XS)
        choice.addWidget(self.cameras, 1)
        choice.addWidget(icon_button(self.mirror))
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.take, 1)
        buttons.addWidget(self.again, 1)
        buttons.addWidget(self.cancel)
        self._controls = QWidget()
        column = QVBoxLayout(self._controls)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._choice_row)
        column.addWidget(self._address_row)
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
        feed.choices_changed.connect(self._list_choices)
        self._list_choices()
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
    def _show_state(self, state: FrameState) -> None:
        absence = self._feed.absence() if state.status is FrameStatus.FAILED else None
        if absence is not None:
            self.no_camera.show_absence(absence)
        self.preview.setVisible(absence is None)
        self.no_camera.setVisible(absence is not None)
        has_frame = self._feed.newest_frame is not None
        ended = state.status in (FrameStatus.FAILED, FrameStatus.STOPPED)
        for part in (self._choice_row, self.cancel):
            part.setVisible(absence is None)
        self.take.setVisible(absence is None and (has_frame or not ended))
        self.again.setVisible(absence is None and ended)
        self.take.setEnabled(has_frame)
        self._show_hint()
        self.preview.show_state(state)

    def _show_hint(self) -> None:
        self._hint.setVisible(not self._compact and not self.take.isHidden())

    @Slot()
    def _list_choices(self) -> None:
        with QSignalBlocker(self.cameras):
            self.cameras.clear()
            for choice in self._feed.choices():
                icon = self._theme.icons.icon(_ICONS[choice.kind])
                self.cameras.addItem(icon, choice.name, choice)
            if self.cameras.count():
                self.cameras.insertSeparator(self.cameras.count())
            self.cameras.addItem(self.tr("Network camera…"), _NETWORK)
            self.cameras.addItem(self.tr("Video file…"), _VIDEO)
            self._point_at_current()

    def _point_at_current(self) -> None:
        current = self._feed.current
        for index in range(self.cameras.count()):
            if self.cameras.itemData(index) == current:
                self.cameras.setCurrentIndex(index)
                return
        self.cameras.setCurrentIndex(-1)

    @Slot(int)
    def _choose(self, index: int) -> None:
        chosen = self.cameras.itemData(index)
        self._address_row.hide()
        if chosen == _NETWORK:
            self._point_at_current()
            self._ask_for_address()
        elif chosen == _VIDEO:
            self._point_at_current()
            self._choose_video()
        elif isinstance(chosen, FeedChoice):
            self._feed.choose(chosen)
            self.take.setFocus()

    @Slot()
    def _ask_for_address(self) -> None:
        self._address_row.show()
        self.address.setFocus()
        self.address.selectAll()

    @Slot()
    def _use_address(self) -> None:
        text = self.address.text()
        if not is_stream_address(text):
            set_property(self.address, "invalid", "true")
            self.address.setToolTip(
                self.tr("An address begins with rtsp:// or http://, as in the camera’s manual.")
            )
            return
        self._address_row.hide()
        self._feed.choose(network_choice(text))
        self.take.setFocus()

    @Slot()
    def _forgive_address(self) -> None:
        set_property(self.address, "invalid", "false")
        self.address.setToolTip("")

    @Slot()
    def _choose_video(self) -> None:
        path = self._ask_for_video(self)
        if path is not None:
            self._feed.choose(video_choice(path))

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._feed.set_running(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self._feed.set_running(False)
        super().hideEvent(event)
