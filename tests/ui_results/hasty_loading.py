"""Loads thumbnails while connected callables come and go, with threads taking turns as often as
they can; ends only where no lock of Qt is waited for while Python's is held. A program of its
own, since a test that hangs in locks cannot be ended from within."""

from __future__ import annotations

import io
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PIL import Image
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop_app.workers.thumbnail_loader import ThumbnailLoader

REQUESTS = 15_000


class _Sender(QObject):
    sent = Signal()


class _Receiver:
    def take(self) -> None:
        """Never called."""


def main() -> None:
    encoded = io.BytesIO()
    Image.new("RGB", (8, 8)).save(encoded, "JPEG")
    application = QGuiApplication([])
    sys.setswitchinterval(1e-6)
    loader = ThumbnailLoader(lambda _hash: encoded.getvalue())
    for number in range(REQUESTS):
        loader.request(str(number))
        sender, receiver = _Sender(), _Receiver()
        sender.sent.connect(receiver.take)
        del receiver
    loader.close()
    del application


if __name__ == "__main__":
    main()
