"""What the camera view shows when there is no camera."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from desktop_app.capture.cameras import NoCamera
from desktop_app.ui.pane_actions import worded_button
from desktop_app.ui.theme import Space, Theme

WIDEST_WAYS = 360


class NoCameraPage(QWidget):
    """Why there is no camera, where it was looked for, and the ways around it. Where it is not
    ``is_closable``, a folder of pictures is one of them in place of a single picture.

    Signals: ``retry_wanted``, ``network_wanted``, ``video_wanted``, ``folder_wanted``,
    ``open_wanted``, ``left``.
    """

    left = Signal()
    retry_wanted = Signal()
    network_wanted = Signal()
    video_wanted = Signal()
    folder_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, theme: Theme, *, is_closable: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._what = _centred(QLabel())
        self._what.setFont(theme.font(semibold=True))
        self._looked_for = _centred(QLabel())
        self._looked_for.setProperty("role", "meta")
        self._remedy = _centred(QLabel())
        self._remedy.setProperty("role", "muted")
        self._remedy.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

        self._ways = QWidget()
        self._ways.setMaximumWidth(WIDEST_WAYS)
        self._ways_grid = QGridLayout(self._ways)
        self._ways_grid.setContentsMargins(0, Space.S, 0, 0)
        self._ways_grid.setSpacing(Space.XS)
        self._buttons = []
        ways = [
            (self.tr("Look again"), "refresh-cw", self.retry_wanted),
            (self.tr("Network camera…"), "link", self.network_wanted),
            (self.tr("Video file…"), "play", self.video_wanted),
        ]
        if is_closable:
            ways += [
                (self.tr("Open a picture…"), "file-image", self.open_wanted),
                (self.tr("Close the camera"), "x", self.left),
            ]
        else:
            ways.append((self.tr("Folder of pictures…"), "folder-open", self.folder_wanted))
        for words, icon, signal in ways:
            button = worded_button(theme.icons.icon(icon), words)
            button.clicked.connect(signal)
            self._buttons.append(button)

        text = QVBoxLayout()
        text.setSpacing(Space.S)
        text.addWidget(self._icon)
        text.addWidget(self._what)
        text.addWidget(self._looked_for)
        text.addWidget(self._remedy)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(Space.M, Space.L, Space.M, Space.S)
        self._layout.addStretch(1)
        self._layout.addLayout(text)
        # In the middle, and as wide as there is room up to WIDEST_WAYS.
        ways_row = QHBoxLayout()
        ways_row.addStretch(1)
        ways_row.addWidget(self._ways, 100)
        ways_row.addStretch(1)
        self._layout.addLayout(ways_row)
        self._layout.addStretch(1)
        self._arrange_ways(columns=1)
        theme.changed.connect(self._tint)
        self._tint()

    def show_absence(self, absence: NoCamera) -> None:
        """Tell this absence."""
        self._what.setText(absence.what)
        self._looked_for.setText(self.tr("Looked for: {}").format(", ".join(absence.looked_for)))
        self._remedy.setText(absence.remedy)
        self.setAccessibleName(absence.what)
        self.setAccessibleDescription(absence.remedy)

    def set_compact(self, compact: bool) -> None:
        """The ways around beside the words instead of below them."""
        self._layout.setDirection(
            QBoxLayout.Direction.LeftToRight if compact else QBoxLayout.Direction.TopToBottom
        )
        self._icon.setVisible(not compact)
        self._arrange_ways(columns=2 if compact else 1)

    def _arrange_ways(self, *, columns: int) -> None:
        for number, button in enumerate(self._buttons):
            self._ways_grid.addWidget(button, number // columns, number % columns)

    @Slot()
    def _tint(self) -> None:
        self._icon.setPixmap(
            self._theme.icons.pixmap(
                "camera-off", 32, colour="text_muted", device_ratio=self.devicePixelRatioF()
            )
        )


def _centred(label: QLabel) -> QLabel:
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    return label
