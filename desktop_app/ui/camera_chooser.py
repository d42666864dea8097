"""Choosing what to look through: a camera by name, a network camera by address, a video, or a
folder of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
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
    folder_choice,
    network_choice,
    video_choice,
)
from desktop_app.capture.stream import is_stream_address
from desktop_app.ui.capture.camera_settings import CameraSettingsButton
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.theme.stylesheet import set_property

_ICONS = {
    FeedKind.CAMERA: "camera",
    FeedKind.NETWORK: "link",
    FeedKind.VIDEO_FILE: "play",
    FeedKind.FOLDER: "folder-open",
}
_NETWORK = "network"
_VIDEO = "video"
_FOLDER = "folder"

AskForVideo = Callable[[QWidget], Path | None]
AskForFolder = Callable[[QWidget], Path | None]


def ask_for_video(parent: QWidget) -> Path | None:
    """Let a person choose a video file."""
    name, _ = QFileDialog.getOpenFileName(
        parent,
        parent.tr("Video file"),
        "",
        parent.tr("Videos") + " (*.mp4 *.mov *.avi *.mkv *.webm *.m4v *.mpg *.mpeg *.wmv);;*",
    )
    return Path(name) if name else None


def ask_for_folder(parent: QWidget) -> Path | None:
    """Let a person choose a folder of pictures."""
    name = QFileDialog.getExistingDirectory(parent, parent.tr("Folder of pictures"))
    return Path(name) if name else None


class CameraChooser(QWidget):
    """A list of what there is, ``row`` beside it for a few buttons, and a field for an address
    that shows when it is asked for.

    Signals: ``chosen`` when a person chose something; the feed was told.
    """

    chosen = Signal()

    def __init__(
        self,
        theme: Theme,
        feed: CameraFeed,
        *,
        ask_for_video: AskForVideo = ask_for_video,
        ask_for_folder: AskForFolder = ask_for_folder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._feed = feed
        self._ask_for_video = ask_for_video
        self._ask_for_folder = ask_for_folder
        self.cameras = QComboBox()
        self.cameras.setAccessibleName(self.tr("Camera"))
        self.cameras.setToolTip(self.tr("Which camera to look through"))
        self.cameras.setPlaceholderText(self.tr("Choose a camera"))
        self.cameras.setIconSize(QSize(16, 16))
        self.cameras.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.cameras.activated.connect(self._choose)
        self.choice_row = QWidget()
        self.row = QHBoxLayout(self.choice_row)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(Space.XS)
        self.row.addWidget(self.cameras, 1)
        self.settings = CameraSettingsButton(theme, feed)
        self.row.addWidget(self.settings)

        self.address = QLineEdit()
        self.address.setPlaceholderText("rtsp://192.168.1.20/stream")
        self.address.setAccessibleName(self.tr("Address of the network camera"))
        self.address.setClearButtonEnabled(True)
        self.address.textEdited.connect(self._forgive_address)
        self.address.returnPressed.connect(self._use_address)
        connect = QPushButton(self.tr("Connect"))
        connect.clicked.connect(self._use_address)
        self._address_row = QWidget()
        row = QHBoxLayout(self._address_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.address, 1)
        row.addWidget(connect)
        self._address_row.hide()

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.choice_row)
        column.addWidget(self._address_row)
        feed.choices_changed.connect(self._list_choices)
        self._list_choices()

    @Slot()
    def ask_for_address(self) -> None:
        """Show the field for the address of a network camera."""
        self._address_row.show()
        self.address.setFocus()
        self.address.selectAll()

    @Slot()
    def choose_video(self) -> None:
        """Let a person choose a video file."""
        path = self._ask_for_video(self)
        if path is not None:
            self._feed.choose(video_choice(path))

    @Slot()
    def choose_folder(self) -> None:
        """Let a person choose a folder of pictures."""
        path = self._ask_for_folder(self)
        if path is not None:
            self._feed.choose(folder_choice(path))

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
            self.cameras.addItem(self.tr("Folder of pictures…"), _FOLDER)
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
            self.ask_for_address()
        elif chosen == _VIDEO:
            self._point_at_current()
            self.choose_video()
        elif chosen == _FOLDER:
            self._point_at_current()
            self.choose_folder()
        elif isinstance(chosen, FeedChoice):
            self._feed.choose(chosen)
            self.chosen.emit()

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
        self.chosen.emit()

    @Slot()
    def _forgive_address(self) -> None:
        set_property(self.address, "invalid", "false")
        self.address.setToolTip("")
