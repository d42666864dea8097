"""What the button says that starts a source of frames once more."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_app.capture.camera_feed import CameraFeed, FeedKind
from desktop_app.capture.frame_source import FrameStatus

translate = QCoreApplication.translate


def again_words(feed: CameraFeed) -> str:
    """A video or a folder that came to its end is played again; what failed is tried again."""
    has_ended = feed.state.status is FrameStatus.STOPPED
    kind = feed.current.kind if feed.current is not None else None
    if has_ended and kind is FeedKind.VIDEO_FILE:
        return translate("Capture", "Play again")
    if has_ended and kind is FeedKind.FOLDER:
        return translate("Capture", "Start again")
    return translate("Capture", "Try again")
